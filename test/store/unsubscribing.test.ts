// A subscription is taken away: what waited for it is shown by another one of its channel that wants it, and comes back with Undo.

import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import type { Job, LookUp, Settled } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const demo = { uri: 'https://api.calendly.com/event_types/DEMO', name: 'Demo call' };
const coffee = { uri: 'https://api.calendly.com/event_types/COFFEE', name: 'Coffee' };
const meeting: WebhookOptions = { eventId: 'E1', inviteeId: 'A', name: 'Ada Lovelace', type: demo };

const say = async (m: Memory, kind: WebhookKind, o: WebhookOptions = {}) => {
  await m.changes.keep([m.arrival(makeWebhook(kind, { ...meeting, ...o }))]);
  await m.changes.foldNext(10);
};
const work = async (m: Memory) => (await m.lanes.advance([], 10)).jobs;
const settle = async (m: Memory, jobs: (Job | LookUp)[], settled: Settled) =>
  m.lanes.advance(
    jobs.map((job) => ({ job, settled })),
    0,
    true,
  );
const remove = (m: Memory, id: string) => m.subscriptions.removeSubscription(m.installationId, id);
const pause = (m: Memory, id: string) =>
  m.subscriptions.updateSubscription(m.installationId, id, { state: 'paused', reason: 'because' });
/** What a refusal that mends itself leaves: tried, and due again. */
const again: Settled = {
  do: 'again',
  reason: 'not now',
  counts: true,
  itemDelayMs: 0,
  laneDelayMs: 0,
  told: false,
  plain: false,
};
const card = async (m: Memory) => (await m.deliveries()).find((row) => row.kind === 'card');

describe('one of two subscriptions of a channel goes', () => {
  it('its waiting card is shown as the other one wants it', async () => {
    const m = await memory();
    const first = await m.subscribe('C1');
    await m.subscribe('C1', ['booked'], [demo], { style: 'line', privacy: 'minimal' });
    await say(m, 'invitee.created');
    await remove(m, first);
    expect(writes(await work(m))).toMatchObject([
      { op: 'post', content: { card: { style: 'line', who: { name: 'A. L.' } } } },
    ]);
  });

  it('a card whose post is under way, and is refused for now, is tried again for the other one', async () => {
    const m = await memory();
    const first = await m.subscribe('C1');
    await m.subscribe('C1', ['booked'], [demo]);
    await say(m, 'invitee.created');
    const jobs = await work(m);
    await remove(m, first);
    await settle(m, jobs, again);
    expect(writes(await work(m))).toMatchObject([{ op: 'post' }]);
  });

  it('a card of unknown outcome can still be sent again', async () => {
    const m = await memory();
    const first = await m.subscribe('C1');
    const second = await m.subscribe('C1', ['booked'], [demo]);
    await say(m, 'invitee.created');
    await settle(m, await work(m), { do: 'uncertain', reason: 'nobody knows' });
    await remove(m, first);
    expect(await card(m)).toMatchObject({ state: 'uncertain', subscription_id: second });
  });

  it.each([
    ['of other event types', ['booked'], [coffee]],
    ['of other kinds', ['noshow'], []],
  ] as const)('a subscription %s does not get what it never asked for', async (_name, kinds, types) => {
    const m = await memory();
    const first = await m.subscribe('C1');
    await m.subscribe('C1', [...kinds], [...types]);
    await say(m, 'invitee.created');
    await remove(m, first);
    expect(await work(m)).toEqual([]);
    expect(await card(m)).toMatchObject({ state: 'suppressed' });
  });

  it('nor does a subscription of another channel', async () => {
    const m = await memory();
    const first = await m.subscribe('C1', ['booked'], [demo]);
    await say(m, 'invitee.created');
    await m.subscribe('C2');
    await remove(m, first);
    expect(await work(m)).toEqual([]);
  });

  it('what was held for it is shown where the other one is active, and held where that is paused', async () => {
    const m = await memory();
    const paused = await m.subscribe('C1', ['booked']);
    await pause(m, paused);
    await say(m, 'invitee.created');
    const active = await m.subscribe('C1');
    await remove(m, paused);
    expect(await card(m)).toMatchObject({ state: 'due', subscription_id: active });
    await m.subscribe('C1', ['booked'], [demo]).then((id) => pause(m, id));
    await remove(m, active);
    expect(await work(m)).toEqual([]);
    expect(await card(m)).toMatchObject({ state: 'held', due_at: null, reason: 'because' });
  });

  it('of several the one that shows least gets it, so that a line never says more than its card', async () => {
    const m = await memory();
    const first = await m.subscribe('C1');
    await m.subscribe('C1', ['booked']);
    const least = await m.subscribe('C1', ['booked'], [demo], { privacy: 'business' });
    await say(m, 'invitee.created');
    await remove(m, first);
    expect(await card(m)).toMatchObject({ subscription_id: least });
  });

  it('a line that waits is told by the other one only where that asked for its kind', async () => {
    for (const [kinds, states] of [
      [['booked', 'canceled'], ['due']],
      [['booked'], ['suppressed']],
    ] as const) {
      const m = await memory();
      const first = await m.subscribe('C1', ['booked', 'canceled'], [], { privacy: 'business' });
      await m.subscribe('C1', [...kinds], [demo]);
      await say(m, 'invitee.created');
      await settle(m, await work(m), { do: 'shown', ts: '1.1' });
      await say(m, 'invitee.canceled');
      await remove(m, first);
      const edit = await work(m);
      await settle(m, edit, { do: 'shown', ts: '1.1' });
      await work(m);
      const lines = (await m.deliveries()).filter((row) => row.kind === 'reply');
      expect(lines.map((row) => (row.state === 'sending' ? 'due' : row.state))).toEqual(states);
    }
  });

  it('what stands in the channel keeps the look it had', async () => {
    const m = await memory();
    const first = await m.subscribe('C1', ['booked'], [], { privacy: 'minimal' });
    await say(m, 'invitee.created');
    await settle(m, await work(m), { do: 'shown', ts: '1.1' });
    await m.subscribe('C1', ['booked'], [demo]);
    await remove(m, first);
    await say(m, 'invitee.canceled');
    expect(writes(await work(m))).toMatchObject([{ op: 'edit', content: { card: { who: { name: 'A. L.' } } } }]);
  });
});

describe('a card that nobody wants any more', () => {
  it('is as if it was never tried, so that a later change may show it', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await settle(m, await work(m), again);
    await remove(m, id);
    expect(await work(m)).toEqual([]);
    expect(await card(m)).toMatchObject({ state: 'suppressed', tried_at: null, attempts: 0 });
    await m.subscribe('C1');
    await say(m, 'invitee.canceled');
    expect(writes(await work(m))).toMatchObject([{ op: 'post', content: { card: { state: 'canceled' } } }]);
  });

  it('nor was it ever tried where its post was under way, and refused for now', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    const jobs = await work(m);
    const before = (await m.subscriptions.subscription(m.installationId, id))!;
    await remove(m, id);
    expect(await card(m)).toMatchObject({ state: 'sending' });
    await settle(m, jobs, again);
    expect(await work(m)).toEqual([]);
    expect(await card(m)).toMatchObject({ state: 'suppressed', tried_at: null, attempts: 0 });
    await m.subscriptions.bringBack({ ...before, id: uuidv7() });
    expect(writes(await work(m))).toMatchObject([{ op: 'post', attempt: 1 }]);
  });

  it('is left out at once where it was held, and comes back with Undo', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await pause(m, id);
    await say(m, 'invitee.created');
    const before = (await m.subscriptions.subscription(m.installationId, id))!;
    await remove(m, id);
    expect(await card(m)).toMatchObject({ state: 'suppressed', reason: 'unsubscribed before it could be shown' });
    await m.subscriptions.bringBack({ ...before, id: uuidv7(), state: 'active', reason: null });
    expect(writes(await work(m))).toMatchObject([{ op: 'post' }]);
  });

  it('is still searched for where nobody knows whether it arrived', async () => {
    const m = await memory({ policy: 'look_up' });
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await settle(m, await work(m), { do: 'look_up', delayMs: 0, reason: 'no answer' });
    await remove(m, id);
    expect(await card(m)).toMatchObject({ state: 'due', op: 'look', tried_at: expect.any(Number) });
  });

  it.each(['before', 'after'])('comes back with Undo, %s the worker has looked at it', async (when) => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    const before = (await m.subscriptions.subscription(m.installationId, id))!;
    await remove(m, id);
    if (when === 'after') expect(await work(m)).toEqual([]);
    await m.subscriptions.bringBack({ ...before, id: uuidv7() });
    expect(writes(await work(m))).toMatchObject([{ op: 'post' }]);
  });

  it('does not come back with Undo where it was left out for another reason, or long ago', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await say(m, 'invitee.created', { eventId: 'E2', inviteeId: 'B' });
    const before = (await m.subscriptions.subscription(m.installationId, id))!;
    await remove(m, id);
    expect(await work(m)).toEqual([]);
    const [a, b] = await m.deliveries();
    const row = (of: { id: string }) =>
      across(m.database.db, 'operator').updateTable('delivery').where('id', '=', of.id);
    await row(a!).set({ reason: 'held for more than three days' }).execute();
    await row(b!)
      .set({ updated_at: b!.updated_at - 3_600_000 })
      .execute();
    await m.subscriptions.bringBack({ ...before, id: uuidv7() });
    expect(await work(m)).toEqual([]);
  });
});
