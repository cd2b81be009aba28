// All changes of a booking, folded into one: the same result whatever their order, number and lateness (pure).
//
// The state is a join of facts (latest wins, "canceled" and links never go away again), so folding is commutative, associative and
// idempotent; what people see is read off it by `view`.

import {
  type Cancellation,
  type Change,
  type FormSubmission,
  type Invitee,
  isGroup,
  type Meeting,
  type Sighting,
} from './change.ts';
import { keepErased } from './erase.ts';
import type { BookingState, InviteeFacts } from './state.ts';

export type { BookingState, InviteeFacts } from './state.ts';

export interface Move {
  from: Invitee | null;
  to: Invitee;
  /** Who moved it and why: the old half's cancellation, once that has arrived. */
  by: Cancellation | null;
}

/** One of those who have, or had, a seat in a group meeting. */
export interface Guest {
  invitee: Invitee;
  /** `moved`: to a seat in another meeting. */
  state: 'in' | 'left' | 'moved';
  noShowAt: number | null;
  /** When we heard that they came and went; UTC milliseconds. */
  heardAt: number;
  goneAt: number | null;
}

/** A booking as people see it: the head of its chain of moves. Of a group meeting: the last guest who came, with the meeting as it is now. */
export interface Booking {
  state: 'booked' | 'moving' | 'canceled' | 'routed';
  head: Invitee | null;
  form: FormSubmission | null;
  moves: Move[];
  noShowAt: number | null;
  heardAt: number | null;
  /** In the order they booked; null where a booking is one person's. */
  guests: Guest[] | null;
}

export const emptyBooking = (): BookingState => ({ invitees: {}, form: null });

/** Folds one change, heard of at `heardAt`, into a state; answers a new state and leaves the old one alone. */
export const fold = (state: BookingState, change: Change, heardAt: number): BookingState =>
  keepErased(folded(state, change, heardAt));

function folded(state: BookingState, change: Change, heardAt: number): BookingState {
  if (change.form) return { ...state, form: later(state.form, change.form, (f) => f.createdAt) };
  if (change.seen) {
    const seen = { [change.seen.meeting.uri]: change.seen };
    return { ...state, ...withSightings(joinSightings(state.sightings, seen)) };
  }
  if (!change.invitee) return state;
  const fresh: InviteeFacts = {
    invitee: kept(change.kind === 'canceled' ? { ...change.invitee, active: false } : change.invitee),
    markedAt:
      change.kind === 'noshow' ? (change.invitee.noShow?.at ?? change.occurredAt) : (change.invitee.noShow?.at ?? null),
    unmarkedAt: change.kind === 'noshow_undone' ? change.occurredAt : null,
    heardAt,
    goneAt: change.kind === 'canceled' || !change.invitee.active ? heardAt : null,
  };
  const known = state.invitees[fresh.invitee.uri];
  return { ...state, invitees: { ...state.invitees, [fresh.invitee.uri]: known ? joinFacts(known, fresh) : fresh } };
}

/** A group meeting's card names its guests and no more; a full room must not make each fold carry everybody's answers. */
const kept = (invitee: Invitee): Invitee => (isGroup(invitee) ? { ...invitee, answers: [], tracking: {} } : invitee);

/** Two states found to be of the same booking become one. */
export const join = (a: BookingState, b: BookingState): BookingState => keepErased(joined(a, b));

function joined(a: BookingState, b: BookingState): BookingState {
  const invitees = { ...a.invitees };
  for (const [uri, facts] of Object.entries(b.invitees)) {
    const known = invitees[uri];
    invitees[uri] = known ? joinFacts(known, facts) : facts;
  }
  return {
    ...withSightings(joinSightings(a.sightings, b.sightings)),
    invitees,
    form: later(a.form, b.form, (f) => f.createdAt),
  };
}

const withSightings = (sightings: BookingState['sightings']) => (sightings ? { sightings } : {});

function joinSightings(a: BookingState['sightings'], b: BookingState['sightings']): BookingState['sightings'] {
  if (!a || !b) return a ?? b;
  const joined = { ...a };
  for (const [uri, sighting] of Object.entries(b)) {
    const known = joined[uri];
    if (!known) {
      joined[uri] = sighting;
      continue;
    }
    const last = later(
      known,
      sighting,
      (each) => each.meeting.updatedAt ?? 0,
      (each) => each.seenAt,
    )!;
    const unmarked = { ...known.unmarked };
    for (const [invitee, at] of Object.entries(sighting.unmarked))
      unmarked[invitee] = Math.max(at, unmarked[invitee] ?? 0);
    joined[uri] = { ...last, unmarked };
  }
  return joined;
}

/** The names a change's booking may be known by: its own invitee, the one before and the one after; or, where several people share it, the meeting. */
export function identities(change: Change): string[] {
  if (change.form) return [change.form.uri];
  if (change.seen) return [change.seen.meeting.uri];
  const invitee = change.invitee;
  if (!invitee) return [];
  // A seat given up for one in another meeting leaves two meetings, not one that moved. The guest's own name finds what was kept by that alone.
  if (isGroup(invitee)) return [invitee.meeting.uri, invitee.uri];
  return [invitee.uri, invitee.oldInvitee, invitee.newInvitee].filter((uri): uri is string => uri !== null);
}

/**
 * The meeting a change belongs to, by which a look at Calendly's list finds the booking. It joins nothing: where a payload does not tell its seats, two
 * people in one meeting are still two bookings.
 */
export const meetingOf = (change: Change): string | null => change.invitee?.meeting.uri ?? null;

/** When the last meeting known of a booking ends (a form: when it was filled in), UTC milliseconds. */
export function endOf(state: BookingState): number {
  // Some say that they end before they start.
  const ends = factsOf(state).map(({ invitee: { meeting } }) => Math.max(meeting.startsAt, meeting.endsAt));
  const seen = Object.values(state.sightings ?? {}).map(({ meeting }) => meeting.endsAt);
  return Math.max(state.form?.createdAt ?? 0, ...(ends.length > 0 ? ends : seen));
}

/** The invitees with their meetings as last seen or told, and no mark that was seen to be gone. */
function factsOf({ invitees, sightings }: BookingState): InviteeFacts[] {
  const facts = Object.values(invitees);
  if (!sightings) return facts;
  return facts.map((each) => {
    const sighting = sightings[each.invitee.meeting.uri];
    if (!sighting) return each;
    const { meeting } = each.invitee;
    const unmarkedAt = largest(each.unmarkedAt, sighting.unmarked[each.invitee.uri] ?? null);
    if (!isNewer(sighting, each.invitee)) return { ...each, unmarkedAt };
    // That it was canceled is told by its invitees, each with who did it and why.
    return {
      ...each,
      unmarkedAt,
      invitee: { ...each.invitee, meeting: { ...sighting.meeting, active: meeting.active } },
    };
  });
}

/** Calendly does not say whether everything moves a meeting's own time: where that is equal, the later of our look and the invitee's news is right. */
function isNewer({ meeting, seenAt }: Sighting, { meeting: told, updatedAt, cancellation }: Invitee): boolean {
  const difference = (meeting.updatedAt ?? 0) - (told.updatedAt ?? 0);
  return difference !== 0 ? difference > 0 : seenAt >= Math.max(updatedAt, cancellation?.at ?? 0);
}

/** One meeting of a booking as we know it; null where we know nothing of it. Those in it are given with it. */
export function meetingIn(state: BookingState, uri: string): { meeting: Meeting; facts: InviteeFacts[] } | null {
  const facts = factsOf(state).filter(({ invitee }) => invitee.meeting.uri === uri);
  const meeting = newestOf(facts)?.invitee.meeting ?? state.sightings?.[uri]?.meeting;
  return meeting ? { meeting, facts } : null;
}

/** When a mark that still stands was made. */
export const noShowMark = (facts: InviteeFacts): number | null => noShowOf(facts);

/** Calendly tells to the microsecond when somebody was marked, and only to the second when the mark was taken back. */
const inSeconds = (ms: number) => Math.floor(ms / 1000);

export function view(state: BookingState): Booking {
  const facts = factsOf(state);
  if (facts.some(({ invitee }) => isGroup(invitee))) return groupView(facts);
  const chain = chainOf(facts);
  const last = chain.at(-1);
  if (!last) {
    return { state: 'routed', head: null, form: state.form, moves: [], noShowAt: null, heardAt: null, guests: null };
  }
  const head = last.invitee;
  const moves: Move[] = [];
  const first = chain[0]!.invitee;
  if (first.oldInvitee) moves.push({ from: null, to: first, by: null });
  for (let i = 1; i < chain.length; i++) {
    const from = chain[i - 1]!.invitee;
    moves.push({ from, to: chain[i]!.invitee, by: from.cancellation });
  }
  const gone = !head.active;
  return {
    state: !gone ? 'booked' : hasMoved(head) ? 'moving' : 'canceled',
    head,
    form: state.form,
    moves,
    noShowAt: noShowOf(last),
    heardAt: last.heardAt,
    guests: null,
  };
}

const noShowOf = ({ markedAt, unmarkedAt }: InviteeFacts) =>
  markedAt !== null && inSeconds(markedAt) > inSeconds(unmarkedAt ?? -1) ? markedAt : null;

/** The meeting is as its newest news tells, and canceled once any says so: Calendly tells each guest's news with the meeting as it was then. */
function groupView(facts: InviteeFacts[]): Booking {
  const inOrder = [...facts].sort(byCreation);
  const last = inOrder.findLast(({ invitee }) => invitee.active) ?? inOrder.at(-1)!;
  const newest = newestOf(inOrder)!;
  const ended = inOrder.findLast(({ invitee }) => !invitee.meeting.active && !invitee.active);
  const { meeting } = newest.invitee;
  const present = inOrder.filter(({ invitee }) => invitee.active).length;
  // Those who book in the same moment are told with the count of that moment, in any order: whoever is known to be in is in.
  const seats = meeting.seats && { ...meeting.seats, active: Math.max(meeting.seats.active, ended ? 0 : present) };
  return {
    state: ended ? 'canceled' : 'booked',
    head: { ...last.invitee, meeting: { ...meeting, seats }, cancellation: ended?.invitee.cancellation ?? null },
    form: null,
    moves: [],
    noShowAt: null,
    heardAt: last.heardAt,
    guests: inOrder.map((each) => ({
      invitee: each.invitee,
      // Whoever was there when the meeting ended stays on its list.
      state: each.invitee.active || !each.invitee.meeting.active ? 'in' : hasMoved(each.invitee) ? 'moved' : 'left',
      noShowAt: noShowOf(each),
      heardAt: each.heardAt,
      goneAt: each.goneAt ?? null,
    })),
  };
}

const hasMoved = ({ rescheduled, newInvitee }: Invitee) => rescheduled || newInvitee !== null;

function joinFacts(a: InviteeFacts, b: InviteeFacts): InviteeFacts {
  const newest = later(a.invitee, b.invitee, (i) => i.updatedAt)!;
  return {
    invitee: {
      ...newest,
      active: a.invitee.active && b.invitee.active,
      rescheduled: a.invitee.rescheduled || b.invitee.rescheduled,
      oldInvitee: larger(a.invitee.oldInvitee, b.invitee.oldInvitee),
      newInvitee: larger(a.invitee.newInvitee, b.invitee.newInvitee),
      cancellation: later(a.invitee.cancellation, b.invitee.cancellation, (c) => c.at ?? 0),
      ...(a.invitee.erased || b.invitee.erased ? { erased: true } : {}),
    },
    markedAt: largest(a.markedAt, b.markedAt),
    unmarkedAt: largest(a.unmarkedAt, b.unmarkedAt),
    heardAt: Math.min(a.heardAt, b.heardAt),
    goneAt: smallest(a.goneAt ?? null, b.goneAt ?? null),
  };
}

/** The invitees in the order of their moves; the last is the present one. Links may come from either half, and may lie: no walk visits an invitee twice. */
function chainOf(all: InviteeFacts[]): InviteeFacts[] {
  if (all.length < 2) return all;
  const known = new Map(all.map((facts) => [facts.invitee.uri, facts]));
  const next = new Map<string, string>();
  for (const { invitee } of all) {
    if (invitee.newInvitee && known.has(invitee.newInvitee)) next.set(invitee.uri, invitee.newInvitee);
    if (invitee.oldInvitee && known.has(invitee.oldInvitee)) next.set(invitee.oldInvitee, invitee.uri);
  }
  const followed = new Set(next.values());
  const starts = all.filter((f) => !followed.has(f.invitee.uri)).sort(byCreation);
  const walks = (starts.length ? starts : [...all].sort(byCreation)).map((start) => walk(known, next, start));
  // Parts of one chain whose middle has not arrived yet: the newest part holds the present.
  return walks.sort((x, y) => byCreation(x.at(-1)!, y.at(-1)!)).flat();
}

function walk(known: Map<string, InviteeFacts>, next: Map<string, string>, start: InviteeFacts): InviteeFacts[] {
  const seen = new Set<string>();
  const chain: InviteeFacts[] = [];
  for (let uri: string | undefined = start.invitee.uri; uri && !seen.has(uri); uri = next.get(uri)) {
    seen.add(uri);
    chain.push(known.get(uri)!);
  }
  return chain;
}

/**
 * Whose news is the latest. Of those told in one moment whoever counted the most people is right, then the names decide: comparing all that is known of each
 * would take long in a full room.
 */
function newestOf(facts: readonly InviteeFacts[]): InviteeFacts | undefined {
  return facts.reduce<InviteeFacts | undefined>((a, b) => {
    const difference = a ? b.invitee.updatedAt - a.invitee.updatedAt || everSeated(b) - everSeated(a) : 1;
    return difference > 0 || (difference === 0 && b.invitee.uri > a!.invitee.uri) ? b : a;
  }, undefined);
}

const everSeated = ({ invitee: { meeting } }: InviteeFacts) => meeting.everSeated ?? 0;

function byCreation(a: InviteeFacts, b: InviteeFacts): number {
  return a.invitee.createdAt - b.invitee.createdAt || (a.invitee.uri < b.invitee.uri ? -1 : 1);
}

/** The later of two; where the times are equal, an order of their text decides, so that both ways round give the same. */
function later<T>(a: T | null, b: T | null, at: (value: T) => number, then: (value: T) => number = () => 0): T | null {
  if (a === null || b === null) return a ?? b;
  const difference = at(a) - at(b) || then(a) - then(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return canonical(a) >= canonical(b) ? a : b;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const larger = (a: string | null, b: string | null) => (a === null ? b : b === null ? a : a > b ? a : b);
const smallest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b));
const largest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
