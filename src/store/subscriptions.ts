// Subscriptions: which channel hears of what; each query stays inside one installation.

import { type SqlBool, sql } from 'kysely';
import { mutedReason } from '../delivery/plan.ts';
import type { Deed } from '../subscription/deed.ts';
import { sameOptions } from '../subscription/options.ts';
import type { Options, Subscription } from '../subscription/subscription.ts';
import type { SubscriptionStore } from '../subscription/subscriptions.ts';
import { recordChange } from './audit.ts';
import type { Database, Db, Tx } from './database.ts';
import { handOver } from './hand-over.ts';
import { lanesOf, markDue } from './lanes.ts';
import { leaveOut } from './leave-out.ts';
import { keepLook } from './look.ts';
import { toSubscription } from './subscription-rows.ts';

/** Undo brings back what was left out no longer ago than this; milliseconds. */
const undoneWithin = 15 * 60_000;

const within = (installationId: string, on: Db) =>
  on.selectFrom('subscription').selectAll().where('installation_id', '=', installationId);

type Writing = Pick<Database, 'engine' | 'seal'>;

const insert = (on: Db, { engine }: Writing, subscription: Subscription) =>
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
      muted_until: subscription.mutedUntil,
    })
    .execute();

/** Nobody else changes it, nor what waits for it, until the transaction ends. */
async function held(tx: Tx, { engine }: Writing, installationId: string, id: string): Promise<Subscription | null> {
  await engine.lockInstallation(tx, installationId);
  const row = await within(installationId, tx).where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  await lanesOf(tx, engine, [{ installationId, channelId: row.channel_id }]);
  return toSubscription(row);
}

/** The same as the store does, each within a transaction that may do more. */
export async function addIn(tx: Tx, database: Writing, subscription: Subscription, deed?: Deed): Promise<void> {
  await insert(tx, database, subscription);
  await recordChange(tx, database, deed, null, subscription);
}

export async function updateIn(
  tx: Tx,
  database: Writing,
  { installationId, id }: Pick<Subscription, 'installationId' | 'id'>,
  set: Parameters<SubscriptionStore['updateSubscription']>[2],
  where?: { options: Options } | null,
  deed?: Deed,
): Promise<boolean> {
  const { engine } = database;
  const subscription = await held(tx, database, installationId, id);
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
      ...(set.mutedUntil === undefined ? {} : { muted_until: set.mutedUntil }),
      updated_at: engine.now,
    })
    .where('installation_id', '=', installationId)
    .where('id', '=', id)
    .execute();
  await recordChange(tx, database, deed, subscription, { ...subscription, ...set });
  if (set.options !== undefined) await keepLook(tx, { ...subscription, options: set.options });
  return true;
}

export async function removeIn(
  tx: Tx,
  database: Database,
  { installationId, id }: Pick<Subscription, 'installationId' | 'id'>,
  deed?: Deed,
): Promise<void> {
  const { engine } = database;
  const gone = await held(tx, database, installationId, id);
  if (!gone) return;
  await keepLook(tx, gone);
  await recordChange(tx, database, deed, gone, null);
  await tx.deleteFrom('subscription').where('installation_id', '=', installationId).where('id', '=', id).execute();
  const { channelId, connectionId } = gone;
  const now = await engine.readNow(tx);
  await handOver(tx, database, { installationId, channelId, connectionId, of: { subscriptionId: id } }, now);
  await leaveOut(tx, gone, now);
  await engine.wake(tx);
}

export function subscriptionStore(database: Database): SubscriptionStore {
  const { db, engine } = database;

  return {
    async subscription(installationId, id) {
      const row = await within(installationId, db).where('id', '=', id).executeTakeFirst();
      return row ? toSubscription(row) : null;
    },
    async subscriptionsIn(installationId, channelId) {
      return (
        await within(installationId, db)
          .where('channel_id', '=', channelId)
          .orderBy('created_at')
          .orderBy('id')
          .execute()
      ).map(toSubscription);
    },
    async allSubscriptions(installationId) {
      return (await within(installationId, db).orderBy('created_at').orderBy('id').execute()).map(toSubscription);
    },
    addSubscription: (subscription, deed) =>
      database.transaction(async (tx) => {
        await addIn(tx, database, subscription, deed);
      }),
    bringBack: (subscription, deed) =>
      database.transaction(async (tx) => {
        const { installationId, channelId, connectionId } = subscription;
        await engine.lockInstallation(tx, installationId);
        await lanesOf(tx, engine, [subscription]);
        await addIn(tx, database, subscription, deed);
        const now = await engine.readNow(tx);
        const of = { leftOutSince: now - undoneWithin };
        await handOver(tx, database, { installationId, channelId, connectionId, of }, now);
        await engine.wake(tx);
      }),
    updateSubscription: (installationId, id, set, where, deed) =>
      database.transaction((tx) => updateIn(tx, database, { installationId, id }, set, where, deed)),
    removeSubscription: (installationId, id, deed) =>
      database.transaction((tx) => removeIn(tx, database, { installationId, id }, deed)),
    showLeftOut: (installationId, id, since) =>
      database.transaction(async (tx) => {
        const subscription = await held(tx, database, installationId, id);
        if (!subscription) return;
        const now = await engine.readNow(tx);
        const due = await tx
          .updateTable('delivery')
          .set((eb) => ({ state: 'due' as const, due_at: eb.ref('first_due_at'), reason: null, updated_at: now }))
          .where('installation_id', '=', installationId)
          .where('subscription_id', '=', id)
          // Written out for the index of what is not shown.
          .where(sql<SqlBool>`state <> 'shown'`)
          .where('state', '=', 'suppressed')
          .where('reason', '=', mutedReason)
          .where('updated_at', '>=', since)
          .returning('id')
          .execute();
        if (due.length === 0) return;
        await markDue(tx, [{ installationId, channelId: subscription.channelId, dueAt: now }]);
        await engine.wake(tx);
      }),
    async lastShown(installationId, ids) {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom('delivery')
        .select((eb) => ['subscription_id', eb.fn.max('tried_at').as('at')])
        .where('installation_id', '=', installationId)
        .where('subscription_id', 'in', [...ids])
        .where(sql<SqlBool>`kind = 'card' and ts is not null`)
        .groupBy('subscription_id')
        .execute();
      return new Map(rows.map((row) => [row.subscription_id ?? '', Number(row.at)]));
    },
  };
}
