// What a batch of changes asks of the bookings and of the channels: pure, so that the store only loads, calls this, and writes.

import { type BookingState, emptyBooking, endOf, fold, identities, join, meetingOf, view } from '../booking/booking.ts';
import { type Change, isGroup } from '../booking/change.ts';
import { judgeOf, kindOf, whyNot } from '../subscription/filter.ts';
import { privacies, type Subscription, threadMode } from '../subscription/subscription.ts';
import { hasMoreAnswers } from './card.ts';
import { guestsWindow } from './reply.ts';

export interface HeardChange {
  connectionId: string;
  change: Change;
  receivedAt: number;
  /** Nobody told us: found in the list at Calendly, maybe long after. */
  found?: boolean;
}

export interface KnownBooking {
  id: string;
  connectionId: string;
  version: number;
  state: BookingState;
  /** What was kept of it cannot be read: its state begins anew, empty. */
  isLost?: boolean;
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
  /** `moved <invitee uri>`, `canceled <invitee uri>`, `guests <from>` …: what it tells, and its key within the card. */
  about: string;
  dueAt: number;
  standing: Standing;
}

/** Whether a message goes out, waits because its subscription is paused, or is left out because that is muted. The first one counts most. */
const standings = ['due', 'held', 'muted'] as const;
export type Standing = (typeof standings)[number];

/** Why what comes for a muted subscription is left out. */
export const mutedReason = 'its subscription was muted';

export interface Plan {
  /** Bookings to write, new ones included. */
  bookings: (KnownBooking & { changed: boolean })[];
  /** Bookings found to be part of another. */
  merged: { id: string; into: string }[];
  uris: { uri: string; bookingId: string }[];
  /** Cards that should exist from now on. */
  newCards: { bookingId: string; channelId: string; subscriptionId: string; standing: Standing }[];
  /** Bookings that were over before we heard of them: no card of their own, but a line all of a channel's share. */
  past: { bookingId: string; channelId: string; subscriptionId: string; standing: Standing }[];
  /** Cards held for a paused subscription that an active one wants as well. */
  released: { bookingId: string; channelId: string; subscriptionId: string }[];
  /** Cards held for a paused subscription that asked for what has happened since: news once more, however old they are. */
  renewed: { bookingId: string; channelId: string }[];
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
/** How far Calendly's clock and ours may be apart, milliseconds. */
const clockDifference = 60_000;

export function plan(input: PlanInput): Plan {
  const bookings = new Map(input.bookings.map((b) => [b.id, { ...b, isLost: b.isLost ?? false, changed: false }]));
  const bookingOf = new Map(input.bookingOf);
  const newUris = new Map<string, string>();
  const merged: Plan['merged'] = [];
  const cards = new Map<string, KnownCard>(input.cards.map((card) => [cardKey(card.bookingId, card.channelId), card]));
  const newCards = new Map<string, Plan['newCards'][number]>();
  /** Those of them that are wanted for more than a meeting long over. */
  const present = new Set<string>();
  const replies = new Map<string, WantedReply>();
  const released = new Map<string, Plan['released'][number]>();
  const renewed = new Map<string, Plan['renewed'][number]>();
  const hastened: Plan['hastened'] = [];
  const verdicts: string[] = [];
  const byConnection = Map.groupBy(input.subscriptions, (each) => each.connectionId);

  let byId: Map<string, Subscription> | null = null;
  const ownerOf = (id: string | null | undefined) => {
    byId ??= new Map(input.subscriptions.map((each) => [each.id, each]));
    return byId.get(id ?? '');
  };

  for (const { connectionId, change: told, receivedAt, found } of input.changes) {
    const change = asKnown(told);
    const names = identities(change);
    if (names.length === 0) {
      verdicts.push('kept: not a kind of change that is shown');
      continue;
    }
    const booking = bookingFor(names, connectionId);
    // What is only seen tells of nobody who booked: the card that is there would have nothing to show.
    if (booking.isLost && change.kind === 'seen') {
      verdicts.push('kept: what is known of its booking cannot be read');
      continue;
    }
    booking.isLost = false;
    booking.state = fold(booking.state, change, receivedAt);
    booking.changed = true;
    for (const uri of names) {
      if (bookingOf.get(uri) === booking.id) continue;
      bookingOf.set(uri, booking.id);
      newUris.set(uri, booking.id);
    }
    const meeting = meetingOf(change);
    if (meeting && bookingOf.get(meeting) !== booking.id) {
      bookingOf.set(meeting, booking.id);
      newUris.set(meeting, booking.id);
    }
    if (change.kind === 'seen') {
      verdicts.push('kept: seen in the list at Calendly');
      continue;
    }

    let shown = 0;
    let muted = 0;
    let last: Subscription | null = null;
    let isTooEarly = false;
    const { kind: heardAs, matches, judge } = judgeOf(change);
    // Whatever a move has made of it, a booking that is shown for a subscription stays with it: only the kind is asked then.
    const follows = ({ id, channelId, kinds }: Subscription) =>
      cards.size > 0 &&
      heardAs !== null &&
      kinds.includes(heardAs) &&
      cards.get(cardKey(booking.id, channelId))?.subscriptionId === id;
    for (const subscription of byConnection.get(connectionId) ?? []) {
      if (!matches(subscription) && !follows(subscription)) {
        last = subscription;
        continue;
      }
      // A channel that subscribes while a gap is still open is not told of what was before.
      if (found && change.occurredAt < subscription.createdAt - clockDifference) {
        isTooEarly = true;
        continue;
      }
      const key = cardKey(booking.id, subscription.channelId);
      const card = cards.get(key);
      // That somebody gave up a seat for one in another meeting is no news to whoever never saw this one.
      if (!card && partOfMove(change)) continue;
      const standing = standingOf(subscription, receivedAt);
      if (standing === 'muted') muted += 1;
      else shown += 1;
      const wanted = { bookingId: booking.id, channelId: subscription.channelId, subscriptionId: subscription.id };
      if (!card) {
        // Of several subscriptions an active one decides: what a paused one holds, or a muted one leaves out, the channel wants all the same.
        const before = newCards.get(key);
        if (!before || counts(standing, before.standing)) newCards.set(key, { ...wanted, standing });
        if (change.kind !== 'booked' && change.kind !== 'canceled') present.add(key);
      } else if (standing === 'due') released.set(key, wanted);
      else if (standing === 'held') renewed.set(key, wanted);
      const ownerId = card ? card.subscriptionId : newCards.get(key)?.subscriptionId;
      const owner = ownerId === subscription.id ? subscription : (ownerOf(ownerId) ?? subscription);
      const about = card
        ? tellingOf(change, receivedAt)
        : owner === subscription
          ? answersToTell(change, subscription)
          : null;
      const told = replies.get(`${key} ${about}`);
      const isBetter = !told || told.standing === standing || counts(standing, told.standing);
      if (about && isBetter && threadMode(subscription.options, kindOf(change)!) !== 'off')
        replies.set(`${key} ${about}`, {
          ...wanted,
          // The thread says no more than the card above it.
          subscriptionId: stricter(owner, subscription).id,
          about,
          dueAt: tellAt(about, change, booking, input.now),
          standing,
        });
    }
    const moved = partOfMove(change) ? change.invitee?.newInvitee : null;
    if (moved) hastened.push({ bookingId: booking.id, about: `moved ${moved}` });
    verdicts.push(
      shown > 0
        ? `shown: ${shown} ${shown === 1 ? 'channel' : 'channels'}`
        : muted > 0
          ? `muted: ${muted} ${muted === 1 ? 'channel' : 'channels'}`
          : partOfMove(change)
            ? 'folded: a half of a move'
            : `suppressed: ${isTooEarly ? 'it happened before the channel subscribed' : last ? whyNot(judge(last), last) : 'no subscription of this connection'}`,
    );
  }

  const isPast = ({ bookingId, channelId }: { bookingId: string; channelId: string }) => {
    const state = bookings.get(bookingId)?.state;
    return state !== undefined && !present.has(cardKey(bookingId, channelId)) && endOf(state) < input.now;
  };
  const past = [...newCards.values()].filter(isPast);
  for (const { bookingId, channelId } of past) newCards.delete(cardKey(bookingId, channelId));

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
    past,
    released: [...released.values()],
    renewed: [...renewed.values()],
    replies: [...replies.values()],
    hastened,
    verdicts,
    dueAt,
  };

  /** A payload may tell of one seat where we know of more: what is a group to one of its guests is one to all. */
  function asKnown(change: Change): Change {
    const { invitee } = change;
    if (!invitee || isGroup(invitee)) return change;
    const { meeting } = invitee;
    const known = bookings.get(bookingOf.get(meeting.uri) ?? '')?.state.invitees ?? {};
    const fellow = Object.values(known).find(
      (each) => each.invitee.meeting.uri === meeting.uri && isGroup(each.invitee),
    );
    return fellow
      ? { ...change, invitee: { ...invitee, meeting: { ...meeting, seats: fellow.invitee.meeting.seats } } }
      : change;
  }

  /** The one booking these names belong to: a new one, the known one, or several known ones joined into the first. */
  function bookingFor(names: string[], connectionId: string) {
    const ids = [...new Set(names.map((uri) => bookingOf.get(uri)).filter((id): id is string => id !== undefined))];
    // The first one heard of stays, and its card with it: one that came with this batch has none.
    const known = ids
      .map((id) => bookings.get(id))
      .filter((b) => b !== undefined)
      .sort((a, b) => Number(a.version === 0) - Number(b.version === 0) || (a.id < b.id ? -1 : 1));
    const into = known[0];
    if (!into) {
      const fresh = {
        id: input.newId(),
        connectionId,
        version: 0,
        state: emptyBooking(),
        isLost: false,
        changed: true,
      };
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
      for (const [key, each] of replies) {
        if (each.bookingId !== other.id) continue;
        replies.delete(key);
        replies.getOrInsert(`${cardKey(into.id, each.channelId)} ${each.about}`, { ...each, bookingId: into.id });
      }
      for (const [key, each] of released) {
        if (each.bookingId !== other.id) continue;
        released.delete(key);
        released.set(cardKey(into.id, each.channelId), { ...each, bookingId: into.id });
      }
      for (const [key, each] of renewed) {
        if (each.bookingId !== other.id) continue;
        renewed.delete(key);
        renewed.set(cardKey(into.id, each.channelId), { ...each, bookingId: into.id });
      }
      for (const each of hastened) if (each.bookingId === other.id) each.bookingId = into.id;
    }
    return into;
  }
}

/** Of two, the one that shows less. */
export const stricter = (a: Subscription, b: Subscription): Subscription =>
  privacies.indexOf(a.options.privacy) > privacies.indexOf(b.options.privacy) ? a : b;

/** As it was when the change came, however late it is looked at. */
function standingOf({ mutedUntil, state }: Subscription, receivedAt: number): Standing {
  if (mutedUntil !== null && receivedAt < mutedUntil) return 'muted';
  return state === 'paused' ? 'held' : 'due';
}

const counts = (a: Standing, b: Standing) => standings.indexOf(a) < standings.indexOf(b);

const cardKey = (bookingId: string, channelId: string) => `${bookingId} ${channelId}`;

const partOfMove = (change: Change) =>
  change.kind === 'canceled' && Boolean(change.invitee?.rescheduled || change.invitee?.newInvitee);

/** What a change adds to the thread of a card that was there before it; null for nothing. */
function tellingOf(change: Change, receivedAt: number): string | null {
  const { invitee } = change;
  if (!invitee) return null;
  const coming = `guests ${Math.floor(receivedAt / guestsWindow) * guestsWindow}`;
  switch (change.kind) {
    case 'booked':
      if (isGroup(invitee)) return coming;
      return invitee.oldInvitee ? `moved ${invitee.uri}` : null;
    case 'canceled':
      if (!isGroup(invitee)) return `canceled ${invitee.uri}`;
      // Calendly tells the end of a whole meeting once for each of its guests.
      return invitee.meeting.active ? coming : `canceled ${invitee.meeting.uri}`;
    case 'noshow':
    case 'noshow_undone':
      return `${change.kind} ${invitee.uri} ${change.occurredAt}`;
    default:
      return null;
  }
}

/** Where a new card has no room for all the answers, its thread has. */
function answersToTell({ kind, invitee }: Change, { options }: Subscription): string | null {
  if (kind !== 'booked' || !invitee || isGroup(invitee)) return null;
  const hasRoom = options.style !== 'card' || options.privacy !== 'full' || !hasMoreAnswers(invitee.answers);
  return hasRoom ? null : `answers ${invitee.uri}`;
}

/** Some lines wait for what belongs to them: a move for its old half, those who come and go for each other. */
function tellAt(about: string, { invitee }: Change, booking: { state: BookingState }, now: number): number {
  const [kind, what] = about.split(' ');
  if (kind === 'guests') return Math.max(now, Number(what) + guestsWindow);
  if (kind !== 'moved') return now;
  const oldHalf = booking.state.invitees[invitee?.oldInvitee ?? '']?.invitee.cancellation;
  return oldHalf ? now : now + otherHalfWait;
}
