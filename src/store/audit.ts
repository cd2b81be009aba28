// The record of who did what: appended in the commit that does it, bound into a chain, and read for Undo and for admins.

import type { Receipt } from '../delivery/erasure.ts';
import { type Deed, type DeedKind, type DeedRow, type DeedStore, unchanging } from '../subscription/deed.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { holdHead, linked } from './audit-chain.ts';
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
  database: Pick<Database, 'seal' | 'engine'>,
  installationId: string,
  row: Omit<DeedRow, 'at'>,
): Promise<void> {
  const { seal, engine } = database;
  const head = await holdHead(on, database, installationId);
  const known = await on
    .selectFrom('audit')
    .select('deed')
    .where('installation_id', '=', installationId)
    .where('deed', '=', row.id)
    .where('subject', '=', row.subject)
    .executeTakeFirst();
  // Told twice, it was done once.
  if (known) return;
  const entry = {
    installation_id: installationId,
    deed: row.id,
    subject: row.subject,
    at: await engine.readNow(on),
    who: row.who,
    what: row.what,
    channel_id: row.channelId,
    result: row.result.slice(0, 300),
  };
  const text = (value: DeedRow['was']) => (value === null ? null : JSON.stringify(value));
  const [was, became] = [text(row.was), text(row.became)];
  const sealed = (value: string | null) =>
    value === null ? null : seal.close(value, place.audit(installationId, row.id, row.subject));
  await on
    .insertInto('audit')
    .values({
      ...entry,
      was: sealed(was),
      became: sealed(became),
      ...(await linked(on, database, head, entry, { was, became })),
    })
    .execute();
}

/** The app came to a workspace, or was removed from it, in the commit that says so of the installation; `who` installed it, where Slack tells. */
export async function recordStay(
  on: Db,
  database: Pick<Database, 'seal' | 'engine'>,
  installationId: string,
  stay: { what: 'install' | 'uninstall'; who: string | null },
): Promise<void> {
  const id = `${stay.what} ${await database.engine.readNow(on)}`;
  const nothing = { channelId: null, was: null, became: null };
  await append(on, database, installationId, { ...stay, ...nothing, id, subject: installationId, result: 'done' });
}

/** Erased from the operator's own machine; named by its moment, since the record must not keep what was erased. */
export async function recordErasure(database: Database, installationId: string, receipt: Receipt): Promise<void> {
  const { bookings, bodies, cards, lines, notes, at } = receipt;
  const row = {
    ...{ id: `erasure ${at}`, who: null, what: 'erase' as const, subject: `erasure ${at}`, channelId: null, was: null },
    ...{ became: JSON.stringify({ bookings, bodies, cards, lines, notes }), result: 'done' },
  };
  await database.transaction((tx) => append(tx, database, installationId, row));
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
    record: (installationId, row) => database.transaction((tx) => append(tx, database, installationId, row)),
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
    async page(installationId, { from, count }) {
      const mine = db.selectFrom('audit').where('installation_id', '=', installationId);
      const { n } = await mine.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      const rows = await mine
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('seq', 'desc')
        .limit(count)
        .offset(from)
        .execute();
      return { total: Number(n), rows: rows.map(toRow) };
    },
    async recent(installationId, count) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('installation_id', '=', installationId)
        // The record tells more than what changed: see `page`.
        .where('what', 'not in', [...unchanging])
        .orderBy('at', 'desc')
        .orderBy('deed', 'desc')
        .limit(count)
        .execute();
      return rows.map(toRow);
    },
  };
}
