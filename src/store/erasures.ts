// Forgetting one person: out of bookings, bodies and notes, in small steps beside a working app; what was posted is edited or taken away by the lanes.

import { type SqlBool, sql } from 'kysely';
import { addressesIn, eraseFromState } from '../booking/erase.ts';
import type { BookingState } from '../booking/state.ts';
import type { Erasures, Traces } from '../delivery/erasure.ts';
import { erased } from '../delivery/sync.ts';
import type { Database, Db, Tx } from './database.ts';
import { across } from './handle.ts';
import { lanesOf, markDue } from './lanes.ts';
import { messagesNaming } from './named.ts';
import { openBooking } from './open-booking.ts';
import { writePlan } from './plans.ts';
import { personHash, place } from './rows.ts';
import { bury } from './tombstones.ts';

/** Rows a statement; a rest as long as it took follows each, so that no webhook waits behind it. */
const batch = 100;
/** Of changes, most of which have no body any more. */
const many = 500;
const day = 24 * 3_600_000;

const nothing = (): Traces => ({
  bookings: 0,
  bodies: 0,
  cards: 0,
  lines: 0,
  notes: 0,
  kept: { filters: [], accounts: 0, hosts: 0 },
  unread: 0,
});

/** `keptDays`: no body is older, but for those of the last nights. */
export function erasures(database: Database, keptDays: number): Erasures {
  const { db, engine, seal } = database;

  async function walk(installationId: string, typed: string, act: boolean): Promise<Traces> {
    const address = typed.trim().toLowerCase();
    const found = nothing();
    const bookings = await eraseBookings(installationId, address, act, found);
    await eraseShared(installationId, [address, ...bookings], act, found);
    await eraseBodies(installationId, address, act, found);
    await eraseNotes(installationId, address, act, found);
    found.kept = await others(installationId, address);
    return found;
  }

  /** Answers the ids of the bookings that are, or were, theirs. */
  async function eraseBookings(installationId: string, address: string, act: boolean, found: Traces) {
    const ids: string[] = [];
    const until = (each: string) => (each === address ? Number.POSITIVE_INFINITY : null);
    for (let after = ''; ; ) {
      const rows = await db
        .selectFrom('booking')
        .select(['id', 'state'])
        .where('installation_id', '=', installationId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(batch)
        .execute();
      const theirs: string[] = [];
      for (const row of rows) {
        const state = openBooking(seal, { installationId, ...row }, undefined);
        if (!state) found.unread += 1;
        else if (eraseFromState(state, until)) theirs.push(row.id);
      }
      ids.push(...theirs);
      found.bookings += theirs.length;
      const messages = await (act
        ? database.transaction((tx) => takeOut(tx, installationId, theirs, until))
        : messagesOf(db, installationId, theirs));
      found.cards += messages.cards;
      found.lines += messages.lines;
      if (rows.length < batch) return ids;
      after = rows.at(-1)!.id;
      await rest();
    }
  }

  /** Read once more where nobody else can write: what was folded meanwhile is taken out as well. */
  async function takeOut(tx: Tx, installationId: string, ids: string[], until: (address: string) => number | null) {
    if (ids.length === 0) return { cards: 0, lines: 0 };
    await engine.lockInstallation(tx, installationId);
    const now = await engine.readNow(tx);
    const rows = await tx
      .selectFrom('booking')
      .select(['id', 'connection_id', 'version', 'state'])
      .where('installation_id', '=', installationId)
      .where('id', 'in', ids)
      .execute();
    const bookings = rows.flatMap((row) => {
      const known = openBooking(seal, { installationId, ...row }, undefined);
      const state: BookingState | null = known && eraseFromState(known, until);
      const { id, connection_id: connectionId, version } = row;
      return state ? [{ id, connectionId, version: version + 1, state, changed: true }] : [];
    });
    const dueAt = new Map(bookings.map(({ id }) => [id, now] as const));
    const none = {
      merged: [],
      uris: [],
      newCards: [],
      past: [],
      released: [],
      renewed: [],
      replies: [],
      hastened: [],
      verdicts: [],
    };
    await writePlan(tx, database, installationId, { ...none, bookings, dueAt }, now);
    const messages = await messagesOf(tx, installationId, ids);
    const lines = await present(tx, installationId)
      .where('kind', '=', 'reply')
      .where('booking_id', 'in', ids)
      .execute();
    await takeAway(tx, installationId, now, lines);
    await engine.wake(tx);
    return messages;
  }

  async function messagesOf(on: Db, installationId: string, ids: string[]) {
    if (ids.length === 0) return { cards: 0, lines: 0 };
    const rows = await on
      .selectFrom('delivery')
      .select(['kind', (eb) => eb.fn.countAll<number>().as('n')])
      .where('installation_id', '=', installationId)
      .where('booking_id', 'in', ids)
      .where('ts', 'is not', null)
      .where('state', '<>', 'suppressed')
      .where((eb) => eb.or([eb('kind', '=', 'reply'), eb.and([eb('kind', '=', 'card'), eb('about', 'is', null)])]))
      .groupBy('kind')
      .execute();
    const count = (kind: string) => Number(rows.find((row) => row.kind === kind)?.n ?? 0);
    return { cards: count('card'), lines: count('reply') };
  }

  /** Messages that name several people at once: they go as a whole. */
  async function eraseShared(installationId: string, names: string[], act: boolean, found: Traces): Promise<void> {
    const ids = await database.transaction((tx) => messagesNaming(tx, database, { installationId, names }));
    for (let from = 0; from < ids.length; from += batch) {
      const some = ids.slice(from, from + batch);
      const posted = await db
        .selectFrom('delivery')
        .select('id')
        .where('installation_id', '=', installationId)
        .where('id', 'in', some)
        .where('ts', 'is not', null)
        .where('state', '<>', 'suppressed')
        .execute();
      found.lines += posted.length;
      if (!act) continue;
      await database.transaction(async (tx) => {
        await engine.lockInstallation(tx, installationId);
        const now = await engine.readNow(tx);
        await takeAway(tx, installationId, now, await present(tx, installationId).where('id', 'in', some).execute());
        await engine.wake(tx);
      });
    }
  }

  /** What is there is deleted, what is on its way is deleted once it has arrived, and what was not sent never is. The caller holds the installation. */
  async function takeAway(tx: Tx, installationId: string, now: number, rows: { id: string; channel_id: string }[]) {
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.id);
    const lanes = [...new Set(rows.map((row) => row.channel_id))];
    await lanesOf(
      tx,
      engine,
      lanes.map((channelId) => ({ installationId, channelId })),
    );
    await tx
      .updateTable('delivery')
      .set({
        about: erased,
        body: null,
        wanted_version: sql<number>`wanted_version + 1`,
        attempts: sql<number>`case when state in ('shown', 'dead') then 0 else attempts end`,
        state: sql<'due'>`case when state in ('shown', 'dead') then 'due' else state end`,
        due_at: sql<number>`case when state in ('shown', 'dead', 'sending', 'due') then ${now} else due_at end`,
      })
      .where('installation_id', '=', installationId)
      .where('id', 'in', ids)
      .execute();
    await markDue(
      tx,
      lanes.map((channelId) => ({ installationId, channelId, dueAt: now })),
    );
  }

  /** Of these, those that are there, or may yet come. */
  const present = (on: Db, installationId: string) =>
    on
      .selectFrom('delivery')
      .select(['id', 'channel_id'])
      .where('installation_id', '=', installationId)
      .where('state', '<>', 'suppressed')
      .where((eb) => eb.or([eb('state', '<>', 'dead'), eb('ts', 'is not', null)]));

  /** What Calendly sent. Whatever is not folded yet meets the tombstone when it is. */
  async function eraseBodies(installationId: string, address: string, act: boolean, found: Traces): Promise<void> {
    let [at, hash]: [number, Uint8Array] = [(await engine.readNow(db)) - (keptDays + 2) * day, new Uint8Array()];
    for (;;) {
      const rows = await db
        .selectFrom('change')
        .select(['id', 'key_hash', 'received_at', 'body', 'folded_at'])
        .where('received_at', '>=', at)
        .where((eb) => eb.or([eb('received_at', '>', at), eb('key_hash', '>', hash)]))
        .where('installation_id', '=', installationId)
        .orderBy('received_at')
        .orderBy('key_hash')
        .limit(many)
        .execute();
      const theirs = rows.filter(
        ({ id, body, folded_at }) =>
          body !== null && folded_at !== null && names(opened(body, place.change(installationId, id)), address),
      );
      found.bodies += theirs.length;
      if (act && theirs.length > 0)
        await db
          .updateTable('change')
          .set({ body: null })
          .where('installation_id', '=', installationId)
          .where(
            'key_hash',
            'in',
            theirs.map((row) => row.key_hash),
          )
          .execute();
      if (rows.length < many) return;
      const last = rows.at(-1)!;
      [at, hash] = [last.received_at, last.key_hash];
      await rest();
    }
  }

  /** A filter that somebody had, or has, may name the address; that it was set is still to be read. */
  async function eraseNotes(installationId: string, address: string, act: boolean, found: Traces): Promise<void> {
    for (let after = ''; ; ) {
      const rows = await db
        .selectFrom('audit')
        .select(['deed', 'subject', 'was', 'became'])
        .where('installation_id', '=', installationId)
        // A deed of more subjects than this is none of people.
        .where('deed', '>', after)
        .orderBy('deed')
        .limit(many)
        .execute();
      const last = rows.at(-1)?.deed ?? '';
      const isWhole = rows.length < many || rows[0]!.deed === last;
      // The rest of a deed that was cut comes with the next.
      const page = isWhole ? rows : rows.filter((row) => row.deed !== last);
      for (const { deed, subject, was, became } of page) {
        const where = place.audit(installationId, deed, subject);
        if (![was, became].some((each) => each && names(opened(each, where), address))) continue;
        found.notes += 1;
        if (act)
          await db
            .updateTable('audit')
            .set({ was: null, became: null })
            .where('installation_id', '=', installationId)
            .where('deed', '=', deed)
            .where('subject', '=', subject)
            .execute();
      }
      if (rows.length < many) return;
      after = page.at(-1)!.deed;
      await rest();
    }
  }

  /** What belongs to somebody of the workspace, who has to put it right. */
  async function others(installationId: string, address: string): Promise<Traces['kept']> {
    const subscriptions = await db
      .selectFrom('subscription')
      .select(['channel_id', 'filter'])
      .where('installation_id', '=', installationId)
      .execute();
    const accounts = await db
      .selectFrom('connection')
      .select(['id', 'user_email'])
      .where('installation_id', '=', installationId)
      .execute();
    const hosts = await db
      .selectFrom('person')
      .select('set_by')
      .where('installation_id', '=', installationId)
      .where('address_hash', '=', personHash(installationId, address))
      .where('set_by', 'is not', null)
      .execute();
    const isTheirs = ({ id, user_email }: (typeof accounts)[number]) =>
      user_email !== null && opened(user_email, place.userEmail(installationId, id))?.trim().toLowerCase() === address;
    return {
      filters: [...new Set(subscriptions.filter((each) => names(each.filter, address)).map((each) => each.channel_id))],
      accounts: accounts.filter(isTheirs).length,
      hosts: hosts.length,
    };
  }

  function opened(sealed: Uint8Array, where: string): string | null {
    try {
      return seal.open(sealed, where);
    } catch {
      return null;
    }
  }

  return {
    traces: (installationId, address) => walk(installationId, address, false),
    async erase(installationId, address) {
      // First of all, so that nothing comes in behind our back.
      const at = await database.transaction(async (tx) => {
        await engine.lockInstallation(tx, installationId);
        const until = await engine.readNow(tx);
        await bury(tx, database, { installationId, address, until });
        await tx
          .deleteFrom('person')
          .where('installation_id', '=', installationId)
          .where('address_hash', '=', personHash(installationId, address))
          .where('set_by', 'is', null)
          .execute();
        return until;
      });
      return { ...(await walk(installationId, address, true)), at };
    },
    async stillToEdit(installationId) {
      const { n } = await db
        .selectFrom('delivery')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('installation_id', '=', installationId)
        // Spelled out, for the index that leaves out what is shown.
        .where(sql<SqlBool>`state <> 'shown'`)
        .where('state', 'in', ['due', 'sending', 'held'])
        .where('ts', 'is not', null)
        .executeTakeFirstOrThrow();
      return Number(n);
    },
  };
}

/** For whoever runs the process: somebody who asks to be forgotten may be known in several. */
export async function allWorkspaces({ db }: Database): Promise<{ id: string; team_id: string }[]> {
  return await across(db, 'operator').selectFrom('installation').select(['id', 'team_id']).orderBy('id').execute();
}

/** In any spelling that JSON has for it. */
function names(text: string | null, address: string): boolean {
  if (text === null) return false;
  if (addressesIn(text).includes(address)) return true;
  try {
    return addressesIn(JSON.stringify(JSON.parse(text))).includes(address);
  } catch {
    return false;
  }
}

/** Even the embedded database, which answers at once, must let others have a turn. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));
