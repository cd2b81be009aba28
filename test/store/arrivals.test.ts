// A flood to one account: kept as it came, many changes in a row, and each of them folded once all the same.

import { randomBytes } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Arrival } from '../../src/booking/intake.ts';
import { imbalance } from '../../src/delivery/ledger.ts';
import { waitingOf } from '../../src/store/arrivals.ts';
import { checkUp } from '../../src/store/check-up.ts';
import { openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { ledgerStore, readLedger } from '../../src/store/ledger.ts';
import { forget } from '../../src/store/retention.ts';
import { keys, memory } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const guests = (
  from: number,
  count: number,
  body = (i: number) => ({
    name: `Guest ${i}`,
    eventId: `E${i}`,
    inviteeId: `I${i}`,
    createdAt: Date.UTC(2026, 0, 1) + i,
  }),
) => Array.from({ length: count }, (_, i) => makeWebhook('invitee.created', body(from + i)));
const flood = (m: Memory, bodies: string[]) => m.changes.keep(bodies.map((body) => m.arrival(body)));
const operator = ({ database }: Memory) => across(database.db, 'operator');
const shared = (m: Memory) =>
  operator(m)
    .selectFrom('arrivals')
    .select(['id', 'connection_id', 'changes', 'received_at', 'unread'])
    .orderBy('id')
    .execute();
const changes = (m: Memory) =>
  operator(m)
    .selectFrom('change')
    .select(['id', 'connection_id', 'verdict', 'received_at', 'source'])
    .orderBy('id')
    .execute();
const cards = async (m: Memory) => (await m.deliveries()).filter(({ kind }) => kind === 'card').length;
describe('a flood', () => {
  it('is kept in few rows, and told apart into changes of the time they came at, in their order', async () => {
    const m = await memory();
    await m.subscribe('C1');
    expect(await flood(m, guests(0, 100))).toEqual(Array(100).fill(null));
    const rows = await shared(m);
    expect(rows.map((row) => row.changes)).toEqual([64, 36]);
    expect(await changes(m)).toEqual([]);
    const before = await readLedger(m.database.db, m.installationId);
    expect(before.changes).toMatchObject({ received: 100, pending: 100 });
    expect(imbalance(before)).toEqual({ changes: 0, messages: 0 });
    expect((await ledgerStore(m.database).totals()).changes).toMatchObject({ received: 100, pending: 100 });

    await operator(m)
      .updateTable('arrivals')
      .set((eb) => ({ received_at: eb('received_at', '-', 5_000) }))
      .execute();
    const cameAt = (await shared(m))[0]!.received_at;
    expect(await m.changes.foldAll()).toBe(100);
    expect(await shared(m)).toEqual([]);
    const kept = await changes(m);
    expect(kept).toHaveLength(100);
    expect(kept.every(({ verdict, source }) => verdict?.startsWith('shown') && source === 'hook')).toBe(true);
    expect(kept.every(({ received_at }) => Math.abs(received_at - cameAt) < 1_000)).toBe(true);
    const names = await bookedInOrder(m);
    expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `Guest ${i}`));
    expect(await cards(m)).toBe(100);
    expect((await readLedger(m.database.db, m.installationId)).changes).toMatchObject({
      received: 100,
      pending: 0,
      shown: 100,
    });
  });

  it('waits for what waits before it, and is not looked for in all that ever came', async () => {
    const { database } = await memory();
    // A server has statistics, which say as much.
    if (database.engine.name !== 'sqlite') return;
    const { sql, parameters } = waitingOf(database.db, { connectionId: 'c' }).compile();
    const { rows } = await database.db.executeQuery(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]));
    expect(rows).toEqual([expect.objectContaining({ detail: expect.stringContaining('USING INDEX change_waiting') })]);
  });

  it('of long messages, then of short ones, comes out as it went in', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const long = guests(0, 60, (i) => ({
      ...{ name: `Guest ${i}`, eventId: `E${i}`, inviteeId: `I${i}`, createdAt: Date.UTC(2026, 0, 1) + i },
      answers: [{ question: 'What should we cover?', answer: randomBytes(8_000).toString('hex') }],
    }));
    const short = guests(60, 10);
    // More than there is room for, nearly as much, and little of it.
    for (const bodies of [long.slice(0, 40), long.slice(40), short]) await flood(m, bodies);
    const kept = await operator(m).selectFrom('arrivals').select('body').orderBy('id').execute();
    // Nothing of the long ones is left where the short ones were put together.
    expect(kept[2]!.body.length).toBeLessThan(Buffer.byteLength(short.join('')));
    expect(await m.changes.foldAll()).toBe(70);
    expect(await bookedInOrder(m)).toEqual(Array.from({ length: 70 }, (_, i) => `Guest ${i}`));
    expect(await cards(m)).toBe(70);
  });

  it('shows what it repeats once: within itself, of before, and of what comes by itself meanwhile', async () => {
    const known: [number, number][] = [];
    const m = await memory({ onKnown: (total, fresh) => known.push([total, fresh]) });
    await m.subscribe('C1');
    await flood(m, guests(0, 3));
    await m.changes.foldAll();
    await flood(m, [...guests(0, 10), ...guests(0, 10)]);
    await flood(m, guests(5, 10));
    expect(await flood(m, guests(12, 1))).toEqual([true]);
    expect(await m.changes.foldAll()).toBe(12);
    expect(await flood(m, guests(12, 1))).toEqual([false]);
    expect([(await changes(m)).length, await cards(m)]).toEqual([15, 15]);
    const sum = (at: 0 | 1) => known.reduce((total, counts) => total + counts[at], 0);
    expect([sum(0), sum(1)]).toEqual([3 + 20 + 10 + 1 + 1, 15]);
  });

  it('leaves rows of their own to few changes, to those of others in the same commit, and to what is not from a hook', async () => {
    const m = await memory();
    const other = await m.connect('other');
    const of = (connectionId: string, source: Arrival['source'], bodies: string[]): Arrival[] =>
      bodies.map((body) => ({ ...m.arrival(body), connectionId, source }));
    expect(await flood(m, guests(0, 7))).toEqual(Array(7).fill(true));
    const answers = await m.changes.keep([
      ...of(other, 'hook', guests(100, 2)),
      ...of(m.connectionId, 'hook', guests(200, 8)),
      ...of(m.connectionId, 'backfill', guests(300, 20)),
      ...of(m.connectionId, 'backfill', guests(0, 1)),
    ]);
    expect(answers).toEqual([true, true, ...Array(8).fill(null), ...Array(20).fill(true), false]);
    expect((await shared(m)).map((row) => [row.connection_id, row.changes])).toEqual([[m.connectionId, 8]]);
    expect(await changes(m)).toHaveLength(7 + 2 + 20);
  });

  it('is folded by the next process where its own was killed, and once where two are at it', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.keepAnew(
      m.database,
      guests(0, 128).map((body) => m.arrival(body)),
    );
    // This one has looked already, and found nothing: what others kept it finds a few seconds later.
    const others = m.database.engine.name === 'postgresql' ? [m.database, await m.again()] : [m.database];
    const lanes = others.map((database) => m.storeOn(database));
    for (let more = true; more; )
      more = (
        await Promise.all(lanes.map((each) => each.advance({ fold: 16, results: [], claim: 0, release: false })))
      ).some((turn) => turn.more);
    expect([(await changes(m)).length, (await shared(m)).length, await cards(m)]).toEqual([128, 0, 128]);
  });

  it('that does not open is passed over and said, and is there again once the app starts with its key', async () => {
    const said: unknown[] = [];
    const m = await memory({ log: { error: (...words: unknown[]) => void said.push(words), info: () => {} } });
    await m.subscribe('C1');
    await flood(m, guests(0, 20));
    const { body } = await operator(m).selectFrom('arrivals').select('body').executeTakeFirstOrThrow();
    await operator(m)
      .updateTable('arrivals')
      .set({ body: randomBytes(500) })
      .execute();
    await flood(m, guests(20, 10));
    expect(await m.changes.foldAll()).toBe(10);
    expect(said).toHaveLength(1);
    expect((await shared(m)).map(({ changes, unread }) => [changes, unread])).toEqual([[20, 1]]);
    const ledger = await readLedger(m.database.db, m.installationId);
    expect(ledger.changes).toMatchObject({ received: 30, quarantined: 20, pending: 0, shown: 10 });
    const { findings } = await checkUp({
      url: m.storage.url,
      folder: m.storage.folder,
      keys,
      hasPublicUrl: false,
      lacking: () => [],
      checkEveryMs: 60_000,
    });
    expect(findings.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('1 bundle of messages from Calendly cannot be opened'),
    );

    // A week later nobody will have the key any more; what waits is kept however long.
    const longAgo = Date.now() - 8 * 86_400_000;
    await flood(m, guests(40, 8));
    await operator(m).updateTable('arrivals').set({ received_at: longAgo }).execute();
    const whole = await operator(m).selectFrom('arrivals').selectAll().where('unread', '=', 1).execute();
    await forget(m.database, 90);
    expect((await shared(m)).map(({ changes }) => changes)).toEqual([8]);
    await operator(m).insertInto('arrivals').values(whole).execute();
    expect(await m.changes.foldAll()).toBe(8);

    await operator(m).updateTable('arrivals').set({ body }).execute();
    await m.database.close();
    const again = await openDatabase({ url: m.storage.url, folder: m.storage.folder, keys });
    const lanes = m.storeOn(again);
    while ((await lanes.advance({ fold: 50, results: [], claim: 0, release: false })).more);
    const left = await across(again.db, 'operator').selectFrom('arrivals').select('id').execute();
    const kept = await across(again.db, 'operator').selectFrom('change').select('id').execute();
    await again.close();
    expect([left.length, kept.length]).toEqual([0, 38]);
  });
});

async function bookedInOrder(m: Memory): Promise<string[]> {
  const rows = await operator(m).selectFrom('change').select(['installation_id', 'id', 'body']).orderBy('id').execute();
  return rows.map(
    ({ installation_id, id, body }) =>
      JSON.parse(m.database.seal.open(body!, `change.body/${installation_id}/${id}`)).payload.name as string,
  );
}
