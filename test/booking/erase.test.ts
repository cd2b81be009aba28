// Whoever was taken out of a booking stays out, whatever was told before and whatever comes after, in any order.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyBooking, fold, join } from '../../src/booking/booking.ts';
import type { Change } from '../../src/booking/change.ts';
import { addressesIn, eraseFromChange, eraseFromState } from '../../src/booking/erase.ts';
import { aChange, anInvitee, hour } from './samples.ts';

const t0 = Date.UTC(2026, 10, 24, 9);
const theirs = /zoe|xylo/i;

function history(): Change[] {
  const of = { name: 'Zoe X', email: 'Zoe@xylo.example', answers: [{ question: 'Q', answer: 'xylo' }] };
  const a = anInvitee('A', { createdAt: t0, startsAt: t0 + 48 * hour, ...of });
  const b = anInvitee('B', { createdAt: t0 + hour, startsAt: t0 + 50 * hour, oldInvitee: a.uri, ...of });
  const gone = { ...a, active: false, rescheduled: true, newInvitee: b.uri, updatedAt: t0 + hour };
  const why = { by: 'Zoe X', byType: 'invitee' as const, reason: 'xylo', at: t0 + hour };
  return [
    aChange('booked', a, t0),
    aChange('canceled', { ...gone, cancellation: why }, t0 + hour),
    aChange('booked', b, t0 + hour),
    aChange('canceled', { ...b, active: false, updatedAt: t0 + 2 * hour, cancellation: why }, t0 + 2 * hour),
  ];
}

const until = (address: string) => (address === 'zoe@xylo.example' ? t0 + 30 * hour : null);

test('in any order, and erased at any moment', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(history(), { minLength: 4 }), fc.integer({ min: 1, max: 4 }), (all, at) => {
      const before = all.slice(0, at).reduce((state, change) => fold(state, change, t0), emptyBooking());
      const erased = eraseFromState(before, until);
      expect(erased).not.toBeNull();
      const after = all.slice(at).reduce((state, change) => fold(state, change, t0), erased!);
      expect(JSON.stringify(after)).not.toMatch(theirs);
      // What was kept elsewhere meanwhile, and is found to be the same booking.
      const other = all.reduce((state, change) => fold(state, change, t0), emptyBooking());
      expect(JSON.stringify(join(after, other))).not.toMatch(theirs);
      expect(JSON.stringify(join(other, after))).not.toMatch(theirs);
      expect(eraseFromState(after, until)).toBeNull();
    }),
  );
});

test('a change of before is blank, one of later is news, and one of somebody else is the very same', () => {
  const [booked] = history() as [Change];
  expect(JSON.stringify(eraseFromChange(booked, until))).not.toMatch(theirs);
  expect(eraseFromChange(booked, () => t0 - 1)).toBe(booked);
  expect(eraseFromChange(booked, () => null)).toBe(booked);
});

test('finds addresses in whatever stands around them', () => {
  expect(addressesIn('Ask <mailto:Zoe@Xylo.example|Zoe> or (bo@x.de), not @home or a@.')).toEqual([
    'zoe@xylo.example',
    'bo@x.de',
  ]);
  expect(addressesIn('zoe@xylo.example.')).toEqual(['zoe@xylo.example']);
});
