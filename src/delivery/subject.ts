// What a letter speaks of, taken from the card its booking should be (pure).

import { type BookingState, view } from '../booking/booking.ts';
import type { Filter } from '../subscription/subscription.ts';
import { cardOf } from './card.ts';
import type { Subject } from './letters.ts';

/** Never throws: what cannot be rendered still needs a place in a list. */
export function subjectOf(booking: BookingState | null, filter: Filter | null): Subject | null {
  try {
    const card = booking && cardOf(view(booking), filter);
    return card ? { title: card.title, when: card.when } : null;
  } catch {
    return null;
  }
}
