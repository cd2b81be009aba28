// How long a mute lasts, as typed: every usual way to say it, in the person's zone, over changes of the clocks, and nothing that throws.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUntil } from '../../src/subscription/until.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string, zone = berlin) => Temporal.PlainDateTime.from(iso).toZonedDateTime(zone).epochMilliseconds;
/** A Saturday. */
const now = at('2026-11-28T15:20');
const read = (text: string, from = now, zone = berlin) => {
  const found = readUntil(text, { now: from, zone });
  if (!found.ok) return found.why;
  const rest = found.rest.map((token) => token.text).join(' ');
  const until =
    found.until === null
      ? null
      : Temporal.Instant.fromEpochMilliseconds(found.until)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime()
          .toString()
          .slice(0, 16);
  return rest === '' ? until : [until, rest];
};

describe('readUntil', () => {
  test.each([
    ['2h', '2026-11-28T17:20'],
    ['90 min', '2026-11-28T16:50'],
    ['for 2 hours', '2026-11-28T17:20'],
    ['for an hour', '2026-11-28T16:20'],
    ['1h30m', '2026-11-28T16:50'],
    ['1 hour 30 minutes', '2026-11-28T16:50'],
    ['1.5h', '2026-11-28T16:50'],
    ['3 days', '2026-12-01T15:20'],
    ['1w', '2026-12-05T15:20'],
    ['2 std', '2026-11-28T17:20'],
    ['until monday', '2026-11-30T00:00'],
    ['until next monday 9:00', '2026-11-30T09:00'],
    ['bis montag 9 uhr', '2026-11-30T09:00'],
    ['until saturday', '2026-12-05T00:00'],
    ['until tomorrow', '2026-11-29T00:00'],
    ['tomorrow at 9am', '2026-11-29T09:00'],
    ['until next week', '2026-11-30T00:00'],
    ['until tonight', '2026-11-29T00:00'],
    ['until today 18:00', '2026-11-28T18:00'],
    ['until end of day', '2026-11-29T00:00'],
    ['until 5pm', '2026-11-28T17:00'],
    ['until 9:00', '2026-11-29T09:00'],
    ['till noon', '2026-11-29T12:00'],
    ['until 2026-12-24', '2026-12-24T00:00'],
    ['until 24.12.', '2026-12-24T00:00'],
    ['until Dec 24 5:30 pm', '2026-12-24T17:30'],
    ['until 3rd January', '2027-01-03T00:00'],
  ])('%s', (text, until) => expect(read(text)).toBe(until));

  test('leaves the words before and after to whoever reads on', () => {
    expect(read('“Demo call” until monday')).toEqual(['2026-11-30T00:00', 'Demo call']);
    expect(read('2 2h')).toEqual(['2026-11-28T17:20', '2']);
    expect(read('1, 3 2 hours')).toEqual(['2026-11-28T17:20', '1 3']);
    expect(read('2h all')).toEqual(['2026-11-28T17:20', 'all']);
    expect(read('demo call')).toEqual([null, 'demo call']);
    // What stands in quotes is a name, whatever it says.
    expect(read('"until monday" 1h')).toEqual(['2026-11-28T16:20', 'until monday']);
  });

  test.each([
    ['until whenever', 'unclear'],
    ['until', 'unclear'],
    ['until 9', 'unclear'],
    ['until 31.2.', 'unclear'],
    ['0 min', 'past'],
    ['until today 9:00', 'past'],
    ['until 2020-01-01', 'past'],
    ['400 days', 'too_long'],
    [`${'9999w'.repeat(600)}`, 'too_long'],
  ])('%s is refused', (text, why) => expect(read(text)).toBe(why));

  test('a day ends by the calendar, hours by the clock, when the clocks change', () => {
    // The night to October 25th has 25 hours in Berlin, that to March 28th 23.
    const autumn = at('2026-10-24T12:00');
    expect(read('1 day', autumn)).toBe('2026-10-25T12:00');
    expect(read('24h', autumn)).toBe('2026-10-25T11:00');
    expect(read('until monday 9:00', autumn)).toBe('2026-10-26T09:00');
    const spring = at('2027-03-27T12:00');
    expect(read('1 day', spring)).toBe('2027-03-28T12:00');
    expect(read('24h', spring)).toBe('2027-03-28T13:00');
    // 2:30 does not exist that night: the moment it would have been.
    expect(read('until tomorrow 2:30', spring)).toBe('2027-03-28T03:30');
  });

  test('is said in the zone of whoever types', () => {
    const found = readUntil('until tomorrow', { now, zone: 'America/Los_Angeles' });
    expect(found).toMatchObject({ ok: true, until: at('2026-11-29T00:00', 'America/Los_Angeles') });
    expect(readUntil('2h', { now, zone: 'Nowhere/At_All' })).toMatchObject({ ok: true, until: now + 2 * 3_600_000 });
  });

  test('is total', () => {
    const word = fc.constantFrom(
      'until',
      'for',
      '2',
      '2h',
      'monday',
      'next',
      'dec',
      '24',
      ':',
      '9:00',
      'pm',
      'an',
      'hour',
      '"',
      '“',
      '99999w',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(word, fc.string({ maxLength: 4 }))).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(berlin, 'Asia/Kolkata', 'nowhere'), (typed, zone) => {
        const found = readUntil(typed, { now, zone });
        if (found.ok && found.until !== null) expect(found.until).toBeGreaterThan(now);
      }),
    );
  });
});
