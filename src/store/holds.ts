// Pausing a channel with its reason, telling each owner once, and taking up again what was held.

import type { Database, Tx } from './database.ts';
import { markDue } from './lanes.ts';
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
  await tx
    .updateTable('lane')
    .set({ due_at: null })
    .where('installation_id', '=', hold.installationId)
    .where('channel_id', '=', hold.channelId)
    .execute();
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
  where: { installationId: string; channelId: string },
  now: number,
): Promise<number> {
  const resumed = await tx
    .updateTable('subscription')
    .set({ state: 'active', reason: null, updated_at: now })
    .where('installation_id', '=', where.installationId)
    .where('channel_id', '=', where.channelId)
    .where('state', '=', 'paused')
    // Those that pause because their account was disconnected wait for the account, not for the channel.
    .where('connection_id', 'in', (eb) =>
      eb
        .selectFrom('connection')
        .select('id')
        .where('installation_id', '=', where.installationId)
        .where('state', '=', 'active'),
    )
    .returning('id')
    .execute();
  if (resumed.length > 0) await releaseHeld(tx, where, now);
  return resumed.length;
}

/** Makes due what was held in a channel. */
export async function releaseHeld(
  tx: Tx,
  where: { installationId: string; channelId: string },
  now: number,
): Promise<void> {
  const held = tx
    .updateTable('delivery')
    .where('installation_id', '=', where.installationId)
    .where('channel_id', '=', where.channelId)
    .where('state', '=', 'held');
  await held
    .set({ state: 'suppressed', reason: 'held for more than three days' })
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
