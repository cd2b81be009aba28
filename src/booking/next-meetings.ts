// The next meetings of somebody, as far as they are known here (pure).

import { type BookingState, view } from './booking.ts';
import type { Invitee } from './change.ts';

export interface NextMeeting {
  /** Null where the event type has none. */
  name: string | null;
  /** Who booked it; null for a group. */
  invitee: string | null;
  /** How many come to a group meeting. */
  seats: number | null;
  startsAt: number;
  endsAt: number;
  joinUrl: string | null;
}

/** By a host's URI or e-mail address (in lower case). */
export interface Whose {
  uris: readonly string[];
  addresses: readonly string[];
}

/** The first `count` that are not over, soonest first. Canceled ones, and those being moved, are none. */
export function nextMeetings(states: Iterable<BookingState>, whose: Whose, now: number, count: number): NextMeeting[] {
  const found: NextMeeting[] = [];
  for (const state of states) {
    const { head, guests, state: stands } = view(state);
    if (!head || stands !== 'booked' || head.meeting.endsAt <= now || !isTheirs(head, whose)) continue;
    const { name, startsAt, endsAt, place } = head.meeting;
    const seats = guests?.filter((guest) => guest.state === 'in').length ?? null;
    if (seats === 0) continue;
    found.push({
      ...{ name, startsAt, endsAt, seats },
      invitee: guests ? null : head.name || head.email || null,
      joinUrl: place?.joinUrl ?? null,
    });
  }
  return found.sort((a, b) => a.startsAt - b.startsAt).slice(0, count);
}

function isTheirs({ meeting }: Invitee, { uris, addresses }: Whose): boolean {
  return meeting.hosts.some(
    ({ uri, email }) =>
      (uri !== null && uris.includes(uri)) || (email !== null && addresses.includes(email.toLowerCase())),
  );
}
