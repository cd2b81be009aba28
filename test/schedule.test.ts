// The schedule keeps its pace when the wall clock is set back or ahead while it runs.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { logger } from '../src/log.ts';
import { type Schedule, schedule } from '../src/schedule.ts';

const hour = 3_600_000;
let running: Schedule | null = null;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2027, 0, 5, 9) });
});
afterEach(async () => {
  await running?.stop();
  vi.useRealTimers();
});

/** How often a job of this schedule ran in a while, after the clock has jumped. */
async function runsAfter(jumpMs: number, expression: string, forMs: number): Promise<number> {
  let runs = 0;
  running = schedule({
    name: 'test',
    expression,
    run: async () => {
      runs += 1;
    },
    mayRun: async () => true,
    log: logger('silent'),
  });
  await vi.advanceTimersByTimeAsync(60_500);
  expect(runs).toBeGreaterThan(0);
  vi.setSystemTime(Date.now() + jumpMs);
  runs = 0;
  await vi.advanceTimersByTimeAsync(forMs);
  return runs;
}

test.each([
  ['three days back', -72 * hour],
  ['an hour back', -hour],
  ['an hour and a bit ahead', hour + 7_300],
])('%s: it runs on', async (_words, jumpMs) => {
  const runs = await runsAfter(jumpMs, '*/10 * * * * *', 60_000);
  expect(runs).toBeGreaterThanOrEqual(5);
  expect(runs).toBeLessThanOrEqual(6);
});

test('a time that comes nearer by a jump ahead is not slept over', async () => {
  expect(await runsAfter(2 * hour, '0 0 12 * * *', hour)).toBe(1);
});

test('a clock that is set a little, as it is every day, changes nothing', async () => {
  expect(await runsAfter(-300, '*/10 * * * * *', 60_000)).toBe(6);
});
