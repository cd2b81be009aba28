// Keys of each installation's own: what is personal is sealed with them, one takes the place of another beside a working app, and what is destroyed is gone.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { type Database, openBeside, openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { keyCensus } from '../../src/store/key-census.ts';
import { purge } from '../../src/store/purge.ts';
import { ownerOf, place } from '../../src/store/rows.ts';
import { keyIdFor, keyIdOf, SealError, sealer } from '../../src/store/seal.ts';
import { personalColumns, sealedColumns } from '../../src/store/sealed.ts';
import { lookAgain, replaceKey, settle, tendKeys, wholeSince } from '../../src/store/settle-keys.ts';
import { inDatabase } from '../stories/view.ts';
import { keys, memory } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;
const all = ({ database }: { database: Database }) => across(database.db, 'operator');
const keyRows = (m: { database: Database }) =>
  all(m).selectFrom('data_key').selectAll().orderBy('generation').execute();

/** As if the time until each key may be used, and until nothing is under way with another, had passed. */
async function ripen(m: { database: Database }): Promise<void> {
  await all(m).updateTable('data_key').set({ usable_at: 1 }).execute();
  m.database.keys.expire();
  await m.database.now();
}

const webhook = (id: string, name: string) =>
  makeWebhook('invitee.created', { eventId: id, inviteeId: name, name, email: `${name}@canary.example` });

/** Hears of these, and folds them. */
async function hear(m: Memory, ...names: string[]): Promise<void> {
  await m.changes.keep(names.map((name) => m.arrival(webhook(`E${name}`, name))));
  await m.foldAfterRestart(1_000);
}

/** Every personal value there is: with which key it is sealed, and whether it opens. */
async function personal({ database }: { database: Database }) {
  const found: { what: string; by: string; text: string | null }[] = [];
  for (const { table, column, place: placeOf } of personalColumns) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(all({ database }));
    for (const row of rows) {
      const value = row[column];
      if (!(value instanceof Uint8Array) || value.length === 0) continue;
      let text: string | null = null;
      try {
        text = database.seal.open(value, placeOf(row));
      } catch {}
      found.push({ what: `${table}.${column}`, by: keyIdOf(value)!.toString('hex'), text });
    }
  }
  return found;
}
const sealedBy = async (m: { database: Database }) => [...new Set((await personal(m)).map(({ by }) => by))];
const name = (id: Uint8Array) => Buffer.from(id).toString('hex');

describe('a key of an installation’s own', () => {
  it('seals what is personal, and nothing else', async () => {
    const m = await memory();
    await ripen(m);
    await m.subscribe('C1');
    await m.connections.updateConnection(m.installationId, m.connectionId, {
      userName: 'Olga',
      userEmail: 'olga@example.com',
    });
    await m.installations.tell({ installationId: m.installationId, to: 'UANN', key: 'k', text: 'hello' });
    await hear(m, 'ada');
    const [key] = await keyRows(m);
    for (const { table, column, isPersonal } of sealedColumns) {
      const { rows } = await sql<
        Record<string, unknown>
      >`select ${sql.ref(column)} as value from ${sql.table(table)}`.execute(all(m));
      for (const { value } of rows)
        if (value instanceof Uint8Array && value.length > 0)
          expect([`${table}.${column}`, keyIdOf(value)]).toEqual([
            `${table}.${column}`,
            isPersonal ? Buffer.from(key!.key_id) : keyIdFor(keys[0]!),
          ]);
    }
    expect((await personal(m)).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['connection.user_name', 'delivery.body', 'booking.state', 'change.body']),
    );
  });

  it('belongs to the same places in the list of columns as in the seal', () => {
    const row = {
      id: 'i',
      installation_id: 'i',
      key_hash: Buffer.of(1),
      address_hash: Buffer.of(1),
      link_hash: Buffer.of(1),
      generation: 1,
      deed: 'd',
      subject: 's',
    };
    for (const column of sealedColumns)
      expect([column.what, ownerOf(column.place(row))]).toEqual([column.what, column.isPersonal ? 'i' : null]);
  });

  it('is another for each, and opens nothing of another’s', async () => {
    const m = await memory();
    const other = await m.installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
    await ripen(m);
    const rows = await keyRows(m);
    expect(new Set(rows.map(({ key_id }) => name(key_id))).size).toBe(2);
    const mine = m.database.seal.close('x', place.booking(m.installationId, 'b'));
    const theirs = m.database.seal.close('x', place.booking(other.id, 'b'));
    expect(keyIdOf(mine)).not.toEqual(keyIdOf(theirs));
    expect(() => m.database.seal.open(mine, place.booking(other.id, 'b'))).toThrow(SealError);
    expect(() => sealer(keys).open(mine, place.booking(m.installationId, 'b'))).toThrow(SealError);
  });

  it('is not used before its time, when ENCRYPTION_KEY seals, nor by whoever could not read for long', async () => {
    const m = await memory();
    await all(m)
      .updateTable('data_key')
      .set({ usable_at: Date.now() + 3_600_000 })
      .execute();
    m.database.keys.expire();
    await m.database.now();
    const where = place.booking(m.installationId, 'b');
    // It was usable before, on the embedded database: whichever way a clock is set, it stays so.
    expect(keyIdOf(m.database.seal.close('x', where))!.equals(keyIdFor(keys[0]!))).toBe(
      m.storage.engine === 'postgresql',
    );
    if (m.storage.engine === 'sqlite') return;
    await ripen(m);
    expect(keyIdOf(m.database.seal.close('x', where))).not.toEqual(keyIdFor(keys[0]!));
    m.database.keys.expire();
    expect(keyIdOf(m.database.seal.close('x', where))).toEqual(keyIdFor(keys[0]!));
  });

  it('that another ENCRYPTION_KEY wraps is refused at the start, in the words there are for that', async () => {
    const m = await memory();
    const other = sealer([randomBytes(32)]);
    const [row] = await keyRows(m);
    const wrapped = other.close('x', place.dataKey(row!.installation_id, row!.generation));
    await all(m).updateTable('data_key').set({ wrapped }).execute();
    await m.database.close();
    const again = openDatabase({ url: m.storage.url, folder: m.storage.folder, keys });
    await expect(again).rejects.toThrow(/sealed with another key than ENCRYPTION_KEY holds.*after a comma/);
  });
});

describe('what is there from before', () => {
  it('comes under the new key in small steps, and it is known since when', async () => {
    const m = await memory();
    // As the version before left it.
    await all(m).deleteFrom('data_key').execute();
    m.database.keys.expire();
    await m.connections.updateConnection(m.installationId, m.connectionId, { userName: 'Olga', userEmail: null });
    await hear(m, 'ada', 'bo');
    await m.database.close();
    for (const later of ['data_key', 'arrivals']) await inDatabase(m.storage, `drop table ${later}`);
    await inDatabase(m.storage, `delete from kysely_migration where name >= '025'`);
    const database = await openDatabase({ url: m.storage.url, folder: m.storage.folder, keys });
    const at = { database };
    try {
      expect(await sealedBy(at)).toEqual([name(keyIdFor(keys[0]!))]);
      await all(at).updateTable('data_key').set({ usable_at: 1 }).execute();
      const [key] = await keyRows(at);
      expect([key!.settled_at, key!.whole_since]).toEqual([null, null]);
      const now = await database.now();
      expect((await keyCensus(all(at), keys.map(keyIdFor), now)).alone).toBeGreaterThan(0);
      database.keys.expire();
      await database.now();
      expect(await tendKeys(database, () => false)).toBeGreaterThan(0);
      expect(await sealedBy(at)).toEqual([name(key!.key_id)]);
      expect(await keyCensus(all(at), keys.map(keyIdFor), now)).toEqual({ alone: 0, gone: new Map() });
      const since = await wholeSince(database, m.installationId);
      expect(since).toBeGreaterThanOrEqual(now);
      // Nothing is left to do, until it is looked at again.
      expect(await tendKeys(database, () => false)).toBe(0);
      const alone = sealer(keys).close('Late', place.userName(m.installationId, m.connectionId));
      await all(at).updateTable('connection').set({ user_name: alone }).execute();
      expect(await tendKeys(database, () => false)).toBe(0);
      await lookAgain(database);
      expect(await tendKeys(database, () => false)).toBe(1);
      expect(await wholeSince(database, m.installationId)).toBe(since);
    } finally {
      await database.close();
    }
  });
});

describe('a key in the place of another', () => {
  it('opens all there was, and the one before is destroyed: what it sealed is closed for good', async () => {
    const m = await memory();
    await ripen(m);
    const guests = Array.from({ length: 30 }, (_, i) => `guest${i}`);
    await hear(m, ...guests);
    const [before] = await keyRows(m);
    const kept = await all(m).selectFrom('booking').selectAll().executeTakeFirstOrThrow();
    const old = m.database.seal.open(kept.state, place.booking(m.installationId, kept.id));
    expect(old).toContain('guest');
    await replaceKey(m.database, m.installationId);
    // Not before its time.
    expect(await settle(m.database, m.installationId)).toMatchObject({ done: 0, isOver: false });
    await ripen(m);
    // Stopped after the first steps: both keys are there, and all opens.
    const stopped = await settle(m.database, m.installationId, { isStopped: () => true });
    expect(stopped.isOver).toBe(false);
    let steps = 0;
    const half = await settle(m.database, m.installationId, {
      onProgress: () => (steps += 1),
      isStopped: () => steps > 0,
    });
    expect(half.done).toBeGreaterThan(0);
    expect(half.isOver).toBe(false);
    expect(await keyRows(m)).toHaveLength(2);
    expect((await sealedBy(m)).length).toBeGreaterThan(1);
    expect((await personal(m)).filter(({ text }) => text === null)).toEqual([]);
    // Somebody comes meanwhile.
    await hear(m, 'meanwhile');
    const whole = await settle(m.database, m.installationId);
    expect(whole).toMatchObject({ closed: 0, isOver: true });
    const rows = await keyRows(m);
    expect(rows.map(({ generation }) => generation)).toEqual([2]);
    expect(await sealedBy(m)).toEqual([name(rows[0]!.key_id)]);
    const texts = (await personal(m)).map(({ text }) => text ?? 'closed').join('\n');
    for (const each of [...guests, 'meanwhile']) expect(texts).toContain(`${each}@canary.example`);
    expect(texts).not.toContain('closed');
    expect(() => m.database.seal.open(kept.state, place.booking(m.installationId, kept.id))).toThrow(
      expect.objectContaining({ isUnknownKey: true }),
    );
    traceless(m, before!.wrapped);
  });

  it('does not go before a round found nothing more, whatever was written behind its back', async () => {
    const m = await memory();
    await ripen(m);
    await m.connections.updateConnection(m.installationId, m.connectionId, { userName: 'Olga', userEmail: null });
    await hear(m, 'ada');
    const { user_name } = await all(m).selectFrom('connection').select('user_name').executeTakeFirstOrThrow();
    await replaceKey(m.database, m.installationId);
    await ripen(m);
    let late: Promise<unknown> | null = null;
    // Names come first, and this one is put back once the round is past them.
    const onProgress = () => {
      late ??= new Promise((resolve) => setTimeout(resolve)).then(() =>
        all(m).updateTable('connection').set({ user_name }).execute(),
      );
    };
    expect((await settle(m.database, m.installationId, { onProgress })).isOver).toBe(true);
    await late;
    const named = (await personal(m)).filter(({ what }) => what === 'connection.user_name');
    expect(named.map(({ text }) => text)).toEqual(['Olga']);
  });

  it('is made anew by a second run, which destroys all before it', async () => {
    const m = await memory();
    await ripen(m);
    await hear(m, 'ada');
    await replaceKey(m.database, m.installationId);
    await replaceKey(m.database, m.installationId);
    await ripen(m);
    expect((await settle(m.database, m.installationId)).isOver).toBe(true);
    expect((await keyRows(m)).map(({ generation }) => generation)).toEqual([3]);
    expect((await personal(m)).filter(({ text }) => text === null)).toEqual([]);
  });

  it('is brought to its end by the app’s own round, whoever began it', async () => {
    const m = await memory();
    await ripen(m);
    await hear(m, 'ada');
    const beside = await openBeside({ url: m.storage.url, folder: m.storage.folder, keys });
    await replaceKey(beside, m.installationId);
    await beside.close();
    await ripen(m);
    expect(await tendKeys(m.database, () => false)).toBeGreaterThan(0);
    expect((await keyRows(m)).map(({ generation }) => generation)).toEqual([2]);
    expect((await personal(m)).filter(({ text }) => text === null)).toEqual([]);
  });

  it('is learnt by a process beside before it meets it, at the real pace', { timeout: 60_000 }, async () => {
    const m = await memory();
    await ripen(m);
    await hear(m, 'ada');
    const other =
      m.storage.engine === 'postgresql'
        ? await m.again()
        : await openBeside({ url: m.storage.url, folder: m.storage.folder, keys });
    await replaceKey(m.database, m.installationId);
    const second = (await keyRows(m)).at(-1)!;
    const where = place.userName(m.installationId, m.connectionId);
    // Whoever sealed with the new key writes it at once; the other one looks all the time.
    let sealed: Buffer;
    do {
      await m.database.now();
      sealed = m.database.seal.close('Olga Second', where);
      await all(m).updateTable('connection').set({ user_name: sealed }).execute();
      const row = await all({ database: other }).selectFrom('connection').select('user_name').executeTakeFirstOrThrow();
      expect(other.seal.open(row.user_name, where)).toBe('Olga Second');
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (!keyIdOf(sealed)!.equals(second.key_id));
    if (m.storage.engine === 'sqlite') await other.close();
  });
});

describe('a workspace that is purged', () => {
  it('takes its key along, last of all, and no file of the embedded database has it', async () => {
    const m = await memory();
    await ripen(m);
    await hear(m, 'ada');
    const { id } = await m.installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
    // Many, so that their rows were moved from page to page.
    for (let i = 0; i < 120; i++)
      await m.installations.save({ teamId: `T${i * 7_919}X`, botUserId: 'UBOT', botToken: 'xoxb-3' });
    await all(m)
      .updateTable('data_key')
      .set({ settled_at: 1_700_000_000_000, whole_since: 1_700_000_000_000 })
      .execute();
    const rows = await keyRows(m);
    const theirs = rows.filter((row) => row.installation_id !== id);
    const gone = { state: 'gone' as const, gone_at: 1 };
    // Some of them first, whose rows stood among others that stay.
    const some = theirs.filter((row, i) => i % 9 === 0 && row.installation_id !== m.installationId);
    const ids = some.map((row) => row.installation_id);
    await all(m).updateTable('installation').set(gone).where('id', 'in', ids).execute();
    expect((await purge(m.database, 0)).installations).toBe(some.length);
    for (const { wrapped } of some) traceless(m, wrapped);
    await all(m).updateTable('installation').set(gone).where('id', '<>', id).execute();
    // All but the one of which there was something: it may still come back, and opens until then.
    expect((await purge(m.database, 0)).installations).toBe(120 - some.length);
    expect((await keyRows(m)).map((row) => row.installation_id).sort()).toEqual([m.installationId, id].sort());
    expect((await purge(m.database, 0)).installations).toBe(1);
    expect((await keyRows(m)).map((row) => row.installation_id)).toEqual([id]);
    for (const { wrapped } of theirs) traceless(m, wrapped);
  });
});

/** The bytes of a wrapped key are in no file of the embedded database. */
function traceless({ storage }: Memory, wrapped: Uint8Array): void {
  if (storage.engine === 'postgresql') return;
  for (const file of ['app.db', 'app.db-wal', 'app.db-shm']) {
    const path = join(storage.folder, file);
    if (existsSync(path)) expect([file, readFileSync(path).indexOf(wrapped)]).toEqual([file, -1]);
  }
}
