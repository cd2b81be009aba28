// What a paused channel holds: shown when it is taken up again, unless it has become old news.

import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { makeWebhook, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import { pauseReasons } from '../../src/connection/disconnect.ts';
import { clockRow } from '../../src/store/cron-runs.ts';
import { erasures } from '../../src/store/erasures.ts';
import { across } from '../../src/store/handle.ts';
import { holdChannel, resumeChannel } from '../../src/store/holds.ts';
import { followClock } from '../../src/store/set-back.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const hour = 3_600_000;
const start = Date.UTC(2027, 0, 5, 9);
const uri = (id: string) => `https://api.calendly.com/scheduled_events/E-${id}/invitees/${id}`;
const booked = (id: string, o: WebhookOptions = {}) =>
  makeWebhook('invitee.created', { eventId: `E-${id}`, inviteeId: id, name: 'Ada', start: new Date(start), ...o });
const left = (id: string, newInvitee: string) =>
  makeWebhook('invitee.canceled', {
    eventId: `E-${id}`,
    inviteeId: id,
    name: 'Ada',
    start: new Date(start),
    newInvitee,
  });

async function hear(m: Memory, ...bodies: string[]): Promise<void> {
  await m.changes.keep(bodies.map((body) => m.arrival(body)));
  await m.changes.foldAll();
}

/** A workspace with one channel, which is archived. */
async function paused(): Promise<{ m: Memory; resume: () => Promise<void> }> {
  const m = await memory();
  await m.subscribe('C1');
  const channel = { installationId: m.installationId, channelId: 'C1' };
  await m.database.transaction((tx) =>
    holdChannel(tx, m.database, { ...channel, reason: 'archived', notice: () => 'paused', now: Date.now() }),
  );
  const resume = async () => {
    await m.database.transaction((tx) => resumeChannel(tx, m.database.engine, channel, Date.now()));
  };
  return { m, resume };
}

async function threeDaysPass(m: Memory): Promise<void> {
  const earlier = (column: string) => sql<number>`${sql.ref(column)} - ${sql.lit(73 * hour)}`;
  await across(m.database.db, 'operator')
    .updateTable('delivery')
    .set({ first_due_at: earlier('first_due_at'), created_at: earlier('created_at') })
    .execute();
}

const cards = async (m: Memory) =>
  writes((await m.lanes.advance([], 10)).jobs).flatMap(({ content }) =>
    content.kind === 'card' ? [content.card.state] : [],
  );
const reasons = async (m: Memory) =>
  (await m.deliveries()).filter(({ kind }) => kind === 'card').map(({ state, reason }) => `${state}: ${reason}`);

it('a booking of more than three days ago is left out', async () => {
  const { m, resume } = await paused();
  await hear(m, booked('a'));
  await threeDaysPass(m);
  await resume();
  expect(await cards(m)).toEqual([]);
  expect(await reasons(m)).toEqual(['suppressed: held for more than three days']);
});

it('one that has moved since is news', async () => {
  const { m, resume } = await paused();
  await hear(m, booked('a'));
  await threeDaysPass(m);
  await hear(m, left('a', uri('b')), booked('b', { oldInvitee: uri('a') }));
  await resume();
  expect(await cards(m)).toEqual(['moved']);
});

it('one of which only somebody’s erasure is new is not', async () => {
  const { m, resume } = await paused();
  await hear(m, booked('a', { email: 'ada@example.com' }), booked('b', { email: 'bob@example.com' }));
  await threeDaysPass(m);
  await erasures(m.database, 90).erase(m.installationId, 'ada@example.com');
  await resume();
  expect(await cards(m)).toEqual([]);
});

it.each(['broken', 'disconnected'] as const)('of an account that is %s waits for nothing but that', async (state) => {
  const { m, resume } = await paused();
  await m.connections.updateConnection(m.installationId, m.connectionId, { state });
  await resume();
  const [subscription] = await m.subscriptions.allSubscriptions(m.installationId);
  if (state === 'broken') return expect(subscription).toMatchObject({ state: 'active', reason: null });
  expect(subscription).toMatchObject({ state: 'paused', reason: pauseReasons.disconnected });
  await m.connections.updateConnection(m.installationId, m.connectionId, { state: 'active' });
  await m.connections.resumeSubscriptions(m.installationId, m.connectionId, pauseReasons.disconnected);
  await hear(m, booked('a'));
  expect(await cards(m)).toEqual(['booked']);
});

it('one is as old as it was, also after a clock that was ahead was put right', async () => {
  const { m, resume } = await paused();
  await hear(m, booked('a'));
  await followClock(m.database);
  // It was four days ahead when it was looked at last.
  await across(m.database.db, 'operator')
    .updateTable('cron_run')
    .set({ ran_at: Date.now() + 96 * hour })
    .where('name', '=', clockRow)
    .execute();
  expect((await followClock(m.database)).byMs).toBeGreaterThan(90 * hour);
  await resume();
  expect(await cards(m)).toEqual(['booked']);
});
