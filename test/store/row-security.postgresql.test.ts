// PostgreSQL itself keeps workspaces apart: whatever a statement forgets, it finds and changes nothing of another one, whoever the app logs in as.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { copyPostgresql, restorePostgresql } from '../../scripts/copies/postgresql.ts';
import { type Db, openBeside, openDatabase, type Tx } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { scopeOf } from '../../src/store/held-to.ts';
import { ofInstallations } from '../../src/store/of-installations.ts';
import { roleName } from '../../src/store/role.ts';
import { rowSecurityOf } from '../../src/store/row-security.ts';
import type { Schema } from '../../src/store/schema.ts';
import { emptyStorage, type Storage } from '../storage.ts';
import { keys, memory, writes } from './memory.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** As a superuser, whom nothing holds. */
async function asAdmin<T = Record<string, unknown>>(storage: Storage, text: string, values?: unknown[]): Promise<T[]> {
  const url = new URL(process.env.DATABASE_URL!);
  url.pathname = new URL(storage.url!).pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}

/** A database of a user with these rights; null: the one of DATABASE_URL, a superuser. */
async function storageOf(rights: string | null): Promise<Storage> {
  const storage = await emptyStorage();
  if (rights === null) return storage;
  const url = new URL(storage.url!);
  const user = `app_${randomBytes(6).toString('hex')}`;
  await asAdmin(storage, `create role ${user} login password 'p' ${rights}`);
  await asAdmin(storage, `alter database ${url.pathname.slice(1)} owner to ${user}`);
  const [{ version } = { version: 0 }] = await asAdmin<{ version: number }>(
    storage,
    `select current_setting('server_version_num')::int as version`,
  );
  // Since version 16 nobody gets at a role that another one made.
  if (version >= 160000 && /\bcreaterole/.test(rights))
    await asAdmin(storage, `grant ${roleName} to ${user} with admin option`);
  url.username = user;
  url.password = 'p';
  return {
    ...storage,
    url: url.href,
    async remove() {
      await storage.remove();
      const server = new pg.Client({ connectionString: process.env.DATABASE_URL! });
      await server.connect();
      await server.query(`drop owned by ${user}`);
      await server.query(`drop role ${user}`);
      await server.end();
    },
  };
}

/** Two workspaces with the same in each: an account, a subscription, a change that became a card. */
async function two(rights: string | null = null) {
  const m = await memory({ storage: await storageOf(rights) });
  await m.subscribe('C1');
  await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
  await m.changes.foldNext(10);
  const a = m.installationId;
  const { id: b } = await m.installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
  const tables = ['connection', 'subscription', 'change', 'booking', 'booking_uri', 'delivery', 'lane'] as const;
  for (const table of tables)
    await asAdmin(
      m.storage,
      `insert into ${table} select fresh.* from ${table} t, jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object('installation_id', $2::text)) as fresh
       where t.installation_id = $1`,
      [a, b],
    );
  const all = ['installation', 'tally', ...tables] as const;
  return { ...m, a, b, all, keyOf: (table: string) => (table === 'installation' ? 'id' : 'installation_id') };
}

/** A transaction about this installation, and a handle past our own guard: what it sends has the database alone before it. */
const within = <T>(m: Awaited<ReturnType<typeof two>>, id: string, work: (unguarded: Tx) => Promise<T>): Promise<T> =>
  m.database.transaction(async (tx) => {
    await m.database.engine.lockInstallation(tx, id);
    return await work(tx.withoutPlugins() as Tx);
  });

const logins: [who: string, rights: string | null][] = [
  ['a superuser', null],
  ['the tables’ owner', 'nosuperuser nocreaterole'],
  ['an owner who may make roles', 'nosuperuser createrole'],
  ['an owner whom the server lets pass', 'nosuperuser createrole bypassrls'],
];

describe.each(logins)('logged in as %s', (_who, rights) => {
  it('works as somebody whom row-level security holds', async () => {
    const m = await two(rights);
    const who = () =>
      sql<{
        name: string;
        passes: boolean;
        owns: boolean;
      }>`select current_user as name, rolsuper or rolbypassrls as passes,
        exists (select 1 from pg_tables where tableowner = current_user and schemaname = current_schema()) as owns
        from pg_roles where rolname = current_user`;
    const { rows } = await who().execute(m.database.db);
    const inside = await m.database.transaction(async (tx) => (await who().execute(tx)).rows);
    expect(inside).toEqual(rows);
    if (rights === 'nosuperuser nocreaterole') expect(rows[0]).toMatchObject({ passes: false, owns: true });
    else expect(rows).toEqual([{ name: roleName, passes: false, owns: false }]);
  });

  it('finds, changes and deletes nothing of another workspace, whatever a statement forgets', async () => {
    const m = await two(rights);
    for (const table of m.all) {
      const key = m.keyOf(table);
      const name = sql.table(table);
      const [there] = await asAdmin<{ a: number; b: number }>(
        m.storage,
        `select count(*) filter (where ${key} = $1)::int as a, count(*) filter (where ${key} = $2)::int as b from ${table}`,
        [m.a, m.b],
      );
      expect(there!.a, table).toBeGreaterThan(0);
      expect(there!.b, table).toBeGreaterThan(0);
      const { seen, changed, deleted } = await within(m, m.a, async (tx) => ({
        seen: (await sql<Record<string, unknown>>`select * from ${name}`.execute(tx)).rows,
        changed: await sql`update ${name} set ${sql.ref(key)} = ${sql.ref(key)}`.execute(tx),
        deleted: await sql`delete from ${name} where ${sql.ref(key)} = ${m.b}`.execute(tx),
      }));
      expect(new Set(seen.map((row) => row[key])), table).toEqual(new Set([m.a]));
      expect(seen, table).toHaveLength(there!.a);
      expect(changed.numAffectedRows, table).toBe(BigInt(there!.a));
      expect(deleted.numAffectedRows, table).toBe(0n);
      expect(await m.database.db.withoutPlugins().selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
  });

  it('writes nothing into another workspace, nor hands anything over to it', async () => {
    const m = await two(rights);
    const lane = { lease_until: 0, fence: 0, not_before: 0, stumbles: 0, paced_until: 0, back_at: 0 };
    const into = (id: string) => (tx: Kysely<Schema>) =>
      tx
        .insertInto('lane')
        .values({ ...lane, installation_id: id, channel_id: 'C9' })
        .execute();
    await within(m, m.a, into(m.a));
    await expect(within(m, m.a, into(m.b))).rejects.toThrow(/row-level security/);
    await expect(into(m.b)(m.database.db.withoutPlugins())).rejects.toThrow(/row-level security/);
    const handOver = within(m, m.a, (tx) => tx.updateTable('lane').set({ installation_id: m.b }).execute());
    await expect(handOver).rejects.toThrow(/row-level security/);
  });

  it('finds its own rows where a key asks for them, and no row where there is none', async () => {
    const m = await two(rights);
    const [{ id } = { id: '' }] = await asAdmin<{ id: string }>(
      m.storage,
      'select id from delivery where installation_id = $1 limit 1',
      [m.a],
    );
    const naming = (delivery_id: string) =>
      within(m, m.a, (tx) =>
        tx
          .insertInto('named')
          .values({ installation_id: m.a, address_hash: Buffer.from('x'), delivery_id, at: 1 })
          .execute(),
      );
    await naming(id);
    await expect(naming('nobody')).rejects.toMatchObject({ code: '23503' });
  });

  it('keeps, folds, claims and records as ever', async () => {
    const m = await two(rights);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', { name: 'Ada' }))]);
    expect(await m.changes.foldNext(10)).toBe(1);
    const { jobs } = await m.lanes.advance([], 10);
    // What was copied into the other one was sealed for this one.
    expect(jobs.map((job) => job.installationId)).toEqual([m.a]);
    const settled = { do: 'shown', ts: '1.1' } as const;
    const results = writes(jobs).map((job) => ({ job, settled }));
    expect(await m.lanes.advance(results, 0, true)).toMatchObject({ lost: 0 });
    const states = (await m.deliveries()).map((row) => [row.installation_id, row.state]);
    expect(states).toHaveLength(3);
    expect(states).toEqual(
      expect.arrayContaining([
        [m.a, 'shown'],
        [m.a, 'due'],
        [m.b, 'dead'],
      ]),
    );
    const beside = await openBeside({ url: m.storage.url, folder: m.storage.folder, keys });
    undo.push(beside.close);
    expect(await beside.db.selectFrom('lane').selectAll().where('installation_id', '=', m.b).execute()).toHaveLength(1);
  });
});

describe('of a transaction’s scope', () => {
  const setting = sql<{ scope: string | null }>`select current_setting('calendly.scope', true) as scope`;

  it('nothing is left on the connection, whether it was kept or undone', async () => {
    const m = await two();
    const unguarded = m.database.db.withoutPlugins() as Db;
    for (const isKept of [true, false]) {
      const working = within(m, m.a, async (tx) => {
        expect((await setting.execute(tx)).rows).toEqual([{ scope: m.a }]);
        if (!isKept) throw new Error('undone');
      });
      await working.catch((error: Error) => expect(error.message).toBe('undone'));
      await m.database.db.selectFrom('lane').selectAll().where('installation_id', '=', m.a).execute();
      // All the connections there can be.
      const left = await Promise.all(Array.from({ length: 10 }, () => setting.execute(unguarded)));
      expect(left.every(({ rows }) => !rows[0]?.scope)).toBe(true);
    }
  });

  it('none sees another’s, side by side in one pool', async () => {
    const m = await two();
    const lanes = async (id: string) => {
      const seen = new Set<string>();
      await within(m, id, async (tx) => {
        for (let i = 0; i < 20; i++) {
          for (const row of await tx.selectFrom('lane').selectAll().execute()) seen.add(row.installation_id);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        }
      });
      return [...seen];
    };
    expect(await Promise.all([lanes(m.a), lanes(m.b), lanes(m.a), lanes(m.b)])).toEqual([[m.a], [m.b], [m.a], [m.b]]);
  });

  it('it is of one installation after the other, wide from who says why on, and narrow again once one is locked', async () => {
    const m = await two();
    await m.database.transaction(async (tx) => {
      const unguarded = tx.withoutPlugins();
      for (const id of [m.a, m.b, m.a]) {
        expect(await tx.selectFrom('lane').selectAll().where('installation_id', '=', id).execute()).toHaveLength(1);
        expect(await unguarded.selectFrom('lane').select('installation_id').execute()).toEqual([
          { installation_id: id },
        ]);
      }
      expect(await across(tx, 'operator').selectFrom('lane').selectAll().execute()).toHaveLength(2);
      expect(await tx.selectFrom('lane').selectAll().where('installation_id', '=', m.b).execute()).toHaveLength(1);
      await m.database.engine.lockInstallation(tx, m.b);
      expect(await unguarded.selectFrom('lane').select('installation_id').execute()).toEqual([
        { installation_id: m.b },
      ]);
    });
  });

  it('a statement that fails takes along what went before it, and leaves the connection as it was', async () => {
    const m = await two();
    const twice = () =>
      m.database.db
        .insertInto('told')
        .values([1, 2].map((at) => ({ installation_id: m.a, person: 'U1', at })))
        .execute();
    for (let i = 0; i < 12; i++) await expect(twice()).rejects.toMatchObject({ code: '23505' });
    await expect(m.database.transaction((tx) => sql`select 1 / 0`.execute(tx))).rejects.toMatchObject({
      code: '22012',
    });
    expect(await m.database.transaction(async () => 'nothing was asked')).toBe('nothing was asked');
    expect(await across(m.database.db, 'operator').selectFrom('told').selectAll().execute()).toEqual([]);
  });
});

describe('the tables', () => {
  it('that bear an installation’s id are held, the owner as well, each by a policy', async () => {
    const m = await memory();
    const tables = await asAdmin<{ name: string; held: boolean; forced: boolean; policies: number }>(
      m.storage,
      `select c.relname as name, c.relrowsecurity as held, c.relforcerowsecurity as forced,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c where c.relname = 'installation' and c.relkind = 'r' or c.relname in
         (select table_name from information_schema.columns where column_name = 'installation_id' and table_schema = 'public')
       and c.relkind = 'r' order by 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual([...ofInstallations.map(([table]) => table), 'installation'].sort());
    expect(tables.filter(({ held, forced, policies }) => !held || !forced || policies !== 1)).toEqual([]);
  });

  it('are still searched by their keys', async () => {
    const m = await two();
    const booking = m.database.db
      .selectFrom('booking_uri')
      .select('booking_id')
      .where('installation_id', '=', m.a)
      .where('uri_hash', '=', Buffer.from('x'))
      .compile();
    const change = m.database.db
      .updateTable('change')
      .set({ folded_at: 1 })
      .where('installation_id', '=', m.a)
      .where('key_hash', '=', Buffer.from('x'))
      .compile();
    await within(m, m.a, async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      for (const { sql: text, parameters } of [booking, change]) {
        const { rows } = await tx.executeQuery<{ 'QUERY PLAN': string }>({
          ...booking,
          sql: `explain ${text}`,
          parameters,
        });
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect(plan).toMatch(/Index Cond: \(\(installation_id = .*(uri|key)_hash = /);
        expect(plan).toContain('calendly.scope');
      }
    });
  });
});

describe('whose rows a statement needs', () => {
  const forms: Record<string, [ask: (db: Db) => { compile(): CompiledQuery }, scope: string | null]> = {
    'by a value': [(db) => db.selectFrom('lane').selectAll().where('installation_id', '=', 'a'), 'a'],
    'by one of several': [
      (db) =>
        db
          .selectFrom('lane')
          .selectAll()
          .where((eb) => eb.or([eb('installation_id', '=', 'a'), eb('installation_id', '=', 'b')])),
      'a,b',
    ],
    'along a join': [
      (db) =>
        db
          .selectFrom('delivery as d')
          .innerJoin('installation as i', 'i.id', 'd.installation_id')
          .select('d.id')
          .where('i.id', '=', 'a'),
      'a',
    ],
    'of rows that are written': [
      (db) =>
        db
          .insertInto('told')
          .values(['a', 'b', 'a'].map((id) => ({ installation_id: id, person: 'U1', at: sql.lit(1) }))),
      'a,b',
    ],
    'in plain SQL': [
      (db) => ({
        compile: () =>
          sql`delete from ${sql.table('installation')} where ${sql.ref('id')} = ${'a'} and exists (select 1 from hook where installation_id = ${'b'})`.compile(
            db,
          ),
      }),
      'a,b',
    ],
    'in a piece of plain SQL': [
      (db) => db.selectFrom('booking').select('id').where(sql<boolean>`installation_id || '' = ${'a'}`),
      'a',
    ],
    'whoever says why, of all': [(db) => across(db, 'operator').selectFrom('lane').selectAll(), '*'],
    'of nobody’s tables, of none': [(db) => db.selectFrom('cron_run').selectAll(), null],
    'an id that would be two, of none': [
      (db) => db.selectFrom('lane').selectAll().where('installation_id', '=', 'a,b'),
      '',
    ],
    'nor of all': [(db) => db.selectFrom('lane').selectAll().where('installation_id', '=', '*'), ''],
  };

  it.each(Object.entries(forms))('%s', async (_what, [ask, scope]) => {
    const { database } = await memory();
    expect(scopeOf(ask(database.db).compile())).toBe(scope);
  });

  it('has to be read in it', async () => {
    const { database } = await memory();
    const unread = sql`select * from lane where installation_id in (select installation_id from hook)`;
    await expect(unread.execute(database.db)).rejects.toThrow(/no value that can be read/);
  });
});

it('a copy made by an owner whom it holds is whole, and so is what becomes of it', async () => {
  const m = await two('nosuperuser nocreaterole');
  const file = join(m.storage.folder, 'copy.sql');
  const ownKeys = await copyPostgresql(m.storage.url!, file);
  expect(ownKeys).toHaveLength(2);
  const other = await storageOf('nosuperuser nocreaterole');
  undo.push(other.remove);
  await restorePostgresql(file, other.url!, ownKeys);
  const { db, close } = await openDatabase({ url: other.url, folder: other.folder, keys });
  undo.push(close);
  expect(await across(db, 'operator').selectFrom('lane').selectAll().execute()).toHaveLength(2);
  expect(await across(db, 'operator').selectFrom('data_key').select('key_id').execute()).toHaveLength(2);
  expect(await rowSecurityOf(db)).toEqual({ open: [], passes: false });
});

describe('opening', () => {
  it('several at once, on one database and on others, do not stand in each other’s way', async () => {
    const storages = await Promise.all(
      ['nosuperuser createrole', 'nosuperuser createrole', null].map((rights) => storageOf(rights)),
    );
    undo.push(...storages.map(({ remove }) => remove));
    const opening = [...storages, ...storages, ...storages].map(({ url, folder }) =>
      openDatabase({ url, folder, keys }),
    );
    const opened = await Promise.all(opening);
    for (const { db, close } of opened) {
      const { rows } = await sql<{ name: string }>`select current_user as name`.execute(db);
      expect(rows).toEqual([{ name: roleName }]);
      await close();
    }
  });

  it('is refused, with the cure, where the app would pass row-level security by and cannot help it', async () => {
    const storage = await storageOf('nosuperuser nocreaterole bypassrls');
    undo.push(storage.remove);
    const open = () => openDatabase({ url: storage.url, folder: storage.folder, keys });
    await expect(open()).rejects.toThrow(/passes row-level security by.*GRANT calendly_for_slack TO "app_/);
    await asAdmin(storage, `alter role ${new URL(storage.url!).username} nobypassrls`);
    await (await open()).close();
    await asAdmin(storage, `alter role ${new URL(storage.url!).username} bypassrls`);
    await asAdmin(storage, `grant ${roleName} to ${new URL(storage.url!).username}`);
    await (await open()).close();
  });
});
