// A channel that gets a new id in the middle of its work: the call under way is settled where its message is now, and nothing is made twice.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Job, LookUp } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const booked = async (m: Memory) => {
  await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
  await m.changes.foldNext(10);
};
const shown = (job: Job | LookUp) => ({ job, settled: { do: 'shown' as const, ts: '1.000100' } });
const states = async (m: Memory) => (await m.deliveries()).map((row) => [row.channel_id, row.state, row.ts]);

describe('a channel gets a new id while a call is under way', () => {
  it('its result is recorded under the new id, and the new lane goes on at once', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await booked(m);
    await booked(m);
    const { jobs } = await m.lanes.advance([], 10);
    await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
    // Nobody takes the call for abandoned.
    expect((await m.lanes.advance([], 10)).jobs).toEqual([]);
    const next = await m.lanes.advance(jobs.map(shown), 10);
    expect(next.lost).toBe(0);
    const more = [...next.jobs, ...(await m.lanes.advance([], 10)).jobs];
    expect(writes(more).map((job) => [job.channelId, job.op])).toEqual([['C2', 'post']]);
    await m.lanes.advance(more.map(shown), 10);
    expect(await states(m)).toEqual([
      ['C2', 'shown', '1.000100'],
      ['C2', 'shown', '1.000100'],
    ]);
  });

  it('nobody who works in the channel of that id already makes it once more', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.subscribe('C2', ['canceled']);
    await m.changes.keep([m.arrival(makeWebhook('invitee.canceled'))]);
    await m.changes.foldNext(10);
    await booked(m);
    const { jobs } = await m.lanes.advance([], 10);
    const callIn = (channel: string) => jobs.find(({ channelId }) => channelId === channel)!;
    // Both channels are being worked in, and what is under way in the old one is only for that one.
    const [mine] = writes((await m.lanes.advance([shown(callIn('C1'))], 10)).jobs);
    expect(mine).toMatchObject({ channelId: 'C1', op: 'post' });
    await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
    const again = (await m.lanes.advance([shown(callIn('C2'))], 0)).jobs;
    expect(again.map(({ deliveryId }) => deliveryId)).not.toContain(mine!.deliveryId);
    await m.lanes.advance(again.map(shown), 0);
    // The channel is not forgotten, whatever becomes of that call.
    const db = across(m.database.db, 'operator');
    const lane = await db.selectFrom('lane').selectAll().where('channel_id', '=', 'C2').executeTakeFirstOrThrow();
    expect(lane.due_at).toBeGreaterThan(Date.now());
    await m.lanes.advance([{ job: mine!, settled: { do: 'shown', ts: '1.000200' } }], 0);
    expect((await m.deliveries()).find(({ id }) => id === mine!.deliveryId)).toMatchObject({
      channel_id: 'C2',
      state: 'shown',
      ts: '1.000200',
    });
  });

  it('what Slack says of the old id pauses nothing', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await booked(m);
    const { jobs } = await m.lanes.advance([], 10);
    await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
    const lost = {
      do: 'hold' as const,
      what: 'channel' as const,
      code: 'channel_not_found',
      reason: 'I cannot see it.',
    };
    const next = await m.lanes.advance(
      jobs.map((job) => ({ job, settled: lost })),
      10,
    );
    const more = [...next.jobs, ...(await m.lanes.advance([], 10)).jobs];
    expect(writes(more).map((job) => [job.channelId, job.op])).toEqual([['C2', 'post']]);
    expect((await m.subscriptions.allSubscriptions(m.installationId)).map((each) => each.state)).toEqual(['active']);
    expect((await m.deliveries()).filter((row) => row.kind === 'notice')).toEqual([]);
  });

  it('a call whose worker died meanwhile is uncertain after its lease, not repeated', async () => {
    const m = await memory({ leaseMs: 400 });
    await m.subscribe('C1');
    await booked(m);
    await m.lanes.advance([], 10);
    await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
    expect((await m.lanes.advance([], 10)).jobs).toEqual([]);
    expect((await states(m))[0]?.[1]).toBe('sending');
    await pause(450);
    expect((await m.lanes.advance([], 10)).jobs).toEqual([]);
    expect(await states(m)).toEqual([['C2', 'uncertain', null]]);
  });
});

describe('a channel is given back while a call is under way', () => {
  const refused = {
    do: 'hold' as const,
    what: 'channel' as const,
    code: 'not_in_channel',
    reason: 'I was removed.',
  };
  const asRefused = (jobs: (Job | LookUp)[]) => jobs.map((job) => ({ job, settled: refused }));

  it.each(['before it was known to be lost', 'after it was paused'])('%s: the call is made once more', async (when) => {
    const m = await memory();
    await m.subscribe('C1');
    await booked(m);
    const { jobs } = await m.lanes.advance([], 10);
    const channel = { installationId: m.installationId, channelId: 'C1' };
    if (when === 'after it was paused') await m.installations.channelLost({ ...channel, reason: 'lost', notice: 'n' });
    await m.installations.channelBack(channel);
    const next = await m.lanes.advance(asRefused(jobs), 10);
    const inChannel = writes(next.jobs).filter((job) => job.channelId === 'C1');
    expect(inChannel.map((job) => job.op)).toEqual(['post']);
    expect((await m.subscriptions.allSubscriptions(m.installationId)).map((each) => each.state)).toEqual(['active']);
    // Refused again, it is lost again: that was said after it came back.
    await pause(5);
    await m.lanes.advance(asRefused(inChannel), 0);
    expect((await m.subscriptions.allSubscriptions(m.installationId)).map((each) => each.state)).toEqual(['paused']);
    expect((await states(m)).filter((row) => row[0] === 'C1').map((row) => row[1])).toEqual(['held']);
  });
});

it('an idle channel moves with all it has, and leaves nothing behind', async () => {
  const m = await memory();
  const id = await m.subscribe('C1');
  await booked(m);
  const { jobs } = await m.lanes.advance([], 10);
  await m.lanes.advance(jobs.map(shown), 10);
  await m.subscriptions.updateSubscription(m.installationId, id, { state: 'paused', reason: 'lost' });
  await booked(m);
  expect((await states(m)).map((row) => row[1])).toEqual(['shown', 'held']);
  await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
  expect((await m.subscriptions.subscriptionsIn(m.installationId, 'C2')).map((each) => each.state)).toEqual(['active']);
  expect(await m.subscriptions.subscriptionsIn(m.installationId, 'C1')).toEqual([]);
  const next = writes((await m.lanes.advance([], 10)).jobs);
  expect(next.map((job) => [job.channelId, job.op])).toEqual([['C2', 'post']]);
  // Said twice by Slack, it changes nothing more.
  await m.installations.channelRenamed(m.installationId, 'C1', 'C2');
  expect((await states(m)).map((row) => row[0])).toEqual(['C2', 'C2']);
});
