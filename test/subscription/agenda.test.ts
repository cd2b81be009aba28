// Rule: an agenda is due at its hour by the clocks of its zone, exactly once a day or week, also when they go forward or back.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockTime, daysOf, lastDue, weekdayNamed } from '../../src/subscription/agenda.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Atlantic/Azores',
];
const minute = 60_000;
const day = 86_400_000;
const wallOf = (at: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);

/** Days around changes of the clocks count more than others. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
  fc.constantFrom(
    Date.UTC(2026, 2, 28, 20),
    Date.UTC(2026, 9, 24, 20),
    Date.UTC(2026, 2, 7, 20),
    Date.UTC(2026, 9, 31, 20),
    Date.UTC(2026, 3, 4, 10),
    Date.UTC(2026, 9, 3, 10),
  ),
);
const digests = fc.record({
  every: fc.constantFrom('day' as const, 'week' as const),
  weekday: fc.integer({ min: 1, max: 7 }),
  minute: fc.integer({ min: 0, max: 1439 }),
  zone: fc.constantFrom(...zones),
});

describe('an agenda', () => {
  test('comes once for each day or week, in order, whenever one looks', () => {
    fc.assert(
      fc.property(digests, moments, fc.integer({ min: 1, max: 90 }), (digest, start, step) => {
        const seen: { at: number; period: string }[] = [];
        for (let now = start; now < start + 4 * day; now += step * minute) {
          const due = lastDue(digest, now);
          expect(due.at).toBeLessThanOrEqual(now);
          if (seen.at(-1)?.period !== due.period) seen.push(due);
        }
        expect(new Set(seen.map(({ period }) => period)).size).toBe(seen.length);
        expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('comes at its hour, or the first moment after where the clocks leave that out', () => {
    fc.assert(
      fc.property(digests, moments, (digest, now) => {
        const { at, from, to, period } = lastDue(digest, now);
        const wall = wallOf(at, digest.zone);
        const shown = wall.hour * 60 + wall.minute;
        // Left out: the hour of its day that clocks skip, and only then.
        const asked = Temporal.PlainTime.from({ hour: Math.floor(digest.minute / 60), minute: digest.minute % 60 });
        const plain = wallOf(from, digest.zone).toPlainDate().toPlainDateTime(asked);
        const isThere = wallOf(at, digest.zone).toPlainDateTime().equals(plain);
        if (isThere) expect(shown).toBe(digest.minute);
        else expect(() => plain.toZonedDateTime(digest.zone, { disambiguation: 'reject' })).toThrow(RangeError);
        if (digest.every === 'week') expect(plain.dayOfWeek).toBe(digest.weekday);
        expect(period).toBe(`${digest.every} ${plain.toPlainDate()}`);
        expect(to - from).toBeGreaterThan(digest.every === 'day' ? 20 * 3_600_000 : 6 * day);
        expect(at).toBeGreaterThanOrEqual(from);
      }),
      { numRuns: 300 },
    );
  });

  test('that clocks would tell twice comes at the first of the two', () => {
    const due = lastDue({ every: 'day', weekday: null, minute: 150, zone: 'Europe/Berlin' }, Date.UTC(2026, 9, 25, 12));
    expect(due.at).toBe(Date.UTC(2026, 9, 25, 0, 30));
    const skipped = lastDue(
      { every: 'day', weekday: null, minute: 150, zone: 'Europe/Berlin' },
      Date.UTC(2026, 2, 29, 12),
    );
    expect(skipped.at).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });

  test('of a day is of that day where the reader is', () => {
    const now = Date.UTC(2026, 10, 28, 23, 30);
    expect(daysOf('today', now, 'Europe/Berlin')).toEqual({
      from: Date.UTC(2026, 10, 28, 23),
      to: Date.UTC(2026, 10, 29, 23),
    });
    expect(daysOf('tomorrow', now, 'America/New_York').from).toBe(Date.UTC(2026, 10, 29, 5));
    expect(daysOf('today', Date.UTC(2026, 9, 25, 12), 'Europe/Berlin').to - Date.UTC(2026, 9, 24, 22)).toBe(
      25 * 3_600_000,
    );
  });

  test.each([
    ['9', 540],
    ['9:30', 570],
    ['09.05', 545],
    ['9am', 540],
    ['12am', 0],
    ['12:15pm', 735],
    ['21h', 1260],
    ['24:00', null],
    ['13pm', null],
    ['9:60', null],
    ['', null],
    ['x', null],
  ])('%s is read', (text, minutes) => expect(clockTime(text)).toBe(minutes));

  test('days are known by their names, and nothing else is', () => {
    expect(['Monday', 'mondays', 'tue', 'Mi', 'sun'].map(weekdayNamed)).toEqual([1, 1, 2, 3, 7]);
    expect(['constructor', '', 'day'].map(weekdayNamed)).toEqual([null, null, null]);
  });
});
