// What a subscription is: this channel wants these kinds of change of these bookings, through this connection.

import type { Language } from '../texts/index.ts';

export const kinds = ['booked', 'canceled', 'rescheduled', 'noshow', 'routed'] as const;
export type Kind = (typeof kinds)[number];

/** What `subscribe` means when no kind is named. */
export const defaultKinds: readonly Kind[] = ['booked', 'canceled', 'rescheduled'];

/** An event type as chosen by a person: its URI decides, its name is what people read. */
export interface TypeChoice {
  uri: string;
  name: string;
}

/** What a filter may ask about, in the order in which it is said. */
export const filterKeys = ['type', 'host', 'group', 'domain', 'answer', 'utm', 'lead', 'location', 'paid'] as const;
export type FilterKey = (typeof filterKeys)[number];

/** Which bookings: those that meet one rule of each key that is asked for, and none that is ruled out. */
export interface Filter {
  /** Event types asked for; empty means every one. */
  types: TypeChoice[];
  /** What else is asked; absent where nothing is. */
  rules?: Rule[];
}

/** `not`: it is ruled out, not asked for. */
export type Rule = { not: boolean } & (NamedRule | PlainRule);

/** What has its address at Calendly, found there by the name that a person gave it. */
export type NamedRule =
  /** Only ruled out: those asked for are `Filter.types`. */
  | { key: 'type'; uri: string; name: string }
  /** `uri` and `email` are null where the account may not read who else is in its organization: then the name decides. */
  | { key: 'host'; uri: string | null; email: string | null; name: string }
  /** `members`: the users it had when it was last read. */
  | { key: 'group'; uri: string; name: string; members: string[] };

export type PlainRule =
  /** A domain with all below it, or a whole address where it has an @; in lower case. */
  | { key: 'domain'; domain: string }
  /** Null: any answer. */
  | { key: 'answer'; question: string; words: string | null }
  /** `name` null: any of the five; `value` null: any value. */
  | { key: 'utm'; name: UtmName | null; value: string | null }
  /** How long ahead it was booked, milliseconds: from `from` (included) to `to` (not included); null: without end. */
  | { key: 'lead'; from: number; to: number | null }
  | { key: 'location'; place: PlaceWord }
  | { key: 'paid'; paid: boolean };

export const utmNames = ['source', 'medium', 'campaign', 'content', 'term'] as const;
export type UtmName = (typeof utmNames)[number];

/** The kinds of place by our words, and what Calendly calls them. */
export const places = {
  zoom: ['zoom'],
  meet: ['google_conference'],
  teams: ['microsoft_teams_conference'],
  webex: ['webex_conference'],
  gotomeeting: ['gotomeeting'],
  online: ['zoom', 'google_conference', 'microsoft_teams_conference', 'webex_conference', 'gotomeeting'],
  phone: ['outbound_call', 'inbound_call'],
  'in-person': ['physical'],
  invitee: ['ask_invitee'],
  custom: ['custom'],
} as const satisfies Record<string, readonly string[]>;
export type PlaceWord = keyof typeof places;
export const placeWords = Object.keys(places) as PlaceWord[];

export const styles = ['card', 'compact', 'line'] as const;
export const threadModes = ['on', 'off', 'broadcast'] as const;
export const privacies = ['full', 'business', 'minimal'] as const;
export type Style = (typeof styles)[number];
/** What is said in a card's thread: each step, nothing, or each step and in the channel as well. */
export type ThreadMode = (typeof threadModes)[number];
/** `business`: no private contact data nor answers; `minimal`: initials only. */
export type Privacy = (typeof privacies)[number];
/** Whom a new card calls. `id` is Slack's, of a person or a user group. */
export type Mention = { who: 'none' | 'host' } | { who: 'user' | 'group'; id: string };

/** How a channel wants its cards to look. */
export interface Options {
  style: Style;
  /** `off` is off for all kinds; otherwise `but` says what is different for some. */
  thread: { all: ThreadMode; but: Partial<Record<Kind, ThreadMode>> };
  mention: Mention;
  privacy: Privacy;
  /** What its cards are written in: the channel's own language when somebody subscribed, or what was asked for. Absent: the usual one. */
  language?: Language;
}

export const defaultOptions: Options = {
  style: 'card',
  thread: { all: 'on', but: {} },
  mention: { who: 'none' },
  privacy: 'full',
};

export function threadMode({ thread }: Options, kind: Kind): ThreadMode {
  return thread.all === 'off' ? 'off' : (thread.but[kind] ?? thread.all);
}

export interface Subscription {
  installationId: string;
  id: string;
  connectionId: string;
  /** Slack conversation id. */
  channelId: string;
  kinds: Kind[];
  filter: Filter;
  options: Options;
  /** Slack user id of the person who made it. */
  madeBy: string;
  state: 'active' | 'paused';
  /** Why it is paused, as a sentence with its cure; null while active. */
  reason: string | null;
  createdAt: number;
  updatedAt: number;
  /** What comes until then makes no new message; UTC milliseconds, null where it is not muted. */
  mutedUntil: number | null;
}
