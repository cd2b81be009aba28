// What names another row names one of its own installation: the database holds it by itself, whatever a statement says, and every column that names something is either
// held so or stands on a short list with its reason.

import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { type Db, migrationsFor, openDatabase } from '../../src/store/database.ts';
import { across, handleOn } from '../../src/store/handle.ts';
import { ofInstallations } from '../../src/store/of-installations.ts';
import { purge } from '../../src/store/purge.ts';
import { forget } from '../../src/store/retention.ts';
import { pairStore } from '../../src/store/token-pairs.ts';
import { ownEngine } from '../../src/store/which-engine.ts';
import { emptyStorage, freshStorage } from '../storage.ts';
import { another, fromTheTop, insert, naming, type Reference, type Row, referencesIn, rowsFor } from './catalog.ts';
import { keys, memory } from './memory.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Each with its installation: (installation_id, this) → (installation_id, id). */
const held = [
  'arrivals.connection_id → connection, goes with it',
  'backfill.connection_id → connection, goes with it',
  'booking.connection_id → connection',
  'booking_uri.booking_id → booking',
  'change.connection_id → connection',
  'connection.pair_id → token_pair',
  'connection.stand_in → connection',
  'delivery.booking_id → booking',
  'hook.connection_id → connection, goes with it',
  'named.delivery_id → delivery, goes with it',
  'subscription.connection_id → connection, goes with it',
];

const ofSlack = 'Slack’s own id, and no row of ours: two workspaces may have the same channel';
/** Columns that name something, and why no key holds them. */
const notHeld: Record<string, string> = {
  'installation.team_id': 'Slack’s own id of the workspace',
  'installation.bot_user_id': 'Slack’s own id of our bot',
  'subscription.channel_id': ofSlack,
  'digest.channel_id': ofSlack,
  'lane.channel_id': ofSlack,
  'audit.channel_id': ofSlack,
  'delivery.channel_id': `${ofSlack}; its lane is made when something is due there`,
  'person.user_id': 'Slack’s own id of a person',
  'delivery.subscription_id':
    'outlives its subscription: Undo brings that back under the same id, and with it what was left out since',
  'data_key.key_id': 'as sealed values name the key itself',
  'delivery.attempt_id': 'the name of the try itself',
  'audit.subject': 'the record outlives what was done to',
  'audit.deed': 'the name of the deed itself',
};
/** Columns that name something without saying so. */
const alsoNames = ['connection.stand_in', 'audit.subject', 'audit.deed'];

const catalogOf = async (database: { db: Db; engine: { name: 'sqlite' | 'postgresql' } }) => {
  const db = across(database.db, 'operator');
  return { db, references: await referencesIn(db, database.engine.name) };
};
const isOwn = ({ columns }: Reference) => columns.length > 1;

describe('the tables', () => {
  it('hold every column that names a row, or say why not', async () => {
    const { database } = await memory();
    const { db, references } = await catalogOf(database);
    const own = references.filter(isOwn);
    for (const each of own) {
      expect(each.columns[0], each.table).toBe('installation_id');
      expect(each.toColumns, each.table).toEqual(['installation_id', 'id']);
    }
    const words = own.map(
      ({ table, columns, to, cascades }) => `${table}.${columns[1]} → ${to}${cascades ? ', goes with it' : ''}`,
    );
    expect(words.sort()).toEqual(held);
    const tables = (await db.introspection.getTables()).filter(({ name }) => fromTheTop.includes(name));
    const named = tables.flatMap(({ name: table, columns }) =>
      columns
        .filter(({ name }) => name.endsWith('_id') && name !== 'installation_id')
        .map(({ name }) => `${table}.${name}`),
    );
    const known = [...own.map(({ table, columns }) => `${table}.${columns[1]}`), ...Object.keys(notHeld)];
    expect(known.sort()).toEqual([...named, ...alsoNames].sort());
  });

  it('have no row without its installation', async () => {
    const { database } = await memory();
    const { db, references } = await catalogOf(database);
    const nullable = new Set(
      (await db.introspection.getTables()).flatMap(({ name: table, columns }) =>
        columns.filter((column) => column.isNullable).map(({ name }) => `${table}.${name}`),
      ),
    );
    const reaches = (table: string): boolean =>
      table === 'installation' ||
      references.some(
        (each) =>
          each.table === table &&
          each.to !== table &&
          each.columns.every((column) => column === 'installation_id' || !nullable.has(`${table}.${column}`)) &&
          reaches(each.to),
      );
    expect(ofInstallations.map(([table]) => table as string).filter((table) => !reaches(table))).toEqual([]);
  });

  it('refuse a row that names another installation’s, and an honest one that is to name it', async () => {
    const { database } = await memory();
    const { db, references } = await catalogOf(database);
    const [mine, theirs] = [await rowsFor(db, references, 'mine'), await rowsFor(db, references, 'theirs')];
    for (const rows of [mine, theirs]) for (const table of fromTheTop) await insert(db, table, rows.get(table)!);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const { table, columns, to } = reference;
      const honest = another(table, mine.get(table)!, references);
      const column = columns.at(-1)!;
      const named = isOwn(reference) ? theirs.get(to)! : { id: 'nobody' };
      const crossing = { [column]: naming(reference, named)[column] };
      const dishonest = isOwn(reference)
        ? { ...honest, ...crossing }
        : { ...alone(honest, reference, references), ...crossing };
      const what = `${table}.${column}`;
      await expect(insert(db, table, dishonest), what).rejects.toSatisfy(database.engine.isDangling);
      const change = db
        .updateTable(table as 'lane')
        .set(crossing as never)
        .where('installation_id', '=', 'mine')
        .execute();
      // The record refuses every change, and says so first.
      if (table === 'audit') await expect(change, what).rejects.toThrow('never changed');
      else await expect(change, what).rejects.toSatisfy(database.engine.isDangling);
      // It was refused for that alone.
      if (key(table, honest) === key(table, mine.get(table)!)) continue;
      await insert(db, table, honest);
      await remove(db, table, honest);
    }
  });
});

/** Of a row without an installation nothing else is asked: it names nobody besides. */
const alone = (row: Row, but: Reference, references: readonly Reference[]): Row => ({
  ...row,
  ...Object.fromEntries(
    references.filter((each) => each.table === but.table && isOwn(each)).map(({ columns }) => [columns[1], null]),
  ),
});

const keyOf = (table: string) => ofInstallations.find(([name]) => name === table)!.slice(1) as string[];
const key = (table: string, row: Row) => JSON.stringify(keyOf(table).map((column) => row[column]));

async function remove(db: Db, table: string, row: Row): Promise<void> {
  let all = db.deleteFrom(table as 'lane').where('installation_id', '=', row.installation_id as string);
  for (const column of keyOf(table)) all = all.where(column as 'channel_id', '=', row[column] as string);
  await all.execute();
}

describe('a database from before', () => {
  /** With the tables as they were before the keys, open to plain SQL. */
  async function before() {
    const storage = await emptyStorage();
    undo.push(storage.remove);
    const engine = await ownEngine(storage, () => {});
    const db = across(handleOn(engine), 'opening');
    const older = Object.entries(migrationsFor(engine)).filter(([name]) => name < '024');
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => Object.fromEntries(older) },
    }).migrateToLatest();
    expect(error).toBeUndefined();
    const close = async () => {
      await db.destroy();
      engine.release();
    };
    return { storage, db, close };
  }

  it('keeps every honest row; what names nothing of its own goes, or names nobody from then on', async () => {
    const { references } = await catalogOf((await memory()).database);
    const { storage, db, close } = await before();
    const old = new Set((await referencesIn(db, storage.engine)).map((each) => `${each.table} ${each.columns}`));
    const then = new Set((await db.introspection.getTables()).map(({ name }) => name));
    const tables = fromTheTop.filter((table) => then.has(table));
    const fresh = references.filter((each) => then.has(each.table) && !old.has(`${each.table} ${each.columns}`));
    expect(fresh.length).toBeGreaterThan(15);
    const [mine, theirs] = [await rowsFor(db, references, 'mine'), await rowsFor(db, references, 'theirs')];
    for (const rows of [mine, theirs])
      for (const table of tables) {
        // Something that opens, and nothing else to count than what is there.
        if (table === 'installation') rows.get(table)!.bot_token = Buffer.alloc(0);
        if (table !== 'tally') await insert(db, table, rows.get(table)!);
      }
    const honest = await all(db);
    for (const reference of fresh) {
      const { table, columns, to } = reference;
      const column = columns.at(-1)!;
      const copy = another(table, mine.get(table)!, references, column);
      const crossing = isOwn(reference) ? {} : alone(copy, reference, references);
      const named = isOwn(reference) ? theirs.get(to)! : { id: 'nobody' };
      await insert(db, table, { ...copy, ...crossing, [column]: naming(reference, named)[column] });
    }
    await close();

    const opened = await openDatabase({ url: storage.url, folder: storage.folder, keys });
    undo.push(opened.close);
    const now = across(opened.db, 'operator');
    const forgetful: Record<string, string[]> = { connection: ['pair_id', 'stand_in'], delivery: ['booking_id'] };
    for (const [table, rows] of await all(now)) {
      // Made since, and filled by what came after.
      if (!honest.has(table)) continue;
      const left = rows.filter((row) => !honest.get(table)!.includes(row)).map((row) => JSON.parse(row) as Row);
      expect(rows, table).toEqual(expect.arrayContaining(honest.get(table)!));
      expect(left, table).toHaveLength(forgetful[table]?.length ?? 0);
      for (const column of forgetful[table] ?? []) expect(left.filter((row) => row[column] === null)).toHaveLength(1);
    }
    expect(await referencesIn(now, storage.engine)).toHaveLength(references.length);
    if (storage.engine === 'sqlite') {
      const { rows } = await sql`pragma integrity_check`.execute(now);
      expect(rows).toEqual([{ integrity_check: 'ok' }]);
      expect((await sql`pragma foreign_key_check`.execute(now)).rows).toEqual([]);
      // Nobody can write there from now on.
      await sql`pragma writable_schema = on`.execute(now);
      await expect(sql`update sqlite_schema set sql = ''`.execute(now)).rejects.toThrow('may not be modified');
    }
  });

  it('gets them even where a start was cut off before it noted that', async () => {
    const storage = await freshStorage();
    undo.push(storage.remove);
    const open = () => openDatabase({ url: storage.url, folder: storage.folder, keys });
    const first = await open();
    const { db, references } = await catalogOf(first);
    // A server takes all of it back together.
    if (storage.engine === 'sqlite') await sql`delete from kysely_migration where name >= '024'`.execute(db);
    await first.close();
    const second = await open();
    undo.push(second.close);
    expect((await catalogOf(second)).references).toEqual(references);
  });
});

/** Every row as text, by table; the counts are the triggers'. */
async function all(db: Db): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const there = new Set((await db.introspection.getTables()).map(({ name }) => name));
  for (const table of fromTheTop) {
    if (table === 'tally' || !there.has(table)) continue;
    const rows = await db
      .selectFrom(table as 'lane')
      .selectAll()
      .execute();
    // An account counts how often its subscriptions changed, and a lease ends with its process.
    found.set(table, rows.map((row) => JSON.stringify({ ...row, revision: 0, lease_until: 0 })).sort());
  }
  return found;
}

describe('what is named goes', () => {
  async function withCard() {
    const m = await memory();
    await m.subscribe('C1');
    const body = makeWebhook('invitee.created', { start: new Date(Date.now() - 20 * 86_400_000) });
    const coming = makeWebhook('invitee.created');
    await m.changes.keep([m.arrival(body), m.arrival(coming)]);
    await m.changes.foldNext(10);
    const db = across(m.database.db, 'operator');
    const count = async (table: string) =>
      (
        await db
          .selectFrom(table as 'lane')
          .selectAll()
          .execute()
      ).length;
    return { ...m, db, count };
  }

  it('a booking by its age: its messages stay, and are about no booking', async () => {
    const m = await withCard();
    await m.db.updateTable('booking').set({ updated_at: 1 }).execute();
    expect((await forget(m.database, 10)).bookings).toBe(1);
    const left = await m.db.selectFrom('booking').select('id').execute();
    const messages = await m.deliveries();
    expect(messages.map((row) => row.booking_id).sort()).toEqual([left[0]!.id, null].sort());
  });

  it('an account that could not be connected after all: with what it told, and without who stood in', async () => {
    const m = await withCard();
    const other = await m.connect('bo');
    await m.connections.updateConnection(m.installationId, other, {
      standIn: { id: m.connectionId, userUri: '', userName: '', since: 1 },
    });
    await m.connections.removeConnection(m.installationId, m.connectionId);
    expect(await m.db.selectFrom('connection').select(['id', 'stand_in']).execute()).toEqual([
      { id: other, stand_in: null },
    ]);
    expect([await m.count('change'), await m.count('booking'), await m.count('booking_uri')]).toEqual([0, 0, 0]);
    expect((await m.deliveries()).map((row) => row.booking_id)).toEqual([null, null]);
  });

  it('a sign-in: its account is there without one', async () => {
    const m = await withCard();
    const pairs = pairStore(m.database);
    const name = { installationId: m.installationId, id: 'pair' };
    await pairs.add(name, { access: 'a', refresh: 'r', expiresInMs: 1_000, scopes: null, owner: null });
    await m.db.updateTable('connection').set({ pair_id: 'pair' }).execute();
    await pairs.remove(name);
    expect(await m.db.selectFrom('connection').select('pair_id').execute()).toEqual([{ pair_id: null }]);
    expect(await m.count('token_pair')).toBe(0);
  });

  it('a workspace, with accounts that another one stands in for', async () => {
    const m = await withCard();
    // More than go at a time, the last ones standing on the first.
    for (let i = 0; i < 205; i++) await m.connect(`user${i}`);
    await sql`update connection set stand_in = (select min(id) from connection)`.execute(m.db);
    await m.installations.markGone(m.installationId, 'removed');
    await m.db.updateTable('installation').set({ gone_at: 1 }).execute();
    expect((await purge(m.database, 0)).installations).toBe(0);
    expect(await purge(m.database, 0)).toEqual({ rows: 0, installations: 1 });
    for (const table of fromTheTop) expect(await m.count(table), table).toBe(0);
  });

  it('a workspace, while something comes that names what is about to go: a later run finishes it', async () => {
    const m = await withCard();
    await m.installations.markGone(m.installationId, 'removed');
    await m.db.updateTable('installation').set({ gone_at: 1 }).execute();
    let asked = 0;
    const accounts = ofInstallations.findIndex(([table]) => table === 'connection') + 1;
    let coming: Promise<unknown> | undefined;
    // Asked before each table: its changes are gone then, and it is about to go.
    const isOver = () => {
      if (++asked === accounts) coming = m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
      return false;
    };
    expect((await purge(m.database, 0, isOver)).installations).toBe(0);
    expect(asked).toBeGreaterThanOrEqual(accounts);
    await coming;
    for (let run = 0; run < 2; run++) await purge(m.database, 0);
    for (const table of fromTheTop) expect(await m.count(table), table).toBe(0);
  });

  it('an account whose hook is still remembered: what comes is not kept, and keeps nothing else from it', async () => {
    const m = await withCard();
    const before = await m.count('change');
    const bodies = Array.from({ length: 3 }, () => makeWebhook('invitee.created'));
    const [one, gone, other] = bodies.map((body) => m.arrival(body));
    const elsewhere = { ...gone!, installationId: 'forgotten' };
    expect(await m.changes.keep([one!, { ...gone!, connectionId: 'gone' }, elsewhere, other!])).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(await m.changes.keep([{ ...gone!, connectionId: 'gone', doubt: 'of another' }])).toEqual([false]);
    expect(await m.count('change')).toBe(before + 2);
  });
});
