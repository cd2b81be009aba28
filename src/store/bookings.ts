// Bookings, read: what is known of one behind a message in a channel.

import { type SqlBool, sql } from 'kysely';
import { type BookingState, view } from '../booking/booking.ts';
import { type NextMeeting, nextMeetings, type Whose } from '../booking/next-meetings.ts';
import { cardOf } from '../delivery/card.ts';
import type { CardBooking } from '../delivery/details.ts';
import type { Language } from '../texts/index.ts';
import type { Database } from './database.ts';
import { readLook } from './look.ts';
import { openBooking } from './open-booking.ts';
import { place } from './rows.ts';
import { toSubscription } from './subscription-rows.ts';

/** The smallest UUID of version 7 that can have been made then. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
const LOOKED_THROUGH = [60, 500];

export function bookingStore({ db, seal }: Database) {
  return {
    /** The newest of a connection that were first heard of since then (UTC ms). */
    async recent(
      { installationId, id: connectionId }: { installationId: string; id: string },
      since: number,
      most: number,
    ): Promise<BookingState[]> {
      const rows = await db
        .selectFrom('booking')
        .select(['id', 'state'])
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        // Ids begin with the time they were made at.
        .where('id', '>=', firstIdAt(since))
        .orderBy('id', 'desc')
        .limit(most)
        .execute();
      return rows
        .map((row) => openBooking(seal, { installationId, ...row }, undefined))
        .filter((state) => state !== null);
    },
    /** The next meetings of one person, soonest first, among the workspace's next five hundred; few are looked at where these are enough. */
    async nextMeetings(installationId: string, whose: Whose, now: number, count: number): Promise<NextMeeting[]> {
      let found: NextMeeting[] = [];
      for (const most of LOOKED_THROUGH) {
        const rows = await db
          .selectFrom('booking')
          .select(['id', 'state'])
          // As an expression: both engines then walk along the ends, and stop early, where the primary key would have them sort every booking.
          .where(sql<SqlBool>`installation_id || '' = ${installationId}`)
          .where('ends_at', '>', now)
          .orderBy('ends_at')
          .limit(most)
          .execute();
        found = nextMeetings(
          rows.map((row) => openBooking(seal, { installationId, ...row }, undefined)).filter((state) => state !== null),
          whose,
          now,
          count,
        );
        if (found.length === count || rows.length < most) break;
      }
      return found;
    },
    /**
     * The booking that a delivery shows as a card; null when there is none, or it is no longer kept. `language`: of whoever asks, where it is not the
     * channel's.
     */
    async bookingOfDelivery(
      installationId: string,
      deliveryId: string,
      language?: Language,
    ): Promise<CardBooking | null> {
      const row = await db
        .selectFrom('delivery as d')
        .innerJoin('booking as b', (join) =>
          join.onRef('b.installation_id', '=', 'd.installation_id').onRef('b.id', '=', 'd.booking_id'),
        )
        .select(['d.channel_id', 'd.tried_at', 'd.subscription_id', 'd.look', 'b.id', 'b.state', 'b.connection_id'])
        .where('d.installation_id', '=', installationId)
        .where('d.id', '=', deliveryId)
        .where('d.kind', '=', 'card')
        .where('d.about', 'is', null)
        .executeTakeFirst();
      if (!row) return null;
      const found = await db
        .selectFrom('subscription')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('id', '=', row.subscription_id ?? '')
        .executeTakeFirst();
      const subscription = found ? toSubscription(found) : null;
      const booking = view(JSON.parse(seal.open(row.state, place.booking(installationId, row.id))) as BookingState);
      const card = cardOf(booking, {
        subscription,
        look: readLook(row.look),
        ref: deliveryId,
        earlier: null,
        ...(language ? { language } : {}),
      });
      const where = { channelId: row.channel_id, isOut: row.tried_at !== null, connectionId: row.connection_id };
      return card && { ...where, subscription, card, booking };
    },
  };
}
