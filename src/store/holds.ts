// Pausing a channel with its reason, telling each owner once, and taking up again what was held.

import { sql } from 'kysely';
import { pauseReasons } from '../connection/disconnect.ts';
import type { Database, Tx } from './database.ts';
import type { Engine } from './engine.ts';
import { lanesOf, markDue } from './lanes.ts';
import { addNotice } from './notices.ts';

export interface Hold {
  installationId: string;
  channelId: string;
  /** A sentence with its cure. */
  reason: string;
  notice: (paused: { installationId: string; channelId: string; reason: string }) => string;
  now: number;
}

/** Pauses the channel's active subscriptions, holds what is due there, and writes one notice to each of their owners. */
export async function holdChannel(tx: Tx, database: Database, hold: Hold): Promise<void> {
  await lanesOf(tx, database.engine, [hold]);
  const paused = await tx
    .updateTable('subscription')
    .set({ state: 'paused', reason: hold.reason, updated_at: hold.now })
    .where('installation_id', '=', hold.installationId)
    .where('channel_id', '=', hold.channelId)
    .where('state', '=', 'active')
    .returning('made_by')
    .execute();
  await tx
    .updateTable('delivery')
    .set({ state: 'held', due_at: null, reason: hold.reason.slice(0, 300) })
    .where('installation_id', '=', hold.installationId)
    .where('channel_id', '=', hold.channelId)
    .where('state', '=', 'due')
    .execute();
  // The lane stays due: a card that is being made at this moment would be forgotten otherwise. An empty lane rests by itself.
  for (const to of new Set(paused.map((row) => row.made_by))) {
    await addNotice(
      tx,
      database,
      {
        installationId: hold.installationId,
        to,
        key: `paused ${hold.channelId} ${hold.now}`,
        text: hold.notice(hold),
      },
      hold.now,
    );
  }
}

/** What was held longer than this is not shown any more: people would take it for news. Milliseconds. */
const heldAtMost = 72 * 3_600_000;

/** Resumes the channel's paused subscriptions and makes due what was held for them; answers how many subscriptions. */
export async function resumeChannel(
  tx: Tx,
  engine: Engine,
  where: { installationId: string; channelId: string },
  now: number,
): Promise<number> {
  await engine.lockInstallation(tx, where.installationId);
  await lanesOf(tx, engine, [where]);
  // A call that is under way may still be refused for what it met before: see settle.ts.
  await tx
    .updateTable('lane')
    .set({ back_at: now })
    .where('installation_id', '=', where.installationId)
    .where('channel_id', '=', where.channelId)
    .execute();
  const paused = tx
    .updateTable('subscription')
    .where('installation_id', '=', where.installationId)
    .where('channel_id', '=', where.channelId)
    .where('state', '=', 'paused');
  const disconnected = tx
    .selectFrom('connection')
    .select('id')
    .where('installation_id', '=', where.installationId)
    .where('state', '=', 'disconnected');
  // Those of a disconnected account wait for the account from now on, whatever they waited for before.
  await paused
    .set({ reason: pauseReasons.disconnected, updated_at: now })
    .where('connection_id', 'in', disconnected)
    .execute();
  const resumed = await paused
    .set({ state: 'active', reason: null, updated_at: now })
    .where('connection_id', 'not in', disconnected)
    .returning('id')
    .execute();
  // Also without any: what a card whose subscription is gone still has to say was held as well.
  await releaseHeld(tx, engine, where, now);
  return resumed.length;
}

/**
 * Makes due what was held in a channel, save what belongs to a subscription that is still paused. The installation is locked first: a fold
 * that still read "paused" ends before, so that nothing it holds is overlooked.
 */
export async function releaseHeld(
  tx: Tx,
  engine: Engine,
  where: { installationId: string; channelId: string },
  now: number,
): Promise<void> {
  await engine.lockInstallation(tx, where.installationId);
  await lanesOf(tx, engine, [where]);
  const held = tx
    .updateTable('delivery')
    .where('installation_id', '=', where.installationId)
    .where('channel_id', '=', where.channelId)
    .where('state', '=', 'held')
    .where((eb) =>
      eb.or([
        eb('subscription_id', 'is', null),
        eb(
          'subscription_id',
          'not in',
          eb
            .selectFrom('subscription')
            .select('id')
            .where('installation_id', '=', where.installationId)
            .where('state', '=', 'paused'),
        ),
      ]),
    );
  await held
    // As if never tried, so that a later change of the meeting may show it; a post that is still looked for may be there.
    .set({
      state: 'suppressed',
      reason: 'held for more than three days',
      tried_at: sql<number | null>`case when op is null then null else tried_at end`,
    })
    .where('first_due_at', '<', now - heldAtMost)
    .where('ts', 'is', null)
    .execute();
  const due = await held
    .set((eb) => ({ state: 'due' as const, due_at: eb.ref('first_due_at'), attempts: 0, reason: null }))
    .returning('id')
    .execute();
  if (due.length > 0)
    await markDue(tx, [{ installationId: where.installationId, channelId: where.channelId, dueAt: now }]);
}
