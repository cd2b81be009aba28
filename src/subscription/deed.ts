// Who did what to which subscription, account or message: kept for whoever asks later, and for Undo.

import type { Subscription } from './subscription.ts';

export const deedKinds = [
  'subscribe',
  'change',
  'resume',
  'unsubscribe',
  'copy',
  'mute',
  'unmute',
  'mute_over',
  'undo',
  'take_back',
  'connect',
  'disconnect',
  'rename',
  'admin_channel',
  'manager',
  'no_manager',
  'erase',
  'host',
  'agenda',
  'cancel',
  'noshow',
  'noshow_undo',
  'links',
  'share',
  'denied',
  'resend',
  'drop',
  'found',
  'install',
  'uninstall',
] as const;
export type DeedKind = (typeof deedKinds)[number];

/** Those that change nothing of what a channel hears, or of an account. */
export const unchanging: readonly DeedKind[] = ['denied', 'cancel', 'noshow', 'noshow_undo', 'links', 'share'];

/** Names what a person is doing, however many subscriptions it is done to. */
export interface Deed {
  id: string;
  /** Slack user id; null: the app by itself. */
  who: string | null;
  what: DeedKind;
}

/** What a deed was done to, and what it made of that. */
export interface DeedRow extends Deed {
  /** UTC milliseconds of the database's clock. */
  at: number;
  /** The id of the subscription, connection or delivery. */
  subject: string;
  channelId: string | null;
  /** A subscription as it was and as it became; of anything else a word, such as its state. Null: there was none. */
  was: Subscription | string | null;
  became: Subscription | string | null;
  /** `done`, or why not. */
  result: string;
}

export interface DeedStore {
  /** Appends what was done to something other than a subscription: those are recorded by what changes them, in the same commit. */
  record(installationId: string, row: Omit<DeedRow, 'at'>): Promise<void>;
  /** All that one deed was done to, and how long ago; empty where there is none of this name here. */
  deed(installationId: string, id: string): Promise<{ rows: DeedRow[]; ageMs: number }>;
  /** A page of the whole record, newest first. */
  page(installationId: string, span: { from: number; count: number }): Promise<{ total: number; rows: DeedRow[] }>;
  /** The last ones that changed something, newest first. */
  recent(installationId: string, count: number): Promise<DeedRow[]>;
}
