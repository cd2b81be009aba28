// What names another row names one of its own installation: foreign keys over (installation_id, …), held by the database itself, and what they did not find.

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

interface Reference {
  name: string;
  table: string;
  columns: readonly string[];
  to: string;
  toColumns: readonly string[];
  /** What becomes of a row that names none: it goes, or it names nobody from now on. */
  else: 'goes' | 'forgets';
  /** The row goes with what it names. Elsewhere what is named may not go before whatever names it. */
  cascades?: true;
}

const own = (table: string, column: string, to: string, otherwise: Reference['else']): Reference => ({
  name: column === `${to}_id` ? `${table}_${to}` : `${table}_${column}`,
  table,
  columns: ['installation_id', column],
  to,
  toColumns: ['installation_id', 'id'],
  else: otherwise,
});

const belongs = (table: string): Reference => ({
  name: `${table}_installation`,
  table,
  columns: ['installation_id'],
  to: 'installation',
  toColumns: ['id'],
  else: 'goes',
});

/** In an order in which each finds what the ones before have left. Those that are counted come before the counts, which triggers write. */
const all: readonly Reference[] = [
  own('connection', 'pair_id', 'token_pair', 'forgets'),
  own('connection', 'stand_in', 'connection', 'forgets'),
  own('change', 'connection_id', 'connection', 'goes'),
  own('booking', 'connection_id', 'connection', 'goes'),
  own('booking_uri', 'booking_id', 'booking', 'goes'),
  belongs('delivery'),
  own('delivery', 'booking_id', 'booking', 'forgets'),
  { ...own('named', 'delivery_id', 'delivery', 'goes'), cascades: true },
  ...['lane', 'told', 'person', 'digest', 'audit', 'audit_head', 'erased', 'installation_key', 'tally'].map(belongs),
];

export function references(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await (engine.name === 'sqlite' ? inSqlite(db, engine) : inPostgres(db));
      // Before an account goes, its changes and bookings are looked for: not among all there are.
      for (const table of ['change', 'booking'])
        await db.schema.createIndex(`${table}_account`).ifNotExists().on(table).column('connection_id').execute();
    },
  };
}

/** The migrations run in a transaction there. */
async function inPostgres(db: Kysely<unknown>): Promise<void> {
  const tables = [...new Set(all.flatMap(({ table, to }) => [table, to]))].sort();
  // What another process writes now would be found by nobody.
  await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))} in share row exclusive mode`.execute(db);
  for (const reference of all) await clean(db, reference);
  for (const reference of all)
    await sql`alter table ${sql.table(reference.table)} add ${clause(reference)}`.execute(db);
}

/**
 * SQLite adds no constraint to a table that is there. Built anew, each table would be copied whole; but nothing in it changes, so only its text does: see
 * https://www.sqlite.org/lang_altertable.html#otheralter
 */
async function inSqlite(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await engine.editingSchema(() =>
    db.transaction().execute(async (tx) => {
      const byTable = Map.groupBy(all, ({ table }) => table);
      for (const reference of all) await clean(tx, reference);
      await sql`pragma writable_schema = on`.execute(tx);
      for (const [table, theirs] of byTable) await edit(tx, table, theirs);
      const { rows } = await sql<{ schema_version: number }>`pragma schema_version`.execute(tx);
      // Whoever has the file open reads the text anew; and so do we.
      await sql`pragma schema_version = ${sql.lit((rows[0]?.schema_version ?? 0) + 1)}`.execute(tx);
      await sql`pragma writable_schema = reset`.execute(tx);
      for (const [table, theirs] of byTable) await prove(tx, table, theirs);
      const { rows: found } = await sql<{ integrity_check: string }>`pragma integrity_check(sqlite_schema)`.execute(tx);
      if (found[0]?.integrity_check !== 'ok') throw new Error('the tables could not be given their references');
    }),
  );
}

/** Appends to what stands between the brackets. One that was cut off before it was noted finds its own words there. */
async function edit(db: Kysely<unknown>, table: string, theirs: readonly Reference[]): Promise<void> {
  const { rows } = await sql<{
    text: string;
  }>`select sql as text from sqlite_schema where type = 'table' and name = ${table}`.execute(db);
  const text = rows[0]?.text ?? '';
  const end = text.lastIndexOf(')');
  const fresh = theirs
    .filter(({ name }) => !text.includes(`"${name}"`))
    .map((each) => `, ${clause(each).compile(db).sql}`);
  if (fresh.length === 0) return;
  const edited = `${text.slice(0, end)}${fresh.join('')}${text.slice(end)}`;
  await sql`update sqlite_schema set sql = ${edited} where type = 'table' and name = ${table}`.execute(db);
}

/** The text was understood, and every row keeps to it. */
async function prove(db: Kysely<unknown>, table: string, theirs: readonly Reference[]): Promise<void> {
  const { rows: keys } = await sql<{
    table: string;
    from: string;
  }>`pragma foreign_key_list(${sql.table(table)})`.execute(db);
  const { rows: broken } = await sql`pragma foreign_key_check(${sql.table(table)})`.execute(db);
  const isThere = ({ to, columns }: Reference) =>
    columns.every((column) => keys.some((key) => key.table === to && key.from === column));
  if (!theirs.every(isThere) || broken.length > 0) throw new Error(`${table} could not be given its references`);
}

function clause({ name, columns, to, toColumns, cascades }: Reference): RawBuilder<unknown> {
  const list = (names: readonly string[]) => sql.join(names.map((each) => sql.id(each)));
  return sql`constraint ${sql.id(name)} foreign key (${list(columns)}) references ${sql.table(to)} (${list(toColumns)})${sql.raw(cascades ? ' on delete cascade' : '')}`;
}

/** What names no row of its own installation, from before that was held. */
async function clean(
  db: Kysely<unknown>,
  { table, columns, to, toColumns, else: otherwise }: Reference,
): Promise<void> {
  const names = columns.at(-1)!;
  const same = sql.join(
    columns.map((column, i) => sql`there.${sql.id(toColumns[i]!)} = ${sql.id(table, column)}`),
    sql` and `,
  );
  const isLost = sql`${sql.id(table, names)} is not null and not exists (select 1 from ${sql.table(to)} as there where ${same})`;
  if (otherwise === 'goes') await sql`delete from ${sql.table(table)} where ${isLost}`.execute(db);
  else await sql`update ${sql.table(table)} set ${sql.id(names)} = null where ${isLost}`.execute(db);
}
