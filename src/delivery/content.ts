// What a message says, before it is put into a messenger's form: cards, the lines of their threads, notices.

import type { Answer } from '../booking/change.ts';
import type { Mention, Privacy, Style } from '../subscription/subscription.ts';
import type { Language } from '../texts/index.ts';
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
  /** Of the channel; absent: the usual one. */
  language?: Language;
  style: Style;
  /** What may not be said has been taken out already; the messenger need not look again. */
  privacy: Privacy;
  mention: Mention;
  /** The delivery that shows it, for its buttons; null for a sample. */
  ref: string | null;
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
  /** In words, such as "Zoom" or "Phone call: +1 555 0100". `was`: where it would have been, when the last move changed only that. */
  place: { words: string; joinUrl: string | null; was?: string } | null;
  seats: { active: number; limit: number } | null;
  /** In the order they booked; null where a booking is one person's, who is `who` then. */
  group: GroupGuest[] | null;
  /** What came of this person's earlier bookings, as far as we remember; null for a first one. */
  earlier: Earlier | null;
  payment: string | null;
  /** How long before its start it was booked, when that is short; milliseconds. */
  shortNotice: number | null;
  answers: Answer[];
  /** Those it has no room for stand in its thread. */
  threadAnswers: boolean;
  /** `before`: how long before the start it was canceled, milliseconds; negative when after. `late`: so short before that the time is hardly filled again. */
  canceled: {
    at: number | null;
    before: number | null;
    late: boolean;
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

export interface GroupGuest {
  name: string;
  email: string | null;
  /** `moved`: to a seat in another meeting. */
  state: 'in' | 'left' | 'moved';
  noShow: boolean;
}

export interface Earlier {
  bookings: number;
  noShows: number;
}

/** One line of a booking's history, said in its card's thread. `guests`: who came to a group meeting and who left it. `answers`: all of them, where the card has no room. */
export interface Reply {
  language?: Language;
  kind: 'moved' | 'canceled' | 'noshow' | 'noshow_undone' | 'guests' | 'answers';
  title: string;
  who: string;
  /** Who did it: a name, or null when Calendly does not say. */
  by: string | null;
  byType: 'host' | 'invitee' | null;
  reason: string | null;
  was: Span | null;
  now: Span | null;
  /** Where, for a move that kept its time. */
  place?: { was: string; now: string };
  before: number | null;
  /** Names. */
  joined: string[];
  left: string[];
  answers: Answer[];
}

/** Meetings that were over before we heard of them: one line for all of them together. `more` are those not named. */
export interface Digest {
  language?: Language;
  past: { title: string; who: string; when: Span; state: 'booked' | 'canceled' }[];
  more: number;
}

/**
 * What a delivery puts into a channel. A notice is a sentence of ours (mrkdwn written by us, already escaped). Letters go to their owner, to be
 * decided about; `more` are those not named.
 */
export type Content =
  | { kind: 'card'; card: Card }
  | { kind: 'reply'; reply: Reply; broadcast: boolean }
  | { kind: 'digest'; digest: Digest }
  | { kind: 'notice'; text: string }
  | { kind: 'letters'; letters: Letter[]; more: number };
