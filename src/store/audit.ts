// The record of who did what: appended in the commit that does it, and read for Undo and for admins.

import type { Deed, DeedKind, DeedRow, DeedStore } from '../subscription/deed.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Database, Db } from './database.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';

/** Appends a change to a subscription; `on` is the transaction that makes it. */
export async function recordChange(
  on: Db,
  database: Pick<Database, 'seal' | 'engine'>,
  deed: Deed | undefined,
  was: Subscription | null,
  became: Subscription | null,
): Promise<void> {
  const subject = became ?? was;
  if (!deed || !subject) return;
  const { installationId, id, channelId } = subject;
  await append(on, database, installationId, { ...deed, subject: id, channelId, was, became, result: 'done' });
}

async function append(
  on: Db,
  { seal, engine }: Pick<Database, 'seal' | 'engine'>,
  installationId: string,
  row: Omit<DeedRow, 'at'>,
): Promise<void> {
  const sealed = (value: DeedRow['was']) =>
    value === null ? null : seal.close(JSON.stringify(value), place.audit(installationId, row.id, row.subject));
  await on
    .insertInto('audit')
    .values({
      installation_id: installationId,
      deed: row.id,
      subject: row.subject,
      at: engine.now,
      who: row.who,
      what: row.what,
      channel_id: row.channelId,
      was: sealed(row.was),
      became: sealed(row.became),
      result: row.result.slice(0, 300),
    })
    // Told twice, it was done once.
    .onConflict((conflict) => conflict.columns(['installation_id', 'deed', 'subject']).doNothing())
    .execute();
}

export function auditStore(database: Database): DeedStore {
  const { db, engine, seal } = database;

  function toRow(row: Schema['audit']): DeedRow {
    const opened = (value: Uint8Array | null): DeedRow['was'] => {
      if (value === null) return null;
      try {
        return JSON.parse(seal.open(value, place.audit(row.installation_id, row.deed, row.subject)));
      } catch {
        // Sealed with a lost key: that it was done can still be read.
        return null;
      }
    };
    return {
      id: row.deed,
      subject: row.subject,
      at: row.at,
      who: row.who,
      what: row.what as DeedKind,
      channelId: row.channel_id,
      was: opened(row.was),
      became: opened(row.became),
      result: row.result,
    };
  }

  return {
    record: (installationId, row) => append(db, database, installationId, row),
    async deed(installationId, id) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('deed', '=', id)
        .orderBy('subject')
        .execute();
      const at = rows[0]?.at;
      return { rows: rows.map(toRow), ageMs: at === undefined ? 0 : (await engine.readNow(db)) - at };
    },
    async recent(installationId, count) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('installation_id', '=', installationId)
        .orderBy('at', 'desc')
        .orderBy('deed', 'desc')
        .limit(count)
        .execute();
      return rows.map(toRow);
    },
  };
}
