// The present state of a booking, seen by one subscription, as the card it should be (pure; knows no Slack).

import type { Booking } from '../booking/booking.ts';
import type { Answer, Invitee, Place } from '../booking/change.ts';
import type { Filter, Kind } from '../subscription/subscription.ts';
import type { Letter } from './letters.ts';

export interface Span {
  /** UTC milliseconds. */
  startsAt: number;
  endsAt: number;
}

/** Everything a card says, before it is put into a messenger's form. Names, answers and reasons are hostile text. */
export interface Card {
  /** `moving`: the old half of a reschedule has come, the new time has not. `moved`: booked, at another time than once. */
  state: 'booked' | 'moving' | 'moved' | 'canceled' | 'noshow' | 'routed';
  /** Marked TEST: a sample, not a booking. */
  test: boolean;
  /** The event type's name, or the form's. */
  title: string;
  /** How often it has moved. */
  moves: number;
  when: Span | null;
  /** Where it was before the last move, when that differs. */
  was: Span | null;
  inviteeZone: string | null;
  who: { name: string; email: string | null };
  guests: string[];
  hosts: { name: string; email: string | null }[];
  /** In words, such as "Zoom" or "Phone call: +1 555 0100". */
  place: { words: string; joinUrl: string | null } | null;
  seats: { active: number; limit: number } | null;
  payment: string | null;
  /** How long before its start it was booked, when that is short; milliseconds. */
  shortNotice: number | null;
  answers: Answer[];
  /** `before`: how long before the start it was canceled, milliseconds; negative when after. */
  canceled: {
    at: number | null;
    before: number | null;
    byType: 'host' | 'invitee' | null;
    by: string | null;
    reason: string | null;
  } | null;
  noShowAt: number | null;
  /** How late the news reached us, when that is worth saying; milliseconds. */
  late: number | null;
  /** Why this channel sees it: the subscription in words. */
  because: string;
}

/** One line of a booking's history, said in its card's thread. */
export interface Reply {
  kind: 'moved' | 'canceled' | 'noshow' | 'noshow_undone';
  title: string;
  who: string;
  /** Who did it: a name, or null when Calendly does not say. */
  by: string | null;
  byType: 'host' | 'invitee' | null;
  reason: string | null;
  was: Span | null;
  now: Span | null;
  before: number | null;
}

/**
 * What a delivery puts into a channel. A notice is a sentence of ours (mrkdwn written by us, already escaped). Letters go to their owner, to be
 * decided about; `more` are those not named.
 */
export type Content =
  | { kind: 'card'; card: Card }
  | { kind: 'reply'; reply: Reply }
  | { kind: 'notice'; text: string }
  | { kind: 'letters'; letters: Letter[]; more: number };

const minute = 60_000;
const day = 24 * 60 * minute;
/** Booked this short before its start is worth a word. */
const shortNotice = 4 * 60 * minute;
/** News this old is marked late. */
const lateAfter = 10 * minute;

/** The card a booking should be now; null when there is nothing to show yet. */
export function cardOf(booking: Booking, filter: Filter | null): Card | null {
  const because = reasonOf(filter);
  const { head, form } = booking;
  if (!head)
    return form
      ? {
          ...blank,
          state: 'routed',
          title: 'Routing form',
          answers: form.answers,
          who: submitterOf(form.answers),
          late: lateness(form.createdAt, booking.heardAt),
          because,
        }
      : null;
  const span = spanOf(head);
  const lastMove = booking.moves.at(-1);
  const was = lastMove?.from ? spanOf(lastMove.from) : null;
  const canceledAt = head.cancellation?.at ?? null;
  const ahead = span.startsAt - head.createdAt;
  return {
    ...blank,
    state:
      booking.noShowAt !== null && !(booking.state === 'canceled' && (canceledAt ?? 0) > booking.noShowAt)
        ? 'noshow'
        : booking.state === 'booked' && booking.moves.length > 0
          ? 'moved'
          : booking.state,
    title: head.meeting.name ?? 'Meeting',
    moves: booking.moves.length,
    when: span,
    was: was && was.startsAt !== span.startsAt ? was : null,
    inviteeZone: head.timezone,
    who: { name: head.name, email: head.email },
    guests: head.meeting.guests,
    hosts: head.meeting.hosts.map((host) => ({ name: host.name ?? host.email ?? 'Host', email: host.email })),
    place: head.meeting.place ? placeOf(head.meeting.place) : null,
    seats: head.meeting.seats && head.meeting.seats.limit > 1 ? head.meeting.seats : null,
    payment: head.payment
      ? `${head.payment.amount} ${head.payment.currency} ${head.payment.successful ? 'paid' : 'not paid'}`
      : null,
    shortNotice: booking.state === 'booked' && ahead >= 0 && ahead < shortNotice ? ahead : null,
    answers: answersOf(booking, head),
    canceled:
      booking.state === 'canceled'
        ? {
            at: canceledAt,
            before: canceledAt === null ? null : span.startsAt - canceledAt,
            byType: head.cancellation?.byType ?? null,
            by: head.cancellation?.by ?? null,
            reason: head.cancellation?.reason ?? null,
          }
        : null,
    noShowAt: booking.noShowAt,
    late: booking.state === 'booked' ? lateness(head.createdAt, booking.heardAt) : null,
    because,
  };
}

/** The line a reply tells; null when what it was about is not known (any more). `about` as in plan.ts. */
export function replyOf(booking: Booking, about: string): Reply | null {
  const [kind, uri] = about.split(' ');
  const { head } = booking;
  if (!head || !uri) return null;
  const base = {
    title: head.meeting.name ?? 'Meeting',
    who: head.name,
    by: null,
    byType: null,
    reason: null,
    was: null,
    now: null,
    before: null,
  };
  switch (kind) {
    case 'moved': {
      const move = booking.moves.find((m) => m.to.uri === uri);
      if (!move) return null;
      const byHost = move.to.scheduledBy ? 'host' : null;
      return {
        ...base,
        kind,
        by: move.by?.by ?? null,
        byType: move.by?.byType ?? byHost,
        reason: move.by?.reason ?? null,
        was: move.from ? spanOf(move.from) : null,
        now: spanOf(move.to),
      };
    }
    case 'canceled': {
      const done = head.cancellation;
      if (head.uri !== uri) return null;
      return {
        ...base,
        kind,
        by: done?.by ?? null,
        byType: done?.byType ?? null,
        reason: done?.reason ?? null,
        was: spanOf(head),
        before: done?.at == null ? null : head.meeting.startsAt - done.at,
      };
    }
    case 'noshow':
    case 'noshow_undone':
      return { ...base, kind, was: spanOf(head) };
    default:
      return null;
  }
}

/** A sample of a kind, marked TEST, for the day after `now` at an hour of work. */
export function sampleCard(kind: Kind, now: number): Card {
  const startsAt = (Math.floor(now / day) + 1) * day + 14 * 60 * minute;
  const span = { startsAt, endsAt: startsAt + 30 * minute };
  const card: Card = {
    ...blank,
    state: 'booked',
    test: true,
    title: 'Demo call',
    when: span,
    inviteeZone: 'Europe/Berlin',
    who: { name: 'Ada Lovelace', email: 'ada@example.com' },
    hosts: [{ name: 'Bo Berg', email: 'bo@example.com' }],
    place: { words: 'Zoom', joinUrl: null },
    answers: [{ question: 'What should we cover?', answer: 'Pricing for 40 seats' }],
    because: 'A sample asked for with the test command; nobody booked this',
  };
  const earlier = { startsAt: span.startsAt - 3 * 60 * minute, endsAt: span.endsAt - 3 * 60 * minute };
  switch (kind) {
    case 'booked':
      return card;
    case 'rescheduled':
      return { ...card, state: 'moved', moves: 1, was: earlier };
    case 'canceled':
      return {
        ...card,
        state: 'canceled',
        canceled: {
          at: now,
          before: span.startsAt - now,
          byType: 'invitee',
          by: 'Ada Lovelace',
          reason: 'A conflict came up',
        },
      };
    case 'noshow':
      return { ...card, state: 'noshow', noShowAt: now };
    case 'routed':
      return { ...card, state: 'routed', title: 'Routing form', when: null, hosts: [], place: null, inviteeZone: null };
  }
}

const blank: Omit<Card, 'state' | 'because'> = {
  test: false,
  title: '',
  moves: 0,
  when: null,
  was: null,
  inviteeZone: null,
  who: { name: '', email: null },
  guests: [],
  hosts: [],
  place: null,
  seats: null,
  payment: null,
  shortNotice: null,
  answers: [],
  canceled: null,
  noShowAt: null,
  late: null,
};

/** What the person answered; when a host moves a meeting, Calendly may leave it out of the new half, so the last that is known stays. */
function answersOf({ moves }: Booking, head: Invitee): Answer[] {
  const earlier = moves.map((move) => move.from).filter((from) => from !== null);
  const same = earlier.filter((from) => from.email?.toLowerCase() === head.email?.toLowerCase());
  const given = [...same, head].map(({ answers }) => answers.filter((entry) => entry.answer.trim() !== ''));
  return given.findLast((answers) => answers.length > 0) ?? [];
}

const spanOf = (invitee: Invitee): Span => ({ startsAt: invitee.meeting.startsAt, endsAt: invitee.meeting.endsAt });

const lateness = (happenedAt: number, heardAt: number | null) =>
  heardAt !== null && heardAt - happenedAt > lateAfter ? heardAt - happenedAt : null;

/** Who filled in a form, as its answers tell. */
function submitterOf(answers: Answer[]): Card['who'] {
  const email = answers.find((entry) => /^[^\s@]+@[^\s@]+$/.test(entry.answer.trim()))?.answer.trim() ?? null;
  const name = answers.find((entry) => /\bname\b/i.test(entry.question))?.answer.trim();
  return { name: name || email || 'Somebody', email };
}

const reasonOf = (filter: Filter | null) =>
  !filter
    ? 'This channel no longer follows it'
    : filter.types.length === 0
      ? 'This channel follows every event type'
      : `This channel follows ${filter.types.map((type) => type.name).join(', ')}`;

const kinds: Record<string, string> = {
  physical: 'In person',
  outbound_call: 'Phone call',
  inbound_call: 'Phone call, invitee dials',
  google_conference: 'Google Meet',
  zoom: 'Zoom',
  zoom_conference: 'Zoom',
  gotomeeting: 'GoTo Meeting',
  microsoft_teams_conference: 'Microsoft Teams',
  webex_conference: 'Webex',
  ask_invitee: 'Place named by the invitee',
};

function placeOf(place: Place): Card['place'] {
  const words = kinds[place.kind];
  const text = place.text?.trim();
  return { words: words ? (text ? `${words}: ${text}` : words) : text || 'Place to be agreed', joinUrl: place.joinUrl };
}
