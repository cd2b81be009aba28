// Slack is away for a while, or asks to wait: everything is shown afterwards, in order, once, and nothing is uncertain.

import { describe, expect, it } from 'vitest';
import { eventually, figures, follow, inDatabase, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { SLACK_CHANNEL_RATE: '100' };

async function twoChannels(): Promise<{ w: World; sales: Watched; demos: Watched }> {
  const w = await world({ env: fast });
  await connect(w);
  const sales = await follow(w, '"Demo call" booked canceled rescheduled', w.slack.channels.sales);
  const demos = await follow(w, 'all booked', w.slack.channels.demos);
  return { w, sales, demos };
}

const people = Array.from({ length: 12 }, (_, i) => `Guest No ${String(i + 1).padStart(2, '0')}`);
const namesIn = (channel: Watched) => channel.cards().map(({ text }) => /Guest No \d\d/.exec(text)?.[0] ?? text);

/** Books one after another, so that their order is known. */
async function bookAll(w: World): Promise<void> {
  for (const name of people) {
    w.calendly.book({ name });
    await w.calendly.idle();
  }
}

async function allShown(w: World, ...channels: Watched[]): Promise<void> {
  await w.slack.waitFor(() => channels.every((channel) => channel.cards().length >= people.length), {
    what: `everything to be shown; there are ${channels.map((channel) => channel.cards().length)}`,
    timeoutMs: 45_000,
  });
  for (const channel of channels) expect(namesIn(channel)).toEqual(people);
  const after = await eventually(async () => ((await figures(w.app.url)).sending === 0 ? figures(w.app.url) : null), {
    what: 'nothing to be under way',
  });
  expect([after.due, after.uncertain, after.dead, after.held]).toEqual([0, 0, 0, 0]);
  expect(w.calendly.deliveries.map((each) => each.status)).toEqual(w.calendly.deliveries.map(() => 200));
}

describe('slack is down', () => {
  it('503 to everything', async () => {
    const { w, sales, demos } = await twoChannels();
    w.slack.faults.down();
    await bookAll(w);
    await w.slack.waitFor(() => w.slack.ledger.some((call) => call.status === 503), { what: 'a call that failed' });
    await w.slack.faults.up();
    await allShown(w, sales, demos);
  });

  it('nobody listens at its address', async () => {
    const { w, sales, demos } = await twoChannels();
    await w.slack.faults.refuse();
    await bookAll(w);
    await eventually(async () => w.logs.some((line) => line.includes('Slack was not reached')), {
      what: 'a failed try',
    });
    await w.slack.faults.up();
    await allShown(w, sales, demos);
  });

  it('and that is noticed and said, when it begins and when it is over', async () => {
    const { w, sales, demos } = await twoChannels();
    const said = (words: string) => w.logs.filter((line) => line.includes(words));
    await w.slack.faults.refuse();
    await bookAll(w);
    await eventually(async () => said('Slack cannot be reached').length > 0, { what: 'the outage to be noticed' });
    expect(said('Slack can be reached again')).toEqual([]);
    await w.slack.faults.up();
    await allShown(w, sales, demos);
    expect(said('Slack cannot be reached')).toHaveLength(1);
    expect(said('Slack can be reached again')).toHaveLength(1);
  });

  it('away, and the app is restarted meanwhile', async () => {
    const { w, sales, demos } = await twoChannels();
    await w.slack.faults.refuse();
    await bookAll(w);
    await w.restart();
    await w.slack.faults.up();
    await allShown(w, sales, demos);
  });

  it('“wait three seconds” is obeyed in the channel it was said for, and holds up no other', async () => {
    const { w, sales, demos } = await twoChannels();
    w.slack.faults.add({ method: 'chat.postMessage', channel: sales.id, kind: 'ratelimited', retryAfter: 3, times: 1 });
    await bookAll(w);
    await w.slack.waitFor(() => demos.cards().length === people.length, { what: 'the other channel' });
    expect(sales.cards()).toEqual([]);
    await allShown(w, sales, demos);
    const calls = w.slack.ledger.filter((call) => call.method === 'chat.postMessage' && call.args.channel === sales.id);
    const refused = calls.findIndex((call) => call.status === 429);
    expect(calls[refused + 1]!.at - calls[refused]!.at).toBeGreaterThanOrEqual(3_000);
  });

  it('“wait” is obeyed across a restart too', async () => {
    const { w, sales, demos } = await twoChannels();
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 3, times: 2 });
    w.calendly.book({ name: people[0]! });
    const refused = await w.slack.waitFor(
      () => {
        const found = w.slack.ledger.filter((call) => call.status === 429);
        return found.length === 2 && found;
      },
      { what: 'both channels to be told to wait' },
    );
    await w.restart();
    await sales.shows(people[0]!, /./, 10_000);
    await demos.shows(people[0]!, /./, 10_000);
    for (const { at, args } of refused) {
      const next = w.slack.ledger.find((call) => call.args.channel === args.channel && call.at > at);
      expect(next!.at - at).toBeGreaterThanOrEqual(3_000);
    }
  });

  it('a channel gets no more than its pace, bursts aside', { timeout: 40_000 }, async () => {
    const { w, sales } = await twoChannels();
    w.slack.limits.onePerSecondPerChannel = true;
    // Room for what the door itself says there, and for the clocks' last millisecond.
    w.slack.limits.burst = 7;
    await w.restart({ SLACK_CHANNEL_RATE: '1' });
    for (const name of people.slice(0, 9)) w.calendly.book({ name });
    await w.slack.waitFor(() => sales.cards().length === 9, { what: 'nine cards', timeoutMs: 45_000 });
    expect(w.slack.ledger.filter((call) => call.status === 429)).toEqual([]);
    const times = w.slack
      .posts(sales.id)
      .slice(-9)
      .map((call) => call.at);
    // A busy machine may bring the earlier of two late; at twice the pace there would be half a second.
    for (let i = 5; i < times.length; i++) expect(times[i]! - times[i - 5]!).toBeGreaterThan(600);
  });

  it('what piled up while nothing could be read is shown in the order it came', async () => {
    const { w, sales, demos } = await twoChannels();
    await inDatabase(w.storage, 'alter table booking rename to booking_away');
    await bookAll(w);
    await inDatabase(w.storage, 'alter table booking_away rename to booking');
    await allShown(w, sales, demos);
  });

  it('an edit waits as well, and ends in the newest state', async () => {
    const { w, sales } = await twoChannels();
    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada Lovelace');
    w.slack.faults.down();
    const moved = w.calendly.move(booking);
    w.calendly.cancel(moved, { reason: 'all over' });
    await w.slack.waitFor(() => w.slack.ledger.some((call) => call.method === 'chat.update' && call.status === 503), {
      what: 'an edit that failed',
    });
    await w.slack.faults.up();
    await sales.shows('Ada Lovelace', /^Canceled.*all over/, 45_000);
    expect((await figures(w.app.url)).uncertain).toBe(0);
  });
});
