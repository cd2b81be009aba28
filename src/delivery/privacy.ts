// Takes out of a card what its channel is not meant to read (pure): what is not in it cannot leak by any form it is put in.

import type { Privacy } from '../subscription/subscription.ts';
import { type Texts, textsFor } from '../texts/index.ts';
import type { Card, Reply } from './content.ts';

/**
 * `business`: who it is and for which company, but nothing they wrote, and no way to reach them. `minimal`: initials.
 * The meeting, its times, its hosts and its state are for everybody.
 */
export function confinedCard(card: Card): Card {
  const { privacy } = card;
  if (privacy === 'full') return card;
  const t = textsFor(card.language);
  return {
    ...card,
    who: { name: personOf(card.who.name, privacy, t), email: addressOf(card.who.email, privacy) },
    group:
      card.group?.map((guest) => ({
        ...guest,
        name: personOf(guest.name, privacy, t),
        email: addressOf(guest.email, privacy),
      })) ?? null,
    guests: card.guests.map(() => ''),
    place: card.place && confinedPlace(card.place),
    payment: null,
    answers: [],
    canceled: card.canceled && {
      ...card.canceled,
      by: card.canceled.byType === 'host' ? card.canceled.by : null,
      reason: null,
    },
    inviteeZone: privacy === 'minimal' ? null : card.inviteeZone,
    earlier: privacy === 'minimal' ? null : card.earlier,
  };
}

function confinedPlace({ words, joinUrl, was }: NonNullable<Card['place']>): Card['place'] {
  const change = was === undefined ? undefined : confinedChange({ was, now: words });
  return { words: kindOfPlace(words), joinUrl, ...(change ? { was: change.was } : {}) };
}

/** Numbers and addresses stand behind the colon, where the kind of place stands before it. */
const kindOfPlace = (words: string): string => words.split(':')[0]!;

/** Undefined where nothing is left of it: from one number to another. */
function confinedChange(place: NonNullable<Reply['place']>): Reply['place'] {
  const [was, now] = [kindOfPlace(place.was), kindOfPlace(place.now)];
  return was === now ? undefined : { was, now };
}

/** The same for a line of its thread. */
export function confinedReply(reply: Reply, privacy: Privacy): Reply | null {
  if (privacy === 'full') return reply;
  // There is nothing else in it.
  if (reply.kind === 'answers') return null;
  const t = textsFor(reply.language);
  const names = (all: string[]) => all.map((name) => personOf(name, privacy, t));
  const { place: told, ...rest } = reply;
  const place = told && confinedChange(told);
  return {
    ...rest,
    ...(place ? { place } : {}),
    who: personOf(reply.who, privacy, t),
    by: reply.byType === 'host' ? reply.by : null,
    reason: null,
    joined: names(reply.joined),
    left: names(reply.left),
    answers: [],
  };
}

/** Somebody's name as others may read it; an address in its place counts as one. */
export function personOf(name: string, privacy: Privacy, t: Texts = textsFor(null)): string {
  if (privacy === 'full') return name;
  const known = name.includes('@') ? name.slice(0, name.indexOf('@')) : name;
  if (privacy === 'business') return known;
  const initials = known
    .split(/[\s._-]+/)
    .filter((word) => /^\p{L}/u.test(word))
    .map((word) => `${[...word][0]!.toUpperCase()}.`);
  return initials.slice(0, 3).join(' ') || t.card.somebody;
}

/** The domain tells the company. */
function addressOf(email: string | null, privacy: Privacy): string | null {
  if (privacy === 'minimal' || !email?.includes('@')) return null;
  return email.slice(email.lastIndexOf('@') + 1);
}
