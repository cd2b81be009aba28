// The worker by itself: a channel whose messenger is away waits longer each time; no more is claimed than can be served, and what takes long is done in smaller turns.

import { expect, test } from 'vitest';
import { type Job, type JobResult, laneWorker, type Turned } from '../../src/delivery/lane.ts';
import type { Outcome } from '../../src/delivery/write.ts';
import { logger } from '../../src/log.ts';

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
