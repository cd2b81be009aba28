// Would a subscription have asked for what waits of a booking, which another one of its channel asked for (pure)?

import { type BookingState, view } from '../booking/booking.ts';
import { factsOf } from '../subscription/facts.ts';
import { lets } from '../subscription/filter.ts';
import type { Kind, Subscription } from '../subscription/subscription.ts';

/** Which kinds of change a line of a thread tells, by the first word of its name in plan.ts. */
const toldBy = new Map<string, Kind[]>([
  ['moved', ['rescheduled']],
  ['canceled', ['canceled']],
  ['noshow', ['noshow']],
  ['noshow_undone', ['noshow']],
  ['answers', ['booked']],
  ['guests', ['booked', 'canceled', 'rescheduled']],
]);

/**
 * `line`: the name of a line in the thread; null for the card. Which change a card was made for is not kept, so any that has happened to its booking
 * counts: a card too many is read over, one too few is missed.
 */
export function wants(
  { kinds, filter }: Pick<Subscription, 'kinds' | 'filter'>,
  state: BookingState,
  line: string | null,
): boolean {
  const booking = view(state);
  const { head } = booking;
  const those = booking.guests?.map((guest) => guest.invitee) ?? [head];
  if (!those.some((invitee) => lets(filter, factsOf({ invitee, form: booking.form }, { isKept: true })))) return false;
  const happened = line === null ? kindsOf(booking) : (toldBy.get(line.split(' ', 1)[0] ?? '') ?? []);
  return happened.some((kind) => kinds.includes(kind));
}

function kindsOf({ state, head, moves, noShowAt }: ReturnType<typeof view>): Kind[] {
  if (!head) return ['routed'];
  const began: Kind[] = moves[0]?.from === null ? [] : ['booked'];
  return [
    ...began,
    ...(moves.length > 0 ? ['rescheduled' as const] : []),
    ...(state === 'canceled' ? ['canceled' as const] : []),
    ...(noShowAt !== null ? ['noshow' as const] : []),
  ];
}
