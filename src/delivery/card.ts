// The present state of a booking, seen by one subscription, as the card it should be (pure; knows no Slack).

import type { Booking, Guest } from '../booking/booking.ts';
import type { Answer, Invitee, Meeting, Place } from '../booking/change.ts';
import { rulesFor, rulesInWords } from '../subscription/filter-words.ts';
import {
  defaultOptions,
  type Filter,
  type Options,
  type Privacy,
  type Subscription,
  threadMode,
} from '../subscription/subscription.ts';
import { type Language, type Texts, textsFor } from '../texts/index.ts';
import type { Card, Earlier, GroupGuest, Span } from './content.ts';
import { confinedCard } from './privacy.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Booked this short before its start is worth a word. */
const shortNotice = 4 * 60 * minute;
/** Canceled this short before its start, a time is hardly filled again. */
export const lateCancel = day;
/** News this old is marked late. */
const lateAfter = 10 * minute;

/** What a card needs to know besides its booking. `look`: how it was written last, for when nobody follows it any more. */
export interface Frame {
  subscription: Pick<Subscription, 'kinds' | 'filter' | 'options'> | null;
  look: Look | null;
  ref: string | null;
  earlier: Earlier | null;
  /** Of one person who asks, where it is not for the channel. */
  language?: Language;
}
export type Look = Pick<Options, 'style' | 'privacy' | 'language'>;

export const noFrame: Frame = { subscription: null, look: null, ref: null, earlier: null };

/** The card a booking should be now; null when there is nothing to show yet. */
export function cardOf(booking: Booking, frame: Frame): Card | null {
  const { style, privacy, language: spokenHere } = frame.subscription?.options ?? frame.look ?? defaultOptions;
  const language = frame.language ?? spokenHere;
  const t = textsFor(language);
  const card = fullCard(booking, reasonOf(frame.subscription?.filter ?? null, privacy, t), t);
  const mention = frame.subscription?.options.mention ?? defaultOptions.mention;
  const { ref, earlier } = frame;
  const spoken = language ? { language } : {};
  if (!card) return null;
  const frames = { ...spoken, style, privacy, mention, ref, earlier, threadAnswers: inThread(frame) };
  const confined = confinedCard({ ...card, ...frames });
  // Of a group it is one among others, who has no name there.
  return booking.head?.erased && !booking.guests
    ? { ...confined, who: { name: t.card.erased, email: null }, earlier: null }
    : confined;
}

/** Does the thread have the answers that the card has no room for? See `answersToTell` in plan.ts. */
function inThread({ subscription }: Frame): boolean {
  if (!subscription?.kinds.includes('booked')) return false;
  const { options } = subscription;
  return options.style === 'card' && options.privacy === 'full' && threadMode(options, 'booked') !== 'off';
}

function fullCard(booking: Booking, because: string, t: Texts): Card | null {
  const { head, form, guests } = booking;
  if (!head)
    return form
      ? {
          ...blank,
          state: 'routed',
          title: t.card.routingForm,
          answers: form.answers,
          who: submitterOf(form.answers, t),
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
    title: head.meeting.name ?? t.card.meeting,
    moves: booking.moves.length,
    when: span,
    was: was && was.startsAt !== span.startsAt ? was : null,
    inviteeZone: head.timezone,
    who: guests ? { name: '', email: null } : { name: head.name, email: head.email },
    group: guests?.map(groupGuest) ?? null,
    guests: head.meeting.guests,
    hosts: head.meeting.hosts.map((host) => ({ name: host.name ?? host.email ?? t.card.aHost, email: host.email })),
    place: placeIn(head, lastMove?.from ?? null, t),
    seats: head.meeting.seats && head.meeting.seats.limit > 1 ? head.meeting.seats : null,
    payment: head.payment ? paymentOf(head.payment, t) : null,
    shortNotice: booking.state === 'booked' && !guests && ahead >= 0 && ahead < shortNotice ? ahead : null,
    answers: answersOf(booking, head),
    canceled:
      booking.state === 'canceled'
        ? {
            at: canceledAt,
            before: canceledAt === null ? null : span.startsAt - canceledAt,
            late: canceledAt !== null && span.startsAt - canceledAt < lateCancel,
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

/** What there is nothing to say of. */
export const blank: Omit<Card, 'state' | 'because'> = {
  test: false,
  style: defaultOptions.style,
  privacy: defaultOptions.privacy,
  mention: defaultOptions.mention,
  ref: null,
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
  group: null,
  earlier: null,
  payment: null,
  shortNotice: null,
  answers: [],
  threadAnswers: false,
  canceled: null,
  noShowAt: null,
  late: null,
};

/** What the person answered; when a host moves a meeting, Calendly may leave it out of the new half, so the last that is known stays. */
export function answersOf({ moves }: Booking, head: Invitee): Answer[] {
  const earlier = moves.map((move) => move.from).filter((from) => from !== null);
  const same = earlier.filter((from) => from.email?.toLowerCase() === head.email?.toLowerCase());
  const given = [...same, head].map(({ answers }) => answers.filter((entry) => entry.answer.trim() !== ''));
  return given.findLast((answers) => answers.length > 0) ?? [];
}

const groupGuest = ({ invitee, state, noShowAt }: Guest): GroupGuest => ({
  name: invitee.name,
  email: invitee.email,
  state,
  noShow: noShowAt !== null,
});

/** A card shows this many answers, each up to so many characters; `answers` in its thread has all. */
export const answersShown = 3;
export const answerShownUpTo = 300;

/** Do a card's answers need more room than it has? */
export const hasMoreAnswers = (answers: Answer[]): boolean =>
  answers.length > answersShown || answers.some(({ answer }) => answer.length > answerShownUpTo);

export const spanOf = (invitee: Invitee): Span => ({
  startsAt: invitee.meeting.startsAt,
  endsAt: invitee.meeting.endsAt,
});

const lateness = (happenedAt: number, heardAt: number | null) =>
  heardAt !== null && heardAt - happenedAt > lateAfter ? heardAt - happenedAt : null;

/** Who filled in a form, as its answers tell. */
function submitterOf(answers: Answer[], t: Texts): Card['who'] {
  const email = answers.find((entry) => /^[^\s@]+@[^\s@]+$/.test(entry.answer.trim()))?.answer.trim() ?? null;
  const name = answers.find((entry) => /\bname\b/i.test(entry.question))?.answer.trim();
  return { name: name || email || t.card.somebody, email };
}

function reasonOf(filter: Filter | null, privacy: Privacy, t: Texts): string {
  if (!filter) return t.card.noLongerFollowed;
  const rules = rulesInWords(rulesFor(privacy, filter), t, (name) => name);
  const types = filter.types.map((type) => type.name).join(', ');
  const what = types === '' ? t.card.followsAll : t.card.follows(types);
  return [what, ...rules].join(', ');
}

const paymentOf = ({ amount, currency, successful }: NonNullable<Invitee['payment']>, { card }: Texts) =>
  successful ? card.paid(amount, currency) : card.notPaid(amount, currency);

/** By their names, which are the same in every language. */
const services: Record<string, string> = {
  google_conference: 'Google Meet',
  zoom: 'Zoom',
  zoom_conference: 'Zoom',
  gotomeeting: 'GoTo Meeting',
  microsoft_teams_conference: 'Microsoft Teams',
  webex_conference: 'Webex',
};

function placeIn({ meeting }: Invitee, from: Invitee | null, t: Texts): Card['place'] {
  if (!meeting.place) return null;
  const place = placeOf(meeting.place, t);
  const change = from && changeOfPlace(from.meeting, meeting, t);
  return change ? { ...place, was: change.was } : place;
}

/** Somebody may move a meeting to the very same time, to meet elsewhere; null for any other move. */
export function changeOfPlace(from: Meeting, to: Meeting, t: Texts): { was: string; now: string } | null {
  if (from.startsAt !== to.startsAt || !from.place || !to.place) return null;
  const [was, now] = [placeOf(from.place, t).words, placeOf(to.place, t).words];
  return was === now ? null : { was, now };
}

function placeOf(place: Place, { card }: Texts): NonNullable<Card['place']> {
  // Theirs to name: `__proto__` is no kind.
  const named = [services, card.places].find((kinds) => Object.hasOwn(kinds, place.kind)) as
    | typeof services
    | undefined;
  const words = named?.[place.kind];
  const text = place.text?.trim();
  return { words: words ? (text ? `${words}: ${text}` : words) : text || card.placeToBeAgreed, joinUrl: place.joinUrl };
}
