// Disconnecting an account: what will stop is said first, then it stops, and connecting again takes everything up.

import { describe, expect, it } from 'vitest';
import { ask, bookingArrives, calls, hears, modalSaying, paste, said, sentences } from './people.ts';
import { type World, world } from './world.ts';

const rate = { env: { SLACK_CHANNEL_RATE: '100' } };

async function openForm(w: World, who: 'ann' | 'bo' | 'gil' = 'ann') {
  await w.slack.as(who).command(w.slack.channels.general, 'disconnect');
  return modalSaying(w, who, /(?:)/);
}

describe('disconnecting', () => {
  it('says what will stop, and does nothing until it is confirmed', async () => {
    const w = await world(rate);
    await w.subscribed();
    await ask(w, 'ann', 'sales', 'subscribe "Support" noshow');
    await ask(w, 'ann', 'demos', 'subscribe all booked');
    const form = await openForm(w);
    expect(sentences(form)).toMatch(/Disconnect \*Olga Larsen\* .*This will stop: \*2 channels, 3 subscriptions\*\./);
    expect(sentences(form)).toMatch(/kept, paused\. They go on when the same account is connected again/);
    await w.slack.as('ann').close(form);
    expect(w.calendly.hooks).toHaveLength(1);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('deletes the hook, tells every channel concerned, and shows no booking any more', async () => {
    const w = await world(rate);
    await w.subscribed();
    await ask(w, 'ann', 'demos', 'subscribe all booked');
    const [hook] = w.calendly.hooks;
    await w.slack.as('ann').submit(await openForm(w));
    expect(sentences(await modalSaying(w, 'ann', /Disconnected/))).toMatch(
      /Stopped: 2 channels, 2 subscriptions\..*type `\/calendly connect` with the same account/s,
    );
    expect(w.calendly.hooks).toEqual([]);
    for (const room of ['sales', 'demos'] as const) {
      const told = await hears(w, room, /disconnected the Calendly account/);
      expect(told.text).toContain(`<@${w.slack.users.ann}>`);
      expect(told.text).toMatch(/hears of no bookings from it until it is connected again: `\/calendly connect`/);
    }
    const list = (await ask(w, 'ann', 'sales', 'list')).text;
    expect(list).toMatch(/⏸ Paused\. Calendly was disconnected\. Type \/calendly connect/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/disconnected\. Disconnected on purpose/);

    const stand = (await ask(w, 'ann', 'sales', '')).text;
    expect(stand).toMatch(/^Your Calendly account \*Olga Larsen\* .* is disconnected\./);
    expect(stand).toMatch(/^Type `\/calendly connect` to go on\.$/m);
    expect((await ask(w, 'ann', 'sales', 'status')).text).not.toMatch(/hears of/);
    expect((await ask(w, 'ann', 'sales', 'subscribe all')).text).toMatch(/is disconnected\. Type `\/calendly connect`/);

    // Not even what Calendly sends once more to the old address shows.
    w.calendly.book({ name: 'Not Shown' });
    await w.calendly.idle();
    expect(w.calendly.deliveries.filter((delivery) => delivery.hook !== hook?.uri)).toEqual([]);
    expect(said(w, 'sales', /Not Shown/)).toEqual([]);
  });

  it('is undone by connecting the same account: the subscriptions go on, the bookings come', async () => {
    const w = await world(rate);
    await w.subscribed({ words: '"Demo call" booked' });
    await w.slack.as('ann').submit(await openForm(w));
    await modalSaying(w, 'ann', /Disconnected/);
    const told = await paste(w, w.calendly.tokens.olga);
    expect(told).toMatch(/Connected again/);
    expect(told).toMatch(/One paused subscription runs again/);
    expect((await ask(w, 'ann', 'sales', 'list')).text).not.toMatch(/Paused/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('works while Calendly is down, and says what is left over there', async () => {
    const w = await world(rate);
    await w.subscribed();
    await w.calendly.faults.down();
    await w.slack.as('ann').submit(await openForm(w));
    expect(sentences(await modalSaying(w, 'ann', /Disconnected/))).toMatch(
      /One hook is left over at Calendly.*gives up/s,
    );
    await w.calendly.faults.up();
    // What the hook left over still sends is answered well, and shown nowhere.
    w.calendly.book({ name: 'Not Shown' });
    await w.calendly.idle();
    expect(w.calendly.deliveries.at(-1)?.status).toBe(200);
    expect(said(w, 'sales', /Not Shown/)).toEqual([]);
  });

  it('works with a token that is dead', async () => {
    const w = await world(rate);
    await w.subscribed();
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await w.slack.as('ann').submit(await openForm(w));
    expect(sentences(await modalSaying(w, 'ann', /Disconnected/))).toMatch(/left over at Calendly/);
  });

  it('asks which, where there are several, and leaves the others alone', async () => {
    const w = await world(rate);
    await w.subscribed();
    await paste(w, w.calendly.tokens.mia, 'bo');
    const form = await openForm(w);
    await w.slack.as('ann').submit(form, { account: 'Mia Rao (mia@acme.example)' });
    expect(sentences(await modalSaying(w, 'ann', /Disconnected/))).toMatch(/Mia Rao/);
    expect(w.calendly.hooks.map((hook) => hook.scope)).toEqual(['organization']);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('is for who connected it, and for admins', async () => {
    const w = await world(rate);
    await w.subscribed();
    await w.slack.as('bo').submit(await openForm(w, 'bo'));
    expect(sentences(await modalSaying(w, 'bo', /Only/))).toContain(`<@${w.slack.users.ann}>`);
    await w.slack.as('gil').command(w.slack.channels.general, 'disconnect');
    expect(sentences(await modalSaying(w, 'gil', /Guests/))).toMatch(/Ask a full member/);
    expect(w.calendly.hooks).toHaveLength(1);
    expect(calls(w, 'DELETE', /(?:)/)).toEqual([]);
  });

  it('with nothing connected says that there is nothing to stop', async () => {
    const w = await world();
    expect(sentences(await openForm(w))).toMatch(/No Calendly account is connected here, so there is nothing/);
  });
});
