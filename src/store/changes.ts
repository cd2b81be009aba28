// Changes: kept in one commit for all that arrive together, then folded into bookings, cards and lanes in another.

import { sql } from 'kysely';
import { type BookingState, endOf, identities } from '../booking/booking.ts';
import type { Change } from '../booking/change.ts';
import type { Arrival, ChangeStore } from '../booking/intake.ts';
import type { HeardChange, KnownBooking, Plan, PlanInput } from '../delivery/plan.ts';
import type { Database, Tx } from './database.ts';
import { type DueLane, markDue } from './lanes.ts';
import { changeHash, deliveryId, place, uriHash } from './rows.ts';
import { toSubscription } from './subscriptions.ts';

export interface ChangesOptions {
  database: Database;
  newId: () => string;
  /** Calendly's JSON → our change; never throws. */
  parse: (raw: unknown) => Change;
  plan: (input: PlanInput) => Plan;
}

export function changeStore(options: ChangesOptions): ChangeStore {
  const { database } = options;
  const { engine, seal } = database;

  async function keep(arrivals: Arrival[]): Promise<boolean[]> {
    const rows = arrivals.map((arrival) => {
      const id = options.newId();
      return {
        installation_id: arrival.installationId,
        id,
        connection_id: arrival.connectionId,
        key_hash: changeHash(arrival.connectionId, arrival.key),
        event: arrival.event,
        source: arrival.source,
        signed_at: arrival.signedAt,
        signature_age: arrival.signatureAge,
        received_at: engine.now,
        body: seal.close(arrival.body, place.change(arrival.installationId, id)),
        folded_at: null,
        verdict: null,
      };
    });
    // One statement is one commit; a change already kept is simply not written again.
    const kept = await database.db
      .insertInto('change')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['installation_id', 'key_hash']).doNothing())
      .returning('id')
      .execute();
    const fresh = new Set(kept.map((row) => row.id));
    return rows.map((row) => fresh.has(row.id));
  }

  async function foldNext(limit: number): Promise<number> {
    return database.transaction(async (tx) => {
      let query = tx.selectFrom('change').selectAll().where('folded_at', 'is', null).orderBy('id').limit(limit);
      if (engine.skipsLocked) query = query.forUpdate().skipLocked();
      const rows = await query.execute();
      if (rows.length === 0) return 0;
      const now = (await tx.selectNoFrom(engine.now.as('now')).executeTakeFirstOrThrow()).now;
      for (const installationId of [...new Set(rows.map((row) => row.installation_id))].sort()) {
        await engine.lockInstallation(tx, installationId);
        const mine = rows.filter((row) => row.installation_id === installationId);
        await foldInstallation(tx, installationId, mine, now);
      }
      await engine.wake(tx);
      return rows.length;
    });
  }

  type Row = { id: string; key_hash: Uint8Array; connection_id: string; received_at: number; body: Uint8Array | null };

  async function foldInstallation(tx: Tx, installationId: string, rows: Row[], now: number): Promise<void> {
    const verdicts = new Map<string, Uint8Array[]>();
    const say = (row: Row, verdict: string) => verdicts.set(verdict, [...(verdicts.get(verdict) ?? []), row.key_hash]);
    const heard: { row: Row; change: HeardChange }[] = [];
    for (const row of rows) {
      try {
        const raw: unknown = JSON.parse(seal.open(row.body ?? new Uint8Array(), place.change(installationId, row.id)));
        heard.push({
          row,
          change: { connectionId: row.connection_id, change: options.parse(raw), receivedAt: row.received_at },
        });
      } catch (error) {
        say(row, `quarantined: ${error instanceof Error ? error.message : 'unreadable'}`.slice(0, 200));
      }
    }
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
    await write(tx, installationId, plan, now);
    for (const [i, entry] of foldable.entries()) say(entry.row, plan.verdicts[i] ?? 'kept');
    for (const [verdict, hashes] of verdicts) {
      await tx
        .updateTable('change')
        .set({ folded_at: now, verdict })
        .where('installation_id', '=', installationId)
        .where('key_hash', 'in', hashes)
        .execute();
    }
    const connections = [...new Set(heard.map((entry) => entry.change.connectionId))];
    if (connections.length > 0) {
      await tx
        .updateTable('connection')
        .set({ last_change_at: now })
        .where('installation_id', '=', installationId)
        .where('id', 'in', connections)
        .execute();
    }
  }

  async function load(tx: Tx, installationId: string, changes: HeardChange[], now: number): Promise<PlanInput> {
    const names = new Map(
      changes.flatMap((c) => identities(c.change)).map((uri) => [uriHash(uri).toString('hex'), uri]),
    );
    const found =
      names.size === 0
        ? []
        : await tx
            .selectFrom('booking_uri')
            .select(['uri_hash', 'booking_id'])
            .where('installation_id', '=', installationId)
            .where(
              'uri_hash',
              'in',
              [...names.keys()].map((hex) => Buffer.from(hex, 'hex')),
            )
            .execute();
    const ids = [...new Set(found.map((row) => row.booking_id))];
    const bookings =
      ids.length === 0
        ? []
        : await tx
            .selectFrom('booking')
            .selectAll()
            .where('installation_id', '=', installationId)
            .where('id', 'in', ids)
            .execute();
    const cards =
      ids.length === 0
        ? []
        : await tx
            .selectFrom('delivery')
            .select(['booking_id', 'channel_id', 'subscription_id'])
            .where('installation_id', '=', installationId)
            .where('booking_id', 'in', ids)
            .where('kind', '=', 'card')
            .where('about', 'is', null)
            .execute();
    const connections = [...new Set(changes.map((c) => c.connectionId))];
    const subscriptions =
      connections.length === 0
        ? []
        : await tx
            .selectFrom('subscription')
            .selectAll()
            .where('installation_id', '=', installationId)
            .where('connection_id', 'in', connections)
            .orderBy('id')
            .execute();
    return {
      now,
      changes,
      bookings: bookings.map((row) => ({
        id: row.id,
        connectionId: row.connection_id,
        version: row.version,
        state: JSON.parse(seal.open(row.state, place.booking(installationId, row.id))) as BookingState,
      })),
      bookingOf: new Map(found.map((row) => [names.get(Buffer.from(row.uri_hash).toString('hex'))!, row.booking_id])),
      subscriptions: subscriptions.map(toSubscription),
      cards: cards.map((row) => ({
        bookingId: row.booking_id!,
        channelId: row.channel_id,
        subscriptionId: row.subscription_id,
      })),
      newId: options.newId,
    };
  }

  async function write(tx: Tx, installationId: string, plan: Plan, now: number): Promise<void> {
    const lanes: DueLane[] = [];
    await writeBookings(tx, installationId, plan.bookings, now);
    await mergeBookings(tx, installationId, plan.merged, now, lanes);
    if (plan.uris.length > 0) {
      await tx
        .insertInto('booking_uri')
        .values(
          plan.uris.map((entry) => ({
            installation_id: installationId,
            uri_hash: uriHash(entry.uri),
            booking_id: entry.bookingId,
          })),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['installation_id', 'uri_hash'])
            .doUpdateSet((eb) => ({ booking_id: eb.ref('excluded.booking_id') })),
        )
        .execute();
    }
    await touchCards(tx, installationId, plan, lanes);
    const blank = {
      body: null,
      op: null,
      attempt_id: null,
      attempts: 0,
      tried_at: null,
      looks: 0,
      plain: 0,
      ts: null,
      sent_version: 0,
      sent_hash: null,
      reason: null,
      created_at: now,
      updated_at: now,
    };
    const fresh = [
      ...plan.newCards.map((card) => {
        const dueAt = plan.dueAt.get(card.bookingId) ?? now;
        return {
          ...blank,
          installation_id: installationId,
          id: deliveryId('card', card.bookingId, card.channelId),
          channel_id: card.channelId,
          kind: 'card' as const,
          booking_id: card.bookingId,
          subscription_id: card.subscriptionId,
          about: null,
          state: card.held ? ('held' as const) : ('due' as const),
          due_at: card.held ? null : dueAt,
          first_due_at: dueAt,
          wanted_version: 1,
        };
      }),
      ...plan.replies.map((reply) => ({
        ...blank,
        installation_id: installationId,
        id: deliveryId('reply', reply.bookingId, reply.channelId, reply.about),
        channel_id: reply.channelId,
        kind: 'reply' as const,
        booking_id: reply.bookingId,
        subscription_id: reply.subscriptionId,
        about: reply.about,
        state: 'due' as const,
        // A breath after the card's own edit, so that the thread never runs ahead of the card.
        due_at: reply.dueAt + 1,
        first_due_at: reply.dueAt + 1,
        wanted_version: 1,
      })),
    ];
    if (fresh.length > 0) {
      await tx
        .insertInto('delivery')
        .values(fresh)
        .onConflict((conflict) => conflict.columns(['installation_id', 'id']).doNothing())
        .execute();
      for (const row of fresh)
        if (row.due_at !== null) lanes.push({ installationId, channelId: row.channel_id, dueAt: row.due_at });
    }
    for (const { bookingId, about } of plan.hastened) {
      const rows = await tx
        .updateTable('delivery')
        .set({ due_at: now + 1 })
        .where('installation_id', '=', installationId)
        .where('booking_id', '=', bookingId)
        .where('about', '=', about)
        .where('state', '=', 'due')
        .returning('channel_id')
        .execute();
      for (const row of rows) lanes.push({ installationId, channelId: row.channel_id, dueAt: now + 1 });
    }
    await markDue(tx, lanes);
  }

  async function writeBookings(
    tx: Tx,
    installationId: string,
    bookings: (KnownBooking & { changed: boolean })[],
    now: number,
  ): Promise<void> {
    const changed = bookings.filter((booking) => booking.changed);
    if (changed.length === 0) return;
    await tx
      .insertInto('booking')
      .values(
        changed.map((booking) => ({
          installation_id: installationId,
          id: booking.id,
          connection_id: booking.connectionId,
          version: booking.version,
          state: seal.close(JSON.stringify(booking.state), place.booking(installationId, booking.id)),
          ends_at: endOf(booking.state),
          updated_at: now,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['installation_id', 'id']).doUpdateSet((eb) => ({
          version: eb.ref('excluded.version'),
          state: eb.ref('excluded.state'),
          ends_at: eb.ref('excluded.ends_at'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }

  /** Moves the cards of a booking that was found to be part of another; where the channel already has a card of that one, the second card is taken away. */
  async function mergeBookings(
    tx: Tx,
    installationId: string,
    merged: Plan['merged'],
    now: number,
    lanes: DueLane[],
  ): Promise<void> {
    for (const { id, into } of merged) {
      await tx.deleteFrom('booking').where('installation_id', '=', installationId).where('id', '=', id).execute();
      const kept = await tx
        .selectFrom('delivery')
        .select('channel_id')
        .where('installation_id', '=', installationId)
        .where('booking_id', '=', into)
        .where('kind', '=', 'card')
        .where('about', 'is', null)
        .execute();
      const channels = kept.map((row) => row.channel_id);
      if (channels.length > 0) {
        const doubled = await tx
          .updateTable('delivery')
          .set({ about: 'doubled', wanted_version: sql<number>`wanted_version + 1`, state: 'due', due_at: now })
          .where('installation_id', '=', installationId)
          .where('booking_id', '=', id)
          .where('kind', '=', 'card')
          .where('channel_id', 'in', channels)
          .where('state', 'in', ['due', 'shown', 'held'])
          .returning('channel_id')
          .execute();
        for (const row of doubled) lanes.push({ installationId, channelId: row.channel_id, dueAt: now });
      }
      await tx
        .updateTable('delivery')
        .set({ booking_id: into })
        .where('installation_id', '=', installationId)
        .where('booking_id', '=', id)
        .execute();
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
          plain: 0,
          due_at: sql<number>`case when state in ('shown', 'dead') then ${dueAt} when state = 'due' and due_at > ${dueAt} and attempts = 0 then ${dueAt} else due_at end`,
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
    }
  }

  return { keep, foldNext };
}
