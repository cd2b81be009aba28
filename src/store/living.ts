// What comes in for an account that is gone, its hook still remembered, is not kept, and keeps nothing else from being kept.

import type { Database } from './database.ts';

type Named = { installationId: string; connectionId: string };

/** Inserts these; where one names an account that is not there, those that name others. Answers what was inserted, and what there was to insert. */
export async function amongLiving<Row extends Named, Done>(
  { db, engine }: Pick<Database, 'db' | 'engine'>,
  rows: Row[],
  insert: (rows: Row[]) => Promise<Done[]>,
): Promise<{ done: Done[]; living: Row[] }> {
  for (let living = rows; ; ) {
    if (living.length === 0) return { done: [], living };
    try {
      return { done: await insert(living), living };
    } catch (error) {
      if (!engine.isDangling(error)) throw error;
      const there = await accountsOf(db, living);
      const fewer = living.filter((row) => there.has(keyOf(row)));
      if (fewer.length === living.length) throw error;
      living = fewer;
    }
  }
}

const keyOf = ({ installationId, connectionId }: Named) => `${installationId} ${connectionId}`;

async function accountsOf(db: Database['db'], rows: readonly Named[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const [installationId, theirs] of Map.groupBy(rows, (row) => row.installationId)) {
    const there = await db
      .selectFrom('connection')
      .select('id')
      .where('installation_id', '=', installationId)
      .where('id', 'in', [...new Set(theirs.map((row) => row.connectionId))])
      .execute();
    for (const { id } of there) found.add(keyOf({ installationId, connectionId: id }));
  }
  return found;
}
