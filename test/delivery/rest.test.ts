// How long the worker rests, by a clock of the test's own: who floods waits, who was silent does not, and however many are silent the turns take a fifth at most.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Rests, rests } from '../../src/delivery/rest.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A turn that takes so long and does so much; answers how long the rest after it took while `meanwhile` happens. Milliseconds. */
async function turn(
  between: Rests,
  {
    took = 5,
    results = 1,
    begun = 1,
    isMore = false,
    isAway = false,
    during = () => {},
    meanwhile = async () => {},
  } = {},
): Promise<number> {
  between.begin(isAway);
  during();
  await vi.advanceTimersByTimeAsync(took);
  const from = performance.now();
  let until = Number.NaN;
  void between.after({ results, begun, isMore }).then(() => {
    until = performance.now();
  });
  await meanwhile();
  await vi.advanceTimersByTimeAsync(1_000);
  return until - from;
}

const many = (account: string, n: number) => Array.from({ length: n }, () => account);
const after = (ms: number, then: () => void) => async () => {
  await vi.advanceTimersByTimeAsync(ms);
  then();
};

test('the more there was to do, the longer the pause, from beginning to beginning', async () => {
  const between = rests();
  expect(await turn(between, { results: 0, begun: 1 })).toBe(8);
  expect(await turn(between, { results: 2, begun: 2 })).toBe(17);
  expect(await turn(between, { results: 10, begun: 10 })).toBe(35);
  expect(await turn(between, { took: 50, results: 10, begun: 10 })).toBe(0);
});

test('a turn that left more to do, or had results only, is followed by no pause', async () => {
  const between = rests();
  expect(await turn(between, { results: 16, begun: 50, isMore: true })).toBe(0);
  expect(await turn(between, { results: 4, begun: 0 })).toBe(0);
});

test('in a flood the rest grows with it, up to a tenth of a second, and ends with it', async () => {
  const between = rests();
  const flooded = () => {
    between.came(many('noisy', 40));
    return turn(between, { results: 16, begun: 16 });
  };
  expect([await flooded(), await flooded(), await flooded(), await flooded()]).toEqual([5, 15, 45, 45]);
  between.came(many('noisy', 40));
  expect(await turn(between, { took: 50 })).toBe(100);
  expect(await turn(between, { results: 16, begun: 16, isMore: true })).toBe(0);
});

test('while the messenger is away the rest in a flood grows up to half a second, and ends as soon as it is back', async () => {
  const between = rests();
  const flooded = (isAway: boolean, meanwhile?: () => Promise<void>) => {
    between.came(many('noisy', 200));
    return turn(between, { isAway, ...(meanwhile ? { meanwhile } : {}) });
  };
  const grown = [];
  for (let i = 0; i < 6; i++) grown.push(await flooded(true));
  expect(grown).toEqual([5, 15, 45, 135, 405, 405]);
  between.came(many('noisy', 200));
  expect(await turn(between, { took: 50, isAway: true })).toBe(500);
  expect(
    await flooded(
      true,
      after(30, () => between.back()),
    ),
  ).toBe(30);
  expect([await flooded(false), await flooded(false)]).toEqual([45, 45]);
  // Back before the turn had ended.
  expect([await flooded(true), await flooded(true)]).toEqual([135, 405]);
  between.came(many('noisy', 200));
  expect(await turn(between, { isAway: true, during: () => between.back() })).toBe(45);
  // Where nobody floods, somebody away is no reason to rest.
  expect(await turn(between, { isAway: true })).toBe(11);
});

test('what came in a long rest is no flood because the rest was long', async () => {
  const between = rests();
  for (let i = 0; i < 5; i++) {
    between.came(many('noisy', 200));
    await turn(between, { isAway: true });
  }
  between.came(many('noisy', 129));
  expect(await turn(between, { isAway: true, results: 16, begun: 16, isMore: true })).toBe(0);
  between.came(many('noisy', 32));
  expect(await turn(between, { isAway: true })).toBe(5);
});

test('a rest is no longer than it is asked to be', async () => {
  const between = rests();
  between.came(many('noisy', 40));
  between.begin(false);
  await vi.advanceTimersByTimeAsync(50);
  const from = performance.now();
  let until = Number.NaN;
  void between.after({ results: 1, begun: 1, isMore: false }, 12).then(() => {
    until = performance.now();
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(until - from).toBe(12);
  // Nor is a pause.
  between.begin(false);
  const again = performance.now();
  void between.after({ results: 10, begun: 10, isMore: false }, 7).then(() => {
    until = performance.now();
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(until - again).toBe(7);
});

test('who floods does not end the rest; who was silent does', async () => {
  const between = rests();
  between.came(many('noisy', 40));
  expect(await turn(between, { took: 10, meanwhile: after(2, () => between.came(['noisy'])) })).toBe(10);
  between.came(many('noisy', 40));
  await turn(between, { took: 10 });
  between.came(many('noisy', 40));
  expect(await turn(between, { took: 10, meanwhile: after(2, () => between.came(['noisy', 'quiet'])) })).toBe(2);
});

test('who comes while a turn is under way is served by the next, without a rest', async () => {
  const between = rests();
  between.came(many('noisy', 40));
  expect(await turn(between, { during: () => between.came(['quiet']) })).toBe(0);
});

test('an account is silent after 40 ms', async () => {
  const between = rests();
  between.came(['one']);
  await vi.advanceTimersByTimeAsync(35);
  expect(await turn(between, { took: 1, meanwhile: after(3, () => between.came(['one'])) })).toBe(15);
  // Turns end 1,000 ms of the clock later.
  expect(await turn(between, { took: 1, meanwhile: after(3, () => between.came(['one'])) })).toBe(3);
});

test('however many silent accounts there are, the turns they begin take a fifth of the time at most', async () => {
  const between = rests();
  let n = 0;
  const restOf = async () => {
    between.came(many('noisy', 40));
    between.begin(false);
    await vi.advanceTimersByTimeAsync(10);
    let isOver = false;
    const over = between.after({ results: 16, begun: 16, isMore: false }).then(() => {
      isOver = true;
    });
    const from = performance.now();
    while (!isOver) {
      between.came([`account ${n++}`]);
      await vi.advanceTimersByTimeAsync(1);
    }
    await over;
    return performance.now() - from;
  };
  let rested = 0;
  for (let i = 0; i < 50; i++) rested += await restOf();
  expect((50 * 10) / (rested + 50 * 10)).toBeLessThan(0.21);
  expect(n).toBeGreaterThan(400);
});

test('only an end ends the rest after a failure', async () => {
  const between = rests();
  let isOver = false;
  void between.rest(1_000).then(() => {
    isOver = true;
  });
  between.came(['quiet']);
  await vi.advanceTimersByTimeAsync(900);
  expect(isOver).toBe(false);
  between.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
});
