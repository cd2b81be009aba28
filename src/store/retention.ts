// Forgetting: invitees' data goes after the retention time, the hashed keys that prevent repeats stay 13 months.

import { type SqlBool, sql } from 'kysely';
import { holdHead } from './audit-chain.ts';
import type { Database, Db } from './database.ts';
import { forgetBookings } from './forget-bookings.ts';
import { across } from './handle.ts';

const day = 24 * 3_600_000;
/** Longer than any replay of Calendly's can live; who did what is looked up for as long. */
const keysKept = 396 * day;
/** What Calendly sent, once it is folded: long enough to look into what went wrong. */
const bodiesKept = 7;
/** Rows a statement: each ends within milliseconds, and a rest as long as it took follows, so that no webhook waits behind it. */
const batch = 100;

/**
 * Drops the bodies of changes received more than a week ago, the bookings that ended more than `days` ago, and old records of who did what; answers how many
 * of each of the first. What came together and could not be opened goes with the bodies.
 * What is still to be folded is never dropped. Ends early, after the batch under way, once `isOver` says so: the next run goes on.
 */
export async function forget(
  database: Database,
  days: number,
  isOver: () => boolean = () => false,
): Promise<{ bodies: number; bookings: number; keys: number }> {
  const { db, engine } = database;
  const now = await engine.readNow(db);
  const before = now - days * day;
  const bodiesBefore = now - Math.min(bodiesKept, days) * day;
  const dropped = { bodies: 0, bookings: 0, keys: 0 };

  // A day at a time: keys outlive their bodies by a year, and no statement may look through all of them for the few that still have one.
  const oldest = await across(db, 'forgetting')
    .selectFrom('change')
    .select('received_at')
    .orderBy('received_at')
    .limit(1)
    .executeTakeFirst();
  for (let from = oldest?.received_at ?? bodiesBefore; from < bodiesBefore && !isOver(); from += day) {
    const to = Math.min(from + day, bodiesBefore);
    // From where the batch before ended: else each would look through all that were done.
    let next = from;
    dropped.bodies += await inBatches(isOver, async () => {
      const rows = across(db, 'forgetting')
        .selectFrom('change')
        .select(['installation_id', 'key_hash'])
        .where('received_at', '>=', next)
        .where('received_at', '<', to)
        .where('body', 'is not', null)
        .where('folded_at', 'is not', null)
        .orderBy('received_at')
        .limit(batch);
      const done = await across(db, 'forgetting')
        .updateTable('change')
        .set({ body: null })
        .where(sql<SqlBool>`(installation_id, key_hash) in (${rows})`)
        .returning('received_at')
        .execute();
      for (const row of done) next = Math.max(next, row.received_at);
      return done.length;
    });
  }
  await inBatches(isOver, () => dropUnread(database, bodiesBefore));
  dropped.bookings = await inBatches(isOver, () => dropBookings(database, before));
  dropped.keys = await inBatches(isOver, async () => {
    const rows = across(db, 'forgetting')
      .selectFrom('change')
      .select(['installation_id', 'key_hash'])
      .where('received_at', '<', now - keysKept)
      .where('folded_at', 'is not', null)
      .limit(batch);
    const done = await across(db, 'forgetting')
      .deleteFrom('change')
      .where(sql<SqlBool>`(installation_id, key_hash) in (${rows})`)
      .executeTakeFirst();
    return Number(done.numDeletedRows);
  });
  await inBatches(isOver, () => dropNames(database, now - keysKept));
  const { rows: old } = await sql<{
    installation_id: string;
  }>`select distinct installation_id from audit where at < ${now - keysKept}`.execute(across(db, 'forgetting'));
  for (const { installation_id: installationId } of old)
    await inBatches(isOver, () => dropDeeds(database, installationId, now - keysKept));
  return dropped;
}

/** What came together and does not open: nobody will read it any more. */
async function dropUnread({ db }: Database, before: number): Promise<number> {
  const rows = across(db, 'forgetting')
    .selectFrom('arrivals')
    .select(['installation_id', 'id'])
    .where('unread', '=', 1)
    .where('received_at', '<', before)
    .limit(batch);
  const done = await across(db, 'forgetting')
    .deleteFrom('arrivals')
    .where(sql<SqlBool>`(installation_id, id) in (${rows})`)
    .executeTakeFirst();
  return Number(done.numDeletedRows);
}

async function dropBookings(database: Database, before: number): Promise<number> {
  const { db, engine } = database;
  const isOld = (on: Db) => on.selectFrom('booking').where('ends_at', '<', before).where('updated_at', '<', before);
  const rows = await isOld(across(db, 'forgetting'))
    .select(['installation_id', 'id'])
    .orderBy('ends_at')
    .limit(batch)
    .execute();
  for (const [installationId, old] of Map.groupBy(rows, (row) => row.installation_id))
    await database.transaction(async (tx) => {
      await engine.lockInstallation(tx, installationId);
      const ids = old.map((row) => row.id);
      // Once more: one that a change has reached meanwhile stays.
      const still = await isOld(tx)
        .select('id')
        .where('installation_id', '=', installationId)
        .where('id', 'in', ids)
        .execute();
      await forgetBookings(
        tx,
        installationId,
        still.map((row) => row.id),
      );
    });
  return rows.length;
}

async function inBatches(isOver: () => boolean, once: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!isOver()) {
    const started = performance.now();
    const done = await once();
    total += done;
    // Even for nothing: the embedded database answers at once, and would never let anybody else have a turn.
    await new Promise((resolve) => setTimeout(resolve, done === 0 ? 0 : performance.now() - started));
    if (done < batch) break;
  }
  return total;
}

/** Who was named in which message. */
async function dropNames({ db }: Database, before: number): Promise<number> {
  const rows = across(db, 'forgetting')
    .selectFrom('named')
    .select(['installation_id', 'address_hash', 'delivery_id'])
    .where('at', '<', before)
    .limit(batch);
  const done = await across(db, 'forgetting')
    .deleteFrom('named')
    .where(sql<SqlBool>`(installation_id, address_hash, delivery_id) in (${rows})`)
    .executeTakeFirst();
  return Number(done.numDeletedRows);
}

/** The beginning of the record, entry by entry: where it begins now is kept, so that it can still be told whether one is missing. */
async function dropDeeds(database: Database, installationId: string, before: number): Promise<number> {
  return database.transaction(async (tx) => {
    const entries = tx.selectFrom('audit').select(['deed', 'subject', 'seq', 'link', 'at']);
    const mine = entries.where('installation_id', '=', installationId);
    const loose = await mine.where('seq', 'is', null).where('at', '<', before).limit(batch).execute();
    const head = await holdHead(tx, database, installationId);
    const next = await mine.where('seq', '>', head.dropped_seq).orderBy('seq').limit(batch).execute();
    const kept = next.findIndex((row) => row.at >= before);
    const old = kept === -1 ? next : next.slice(0, kept);
    const last = old.at(-1);
    for (const { deed, subject } of [...loose, ...old])
      await tx
        .deleteFrom('audit')
        .where('installation_id', '=', installationId)
        .where('deed', '=', deed)
        .where('subject', '=', subject)
        .execute();
    if (last?.link)
      await tx
        .updateTable('audit_head')
        .set({ dropped_seq: last.seq!, dropped_link: last.link })
        .where('installation_id', '=', installationId)
        .execute();
    return Math.max(loose.length, old.length);
  });
}
