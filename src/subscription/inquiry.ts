// What is known of a booking that somebody asks about: how it stands, and what became of each message meant to show it.

import type { BookingState } from '../booking/booking.ts';

export interface Delivered {
  channelId: string;
  kind: 'card' | 'reply' | 'notice';
  /** For a reply: what it tells. */
  about: string | null;
  subscriptionId: string | null;
  state: 'due' | 'sending' | 'shown' | 'held' | 'uncertain' | 'suppressed' | 'dead';
  reason: string | null;
  ts: string | null;
  /** UTC milliseconds. */
  at: number;
}

export interface Inquired {
  bookingId: string;
  connectionId: string;
  state: BookingState;
  deliveries: Delivered[];
}

/** By what somebody asks. Each answers the newest first, and no more than a few. */
export interface InquiryStore {
  byMessage(installationId: string, message: { channelId: string; ts: string }): Promise<Inquired[]>;
  /** By any address that Calendly has for it, its invitee or its meeting. */
  byUris(installationId: string, uris: readonly string[]): Promise<Inquired[]>;
  byEmail(installationId: string, connectionIds: readonly string[], email: string): Promise<Inquired[]>;
  /** Looks through what came lately, for an id that says what it is of by itself. */
  byId(installationId: string, id: string): Promise<Inquired[]>;
}
