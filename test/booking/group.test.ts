// A meeting that several people share: one booking, whatever the order in which we hear of its guests.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBooking, fold, identities, meetingIn, view } from '../../src/booking/booking.ts';
import type { Change, Invitee, Meeting } from '../../src/booking/change.ts';
import { aChange, anInvitee, hour } from './samples.ts';

const t0 = Date.UTC(2026, 10, 20);
const meetingUri = 'https://api.calendly.com/scheduled_events/EWebinar';

/** A guest who booked `n` hours after the first, as told when `active` seats were taken. */
function guest(
  name: string,
  n: number,
  active: number,
  o: Omit<Partial<Invitee>, 'meeting'> & { meeting?: Partial<Meeting> } = {},
) {
  const base = anInvitee(name, { createdAt: t0 + n * hour });
  return {
    ...base,
    updatedAt: base.createdAt,
    ...o,
    meeting: { ...base.meeting, uri: meetingUri, seats: { active, limit: 12 }, ...o.meeting },
  };
}

const booked = (name: string, n: number, active: number) => aChange('booked', guest(name, n, active), t0 + n * hour);
const left = (name: string, n: number, active: number, at: number, o: Parameters<typeof guest>[3] = {}) =>
  aChange('canceled', guest(name, n, active, { active: false, updatedAt: t0 + at * hour, ...o }), t0 + at * hour);

const folded = (changes: Change[]) =>
  view(changes.reduce((state, change) => fold(state, change, change.occurredAt), emptyBooking()));
const names = (changes: Change[]) => folded(changes).guests!.map(({ invitee, state }) => `${invitee.name} ${state}`);

describe('a group meeting', () => {
  it('is one booking by the names of the meeting and its guests, and knows its guests and seats', () => {
    const changes = [booked('Ada', 0, 1), booked('Bo', 1, 2), left('Ada', 0, 1, 2)];
    for (const change of changes) expect(identities(change)).toEqual([meetingUri, change.invitee!.uri]);
    expect(names(changes)).toEqual(['Invitee Ada left', 'Invitee Bo in']);
    expect(folded(changes)).toMatchObject({ state: 'booked', head: { meeting: { seats: { active: 1, limit: 12 } } } });
  });

  it('loses a guest who moves to another one, and is no move itself', () => {
    const changes = [booked('Ada', 0, 1), booked('Bo', 1, 2), left('Bo', 1, 1, 2, { rescheduled: true })];
    expect(names(changes)).toEqual(['Invitee Ada in', 'Invitee Bo moved']);
    expect(folded(changes)).toMatchObject({ state: 'booked', moves: [] });
    const moved = left('Bo', 1, 1, 2, { rescheduled: true, newInvitee: 'https://api.calendly.com/x', oldInvitee: 'y' });
    expect(identities(moved)).toEqual([meetingUri, moved.invitee!.uri]);
  });

  it('is canceled when the whole meeting is, whoever is told of first, and keeps its list', () => {
    const cancellation = { by: 'Olga', byType: 'host' as const, reason: 'ill', at: t0 + 3 * hour };
    const end = (name: string, n: number, active: number) =>
      left(name, n, active, 3, { cancellation, meeting: { active: false } });
    const changes = [booked('Ada', 0, 1), booked('Bo', 1, 2), end('Ada', 0, 1), end('Bo', 1, 0)];
    expect(folded(changes.slice(0, 3))).toMatchObject({ state: 'canceled', head: { cancellation: { by: 'Olga' } } });
    expect(names(changes)).toEqual(['Invitee Ada in', 'Invitee Bo in']);
  });

  it('counts whoever is known to be in, also when all booked in the same moment', () => {
    const all = ['Ada', 'Bo', 'Cy'].map((name, i) => aChange('booked', guest(name, 0, 3 - i), t0));
    expect(folded(all).head?.meeting.seats).toEqual({ active: 3, limit: 12 });
    expect(folded(all.toReversed()).head?.meeting.seats).toEqual({ active: 3, limit: 12 });
  });

  it('has as many seats taken as whoever came last was told, also of two who came in the same moment', () => {
    for (const names of [
      ['Ada', 'Bo'],
      ['Bo', 'Ada'],
    ]) {
      const changes = names.map((name, i) =>
        aChange('booked', guest(name, 0, i + 1, { meeting: { everSeated: i + 1 } }), t0),
      );
      for (const order of [changes, changes.toReversed()]) {
        const state = order.reduce((before, change) => fold(before, change, change.occurredAt), emptyBooking());
        expect(meetingIn(state, meetingUri)?.meeting.seats).toEqual({ active: 2, limit: 12 });
      }
    }
  });

  it('keeps no answers: a full room must not make each fold carry them', () => {
    const answers = [{ question: 'Why?', answer: 'x'.repeat(5_000) }];
    const state = fold(emptyBooking(), aChange('booked', guest('Ada', 0, 1, { answers }), t0), t0);
    expect(JSON.stringify(state)).not.toContain('xxxx');
  });

  it('says the same whatever the order', () => {
    const history = [
      booked('Ada', 0, 1),
      booked('Bo', 1, 2),
      booked('Cy', 2, 3),
      left('Bo', 1, 2, 3),
      aChange('noshow', guest('Ada', 0, 2, { updatedAt: t0 + 4 * hour }), t0 + 4 * hour),
      left('Cy', 2, 1, 5, { rescheduled: true, newInvitee: 'https://api.calendly.com/scheduled_events/E2/invitees/C' }),
    ];
    const straight = JSON.stringify(folded(history));
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: history.length }), (order) => {
        expect(JSON.stringify(folded([...order, order[0]!]))).toBe(straight);
      }),
    );
    expect(names(history)).toEqual(['Invitee Ada in', 'Invitee Bo left', 'Invitee Cy moved']);
    expect(folded(history).guests![0]!.noShowAt).not.toBeNull();
  });
});
