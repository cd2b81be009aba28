// Who is waited for before the app goes: whoever asks regularly, until they were told, and nobody else.

import { describe, expect, it } from 'vitest';
import { departure } from '../src/departure.ts';

/** Has it resolved once everything that waits for nothing is done? */
async function isDone(promise: Promise<void>): Promise<boolean> {
  const turn = new Promise<'not yet'>((resolve) => setImmediate(() => resolve('not yet')));
  return (await Promise.race([promise.then(() => 'done'), turn])) === 'done';
}

function at(times: number[], then: number) {
  let now = 0;
  const leaving = departure(() => now);
  for (now of times) expect(leaving.asked()).toBe(true);
  now = then;
  return leaving;
}

describe('before the app goes', () => {
  it.each([
    ['nobody has asked', [], 5_000],
    ['somebody asked once', [4_000], 5_000],
    ['somebody asks too seldom', [0, 3_000], 3_100],
    ['somebody has stopped asking', [1_000, 2_000], 9_000],
  ])('waits for nobody where %s', async (_, times, then) => {
    const leaving = at(times, then);
    expect(await isDone(leaving.begin())).toBe(true);
    expect(leaving.asked()).toBe(false);
  });

  it('waits until whoever asks regularly was told', async () => {
    const leaving = at([1_000, 2_000], 2_100);
    const gone = leaving.begin();
    expect(await isDone(gone)).toBe(false);
    expect(leaving.asked()).toBe(false);
    await gone;
  });
});
