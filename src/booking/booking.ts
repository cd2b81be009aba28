// All changes of a booking, folded into one: the same result whatever their order, number and lateness (pure).
//
// The state is a join of facts (latest wins, "canceled" and links never go away again), so folding is commutative, associative and
// idempotent; what people see is read off it by `view`.

import type { Cancellation, Change, FormSubmission, Invitee } from './change.ts';

/** What is known of one invitee. Times are UTC milliseconds. */
export interface InviteeFacts {
  invitee: Invitee;
  markedAt: number | null;
  unmarkedAt: number | null;
  /** When we first heard of this invitee. */
  heardAt: number;
}

export interface BookingState {
  invitees: Record<string, InviteeFacts>;
  form: FormSubmission | null;
}

export interface Move {
  from: Invitee | null;
  to: Invitee;
  /** Who moved it and why: the old half's cancellation, once that has arrived. */
  by: Cancellation | null;
}

/** A booking as people see it: the head of its chain of moves. */
export interface Booking {
  state: 'booked' | 'moving' | 'canceled' | 'routed';
  head: Invitee | null;
  form: FormSubmission | null;
  moves: Move[];
  noShowAt: number | null;
  heardAt: number | null;
}

export const emptyBooking = (): BookingState => ({ invitees: {}, form: null });

/** Folds one change, heard of at `heardAt`, into a state; answers a new state and leaves the old one alone. */
export function fold(state: BookingState, change: Change, heardAt: number): BookingState {
  if (change.form) return { ...state, form: later(state.form, change.form, (f) => f.createdAt) };
  if (!change.invitee) return state;
  const fresh: InviteeFacts = {
    invitee: change.kind === 'canceled' ? { ...change.invitee, active: false } : change.invitee,
    markedAt:
      change.kind === 'noshow' ? (change.invitee.noShow?.at ?? change.occurredAt) : (change.invitee.noShow?.at ?? null),
    unmarkedAt: change.kind === 'noshow_undone' ? change.occurredAt : null,
    heardAt,
  };
  const known = state.invitees[fresh.invitee.uri];
  return { ...state, invitees: { ...state.invitees, [fresh.invitee.uri]: known ? joinFacts(known, fresh) : fresh } };
}

/** Two states found to be of the same booking become one. */
export function join(a: BookingState, b: BookingState): BookingState {
  const invitees = { ...a.invitees };
  for (const [uri, facts] of Object.entries(b.invitees)) {
    const known = invitees[uri];
    invitees[uri] = known ? joinFacts(known, facts) : facts;
  }
  return { invitees, form: later(a.form, b.form, (f) => f.createdAt) };
}

/** The names a change's booking may be known by: its own invitee, the one before and the one after. */
export function identities(change: Change): string[] {
  if (change.form) return [change.form.uri];
  const invitee = change.invitee;
  if (!invitee) return [];
  return [invitee.uri, invitee.oldInvitee, invitee.newInvitee].filter((uri): uri is string => uri !== null);
}

/** When the last meeting known of a booking ends (a form: when it was filled in), UTC milliseconds. */
export function endOf(state: BookingState): number {
  const ends = Object.values(state.invitees).map(({ invitee }) => invitee.meeting.endsAt);
  return Math.max(state.form?.createdAt ?? 0, ...ends);
}

/** Calendly tells to the microsecond when somebody was marked, and only to the second when the mark was taken back. */
const inSeconds = (ms: number) => Math.floor(ms / 1000);

export function view(state: BookingState): Booking {
  const chain = chainOf(state);
  const last = chain.at(-1);
  if (!last) {
    return { state: 'routed', head: null, form: state.form, moves: [], noShowAt: null, heardAt: null };
  }
  const head = last.invitee;
  const moves: Move[] = [];
  const first = chain[0]!.invitee;
  if (first.oldInvitee) moves.push({ from: null, to: first, by: null });
  for (let i = 1; i < chain.length; i++) {
    const from = chain[i - 1]!.invitee;
    moves.push({ from, to: chain[i]!.invitee, by: from.cancellation });
  }
  const isMarked = last.markedAt !== null && inSeconds(last.markedAt) > inSeconds(last.unmarkedAt ?? -1);
  const gone = !head.active;
  return {
    state: !gone ? 'booked' : head.rescheduled || head.newInvitee ? 'moving' : 'canceled',
    head,
    form: state.form,
    moves,
    noShowAt: isMarked ? last.markedAt : null,
    heardAt: last.heardAt,
  };
}

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
    },
    markedAt: largest(a.markedAt, b.markedAt),
    unmarkedAt: largest(a.unmarkedAt, b.unmarkedAt),
    heardAt: Math.min(a.heardAt, b.heardAt),
  };
}

/** The invitees in the order of their moves; the last is the present one. Links may come from either half, and may lie: no walk visits an invitee twice. */
function chainOf(state: BookingState): InviteeFacts[] {
  const all = Object.values(state.invitees);
  if (all.length < 2) return all;
  const next = new Map<string, string>();
  for (const { invitee } of all) {
    if (invitee.newInvitee && state.invitees[invitee.newInvitee]) next.set(invitee.uri, invitee.newInvitee);
    if (invitee.oldInvitee && state.invitees[invitee.oldInvitee]) next.set(invitee.oldInvitee, invitee.uri);
  }
  const followed = new Set(next.values());
  const starts = all.filter((f) => !followed.has(f.invitee.uri)).sort(byCreation);
  const walks = (starts.length ? starts : [...all].sort(byCreation)).map((start) => walk(state, next, start));
  // Parts of one chain whose middle has not arrived yet: the newest part holds the present.
  return walks.sort((x, y) => byCreation(x.at(-1)!, y.at(-1)!)).flat();
}

function walk(state: BookingState, next: Map<string, string>, start: InviteeFacts): InviteeFacts[] {
  const seen = new Set<string>();
  const chain: InviteeFacts[] = [];
  for (let uri: string | undefined = start.invitee.uri; uri && !seen.has(uri); uri = next.get(uri)) {
    seen.add(uri);
    chain.push(state.invitees[uri]!);
  }
  return chain;
}

function byCreation(a: InviteeFacts, b: InviteeFacts): number {
  return a.invitee.createdAt - b.invitee.createdAt || (a.invitee.uri < b.invitee.uri ? -1 : 1);
}

/** The later of two; where the times are equal, an order of their text decides, so that both ways round give the same. */
function later<T>(a: T | null, b: T | null, at: (value: T) => number): T | null {
  if (a === null || b === null) return a ?? b;
  const difference = at(a) - at(b);
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
const largest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
