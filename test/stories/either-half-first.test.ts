// A move comes as two messages, in any order and far apart. People see one card that moves, and never that it was canceled.

import { describe, expect, it } from 'vitest';
import { canary, follow, type Watched, webhook } from './view.ts';
import type { World } from './world.ts';
import { connect, world } from './world.ts';

async function watched(words = 'booked canceled rescheduled'): Promise<[World, Watched]> {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return [w, await follow(w, words)];
}

/** The bodies Calendly would send for what `act` does, in the order it would. */
async function told(w: World, act: () => void): Promise<string[]> {
  w.calendly.hold();
  act();
  const bodies: string[] = [];
  await w.calendly.release({
    order: (messages) => {
      bodies.push(...messages.map((message) => message.body));
      return [];
    },
  });
  return bodies;
}

describe('either half first', () => {
  it.each(['canceled-first', 'created-first'] as const)('%s: one card, one line in its thread', async (order) => {
    const [w, sales] = await watched();
    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    w.calendly.move(booking, { order, by: 'invitee', reason: 'a clash' });
    const moved = await sales.shows('Ada Lovelace', /^Moved/);
    expect(moved.ts).toBe(card.ts);
    const [line] = await w.slack.waitFor(() => sales.thread(card).length > 0 && sales.thread(card), {
      what: 'the reply',
    });
    expect(line?.text).toMatch(/Ada Lovelace/);
    expect(line?.text).toMatch(/a clash/);
    await canary(w, sales);
    expect(sales.thread(card)).toHaveLength(1);
    expect(sales.cards().filter((each) => each.text.includes('Ada'))).toHaveLength(1);
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });

  it('a move to the same time says where it is now instead, and no time twice', async () => {
    const [w, sales] = await watched();
    const booking = w.calendly.book({ name: 'Joan Clarke', location: { type: 'physical', location: 'Hut 8' } });
    const card = await sales.shows('Joan Clarke');
    const start = new Date(booking.event.start_time);
    w.calendly.move(booking, { start, location: { type: 'outbound_call', location: '+44 1908 640404' } });
    const moved = await sales.shows('Joan Clarke', /^Moved/);
    expect(moved.ts).toBe(card.ts);
    expect(moved.text).toContain('Phone call: +44 1908 640404 instead of In person: Hut 8');
    const line = await w.slack.waitFor(() => sales.thread(card)[0], { what: 'the reply' });
    expect(line.text).toMatch(/Moved by Joan Clarke.*Phone call: \+44 1908 640404 instead of In person: Hut 8/);
    expect(line.text).not.toContain('→');
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });

  it('says that a new time is awaited when the second half is late, and never that it was canceled', async () => {
    const [w, sales] = await watched();
    const booking = w.calendly.book({ name: 'Grace Hopper' });
    const card = await sales.shows('Grace Hopper');
    const [oldHalf, newHalf] = await told(w, () => w.calendly.move(booking));
    await webhook(w, oldHalf!);
    await sales.shows('Grace Hopper', /being moved/i, 10_000);
    await webhook(w, newHalf!);
    await sales.shows('Grace Hopper', /^Moved/);
    await w.slack.waitFor(() => sales.thread(card).length === 1, { what: 'the reply' });
    await canary(w, sales);
    expect(sales.thread(card)).toHaveLength(1);
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });

  it('adds nothing when the old half comes long after the new one', async () => {
    const [w, sales] = await watched();
    const booking = w.calendly.book({ name: 'Alan Turing' });
    const card = await sales.shows('Alan Turing');
    const [oldHalf, newHalf] = await told(w, () => w.calendly.move(booking, { reason: 'a flight' }));
    await webhook(w, newHalf!);
    await sales.shows('Alan Turing', /^Moved/);
    await w.slack.waitFor(() => sales.thread(card).length === 1, { what: 'the reply', timeoutMs: 45_000 });
    await webhook(w, oldHalf!);
    await canary(w, sales);
    expect(sales.card('Alan Turing')?.text).toMatch(/^Moved/);
    expect(sales.thread(card)).toHaveLength(1);
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });

  it.each(['fifo', 'reverse', 'halves swapped', 'odd ones first'] as const)(
    'three moves and the end, %s: one card that tells the last of it',
    async (order) => {
      const [w, sales] = await watched();
      const bodies = await told(w, () => {
        const first = w.calendly.book({ name: 'Barbara Liskov' });
        const second = w.calendly.move(first, { order: 'created-first' });
        const third = w.calendly.move(second);
        w.calendly.cancel(w.calendly.move(third, { order: 'created-first' }), { reason: 'all over' });
      });
      expect(bodies).toHaveLength(8);
      const sorted = {
        fifo: bodies,
        reverse: bodies.toReversed(),
        'halves swapped': bodies.map((_, i) => bodies[i ^ 1]!),
        'odd ones first': [...bodies.filter((_, i) => i % 2), ...bodies.filter((_, i) => i % 2 === 0)],
      }[order];
      for (const body of sorted) expect((await webhook(w, body)).status).toBe(200);
      const card = await sales.shows('Barbara Liskov', /^Canceled .*all over/);
      await canary(w, sales);
      expect(sales.cards().filter((each) => each.text.includes('Barbara'))).toEqual([sales.card('Barbara Liskov')]);
      expect(sales.card('Barbara Liskov')?.text).toMatch(/^Canceled .*all over/);
      expect(sales.thread(card).filter((each) => /canceled/i.test(each.text)).length).toBeLessThanOrEqual(1);
      expect(
        w.slack.posts(sales.id).filter(({ args }) => !args.thread_ts && /Barbara/.test(String(args.text))),
      ).toHaveLength(1);
    },
  );

  it('a move of a booking from before the subscription is one card', async () => {
    const [w, sales] = await watched('rescheduled');
    const booking = w.calendly.book({ name: 'Edsger Dijkstra', deliver: false });
    w.calendly.move(booking);
    const card = await sales.shows('Edsger Dijkstra', /^Moved/);
    await canaryMove(w, sales);
    expect(sales.thread(card)).toHaveLength(0);
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });

  it.each([
    { by: 'its own half', meanwhile: false },
    { by: 'its own half', meanwhile: true },
    { by: 'the end of the first', meanwhile: false },
    { by: 'the end of the first', meanwhile: true },
  ])(
    'two parts of one chain that were two cards become one when the middle arrives by $by (while the second is being posted: $meanwhile)',
    async ({ by, meanwhile }) => {
      const [w, sales] = await watched();
      const [first, oldOne, second, oldTwo, third] = await told(w, () => {
        w.calendly.move(w.calendly.move(w.calendly.book({ name: 'Hedy Lamarr' })));
      });
      await webhook(w, first!);
      await sales.shows('Hedy Lamarr', /^Booked/);
      if (meanwhile) w.slack.faults.add({ method: 'chat.postMessage', kind: 'delay', ms: 700, times: 1 });
      const posts = () =>
        w.slack.ledger.filter((call) => call.method === 'chat.postMessage' && call.args.channel === sales.id);
      const before = posts().length;
      await webhook(w, third!);
      await w.slack.waitFor(() => posts().length > before, { what: 'the second card on its way' });
      if (!meanwhile) await w.slack.waitFor(() => sales.cards().length === 2, { what: 'two cards' });
      const middle = by === 'its own half' ? [second, oldOne, oldTwo] : [oldOne, oldTwo, second];
      for (const body of middle) await webhook(w, body!);
      await w.slack.waitFor(() => posts().length > before && w.slack.counts.get('chat.delete')?.accepted === 1, {
        what: 'the second card to be taken away',
      });
      await sales.shows('Hedy', /^Moved \(2nd time\)/);
      await canary(w, sales);
      expect(sales.cards().filter((each) => each.text.includes('Hedy'))).toHaveLength(1);
    },
  );
});

/** As `canary`, for a channel that hears of moves alone. */
async function canaryMove(w: World, channel: Watched): Promise<void> {
  w.calendly.move(w.calendly.book({ name: 'Mo Ver', deliver: false }));
  await channel.shows('Mo Ver');
}
