// The worker by itself: a channel whose messenger is away waits longer each time; no more is claimed than can be served, and what takes long is done in smaller turns.

import { afterEach, expect, test, vi } from 'vitest';
import { type Job, type JobResult, type LookUp, laneWorker, type Turned } from '../../src/delivery/lane.ts';
import type { Outcome } from '../../src/delivery/write.ts';
import { logger } from '../../src/log.ts';

afterEach(() => void vi.useRealTimers());

const away: Outcome = { kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: null };

test('news does not begin the waits of an outage anew', async () => {
  const waits: number[] = [];
  const outcomes = [away, away, away, away, { kind: 'done', ts: '1.2', channel: 'C1' } as const, away];
  let made = 0;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  // Each try is of another message, as if it had come just now.
  const next = (): Job => ({
    ...{ installationId: 'i', channelId: 'C1', deliveryId: `${made++}`, fence: 1, kind: 'card', op: 'post' },
    ...{ ts: null, threadTs: null, content: { kind: 'notice', text: 'Hello' }, hash: '', version: 1 },
    ...{ attemptId: 'a', attempt: 1, plain: false, ageMs: 0 },
  });
  const worker = laneWorker({
    store: {
      async advance({ results, claim }): Promise<Turned> {
        for (const { settled } of results as JobResult[]) waits.push(settled.do === 'again' ? settled.laneDelayMs : 0);
        if (waits.length === outcomes.length) resolve();
        const isTurn = claim > 0 && made === waits.length && made < outcomes.length;
        return { folded: 0, more: false, jobs: isTurn ? [next()] : [], lost: 0, repeated: 0, wakeInMs: 1 };
      },
    },
    messenger: { send: async () => outcomes[made - 1]!, find: async () => ({ kind: 'absent' }) },
    clock: { now: () => Date.now() },
    log: logger('silent'),
    random: () => 1,
    policy: () => 'ask',
    leaseMs: 30_000,
    pollMs: 1,
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 0, 1_000]);
});

const job = (n: number): Job => ({
  ...{ installationId: 'i', channelId: `C${n}`, deliveryId: `${n}`, fence: 1, kind: 'card', op: 'post' },
  ...{ ts: null, threadTs: null, content: { kind: 'notice', text: 'Hello' }, hash: '', version: 1 },
  ...{ attemptId: 'a', attempt: 1, plain: false, ageMs: 0 },
});
const done: Outcome = { kind: 'done', ts: '1.2', channel: 'C1' };
const rest = {
  messenger: { send: async () => done, find: async () => ({ kind: 'absent' as const }) },
  clock: { now: () => Date.now() },
  log: logger('silent'),
  policy: () => 'ask' as const,
  leaseMs: 30_000,
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('however slow the database is, no more channels are held than are served at a time', async () => {
  let claimed = 0;
  let recorded = 0;
  let most = 0;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const worker = laneWorker({
    ...rest,
    store: {
      async advance({ results, claim }): Promise<Turned> {
        recorded += results.length;
        const jobs = Array.from({ length: Math.min(claim, 500 - claimed) }, () => job(claimed++));
        most = Math.max(most, claimed - recorded);
        if (recorded === 500) resolve();
        await pause(2);
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: 1 };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(most).toBeLessThanOrEqual(64);
});

test('with every place taken, and more channels due than there are places, no turn is made for nothing', async () => {
  let [begun, recorded, idle] = [0, 0, 0];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const worker = laneWorker({
    ...rest,
    lanes: 4,
    messenger: { ...rest.messenger, send: () => pause(60).then(() => done) },
    store: {
      async advance({ results, claim, fold }): Promise<Turned> {
        recorded += results.length;
        if (results.length === 0 && claim === 0 && fold === 0) idle += 1;
        if (recorded >= 24) resolve();
        const jobs = Array.from({ length: claim }, () => job(begun++));
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: null };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(idle).toBe(0);
});

test('with every place taken, and all of them given back in one moment, the next turn is not waited for', async () => {
  let [begun, recorded] = [0, 0];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let together = Promise.withResolvers<void>();
  const worker = laneWorker({
    ...rest,
    lanes: 4,
    pollMs: 600_000,
    messenger: {
      ...rest.messenger,
      async send() {
        const mine = together;
        if (begun % 4 === 0) {
          together = Promise.withResolvers();
          setTimeout(mine.resolve, 5);
        }
        await mine.promise;
        return done;
      },
    },
    store: {
      async advance({ results, claim }): Promise<Turned> {
        recorded += results.length;
        if (recorded >= 24) resolve();
        const jobs = Array.from({ length: claim }, () => job(begun++));
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: null };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(recorded).toBeGreaterThanOrEqual(24);
});

test('what takes long to fold is folded in smaller turns, and in larger ones again when it does not', async () => {
  const folds: number[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const worker = laneWorker({
    ...rest,
    store: {
      async advance({ fold }): Promise<Turned> {
        if (fold > 0) folds.push(fold);
        if (folds.length === 20) resolve();
        if (folds.length < 6) await pause(120);
        return { folded: fold, more: folds.length < 20, jobs: [], lost: 0, repeated: 0, wakeInMs: null };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(folds.slice(0, 6)).toEqual([50, 25, 12, 6, 4, 4]);
  expect(folds.slice(6, 18)).toEqual([8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50]);
});

test('while nobody takes anything, one channel at a time is tried, and all are served once somebody does', async () => {
  const claims: number[] = [];
  let [begun, recorded, calls] = [0, 0, 0];
  let backAt = Number.POSITIVE_INFINITY;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const gone: Outcome = { kind: 'not_sent', reason: 'could not connect', retryAfterMs: null, isOutage: true };
  const worker = laneWorker({
    ...rest,
    messenger: {
      ...rest.messenger,
      async send() {
        calls += 1;
        // Those of the first turn, and three more tries.
        if (calls <= 32 + 3) return gone;
        backAt = Math.min(backAt, claims.length);
        return done;
      },
    },
    store: {
      async advance({ results, claim }): Promise<Turned> {
        claims.push(claim);
        recorded += results.length;
        if (recorded === 200) resolve();
        const jobs = Array.from({ length: Math.min(claim, 200 - begun) }, () => job(begun++));
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: 1 };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  const meanwhile = claims.slice(
    claims.findIndex((claim) => claim <= 1),
    backAt,
  );
  expect(meanwhile.filter((claim) => claim > 1)).toEqual([]);
  expect(meanwhile.filter((claim) => claim === 1)).toHaveLength(4);
  // Not one right after the other: what became of a try is recorded by a turn that makes none.
  expect(meanwhile.join('')).not.toContain('11');
  expect(Math.max(...claims.slice(backAt))).toBeGreaterThan(16);
});

test('a post of unknown outcome is searched for, or a person’s to judge where it was text alone, which bears no mark', async () => {
  const became = new Map<string, string>();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let turns = 0;
  const worker = laneWorker({
    ...rest,
    policy: () => 'look_up' as const,
    messenger: { ...rest.messenger, send: async () => ({ kind: 'ambiguous', reason: 'HTTP 502' }) },
    store: {
      async advance({ results }): Promise<Turned> {
        for (const each of results as JobResult[]) became.set(each.job.deliveryId, each.settled.do);
        if (became.size === 2) resolve();
        const jobs = turns++ === 0 ? [job(1), { ...job(2), plain: true }] : [];
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: 1 };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(Object.fromEntries(became)).toEqual({ 1: 'look_up', 2: 'uncertain' });
});

test('a search that is answered shows as well that somebody is there', async () => {
  const claims: number[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const search: LookUp = {
    ...{ installationId: 'i', channelId: 'C9', deliveryId: '9', fence: 1, kind: 'card', op: 'look' },
    ...{ threadTs: null, attemptId: 'a', triedAt: 0, ageMs: 0 },
  };
  let searched = false;
  const worker = laneWorker({
    ...rest,
    policy: () => 'look_up' as const,
    messenger: {
      send: async () => ({ kind: 'not_sent', reason: 'could not connect', retryAfterMs: null, isOutage: true }),
      async find() {
        searched = true;
        return { kind: 'absent' };
      },
    },
    store: {
      async advance({ claim }): Promise<Turned> {
        claims.push(claim);
        if (searched && claim > 0) resolve();
        const jobs = claims.length === 1 ? [job(1), job(2), job(3)] : claim === 1 && !searched ? [search] : [];
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: 1 };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(Math.max(...claims.slice(1, -1))).toBe(1);
  expect(claims.at(-1)).toBeGreaterThan(16);
});

test('a turn that was too early for the next try is followed by one that is not', async () => {
  const claims: number[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const worker = laneWorker({
    ...rest,
    messenger: {
      ...rest.messenger,
      send: async () => ({ kind: 'not_sent', reason: 'could not connect', retryAfterMs: null, isOutage: true }),
    },
    pollMs: 60_000,
    store: {
      async advance({ claim }): Promise<Turned> {
        claims.push(claim);
        if (claims.length > 1 && claim > 0) resolve();
        // The turn that may not try yet is still under way when it could.
        if (claim === 0) await pause(400);
        const jobs = claims.length === 1 ? [job(1), job(2), job(3)] : [];
        return { folded: 0, more: false, jobs, lost: 0, repeated: 0, wakeInMs: null };
      },
    },
  });
  worker.start();
  await over;
  await worker.stop(1_000);
  expect(claims.slice(1, -1).every((claim) => claim === 0)).toBe(true);
  expect(claims.at(-1)).toBe(1);
});

const unreached: Outcome = { kind: 'not_sent', reason: 'could not connect', retryAfterMs: null, isOutage: true };
type Sent = Promise<Outcome> | Outcome;

/** A worker in a flood, by a clock of the test's own; `send` answers the n-th call, and a job is there for each lane it asks for while `hasMore` says so. */
function flooded({ send, hasMore }: { send: (n: number) => Sent; hasMore: (sent: number) => boolean }) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const seen = { turns: 0, folds: new Set<number>(), sentAt: [] as number[] };
  const worker = laneWorker({
    ...rest,
    messenger: {
      ...rest.messenger,
      send: async () => send(seen.sentAt.push(performance.now())),
    },
    store: {
      async advance({ claim, fold }): Promise<Turned> {
        seen.turns += 1;
        seen.folds.add(fold);
        await pause(10);
        const sent = seen.sentAt.length;
        const jobs = sent < 3 ? [job(1), job(2), job(3)] : claim > 0 && hasMore(sent) ? [job(4)] : [];
        return { folded: 16, more: true, jobs, lost: 0, repeated: 0, wakeInMs: 10 };
      },
    },
  });
  const flood = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 10) {
      worker.kept(Array.from({ length: 40 }, () => 'noisy'));
      await vi.advanceTimersByTimeAsync(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  worker.start();
  return { seen, flood, stop: () => worker.stop(0) };
}

test('in a flood the worker turns less often while nobody takes anything, and at once when somebody does', async () => {
  const turns = async (outcome: Outcome) => {
    let endTry: ((outcome: Outcome) => void) | undefined;
    const { seen, flood, stop } = flooded({
      send: (n) => (n <= 3 ? outcome : new Promise((resolve) => (endTry = resolve))),
      hasMore: () => !endTry,
    });
    await flood(10_000);
    const inAll = seen.turns;
    await flood(20);
    const before = seen.turns;
    endTry?.(done);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    const atOnce = seen.turns - before;
    await stop();
    return { inAll, atOnce };
  };
  const there = await turns(done);
  const gone = await turns(unreached);
  expect(gone.inAll).toBeLessThan(there.inAll / 2);
  expect(gone.atOnce).toBeGreaterThan(0);
});

test('in a flood more is folded in each of the few turns while nobody takes anything, and the next try is not late', async () => {
  const { seen, flood, stop } = flooded({ send: () => unreached, hasMore: () => true });
  await flood(8_000);
  seen.folds.clear();
  const tries = seen.sentAt.length;
  await flood(30_000);
  await stop();
  expect([...seen.folds]).toEqual([50]);
  const waits = seen.sentAt.slice(tries).map((at, i) => at - seen.sentAt[tries + i - 1]!);
  expect(waits.length).toBeGreaterThan(10);
  // Every two seconds, begun in a turn of ten milliseconds.
  expect(new Set(waits)).toEqual(new Set([2_010]));
});
