// What a look at Calendly's lists needs of Calendly, and the nouns of what it finds.

import type { ChangeKind, Invitee, Meeting } from '../booking/change.ts';
import type { Connection } from './connection.ts';

/** Whose lists, and with which token. */
export type Account = Pick<Connection, 'token' | 'userUri' | 'organizationUri' | 'scope' | 'group'>;

/** One scheduled event as the list shows it. Times are UTC milliseconds by Calendly's clock. */
export interface ListedMeeting {
  meeting: Meeting;
  createdAt: number | null;
  canceledAt: number | null;
  /** Calendly's own JSON, for the message made of it. */
  raw: unknown;
}

/** Something that happened, as a webhook would have told it. */
export interface Told {
  event: string;
  /** The same as the webhook's, see `changeKey`. */
  key: string;
  kind: ChangeKind;
  occurredAt: number;
  /** One of the two halves of a move. */
  moved: boolean;
  json: unknown;
}

export interface FoundInvitee {
  invitee: Invitee;
  /** All that happened to them, oldest first. */
  told: Told[];
}

export interface Page {
  /** By start time, the earliest first. */
  meetings: ListedMeeting[];
  /** Rows that could not be read. */
  unread: number;
  /** Null: this was the last page. */
  next: string | null;
}

/**
 * Calendly's lists, asked for in the background: each call waits for its turn (see calendly/pace.ts). Every method throws Refusal or Outage.
 */
export interface Lists {
  /** Meetings that begin in this time, whatever their status; `email`: only those of this invitee. A page token of another query, or one too old, is refused as `bad_request`. */
  meetings(
    account: Account,
    page: { from: number; to: number; pageToken: string | null; email?: string },
  ): Promise<Page>;
  /** Null when Calendly no longer knows it, or does not show it to this account. */
  meeting(account: Account, uri: string): Promise<ListedMeeting | null>;
  /** All of them, or an error; null as above. */
  invitees(account: Account, listed: ListedMeeting): Promise<{ found: FoundInvitee[]; unread: number } | null>;
  /** What no webhook tells, as a message of our own. */
  sighting(listed: ListedMeeting, seen: { at: number; unmarked: Record<string, number>; mark: string }): Told;
}
