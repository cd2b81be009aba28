// Brings everything personal of an installation under its newest key, in small steps beside a working app, and then destroys the keys before it. What is done
// stays done: a second run goes on, whoever runs it.

import { sql } from 'kysely';
import { newKeyRow, usableAfterMs } from './data-keys.ts';
import { type Database, type Db, longestMs } from './database.ts';
import { across } from './handle.ts';
import { type Row, swap } from './reseal.ts';
import { personalColumns, type SealedColumn } from './sealed.ts';

/** Rows looked at in one statement, behind which a webhook may wait: with a year of history two or three milliseconds. */
const batch = 50;
/** In the process that answers, the rest that follows is so many times as long: a tenth of its time at most. */
const appRests = 9;
/**
 * From the moment on that a key may be used, another one may still be on its way to the disk for so long: in a transaction that was begun before (see
 * database.ts), and in a single statement that waits for a connection. Milliseconds.
 */
const onTheWayMs = longestMs + 5_000;
/** For transactions of others to end, in one go; milliseconds. */
const patienceMs = 60_000;

export interface Settled {
  /** Values sealed anew. */
  done: number;
  /** Values that no key opens: they stay as they are. */
  closed: number;
  /** Is everything under the newest key, and are the earlier ones gone? */
  isOver: boolean;
}

export interface Settling {
  /** The caller has seen that nothing is under way that was begun before the newest key was in use. */
  isAfterWriters?: true;
  /** Ends after the step under way. */
  isStopped?: () => boolean;
  /** Rests so many times as long as each step took; once, where nobody says. */
  rests?: number;
  onProgress?: (done: number) => void;
}

/** A new key for what is personal in an installation. What was made before stays open until `settle` has come to its end. */
export async function replaceKey(database: Database, installationId: string): Promise<void> {
  const { engine, master } = database;
  await database.transaction(async (tx) => {
    await engine.lockInstallation(tx, installationId);
    const keys = tx.selectFrom('data_key').where('installation_id', '=', installationId);
    const last = await keys.select(['generation', 'whole_since']).orderBy('generation', 'desc').executeTakeFirst();
    await tx
      .insertInto('data_key')
      .values({
        ...newKeyRow(master, installationId, (last?.generation ?? 0) + 1),
        whole_since: last?.whole_since ?? null,
        usable_at: sql<number>`${engine.now} + ${sql.lit(usableAfterMs)}`,
        created_at: engine.now,
      })
      .execute();
  });
  database.keys.expire();
}

/** The newest key there is, and the time until nothing can be under way that was sealed with another; null where there is none. */
async function newest({ db, engine }: Database, installationId: string) {
  const row = await db
    .selectFrom('data_key')
    .select(['generation', 'key_id', 'usable_at', 'whole_since', engine.now.as('now')])
    .where('installation_id', '=', installationId)
    .orderBy('generation', 'desc')
    .executeTakeFirst();
  return row ? { ...row, leftMs: row.usable_at + onTheWayMs - row.now } : null;
}

/** How long it is until `settle` can come to its end, at the least; milliseconds. */
export async function untilSettled(database: Database, installationId: string): Promise<number> {
  return Math.max(0, (await newest(database, installationId))?.leftMs ?? 0);
}

/** Seals anew what is sealed with another key than the newest, and destroys the earlier ones where nothing is left. */
export async function settle(database: Database, installationId: string, how: Settling = {}): Promise<Settled> {
  const settled: Settled = { done: 0, closed: 0, isOver: false };
  const key = await newest(database, installationId);
  if (!key || key.leftMs > 0 || !isInUse(database, installationId, key.key_id)) return settled;
  // What was written before is seen by the round that follows.
  if (!how.isAfterWriters && !(await database.engine.afterWriters(database.db, patienceMs))) return settled;
  for (;;) {
    const round = await sealAnew(database, installationId, key.key_id, how);
    settled.done += round.done;
    settled.closed = round.closed;
    // A newer one may have come to its own since: it is for that run to go on.
    if (how.isStopped?.() || !isInUse(database, installationId, key.key_id)) return settled;
    // Once more where the app was quicker than we: until there was nothing to do.
    if (round.done === 0) break;
  }
  settled.isOver = await finish(database, installationId, key.generation);
  return settled;
}

const isInUse = ({ keys }: Database, installationId: string, keyId: Uint8Array): boolean =>
  keys.sealing(installationId)?.id.equals(keyId) === true;

async function sealAnew(database: Database, installationId: string, keyId: Uint8Array, how: Settling) {
  const round = { done: 0, closed: 0 };
  for (const column of personalColumns)
    for (let after: unknown[] | null = null; !how.isStopped?.(); ) {
      const started = performance.now();
      const { stale, last } = await step(database, column, installationId, keyId, after);
      if (stale.length > 0) {
        const { done, closed } = await swap(database, column, stale);
        round.done += done;
        round.closed += closed;
        how.onProgress?.(round.done);
      }
      // Even for nothing: the embedded database answers at once, and would never let anybody else have a turn.
      const took = performance.now() - started;
      await new Promise((resolve) => setTimeout(resolve, (how.rests ?? 1) * took));
      if (!last) break;
      after = last;
    }
  return round;
}

/** The next rows in the order of their keys: only their keys' names are read of most of them. `last`: null where there are no more. */
async function step(
  { db }: Database,
  { table, column, key }: SealedColumn,
  installationId: string,
  keyId: Uint8Array,
  after: unknown[] | null,
): Promise<{ stale: Row[]; last: unknown[] | null }> {
  const on = across(db, 'rounds');
  const names = sql.join(key.map((name) => sql.ref(name)));
  const theirs = sql`installation_id = ${installationId}`;
  const later = after === null ? sql`` : sql`and (${names}) > (${sql.join(after)})`;
  const { rows } =
    await sql<Row>`select ${names}, substr(${sql.ref(column)}, 2, 4) as sealed_with from ${sql.table(table)}
    where ${theirs} ${later} order by ${names} limit ${sql.lit(batch)}`.execute(on);
  const last = rows.length < batch ? null : key.map((name) => rows.at(-1)![name]);
  const isStale = ({ sealed_with: by }: Row) =>
    by instanceof Uint8Array && by.length === 4 && Buffer.compare(by, keyId) !== 0;
  const first = rows.find(isStale);
  if (!first) return { stale: [], last };
  const [from, to] = [first, rows.findLast(isStale)!].map((row) => sql.join(key.map((name) => row[name])));
  const between = sql`(${names}) >= (${from!}) and (${names}) <= (${to!})`;
  const found = await sql<Row>`select * from ${sql.table(table)} where ${theirs} and ${between}
    and substr(${sql.ref(column)}, 2, 4) <> ${keyId}`.execute(on);
  return { stale: found.rows, last };
}

/** Nothing is sealed with the earlier keys, and nobody seals with them: they go, for good. Answers whether there was none newer than this one. */
async function finish(database: Database, installationId: string, generation: number): Promise<boolean> {
  const { db, engine } = database;
  const keysOf = (on: Db) =>
    on.selectFrom('data_key').select('generation').where('installation_id', '=', installationId);
  const work = () =>
    database.transaction(async (tx) => {
      await engine.lockInstallation(tx, installationId);
      if (await keysOf(tx).where('generation', '>', generation).executeTakeFirst()) return false;
      await tx
        .deleteFrom('data_key')
        .where('installation_id', '=', installationId)
        .where('generation', '<', generation)
        .execute();
      await tx
        .updateTable('data_key')
        .set({ settled_at: engine.now, whole_since: sql<number>`coalesce(whole_since, ${engine.now})` })
        .where('installation_id', '=', installationId)
        .where('generation', '=', generation)
        .execute();
      return true;
    });
  if (!(await keysOf(db).where('generation', '<', generation).executeTakeFirst())) return work();
  const isOver = await engine.withoutTrace(db, work);
  database.keys.expire();
  return isOver;
}

/** Gives whoever has none a key, and settles what is not settled. Answers how many values were sealed anew. */
export async function tendKeys(database: Database, isStopped: () => boolean): Promise<number> {
  const { db, engine } = database;
  await database.makeKeys();
  const rows = await across(db, 'rounds')
    .selectFrom('data_key')
    .select('installation_id')
    .distinct()
    .where('settled_at', 'is', null)
    .where('usable_at', '<=', sql<number>`${engine.now} - ${sql.lit(onTheWayMs)}`)
    .orderBy('installation_id')
    .execute();
  if (rows.length === 0 || !(await engine.afterWriters(db, patienceMs))) return 0;
  let done = 0;
  for (const { installation_id: installationId } of rows) {
    if (isStopped()) break;
    done += (await settle(database, installationId, { isStopped, isAfterWriters: true, rests: appRests })).done;
  }
  return done;
}

/** Once a day all is looked at again: what was sealed with ENCRYPTION_KEY alone while a process could not read the keys comes under its own then. */
export async function lookAgain({ db }: Database): Promise<void> {
  await across(db, 'rounds').updateTable('data_key').set({ settled_at: null }).execute();
}

/** Since when everything personal of an installation is under keys of its own, UTC milliseconds of the database's clock; null: not yet. */
export async function wholeSince({ db }: Database, installationId: string): Promise<number | null> {
  const row = await db
    .selectFrom('data_key')
    .select('whole_since')
    .where('installation_id', '=', installationId)
    .orderBy('generation', 'desc')
    .executeTakeFirst();
  return row?.whole_since ?? null;
}
