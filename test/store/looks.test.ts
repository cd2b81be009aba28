// How a card looks is kept with it as soon as that changes, so that it never shows more again once its subscription is gone.

import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import { bookingStore } from '../../src/store/bookings.ts';
import { across } from '../../src/store/handle.ts';
import { defaultOptions, type Options } from '../../src/subscription/subscription.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const hour = 3_600_000;
const start = new Date(Date.now() + 48 * hour);
const say = async (m: Memory, kind: WebhookKind, o: WebhookOptions = {}) => {
  await m.changes.keep([
    m.arrival(makeWebhook(kind, { eventId: 'E1', inviteeId: 'A', name: 'Ada Lovelace', start, ...o })),
  ]);
  await m.changes.foldNext(10);
};
const work = async (m: Memory) => writes((await m.lanes.advance([], 10)).jobs);
/** Writes all there is; answers the cards. */
const showAll = async (m: Memory) => {
  const cards = [];
  for (let jobs = await work(m); jobs.length > 0; jobs = await work(m)) {
    for (const { content } of jobs) if (content.kind === 'card') cards.push(content.card);
    await m.lanes.advance(
      jobs.map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? '1.1' } })),
      0,
      true,
    );
  }
  return cards;
};
const change = (m: Memory, id: string, options: Partial<Options>) =>
  m.subscriptions.updateSubscription(m.installationId, id, { options: { ...defaultOptions, ...options } });
const share = (m: Memory) =>
  m.installations.channelShared({ installationId: m.installationId, channelId: 'C1', text: 's' });
const looks = async (m: Memory) => (await m.deliveries()).filter((row) => row.kind === 'card').map((row) => row.look);
const details = async (m: Memory) => {
  const row = (await m.deliveries()).find((each) => each.kind === 'card');
  return (await bookingStore(m.database).bookingOfDelivery(m.installationId, row!.id))?.card;
};

describe('a card keeps the look its channel chose last', () => {
  it.each(['shown', 'waiting'])('%s, as soon as it is chosen', async (state) => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    if (state === 'shown') await showAll(m);
    expect(await looks(m)).toEqual([null]);
    await change(m, id, { privacy: 'minimal', style: 'compact' });
    expect(await looks(m)).toEqual(['compact minimal']);
    // Whoever may, may also choose to show more again.
    await change(m, id, {});
    expect(await looks(m)).toEqual([null]);
  });

  it('nor does another subscription of the channel change it', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await say(m, 'invitee.created');
    await change(m, await m.subscribe('C1', ['noshow']), { privacy: 'minimal' });
    expect(await looks(m)).toEqual([null]);
  });

  it('when it is unsubscribed: later edits and Details show no more', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await showAll(m);
    // Chosen by an app that did not keep it yet.
    const options = JSON.stringify({ ...defaultOptions, privacy: 'minimal' });
    await across(m.database.db, 'operator').updateTable('subscription').set({ options }).execute();
    await m.subscriptions.removeSubscription(m.installationId, id);
    expect(await details(m)).toMatchObject({ who: { name: 'A. L.', email: null }, privacy: 'minimal' });
    await say(m, 'invitee.canceled');
    expect(await showAll(m)).toMatchObject([{ state: 'canceled', who: { name: 'A. L.', email: null } }]);
  });
});

describe('a channel that is shared with another organization', () => {
  it('keeps with its cards that they show less, also of meetings that are over', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked'], [], { style: 'line' });
    await m.subscribe('C2');
    await say(m, 'invitee.created', { createdAt: Date.now() - 4 * hour });
    await showAll(m);
    await across(m.database.db, 'operator').updateTable('booking').set({ ends_at: 1 }).execute();
    await share(m);
    expect(
      (await m.deliveries())
        .filter((row) => row.kind === 'card')
        .map((row) => [row.channel_id, row.look])
        .sort(),
    ).toEqual([
      ['C1', 'line business'],
      ['C2', null],
    ]);
  });

  it('shows no more once it is unsubscribed', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await showAll(m);
    await share(m);
    expect(await looks(m)).toEqual(['card business']);
    await m.subscriptions.removeSubscription(m.installationId, id);
    await say(m, 'invitee.canceled');
    expect((await showAll(m)).at(-1)).toMatchObject({
      state: 'canceled',
      privacy: 'business',
      who: { email: 'example.com' },
    });
  });

  it('nor of what it had unsubscribed before', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await showAll(m);
    await m.subscriptions.removeSubscription(m.installationId, id);
    await share(m);
    expect(await details(m)).toMatchObject({ privacy: 'business', who: { email: 'example.com' } });
  });

  it('leaves alone what shows less already, and what an admin allowed', async () => {
    const m = await memory();
    const id = await m.subscribe('C1', ['booked'], [], { privacy: 'minimal' });
    await say(m, 'invitee.created');
    await showAll(m);
    await share(m);
    expect(await looks(m)).toEqual(['card minimal']);
    await change(m, id, {});
    await share(m);
    await change(m, id, {});
    await share(m);
    expect(await looks(m)).toEqual([null]);
  });
});

it('options are written back only over those that were meant', async () => {
  const m = await memory();
  const id = await m.subscribe('C1');
  const set = (options: Partial<Options>, meant: Partial<Options>) =>
    m.subscriptions.updateSubscription(
      m.installationId,
      id,
      { kinds: ['noshow'], options: { ...defaultOptions, ...options } },
      { options: { ...defaultOptions, ...meant } },
    );
  await share(m);
  expect(await set({}, { style: 'line' })).toBe(false);
  const now = async () => m.subscriptions.subscription(m.installationId, id);
  expect(await now()).toMatchObject({ kinds: ['booked', 'canceled', 'rescheduled'], options: { privacy: 'business' } });
  expect(await set({ style: 'line' }, { privacy: 'business' })).toBe(true);
  expect(await now()).toMatchObject({ kinds: ['noshow'], options: { style: 'line' } });
  await m.subscriptions.removeSubscription(m.installationId, id);
  expect(await set({}, { style: 'line' })).toBe(false);
});
