// The ledger: whatever happens, and whenever one looks, every change and every message is in exactly one place.

import { describe, expect, it, vi } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { ask as type, words } from './people.ts';
import { ask, canary, eventually, follow, inDatabase, webhook } from './view.ts';
import { connect, type World, world } from './world.ts';

type Counts = Record<string, number>;

/** Both gauges of one page. */
async function ledger(w: World): Promise<{ changes: Counts; deliveries: Counts; kept: Counts }> {
  const { text } = await ask(`${w.app.url}/metrics`);
  const of = (name: string, label: string) =>
    Object.fromEntries(
      [...text.matchAll(new RegExp(`^${name}\\{${label}="(\\w+)"\\} (\\d+)$`, 'gm'))].map((m) => [m[1]!, Number(m[2])]),
    );
  return {
    changes: of('changes', 'state'),
    deliveries: of('deliveries', 'state'),
    kept: of('calendly_changes_kept_total', 'new'),
  };
}

/** What a sum is off by. */
const off = ({ received = Number.NaN, ...states }: Counts) =>
  received - Object.values(states).reduce((sum, n) => sum + n, 0);

describe('the ledger', () => {
  it('adds up at every look, through everything that can happen', { timeout: 90_000 }, async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, '"Demo call" booked canceled rescheduled');
    const demos = await follow(w, 'all booked', w.slack.channels.demos);
    let looks = 0;
    let done = false;
    const looking = (async () => {
      while (!done) {
        const { changes, deliveries } = await ledger(w);
        expect([off(changes), off(deliveries)], JSON.stringify({ changes, deliveries })).toEqual([0, 0]);
        looks += 1;
      }
    })();
    looking.catch(() => {});

    // Duplicates, moves, cancellations, kinds and types nobody wants.
    const twice = makeWebhook('invitee.created', { name: 'Said Twice' });
    await Promise.all([webhook(w, twice), webhook(w, twice), webhook(w, twice)]);
    for (let i = 0; i < 10; i++) {
      const booking = w.calendly.book({ type: i % 2 ? 'Demo call' : 'Support', name: `Guest ${i}.` });
      if (i % 3 === 0) w.calendly.cancel(i % 2 ? w.calendly.move(booking) : booking);
    }
    await canary(w, demos, 20_000);
    // Slack takes one and does not say so, refuses one for good, and closes a channel.
    w.slack.faults.add({ method: 'chat.postMessage', channel: sales.id, kind: 'accept-then-500', times: 1 });
    w.calendly.book({ type: 'Demo call', name: 'Uncertain' });
    await eventually(async () => (await ledger(w)).deliveries.uncertain === 1, { what: 'one uncertain' });
    // What is refused below is the next one.
    await demos.shows('Uncertain');
    const poison = w.slack.faults.add({
      method: 'chat.postMessage',
      channel: demos.id,
      kind: 'error',
      error: 'invalid_blocks',
    });
    w.calendly.book({ type: 'Support', name: 'Dead' });
    await eventually(async () => (await ledger(w)).deliveries.dead === 1, { what: 'one dead', timeoutMs: 45_000 });
    poison.remove();
    w.slack.faults.add({
      method: 'chat.postMessage',
      channel: demos.id,
      kind: 'error',
      error: 'is_archived',
      times: 1,
    });
    w.calendly.book({ type: 'Support', name: 'Held' });
    await eventually(async () => (await ledger(w)).deliveries.held === 1, { what: 'one held', timeoutMs: 45_000 });
    await canary(w, sales, 20_000);
    // A deploy in between, and one that comes while Slack is away.
    w.slack.faults.down();
    w.calendly.book({ type: 'Demo call', name: 'Pending' });
    await eventually(async () => (await ledger(w)).deliveries.due! > 0, { what: 'one due', timeoutMs: 45_000 });

    done = true;
    await looking;
    expect(looks).toBeGreaterThan(20);
    const { changes, deliveries, kept } = await ledger(w);
    expect(kept).toMatchObject({ no: 2, yes: changes.received });
    expect(changes).toMatchObject({ pending: 0, quarantined: 0 });
    expect(changes.suppressed).toBeGreaterThan(0);
    // Whatever came to the closed channel since then waits there too.
    expect(deliveries).toMatchObject({ uncertain: 1, dead: 1, held: 3 });
    const verdicts = await inDatabase(w.storage, 'select verdict from change');
    expect(changes.received).toBe(verdicts.length);
    for (const word of ['shown', 'suppressed', 'folded', 'kept'])
      expect(changes[word], word).toBe(verdicts.filter((row) => String(row.verdict).startsWith(`${word}:`)).length);
    // What Slack does not take goes to and fro between due and sending, so both are looked at until neither moved in between.
    await vi.waitFor(
      async () => {
        const rows = await inDatabase(w.storage, 'select state, count(*) as n from delivery group by state');
        const { received: _, ...states } = (await ledger(w)).deliveries;
        const counted = Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
        expect(Object.fromEntries(Object.entries(states).filter(([, n]) => n > 0))).toEqual(counted);
      },
      { timeout: 10_000, interval: 25 },
    );

    w.slack.faults.clear();
    await w.slack.faults.up();
    await eventually(async () => (await ledger(w)).deliveries.due === 0, { what: 'all to be sent', timeoutMs: 60_000 });
  });

  it('is said in `admin` with the reasons, and its sums are right there', { timeout: 60_000 }, async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, '"Demo call" booked rescheduled');
    w.calendly.book({ type: 'Support', name: 'Not for sales' });
    w.calendly.move(w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' }));
    await sales.shows('Ada Lovelace', /^Moved/);
    await canary(w, sales);
    const told = words(await type(w, 'ann', 'sales', 'admin'));
    const line =
      /^Changes: (\d+) received = (\d+) for a channel \+ (\d+) pending \+ (\d+) suppressed \((.*)\) \+ (\d+) quarantined$/m;
    const [, received, shown, pending, suppressed, why, quarantined] = line.exec(told) ?? [];
    expect(Number(received), told).toBe(Number(shown) + Number(pending) + Number(suppressed) + Number(quarantined));
    expect(why).toMatch(/^\d+ that no subscription wants/);
    const messages = /^Messages: (\d+) to send = (.*)$/m.exec(told);
    const states = [...(messages?.[2] ?? '').matchAll(/(\d+) (shown|due|held|suppressed|uncertain|dead)/g)];
    expect(states).toHaveLength(6);
    expect(states.reduce((sum, m) => sum + Number(m[1]), 0)).toBe(Number(messages?.[1]));
  });
});
