// Whatever the order in which a booking's changes arrive, its channel ends with one card that says the same.

import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import type { Card } from '../../src/delivery/content.ts';
import type { Job } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { later, memory, writes } from './memory.ts';

const start = Date.UTC(2027, 0, 5, 9);
const uri = (id: string) => `https://api.calendly.com/scheduled_events/E-${id}/invitees/${id}`;

/** Booked, moved, and canceled at last; every id begins with `name`. */
function history(name: string): string[] {
  const webhook = (kind: WebhookKind, id: string, o: WebhookOptions) =>
    makeWebhook(kind, { eventId: `E-${name}${id}`, inviteeId: `${name}${id}`, name: 'Ada', ...o });
  const a = { start: new Date(start), createdAt: start - 9_000_000 };
  const b = { start: new Date(start + 7_200_000), createdAt: start - 8_000_000, oldInvitee: uri(`${name}a`) };
  return [
    webhook('invitee.created', 'a', a),
    webhook('invitee.canceled', 'a', { ...a, newInvitee: uri(`${name}b`), cancellation: { reason: 'a clash' } }),
    webhook('invitee.created', 'b', b),
    webhook('invitee.canceled', 'b', { ...b, cancellation: { reason: 'no need' } }),
  ];
}

describe('any order', () => {
  it('ends with one card, saying the same', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const ends = new Set<string>();
    const orders = permutations([0, 1, 2, 3]);
    for (const [n, order] of orders.entries()) {
      const bodies = history(`n${n}`);
      const posts: Job[] = [];
      const shown = new Map<string, Card>();
      for (const i of order) {
        await m.changes.keep([m.arrival(bodies[i]!)]);
        await m.changes.foldNext(10);
        await drain(m, posts, shown);
      }
      // The waits for the other half of a move, and between two edits, are over.
      await across(m.database.db, 'operator')
        .updateTable('delivery')
        .set({ due_at: 1, tried_at: 1 })
        .where('due_at', 'is not', null)
        .execute();
      await across(m.database.db, 'operator').updateTable('lane').set({ due_at: 1 }).execute();
      await drain(m, posts, shown);

      const cards = [...shown.values()];
      expect({ order, cards: cards.length }).toEqual({ order, cards: 1 });
      const topLevel = posts.filter((job) => job.kind === 'card');
      expect({ order, posts: topLevel.length }).toEqual({ order, posts: 1 });
      // These belong to this run of the history, not to the history.
      const { late: _late, ref: _ref, earlier: _earlier, ...card } = cards[0]!;
      ends.add(JSON.stringify(card).replaceAll(/"at":\d+|"before":-?\d+/g, ''));
    }
    expect([...ends]).toHaveLength(1);
    expect([...ends][0]).toMatch(/"moves":1.*"state":"canceled"/);
  });

  it.each(['one by one', 'all at once'])(
    'two moves of a booking that is shown end in its own card, %s',
    async (how) => {
      const m = await memory();
      await m.subscribe('C1');
      // Those in which the second move is heard of before all of the first, and one as it should be.
      const orders = [
        [3, 2, 1, 0],
        [3, 1, 0, 2],
        [2, 3, 0, 1],
        [2, 0, 3, 1],
        [0, 1, 2, 3],
      ];
      for (const [n, order] of orders.entries()) {
        const id = (i: number) => `n${n}-${i}`;
        const time = (i: number): WebhookOptions => ({
          ...{ start: new Date(start + i * 3_600_000), createdAt: start - 9_000_000 + i * 1_000 },
          ...(i > 0 ? { oldInvitee: uri(id(i - 1)) } : {}),
        });
        const told = (kind: WebhookKind, i: number, o: WebhookOptions = {}) =>
          makeWebhook(kind, { eventId: `E-${id(i)}`, inviteeId: id(i), name: 'Ada', ...time(i), ...o });
        const left = (i: number) => told('invitee.canceled', i, { newInvitee: uri(id(i + 1)), cancellation: {} });
        const bodies = [left(0), told('invitee.created', 1), left(1), told('invitee.created', 2)];
        const posts: Job[] = [];
        const shown = new Map<string, Card>();
        const hear = async (...heard: string[]) => {
          await m.changes.keep(heard.map((body) => m.arrival(body)));
          await m.changes.foldAll();
          await later(m);
          await drain(m, posts, shown);
        };
        await hear(told('invitee.created', 0));
        const [[ts] = []] = shown;
        const batches = order.map((i) => bodies[i]!);
        if (how === 'all at once') await hear(...batches);
        else for (const body of batches) await hear(body);
        await later(m);
        await drain(m, posts, shown);
        expect({ order, ts: [...shown.keys()] }).toEqual({ order, ts: [ts] });
        const [card] = shown.values();
        expect({ order, state: card?.state, moves: card?.moves }).toEqual({ order, state: 'moved', moves: 2 });
        expect({ order, when: card?.when?.startsAt }).toEqual({ order, when: start + 2 * 3_600_000 });
      }
    },
  );

  it('joins the parts of a chain whose middle came last, and takes the second card away', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'rescheduled']);
    const posts: Job[] = [];
    const shown = new Map<string, Card>();
    const say = async (body: string) => {
      await m.changes.keep([m.arrival(body)]);
      await m.changes.foldNext(10);
      await drain(m, posts, shown);
    };
    const at = (id: string, o: WebhookOptions) => ({
      eventId: `E-${id}`,
      inviteeId: id,
      name: 'Ada',
      start: new Date(start),
      ...o,
    });
    await say(makeWebhook('invitee.created', at('x', { createdAt: start - 9_000_000 })));
    await say(makeWebhook('invitee.created', at('z', { createdAt: start - 7_000_000, oldInvitee: uri('y') })));
    expect(shown.size).toBe(2);
    await say(
      makeWebhook(
        'invitee.created',
        at('y', { createdAt: start - 8_000_000, oldInvitee: uri('x'), newInvitee: uri('z') }),
      ),
    );
    expect(shown.size).toBe(1);
    expect([...shown.values()][0]).toMatchObject({ state: 'moved', moves: 2 });
  });

  it('ends the same when several come at once, and what they are about is only found out among them', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const db = across(m.database.db, 'operator');
    // The same ones in each run of this test.
    let seed = 24;
    const chance = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const ends = new Set<string>();
    for (let n = 0; n < 60; n++) {
      const waiting = chain(`n${n}`, 'abcd');
      const posts: Job[] = [];
      const shown = new Map<string, Card>();
      while (waiting.length > 0) {
        const batch = Array.from({ length: Math.min(waiting.length, 1 + chance(6)) }, () =>
          m.arrival(waiting.splice(chance(waiting.length), 1)[0]!),
        );
        await m.changes.keep(batch);
        expect(await m.changes.foldNext(10)).toBe(batch.length);
        await later(m);
        await drain(m, posts, shown);
      }
      await later(m);
      await drain(m, posts, shown);
      const bookings = await db.selectFrom('booking').select('id').execute();
      expect({ n, bookings: bookings.length, cards: shown.size }).toEqual({ n, bookings: n + 1, cards: 1 });
      ends.add(`${[...shown.values()][0]!.state} ${[...shown.values()][0]!.moves}`);
      const about = await db.selectFrom('delivery').select('booking_id').distinct().execute();
      expect(bookings.map((row) => row.id)).toEqual(expect.arrayContaining(about.map((row) => row.booking_id)));
    }
    expect([...ends]).toEqual(['moved 3']);
  });
});

describe('a meeting found to be part of another in the same batch', () => {
  const at = (id: string, o: WebhookOptions = {}): WebhookOptions => ({
    ...{ eventId: `E-${id}`, inviteeId: id, name: 'Ada', start: new Date(start), createdAt: start - 9_000_000 },
    ...o,
  });
  const booked = (id: string, o?: WebhookOptions) => makeWebhook('invitee.created', at(id, o));
  const given = (id: string, o: WebhookOptions) =>
    makeWebhook('invitee.canceled', at(id, { cancellation: { reason: 'a clash' }, ...o }));

  async function folded(...batches: string[][]) {
    const m = await memory();
    await m.subscribe('C1');
    const [posts, shown]: [Job[], Map<string, Card>] = [[], new Map()];
    for (const batch of batches) {
      await m.changes.keep(batch.map((body) => m.arrival(body)));
      expect(await m.changes.foldNext(10)).toBe(batch.length);
      await later(m);
      await drain(m, posts, shown);
    }
    const bookings = await across(m.database.db, 'operator').selectFrom('booking').select('id').execute();
    expect([bookings.length, shown.size]).toEqual([1, 1]);
    expect(new Set((await m.deliveries()).map((row) => row.booking_id))).toEqual(new Set([bookings[0]!.id]));
    return { lines: posts.filter((job) => job.kind === 'reply').map((job) => job.content) };
  }

  it('takes along the line that was to go under its card', async () => {
    const { lines } = await folded(
      [booked('a')],
      [given('c', { newInvitee: uri('d') }), booked('d', { oldInvitee: uri('c') })],
      [booked('b', { oldInvitee: uri('a') }), booked('c', { oldInvitee: uri('b') })],
    );
    expect(lines.length).toBeGreaterThan(0);
  });

  it('is followed to where that one ends, which was never written itself', async () => {
    await folded(
      [booked('a')],
      [booked('c')],
      [booked('x'), given('x', { newInvitee: uri('c') }), given('a', { newInvitee: uri('x') })],
    );
  });
});

/** A meeting booked as the first of these and moved to each next one: both halves of every move. */
function chain(name: string, ids: string): string[] {
  return [...ids].flatMap((id, i) => {
    const [before, after] = [ids[i - 1], ids[i + 1]];
    const at: WebhookOptions = {
      eventId: `E-${name}${id}`,
      inviteeId: `${name}${id}`,
      name: 'Ada',
      start: new Date(start + i * 7_200_000),
      createdAt: start - 9_000_000 + i * 1_000_000,
      ...(before ? { oldInvitee: uri(`${name}${before}`) } : {}),
    };
    const booked = makeWebhook('invitee.created', at);
    if (!after) return [booked];
    const given = { ...at, newInvitee: uri(`${name}${after}`), cancellation: { reason: 'a clash' } };
    return [booked, makeWebhook('invitee.canceled', given)];
  });
}

async function drain(m: Awaited<ReturnType<typeof memory>>, posts: Job[], shown: Map<string, Card>): Promise<void> {
  let jobs = writes((await m.lanes.advance([], 10)).jobs);
  while (jobs.length > 0) {
    const results = jobs.map((job) => {
      const ts = job.ts ?? String(posts.length + 1);
      if (job.op === 'post') posts.push(job);
      if (job.op === 'delete') shown.delete(ts);
      else if (job.content.kind === 'card') shown.set(ts, job.content.card);
      return { job, settled: { do: 'shown' as const, ts } };
    });
    jobs = writes((await m.lanes.advance(results, 10)).jobs);
  }
}

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
