// Without a public address Calendly is asked instead: bookings come in a little later, and hooks take over as soon as there is an address.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ask, bookingArrives, calls, paste } from './people.ts';
import { follow, inDatabase } from './view.ts';
import { type World, world } from './world.ts';

const none = { PUBLIC_URL: '', SLACK_CHANNEL_RATE: '100' };

/** As if a minute had passed. */
const minute = (w: World) => inDatabase(w.storage, 'update backfill set poll_at = 0, due_at = 0');

describe('without a public address', () => {
  it('bookings, moves and cancellations come in by asking, once each; what was before is not shown', async () => {
    const w = await world({ env: none });
    w.calendly.book({ name: 'Old Ola' });
    await pause(20);
    expect(await paste(w, w.calendly.tokens.olga)).toMatch(/I ask it every minute instead/);
    const channel = await follow(w);
    const booking = w.calendly.book({ name: 'Grace Hopper' });
    await minute(w);
    await channel.shows('Grace Hopper', /booked/i, 10_000);
    const moved = w.calendly.move(booking);
    await minute(w);
    await channel.shows('Grace Hopper', /moved/i, 10_000);
    w.calendly.cancel(moved);
    w.calendly.book({ name: 'Alan Turing' });
    await minute(w);
    await channel.shows('Grace Hopper', /canceled/i, 10_000);
    await channel.shows('Alan Turing');
    expect(channel.cards()).toHaveLength(2);
    expect(calls(w, 'POST', /./)).toEqual([]);
    const { text } = await ask(w, 'ann', 'sales', 'status');
    expect(text).toMatch(/I ask Calendly every minute: a card comes up to 2 minutes late/);
    expect(text).toMatch(/Last catch-up: .*as every minute/);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅ .*I ask Calendly every minute/s);
  });

  it('asks once a minute and no more', async () => {
    const w = await world({ env: none });
    await paste(w, w.calendly.tokens.olga);
    await minute(w);
    await w.calendly.waitFor(() => calls(w, 'GET', /scheduled_events/).length === 1, { what: 'a look' });
    await pause(5_000);
    expect(calls(w, 'GET', /scheduled_events/)).toHaveLength(1);
  });

  it('hooks take over where an address appears, and asking again where it is gone; nothing is lost or doubled', async () => {
    const w = await world({ env: none });
    await paste(w, w.calendly.tokens.olga);
    const channel = await follow(w);
    const address = w.app.url;
    await w.stopApp();
    w.calendly.book({ name: 'Grace Hopper' });
    await w.restart({ PUBLIC_URL: address });
    await channel.shows('Grace Hopper', /./, 10_000);
    await w.calendly.waitFor(() => w.calendly.hooks.length === 1, { what: 'a hook' });
    await bookingArrives(w, 'sales', 'Alan Turing');

    await w.restart({ PUBLIC_URL: '' });
    w.calendly.book({ name: 'Ada Lovelace', deliver: false });
    await minute(w);
    await channel.shows('Ada Lovelace', /./, 10_000);
    await w.restart({ PUBLIC_URL: address });
    await bookingArrives(w, 'sales', 'Edsger Dijkstra');
    expect(channel.cards()).toHaveLength(4);
  });
});
