// Seals everything anew with the first key, in small steps beside a working app: what is done is done, and a second run goes on where the first was stopped.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { Refusal } from '../errors.ts';
import type { Database, Db } from './database.ts';
import { across } from './handle.ts';
import { type Row, swap } from './reseal.ts';
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
      const { done, closed } = await swap(database, column, rows);
      rotated.done += done;
      if (closed > 0) rotated.closed.set(column.what, (rotated.closed.get(column.what) ?? 0) + closed);
      onProgress(Math.min(rotated.done + closedIn(rotated), total), total);
      after = column.key.map((name) => rows.at(-1)![name]);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  for (const column of sealedColumns) rotated.behind += await countStale(database, column);
  rotated.behind = Math.max(0, rotated.behind - closedIn(rotated));
  return rotated;
}

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
const isStale = ({ table, column, isPersonal }: SealedColumn, keyId: Uint8Array): RawBuilder<SqlBool> => {
  const value = sql.ref(`${table}.${column}`);
  // What an installation's own key seals needs nothing: that key itself is wrapped anew.
  const isOwn = sql`exists (select 1 from data_key k where k.installation_id = ${sql.ref(`${table}.installation_id`)} and k.key_id = substr(${value}, 2, 4))`;
  return sql`${value} is not null and length(${value}) > 0 and substr(${value}, 2, 4) <> ${keyId}${isPersonal ? sql` and not ${isOwn}` : sql``}`;
};

async function countStale({ db, seal }: Database, column: SealedColumn): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from ${sql.table(column.table)} where ${isStale(column, seal.keyId)}`.execute(
    across(db, 'operator'),
  );
  return Number(rows[0]?.n ?? 0);
}

async function staleRows(db: Db, column: SealedColumn, keyId: Uint8Array, after: unknown[] | null): Promise<Row[]> {
  const { table, key } = column;
  const names = sql.join(key.map((name) => sql.ref(name)));
  const later = after === null ? sql`` : sql`and (${names}) > (${sql.join(after)})`;
  const { rows } = await sql<Row>`select * from ${sql.table(table)} where ${isStale(column, keyId)} ${later}
    order by ${names} limit ${batch}`.execute(across(db, 'operator'));
  return rows;
}
