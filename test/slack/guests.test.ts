// Pins the look for guests in a channel: it ends at the first, is bounded, and does not ask twice about the same people.

import { describe, expect, test } from 'vitest';
import { guestLook } from '../../src/slack/guests.ts';

function look(people: string[], guests: string[] = []) {
  const asked: string[] = [];
  let time = 0;
  const hasGuests = guestLook({
    members: async (_channel, limit) => people.slice(0, limit + 50),
    async isGuest(user) {
      asked.push(user);
      return guests.includes(user);
    },
    now: () => time,
  });
  return { hasGuests, asked, later: (ms: number) => (time += ms) };
}
const crowd = (count: number) => Array.from({ length: count }, (_, i) => `U${i}`);

describe('guests in a channel', () => {
  test('are found, and are not there where there are none', async () => {
    expect(await look(['UANN', 'UGUS'], ['UGUS']).hasGuests('C1')).toBe(true);
    expect(await look(['UANN', 'UGUS'], ['UGUS']).hasGuests('C1', 'UGUS')).toBe(false);
    expect(await look(['UANN', 'UBO']).hasGuests('C1')).toBe(false);
    expect(await look([]).hasGuests('C1')).toBe(false);
  });

  test('nobody is asked about twice within the hour', async () => {
    const l = look(['UANN', 'UBO']);
    await l.hasGuests('C1');
    await l.hasGuests('C2');
    expect(l.asked).toHaveLength(2);
    l.later(3_600_001);
    await l.hasGuests('C1');
    expect(l.asked).toHaveLength(4);
  });

  test('200 members are looked at, and no more', async () => {
    const l = look(crowd(500));
    expect(await l.hasGuests('C1')).toBe(false);
    expect(l.asked).toHaveLength(200);
  });

  test('the first one ends it', async () => {
    const l = look(crowd(200), ['U199']);
    expect(await l.hasGuests('C1')).toBe(true);
    expect(l.asked.length).toBeLessThanOrEqual(16);
  });

  test('where Slack does not answer, nobody knows', async () => {
    const failing = guestLook({ members: async () => ['U1'], isGuest: () => Promise.reject(new Error('ratelimited')) });
    await expect(failing('C1')).rejects.toThrow('ratelimited');
  });
});
