// Is a listed meeting as we know it? If not, what has to be asked for, and what is news to us (pure).
//
// A change is ours from the moment on that the account was connected (`since`): what was booked, canceled or marked before is never shown as new. Of a
// meeting booked before, a later cancellation, move or no-show is ours all the same, as a webhook would have told it.

import { createHash } from 'node:crypto';
import { type BookingState, type InviteeFacts, meetingIn, noShowMark } from '../booking/booking.ts';
import { changeKey, type Invitee, type Meeting } from '../booking/change.ts';
import { listedLike } from '../booking/erase.ts';
import type { FoundInvitee, ListedMeeting, Told } from './lists.ts';

/** A booking of ours to which a listed meeting belongs. */
export interface KnownBooking {
  version: number;
  state: BookingState;
}

export interface Look {
  /** From when on changes are ours; Calendly's clock. */
  since: number;
  /** No-shows are told by the invitees alone: those of meetings that began in this time are asked for. */
  noShows: { from: number; to: number } | null;
}

/** The keys of what a webhook must have told us of the invitees we know of in this meeting. */
export function expectedKeys(known: KnownBooking | null, uri: string, { since }: Look): string[] {
  return factsIn(known, uri).flatMap(({ invitee }) => [
    ...(invitee.createdAt >= since ? [changeKey({ event: 'invitee.created', uri: invitee.uri })] : []),
    ...(!invitee.active && canceledAt(invitee) >= since
      ? [changeKey({ event: 'invitee.canceled', uri: invitee.uri })]
      : []),
  ]);
}

/** `told`: the keys among `expectedKeys` that this account's webhooks, or an earlier look, have brought. */
export function needsInvitees(
  listed: ListedMeeting,
  known: KnownBooking | null,
  told: ReadonlySet<string>,
  look: Look,
): boolean {
  const { meeting } = listed;
  const facts = factsIn(known, meeting.uri);
  const began = look.noShows !== null && meeting.startsAt >= look.noShows.from && meeting.startsAt <= look.noShows.to;
  if (began && meeting.active) return true;
  const ours = known && meetingIn(known.state, meeting.uri)?.meeting;
  if (ours && isShared(meeting) && !sameSeats(meeting, ours)) return true;
  if (facts.length === 0) {
    if (!meeting.active) return (listed.canceledAt ?? listed.createdAt ?? look.since) >= look.since;
    // Somebody may have joined since; once seen, its seats are known.
    if (isShared(meeting)) return !ours;
    return (listed.createdAt ?? look.since) >= look.since;
  }
  if (!meeting.active && facts.some(({ invitee }) => invitee.active)) return true;
  return expectedKeys(known, meeting.uri, look).some((key) => !told.has(key));
}

/** What happened to an invitee that is ours to tell. */
export function tellable({ told }: FoundInvitee, { since }: Look): Told[] {
  return told.filter((each) => each.occurredAt >= since);
}

/**
 * What no webhook tells: another host, place or time, other seats, a no-show taken back. Null when all is as we know it. `mark` tells one such difference
 * from the next: the booking's version is in it, so that a host who is changed there and back and there again is three changes.
 */
export function unlike(
  listed: ListedMeeting,
  known: KnownBooking | null,
  found: readonly FoundInvitee[] | null,
): { mark: string; unmarked: Record<string, number> } | null {
  const { meeting } = listed;
  const ours = known && meetingIn(known.state, meeting.uri);
  // Of a canceled one nothing but that matters any more; a meeting for one is told by its invitee.
  if (!ours) return isShared(meeting) && meeting.active && found !== null ? marked(meeting, 0, {}) : null;
  const unmarked = Object.fromEntries(ours.facts.flatMap((facts) => markTakenBack(facts, found)));
  // Of whoever asked to be forgotten, Calendly may still tell what is not kept here.
  const told = listedLike(meeting, ours.meeting, ours.facts);
  const isSame = !meeting.active || comparable(told) === comparable(ours.meeting, meeting);
  if (isSame && Object.keys(unmarked).length === 0) return null;
  return marked(meeting, known.version, unmarked);
}

function marked(meeting: Meeting, version: number, unmarked: Record<string, number>) {
  const what = createHash('sha256').update(comparable(meeting)).update(JSON.stringify(unmarked)).digest('base64url');
  return { mark: `${version} ${what.slice(0, 16)}`, unmarked };
}

function markTakenBack(facts: InviteeFacts, found: readonly FoundInvitee[] | null): [string, number][] {
  const at = noShowMark(facts);
  const now = found?.find(({ invitee }) => invitee.uri === facts.invitee.uri)?.invitee;
  return at !== null && now && now.noShow === null ? [[facts.invitee.uri, at]] : [];
}

const factsIn = (known: KnownBooking | null, uri: string): InviteeFacts[] =>
  (known && meetingIn(known.state, uri)?.facts) ?? [];

const canceledAt = ({ cancellation, updatedAt }: Invitee) => cancellation?.at ?? updatedAt;

const isShared = ({ seats }: Meeting) => seats === null || seats.limit > 1;

function sameSeats(a: Meeting, b: Meeting): boolean {
  const sameEver = a.everSeated === undefined || b.everSeated === undefined || a.everSeated === b.everSeated;
  return sameEver && a.seats?.active === b.seats?.active && a.seats?.limit === b.seats?.limit;
}

/** What a card shows of a meeting, in one text. Seats matter only where several people share them. */
function comparable(meeting: Meeting, like: Meeting = meeting): string {
  const { name, startsAt, endsAt, eventType, place, seats, hosts, guests } = meeting;
  const people = hosts.map(({ uri, name, email }) => [uri, name, email].join('\n')).sort();
  return JSON.stringify([
    name,
    startsAt,
    endsAt,
    eventType,
    place,
    isShared(like) ? seats : null,
    people,
    [...guests].sort(),
  ]);
}
