// Counts with whose key the personal values of the whole database are sealed, by the keys' names alone: nothing is opened.

import { sql } from 'kysely';
import { type DatabaseSettings, type Db, openBeside } from './database.ts';
import { across } from './handle.ts';
import { keyIdFor } from './seal.ts';
import { personalColumns } from './sealed.ts';

export interface Census {
  /** Sealed with ENCRYPTION_KEY alone, though their installation has had a key of its own for a while. */
  alone: number;
  /** Sealed with a key that is neither in ENCRYPTION_KEY nor in the database: how many of what. */
  gone: Map<string, number>;
}

/** A new key comes to its own within a few minutes; milliseconds. */
const whileMs = 15 * 60_000;

/** `masters`: the names of ENCRYPTION_KEY's keys. `only`: of this installation; else of all. */
export async function keyCensus(
  on: Db,
  masters: readonly Uint8Array[],
  now: number,
  only: string | null = null,
): Promise<Census> {
  const census: Census = { alone: 0, gone: new Map() };
  for (const { table, column, what } of personalColumns) {
    const name = sql`substr(${sql.ref(`t.${column}`)}, 2, 4)`;
    const ofMaster = sql`${name} in (${sql.join(masters)})`;
    const own = sql`select 1 from data_key k where k.installation_id = t.installation_id`;
    const { rows } = await sql<{ alone: number | null; gone: number | null }>`select
      sum(case when ${ofMaster} and exists (${own} and k.usable_at < ${now - whileMs}) then 1 else 0 end) as alone,
      sum(case when not ${ofMaster} and not exists (${own} and k.key_id = ${name}) then 1 else 0 end) as gone
      from ${sql.table(table)} t where ${sql.ref(`t.${column}`)} is not null and length(${sql.ref(`t.${column}`)}) > 0
        ${only === null ? sql`` : sql`and t.installation_id = ${only}`}`.execute(on);
    census.alone += Number(rows[0]?.alone ?? 0);
    const gone = Number(rows[0]?.gone ?? 0);
    if (gone > 0) census.gone.set(what, (census.gone.get(what) ?? 0) + gone);
  }
  return census;
}

/**
 * The workspaces where something is sealed with a key that is not here, and how many of what; by Slack's id. Throws a Refusal where the database is of another
 * version.
 */
export async function closedWorkspaces(
  settings: DatabaseSettings,
): Promise<{ teamId: string; gone: Map<string, number> }[]> {
  const database = await openBeside(settings);
  try {
    const db = across(database.db, 'operator');
    const teams = await db.selectFrom('installation').select(['id', 'team_id']).orderBy('team_id').execute();
    const now = await database.now();
    const found: { teamId: string; gone: Map<string, number> }[] = [];
    for (const { id, team_id: teamId } of teams) {
      const { gone } = await keyCensus(db, settings.keys.map(keyIdFor), now, id);
      if (gone.size > 0) found.push({ teamId, gone });
    }
    return found;
  } finally {
    await database.close();
  }
}
