// A channel whose messenger is away waits longer each time, whichever of its messages is tried; the first answer ends that.

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
        return { folded: 0, jobs: isTurn ? [next()] : [], lost: 0, repeated: 0, wakeInMs: 1 };
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
