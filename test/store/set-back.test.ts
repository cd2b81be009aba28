// A database whose clock is set back: what waits does not wait for the clock to come as far again, and a scheduled check finds its period free.
//
// A clock that was set back by three days looks just like memory whose times lie three days ahead: so it is played here.

import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Job, LookUp } from '../../src/delivery/lane.ts';
import { logger } from '../../src/log.ts';
import { clockRow, runCoordinator } from '../../src/store/cron-runs.ts';
import type { Database } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { followClock as follow, watchClock } from '../../src/store/set-back.ts';
import { memory, writes } from './memory.ts';

const hour = 3_600_000;
const days = 72 * hour;
const followClock = async (database: Database) => (await follow(database)).byMs;
type Memory = Awaited<ReturnType<typeof memory>>;

/** As if the clock had been set back by so much just now. */
async function setBack(database: Database, byMs: number): Promise<void> {
  const db = across(database.db, 'operator');
  const later = (column: string) => sql<number>`${sql.ref(column)} + ${byMs}`;
  const lane = ['due_at', 'not_before', 'paced_until', 'lease_until'] as const;
  for (const column of lane)
    await db
      .updateTable('lane')
      .set({ [column]: later(column) })
      .execute();
  for (const column of ['due_at', 'first_due_at', 'tried_at', 'created_at', 'updated_at'] as const)
    await db
      .updateTable('delivery')
      .set({ [column]: later(column) })
      .execute();
  await db
    .updateTable('told')
    .set({ at: later('at') })
    .execute();
  await db
    .updateTable('cron_run')
    .set({ ran_at: later('ran_at') })
    .execute();
}

const booked = async (m: Memory, count = 1) => {
  await m.changes.keep(Array.from({ length: count }, () => m.arrival(makeWebhook('invitee.created'))));
  await m.changes.foldNext(10);
};
/** The next call, once it is due. What waits may be late by as long as the clock was not looked at: here, a moment. */
async function firstJob(m: Memory): Promise<Job | LookUp> {
  for (let tries = 0; tries < 500; tries++) {
    const [job] = (await m.lanes.advance([], 10)).jobs;
    if (job) return job;
    await pause(20);
  }
  throw new Error('nothing became due in ten seconds');
}
const again = {
  do: 'again' as const,
  ...{ itemDelayMs: 0, laneDelayMs: 0, told: false, plain: false, counts: true, reason: 'refused' },
};

describe('a clock that was set back', () => {
  it('leaves nothing waiting that was due', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await followClock(m.database);
    await booked(m);
    await setBack(m.database, days);
    expect((await m.lanes.advance([], 10)).jobs).toEqual([]);
    expect(await followClock(m.database)).toBeGreaterThan(days - 1_000);
    expect(writes([await firstJob(m)])).toMatchObject([{ op: 'post' }]);
    expect(await followClock(m.database)).toBe(0);
  });

  it.each(['a channel', 'a message'] as const)('keeps the wait of %s, no longer and no shorter', async (what) => {
    const m = await memory();
    await m.subscribe('C1');
    await booked(m);
    const [job] = writes((await m.lanes.advance([], 10)).jobs);
    const wait = what === 'a channel' ? { laneDelayMs: hour, told: true } : { itemDelayMs: hour };
    await m.lanes.advance([{ job: job!, settled: { ...again, ...wait } }], 10);
    await followClock(m.database);
    await setBack(m.database, days);
    await followClock(m.database);
    const { jobs, wakeInMs } = await m.lanes.advance([], 10);
    expect(jobs).toEqual([]);
    expect(wakeInMs).toBeGreaterThan(hour - 30_000);
    expect(wakeInMs).toBeLessThanOrEqual(hour + 1_000);
  });

  it('forgets no account that was looked at by the wrong clock', async () => {
    const m = await memory();
    const db = across(m.database.db, 'operator');
    await followClock(m.database);
    const now = await m.database.now();
    await db
      .updateTable('connection')
      .set({ last_change_at: now - hour, checked_at: now + days, trouble_since: now + days - hour })
      .execute();
    await setBack(m.database, days);
    await followClock(m.database);
    const row = await db
      .selectFrom('connection')
      .select(['last_change_at', 'checked_at', 'trouble_since'])
      .executeTakeFirstOrThrow();
    expect(row.last_change_at).toBe(now - hour);
    expect(row.checked_at! - now).toBeLessThan(1_000);
    expect(Math.abs(row.trouble_since! - (now - hour))).toBeLessThan(1_000);
  });

  it('lets a lease end when it was meant to', async () => {
    const m = await memory({ leaseMs: 2_000 });
    await m.subscribe('C1');
    await booked(m);
    await m.lanes.advance([], 10);
    await followClock(m.database);
    await setBack(m.database, days);
    await followClock(m.database);
    const stateAfterATurn = async () => {
      await m.lanes.advance([], 10);
      return (await m.deliveries())[0]?.state;
    };
    await expect.poll(stateAfterATurn, { timeout: 30_000 }).toBe('uncertain');
  });

  it('has a post of unknown outcome searched for from the beginning, since nobody knows its age', async () => {
    const m = await memory({ policy: 'look_up' });
    await m.subscribe('C1');
    await booked(m);
    const [job] = writes((await m.lanes.advance([], 10)).jobs);
    await m.lanes.advance([{ job: job!, settled: { do: 'look_up', delayMs: 0, reason: 'no answer' } }], 10);
    await across(m.database.db, 'operator').updateTable('lane').set({ not_before: 0, due_at: 1 }).execute();
    await followClock(m.database);
    await setBack(m.database, days);
    await followClock(m.database);
    const look = await firstJob(m);
    expect(look).toMatchObject({ op: 'look', triedAt: 0 });
    expect((look as { ageMs: number }).ageMs).toBeGreaterThan(365 * 24 * hour);
  });

  it('makes nothing that is booked from now on older than its account and its channel', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const db = across(m.database.db, 'operator');
    await db
      .insertInto('backfill')
      .values({
        ...{ installation_id: m.installationId, connection_id: m.connectionId, since: Date.now(), due_at: 0 },
        ...{ lease_until: 0, fence: 0, wish: null, run: null, last: null, poll_at: 0, hourly_at: 0, nightly_at: 0 },
      })
      .execute();
    await followClock(m.database);
    await setBack(m.database, days);
    await db
      .updateTable('backfill')
      .set({ since: sql<number>`since + ${days}` })
      .execute();
    await db
      .updateTable('subscription')
      .set({ created_at: sql<number>`created_at + ${days}` })
      .execute();
    await followClock(m.database);
    const now = await m.database.now();
    const { since } = await db.selectFrom('backfill').select('since').executeTakeFirstOrThrow();
    const { created_at } = await db.selectFrom('subscription').select('created_at').executeTakeFirstOrThrow();
    expect(since).toBeLessThanOrEqual(now);
    expect(since).toBeGreaterThan(now - 2 * 60_000);
    expect(created_at).toBeLessThanOrEqual(now);
    await m.changes.keep([{ ...m.arrival(makeWebhook('invitee.created')), source: 'backfill' }]);
    await m.changes.foldNext(10);
    expect((await m.deliveries()).map((row) => row.kind)).toEqual(['card']);
  });

  it('is noticed at start, and moved for once, by however many processes', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await booked(m);
    await followClock(m.database);
    const before = (await m.deliveries())[0]!.due_at!;
    await setBack(m.database, days);
    const others = m.storage.engine === 'postgresql' ? [await m.again(), await m.again()] : [m.database, m.database];
    const stops = await Promise.all(
      others.map((database) => watchClock({ database, log: logger('silent'), onSetBack: () => {} })),
    );
    onTestFinished(() => void Promise.all(stops.map((stop) => stop())));
    const moved = before - (await m.deliveries())[0]!.due_at!;
    expect(Math.abs(moved)).toBeLessThan(10_000);
    await Promise.all(stops.map((stop) => stop()));
  });
});

describe('the process that looked last', () => {
  it('knows how far the clock went back, though it looked a while ago', async () => {
    const m = await memory();
    const last = (await follow(m.database)).look;
    await pause(1_500);
    await setBack(m.database, hour);
    const moved = (await follow(m.database, { ...last, now: last.now + hour })).byMs;
    expect(Math.abs(moved - hour)).toBeLessThan(500);
  });

  it('is not deceived by an answer that took long', async () => {
    const m = await memory();
    const slow: Database = {
      ...m.database,
      engine: {
        ...m.database.engine,
        async readNow(on) {
          const now = await m.database.engine.readNow(on);
          await pause(1_500);
          return now;
        },
      },
    };
    const first = await follow(m.database);
    expect((await follow(slow, first.look)).byMs).toBe(0);
  });
});

describe('a period of the schedule', () => {
  const ranAt = (m: Memory, byMs: number) =>
    across(m.database.db, 'operator')
      .updateTable('cron_run')
      .set({ ran_at: sql<number>`ran_at + ${byMs}` })
      .where('name', '<>', clockRow)
      .execute();

  it('runs once', async () => {
    const m = await memory();
    const mayRun = runCoordinator(m.database);
    expect([await mayRun('a'), await mayRun('a'), await mayRun('b')]).toEqual([true, false, true]);
  });

  it.each([
    ['the database’s clock was set back', hour],
    ['the clock of the process was set back', -hour],
  ])('runs again when it comes again because %s', async (_words, byMs) => {
    const m = await memory();
    const mayRun = runCoordinator(m.database);
    await mayRun('a');
    await ranAt(m, byMs);
    expect([await mayRun('a'), await mayRun('a')]).toEqual([true, false]);
  });

  it('that is about to come again is free once the clock was seen to go back', async () => {
    const m = await memory();
    const mayRun = runCoordinator(m.database);
    await followClock(m.database);
    await mayRun('a');
    await setBack(m.database, 30_000);
    expect(await mayRun('a')).toBe(false);
    await followClock(m.database);
    expect(await mayRun('a')).toBe(true);
  });

  it('does not forget when the clock was last looked at', async () => {
    const m = await memory();
    await followClock(m.database);
    await setBack(m.database, days);
    await runCoordinator(m.database)('a');
    expect(await followClock(m.database)).toBeGreaterThan(days - 5_000);
  });
});
