// A channel got a new id: its subscriptions, messages and lane follow, and nothing is shown twice.

import type { Database, Tx } from './database.ts';
import { resumeChannel } from './holds.ts';
import { laneKey, lanesOf, leaseMs, markDue } from './lanes.ts';
import { keepOneCard } from './one-card.ts';

export interface ChannelMove {
  installationId: string;
  from: string;
  to: string;
}

/**
 * Deliveries keep their ids, which were made from the old channel's: a result that is still to come finds its row, and later changes find the card by
 * booking and channel. Where a call is under way, the new lane waits as long as a dead worker's lease would, so that nobody takes that call for abandoned.
 */
export async function moveChannel(tx: Tx, database: Database, move: ChannelMove, now: number): Promise<void> {
  const { installationId, from, to } = move;
  if (from === to) return;
  const { engine } = database;
  await engine.lockInstallation(tx, installationId);
  const places = [from, to].map((channelId) => ({ installationId, channelId }));
  const old = (await lanesOf(tx, engine, places)).get(laneKey({ installation_id: installationId, channel_id: from }));
  // Somebody may have subscribed under the new id before this news came.
  await keepOneCard(tx, { installationId, by: 'channel_id', from, to }, now);
  for (const table of ['subscription', 'delivery'] as const)
    await tx
      .updateTable(table)
      .set({ channel_id: to })
      .where('installation_id', '=', installationId)
      .where('channel_id', '=', from)
      .execute();
  // One that was set up under the new id counts.
  await tx
    .deleteFrom('digest')
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', from)
    .where('every', 'in', (eb) =>
      eb
        .selectFrom('digest as there')
        .select('there.every')
        .where('there.installation_id', '=', installationId)
        .where('there.channel_id', '=', to),
    )
    .execute();
  await tx
    .updateTable('digest')
    .set({ channel_id: to })
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', from)
    .execute();
  await tx
    .updateTable('installation')
    .set({ admin_channel: to })
    .where('id', '=', installationId)
    .where('admin_channel', '=', from)
    .execute();
  await markDue(tx, [{ installationId, channelId: to, dueAt: now }]);
  if (old && (await isUnderWay(tx, move)))
    await tx
      .updateTable('lane')
      .set({ lease_until: old.lease_until, not_before: old.not_before, paced_until: old.paced_until })
      .where('installation_id', '=', installationId)
      .where('channel_id', '=', to)
      .where('lease_until', '<', old.lease_until)
      .execute();
  remember(move, now);
  // A post may have found the old id gone before this news came, and paused the channel for it.
  await resumeChannel(tx, engine, { installationId, channelId: to }, now);
}

async function isUnderWay(tx: Tx, { installationId, to }: ChannelMove): Promise<boolean> {
  const row = await tx
    .selectFrom('delivery')
    .select('id')
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', to)
    .where('state', '=', 'sending')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves this process has seen: where its own call comes back, nobody has to wait for the end of a lease. */
const lately = new Map<string, { to: string; at: number }>();
const movesKept = 100;

function remember({ installationId, from, to }: ChannelMove, at: number): void {
  if (lately.size >= movesKept) lately.clear();
  lately.set(`${installationId} ${from}`, { to, at });
}

type Called = { installationId: string; channelId: string; deliveryId: string };

/** The call that was under way is back, and a lane makes one at a time: its new lane may go on, unless somebody works in it already. */
export async function callIsBack(tx: Tx, { installationId, channelId: from }: Called, now: number): Promise<void> {
  if (lately.size === 0) return;
  const move = lately.get(`${installationId} ${from}`);
  if (!move || now - move.at > leaseMs) return;
  await tx
    .updateTable('lane')
    .set({ lease_until: 0 })
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', move.to)
    .where('fence', '=', 0)
    .execute();
}

/** Did the channel get another id while this call was under way? */
export async function hasMoved(tx: Tx, job: Called): Promise<boolean> {
  const row = await tx
    .selectFrom('delivery')
    .select('channel_id')
    .where('installation_id', '=', job.installationId)
    .where('id', '=', job.deliveryId)
    .executeTakeFirst();
  return row !== undefined && row.channel_id !== job.channelId;
}
