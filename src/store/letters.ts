// Letters: lists messages that wait for a person, tells their owners, and does what a person decides, once.

import { sql } from 'kysely';
import type { BookingState } from '../booking/booking.ts';
import type { Incident, Letter, LetterStore } from '../delivery/letters.ts';
import { subjectOf } from '../delivery/subject.ts';
import type { Database, Tx } from './database.ts';
import { across } from './handle.ts';
import { markDue } from './lanes.ts';
import { addContent } from './notices.ts';
import { place } from './rows.ts';
import { toSubscription } from './subscription-rows.ts';

/** A person is told at most once in this time, milliseconds; what comes meanwhile is told together. */
const tellPause = 60_000;
/** Named one by one; the rest is counted. */
const named = 5;
/** Messages looked at in one go; more wait for the next. */
const atOnce = 2_000;

export interface Letters extends LetterStore {
  /** Tells the owners of messages of unknown outcome, each of each incident once; answers how many were told. */
  tellOwners(): Promise<number>;
}

export function letterStore(database: Database): Letters {
  const { db, engine, seal } = database;

  /** Messages with who may decide about them: who made the subscription, or else who connected the account. */
  const owned = (on: Tx | typeof db) =>
    on
      .selectFrom('delivery as d')
      .leftJoin('subscription as s', (join) =>
        join.onRef('s.installation_id', '=', 'd.installation_id').onRef('s.id', '=', 'd.subscription_id'),
      )
      .leftJoin('booking as b', (join) =>
        join.onRef('b.installation_id', '=', 'd.installation_id').onRef('b.id', '=', 'd.booking_id'),
      )
      .leftJoin('connection as c', (join) =>
        join.onRef('c.installation_id', '=', 'd.installation_id').onRef('c.id', '=', 'b.connection_id'),
      );
  const owner = sql<string | null>`coalesce(s.made_by, c.connected_by)`;
  const open = sql<boolean>`d.state <> 'shown'`;

  async function lettersIn(on: Tx | typeof db, installationId: string, ids: readonly string[]): Promise<Letter[]> {
    if (ids.length === 0) return [];
    const rows = await owned(on)
      .select(['d.id', 'd.channel_id', 'd.kind', 'd.state', 'd.attempts', 'd.tried_at', 'd.reason', 'd.updated_at'])
      .select(['d.booking_id', 'd.subscription_id', 'b.state as booking', owner.as('owner')])
      .where('d.installation_id', '=', installationId)
      .where('d.id', 'in', [...ids])
      .execute();
    const wanted = rows.map((row) => row.subscription_id).filter((id) => id !== null);
    const subscriptions =
      wanted.length === 0
        ? []
        : await on
            .selectFrom('subscription')
            .selectAll()
            .where('installation_id', '=', installationId)
            .where('id', 'in', wanted)
            .execute();
    const subscriptionOf = new Map(subscriptions.map((row) => [row.id, toSubscription(row)]));
    const letters = rows.map(
      (row): Letter => ({
        id: row.id,
        incident: row.tried_at ?? 0,
        channelId: row.channel_id,
        kind: row.kind,
        state: row.state,
        since: row.updated_at,
        tries: row.attempts,
        reason: row.reason,
        owner: row.owner,
        subject: subjectOf(
          opened(row.booking, installationId, row.booking_id),
          subscriptionOf.get(row.subscription_id ?? '') ?? null,
        ),
      }),
    );
    const order = new Map(ids.map((id, i) => [id, i]));
    return letters.sort((a, b) => order.get(a.id)! - order.get(b.id)!);
  }

  /** A booking that does not open is no reason to hide its letter. */
  function opened(sealed: Uint8Array | null, installationId: string, bookingId: string | null): BookingState | null {
    if (!sealed || !bookingId) return null;
    try {
      return JSON.parse(seal.open(sealed, place.booking(installationId, bookingId))) as BookingState;
    } catch {
      return null;
    }
  }

  /** The one statement that decides who was first: a second click, or a second person, finds another state or another incident. */
  const decide = (tx: Tx, installationId: string, { id, incident }: Incident) =>
    tx
      .updateTable('delivery')
      .where('installation_id', '=', installationId)
      .where('id', '=', id)
      .where('state', 'in', ['uncertain', 'dead'])
      .where(sql<number>`coalesce(tried_at, 0)`, '=', incident);

  async function tellOne(tx: Tx, told: { installationId: string; person: string; ids: string[] }, now: number) {
    const { installationId, person } = told;
    const mayTell = await tx
      .insertInto('told')
      .values({ installation_id: installationId, person, at: now })
      .onConflict((conflict) =>
        conflict
          .columns(['installation_id', 'person'])
          .doUpdateSet({ at: now })
          .where('told.at', '<=', now - tellPause),
      )
      .returning('person')
      .executeTakeFirst();
    if (!mayTell) return false;
    const claimed = await tx
      .updateTable('delivery')
      .set({ told_at: now })
      .where('installation_id', '=', installationId)
      .where('id', 'in', told.ids)
      .where('state', '=', 'uncertain')
      .where('told_at', 'is', null)
      .returning('id')
      .execute();
    if (claimed.length === 0) return false;
    const mine = new Set(claimed.map((row) => row.id));
    const ids = told.ids.filter((id) => mine.has(id));
    const letters = await lettersIn(tx, installationId, ids.slice(0, named));
    await addContent(
      tx,
      database,
      {
        installationId,
        to: person,
        key: `uncertain ${now}`,
        content: { kind: 'letters', letters, more: ids.length - letters.length },
      },
      now,
    );
    return true;
  }

  return {
    async letters(installationId, { owner: person, from, count }) {
      let query = owned(db)
        .where('d.installation_id', '=', installationId)
        .where(open)
        .where('d.state', 'in', person === undefined ? ['uncertain', 'dead'] : ['uncertain']);
      if (person !== undefined) query = query.where(owner, '=', person);
      const { n } = await query.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      const page = await query
        .select('d.id')
        .orderBy('d.updated_at', 'desc')
        .orderBy('d.id')
        .limit(count)
        .offset(from)
        .execute();
      const ids = page.map((row) => row.id);
      return { total: Number(n), letters: await lettersIn(db, installationId, ids) };
    },
    lettersOf: (installationId, ids) => lettersIn(db, installationId, ids),
    resend: (installationId, letter) =>
      database.transaction(async (tx) => {
        const now = await engine.readNow(tx);
        const row = await decide(tx, installationId, letter)
          .set({
            ...{ state: 'due' as const, due_at: now, op: null, attempt_id: null, attempts: 0, looks: 0, plain: 0 },
            ...{ first_due_at: now, reason: null, told_at: null, updated_at: now },
          })
          .returning('channel_id')
          .executeTakeFirst();
        if (!row) return false;
        await markDue(tx, [{ installationId, channelId: row.channel_id, dueAt: now }]);
        await engine.wake(tx);
        return true;
      }),
    close: (installationId, letter, reason) =>
      database.transaction(async (tx) => {
        const row = await decide(tx, installationId, letter)
          .set({
            state: 'suppressed',
            due_at: null,
            op: null,
            attempt_id: null,
            // Nobody can edit a card whose place is not known: news of the meeting makes a new one, as if there were none.
            tried_at: sql<number | null>`case when kind = 'card' and about is null then null else tried_at end`,
            reason,
            updated_at: await engine.readNow(tx),
          })
          .returning('id')
          .executeTakeFirst();
        return row !== undefined;
      }),
    tellOwners: () =>
      database.transaction(async (tx) => {
        const untold = await owned(across(tx, 'rounds'))
          .select(['d.installation_id', 'd.id', owner.as('owner')])
          // Spelled out, for the index that holds just these. A notice is not told by a notice.
          .where(sql<boolean>`d.state = 'uncertain' and d.told_at is null and d.kind <> 'notice'`)
          .orderBy('d.updated_at')
          .limit(atOnce)
          .execute();
        const people = new Map<string, { installationId: string; person: string | null; ids: string[] }>();
        for (const { installation_id: installationId, id, owner: person } of untold)
          people
            .getOrInsertComputed(`${installationId} ${person}`, () => ({ installationId, person, ids: [] }))
            .ids.push(id);
        let count = 0;
        // Sorted, so that two processes cannot wait for each other.
        for (const [, { installationId, person, ids }] of [...people].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const now = await engine.readNow(tx);
          if (person !== null) {
            if (await tellOne(tx, { installationId, person, ids }, now)) count += 1;
            continue;
          }
          // Nobody is left to be told: `status` still counts them, and admins still see them.
          await tx
            .updateTable('delivery')
            .set({ told_at: now })
            .where('installation_id', '=', installationId)
            .where('id', 'in', ids)
            .execute();
        }
        if (count > 0) await engine.wake(tx);
        return count;
      }),
  };
}
