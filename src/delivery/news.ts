// What a booking's present state tells that is worth a line or a new card: it moved, was canceled, nobody came (pure).

import { type Booking, type BookingState, view } from '../booking/booking.ts';
import type { Kind } from '../subscription/subscription.ts';

export interface News {
  /** The line of a thread that tells it, named as in plan.ts. */
  about: string;
  /** The same without its moment, which two sources may give differently. */
  stem: string;
  kind: Kind;
  /** When we heard of it, UTC milliseconds. */
  heardAt: number;
}

/** Null where the present state is no news: booked, or between the two halves of a move. */
export function newsOf(state: BookingState): News | null {
  const booking = view(state);
  const { head, guests, noShowAt, moves } = booking;
  if (!head) return null;
  if (noShowAt !== null && !isCanceledSince(booking, noShowAt)) {
    const stem = `noshow ${head.uri} `;
    return { about: `${stem}${noShowAt}`, stem, kind: 'noshow', heardAt: noShowAt };
  }
  if (booking.state === 'canceled') {
    const stem = `canceled ${guests ? head.meeting.uri : head.uri}`;
    const heard = Object.values(state.invitees).map(({ goneAt, heardAt }) => goneAt ?? heardAt);
    return { about: stem, stem, kind: 'canceled', heardAt: Math.max(...heard) };
  }
  const last = booking.state === 'booked' ? moves.at(-1) : undefined;
  if (!last) return null;
  const stem = `moved ${last.to.uri}`;
  return { about: stem, stem, kind: 'rescheduled', heardAt: state.invitees[last.to.uri]?.heardAt ?? 0 };
}

const isCanceledSince = ({ state, head }: Booking, at: number) =>
  state === 'canceled' && (head?.cancellation?.at ?? 0) > at;

const linesOfNews = new Set(['moved', 'canceled', 'noshow', 'noshow_undone']);

/** Other lines of a thread only add to what the card says. */
export const tellsNews = (about: string | null): boolean => linesOfNews.has(about?.split(' ', 1)[0] ?? '');
