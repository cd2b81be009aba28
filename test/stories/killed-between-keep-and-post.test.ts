// The process is killed at the worst moments. What was acknowledged is shown afterwards; what may have been posted is not posted again.

import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { type ProcessWorld, processWorld } from './process.ts';
import { eventually, figures, follow, inDatabase, unfolded, type Watched, webhook } from './view.ts';
import { connect } from './world.ts';

const nameIn = (text: string) => /Guest \d{3}/.exec(text)?.[0];

/** Every guest's posts that Slack took, by name. */
function posted(w: ProcessWorld, channel: Watched): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { args } of w.slack.posts(channel.id)) {
    const name = nameIn(String(args.text));
    if (name && args.thread_ts === undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe('killed between keep and post', () => {
  it('kept and not posted: posted once after the start', { timeout: 60_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    // Slack asks to wait, so nothing is on its way when the process dies.
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 2 });
    const guests = Array.from({ length: 20 }, (_, i) => `Guest ${String(i).padStart(3, '0')}`);
    for (const name of guests) expect((await webhook(w, makeWebhook('invitee.created', { name }))).status).toBe(200);
    await w.slack.waitFor(() => w.slack.ledger.some((call) => call.status === 429), { what: 'Slack to ask to wait' });
    await eventually(async () => (await figures(w.url)).sending === 0, { what: 'nothing to be on its way' });
    await app.kill9();
    w.slack.faults.clear();
    await w.start();
    await w.slack.waitFor(() => sales.cards().length === 20, { what: 'all cards', timeoutMs: 45_000 });
    expect(sales.cards().map((each) => nameIn(each.text))).toEqual(guests);
    const after = await eventually(async () => ((await figures(w.url)).due === 0 ? figures(w.url) : null), {
      what: 'rest',
    });
    expect([after.uncertain, after.dead]).toEqual([0, 0]);
  });

  it('posted and not recorded: uncertain after the start, and not posted again', { timeout: 90_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    w.slack.faults.onAccepted = async (call) => {
      if (call.method === 'chat.postMessage' && call.args.channel === sales.id) await app.kill9();
    };
    const booking = w.calendly.book({ name: 'Guest 001' });
    await app.ended;
    w.slack.faults.onAccepted = undefined;
    await w.start();
    await eventually(async () => (await figures(w.url)).uncertain === 1, {
      what: 'it to be uncertain',
      timeoutMs: 45_000,
    });
    w.calendly.cancel(booking);
    w.calendly.book({ name: 'Guest 002' });
    await sales.shows('Guest 002', /./, 45_000);
    expect(posted(w, sales)).toEqual(
      new Map([
        ['Guest 001', 1],
        ['Guest 002', 1],
      ]),
    );
    const { ephemerals } = await w.slack.as('ann').command(sales.id, 'status');
    expect(ephemerals[0]?.text).toMatch(/uncertain/);
    expect((await figures(w.url)).uncertain).toBe(1);
  });

  it('edited and not recorded: the edit is done again', { timeout: 90_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w, 'all booked');
    const booking = w.calendly.book({ name: 'Guest 001' });
    const card = await sales.shows('Guest 001');
    w.slack.faults.add({ method: 'chat.update', kind: 'hang', times: 1 });
    w.calendly.cancel(booking);
    await w.slack.waitFor(() => w.slack.ledger.some((call) => call.method === 'chat.update'), { what: 'the edit' });
    await app.kill9();
    await w.start();
    expect(await sales.shows('Guest 001', /^Canceled/, 45_000)).toMatchObject({ ts: card.ts });
    const after = await figures(w.url);
    expect([after.uncertain, after.dead]).toEqual([0, 0]);
  });

  it('in a burst: each acknowledged booking becomes one card, and none becomes two', { timeout: 90_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    w.calendly.retryPolicy.firstMs = 600_000;
    for (let i = 0; i < 300; i++) w.calendly.book({ name: `Guest ${String(i).padStart(3, '0')}` });
    await w.calendly.waitFor(() => w.calendly.deliveries.filter((each) => each.status === 200).length >= 120, {
      what: '120 acknowledged',
      timeoutMs: 45_000,
    });
    await app.kill9();
    await w.calendly.idle();
    const acknowledged = w.calendly.deliveries
      .filter((each) => each.status === 200)
      .map((each) => (JSON.parse(each.body) as { payload: { name: string } }).payload.name);
    expect(acknowledged.length).toBeLessThan(300);

    await w.start();
    const settled = async () => {
      const unread = await inDatabase(w.storage, unfolded);
      const now = await figures(w.url);
      return Number(unread[0]?.n) === 0 && now.due === 0 && now.sending === 0 && now;
    };
    const state = await eventually(settled, { what: 'all to be shown', timeoutMs: 60_000 });
    // One call may have been on its way in this channel.
    expect(state.uncertain).toBeLessThanOrEqual(1);
    const counts = posted(w, sales);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    expect(acknowledged.filter((name) => !counts.has(name)).length).toBeLessThanOrEqual(state.uncertain!);

    // Calendly repeats what was never acknowledged, and then nobody is missing.
    for (const hook of w.calendly.hooks) await w.calendly.retryNow(hook);
    await eventually(settled, { what: 'the rest to be shown', timeoutMs: 45_000 });
    const all = posted(w, sales);
    expect(all.size).toBeGreaterThanOrEqual(300 - state.uncertain!);
    expect([...all.values()].every((count) => count === 1)).toBe(true);
  });
});
