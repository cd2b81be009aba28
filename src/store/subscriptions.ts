// Subscriptions: which channel hears of what; each query stays inside one installation.

import { type SqlBool, sql } from 'kysely';
import { mutedReason } from '../delivery/plan.ts';
import { sameOptions } from '../subscription/options.ts';
import type { Subscription } from '../subscription/subscription.ts';
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
        muted_until: subscription.mutedUntil,
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
    addSubscription: (subscription, deed) =>
      database.transaction(async (tx) => {
        await insert(tx, subscription);
        await recordChange(tx, database, deed, null, subscription);
      }),
    bringBack: (subscription, deed) =>
      database.transaction(async (tx) => {
        const { installationId, channelId, connectionId } = subscription;
        await engine.lockInstallation(tx, installationId);
        await lanesOf(tx, engine, [subscription]);
        await insert(tx, subscription);
        await recordChange(tx, database, deed, null, subscription);
        const now = await engine.readNow(tx);
        const of = { leftOutSince: now - undoneWithin };
        await handOver(tx, database, { installationId, channelId, connectionId, of }, now);
        await engine.wake(tx);
      }),
    updateSubscription: (installationId, id, set, where, deed) =>
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
            ...(set.mutedUntil === undefined ? {} : { muted_until: set.mutedUntil }),
            updated_at: engine.now,
          })
          .where('installation_id', '=', installationId)
          .where('id', '=', id)
          .execute();
        await recordChange(tx, database, deed, subscription, { ...subscription, ...set });
        if (set.options !== undefined) await keepLook(tx, { ...subscription, options: set.options });
        return true;
      }),
    removeSubscription: (installationId, id, deed) =>
      database.transaction(async (tx) => {
        const gone = await held(tx, installationId, id);
        if (!gone) return;
        await keepLook(tx, gone);
        await recordChange(tx, database, deed, gone, null);
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
    showLeftOut: (installationId, id, since) =>
      database.transaction(async (tx) => {
        const subscription = await held(tx, installationId, id);
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
