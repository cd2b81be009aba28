// Changes: kept in one commit for all that arrive together, then folded into bookings, cards and lanes in another.

import { CompiledQuery, sql } from 'kysely';
import { type BookingState, identities } from '../booking/booking.ts';
import type { Change } from '../booking/change.ts';
import type { Arrival, ChangeStore } from '../booking/intake.ts';
import type { HeardChange, Plan, PlanInput } from '../delivery/plan.ts';
import type { Database, Tx } from './database.ts';
import { writePlan } from './plans.ts';
import { changeHash, place, uriHash } from './rows.ts';
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

  /** The statement for so many changes, compiled once: on this path building it again costs as much as running it. */
  const statements = new Map<number, string>();
  function statementFor(count: number): string {
    const known = statements.get(count);
    if (known) return known;
    const row = {
      installation_id: '',
      id: '',
      connection_id: '',
      key_hash: Buffer.alloc(0),
      event: '',
      source: '',
      signed_at: 0,
      signature_age: '',
      body: Buffer.alloc(0),
      received_at: engine.now,
    };
    const { sql: text } = database.db
      .insertInto('change')
      .values(Array.from({ length: count }, () => row))
      .onConflict((conflict) => conflict.columns(['installation_id', 'key_hash']).doNothing())
      .returning('id')
      .compile();
    statements.set(count, text);
    return text;
  }

  async function keep(arrivals: Arrival[]): Promise<boolean[]> {
    const ids = arrivals.map(() => options.newId());
    const rows = arrivals.map((arrival, i) => ({
      arrival,
      id: ids[i]!,
      hash: changeHash(arrival.connectionId, arrival.key),
    }));
    // In one order everywhere: two processes that keep the same changes must not wait for each other.
    rows.sort((a, b) => Buffer.compare(a.hash, b.hash));
    // In the order of the columns in `statementFor`.
    const values = rows.flatMap(({ arrival, id, hash }) => [
      arrival.installationId,
      id,
      arrival.connectionId,
      hash,
      arrival.event,
      arrival.source,
      arrival.signedAt,
      arrival.signatureAge,
      seal.close(arrival.body, place.change(arrival.installationId, id)),
    ]);
    // One statement is one commit; a change already kept is simply not written again.
    const kept = await database.db.executeQuery(CompiledQuery.raw(statementFor(rows.length), values));
    const fresh = new Set(kept.rows.map((row) => (row as { id: string }).id));
    return ids.map((id) => fresh.has(id));
  }

  async function foldNext(limit: number): Promise<number> {
    return database.transaction(async (tx) => {
      let query = tx
        .selectFrom('change')
        .selectAll()
        .where('folded_at', 'is', null)
        .orderBy('id')
        .limit(sql.lit(limit));
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
    await writePlan(tx, database, installationId, plan, now);
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
            .where((eb) => eb.or([eb('state', '<>', 'suppressed'), eb('tried_at', 'is not', null)]))
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

  return { keep, foldNext };
}
