// What the Slack front door needs of the product; app.ts builds it, and nothing here knows how it is done.

import type { Logger } from 'pino';
import type { Host, Invitee } from '../booking/change.ts';
import type { NextMeeting, Whose } from '../booking/next-meetings.ts';
import type { Clock } from '../clock.ts';
import type { Acts } from '../connection/acts.ts';
import type { Connection, ConnectionStore, EventType, Group, Reach } from '../connection/connection.ts';
import type { AskedToForget } from '../connection/forget.ts';
import type { Roster } from '../connection/roster.ts';
import type { Extra } from '../connection/scopes.ts';
import type { Card } from '../delivery/content.ts';
import type { CardBooking } from '../delivery/details.ts';
import type { Erasures } from '../delivery/erasure.ts';
import type { Ledger } from '../delivery/ledger.ts';
import type { LetterStore } from '../delivery/letters.ts';
import type { DigestStore } from '../subscription/agenda.ts';
import type { AskedAbout } from '../subscription/asked-about.ts';
import type { DeedStore } from '../subscription/deed.ts';
import type { InquiryStore } from '../subscription/inquiry.ts';
import type { History } from '../subscription/preview.ts';
import type { Kind, Subscription } from '../subscription/subscription.ts';
import type { SubscriptionStore } from '../subscription/subscriptions.ts';
import type { Language } from '../texts/index.ts';
import type { CatchUpState } from './messages/catch-up.ts';
import type { People } from './people.ts';

/** The app in one workspace, with the token to act there. */
export interface Workspace {
  id: string;
  botUserId: string;
  botToken: string;
}

/** What connecting came to; `notes` are sentences for the person (`{command}` allowed). */
export interface Connected {
  connection: Connection;
  /** There was one already: its token was replaced, its subscriptions kept. */
  replaced: boolean;
  scopeReason: 'owner' | 'admin' | 'group' | 'member' | 'asker' | 'chosen';
  /** Groups that this account leads and is not asked about. */
  otherGroups: Group[];
  hook: 'registered' | 'kept' | 'none';
  notes: string[];
}

/** What the check of one connection found; each sentence stands by itself. */
export interface Checked {
  connectionId: string;
  ok: boolean;
  findings: { sentence: string }[];
}

/** The ledger of one workspace, since when the oldest message that is due waits (UTC milliseconds), and which permissions Slack did not give there. */
export interface Figures {
  ledger: Ledger;
  oldestDueAt: number | null;
  lacks: string[];
}

/** Meetings of some days: those that these subscriptions follow, or whatever the accounts have. */
export interface AgendaAsk {
  installationId: string;
  /** Their ids. */
  connections: string[];
  subscriptions: readonly Subscription[] | null;
  isHost?: ((host: Host) => boolean) | null;
  /** UTC milliseconds; the end is not included. */
  from: number;
  to: number;
  language: Language;
}

/** Where a request comes from; the organization only where the app is installed in all of it. */
export interface Where {
  team: string | null;
  organization: string | null;
}

export interface Product {
  /** Null when the app is not installed in this workspace. */
  installationOf(where: Where): Promise<Workspace | null>;
  connections: Pick<ConnectionStore, 'connections' | 'connection' | 'hooks'>;
  subscriptions: SubscriptionStore;
  /** `leads`: an admin or app manager asks, who may connect a whole organization. */
  connect(input: { installationId: string; slackUser: string; leads: boolean; token: string }): Promise<Connected>;
  /** A link by which this person can sign in with Calendly; absent where no OAuth app is configured. */
  signInUrl?(input: { installationId: string; slackUser: string; extras: readonly Extra[] }): Promise<string>;
  /** What this account may tell of, the widest first. */
  reaches(connection: Connection): Promise<Reach[]>;
  /** Has it tell of that from now on. */
  setReach(installationId: string, connectionId: string, reach: Reach, by: string): Promise<Connected>;
  impact(installationId: string, connectionId: string): Promise<{ subscriptions: number; channels: number }>;
  /** `notes` are sentences for the person: what is left over at Calendly, if anything. */
  disconnect(installationId: string, connectionId: string, by: string): Promise<{ notes: string[] }>;
  /** What people here call an account; null: by the name that Calendly has for it. */
  rename(installationId: string, connectionId: string, name: string | null): Promise<void>;
  /** Where the states of connections are told; null: nowhere. */
  adminChannel(installationId: string): Promise<string | null>;
  setAdminChannel(installationId: string, channelId: string | null): Promise<void>;
  /** Slack users whom admins let do what admins do here. */
  managers(installationId: string): Promise<string[]>;
  /** False where it was so already. */
  setManager(installationId: string, user: string, isOne: boolean): Promise<boolean>;
  /** Runs the scheduled check now. */
  check(installationId: string, connectionId: string): Promise<Checked>;
  /** The active event types, sorted by name; answered from a cache where possible. */
  eventTypes(connection: Connection): Promise<EventType[]>;
  /** Who can host its meetings, and in which groups. */
  roster: Roster;
  /** What was booked lately, to try a subscription on; `withInvitees` where it asks about those who booked. */
  history(connection: Connection, withInvitees: boolean): Promise<History>;
  /** Bookings by what people have in hand of them. */
  inquiries: InquiryStore;
  /** Every address at Calendly that these ids can make. */
  urisOf(ids: readonly string[]): string[];
  /** Bookings that Calendly shows to this account, whether or not we heard of them; null where it did not answer in time. */
  elsewhere(connection: Connection, asked: AskedAbout): Promise<Invitee[] | null>;
  /** How it stands with looking for what no webhook told. */
  catchUp(installationId: string, connectionId: string): Promise<CatchUpState>;
  /** Makes sure that routing forms are heard of; refuses in words where Calendly does not allow it. */
  ensureRouting(connection: Connection): Promise<void>;
  figures(installationId: string): Promise<Figures>;
  /** Who did what. */
  deeds: DeedStore;
  /** What is kept of one person, and forgetting it. */
  erasures: Erasures;
  /** Asks Calendly to forget them as well; one entry for each organization that was asked. */
  forgetAtCalendly(installationId: string, address: string): Promise<AskedToForget[]>;
  /** Messages that wait for a person. */
  letters: LetterStore;
  /** The booking that a delivery shows as a card; null when there is none, or it is no longer kept. */
  bookingOfDelivery(installationId: string, deliveryId: string, language?: Language): Promise<CardBooking | null>;
  /** Asked of Calendly now. `more`: so many were not looked at; `left`: the names of accounts that do not work; `addresses`: of all who booked them. */
  agenda(ask: AgendaAsk): Promise<{ cards: Card[]; more: number; left: string[]; addresses: string[] }>;
  digests: DigestStore;
  /** What people do to a meeting from its card. */
  acts: Acts;
  /** The next meetings of whoever has one of these addresses at Calendly. */
  nextMeetings(installationId: string, whose: Whose, now: number, count: number): Promise<NextMeeting[]>;
  /** Which hosts are which people in Slack. */
  people: Omit<People, 'usersOf'>;
  /** Says something of ours (mrkdwn, escaped) in a channel, once for each key. `names`: the addresses of those it tells of. */
  sayOnce(notice: {
    installationId: string;
    to: string;
    key: string;
    text: string;
    names?: readonly string[];
  }): Promise<void>;
  /** Sends a sample card, marked TEST, along the real path. */
  sample(order: {
    installationId: string;
    channelId: string;
    kind: Kind;
    by: string;
    language?: Language;
  }): Promise<void>;
  /** The channel cannot be posted to any more; `reason` is a sentence with its cure. */
  channelLost(installationId: string, channelId: string, reason: string): Promise<void>;
  channelBack(installationId: string, channelId: string): Promise<void>;
  /** A channel got a new id (a private channel that was shared with another workspace). */
  channelRenamed(installationId: string, from: string, to: string): Promise<void>;
  /**
   * The channel is shared with another organization, or a guest came into it, the `first` or one `more`: its cards show less from now on, and `said` is
   * said there.
   */
  channelShared(
    installationId: string,
    channelId: string,
    said: string,
    by?: { guests: 'first' | 'more' },
  ): Promise<void>;
  /** It no longer is: nothing widens by itself, and the owners are told `said`. */
  channelUnshared(installationId: string, channelId: string, said: string): Promise<void>;
  /**
   * The app was removed, or its bot token revoked, at `at` (UTC milliseconds), in a workspace or in a whole organization; a later reinstallation is not
   * touched.
   */
  installationGone(where: Where, at: number): Promise<void>;
  /** When the scheduled check runs next. */
  nextCheckAt(): Date | null;
  newId(): string;
  /** With its slash. */
  commandName: string;
  publicUrl: URL | null;
  /** Where it is installed in a workspace; null where that happens in Slack's own pages. */
  installUrl: URL | null;
  clock: Clock;
  log: Logger;
}
