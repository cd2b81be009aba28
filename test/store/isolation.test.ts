// No statement leaves an installation by accident: the handle refuses it, whoever writes it, and those that rightly cross are few and named.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/store/database.ts';
import { crossings } from '../../src/store/handle.ts';
import { statement } from '../../src/store/statement.ts';
import { memory } from './memory.ts';

const here = 'an installation';

/** Each a way to forget the installation, or to name it where it does not hold. */
const loose: Record<string, (db: Db) => { execute(): Promise<unknown> }> = {
  'an account by its id': (db) => db.selectFrom('connection').selectAll().where('id', '=', 'x'),
  'a card by its id': (db) => db.selectFrom('delivery').selectAll().where('id', '=', 'x').where('kind', '=', 'card'),
  'all there is': (db) => db.selectFrom('booking').select('id'),
  'a change to a row by its id': (db) => db.updateTable('subscription').set({ reason: null }).where('id', '=', 'x'),
  'a deletion by its id': (db) => db.deleteFrom('hook').where('id', '=', 'x'),
  'a workspace by its name': (db) => db.selectFrom('installation').select('bot_token').where('team_id', '=', 'T1'),
  'any but one installation': (db) => db.selectFrom('booking').select('id').where('installation_id', '<>', here),
  'one installation or an id': (db) =>
    db
      .selectFrom('booking')
      .select('id')
      .where((eb) => eb.or([eb('installation_id', '=', here), eb('id', '=', 'x')])),
  'an installation compared with itself': (db) =>
    db.selectFrom('booking').select('id').whereRef('installation_id', '=', 'installation_id'),
  'a second table that is joined by its id alone': (db) =>
    db
      .selectFrom('delivery as d')
      .innerJoin('booking as b', 'b.id', 'd.booking_id')
      .select('b.state')
      .where('d.installation_id', '=', here),
  'two tables joined, and neither held': (db) =>
    db
      .selectFrom('delivery as d')
      .innerJoin('booking as b', (join) => join.onRef('b.installation_id', '=', 'd.installation_id'))
      .select('b.state'),
  'what an outer join asks of the other side': (db) =>
    db
      .selectFrom('delivery as d')
      .leftJoin('booking as b', (join) =>
        join.onRef('b.installation_id', '=', 'd.installation_id').on('d.installation_id', '=', here),
      )
      .select('b.state'),
  'a question within a question': (db) =>
    db
      .selectFrom('delivery')
      .select('id')
      .where('installation_id', '=', here)
      .where('booking_id', 'in', (eb) => eb.selectFrom('booking').select('id').where('ends_at', '>', 1)),
  'an inner question that borrows the outer name': (db) =>
    db
      .selectFrom('booking')
      .select('id')
      .where('installation_id', '=', here)
      .where('id', 'in', (eb) => eb.selectFrom('booking').select('id').whereRef('booking.id', '=', 'booking.id')),
  'one half of a union': (db) =>
    db
      .selectFrom('booking')
      .select('id')
      .where('installation_id', '=', here)
      .unionAll(db.selectFrom('delivery').select('id')),
  'a row of nobody': (db) => db.insertInto('told').values({ person: 'U1', at: 1 } as never),
  'plain SQL': (db) => ({ execute: () => sql`select * from change where id = ${'x'}`.execute(db) }),
  'plain SQL about a table that is put in': (db) => ({
    execute: () => sql`delete from ${sql.table('lane')} where channel_id = ${'C1'}`.execute(db),
  }),
};

test.each(Object.entries(loose))('is refused: %s', async (_what, ask) => {
  const { database } = await memory();
  await expect(async () => ask(database.db).execute()).rejects.toThrow(/names no installation/);
  await expect(database.transaction((tx) => ask(tx).execute() as Promise<unknown>)).rejects.toThrow(
    /names no installation/,
  );
});

test('a statement that is built once is refused as well', async () => {
  const { database } = await memory();
  const byId = statement((db, { id }: { id: string }) => db.selectFrom('booking').select('state').where('id', '=', id));
  await expect(byId(database.db, { id: 'x' })).rejects.toThrow(/“booking” names no installation/);
});

test('what stays inside is answered: by a value, along joins, in each branch, and where a whole row is compared', async () => {
  const { database, installationId } = await memory();
  const { db } = database;
  const mine = db.selectFrom('delivery as d').where('d.installation_id', '=', installationId);
  const joined = mine
    .leftJoin('booking as b', (join) =>
      join.onRef('b.installation_id', '=', 'd.installation_id').onRef('b.id', '=', 'd.booking_id'),
    )
    .innerJoin('installation as i', 'i.id', 'd.installation_id')
    .select(['d.id', 'b.state', 'i.team_id']);
  expect(await joined.execute()).toEqual([]);
  const either = db
    .selectFrom('lane')
    .selectAll()
    .where((eb) =>
      eb.or(
        ['C1', 'C2'].map((channel) =>
          eb.and([eb('installation_id', '=', installationId), eb('channel_id', '=', channel)]),
        ),
      ),
    );
  expect(await either.execute()).toEqual([]);
  const chosen = db.selectFrom('lane').select(['installation_id', 'channel_id']).where('installation_id', '=', here);
  const rows = db.selectFrom('lane').selectAll().where(sql<boolean>`(installation_id, channel_id) in (${chosen})`);
  expect(await rows.execute()).toEqual([]);
  expect(await db.selectFrom('cron_run').selectAll().execute()).toBeDefined();
});

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = ['src', 'scripts'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      name: folder === 'src' ? name : `${folder}/${name}`,
      text: readFileSync(`${root}${folder}/${name}`, 'utf8'),
    })),
);
const holding = (words: RegExp) => files.filter(({ text }) => words.test(text)).map(({ name }) => name);

test('there is one way to a handle, and one way out of an installation', () => {
  expect(holding(/new Kysely\b/)).toEqual(['store/handle.ts']);
  expect(holding(/withoutPlugins|\.getExecutor\(\)\.(?!adapter)|new pg\.(?!Pool|Client)/)).toEqual(['store/handle.ts']);
  expect(holding(/\bDatabaseSync\(/)).toEqual(['store/engine.ts', 'scripts/copies/sqlite.ts']);
  // What stands outside asks the store.
  expect(
    holding(/\.(selectFrom|updateTable|deleteFrom)\(|\bsql`/).filter((name) => !name.startsWith('store/')),
  ).toEqual([]);
});

test('who crosses installations, and why', () => {
  const who = Object.fromEntries(
    crossings.map((why) => [
      why,
      holding(new RegExp(`across\\((?:[^()]|\\([^()]*\\))*'${why}'`))
        .map((name) => name.replace(/^store\/|\.ts$/g, ''))
        .sort(),
    ]),
  );
  expect(who).toEqual({
    opening: ['backfill', 'database'],
    door: ['connections', 'installations', 'sign-ins'],
    worker: ['arrivals', 'backfill', 'changes', 'lanes', 'settle'],
    rounds: [
      'backfill',
      'connections',
      'database',
      'digests',
      'installations',
      'letters',
      'mutes',
      'settle-keys',
      'token-pairs',
    ],
    clock: ['set-ahead', 'set-back'],
    forgetting: ['purge', 'retention', 'sign-ins'],
    operator: ['audit-export', 'check-up', 'config', 'erasures', 'key-census', 'ledger', 'rotate', 'tally'],
    twin: ['token-pairs'],
  });
});
