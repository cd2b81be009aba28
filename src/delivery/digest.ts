// Meetings that were over before we heard of them, as one message (pure).

import type { Card, Digest } from './content.ts';

/** So many are named. */
const namedAtMost = 10;

/** The latest first, since those may still matter. */
export function digestOf(cards: readonly Card[]): Digest {
  // Those of one channel, which has one language; where somebody has set two, the first one counts.
  const language = cards[0]?.language;
  const past = cards
    .filter((card) => card.when !== null)
    .map(({ title, who, group, when, state }) => ({
      title,
      who: group ? '' : who.name,
      when: when!,
      state: state === 'canceled' ? ('canceled' as const) : ('booked' as const),
    }))
    .sort((a, b) => b.when.startsAt - a.when.startsAt);
  return {
    ...(language ? { language } : {}),
    past: past.slice(0, namedAtMost),
    more: Math.max(0, past.length - namedAtMost),
  };
}
