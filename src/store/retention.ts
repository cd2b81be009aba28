// Forgetting: invitees' data goes after the retention time, the hashed keys that prevent repeats stay 13 months.

import { type SqlBool, sql } from 'kysely';
import type { Database } from './database.ts';

const day = 24 * 3_600_000;
/** Longer than any replay of Calendly's can live. */
const keysKept = 396 * day;
/** Rows a statement: each ends quickly, so that no webhook waits behind it. */
const batch = 2_000;

/**
 * Drops the bodies of changes received, and the bookings ended, more than `days` ago; answers how many of each.
 * What is still to be folded is never dropped.
 */
export async function forget(
  { db, engine }: Database,
  days: number,
): Promise<{ bodies: number; bookings: number; keys: number }> {
  const before = sql<number>`${engine.now} - ${days * day}`;
  const old = sql<number>`${engine.now} - ${keysKept}`;
  const dropped = { bodies: 0, bookings: 0, keys: 0 };

  dropped.bodies = await inBatches(async () => {
    const rows = db
      .selectFrom('change')
      .select(['installation_id', 'key_hash'])
      .where('received_at', '<', before)
      .where('body', 'is not', null)
      .where('folded_at', 'is not', null)
      .limit(batch);
    const done = await db
      .updateTable('change')
      .set({ body: null })
      .where(sql<SqlBool>`(installation_id, key_hash) in (${rows})`)
      .executeTakeFirst();
    return Number(done.numUpdatedRows);
  });
  dropped.bookings = await inBatches(async () => {
    const rows = await db
      .selectFrom('booking')
      .select(['installation_id', 'id'])
      .where('ends_at', '<', before)
      .where('updated_at', '<', before)
      .limit(batch)
      .execute();
    for (const row of rows) {
      await db
        .deleteFrom('booking_uri')
        .where('installation_id', '=', row.installation_id)
        .where('booking_id', '=', row.id)
        .execute();
      await db
        .deleteFrom('booking')
        .where('installation_id', '=', row.installation_id)
        .where('id', '=', row.id)
        .execute();
    }
    return rows.length;
  });
  dropped.keys = await inBatches(async () => {
    const rows = db
      .selectFrom('change')
      .select(['installation_id', 'key_hash'])
      .where('received_at', '<', old)
      .where('folded_at', 'is not', null)
      .limit(batch);
    const done = await db
      .deleteFrom('change')
      .where(sql<SqlBool>`(installation_id, key_hash) in (${rows})`)
      .executeTakeFirst();
    return Number(done.numDeletedRows);
  });
  return dropped;
}

async function inBatches(once: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await once();
    total += done;
    if (done < batch) return total;
  }
}
