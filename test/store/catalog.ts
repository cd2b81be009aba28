// What the database itself says of its tables: their references, and a row of each for an installation.

import { sql } from 'kysely';
import type { Db } from '../../src/store/database.ts';
import { ofInstallations } from '../../src/store/of-installations.ts';

export interface Reference {
  table: string;
  columns: string[];
  to: string;
  toColumns: string[];
  cascades: boolean;
}

export async function referencesIn(db: Db, engine: 'sqlite' | 'postgresql'): Promise<Reference[]> {
  if (engine === 'postgresql') {
    const { rows } = await sql<Reference>`select c.conrelid::regclass::text as table, c.confrelid::regclass::text as to,
      c.confdeltype = 'c' as cascades,
      array(select a.attname::text from unnest(c.conkey) with ordinality as k (n, at) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.at) as columns,
      array(select a.attname::text from unnest(c.confkey) with ordinality as k (n, at) join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by k.at) as "toColumns"
      from pg_constraint c where c.contype = 'f' and c.convalidated order by 1, c.conname`.execute(db);
    return rows;
  }
  const found: Reference[] = [];
  for (const { name: table } of await db.introspection.getTables()) {
    const { rows } = await sql<{
      id: number;
      table: string;
      from: string;
      to: string;
      on_delete: string;
    }>`select * from pragma_foreign_key_list(${table}) order by id, seq`.execute(db);
    for (const parts of Map.groupBy(rows, (row) => row.id).values())
      found.push({
        table,
        columns: parts.map((part) => part.from),
        to: parts[0]!.table,
        toColumns: parts.map((part) => part.to),
        cascades: parts[0]!.on_delete === 'CASCADE',
      });
  }
  return found;
}

export type Row = Record<string, unknown>;

/** In an order in which each finds what it names. */
export const fromTheTop = ['installation', ...ofInstallations.map(([table]) => table as string).reverse()];

/** A row for each table that is somebody's, honest, with something in every column; all of them of one installation. */
export async function rowsFor(db: Db, references: readonly Reference[], whose: string): Promise<Map<string, Row>> {
  const tables = await db.introspection.getTables();
  const rows = new Map<string, Row>();
  for (const table of fromTheTop) {
    const row: Row = {};
    const found = tables.find((each) => each.name === table);
    // Of a database from before, which has fewer.
    if (!found) continue;
    for (const { name, dataType } of found.columns)
      row[name] = /^(blob|bytea)$/i.test(dataType)
        ? Buffer.from(`${whose} ${table} ${name}`)
        : /^(text|varchar)/i.test(dataType)
          ? `${whose}-${table}-${name}`
          : 1;
    for (const each of references) if (each.table === table) Object.assign(row, naming(each, rows.get(each.to) ?? row));
    if (table === 'installation') row.id = whose;
    rows.set(table, row);
  }
  return rows;
}

/** What a row says that names this one. */
export const naming = ({ columns, toColumns }: Reference, named: Row): Row =>
  Object.fromEntries(columns.map((column, i) => [column, named[toColumns[i]!]]));

export const insert = (db: Db, table: string, row: Row) =>
  db
    .insertInto(table as 'lane')
    .values(row as never)
    .execute();

/** What two rows of a table may not share, but for what they name. */
const alone: Readonly<Record<string, readonly string[]>> = {
  connection: ['user_uri'],
  hook: ['url_token'],
  sign_in: ['state_hash'],
  audit: ['seq'],
};

/** The same once more, under a key of its own. */
export function another(table: string, row: Row, references: readonly Reference[], tag = 'more'): Row {
  const names = references.filter((each) => each.table === table).flatMap(({ columns }) => columns);
  const key = ofInstallations.find(([name]) => name === table)?.slice(1) ?? [];
  const fresh = [...key, ...(alone[table] ?? [])].filter((column) => !names.includes(column));
  return {
    ...row,
    ...Object.fromEntries(
      fresh.map((column) => {
        const was = row[column];
        if (Buffer.isBuffer(was)) return [column, Buffer.concat([was, Buffer.from(tag)])];
        return [column, typeof was === 'number' ? was + 1 : `${was}-${tag}`];
      }),
    ),
  };
}
