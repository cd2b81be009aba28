// What a letter speaks of, taken from the card its booking should be (pure).

import { type BookingState, view } from '../booking/booking.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { cardOf, noFrame } from './card.ts';
import type { Subject } from './letters.ts';

/** Never throws: what cannot be rendered still needs a place in a list. */
export function subjectOf(booking: BookingState | null, subscription: Subscription | null): Subject | null {
  try {
    const card = booking && cardOf(view(booking), { ...noFrame, subscription });
    return card ? { title: card.title, when: card.when } : null;
  } catch {
    return null;
  }
}
