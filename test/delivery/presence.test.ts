// When the messenger counts as gone, how often it is tried then, and what counts as its being back.

import { describe, expect, test } from 'vitest';
import { presence } from '../../src/delivery/presence.ts';
import type { Found, Outcome } from '../../src/delivery/write.ts';

const unreached: Outcome = { kind: 'not_sent', reason: 'could not connect', retryAfterMs: null, isOutage: true };
const done: Outcome = { kind: 'done', ts: '1.2', channel: 'C1' };

function watched() {
  let time = 1_000;
  const there = presence(() => time);
  return {
    ...there,
    pass(ms: number) {
      time += ms;
    },
    miss: (times: number) => Array.from({ length: times }, () => there.heard(unreached)),
  };
}

describe('the messenger', () => {
  test('is gone with the third call in a row that nobody took', () => {
    const there = watched();
    expect(there.miss(2)).toEqual([null, null]);
    expect(there.allows(64)).toBe(64);
    expect(there.miss(2)).toEqual(['gone', null]);
    expect(there.allows(64)).toBe(0);
  });

  test('is there where somebody is answered between them', () => {
    const there = watched();
    there.miss(2);
    expect(there.heard(done)).toBeNull();
    there.miss(2);
    expect(there.allows(64)).toBe(64);
  });

  test('is tried by one call, then by another after twice the time, and at last every two seconds', () => {
    const there = watched();
    there.miss(3);
    for (const ms of [250, 500, 1_000, 2_000, 2_000]) {
      expect(there.waitMs()).toBe(ms);
      there.pass(ms - 1);
      expect(there.allows(64)).toBe(0);
      there.pass(1);
      expect([there.allows(64), there.allows(0), there.waitMs()]).toEqual([1, 0, 0]);
      there.began();
      expect(there.allows(64)).toBe(0);
      there.miss(1);
    }
  });

  test.each<[string, Outcome | Found]>([
    ['done', done],
    ['refused', { kind: 'refused', error: 'not_in_channel', detail: null }],
    ['of unknown outcome', { kind: 'ambiguous', reason: 'HTTP 500' }],
    ['told to wait', { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 7_000 }],
    ['a search that found it', { kind: 'found', ts: '1.2' }],
    ['a search that found nothing', { kind: 'absent' }],
    ['a search that is told to wait', { kind: 'unknown', reason: 'ratelimited', retryAfterMs: 7_000 }],
  ])('is back with a call that is %s, and the next absence begins anew', (_what, answer) => {
    const there = watched();
    there.miss(3);
    for (let i = 0; i < 4; i += 1) there.began();
    expect(there.heard(answer)).toBe('back');
    expect([there.allows(64), there.waitMs()]).toEqual([64, 0]);
    expect(there.miss(3)).toEqual([null, null, 'gone']);
    expect(there.waitMs()).toBe(250);
  });

  test.each<[string, Outcome | Found]>([
    ['was never made', { kind: 'not_sent', reason: 'woke up too late', retryAfterMs: null }],
    ['was not needed', { ...done, isUnasked: true }],
    ['was refused by ourselves', { kind: 'refused', error: 'no_token', detail: null, isUnasked: true }],
    ['searched in vain', { kind: 'unknown', reason: 'the search failed', retryAfterMs: null }],
    ['may not search', { kind: 'forbidden', reason: 'no scope' }],
  ])('is neither gone nor back by a call that %s', (_what, nothing) => {
    const there = watched();
    for (let i = 0; i < 5; i += 1) expect(there.heard(nothing)).toBeNull();
    expect(there.allows(64)).toBe(64);
    there.miss(3);
    expect(there.heard(nothing)).toBeNull();
    expect(there.allows(64)).toBe(0);
  });

  test('is tried again soon where a call said nothing', () => {
    const there = watched();
    there.miss(3);
    for (let i = 0; i < 4; i += 1) there.began();
    expect(there.waitMs()).toBe(2_000);
    there.heard({ kind: 'not_sent', reason: 'the bot token could not be read', retryAfterMs: null });
    expect(there.waitMs()).toBe(250);
    there.pass(200);
    there.heard({ kind: 'not_sent', reason: 'the bot token could not be read', retryAfterMs: null });
    expect(there.waitMs()).toBe(50);
  });
});
