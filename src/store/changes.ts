// Changes: kept in one commit for all that arrive together, then folded into bookings, cards and lanes in another.

import { sql } from 'kysely';
import { type BookingState, emptyBooking, identities, meetingOf } from '../booking/booking.ts';
import type { Change } from '../booking/change.ts';
import { eraseFromChange } from '../booking/erase.ts';
import type { Arrival, ChangeStore } from '../booking/intake.ts';
import type { HeardChange, Plan, PlanInput } from '../delivery/plan.ts';
import type { Logger } from '../log.ts';
import { arrivalStore } from './arrivals.ts';
import { type ChangeRow, inOrder, insertingNow } from './change-rows.ts';
import type { Database, Db, Tx } from './database.ts';
import { across } from './handle.ts';
import { listeners } from './listeners.ts';
import { amongLiving } from './living.ts';
import { openBooking } from './open-booking.ts';
import { writePlan } from './plans.ts';
import { changeHash, place, uriHash } from './rows.ts';
import { statement, statementOfMany, upTo } from './statement.ts';
import { erasedAmong } from './tombstones.ts';

export interface ChangesOptions {
  database: Database;
  newId: () => string;
  /** Calendly's JSON → our change; never throws. */
  parse: (raw: unknown) => Change;
  plan: (input: PlanInput) => Plan;
  log?: Pick<Logger, 'error' | 'info'>;
  /** Called once it is known of so many changes how many of them are new. */
  onKnown?: (total: number, fresh: number) => void;
}

/** What a fold has just written, so that whoever makes the cards need not read it back: `bookingKey` → state. */
export type Folded = Map<string, BookingState>;

/** So many, and only small ones (bytes): together a few hundred kilobytes. */
const rememberAtMost = 64;
const rememberUpTo = 16_384;

/** In everyday life one or two come together; in a flood some forty. */
const fewAtOnce = 8;

/** The same for each arrival of the same change. */
const markOf = (hash: Buffer) => hash.toString('hex', 0, 6);

export const bookingKey = (installationId: string, id: string) => `${installationId} ${id}`;

export interface ChangeFolder extends ChangeStore {
  /** Folds up to `limit` kept changes, each account's in the order they came; answers how many, and whether more may wait. Adds the bookings it wrote to `written`. */
  fold(tx: Tx, limit: number, written: Folded): Promise<{ folded: number; more: boolean }>;
}

export function changeStore(options: ChangesOptions): ChangeFolder {
  const { database } = options;
  const { engine, seal } = database;
  const insertChanges = insertingNow(engine.now);
  const shared = arrivalStore(database, options.newId, options.log);
  const subscriptionsOf = listeners();
  /** The last ones kept, by id: mostly they are folded at once, and need not be read back and opened. */
  const lately = new Map<string, string | Uint8Array>();

  /** The last account whose changes were folded while others waited. */
  let servedUpTo = '';

  function remember(id: string, body: string | Uint8Array): void {
    if (lately.size >= rememberAtMost) lately.delete(lately.keys().next().value!);
    lately.set(id, body);
  }

  async function keep(arrivals: Arrival[]): Promise<(boolean | null)[]> {
    const believed = arrivals.filter((arrival) => arrival.doubt === undefined);
    if (believed.length === arrivals.length) return keepToFold(arrivals);
    const fresh = believed.length === 0 ? [] : await keepToFold(believed);
    const answers: (boolean | null)[] = [];
    for (const arrival of arrivals)
      answers.push(arrival.doubt === undefined ? fresh.shift()! : await putAside(arrival, arrival.doubt));
    return answers;
  }

  /** Under a key of its own: what is true of it comes from elsewhere, and must not be taken for a repetition. */
  async function putAside(arrival: Arrival, doubt: string): Promise<boolean> {
    const id = options.newId();
    const insert = database.db
      .insertInto('change')
      .values({
        installation_id: arrival.installationId,
        id,
        connection_id: arrival.connectionId,
        key_hash: changeHash(arrival.connectionId, `aside ${arrival.key}`),
        event: arrival.event,
        source: arrival.source,
        signed_at: arrival.signedAt,
        signature_age: arrival.signatureAge,
        body: seal.close(arrival.body, place.change(arrival.installationId, id)),
        received_at: engine.now,
        folded_at: engine.now,
        verdict: `quarantined: ${doubt}`.slice(0, 200),
      })
      .onConflict((conflict) => conflict.columns(['installation_id', 'key_hash']).doNothing())
      .returning('id');
    const { done } = await amongLiving(database, [arrival], () => insert.execute());
    return done.length > 0;
  }

  async function keepToFold(arrivals: Arrival[]): Promise<(boolean | null)[]> {
    const { done, living } = await amongLiving(database, arrivals, keepThese);
    if (living === arrivals) return done;
    options.log?.info({ count: arrivals.length - living.length }, 'changes of an account that is gone were not kept');
    const answers = new Map(living.map((arrival, i) => [arrival, done[i] ?? null]));
    return arrivals.map((arrival) => (answers.has(arrival) ? (answers.get(arrival) ?? null) : false));
  }

  async function keepThese(arrivals: Arrival[]): Promise<(boolean | null)[]> {
    const { together, rest } = shared.sort(arrivals);
    if (together.length === 0) return keepEach(arrivals);
    const rows = rest.map(rowOf);
    const fresh = await database.transaction(async (tx) => {
      await shared.keep(tx, together);
      return rows.length === 0 ? [] : await insertChanges(tx, inOrder([...rows]));
    });
    shared.kept();
    const known = new Map(rest.map((arrival, i) => [arrival, rows[i]!.id]));
    const isNew = told(rows, fresh);
    options.log?.info({ changes: arrivals.length - rest.length }, 'changes were kept together');
    return arrivals.map((arrival) => (known.has(arrival) ? isNew.has(known.get(arrival)!) : null));
  }

  /** One statement is one commit; a change already kept is simply not written again. */
  async function keepEach(arrivals: Arrival[]): Promise<boolean[]> {
    const rows = arrivals.map(rowOf);
    const insert = (on: Db) => insertChanges(on, inOrder([...rows]));
    const isNew = told(rows, await engine.durably(database.db, insert, rows.length <= fewAtOnce));
    for (const [i, { body }] of arrivals.entries())
      if (isNew.has(rows[i]!.id) && body.length <= rememberUpTo) remember(rows[i]!.id, body);
    return rows.map(({ id }) => isNew.has(id));
  }

  function rowOf({ body, key, ...arrival }: Arrival): ChangeRow {
    const id = options.newId();
    const { installationId, connectionId } = arrival;
    const hash = changeHash(connectionId, key);
    return { ...arrival, id, hash, body: seal.close(body, place.change(installationId, id)) };
  }

  /** Says which were new. */
  function told(rows: readonly ChangeRow[], written: readonly { id: string }[]): Set<string> {
    const isNew = new Set(written.map(({ id }) => id));
    for (const { id, hash, event, source, connectionId: connection } of rows)
      options.log?.info(
        { ...(isNew.has(id) ? { change: id } : {}), mark: markOf(hash), event, source, connection },
        isNew.has(id) ? 'a change was kept' : 'a change was known already',
      );
    if (rows.length > 0) options.onKnown?.(rows.length, isNew.size);
    return isNew;
  }

  async function fold(tx: Tx, limit: number, folded: Folded): Promise<{ folded: number; more: boolean }> {
    let { rows, isFull } = await nextToFold(tx, limit);
    const apart = await shared.tellApart(tx, isFull);
    if (apart !== null) {
      const isNew = told(apart.came, apart.written);
      for (const { id, raw } of apart.came) if (isNew.has(id) && raw.length <= rememberUpTo) remember(id, raw);
      ({ rows, isFull } = await nextToFold(tx, limit));
    }
    const more = apart !== null || isFull;
    if (rows.length === 0) return { folded: 0, more };
    const now = await engine.readNow(tx);
    for (const installationId of [...new Set(rows.map((row) => row.installation_id))].sort()) {
      await engine.lockInstallation(tx, installationId);
      const mine = rows.filter((row) => row.installation_id === installationId);
      await foldInstallation(tx, installationId, mine, now, folded);
    }
    await engine.wake(tx);
    return { folded: rows.length, more };
  }

  /**
   * What is folded next. Where more waits than one turn takes, each account with something to fold gets its share of the turn: a flood to one must not hold
   * up the bookings of the others. `isFull`: as much waits as a turn takes, or more; with shares fewer rows may come of it.
   */
  async function nextToFold(tx: Tx, limit: number): Promise<{ rows: Row[]; isFull: boolean }> {
    const first = await (engine.skipsLocked ? unfoldedUnlocked : unfolded)(tx, { limit });
    if (first.length < limit) return { rows: first.sort((a, b) => (a.id < b.id ? -1 : 1)), isFull: false };
    const waiting = (await accountsWaiting(tx, {})).map((row) => row.connection_id);
    if (waiting.length <= 1) return { rows: first, isFull: true };
    // With more accounts than places, whoever was not served comes next.
    const turn = [...waiting.filter((id) => id > servedUpTo), ...waiting.filter((id) => id <= servedUpTo)];
    const share = Math.max(1, Math.floor(limit / turn.length));
    const rows: Row[] = [];
    for (const connectionId of turn.slice(0, limit)) {
      rows.push(...(await (engine.skipsLocked ? unfoldedUnlockedOf : unfoldedOf)(tx, { connectionId, limit: share })));
      servedUpTo = connectionId;
    }
    return { rows: rows.length > 0 ? rows : first, isFull: true };
  }

  async function foldInstallation(
    tx: Tx,
    installationId: string,
    rows: Row[],
    now: number,
    folded: Folded,
  ): Promise<void> {
    const verdicts = new Map<string, Uint8Array[]>();
    const say = (row: Row, verdict: string) => {
      const said = verdicts.get(verdict);
      if (said) said.push(row.key_hash);
      else verdicts.set(verdict, [row.key_hash]);
    };
    const heard: { row: Row; change: HeardChange }[] = [];
    // Taken before the first wait: while others are kept, the oldest are forgotten.
    const remembered = new Map(rows.map((row) => [row.id, lately.get(row.id)]));
    for (const row of rows) lately.delete(row.id);
    const others = rows.filter((row) => remembered.get(row.id) === undefined);
    const bodies = new Map(others.length === 0 ? [] : (await bodiesOf(tx, others)).map(({ id, body }) => [id, body]));
    for (const row of rows) {
      try {
        const body =
          remembered.get(row.id) ??
          seal.open(bodies.get(row.id) ?? new Uint8Array(), place.change(installationId, row.id));
        const raw: unknown = JSON.parse(
          typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
        );
        heard.push({
          row,
          change: {
            connectionId: row.connection_id,
            change: options.parse(raw),
            receivedAt: row.received_at,
            found: row.source === 'backfill',
          },
        });
      } catch (error) {
        say(row, `quarantined: ${error instanceof Error ? error.message : 'unreadable'}`.slice(0, 200));
      }
    }
    const forgotten = new Set(await withoutErased(tx, installationId, heard));
    const input = await load(
      tx,
      installationId,
      heard.map((entry) => entry.change),
      now,
    );
    let foldable = heard;
    let plan: Plan;
    try {
      plan = options.plan(input);
    } catch {
      // One that cannot be folded is put aside: it must not hold up the others for ever.
      foldable = heard.filter(({ row, change }) => {
        try {
          return Boolean(options.plan({ ...input, changes: [change] }));
        } catch (error) {
          say(row, `quarantined: ${error instanceof Error ? error.message : 'it cannot be folded'}`.slice(0, 200));
          return false;
        }
      });
      plan = options.plan({ ...input, changes: foldable.map((entry) => entry.change) });
    }
    await writePlan(tx, database, installationId, plan, now);
    for (const booking of plan.bookings)
      if (booking.changed) folded.set(bookingKey(installationId, booking.id), booking.state);
    const newNames = new Map(plan.uris.map(({ uri, bookingId }) => [uri, bookingId]));
    for (const [i, { row, change }] of foldable.entries()) {
      const verdict = plan.verdicts[i] ?? 'kept';
      say(row, verdict);
      const [name = ''] = identities(change.change);
      const booking = newNames.get(name) ?? input.bookingOf.get(name) ?? null;
      options.log?.info({ change: row.id, booking, became: verdict.split(':', 1)[0] }, 'a change was folded');
    }
    for (const [verdict, hashes] of verdicts)
      await markFolded(
        tx,
        hashes.map((hash) => ({ installationId, hash, verdict, now })),
      );
    const erased = new Set(
      plan.bookings.flatMap(({ state }) =>
        Object.values(state.invitees).flatMap(({ invitee }) => (invitee.erased ? [invitee.uri] : [])),
      ),
    );
    for (const { row, change } of foldable)
      if (erased.has(change.change.invitee?.uri ?? '')) forgotten.add(row.key_hash);
    if (forgotten.size > 0)
      await dropBodies(
        tx,
        [...forgotten].map((hash) => ({ installationId, hash })),
      );
    const connections = [...new Set(heard.map((entry) => entry.change.connectionId))];
    if (connections.length > 0)
      await markHeard(
        tx,
        connections.map((id) => ({ installationId, id, now })),
      );
  }

  /** Takes whoever asked to be forgotten out of what was heard; answers the changes whose bodies tell of them. */
  async function withoutErased(
    tx: Tx,
    installationId: string,
    heard: { row: Row; change: HeardChange }[],
  ): Promise<Uint8Array[]> {
    const until = await erasedAmong(
      tx,
      database,
      installationId,
      heard.map(({ change }) => change.change),
    );
    if (!until) return [];
    const told: Uint8Array[] = [];
    for (const entry of heard) {
      const change = eraseFromChange(entry.change.change, until);
      if (change === entry.change.change) continue;
      entry.change = { ...entry.change, change };
      told.push(entry.row.key_hash);
    }
    return told;
  }

  async function load(tx: Tx, installationId: string, changes: HeardChange[], now: number): Promise<PlanInput> {
    const names = new Map(
      changes
        .flatMap(({ change }) => [...identities(change), meetingOf(change) ?? []].flat())
        .map((uri) => [uriHash(uri).toString('hex'), uri]),
    );
    const hashes = [...names.keys()].map((hex) => ({ installationId, hash: Buffer.from(hex, 'hex') }));
    const found = hashes.length === 0 ? [] : await bookingsNamed(tx, hashes);
    const ids = [...new Set(found.map((row) => row.booking_id))].map((id) => ({ installationId, id }));
    const bookings = ids.length === 0 ? [] : await bookingRows(tx, ids);
    const cards = ids.length === 0 ? [] : await cardsOf(tx, ids);
    return {
      now,
      changes,
      bookings: bookings.map(({ id, connection_id: connectionId, version, state: sealed }) => {
        const state = openBooking(seal, { installationId, id, state: sealed }, options.log);
        // It keeps its name, and so its cards: a new one would be shown beside them.
        return { id, connectionId, version, ...(state ? { state } : { state: emptyBooking(), isLost: true }) };
      }),
      bookingOf: new Map(found.map((row) => [names.get(Buffer.from(row.uri_hash).toString('hex'))!, row.booking_id])),
      subscriptions: await subscriptionsOf(tx, installationId, [...new Set(changes.map((c) => c.connectionId))]),
      cards: cards.map((row) => ({
        bookingId: row.booking_id!,
        channelId: row.channel_id,
        subscriptionId: row.subscription_id,
      })),
      newId: options.newId,
    };
  }

  return { keep, fold };
}

type Row = {
  installation_id: string;
  id: string;
  key_hash: Uint8Array;
  connection_id: string;
  source: string;
  received_at: number;
};
type Named = { installationId: string; id: string };

const waitingToBeFolded = (db: Db, limit: number) =>
  across(db, 'worker')
    .selectFrom('change')
    .select(['installation_id', 'id', 'key_hash', 'connection_id', 'source', 'received_at'])
    .where('folded_at', 'is', null)
    // What came before them together is told apart first.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('arrivals')
            .select('arrivals.id')
            .whereRef('arrivals.connection_id', '=', 'change.connection_id')
            .where('arrivals.unread', '=', sql.lit(0))
            .whereRef('arrivals.id', '<', 'change.id'),
        ),
      ),
    )
    // As the index has them.
    .orderBy('connection_id')
    .orderBy('id')
    .limit(upTo(limit));
const unfolded = statement((db, { limit }: { limit: number }) => waitingToBeFolded(db, limit));
const unfoldedUnlocked = statement((db, { limit }: { limit: number }) =>
  waitingToBeFolded(db, limit).forUpdate().skipLocked(),
);
type Share = { connectionId: string; limit: number };
const shareOf = (db: Db, { connectionId, limit }: Share) =>
  waitingToBeFolded(db, limit).where('connection_id', '=', connectionId);
const unfoldedOf = statement(shareOf);
const unfoldedUnlockedOf = statement((db, share: Share) => shareOf(db, share).forUpdate().skipLocked());

/** From one account to the next by the index, however much waits for each. */
const accountsWaiting = statement((db, _: object) =>
  across(db, 'worker')
    .withRecursive('account', (make) =>
      make
        .selectFrom('change')
        .select((eb) => eb.fn.min<string | null>('connection_id').as('connection_id'))
        .where('folded_at', 'is', null)
        .unionAll((next) =>
          next
            .selectFrom('account')
            .select((eb) =>
              eb
                .selectFrom('change')
                .select((inner) => inner.fn.min<string | null>('change.connection_id').as('next'))
                .where('change.folded_at', 'is', null)
                .whereRef('change.connection_id', '>', 'account.connection_id')
                .as('connection_id'),
            )
            .where('account.connection_id', 'is not', null),
        ),
    )
    .selectFrom('account')
    .select('connection_id')
    .where('connection_id', 'is not', null)
    .$castTo<{ connection_id: string }>(),
);

const bodiesOf = statementOfMany((db, rows: Row[]) =>
  db
    .selectFrom('change')
    .select(['id', 'body'])
    .where('installation_id', '=', rows[0]!.installation_id)
    .where(
      'key_hash',
      'in',
      rows.map((row) => row.key_hash),
    ),
);

const bookingsNamed = statementOfMany((db, names: { installationId: string; hash: Buffer }[]) =>
  db
    .selectFrom('booking_uri')
    .select(['uri_hash', 'booking_id'])
    .where('installation_id', '=', names[0]!.installationId)
    .where(
      'uri_hash',
      'in',
      names.map((each) => each.hash),
    ),
);

const bookingRows = statementOfMany((db, bookings: Named[]) =>
  db
    .selectFrom('booking')
    .select(['id', 'connection_id', 'version', 'state'])
    .where('installation_id', '=', bookings[0]!.installationId)
    .where(
      'id',
      'in',
      bookings.map((each) => each.id),
    ),
);

const cardsOf = statementOfMany((db, bookings: Named[]) =>
  db
    .selectFrom('delivery')
    .select(['booking_id', 'channel_id', 'subscription_id'])
    .where('installation_id', '=', bookings[0]!.installationId)
    .where(
      'booking_id',
      'in',
      bookings.map((each) => each.id),
    )
    .where('kind', '=', sql.lit('card'))
    .where('about', 'is', null)
    .where((eb) => eb.or([eb('state', '<>', sql.lit('suppressed')), eb('tried_at', 'is not', null)])),
);

const markFolded = statementOfMany(
  (db, rows: { installationId: string; hash: Uint8Array; verdict: string; now: number }[]) =>
    db
      .updateTable('change')
      .set({ folded_at: rows[0]!.now, verdict: rows[0]!.verdict })
      .where('installation_id', '=', rows[0]!.installationId)
      .where(
        'key_hash',
        'in',
        rows.map((row) => row.hash),
      ),
);

const dropBodies = statementOfMany((db, rows: { installationId: string; hash: Uint8Array }[]) =>
  db
    .updateTable('change')
    .set({ body: null })
    .where('installation_id', '=', rows[0]!.installationId)
    .where(
      'key_hash',
      'in',
      rows.map((row) => row.hash),
    ),
);

const markHeard = statementOfMany((db, connections: (Named & { now: number })[]) =>
  db
    .updateTable('connection')
    .set({ last_change_at: connections[0]!.now })
    .where('installation_id', '=', connections[0]!.installationId)
    .where(
      'id',
      'in',
      connections.map((each) => each.id),
    ),
);
