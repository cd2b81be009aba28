// A channel's turn: marking its lane due, claiming it under a lease with a fence, and giving it back.

import { type SqlBool, sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

export type Lane = Schema['lane'];

export const laneKey = (lane: { installation_id: string; channel_id: string }) =>
  `${lane.installation_id} ${lane.channel_id}`;

/** A worker's lease on a channel: a dead one is taken over after it, milliseconds. */
export const leaseMs = 30_000;

export interface DueLane {
  installationId: string;
  channelId: string;
  dueAt: number;
}

/** Makes lanes due at the named times, or earlier if they already were. Sorted, so that two processes cannot wait for each other. */
export async function markDue(tx: Tx, lanes: readonly DueLane[]): Promise<void> {
  const earliest = new Map<string, DueLane>();
  for (const lane of lanes) {
    const key = `${lane.installationId} ${lane.channelId}`;
    const known = earliest.get(key);
    if (!known || lane.dueAt < known.dueAt) earliest.set(key, lane);
  }
  if (earliest.size === 0) return;
  const rows = [...earliest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane);
  await tx
    .insertInto('lane')
    .values(
      rows.map((lane) => ({
        installation_id: lane.installationId,
        channel_id: lane.channelId,
        due_at: lane.dueAt,
        lease_until: 0,
        fence: 0,
        not_before: 0,
        stumbles: 0,
        paced_until: 0,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['installation_id', 'channel_id']).doUpdateSet({
        due_at: sql<number>`case when lane.due_at is null or excluded.due_at < lane.due_at then excluded.due_at else lane.due_at end`,
      }),
    )
    .execute();
}

/** The lanes of these channels, by `laneKey`, locked where the engine locks rows. */
export async function lanesOf(
  tx: Tx,
  engine: Engine,
  channels: { installationId: string; channelId: string }[],
): Promise<Map<string, Lane>> {
  const pairs = [...new Set(channels.map((channel) => `${channel.installationId} ${channel.channelId}`))]
    .sort()
    .map((key) => key.split(' ') as [string, string]);
  if (pairs.length === 0) return new Map();
  let query = tx
    .selectFrom('lane')
    .selectAll()
    .where((eb) =>
      eb.or(
        pairs.map(([installation, channel]) =>
          eb.and([eb('installation_id', '=', installation), eb('channel_id', '=', channel)]),
        ),
      ),
    )
    .orderBy('installation_id')
    .orderBy('channel_id');
  if (engine.skipsLocked) query = query.forUpdate();
  return new Map((await query.execute()).map((lane) => [laneKey(lane), lane]));
}

/** Takes up to `limit` lanes that are due, free, and whose installation works: ours until `leaseUntil`, with a new fence. */
export async function claimLanes(
  tx: Tx,
  engine: Engine,
  o: { limit: number; now: number; leaseUntil: number },
): Promise<Lane[]> {
  const { limit, now, leaseUntil } = o;
  let due = tx
    .selectFrom('lane')
    .innerJoin('installation', 'installation.id', 'lane.installation_id')
    .select(['lane.installation_id', 'lane.channel_id'])
    .where('lane.due_at', '<=', now)
    .where('lane.not_before', '<=', now)
    .where('lane.lease_until', '<', now)
    .where('installation.state', '=', 'active')
    .orderBy('lane.due_at')
    .limit(sql.lit(limit));
  if (engine.skipsLocked) due = due.forUpdate('lane').skipLocked();
  return tx
    .updateTable('lane')
    .set({ fence: sql<number>`fence + 1`, lease_until: leaseUntil })
    .where(sql<SqlBool>`(installation_id, channel_id) in (${due})`)
    .returningAll()
    .execute();
}

/** Lanes with a call to make keep their lease; the others go back, due when their next message is. */
export async function keepOrRelease(
  tx: Tx,
  lanes: Lane[],
  released: { lane: Lane; dueAt: number | null }[],
  leaseUntil: number,
): Promise<void> {
  const releasedDue = new Map(released.map((entry) => [laneKey(entry.lane), entry.dueAt]));
  for (const lane of [...lanes].sort((a, b) => (laneKey(a) < laneKey(b) ? -1 : 1))) {
    const key = laneKey(lane);
    const working = !releasedDue.has(key);
    await tx
      .updateTable('lane')
      .set({
        lease_until: working ? leaseUntil : 0,
        not_before: lane.not_before,
        stumbles: lane.stumbles,
        paced_until: lane.paced_until,
        ...(working ? {} : { due_at: releasedDue.get(key) ?? null }),
      })
      .where('installation_id', '=', lane.installation_id)
      .where('channel_id', '=', lane.channel_id)
      .execute();
  }
}

/** How long until some free lane is due; null when none is. */
export async function wakeIn(tx: Tx, now: number): Promise<number | null> {
  const row = await tx
    .selectFrom('lane')
    .innerJoin('installation', 'installation.id', 'lane.installation_id')
    .select(sql<number | null>`min(case when not_before > due_at then not_before else due_at end)`.as('at'))
    .where('due_at', 'is not', null)
    .where('lease_until', '<', now)
    .where('installation.state', '=', 'active')
    .executeTakeFirst();
  return row?.at == null ? null : Math.max(0, row.at - now);
}

/**
 * Channels that back off because Slack could not be reached may try at once, or `most` of them, picked by chance; those Slack itself told to wait (paced
 * beyond `slackMs`) do not.
 */
export async function wakeLanes(
  { db, engine }: Database,
  o: { installationId: string; slackMs: number; most: number | null },
): Promise<void> {
  let waiting = db
    .selectFrom('lane')
    .select(['installation_id', 'channel_id'])
    .where('installation_id', '=', o.installationId)
    .where('due_at', 'is not', null)
    .where('not_before', '>', engine.now)
    .where('stumbles', '=', 0)
    .where('paced_until', '<=', sql<number>`${engine.now} + ${Math.ceil(o.slackMs)}`);
  if (o.most !== null) waiting = waiting.orderBy(sql`random()`).limit(o.most);
  await db
    .updateTable('lane')
    // A lane that backs off is due at the end of it: both are brought forward.
    .set({ not_before: 0, due_at: engine.now })
    .where(sql<SqlBool>`(installation_id, channel_id) in (${waiting})`)
    .execute();
}
