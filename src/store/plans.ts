// Writing what a batch of changes asks for: bookings, the cards and replies they want, and the lanes to wake.

import { sql } from 'kysely';
import { endOf, view } from '../booking/booking.ts';
import { type KnownBooking, mutedReason, otherHalfWait, type Plan, type Standing } from '../delivery/plan.ts';
import type { Database, Db, Tx } from './database.ts';
import { untouched } from './delivery-rows.ts';
import type { Engine } from './engine.ts';
import { type DueLane, lanesOf, markDue } from './lanes.ts';
import { aside, keepOneCard, makeRoom } from './one-card.ts';
import { deliveryId, personHash, place, uriHash } from './rows.ts';
import type { DeliveryTable, Schema } from './schema.ts';
import type { Seal } from './seal.ts';
import { statementOfMany } from './statement.ts';

/** Meetings that are over already wait this long for others like them, since nobody waits for them; milliseconds. */
const pastWait = 10_000;

/** Writes a plan: bookings, their names, cards and replies, and the lanes they make due. */
export async function writePlan(
  tx: Tx,
  { seal, engine }: Database,
  installationId: string,
  plan: Plan,
  now: number,
): Promise<void> {
  const lanes: DueLane[] = [];
  await lockLanes(tx, engine, installationId, plan);
  await writeBookings(tx, seal, installationId, plan.bookings, now);
  await mergeBookings(tx, installationId, plan.merged, now, lanes);
  for (const uris of slices(plan.uris))
    await insertUris(
      tx,
      uris.map(({ uri, bookingId }) => ({ installationId, hash: uriHash(uri), bookingId })),
    );
  await touchCards(tx, installationId, plan, lanes);
  // A booking that is new has no rows yet.
  const isNew = new Set(plan.bookings.filter((each) => each.version === 1).map((each) => each.id));
  for (const cards of slices(plan.newCards.filter((card) => !isNew.has(card.bookingId))))
    await makeRoom(tx, installationId, cards, now);
  const fresh: NewDelivery[] = [
    ...plan.newCards.map((card, i) => {
      const dueAt = plan.dueAt.get(card.bookingId) ?? now;
      return {
        installation_id: installationId,
        id: deliveryId('card', card.bookingId, card.channelId),
        channel_id: card.channelId,
        kind: 'card' as const,
        booking_id: card.bookingId,
        subscription_id: card.subscriptionId,
        about: null,
        ...standing(card, dueAt),
        first_due_at: dueAt,
        wanted_version: 1,
        // What is due at the same time goes out in the order it was made in.
        created_at: now + i,
      };
    }),
    ...plan.past.map((card, i) => ({
      installation_id: installationId,
      id: deliveryId('card', card.bookingId, card.channelId, 'past'),
      channel_id: card.channelId,
      kind: 'card' as const,
      booking_id: card.bookingId,
      subscription_id: card.subscriptionId,
      about: 'past',
      ...standing(card, now + pastWait),
      first_due_at: now + pastWait,
      wanted_version: 1,
      created_at: now + i,
    })),
    ...plan.replies.map((reply, i) => ({
      installation_id: installationId,
      id: deliveryId('reply', reply.bookingId, reply.channelId, reply.about),
      channel_id: reply.channelId,
      kind: 'reply' as const,
      booking_id: reply.bookingId,
      subscription_id: reply.subscriptionId,
      about: reply.about,
      // A breath after the card's own edit, so that the thread never runs ahead of the card.
      ...standing(reply, reply.dueAt + 1),
      first_due_at: reply.dueAt + 1,
      wanted_version: 1,
      created_at: now + i,
    })),
  ];
  for (const rows of slices(fresh)) {
    await insertDeliveries(tx, rows);
    for (const row of rows)
      if (row.due_at !== null) lanes.push({ installationId, channelId: row.channel_id, dueAt: row.due_at });
  }
  for (const card of plan.released) {
    const [freed] = await tx
      .updateTable('delivery')
      .set((eb) => ({
        state: 'due' as const,
        due_at: eb.ref('first_due_at'),
        subscription_id: card.subscriptionId,
        reason: null,
      }))
      .where('installation_id', '=', installationId)
      .where('booking_id', '=', card.bookingId)
      .where('channel_id', '=', card.channelId)
      .where('kind', '=', 'card')
      .where('state', '=', 'held')
      .returning('id')
      .execute();
    if (freed) lanes.push({ installationId, channelId: card.channelId, dueAt: now });
  }
  for (const card of plan.renewed)
    await tx
      .updateTable('delivery')
      .set({ first_due_at: now })
      .where('installation_id', '=', installationId)
      .where('booking_id', '=', card.bookingId)
      .where('channel_id', '=', card.channelId)
      .where('kind', '=', 'card')
      .where('about', 'is', null)
      .where('state', '=', 'held')
      .execute();
  for (const { bookingId, about } of plan.hastened) {
    const rows = await tx
      .updateTable('delivery')
      .set({
        due_at: sql<number | null>`case when state = 'due' then cast(${now + 1} as bigint) end`,
        // In its thread it stands as if it had not waited.
        first_due_at: sql<number>`case when first_due_at > ${now + 1} then first_due_at - ${otherHalfWait} else first_due_at end`,
      })
      .where('installation_id', '=', installationId)
      .where('booking_id', '=', bookingId)
      .where('about', '=', about)
      .where('state', 'in', ['due', 'held'])
      .returning(['channel_id', 'due_at'])
      .execute();
    for (const row of rows)
      if (row.due_at !== null) lanes.push({ installationId, channelId: row.channel_id, dueAt: now + 1 });
  }
  await markDue(tx, lanes);
}

/** How a new message begins; one that is left out stays as if never tried, so that a later change, or Undo, may show it. */
function standing(
  { standing }: { standing: Standing },
  dueAt: number,
): Pick<DeliveryTable, 'state' | 'due_at' | 'reason'> {
  if (standing === 'due') return { state: 'due', due_at: dueAt, reason: null };
  return {
    state: standing === 'held' ? 'held' : 'suppressed',
    due_at: null,
    reason: standing === 'muted' ? mutedReason : null,
  };
}

const insertUris = statementOfMany((db, uris: { installationId: string; hash: Buffer; bookingId: string }[]) =>
  db
    .insertInto('booking_uri')
    .values(
      uris.map((each) => ({ installation_id: each.installationId, uri_hash: each.hash, booking_id: each.bookingId })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['installation_id', 'uri_hash'])
        .doUpdateSet((eb) => ({ booking_id: eb.ref('excluded.booking_id') })),
    ),
);

type NewDelivery = Omit<DeliveryTable, Exclude<keyof typeof untouched, 'reason'> | 'updated_at'>;

const insertDeliveries = statementOfMany((db: Db, rows: NewDelivery[]) =>
  db
    .insertInto('delivery')
    .values(
      rows.map((row) => ({
        ...untouched,
        installation_id: row.installation_id,
        id: row.id,
        channel_id: row.channel_id,
        kind: row.kind,
        booking_id: row.booking_id,
        subscription_id: row.subscription_id,
        about: row.about,
        state: row.state,
        reason: row.reason,
        due_at: row.due_at,
        first_due_at: row.first_due_at,
        wanted_version: row.wanted_version,
        created_at: row.created_at,
        updated_at: row.created_at,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['installation_id', 'id'])
        .doUpdateSet((eb) => ({
          about: eb.ref('excluded.about'),
          state: eb.ref('excluded.state'),
          subscription_id: eb.ref('excluded.subscription_id'),
          due_at: eb.ref('excluded.due_at'),
          first_due_at: eb.ref('excluded.first_due_at'),
          reason: eb.ref('excluded.reason'),
          updated_at: eb.ref('excluded.updated_at'),
        }))
        // A card that was suppressed before it was ever tried is wanted again; anything else stays as it is.
        .where('delivery.state', '=', sql.lit('suppressed'))
        .where('delivery.tried_at', 'is', null)
        .where('delivery.kind', '=', sql.lit('card'))
        .where((eb) => eb.or([eb('delivery.about', 'is', null), eb('delivery.about', '=', sql.lit(aside))])),
    ),
);

/** Both engines limit how many values one statement takes: 32,766 in SQLite, 65,535 in PostgreSQL. */
function slices<T>(rows: readonly T[], size = 500): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}

/** Lanes before deliveries, as the workers do: whoever locks in the other order waits for them, and they for him. */
async function lockLanes(tx: Tx, engine: Engine, installationId: string, plan: Plan): Promise<void> {
  if (!engine.skipsLocked) return;
  const bookings = [...plan.dueAt.keys(), ...plan.merged.map((each) => each.id)];
  const known =
    bookings.length === 0
      ? []
      : await tx
          .selectFrom('delivery')
          .select('channel_id')
          .distinct()
          .where('installation_id', '=', installationId)
          .where('booking_id', 'in', bookings)
          .execute();
  const channels = [
    ...known.map((row) => row.channel_id),
    ...[...plan.newCards, ...plan.past].map((card) => card.channelId),
  ];
  await lanesOf(
    tx,
    engine,
    channels.map((channelId) => ({ installationId, channelId })),
  );
}

async function writeBookings(
  tx: Tx,
  seal: Seal,
  installationId: string,
  bookings: (KnownBooking & { changed: boolean })[],
  now: number,
): Promise<void> {
  const changed = bookings.filter((booking) => booking.changed);
  if (changed.length === 0) return;
  await saveBookings(
    tx,
    changed.map((booking) => ({
      installation_id: installationId,
      id: booking.id,
      connection_id: booking.connectionId,
      version: booking.version,
      state: seal.pack(JSON.stringify(booking.state), place.booking(installationId, booking.id)),
      ends_at: endOf(booking.state),
      ...personOf(booking),
      updated_at: now,
    })),
  );
}

/** Whose booking it is, for telling a second one from a first. A seat in a group meeting is nobody's booking. */
function personOf({
  connectionId,
  state,
}: KnownBooking): Pick<Schema['booking'], 'person_hash' | 'booked_at' | 'no_show'> {
  const { head, moves, noShowAt, guests } = view(state);
  const no_show = noShowAt === null ? 0 : 1;
  if (!head?.email || guests) return { person_hash: null, booked_at: null, no_show };
  const first = moves.find((move) => move.from !== null)?.from ?? head;
  return { person_hash: personHash(connectionId, head.email), booked_at: first.createdAt, no_show };
}

const saveBookings = statementOfMany((db, bookings: Schema['booking'][]) =>
  db
    .insertInto('booking')
    .values(
      bookings.map((row) => ({
        installation_id: row.installation_id,
        id: row.id,
        connection_id: row.connection_id,
        version: row.version,
        state: row.state,
        ends_at: row.ends_at,
        person_hash: row.person_hash,
        booked_at: row.booked_at,
        no_show: row.no_show,
        updated_at: row.updated_at,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['installation_id', 'id']).doUpdateSet((eb) => ({
        version: eb.ref('excluded.version'),
        state: eb.ref('excluded.state'),
        ends_at: eb.ref('excluded.ends_at'),
        person_hash: eb.ref('excluded.person_hash'),
        booked_at: eb.ref('excluded.booked_at'),
        no_show: eb.ref('excluded.no_show'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    ),
);

/**
 * Moves the names and cards of a booking that was found to be part of another, and only then takes it away; where the channel already has a card of that one,
 * the second card is taken away.
 */
async function mergeBookings(
  tx: Tx,
  installationId: string,
  merged: Plan['merged'],
  now: number,
  lanes: DueLane[],
): Promise<void> {
  // What it became part of may have become part of a third in the same batch, and never have been written.
  const next = new Map(merged.map(({ id, into }) => [id, into]));
  const last = (id: string): string => (next.has(id) ? last(next.get(id)!) : id);
  for (const { id } of merged) {
    const into = last(id);
    // Also the names that no change of this batch has named.
    await tx
      .updateTable('booking_uri')
      .set({ booking_id: into })
      .where('installation_id', '=', installationId)
      .where('booking_id', '=', id)
      .execute();
    const doubled = await keepOneCard(tx, { installationId, by: 'booking_id', from: id, to: into }, now);
    for (const channelId of doubled) lanes.push({ installationId, channelId, dueAt: now });
    await tx
      .updateTable('delivery')
      .set({ booking_id: into })
      .where('installation_id', '=', installationId)
      .where('booking_id', '=', id)
      .execute();
    await tx.deleteFrom('booking').where('installation_id', '=', installationId).where('id', '=', id).execute();
  }
}

/** Every card of a changed booking wants its newer state, whatever its subscription's kinds: a card once shown stays true. */
async function touchCards(tx: Tx, installationId: string, plan: Plan, lanes: DueLane[]): Promise<void> {
  const byTime = new Map<number, string[]>();
  for (const [bookingId, dueAt] of plan.dueAt) {
    if (plan.bookings.some((b) => b.id === bookingId && b.version === 1)) continue;
    byTime.set(dueAt, [...(byTime.get(dueAt) ?? []), bookingId]);
  }
  for (const [dueAt, ids] of byTime) {
    const touched = await tx
      .updateTable('delivery')
      .set({
        wanted_version: sql<number>`wanted_version + 1`,
        state: sql<'due'>`case when state in ('shown', 'dead') then 'due' else state end`,
        attempts: sql<number>`case when state in ('shown', 'dead') then 0 else attempts end`,
        // Its age begins anew: an edit of an old card is not old.
        first_due_at: sql<number>`case when state in ('shown', 'dead') then ${dueAt} else first_due_at end`,
        plain: 0,
        // One that is on its way keeps the time for when it is back, so that its edit comes before the lines of its thread.
        due_at: sql<number>`case when state in ('shown', 'dead', 'sending') then ${dueAt} when state = 'due' and attempts = 0 then ${dueAt} else due_at end`,
      })
      .where('installation_id', '=', installationId)
      .where('booking_id', 'in', ids)
      .where('kind', '=', 'card')
      .where('about', 'is', null)
      .where((eb) => eb.or([eb('state', '<>', 'dead'), eb('ts', 'is not', null)]))
      .returning(['channel_id', 'due_at'])
      .execute();
    for (const row of touched)
      if (row.due_at !== null) lanes.push({ installationId, channelId: row.channel_id, dueAt: row.due_at });
    // Lines of its thread that still wait come along, before the new ones and in the order they were made.
    await tx
      .updateTable('delivery')
      .set({ due_at: dueAt + 1 })
      .where('installation_id', '=', installationId)
      .where('booking_id', 'in', ids)
      .where('kind', '=', 'reply')
      .where('state', '=', 'due')
      .where('due_at', '<', dueAt)
      .execute();
  }
}
