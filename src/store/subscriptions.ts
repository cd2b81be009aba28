// Subscriptions: which channel hears of what; each query stays inside one installation.

import { sameOptions } from '../subscription/options.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { SubscriptionStore } from '../subscription/subscriptions.ts';
import type { Database, Db, Tx } from './database.ts';
import { handOver } from './hand-over.ts';
import { lanesOf } from './lanes.ts';
import { leaveOut } from './leave-out.ts';
import { keepLook } from './look.ts';
import { toSubscription } from './subscription-rows.ts';

/** Undo brings back what was left out no longer ago than this; milliseconds. */
const undoneWithin = 15 * 60_000;

export function subscriptionStore(database: Database): SubscriptionStore {
  const { db, engine } = database;
  const within = (installationId: string, on: Db = db) =>
    on.selectFrom('subscription').selectAll().where('installation_id', '=', installationId);
  const insert = (on: Db, subscription: Subscription) =>
    on
      .insertInto('subscription')
      .values({
        installation_id: subscription.installationId,
        id: subscription.id,
        connection_id: subscription.connectionId,
        channel_id: subscription.channelId,
        kinds: JSON.stringify(subscription.kinds),
        filter: JSON.stringify(subscription.filter),
        options: JSON.stringify(subscription.options),
        made_by: subscription.madeBy,
        state: subscription.state,
        reason: subscription.reason,
        created_at: engine.now,
        updated_at: engine.now,
      })
      .execute();

  /** Nobody else changes it, nor what waits for it, until the transaction ends. */
  async function held(tx: Tx, installationId: string, id: string): Promise<Subscription | null> {
    await engine.lockInstallation(tx, installationId);
    const row = await within(installationId, tx).where('id', '=', id).executeTakeFirst();
    if (!row) return null;
    await lanesOf(tx, engine, [{ installationId, channelId: row.channel_id }]);
    return toSubscription(row);
  }

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
      await insert(db, subscription);
    },
    bringBack: (subscription) =>
      database.transaction(async (tx) => {
        const { installationId, channelId, connectionId } = subscription;
        await engine.lockInstallation(tx, installationId);
        await lanesOf(tx, engine, [subscription]);
        await insert(tx, subscription);
        const now = await engine.readNow(tx);
        const of = { leftOutSince: now - undoneWithin };
        await handOver(tx, database, { installationId, channelId, connectionId, of }, now);
        await engine.wake(tx);
      }),
    updateSubscription: (installationId, id, set, where) =>
      database.transaction(async (tx) => {
        const subscription = await held(tx, installationId, id);
        if (!subscription) return false;
        if (where && !sameOptions(subscription.options, where.options)) return false;
        await tx
          .updateTable('subscription')
          .set({
            ...(set.kinds === undefined ? {} : { kinds: JSON.stringify(set.kinds) }),
            ...(set.filter === undefined ? {} : { filter: JSON.stringify(set.filter) }),
            ...(set.options === undefined ? {} : { options: JSON.stringify(set.options) }),
            ...(set.madeBy === undefined ? {} : { made_by: set.madeBy }),
            ...(set.state === undefined ? {} : { state: set.state }),
            ...(set.reason === undefined ? {} : { reason: set.reason }),
            updated_at: engine.now,
          })
          .where('installation_id', '=', installationId)
          .where('id', '=', id)
          .execute();
        if (set.options !== undefined) await keepLook(tx, { ...subscription, options: set.options });
        return true;
      }),
    removeSubscription: (installationId, id) =>
      database.transaction(async (tx) => {
        const gone = await held(tx, installationId, id);
        if (!gone) return;
        await keepLook(tx, gone);
        await tx
          .deleteFrom('subscription')
          .where('installation_id', '=', installationId)
          .where('id', '=', id)
          .execute();
        const { channelId, connectionId } = gone;
        const now = await engine.readNow(tx);
        await handOver(tx, database, { installationId, channelId, connectionId, of: { subscriptionId: id } }, now);
        await leaveOut(tx, gone, now);
        await engine.wake(tx);
      }),
  };
}
