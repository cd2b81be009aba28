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

export interface Filter {
  /** Empty means every event type. */
  types: TypeChoice[];
}

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
