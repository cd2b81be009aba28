// Subscriptions: which channel hears of what; each query stays inside one installation.

import type { Filter, Kind, Subscription } from '../subscription/subscription.ts';
import type { SubscriptionStore } from '../subscription/subscriptions.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

export function subscriptionStore({ db, engine }: Database): SubscriptionStore {
  const within = (installationId: string) =>
    db.selectFrom('subscription').selectAll().where('installation_id', '=', installationId);
  return {
    async subscription(installationId, id) {
      const row = await within(installationId).where('id', '=', id).executeTakeFirst();
      return row ? toSubscription(row) : null;
    },
    async subscriptionsIn(installationId, channelId) {
      return (
        await within(installationId).where('channel_id', '=', channelId).orderBy('created_at').orderBy('id').execute()
      ).map(toSubscription);
    },
    async allSubscriptions(installationId) {
      return (await within(installationId).orderBy('created_at').orderBy('id').execute()).map(toSubscription);
    },
    async addSubscription(subscription) {
      await db
        .insertInto('subscription')
        .values({
          installation_id: subscription.installationId,
          id: subscription.id,
          connection_id: subscription.connectionId,
          channel_id: subscription.channelId,
          kinds: JSON.stringify(subscription.kinds),
          filter: JSON.stringify(subscription.filter),
          made_by: subscription.madeBy,
          state: subscription.state,
          reason: subscription.reason,
          created_at: engine.now,
          updated_at: engine.now,
        })
        .execute();
    },
    async updateSubscription(installationId, id, set) {
      await db
        .updateTable('subscription')
        .set({
          ...(set.kinds === undefined ? {} : { kinds: JSON.stringify(set.kinds) }),
          ...(set.filter === undefined ? {} : { filter: JSON.stringify(set.filter) }),
          ...(set.madeBy === undefined ? {} : { made_by: set.madeBy }),
          ...(set.state === undefined ? {} : { state: set.state }),
          ...(set.reason === undefined ? {} : { reason: set.reason }),
          updated_at: engine.now,
        })
        .where('installation_id', '=', installationId)
        .where('id', '=', id)
        .execute();
    },
    async removeSubscription(installationId, id) {
      await db.deleteFrom('subscription').where('installation_id', '=', installationId).where('id', '=', id).execute();
    },
  };
}

/** Every fold reads its connection's subscriptions, and few differ: what was parsed once is shared, so nobody may change it. */
const known = new Map<string, unknown>();
const knownAtMost = 2_000;

function parsed(text: string): unknown {
  const found = known.get(text);
  if (found !== undefined) return found;
  const value: unknown = JSON.parse(text);
  if (known.size >= knownAtMost) known.clear();
  known.set(text, value);
  return value;
}

export function toSubscription(row: Schema['subscription']): Subscription {
  return {
    installationId: row.installation_id,
    id: row.id,
    connectionId: row.connection_id,
    channelId: row.channel_id,
    kinds: parsed(row.kinds) as Kind[],
    filter: parsed(row.filter) as Filter,
    madeBy: row.made_by,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
