// Which of some meetings a channel follows, each as the card it would have there; all of them, for whoever asks for their own (pure).

import { emptyBooking, fold, view } from '../booking/booking.ts';
import type { Change, Host, Invitee, Meeting } from '../booking/change.ts';
import { factsOf } from '../subscription/facts.ts';
import { lets } from '../subscription/filter.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Language } from '../texts/index.ts';
import { cardOf, noFrame } from './card.ts';
import type { Card } from './content.ts';
import { stricter } from './plan.ts';

export interface ComingMeeting {
  connectionId: string;
  meeting: Meeting;
  invitees: Invitee[];
}

export interface AgendaWish {
  /** Null: whatever there is. */
  subscriptions: readonly Subscription[] | null;
  /** Null: everybody's. */
  isHost: ((host: Host) => boolean) | null;
  language: Language;
}

/** By what a list itself says of a meeting: is it worth asking who booked it? */
export function isWorthALook(
  { subscriptions, isHost }: Pick<AgendaWish, 'subscriptions' | 'isHost'>,
  { connectionId, meeting }: Pick<ComingMeeting, 'connectionId' | 'meeting'>,
): boolean {
  if (isHost && !meeting.hosts.some(isHost)) return false;
  const asked = subscriptions?.filter((each) => each.connectionId === connectionId);
  return (
    asked?.some(({ filter: { types } }) => types.length === 0 || types.some(({ uri }) => uri === meeting.eventType)) ??
    true
  );
}

/** By start; a meeting that several accounts see comes once. */
export function agendaCards(all: readonly ComingMeeting[], { subscriptions, isHost, language }: AgendaWish): Card[] {
  const seen = new Set<string>();
  const cards: Card[] = [];
  for (const one of [...all].sort((a, b) => a.meeting.startsAt - b.meeting.startsAt)) {
    if (seen.has(one.meeting.uri) || (isHost && !one.meeting.hosts.some(isHost))) continue;
    const following = subscriptions?.filter((each) => follows(each, one)) ?? [];
    if (subscriptions && following.length === 0) continue;
    const card = cardFor(one, following.length > 0 ? following.reduce(stricter) : null, language);
    if (!card) continue;
    seen.add(one.meeting.uri);
    cards.push(card);
  }
  return cards;
}

const follows = ({ connectionId, filter }: Subscription, { connectionId: of, invitees }: ComingMeeting): boolean =>
  connectionId === of && invitees.some((invitee) => lets(filter, factsOf({ invitee, form: null })));

function cardFor({ invitees }: ComingMeeting, subscription: Subscription | null, language: Language): Card | null {
  const state = invitees.reduce((known, invitee) => fold(known, bookedBy(invitee), invitee.createdAt), emptyBooking());
  return cardOf(view(state), { ...noFrame, subscription, language });
}

const bookedBy = (invitee: Invitee): Change => ({
  event: 'invitee.created',
  kind: 'booked',
  key: '',
  occurredAt: invitee.createdAt,
  invitee,
  form: null,
});
