// The chain of who did what: each entry's link is made of the one before it with the installation's own secret, so that none can be changed, added or taken
// out without a trace by somebody who has only the database.

import { createHmac } from 'node:crypto';
import type { Database, Db } from './database.ts';
import { openSecret, secretOf } from './installation-key.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';

type Writing = Pick<Database, 'engine' | 'seal'>;
type Entry = Omit<Schema['audit'], 'was' | 'became' | 'seq' | 'details' | 'link'>;

const nothing = Buffer.alloc(0);

/** The end of the chain, held until the transaction ends: entries are appended one after the other. */
export async function holdHead(tx: Db, { engine }: Writing, installationId: string): Promise<Schema['audit_head']> {
  const read = () => {
    const head = tx.selectFrom('audit_head').selectAll().where('installation_id', '=', installationId);
    return (engine.skipsLocked ? head.forUpdate() : head).executeTakeFirst();
  };
  const known = await read();
  if (known) return known;
  await tx
    .insertInto('audit_head')
    .values({
      installation_id: installationId,
      seq: 0,
      link: nothing,
      dropped_seq: 0,
      dropped_link: nothing,
      began_at: engine.now,
    })
    .onConflict((conflict) => conflict.column('installation_id').doNothing())
    .execute();
  return (await read())!;
}

/** What binds an entry, and its sealed parts, to the chain. `was` and `became` as text, before they are sealed. */
export async function linked(
  tx: Db,
  database: Writing,
  head: Schema['audit_head'],
  entry: Entry,
  { was, became }: { was: string | null; became: string | null },
): Promise<{ seq: number; details: Buffer; link: Buffer }> {
  const secret = await secretOf(tx, database, entry.installation_id);
  const seq = head.seq + 1;
  const details = detailsOf(secret, was, became);
  const link = linkOf(secret, head.link, { ...entry, seq, details });
  await tx.updateTable('audit_head').set({ seq, link }).where('installation_id', '=', entry.installation_id).execute();
  return { seq, details, link };
}

const detailsOf = (secret: Buffer, was: string | null, became: string | null): Buffer =>
  createHmac('sha256', secret)
    .update('details ')
    .update(JSON.stringify([was, became]))
    .digest();

function linkOf(secret: Buffer, before: Uint8Array, entry: Entry & { seq: number; details: Uint8Array }): Buffer {
  const { seq, deed, subject, at, who, what, channel_id, result, details } = entry;
  const facts = [seq, deed, subject, at, who, what, channel_id, result, Buffer.from(details).toString('hex')];
  return createHmac('sha256', secret).update('link ').update(before).update(JSON.stringify(facts)).digest();
}

/** Walks the whole chain, and only reads; throws where its secret does not open. Null where it is whole, else what is wrong, as the rest of a sentence about the record. */
export async function chainProblem(
  on: Db,
  database: Pick<Database, 'seal'>,
  installationId: string,
): Promise<string | null> {
  const entries = on.selectFrom('audit').where('installation_id', '=', installationId);
  const head = await on
    .selectFrom('audit_head')
    .selectAll()
    .where('installation_id', '=', installationId)
    .executeTakeFirst();
  const loose = entries.select('deed').where('seq', 'is', null);
  if (!head) {
    const any = await entries.select('deed').where('seq', 'is not', null).executeTakeFirst();
    return any ? 'has lost its head' : null;
  }
  if (await loose.where('at', '>', head.began_at).executeTakeFirst()) return 'has an entry that is bound to none';
  const key = await on
    .selectFrom('installation_key')
    .select('secret')
    .where('installation_id', '=', installationId)
    .executeTakeFirst();
  if (!key) return 'has lost its secret';
  const secret = openSecret(database.seal, installationId, key.secret);
  let [seq, link]: [number, Uint8Array] = [head.dropped_seq, head.dropped_link];
  for (;;) {
    const rows = await entries.selectAll().where('seq', '>', seq).orderBy('seq').limit(500).execute();
    for (const row of rows) {
      if (row.seq !== seq + 1) return `lacks ${row.seq! - seq - 1 === 1 ? 'entry' : 'entries from'} ${seq + 1}`;
      const expected = linkOf(secret, link, { ...row, seq: row.seq, details: row.details ?? nothing });
      if (!expected.equals(row.link ?? nothing)) return `was changed at entry ${row.seq}`;
      if (!isAsLinked(database, secret, row)) return `was changed in the details of entry ${row.seq}`;
      [seq, link] = [row.seq, row.link!];
    }
    if (rows.length < 500) break;
  }
  return seq === head.seq && Buffer.from(head.link).equals(link) ? null : `ends at entry ${seq} instead of ${head.seq}`;
}

/** What was erased, or does not open any more, is no longer compared. */
function isAsLinked({ seal }: Pick<Database, 'seal'>, secret: Buffer, row: Schema['audit']): boolean {
  if (row.was === null && row.became === null) return true;
  try {
    const where = place.audit(row.installation_id, row.deed, row.subject);
    const [was, became] = [row.was, row.became].map((sealed) => sealed && seal.open(sealed, where));
    return detailsOf(secret, was ?? null, became ?? null).equals(row.details ?? nothing);
  } catch {
    return true;
  }
}
