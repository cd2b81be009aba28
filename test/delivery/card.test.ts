// The card of a booking says what happened last, whatever came before.

import { describe, expect, it } from 'vitest';
import { emptyBooking, fold, view } from '../../src/booking/booking.ts';
import type { Change } from '../../src/booking/change.ts';
import { cardOf } from '../../src/delivery/card.ts';
import { aChange, anInvitee, hour } from '../booking/samples.ts';

const t0 = Date.UTC(2026, 10, 24, 9);
const a = anInvitee('A', { createdAt: t0, startsAt: t0 + 48 * hour });

const noshow = (at: number) => aChange('noshow', { ...a, noShow: { uri: 'https://x.test/n', at }, updatedAt: at }, at);
const canceled = (at: number) =>
  aChange(
    'canceled',
    { ...a, active: false, updatedAt: at, cancellation: { by: 'Ada', byType: 'invitee', reason: null, at } },
    at,
  );

const stateAfter = (...changes: Change[]) =>
  cardOf(view(changes.reduce((state, change) => fold(state, change, t0), emptyBooking())), null)?.state;

describe('a no-show and a cancellation', () => {
  it('show the later of the two', () => {
    const booked = aChange('booked', a, t0);
    expect(stateAfter(booked, noshow(t0 + 50 * hour))).toBe('noshow');
    expect(stateAfter(booked, noshow(t0 + hour), canceled(t0 + 2 * hour))).toBe('canceled');
    expect(stateAfter(booked, canceled(t0 + 2 * hour), noshow(t0 + hour))).toBe('canceled');
    expect(stateAfter(booked, canceled(t0 + hour), noshow(t0 + 2 * hour))).toBe('noshow');
  });
});
