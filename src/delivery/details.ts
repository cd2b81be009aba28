// The booking behind a card, for somebody who asks for more than the card says (pure).

import type { Booking } from '../booking/booking.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Card } from './content.ts';

export interface CardBooking {
  connectionId: string;
  /** What brought it there; null when that is gone. */
  subscription: Subscription | null;
  channelId: string;
  /** Its card was posted there, or may have been: of some posts nobody knows. */
  isOut: boolean;
  /** The card as its channel may read it now. */
  card: Card;
  booking: Booking;
}

/** A button's value can be made by hand: all is told only where the card itself stands, and may say everything. */
export function mayTellAll({ channelId, isOut, card }: CardBooking, channel: string | null): boolean {
  return isShownIn({ channelId, isOut }, channel) && card.privacy === 'full';
}

export const isShownIn = (of: Pick<CardBooking, 'channelId' | 'isOut'>, channel: string | null): boolean =>
  of.isOut && of.channelId === channel;
