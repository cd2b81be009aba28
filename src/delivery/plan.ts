// What a batch of changes asks of the bookings and of the channels: pure, so that the store only loads, calls this, and writes.

import { type BookingState, emptyBooking, fold, identities, join, view } from '../booking/booking.ts';
import type { Change } from '../booking/change.ts';
import { match } from '../subscription/filter.ts';
import type { Subscription } from '../subscription/subscription.ts';

export interface HeardChange {
  connectionId: string;
  change: Change;
  receivedAt: number;
}

export interface KnownBooking {
  id: string;
  connectionId: string;
  version: number;
  state: BookingState;
}

/** A card that is there, or meant to be. One that was suppressed before it was ever tried is not among them: it may be wanted again. */
export interface KnownCard {
  bookingId: string;
  channelId: string;
  subscriptionId: string | null;
}

export interface PlanInput {
  now: number;
  changes: HeardChange[];
  bookings: KnownBooking[];
  /** Which booking an invitee URI belongs to. */
  bookingOf: Map<string, string>;
  /** Those of the changes' connections, paused ones included; empty for a connection that is not live. */
  subscriptions: Subscription[];
  cards: KnownCard[];
  newId: () => string;
}

export interface WantedReply {
  bookingId: string;
  channelId: string;
  subscriptionId: string;
  /** `moved <invitee uri>`, `canceled <invitee uri>`, `noshow <at>` …: what it tells, and its key within the card. */
  about: string;
  dueAt: number;
}

export interface Plan {
  /** Bookings to write, new ones included. */
  bookings: (KnownBooking & { changed: boolean })[];
  /** Bookings found to be part of another. */
  merged: { id: string; into: string }[];
  uris: { uri: string; bookingId: string }[];
  /** Cards that should exist from now on. */
  newCards: { bookingId: string; channelId: string; subscriptionId: string; held: boolean }[];
  /** Cards held for a paused subscription that an active one wants as well. */
  released: { bookingId: string; channelId: string; subscriptionId: string }[];
  replies: WantedReply[];
  /** Replies that waited for the other half of their move, which is here now. */
  hastened: { bookingId: string; about: string }[];
  /** One per change, in order: what became of it. */
  verdicts: string[];
  /** Cards (of changed bookings) may be brought up to date from this time on. */
  dueAt: Map<string, number>;
}

/** A move's first half says "canceled"; the second is given this long before the card says that a new time is awaited. Milliseconds. */
export const otherHalfWait = 5_000;

export function plan(input: PlanInput): Plan {
  const bookings = new Map(input.bookings.map((b) => [b.id, { ...b, changed: false }]));
  const bookingOf = new Map(input.bookingOf);
  const newUris = new Map<string, string>();
  const merged: Plan['merged'] = [];
  const cards = new Map<string, KnownCard>(input.cards.map((card) => [cardKey(card.bookingId, card.channelId), card]));
  const newCards = new Map<string, Plan['newCards'][number]>();
  const replies = new Map<string, WantedReply>();
  const released = new Map<string, Plan['released'][number]>();
  const hastened: Plan['hastened'] = [];
  const verdicts: string[] = [];

  for (const { connectionId, change, receivedAt } of input.changes) {
    const names = identities(change);
    if (names.length === 0) {
      verdicts.push('kept: not a kind of change that is shown');
      continue;
    }
    const booking = bookingFor(names, connectionId);
    booking.state = fold(booking.state, change, receivedAt);
    booking.changed = true;
    for (const uri of names) {
      if (bookingOf.get(uri) === booking.id) continue;
      bookingOf.set(uri, booking.id);
      newUris.set(uri, booking.id);
    }

    let shown = 0;
    let last = 'no subscription of this connection';
    for (const subscription of input.subscriptions) {
      if (subscription.connectionId !== connectionId) continue;
      const verdict = match(subscription, change);
      if (!verdict.matches) {
        last = verdict.because;
        continue;
      }
      shown += 1;
      const key = cardKey(booking.id, subscription.channelId);
      const card = cards.get(key);
      const wanted = { bookingId: booking.id, channelId: subscription.channelId, subscriptionId: subscription.id };
      const held = subscription.state === 'paused';
      if (!card) {
        // Of several subscriptions an active one decides: what a paused one holds, the channel wants all the same.
        if (!newCards.has(key) || (newCards.get(key)!.held && !held)) newCards.set(key, { ...wanted, held });
      } else {
        if (!held) released.set(key, wanted);
        const reply = replyFor(change, booking, subscription, input.now);
        if (reply) replies.set(`${key} ${reply.about}`, reply);
      }
    }
    const moved = partOfMove(change) ? change.invitee?.newInvitee : null;
    if (moved) hastened.push({ bookingId: booking.id, about: `moved ${moved}` });
    verdicts.push(
      shown > 0
        ? `shown: ${shown} ${shown === 1 ? 'channel' : 'channels'}`
        : partOfMove(change)
          ? 'folded: a half of a move'
          : `suppressed: ${last}`,
    );
  }

  const dueAt = new Map<string, number>();
  for (const booking of bookings.values()) {
    if (!booking.changed) continue;
    booking.version += 1;
    dueAt.set(booking.id, view(booking.state).state === 'moving' ? input.now + otherHalfWait : input.now);
  }
  return {
    bookings: [...bookings.values()],
    merged,
    uris: [...newUris].map(([uri, bookingId]) => ({ uri, bookingId })),
    newCards: [...newCards.values()],
    released: [...released.values()],
    replies: [...replies.values()],
    hastened,
    verdicts,
    dueAt,
  };

  /** The one booking these names belong to: a new one, the known one, or several known ones joined into the first. */
  function bookingFor(names: string[], connectionId: string) {
    const ids = [...new Set(names.map((uri) => bookingOf.get(uri)).filter((id): id is string => id !== undefined))];
    const known = ids.map((id) => bookings.get(id)).filter((b) => b !== undefined);
    const into = known[0];
    if (!into) {
      const fresh = { id: input.newId(), connectionId, version: 0, state: emptyBooking(), changed: true };
      bookings.set(fresh.id, fresh);
      return fresh;
    }
    for (const other of known.slice(1)) {
      into.state = join(into.state, other.state);
      bookings.delete(other.id);
      merged.push({ id: other.id, into: into.id });
      for (const [uri, id] of bookingOf) {
        if (id !== other.id) continue;
        bookingOf.set(uri, into.id);
        newUris.set(uri, into.id);
      }
      for (const [key, card] of newCards) {
        if (card.bookingId !== other.id) continue;
        newCards.delete(key);
        const moved = cardKey(into.id, card.channelId);
        if (!cards.has(moved) && !newCards.has(moved)) newCards.set(moved, { ...card, bookingId: into.id });
      }
      for (const [key, card] of cards) {
        if (card.bookingId !== other.id) continue;
        cards.delete(key);
        const moved = cardKey(into.id, card.channelId);
        if (!cards.has(moved)) cards.set(moved, { ...card, bookingId: into.id });
        newCards.delete(moved);
      }
    }
    return into;
  }
}

const cardKey = (bookingId: string, channelId: string) => `${bookingId} ${channelId}`;

const partOfMove = (change: Change) =>
  change.kind === 'canceled' && Boolean(change.invitee?.rescheduled || change.invitee?.newInvitee);

/** The line a change adds to the thread of a card that was there before it. */
function replyFor(
  change: Change,
  booking: { id: string; state: BookingState },
  subscription: Subscription,
  now: number,
): WantedReply | null {
  const base = { bookingId: booking.id, channelId: subscription.channelId, subscriptionId: subscription.id };
  const invitee = change.invitee;
  if (!invitee) return null;
  switch (change.kind) {
    case 'booked': {
      if (!invitee.oldInvitee) return null;
      const oldHalf = booking.state.invitees[invitee.oldInvitee]?.invitee.cancellation;
      return { ...base, about: `moved ${invitee.uri}`, dueAt: oldHalf ? now : now + otherHalfWait };
    }
    case 'canceled':
      return { ...base, about: `canceled ${invitee.uri}`, dueAt: now };
    case 'noshow':
      return { ...base, about: `noshow ${invitee.uri} ${change.occurredAt}`, dueAt: now };
    case 'noshow_undone':
      return { ...base, about: `noshow_undone ${invitee.uri} ${change.occurredAt}`, dueAt: now };
    default:
      return null;
  }
}
