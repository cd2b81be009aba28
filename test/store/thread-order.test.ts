// The lines of a thread stand in the order of what happened, whatever they had to wait for.

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import type { Job, LookUp } from '../../src/delivery/lane.ts';
import { clockRow } from '../../src/store/cron-runs.ts';
import { across } from '../../src/store/handle.ts';
import { holdChannel, resumeChannel } from '../../src/store/holds.ts';
import { followClock } from '../../src/store/set-back.ts';
import { later, memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const start = Date.UTC(2027, 0, 5, 9);
const uri = (id: string) => `https://api.calendly.com/scheduled_events/E-${id}/invitees/${id}`;
const told = (kind: 'invitee.created' | 'invitee.canceled', id: string, o: WebhookOptions) =>
  makeWebhook(kind, { eventId: `E-${id}`, inviteeId: id, name: 'Ada', ...o });

/** The nth time of a booking: each is told by its two halves, the first by one. */
function time(name: string, n: number) {
  const at = (n: number) => ({ start: new Date(start + n * 3_600_000), createdAt: start - 9_000_000 + n * 1_000 });
  const oldInvitee = n > 0 ? { oldInvitee: uri(`${name}${n - 1}`) } : {};
  return {
    given: told('invitee.created', `${name}${n}`, { ...at(n), ...oldInvitee }),
    leftFor: () => told('invitee.canceled', `${name}${n - 1}`, { ...at(n - 1), newInvitee: uri(`${name}${n}`) }),
    canceled: () =>
      told('invitee.canceled', `${name}${n}`, { ...at(n), ...oldInvitee, cancellation: { reason: 'no need' } }),
  };
}
const move = (name: string, n: number) => [time(name, n).leftFor(), time(name, n).given];

async function hear(m: Memory, bodies: string[]): Promise<void> {
  await m.changes.keep(bodies.map((body) => m.arrival(body)));
  await m.changes.foldAll();
}

/** As if this much time had passed, in milliseconds. */
async function pass(m: Memory, ms: number): Promise<void> {
  const db = across(m.database.db, 'operator');
  const earlier = (column: string) => sql<number>`${sql.ref(column)} - ${sql.lit(ms)}`;
  await db
    .updateTable('delivery')
    .set({ due_at: earlier('due_at'), first_due_at: earlier('first_due_at'), tried_at: earlier('tried_at') })
    .set({ created_at: earlier('created_at') })
    .execute();
  await db
    .updateTable('lane')
    .set({ due_at: earlier('due_at') })
    .execute();
}

/** Everything that can be written now; answers the lines in the order they were. */
async function write(m: Memory): Promise<Job[]> {
  const lines: Job[] = [];
  let posted = 0;
  let { jobs } = await m.lanes.advance([], 10);
  while (jobs.length > 0) {
    const made = writes(jobs);
    lines.push(...made.filter(({ kind }) => kind === 'reply'));
    const results = made.map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? `1.${++posted}` } }));
    ({ jobs } = await m.lanes.advance(results, 10));
  }
  return lines;
}

/** Writes up to the first call that is about a line, and answers that. */
async function upToTheLine(m: Memory): Promise<(Job | LookUp)[]> {
  let { jobs } = await m.lanes.advance([], 10);
  while (jobs.some(({ kind }) => kind === 'card')) {
    const results = writes(jobs).map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? '1.1' } }));
    ({ jobs } = await m.lanes.advance(results, 10));
  }
  return jobs;
}

/** A booking whose card is shown. */
async function booked(o: Parameters<typeof memory>[0] = {}): Promise<Memory> {
  const m = await memory(o);
  await m.subscribe('C1');
  await hear(m, [time('a', 0).given]);
  await write(m);
  return m;
}

/** Of the first of two lines nobody knows whether it is there, and it is searched for after this long. */
async function searching(delayMs: number): Promise<{ m: Memory; line: Job | LookUp | undefined }> {
  const m = await booked({ policy: 'look_up' });
  await hear(m, move('a', 1));
  await pass(m, 10);
  const [line] = await upToTheLine(m);
  await m.lanes.advance([{ job: line!, settled: { do: 'look_up', delayMs, reason: 'no answer' } }], 0);
  await across(m.database.db, 'operator').updateTable('lane').set({ not_before: 0 }).execute();
  await hear(m, move('a', 2));
  return { m, line };
}

const said = (lines: Job[]) =>
  lines.map(({ content }) =>
    content.kind === 'reply'
      ? `${content.reply.kind} ${((content.reply.now ?? content.reply.was)!.startsAt - start) / 3_600_000}`
      : content.kind,
  );

describe('the lines of a thread', () => {
  it('that waited for their card come before one that did not', async () => {
    const m = await booked({ burst: 1_000 });
    await hear(m, move('a', 1));
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 1']);
    // The card was edited just now and rests: its line is put off until it is edited again.
    await hear(m, move('a', 2));
    await pass(m, 10);
    expect(await write(m)).toEqual([]);
    await hear(m, move('a', 3));
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 2', 'moved 3']);
  });

  it('of two turns within a moment stand in the order of the turns', async () => {
    const m = await memory({ burst: 1_000 });
    const channels = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8'];
    for (const channel of channels) await m.subscribe(channel);
    const names = [...Array.from({ length: 11 }, (_, i) => `o${i}-`), 'a'];
    await hear(
      m,
      names.map((name) => time(name, 0).given),
    );
    await write(m);
    const moves = names.flatMap((name) => move(name, 1));
    await m.changes.keep([...moves, ...move('a', 2)].map((body) => m.arrival(body)));
    await m.changes.foldNext(moves.length);
    await m.changes.foldNext(2);
    await pass(m, 2_000);
    const lines = await write(m);
    expect(lines).toHaveLength(13 * channels.length);
    const { bookingId } = lines.find((line) => said([line])[0] === 'moved 2')!;
    for (const channel of channels)
      expect(said(lines.filter((line) => line.bookingId === bookingId && line.channelId === channel))).toEqual([
        'moved 1',
        'moved 2',
      ]);
  });

  it('keep their places where the first waited for the other half of its move', async () => {
    const m = await booked({ burst: 1_000 });
    await hear(m, [time('a', 1).given]);
    await pass(m, 100);
    await hear(m, [time('a', 1).canceled()]);
    await pass(m, 100);
    await hear(m, [time('a', 1).leftFor()]);
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 1', 'canceled 1']);
  });

  it('are not held up by one that waits for something of its own', async () => {
    const m = await booked();
    await hear(m, [time('a', 1).given, time('a', 1).canceled()]);
    await pass(m, 10);
    expect(said(await write(m))).toEqual(['canceled 1']);
    await pass(m, 5_000);
    expect(said(await write(m))).toEqual(['moved 1']);
  });

  it('are not held up by one that is tried again later', async () => {
    const m = await booked();
    await hear(m, move('a', 1));
    await pass(m, 10);
    const [line] = await upToTheLine(m);
    const again = { itemDelayMs: 60_000, laneDelayMs: 0, told: false, plain: false, counts: true, reason: 'an error' };
    await m.lanes.advance([{ job: line!, settled: { do: 'again', ...again } }], 0);
    await hear(m, move('a', 2));
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 2']);
  });

  it('let the search for one that may be there be made before them', async () => {
    const { m, line } = await searching(100);
    await later(m);
    expect((await upToTheLine(m)).map(({ op, deliveryId }) => [op, deliveryId])).toEqual([['look', line!.deliveryId]]);
  });

  it('wait until it is known whether one before them is there', async () => {
    const { m, line } = await searching(12_000);
    await pass(m, 5_000);
    expect(said(await write(m))).toEqual([]);
    await pass(m, 8_000);
    const [search] = await upToTheLine(m);
    expect(search).toMatchObject({ op: 'look', deliveryId: line!.deliveryId });
    const { jobs } = await m.lanes.advance([{ job: search!, settled: { do: 'absent' } }], 10);
    expect(jobs).toEqual([]);
    await pass(m, 13_000);
    const [again] = await upToTheLine(m);
    const { jobs: next } = await m.lanes.advance([{ job: again!, settled: { do: 'absent' } }], 10);
    expect(said(next as Job[])).toEqual(['moved 1']);
    await m.lanes.advance([{ job: next[0]!, settled: { do: 'shown', ts: '1.7' } }], 0, true);
    expect(said(await write(m))).toEqual(['moved 2']);
  });

  it('go on without one that nobody could search for in ten minutes', async () => {
    const { m } = await searching(3_600_000);
    await pass(m, 300_000);
    expect(said(await write(m))).toEqual([]);
    await pass(m, 301_000);
    expect(said(await write(m))).toEqual(['moved 2']);
  });

  it('keep their places where a clock that was ahead is put right', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await followClock(m.database);
    await hear(m, [time('a', 0).given]);
    await write(m);
    const hold = { installationId: m.installationId, channelId: 'C1', reason: 'archived', notice: () => 'paused' };
    await m.database.transaction((tx) => holdChannel(tx, m.database, { ...hold, now: Date.now() }));
    // Heard an hour ahead: the first before, the second after the moment that is now.
    await hear(m, move('a', 1));
    await pass(m, 600_000);
    await hear(m, move('a', 2));
    await pass(m, -600_000);
    await across(m.database.db, 'operator')
      .updateTable('cron_run')
      .set({ ran_at: Date.now() + 3_600_000 })
      .where('name', '=', clockRow)
      .execute();
    expect((await followClock(m.database)).byMs).toBeGreaterThan(3_500_000);
    await m.database.transaction((tx) => resumeChannel(tx, m.database.engine, hold, Date.now()));
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 1', 'moved 2']);
  });

  it('keep their places while their channel is paused', async () => {
    const m = await booked();
    const channel = { installationId: m.installationId, channelId: 'C1' };
    await m.database.transaction((tx) =>
      holdChannel(tx, m.database, { ...channel, reason: 'archived', notice: () => 'paused', now: Date.now() }),
    );
    await hear(m, [time('a', 1).given]);
    await hear(m, [time('a', 1).leftFor()]);
    await pass(m, 100);
    await hear(m, [time('a', 1).canceled()]);
    await m.database.transaction((tx) => resumeChannel(tx, m.database.engine, channel, Date.now()));
    await pass(m, 10_000);
    expect(said(await write(m))).toEqual(['moved 1', 'canceled 1']);
  });

  it('of a flood stand in the order it came in', async () => {
    const m = await booked({ burst: 1_000 });
    let made = 0;
    const others = (count: number) => Array.from({ length: count }, () => time(`o${++made}-`, 0).given);
    const keep = (bodies: string[]) => m.changes.keep(bodies.map((body) => m.arrival(body)));
    // Up to seven at once have rows of their own; nine share one, which is told apart later.
    for (let i = 0; i < 8; i++) await keep(others(7));
    await keep([...move('a', 1), ...others(7)]);
    await keep([time('a', 1).canceled(), ...others(5)]);
    for (let i = 0; i < 8; i++) await keep(others(7));
    await m.changes.foldAll();
    await pass(m, 2_000);
    const lines = await write(m);
    expect(said(lines)).toEqual(['moved 1', 'canceled 1']);
    expect((await m.deliveries()).filter(({ kind }) => kind === 'card')).toHaveLength(made + 1);
  });

  it('wait for their card together, in one look', async () => {
    const m = await booked({ burst: 1_000 });
    await hear(m, move('a', 1));
    await pass(m, 2_000);
    expect(said(await write(m))).toEqual(['moved 1']);
    await hear(m, Array.from({ length: 20 }, (_, i) => move('a', i + 2)).flat());
    await pass(m, 10);
    // Nothing asks for another turn before the card has rested.
    const { jobs, wakeInMs } = await m.lanes.advance([], 10);
    expect(jobs).toEqual([]);
    expect(wakeInMs).toBeGreaterThan(100);
  });
});
