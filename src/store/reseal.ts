// Seals single values anew beside a working app: each is written only where it is still what was read, so that the app's own writes always win.

import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { SealedColumn } from './sealed.ts';

/** A whole row of a column's table. */
export type Row = Record<string, unknown>;

/** Seals the value of each of these rows with the key that seals there now. `closed`: those that no key opens; they stay as they are. */
export async function swap(
  database: Database,
  of: SealedColumn,
  rows: readonly Row[],
): Promise<{ done: number; closed: number }> {
  const fresh = rows.flatMap((row) => {
    try {
      const was = row[of.column] as Uint8Array;
      return [{ row, was, now: database.seal.reseal(was, of.place(row)) }];
    } catch {
      return [];
    }
  });
  if (fresh.length > 0)
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
  return { done: fresh.length, closed: rows.length - fresh.length };
}
