// The card of a booking says what happened last, whatever came before.

import { describe, expect, it } from 'vitest';
import { emptyBooking, fold, view } from '../../src/booking/booking.ts';
import type { Change } from '../../src/booking/change.ts';
import { cardOf, noFrame } from '../../src/delivery/card.ts';
import { sampleCard } from '../../src/delivery/sample.ts';
import { kinds } from '../../src/subscription/subscription.ts';
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
  cardOf(view(changes.reduce((state, change) => fold(state, change, t0), emptyBooking())), noFrame)?.state;

describe('a no-show and a cancellation', () => {
  it('show the later of the two', () => {
    const booked = aChange('booked', a, t0);
    expect(stateAfter(booked, noshow(t0 + 50 * hour))).toBe('noshow');
    expect(stateAfter(booked, noshow(t0 + hour), canceled(t0 + 2 * hour))).toBe('canceled');
    expect(stateAfter(booked, canceled(t0 + 2 * hour), noshow(t0 + hour))).toBe('canceled');
    expect(stateAfter(booked, canceled(t0 + hour), noshow(t0 + 2 * hour))).toBe('noshow');
  });
});

describe('answers', () => {
  const topic = { question: 'Topic?', answer: 'Prices' };
  const blank = { question: 'Topic?', answer: ' ' };
  const first = anInvitee('B', { answers: [topic], newInvitee: anInvitee('C').uri, active: false, rescheduled: true });
  const second = (o: Partial<typeof first> = {}) =>
    anInvitee('C', { createdAt: first.createdAt + hour, oldInvitee: first.uri, email: first.email, ...o });
  const answersAfter = (...invitees: (typeof first)[]) => {
    const changes = invitees.map((each) => aChange(each.active ? 'booked' : 'canceled', each, each.createdAt));
    return cardOf(view(changes.reduce((state, change) => fold(state, change, t0), emptyBooking())), noFrame)?.answers;
  };

  it('are kept over a move whose new half has none, in either order', () => {
    for (const none of [[], [blank]]) {
      expect(answersAfter(first, second({ answers: none }))).toEqual([topic]);
      expect(answersAfter(second({ answers: none }), first)).toEqual([topic]);
    }
  });

  it('are those of the new half where it has some, and never those of somebody else', () => {
    const other = { question: 'Topic?', answer: 'Support' };
    expect(answersAfter(first, second({ answers: [other] }))).toEqual([other]);
    expect(answersAfter(first, second({ email: 'else@example.com' }))).toEqual([]);
  });

  it('are found two moves back', () => {
    const third = anInvitee('D', {
      createdAt: first.createdAt + 2 * hour,
      oldInvitee: second().uri,
      email: first.email,
    });
    expect(answersAfter(first, second({ active: false, rescheduled: true, newInvitee: third.uri }), third)).toEqual([
      topic,
    ]);
  });
});

describe('a sample', () => {
  it.each(kinds)('%s: is for the day after the next, between nine and five, and never late', (kind) => {
    for (let now = t0; now < t0 + 24 * hour; now += hour / 2) {
      const { when, was, canceled } = sampleCard(kind, now);
      expect(canceled?.late ?? false).toBe(false);
      for (const span of [when, was].filter((each) => each !== null)) {
        expect(Math.floor(span.startsAt / (24 * hour))).toBe(Math.floor(now / (24 * hour)) + 2);
        expect(new Date(span.startsAt).getUTCHours()).toBeGreaterThanOrEqual(9);
        expect(new Date(span.endsAt).getUTCHours()).toBeLessThan(17);
      }
    }
  });
});
