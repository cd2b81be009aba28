// A booking folds to the same whatever the order, number and lateness of its changes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBooking, fold, join, view } from '../../src/booking/booking.ts';
import type { Change, Invitee } from '../../src/booking/change.ts';
import { changeKey } from '../../src/booking/change.ts';
import { aChange, anInvitee, hour } from './samples.ts';

const t0 = Date.UTC(2026, 10, 24, 9);

/** Booked as A, moved to B by the invitee, moved to C by the host, then marked as a no-show. */
function history(): Change[] {
  const a = anInvitee('A', { createdAt: t0, startsAt: t0 + 48 * hour });
  const b = anInvitee('B', { createdAt: t0 + hour, startsAt: t0 + 50 * hour, oldInvitee: uri('A') });
  const c = anInvitee('C', { createdAt: t0 + 2 * hour, startsAt: t0 + 52 * hour, oldInvitee: uri('B') });
  const half = (of: Invitee, next: string, byType: 'host' | 'invitee', at: number): Invitee => ({
    ...of,
    active: false,
    rescheduled: true,
    newInvitee: uri(next),
    updatedAt: at,
    cancellation: { by: byType, byType, reason: `to ${next}`, at },
  });
  return [
    aChange('booked', a, t0),
    aChange('canceled', half(a, 'B', 'invitee', t0 + hour), t0 + hour),
    aChange('booked', b, t0 + hour),
    aChange('canceled', half(b, 'C', 'host', t0 + 2 * hour), t0 + 2 * hour),
    aChange('booked', c, t0 + 2 * hour),
    aChange(
      'noshow',
      { ...c, updatedAt: t0 + 53 * hour, noShow: { uri: 'https://x.test/n1', at: t0 + 53 * hour } },
      t0 + 53 * hour,
    ),
  ];
}

/** Lives it step by step, five changes at most; what came of it. */
function live(steps: readonly string[]) {
  let now = anInvitee('A', { createdAt: t0 });
  const changes = [aChange('booked', now, t0)];
  const end = { state: 'booked', noShowAt: null as number | null, head: { uri: now.uri } };
  for (const [i, step] of steps.entries()) {
    const at = t0 + (i + 1) * hour;
    if (end.state === 'canceled' || changes.length + (step === 'move' ? 2 : 1) > 5) continue;
    const cancellation = { by: 'Ada', byType: 'invitee' as const, reason: step, at };
    if (step === 'move') {
      const next = anInvitee('BCDEF'[i]!, { createdAt: at, startsAt: t0 + 60 * hour + at, oldInvitee: now.uri });
      const old = { ...now, active: false, rescheduled: true, newInvitee: next.uri, updatedAt: at, cancellation };
      changes.push(aChange('canceled', old, at), aChange('booked', next, at));
      now = next;
      Object.assign(end, { noShowAt: null, head: { uri: next.uri } });
    } else if (step === 'cancel') {
      now = { ...now, active: false, updatedAt: at, cancellation };
      changes.push(aChange('canceled', now, at));
      end.state = 'canceled';
    } else if (step === 'look') changes.push(aChange('seen', now, at));
    else {
      now = { ...now, noShow: step === 'noshow' ? { uri: `https://x.test/n${i}`, at } : null, updatedAt: at };
      changes.push(aChange(step === 'noshow' ? 'noshow' : 'noshow_undone', now, at));
      end.noShowAt = step === 'noshow' ? at : null;
    }
  }
  return { changes, end };
}

const uri = (name: string) => anInvitee(name).uri;
const foldAll = (changes: Change[]) =>
  changes.reduce((state, change, i) => fold(state, change, t0 + i), emptyBooking());
const seen = (changes: Change[]) => {
  const { heardAt: _whenWeHeard, ...rest } = view(foldAll(changes));
  return rest;
};

describe('a booking', () => {
  it('ends the same for every order of its history', () => {
    const expected = seen(history());
    expect(expected).toMatchObject({ state: 'booked', head: { uri: uri('C') }, noShowAt: t0 + 53 * hour });
    expect(expected.moves.map((move) => move.by?.reason)).toEqual(['to B', 'to C']);
    for (const order of permutations(history())) expect(seen(order)).toEqual(expected);
  });

  it('ends as any short life says, for every order of all its changes', () => {
    const step = fc.constantFrom('move', 'cancel', 'noshow', 'undo', 'look');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
        const { changes, end } = live(steps);
        for (const order of permutations(changes)) expect(seen(order)).toMatchObject(end);
        const expected = seen(changes);
        for (const order of permutations(changes)) expect(seen(order)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('does not change when changes arrive again', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...history(), ...history()], { minLength: 12, maxLength: 12 }), (changes) => {
        expect(seen(changes)).toEqual(seen(history()));
      }),
    );
  });

  it('is the same whether folded at once or in parts that are joined', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(history(), { minLength: 6 }), fc.nat(6), (changes, cut) => {
        const parts = join(foldAll(changes.slice(0, cut)), foldAll(changes.slice(cut)));
        const { heardAt: _a, ...joined } = view(parts);
        expect(joined).toEqual(seen(history()));
      }),
    );
  });

  it('says "moving" between the halves of a move, never "canceled"', () => {
    const [booked, oldHalf] = history();
    expect(seen([booked!, oldHalf!]).state).toBe('moving');
    expect(seen([oldHalf!]).state).toBe('moving');
  });

  it('stays canceled when an older "booked" arrives late', () => {
    const a = anInvitee('A', { createdAt: t0 });
    const canceled = aChange(
      'canceled',
      {
        ...a,
        active: false,
        updatedAt: t0 + hour,
        cancellation: { by: 'Ada', byType: 'invitee', reason: 'ill', at: t0 + hour },
      },
      t0 + hour,
    );
    expect(seen([canceled, aChange('booked', a, t0)])).toMatchObject({
      state: 'canceled',
      head: { cancellation: { reason: 'ill' } },
    });
  });

  it('takes a no-show back, and marks it again', () => {
    const a = anInvitee('A', { createdAt: t0 });
    const mark = (n: number, at: number) =>
      aChange('noshow', { ...a, noShow: { uri: `https://x.test/n${n}`, at } }, at);
    const undo = (at: number) => aChange('noshow_undone', a, at);
    const all = [aChange('booked', a, t0), mark(1, t0 + 1_000), undo(t0 + 2_000), mark(2, t0 + 3_000)];
    for (const order of permutations(all)) expect(seen(order).noShowAt).toBe(t0 + 3_000);
    for (const order of permutations([...all, undo(t0 + 4_000)])) expect(seen(order).noShowAt).toBeNull();

    // Calendly tells to the microsecond when somebody was marked, and only to the second when that was taken back.
    for (const order of permutations([aChange('booked', a, t0), mark(1, t0 + 400), undo(t0)]))
      expect(seen(order).noShowAt).toBeNull();
  });

  it('survives links that lie: loops and strangers end', () => {
    const a = anInvitee('A', { createdAt: t0, oldInvitee: uri('B'), newInvitee: uri('B') });
    const b = anInvitee('B', { createdAt: t0 + 1, oldInvitee: uri('A'), newInvitee: uri('A') });
    expect(seen([aChange('booked', a, t0), aChange('booked', b, t0)]).head).not.toBeNull();
  });
});

describe('the key of a change', () => {
  it('is the event and the invitee, and the mark for no-shows', () => {
    expect(changeKey({ event: 'invitee.created', uri: 'u', moment: 'x' })).toBe('invitee.created u');
    expect(changeKey({ event: 'invitee_no_show.created', uri: 'u', noShowUri: 'n1' })).not.toBe(
      changeKey({ event: 'invitee_no_show.created', uri: 'u', noShowUri: 'n2' }),
    );
  });

  it('tells a second unmarking from the first where Calendly names no mark', () => {
    expect(changeKey({ event: 'invitee_no_show.deleted', uri: 'u', moment: '1' })).not.toBe(
      changeKey({ event: 'invitee_no_show.deleted', uri: 'u', moment: '2' }),
    );
  });
});

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
