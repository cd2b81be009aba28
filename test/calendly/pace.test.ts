// Whose turn it is to ask Calendly: never more than six tenths of anybody's limit in the background, people first, and each Calendly user by themselves.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pace } from '../../src/calendly/pace.ts';

const minute = 60_000;

/** A clock that only sleeping moves on. */
function clocked() {
  const clock = { at: 0 };
  const turns = pace({
    now: () => clock.at,
    sleep: async (ms) => {
      clock.at += ms;
    },
  });
  return { clock, turns };
}

const told = (limit: number, remaining = limit) => ({ limit, remaining, resetSeconds: 60, status: 200 });

/** The most that fell into one minute. */
const busiest = (at: readonly number[]) =>
  Math.max(...at.map((from) => at.filter((t) => t >= from && t < from + minute).length));

test('at most six tenths of the limit in any minute, whatever the limit, and not much less', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(50, 100, 500), fc.nat(200_000), async (limit, idle) => {
      const { clock, turns } = clocked();
      turns.told('olga', told(limit));
      clock.at = idle;
      const at: number[] = [];
      for (let i = 0; i < 2 * limit; i++) {
        await turns.turn('olga');
        at.push(clock.at);
      }
      expect(busiest(at)).toBeLessThanOrEqual(0.6 * limit);
      expect(at.length / ((clock.at - idle) / minute)).toBeGreaterThan(0.5 * limit);
    }),
    { numRuns: 30 },
  );
});

test('stops until the minute is over where others have used the limit up, or Calendly says 429', async () => {
  for (const said of [told(500, 200), { limit: null, remaining: null, resetSeconds: 60, status: 429 }]) {
    const { clock, turns } = clocked();
    turns.told('olga', told(500));
    turns.told('olga', said);
    expect(turns.stoppedFor('olga')).toBe(minute);
    // Nobody else waits for it.
    await turns.turn('adam');
    expect(clock.at).toBeLessThan(minute);
    await turns.turn('olga');
    expect(clock.at).toBeGreaterThanOrEqual(minute);
    expect(turns.stoppedFor('olga')).toBeNull();
  }
});

test('lets people pass, but does not wait for them for ever', async () => {
  const { clock, turns } = clocked();
  turns.told('olga', told(500));
  const over = turns.person('olga');
  await turns.turn('olga');
  expect(clock.at).toBeGreaterThanOrEqual(2_000);
  expect(clock.at).toBeLessThan(3_000);
  over();
  const before = clock.at;
  await turns.turn('olga');
  expect(clock.at - before).toBeLessThan(2_000);
});

test('whoever waits when the app stops is told', async () => {
  const { turns } = clocked();
  turns.told('olga', { ...told(500, 0), resetSeconds: 3_600 });
  turns.close();
  await expect(turns.turn('olga')).rejects.toMatchObject({ code: 'stopping' });
});
