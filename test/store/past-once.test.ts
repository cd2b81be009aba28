// A meeting that was over before we heard of it is told once: by the line that all of a channel's share, or by a card of its own.

import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { hasItsOwnCard } from '../../src/delivery/sync.ts';
import { across } from '../../src/store/handle.ts';
import { deliveryId } from '../../src/store/rows.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const day = 24 * 3_600_000;
const past = (name: string) =>
  makeWebhook('invitee.created', {
    name,
    inviteeId: name,
    eventId: `E${name}`,
    createdAt: Date.now() - 4 * day,
    start: new Date(Date.now() - 2 * day),
  });
const noShow = (booked: string) => {
  const body = JSON.parse(makeWebhook('invitee_no_show.created', {}));
  body.payload = {
    ...JSON.parse(booked).payload,
    no_show: { uri: 'https://api.calendly.com/invitee_no_shows/N', created_at: new Date().toISOString() },
  };
  return JSON.stringify(body);
};
const tell = async (m: Memory, ...bodies: string[]) => {
  await m.changes.keep(bodies.map((body) => m.arrival(body)));
  await m.changes.foldNext(100);
};
const later = async (m: Memory) => {
  await across(m.database.db, 'operator')
    .updateTable('delivery')
    .set({ due_at: 1 })
    .where('due_at', 'is not', null)
    .execute();
  await across(m.database.db, 'operator').updateTable('lane').set({ due_at: 1 }).execute();
};
/** Shows all there is; answers what was said: who is in a digest, or the state of a card. */
const showAll = async (m: Memory) => {
  const said: string[] = [];
  for (;;) {
    const jobs = writes((await m.lanes.advance([], 50)).jobs);
    if (jobs.length === 0) return said;
    for (const { content } of jobs) {
      if (content.kind === 'digest') said.push(`past: ${content.digest.past.map((each) => each.who).join(', ')}`);
      if (content.kind === 'card') said.push(content.card.state);
    }
    await m.lanes.advance(
      jobs.map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? '1.1' } })),
      0,
      true,
    );
  }
};
const lines = async (m: Memory) => (await m.deliveries()).filter((row) => row.about === 'past');

describe('somebody is marked as a no-show while the line still waits', () => {
  it.each(['due', 'held'])('%s, it becomes the card alone', async (state) => {
    const m = await memory();
    const id = await m.subscribe('C1', ['booked', 'noshow']);
    const set = (to: 'paused' | 'active') =>
      m.subscriptions.updateSubscription(m.installationId, id, { state: to, reason: null });
    if (state === 'held') await set('paused');
    const ada = past('Ada');
    await tell(m, ada, past('Bo'));
    if (state === 'held') await set('active');
    await tell(m, noShow(ada));
    expect((await lines(m)).map((row) => row.state).sort()).toEqual([state, 'suppressed'].sort());
    if (state === 'held') await m.installations.release({ installationId: m.installationId, channelId: 'C1' });
    await later(m);
    expect((await showAll(m)).sort()).toEqual(['noshow', 'past: Bo']);
  });

  it('where that was the only one, no line is left', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'noshow']);
    const ada = past('Ada');
    await tell(m, ada);
    await tell(m, noShow(ada));
    await later(m);
    expect(await showAll(m)).toEqual(['noshow']);
  });

  it('leaves the lines of other channels alone', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'noshow']);
    await m.subscribe('C2', ['booked']);
    const ada = past('Ada');
    await tell(m, ada);
    await tell(m, noShow(ada));
    await later(m);
    expect((await showAll(m)).sort()).toEqual(['noshow', 'past: Ada']);
  });
});

describe('a line of what has a card by now', () => {
  it('is left out, and so is the message where nothing else is in it', async () => {
    for (const others of [[], ['Bo']]) {
      const m = await memory();
      await m.subscribe('C1');
      await tell(m, ...['Ada', ...others].map(past));
      const [line] = await lines(m);
      // As two bookings found to be one leave it.
      await m.database.db
        .insertInto('delivery')
        .values({ ...line!, id: deliveryId('card', 'x'), about: null, state: 'shown', due_at: null, ts: '9.9' })
        .execute();
      await later(m);
      expect(await showAll(m)).toEqual(others.map((name) => `past: ${name}`));
      // Where others are told, its row may be the one that keeps their message.
      if (others.length === 0) expect(await lines(m)).toMatchObject([{ state: 'suppressed', reason: hasItsOwnCard }]);
    }
  });

  it('says whom it left out for want of a subscription, so that Undo brings them back', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await tell(m, past('Ada'), past('Bo'));
    const before = (await m.subscriptions.subscription(m.installationId, id))!;
    await across(m.database.db, 'operator').deleteFrom('subscription').execute();
    await later(m);
    expect(await showAll(m)).toEqual([]);
    expect((await lines(m)).map((row) => row.reason)).toEqual(Array(2).fill('unsubscribed before it could be shown'));
    await m.subscriptions.bringBack({ ...before, id: uuidv7() });
    await later(m);
    expect(await showAll(m)).toEqual([expect.stringMatching(/^past: (Ada, Bo|Bo, Ada)$/)]);
  });
});
