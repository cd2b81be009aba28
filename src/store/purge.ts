// Workspaces that removed the app: who they are, and forgetting all that was kept of them, in small steps, some time after.

import { type SqlBool, sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import { across } from './handle.ts';
import { ofInstallations } from './of-installations.ts';
import type { Schema } from './schema.ts';

/** Rows a statement: each ends within milliseconds. */
const batch = 200;

/** Installations that removed the app and still have something at Calendly. */
export async function unparted({ db }: Database): Promise<string[]> {
  const rows = await across(db, 'forgetting')
    .selectFrom('installation')
    .innerJoin('connection', 'connection.installation_id', 'installation.id')
    .select('installation.id')
    .distinct()
    .where('installation.state', '=', 'gone')
    .where((eb) =>
      eb.or([
        eb('connection.state', '<>', 'disconnected'),
        eb.exists(
          eb
            .selectFrom('hook')
            .select('hook.id')
            .whereRef('hook.installation_id', '=', 'connection.installation_id')
            .whereRef('hook.connection_id', '=', 'connection.id')
            .where('hook.retired_at', 'is', null),
        ),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}

interface Purged {
  rows: number;
  installations: number;
}

/**
 * Forgets workspaces that removed the app more than `graceMs` ago; answers how many rows went. The installation itself goes in the run after all else: what
 * came in meanwhile, for a hook somebody still remembered, is found then. With it goes its key, so that no copy of the database opens for it any more.
 */
export async function purge(database: Database, graceMs: number, isOver: () => boolean = () => false): Promise<Purged> {
  const { db, engine } = database;
  const due = await across(db, 'forgetting')
    .selectFrom('installation')
    .select('id')
    .where('state', '=', 'gone')
    .where('gone_at', '<=', sql<number>`${engine.now} - ${graceMs}`)
    .execute();
  const purged: Purged = { rows: 0, installations: 0 };
  for (const { id } of due) {
    try {
      await purgeOne(database, id, purged, isOver);
    } catch (error) {
      // Something came in that names what was to go: the next run finds it.
      if (!engine.isDangling(error)) throw error;
    }
  }
  return purged;
}

async function purgeOne(database: Database, id: string, purged: Purged, isOver: () => boolean): Promise<void> {
  const before = purged.rows;
  // Accounts that stand in for each other would have to go at the same time.
  await whileGone(database, id, standAlone(id));
  // Its keys go with the installation itself: what is left of it is open until then, should it come back.
  for (const [table, ...keys] of ofInstallations.filter(([name]) => name !== 'data_key'))
    for (let done = batch; done >= batch && !isOver(); ) {
      done = await whileGone(database, id, (tx) => deleteSome(tx, table, keys, id));
      purged.rows += done;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  if (isOver() || purged.rows > before) return;
  purged.installations += await database.engine.withoutTrace(database.db, () =>
    whileGone(database, id, async (tx) => {
      await tx.deleteFrom('data_key').where('installation_id', '=', id).execute();
      const done = await tx.deleteFrom('installation').where('id', '=', id).executeTakeFirst();
      return Number(done.numDeletedRows);
    }),
  );
  database.keys.expire();
}

const standAlone = (id: string) => async (tx: Tx) => {
  const done = await tx
    .updateTable('connection')
    .set({ stand_in: null, stand_in_at: null })
    .where('installation_id', '=', id)
    .where('stand_in', 'is not', null)
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
};

/** Not while it is being installed again: then it keeps what is left. */
function whileGone(database: Database, id: string, work: (tx: Tx) => Promise<number>): Promise<number> {
  return database.transaction(async (tx) => {
    await database.engine.lockInstallation(tx, id);
    const row = await tx.selectFrom('installation').select('state').where('id', '=', id).executeTakeFirst();
    return row?.state === 'gone' ? work(tx) : 0;
  });
}

async function deleteSome(tx: Tx, table: keyof Schema, keys: readonly string[], id: string): Promise<number> {
  const columns = sql.join(['installation_id', ...keys].map((name) => sql.ref(name)));
  const some = sql`select ${columns} from ${sql.table(table)} where installation_id = ${id} limit ${sql.lit(batch)}`;
  const done =
    await sql`delete from ${sql.table(table)} where installation_id = ${id} and ${sql<SqlBool>`(${columns}) in (${some})`}`.execute(
      tx,
    );
  return Number(done.numAffectedRows ?? 0n);
}
