// Seals everything anew with the first key, in small steps beside a working app: what is done is done, and a second run goes on where the first was stopped.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { Refusal } from '../errors.ts';
import type { Database, Db } from './database.ts';
import { across } from './handle.ts';
import { place } from './rows.ts';
import { keyIdOf } from './seal.ts';
import { type SealedColumn, sealedColumns } from './sealed.ts';

/** Rows a statement; a rest follows each, so that no webhook waits behind it. */
const batch = 100;

export interface Rotated {
  /** Values sealed anew. */
  done: number;
  /** Those that no key opens, by what they are: they stay as they were. */
  closed: Map<string, number>;
  /** Sealed with another key by somebody who works meanwhile. */
  behind: number;
}

/** Throws a Refusal where the app does not have the first key yet. */
export async function rotate(database: Database, onProgress: (done: number, total: number) => void): Promise<Rotated> {
  const { db } = database;
  await refuseUnknownKey(database);
  let total = 0;
  for (const column of sealedColumns) total += await countStale(database, column);
  const rotated: Rotated = { done: 0, closed: new Map(), behind: 0 };
  onProgress(0, total);
  for (const column of sealedColumns)
    for (let after: unknown[] | null = null; ; ) {
      const rows: Row[] = await staleRows(db, column, database.seal.keyId, after);
      if (rows.length === 0) break;
      await sealAnew(database, column, rows, rotated);
      onProgress(Math.min(rotated.done + closedIn(rotated), total), total);
      after = column.key.map((name) => rows.at(-1)![name]);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  for (const column of sealedColumns) rotated.behind += await countStale(database, column);
  rotated.behind = Math.max(0, rotated.behind - closedIn(rotated));
  return rotated;
}

type Row = Record<string, unknown>;

/** An app that has not the new key could read nothing of what is sealed with it. It takes the key up for bot tokens when it starts, see database.ts. */
async function refuseUnknownKey({ db, seal }: Database): Promise<void> {
  const rows = await across(db, 'operator').selectFrom('installation').select(['id', 'bot_token']).execute();
  const isBehind = rows.some(({ id, bot_token }) => {
    if (keyIdOf(bot_token)?.equals(seal.keyId)) return false;
    try {
      return seal.open(bot_token, place.botToken(id)) !== '';
    } catch {
      return false;
    }
  });
  if (isBehind)
    throw new Refusal(
      'The app does not have the new key yet, and could not read what is sealed with it. Restart it (every process of it) with ENCRYPTION_KEY=new,old, then run this again.',
      { code: 'key_not_taken_up' },
    );
}

const closedIn = ({ closed }: Rotated) => [...closed.values()].reduce((sum, n) => sum + n, 0);

/** The key's name stands behind the first byte, see seal.ts. */
const isStale = (column: string, keyId: Uint8Array): RawBuilder<SqlBool> =>
  sql`${sql.ref(column)} is not null and length(${sql.ref(column)}) > 0 and substr(${sql.ref(column)}, 2, 4) <> ${keyId}`;

async function countStale({ db, seal }: Database, { table, column }: SealedColumn): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from ${sql.table(table)} where ${isStale(column, seal.keyId)}`.execute(
    across(db, 'operator'),
  );
  return Number(rows[0]?.n ?? 0);
}

async function staleRows(
  db: Db,
  { table, column, key }: SealedColumn,
  keyId: Uint8Array,
  after: unknown[] | null,
): Promise<Row[]> {
  const names = sql.join(key.map((name) => sql.ref(name)));
  const later = after === null ? sql`` : sql`and (${names}) > (${sql.join(after)})`;
  const { rows } = await sql<Row>`select * from ${sql.table(table)} where ${isStale(column, keyId)} ${later}
    order by ${names} limit ${batch}`.execute(across(db, 'operator'));
  return rows;
}

/** Only where the value is still what was read: the app may have written another one meanwhile. */
async function sealAnew(database: Database, of: SealedColumn, rows: Row[], rotated: Rotated): Promise<void> {
  const fresh = rows.flatMap((row) => {
    try {
      const was = row[of.column] as Uint8Array;
      return [{ row, was, now: database.seal.reseal(was, of.place(row)) }];
    } catch {
      rotated.closed.set(of.what, (rotated.closed.get(of.what) ?? 0) + 1);
      return [];
    }
  });
  await database.transaction(async (tx) => {
    for (const { row, was, now } of fresh) {
      const named = sql.join(
        of.key.map((name) => sql`${sql.ref(name)} = ${row[name]}`),
        sql` and `,
      );
      await sql`update ${sql.table(of.table)} set ${sql.ref(of.column)} = ${now} where ${named} and ${sql.ref(of.column)} = ${was}`.execute(
        tx,
      );
    }
  });
  rotated.done += fresh.length;
}
