// Looking for what was missed, remembered: since when changes are ours, the look under way and its place in the list, and what listed meetings are compared with.

import { sql } from 'kysely';
import type { BackfillStore, Held } from '../connection/backfill-store.ts';
import type { KnownBooking } from '../connection/differences.ts';
import { both, type Last, type Run, type Wish } from '../connection/look.ts';
import type { Logger } from '../log.ts';
import { clockRow } from './cron-runs.ts';
import type { Database, Db, Tx } from './database.ts';
import { across } from './handle.ts';
import { openBooking } from './open-booking.ts';
import { changeHash, uriHash } from './rows.ts';
import type { Schema } from './schema.ts';

type Row = Schema['backfill'];

/** Both engines limit how many values one statement takes. */
const atOnce = 500;

export function backfillStore(database: Database, log?: Pick<Logger, 'error'>): BackfillStore {
  const { db, engine, seal } = database;

  const one = (on: Db, { installationId, connectionId }: { installationId: string; connectionId: string }) =>
    on.updateTable('backfill').where('installation_id', '=', installationId).where('connection_id', '=', connectionId);
  const held = (on: Db, hold: Held) => one(on, hold).where('fence', '=', hold.fence);

  /** Our bookings of these meetings, still sealed. */
  async function bookingsOf(installationId: string, meetings: readonly string[]) {
    if (meetings.length === 0) return [];
    const uris = new Map(meetings.map((uri) => [uriHash(uri).toString('hex'), uri]));
    const rows = await db
      .selectFrom('booking_uri as u')
      .innerJoin('booking as b', (join) =>
        join.onRef('b.installation_id', '=', 'u.installation_id').onRef('b.id', '=', 'u.booking_id'),
      )
      .select(['u.uri_hash', 'b.id', 'b.version', 'b.state'])
      .where('u.installation_id', '=', installationId)
      .where(
        'u.uri_hash',
        'in',
        [...uris.keys()].map((hex) => Buffer.from(hex, 'hex')),
      )
      .execute();
    return rows.map(({ uri_hash, ...row }) => ({ uri: uris.get(Buffer.from(uri_hash).toString('hex'))!, ...row }));
  }

  return {
    now: () => engine.readNow(db),

    async begin(installationId, connectionId, since) {
      await db
        .insertInto('backfill')
        .values(freshRow(installationId, connectionId, since))
        .onConflict((conflict) =>
          // What is under way belongs to the time before.
          conflict.columns(['installation_id', 'connection_id']).doUpdateSet({
            since,
            run: null,
            wish: null,
            due_at: since,
            fence: sql<number>`backfill.fence + 1`,
            lease_until: 0,
          }),
        )
        .execute();
    },

    async beginMissing() {
      // The folder is ours alone, so whoever held a look is dead.
      if (engine.name === 'sqlite')
        await across(db, 'opening').updateTable('backfill').set({ lease_until: 0 }).execute();
      await sql`insert into backfill (installation_id, connection_id, since, due_at, lease_until, fence, poll_at, hourly_at, nightly_at)
        select installation_id, id, created_at, ${engine.now}, 0, 0, 0, 0, 0 from connection
        where true on conflict (installation_id, connection_id) do nothing`.execute(across(db, 'opening'));
    },

    async wish(installationId, connectionId, wish) {
      await database.transaction(async (tx: Tx) => {
        await engine.lockInstallation(tx, installationId);
        const row = await tx
          .selectFrom('backfill')
          .select('wish')
          .where('installation_id', '=', installationId)
          .where('connection_id', '=', connectionId)
          .executeTakeFirst();
        const merged = both(read<Wish>(row?.wish), wish);
        await one(tx, { installationId, connectionId })
          .set({ wish: JSON.stringify(merged), due_at: await engine.readNow(tx) })
          .execute();
      });
    },

    async wishAll(wish) {
      await across(db, 'rounds')
        .updateTable('backfill')
        .set({ wish: JSON.stringify(wish) })
        .where('wish', 'is', null)
        .execute();
      const rows = await across(db, 'rounds')
        .selectFrom('backfill')
        .select(['installation_id', 'connection_id'])
        .where('wish', '<>', JSON.stringify(wish))
        .execute();
      for (const row of rows) await this.wish(row.installation_id, row.connection_id, wish);
    },

    async dueNow() {
      await across(db, 'rounds')
        .updateTable('backfill')
        .set({ due_at: engine.now })
        .where('due_at', '>', engine.now)
        .execute();
    },

    async claim(limit, leaseMs) {
      const now = await engine.readNow(db);
      const due = across(db, 'worker')
        .selectFrom('backfill as b')
        .innerJoin('connection as c', (join) =>
          join.onRef('c.installation_id', '=', 'b.installation_id').onRef('c.id', '=', 'b.connection_id'),
        )
        .innerJoin('installation as i', 'i.id', 'b.installation_id')
        .select(['b.installation_id', 'b.connection_id'])
        .where('b.due_at', '<=', now)
        .where('b.lease_until', '<=', now)
        .where('c.state', '=', 'active')
        .where('i.state', '=', 'active')
        .orderBy('b.due_at')
        .limit(limit);
      // The conditions once more: another process may have been quicker.
      const rows = await across(db, 'worker')
        .updateTable('backfill')
        .set({ lease_until: now + leaseMs, fence: sql<number>`fence + 1` })
        .where(sql<boolean>`(installation_id, connection_id) in (${due})`)
        .where('due_at', '<=', now)
        .where('lease_until', '<=', now)
        .returningAll()
        .execute();
      return rows.map((row) => ({ ...heldOf(row), now }));
    },

    async extend(hold, leaseMs) {
      const now = await engine.readNow(db);
      const done = await held(db, hold)
        .set({ lease_until: now + leaseMs })
        .where('lease_until', '>', 0)
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },

    async take(hold, run, times) {
      return await database.transaction(async (tx: Tx) => {
        await engine.lockInstallation(tx, hold.installationId);
        // A wish that came meanwhile stays for the next look.
        const done = await held(tx, hold)
          .set({
            run: JSON.stringify(run),
            wish: sql<
              string | null
            >`case when wish = ${hold.wish === null ? '' : JSON.stringify(hold.wish)} then null else wish end`,
            poll_at: times.pollAt,
            hourly_at: times.hourlyAt,
            nightly_at: times.nightlyAt,
          })
          .executeTakeFirst();
        return Number(done.numUpdatedRows) === 1;
      });
    },

    async save(hold, run) {
      const done = await held(db, hold)
        .set({ run: JSON.stringify(run) })
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },

    async finish(hold, last) {
      const done = await held(db, hold)
        .set({ run: null, last: JSON.stringify(last) })
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },

    async release(hold, dueAt) {
      await held(db, hold)
        // A wish is taken once what is under way is done: until then that says when.
        .set({
          lease_until: 0,
          due_at: sql<number>`case when wish is null or run is not null then ${dueAt} else due_at end`,
        })
        .execute();
    },

    async state(installationId, connectionId) {
      const row = await db
        .selectFrom('backfill')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .executeTakeFirst();
      return row ? heldOf(row) : null;
    },

    async known(installationId, meetings) {
      const found = await bookingsOf(installationId, meetings);
      return new Map(
        found.flatMap(({ uri, id, version, state: sealed }): [string, KnownBooking][] => {
          const state = openBooking(seal, { installationId, id, state: sealed }, log);
          return state ? [[uri, { version, state }]] : [];
        }),
      );
    },

    async lost(installationId, meetings) {
      const found = await bookingsOf(installationId, meetings);
      return new Map(
        found.flatMap(({ uri, version, ...row }): [string, number][] =>
          openBooking(seal, { installationId, ...row }, undefined) ? [] : [[uri, version]],
        ),
      );
    },

    async told(installationId, connectionId, keys) {
      const byHash = new Map(keys.map((key) => [changeHash(connectionId, key).toString('hex'), key]));
      const hashes = [...byHash.keys()].map((hex) => Buffer.from(hex, 'hex'));
      const found = new Set<string>();
      for (let i = 0; i < hashes.length; i += atOnce) {
        const rows = await db
          .selectFrom('change')
          .select('key_hash')
          .where('installation_id', '=', installationId)
          .where('key_hash', 'in', hashes.slice(i, i + atOnce))
          .execute();
        for (const row of rows) found.add(byHash.get(Buffer.from(row.key_hash).toString('hex'))!);
      }
      return found;
    },

    async channels(installationId, connectionId) {
      const rows = await db
        .selectFrom('subscription')
        .select('channel_id')
        .distinct()
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .where('state', '=', 'active')
        .execute();
      return rows.map(({ channel_id }) => channel_id);
    },

    async name(installationId, meeting, invitees) {
      if (invitees.length === 0) return;
      await sql`insert into booking_uri (installation_id, uri_hash, booking_id)
        select installation_id, ${sql.val(uriHash(meeting))}, booking_id from booking_uri
        where installation_id = ${installationId} and uri_hash in (${sql.join(invitees.slice(0, atOnce).map(uriHash))}) limit 1
        on conflict (installation_id, uri_hash) do nothing`.execute(db);
    },
  };
}

/** When any process of the app was last seen alive; null before the first. Ask before this one leaves its own trace. */
export async function lastAlive({ db }: Database): Promise<number | null> {
  const row = await db.selectFrom('cron_run').select('ran_at').where('name', '=', clockRow).executeTakeFirst();
  return row?.ran_at ?? null;
}

const freshRow = (installationId: string, connectionId: string, since: number) => ({
  installation_id: installationId,
  connection_id: connectionId,
  since,
  due_at: since,
  lease_until: 0,
  fence: 0,
  wish: null,
  run: null,
  last: null,
  // Nothing can have been missed yet.
  poll_at: since,
  hourly_at: since,
  nightly_at: since,
});

const heldOf = (row: Row): Held => ({
  installationId: row.installation_id,
  connectionId: row.connection_id,
  fence: row.fence,
  since: row.since,
  wish: read<Wish>(row.wish),
  run: read<Run>(row.run),
  last: read<Last>(row.last),
  pollAt: row.poll_at,
  hourlyAt: row.hourly_at,
  nightlyAt: row.nightly_at,
});

/** Written by ourselves, and by no one else. */
const read = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null);
