// Bookings found again by what people have in hand: a message, a link, an address.

import { setImmediate as breath } from 'node:timers/promises';
import type { BookingState } from '../booking/booking.ts';
import type { Inquired, InquiryStore } from '../subscription/inquiry.ts';
import type { Database } from './database.ts';
import { openBooking } from './open-booking.ts';
import { personHash, uriHash } from './rows.ts';

const MOST_FOUND = 5;
/** What is not named is looked through, the newest first: so many at once, and so many at all. */
const atOnce = 250;
const MOST_READ = 5_000;

export function inquiryStore({ db, seal }: Database): InquiryStore {
  const bookings = (installationId: string) =>
    db.selectFrom('booking').select(['id', 'connection_id', 'state']).where('installation_id', '=', installationId);
  type Row = { id: string; connection_id: string; state: Uint8Array };

  async function withDeliveries(installationId: string, rows: readonly Row[]): Promise<Inquired[]> {
    const found: Inquired[] = [];
    for (const { id, connection_id: connectionId, state: sealed } of rows) {
      const state = openBooking(seal, { installationId, id, state: sealed }, undefined);
      if (!state) continue;
      const deliveries = await db
        .selectFrom('delivery')
        .select(['channel_id', 'kind', 'about', 'subscription_id', 'state', 'reason', 'ts', 'updated_at'])
        .where('installation_id', '=', installationId)
        .where('booking_id', '=', id)
        .orderBy('created_at')
        .execute();
      found.push({
        bookingId: id,
        connectionId,
        state,
        deliveries: deliveries.map((row) => ({
          channelId: row.channel_id,
          kind: row.kind,
          about: row.about,
          subscriptionId: row.subscription_id,
          state: row.state,
          reason: row.reason,
          ts: row.ts,
          at: row.updated_at,
        })),
      });
    }
    return found;
  }

  const named = async (installationId: string, ids: readonly (string | null)[]) => {
    const some = [...new Set(ids)].filter((id) => id !== null).slice(0, MOST_FOUND);
    if (some.length === 0) return [];
    return withDeliveries(
      installationId,
      await bookings(installationId).where('id', 'in', some).orderBy('id', 'desc').execute(),
    );
  };

  async function lookThrough(installationId: string, is: (state: BookingState) => boolean): Promise<Inquired[]> {
    const found: Row[] = [];
    let before: string | null = null;
    for (let read = 0; read < MOST_READ && found.length < MOST_FOUND; read += atOnce) {
      let query = bookings(installationId).orderBy('id', 'desc').limit(atOnce);
      if (before !== null) query = query.where('id', '<', before);
      const rows = await query.execute();
      for (const row of rows) {
        const state = openBooking(seal, { installationId, ...row }, undefined);
        if (state && is(state)) found.push(row);
      }
      before = rows.at(-1)?.id ?? null;
      if (rows.length < atOnce) break;
      // Webhooks come first.
      await breath();
    }
    return withDeliveries(installationId, found.slice(0, MOST_FOUND));
  }

  return {
    async byMessage(installationId, { channelId, ts }) {
      const rows = await db
        .selectFrom('delivery')
        .select('booking_id')
        .where('installation_id', '=', installationId)
        .where('channel_id', '=', channelId)
        .where('ts', '=', ts)
        .execute();
      return named(
        installationId,
        rows.map((row) => row.booking_id),
      );
    },
    async byUris(installationId, uris) {
      if (uris.length === 0) return [];
      const rows = await db
        .selectFrom('booking_uri')
        .select('booking_id')
        .where('installation_id', '=', installationId)
        .where('uri_hash', 'in', uris.map(uriHash))
        .execute();
      return named(
        installationId,
        rows.map((row) => row.booking_id),
      );
    },
    async byEmail(installationId, connectionIds, email) {
      if (connectionIds.length === 0) return [];
      const hashes = connectionIds.map((id) => personHash(id, email));
      const rows = await bookings(installationId)
        .where('person_hash', 'in', hashes)
        .orderBy('id', 'desc')
        .limit(MOST_FOUND)
        .execute();
      if (rows.length > 0) return withDeliveries(installationId, rows);
      // Those who share a meeting have no name of their own there.
      const wanted = email.trim().toLowerCase();
      return lookThrough(installationId, ({ invitees }) =>
        Object.values(invitees).some(({ invitee }) => invitee.email?.toLowerCase() === wanted),
      );
    },
    byId: (installationId, id) =>
      lookThrough(installationId, ({ invitees }) =>
        Object.values(invitees).some(
          ({ invitee }) => invitee.uri.endsWith(`/${id}`) || invitee.meeting.uri.endsWith(`/${id}`),
        ),
      ),
  };
}
