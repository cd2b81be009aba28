// A channel's turn: marking its lane due, claiming it under a lease with a fence, and giving it back.

import { type SqlBool, sql } from 'kysely';
import type { Database, Db, Tx } from './database.ts';
import type { Engine } from './engine.ts';
import { across } from './handle.ts';
import type { Schema } from './schema.ts';
import { statement, statementOfMany, upTo } from './statement.ts';

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
  await makeDue(
    tx,
    [...earliest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane),
  );
}

const makeDue = statementOfMany((db, lanes: DueLane[]) =>
  db
    .insertInto('lane')
    .values(
      lanes.map((lane) => ({
        installation_id: lane.installationId,
        channel_id: lane.channelId,
        due_at: lane.dueAt,
        lease_until: sql.lit(0),
        fence: sql.lit(0),
        not_before: sql.lit(0),
        stumbles: sql.lit(0),
        paced_until: sql.lit(0),
        back_at: sql.lit(0),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['installation_id', 'channel_id']).doUpdateSet({
        due_at: sql<number>`case when lane.due_at is null or excluded.due_at < lane.due_at then excluded.due_at else lane.due_at end`,
      }),
    ),
);

/** The lanes of these channels, by `laneKey`, locked where the engine locks rows. */
export async function lanesOf(
  tx: Tx,
  engine: Engine,
  channels: { installationId: string; channelId: string }[],
): Promise<Map<string, Lane>> {
  const pairs = [...new Set(channels.map((channel) => `${channel.installationId} ${channel.channelId}`))]
    .sort()
    .map((key) => key.split(' '))
    .map(([installationId, channelId]) => ({ installationId: installationId!, channelId: channelId! }));
  if (pairs.length === 0) return new Map();
  const lanes = await (engine.skipsLocked ? lanesLocked : lanesRead)(tx, pairs);
  return new Map(lanes.map((lane) => [laneKey(lane), lane]));
}

type Place = { installationId: string; channelId: string };

const lanesAt = (db: Db, places: Place[]) =>
  db
    .selectFrom('lane')
    .selectAll()
    .where((eb) =>
      eb.or(
        places.map(({ installationId, channelId }) =>
          eb.and([eb('installation_id', '=', installationId), eb('channel_id', '=', channelId)]),
        ),
      ),
    )
    .orderBy('installation_id')
    .orderBy('channel_id');
const lanesRead = statementOfMany(lanesAt);
const lanesLocked = statementOfMany((db, places: Place[]) => lanesAt(db, places).forUpdate());

interface Claim {
  limit: number;
  now: number;
  leaseUntil: number;
}

/** Takes up to `limit` lanes that are due, free, and whose installation works: ours until `leaseUntil`, with a new fence. */
export async function claimLanes(tx: Tx, engine: Engine, claim: Claim): Promise<Lane[]> {
  return (engine.skipsLocked ? claimUnlocked : claimAny)(tx, claim);
}

const dueLanes = (db: Db, { limit, now }: Claim) =>
  across(db, 'worker')
    .selectFrom('lane')
    .innerJoin('installation', 'installation.id', 'lane.installation_id')
    .select(['lane.installation_id', 'lane.channel_id'])
    .where('lane.due_at', '<=', now)
    .where('lane.not_before', '<=', now)
    .where('lane.lease_until', '<', now)
    .where('installation.state', '=', sql.lit('active'))
    .orderBy('lane.due_at')
    .limit(upTo(limit));
const take = (db: Db, due: ReturnType<typeof dueLanes>, { leaseUntil }: Claim) =>
  across(db, 'worker')
    .updateTable('lane')
    .set({ fence: sql<number>`fence + 1`, lease_until: leaseUntil })
    .where(sql<SqlBool>`(installation_id, channel_id) in (${due})`)
    .returningAll();
const claimAny = statement((db, claim: Claim) => take(db, dueLanes(db, claim), claim));
const claimUnlocked = statement((db, claim: Claim) =>
  take(db, dueLanes(db, claim).forUpdate('lane').skipLocked(), claim),
);

/**
 * Lanes whose lease has ended while we still serve them, after the process was frozen or the database away, and that nobody took over: ours again, before
 * anybody claims them anew, ourselves included.
 */
export async function renewLapsed(tx: Tx, lanes: readonly Lane[], now: number, leaseUntil: number): Promise<void> {
  for (const lane of lanes) if (lane.lease_until < now) await keepLane(tx, { ...lane, leaseUntil });
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
    const dueAt = releasedDue.get(laneKey(lane));
    if (dueAt === undefined) await keepLane(tx, { ...lane, leaseUntil });
    else await releaseLane(tx, { ...lane, dueAt });
  }
}

const paceOf = ({ not_before, stumbles, paced_until }: Lane) => ({ not_before, stumbles, paced_until });
const laneRow = (db: Db, lane: Lane) =>
  db.updateTable('lane').where('installation_id', '=', lane.installation_id).where('channel_id', '=', lane.channel_id);
const keepLane = statement((db, lane: Lane & { leaseUntil: number }) =>
  laneRow(db, lane).set({ ...paceOf(lane), lease_until: lane.leaseUntil }),
);
const releaseLane = statement((db, lane: Lane & { dueAt: number | null }) =>
  laneRow(db, lane).set({ ...paceOf(lane), lease_until: sql.lit(0), due_at: lane.dueAt }),
);

/** Slack has said where a person's direct messages stand. */
export async function keepDirect(tx: Tx, lane: Lane, direct: string): Promise<void> {
  lane.direct = direct;
  await laneRow(tx, lane).set({ direct }).execute();
}

/** How long until some lane is due and free (a dead process's when its lease ends); null when none is. */
export async function wakeIn(tx: Tx, now: number): Promise<number | null> {
  const [row] = await nextFree(tx, {});
  return row?.at == null ? null : Math.max(0, row.at - now);
}

const nextFree = statement((db, _: object) =>
  across(db, 'worker')
    .selectFrom('lane')
    .innerJoin('installation', 'installation.id', 'lane.installation_id')
    .select(
      sql<number | null>`min(case when lease_until > due_at and lease_until > not_before then lease_until + 1
        when not_before > due_at then not_before else due_at end)`.as('at'),
    )
    .where('due_at', 'is not', null)
    .where('installation.state', '=', sql.lit('active')),
);

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
