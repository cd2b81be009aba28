// Meetings that were over before we heard of them: those of one channel become one message.

import { type BookingState, view } from '../booking/booking.ts';
import { cardOf, noFrame } from '../delivery/card.ts';
import type { Card } from '../delivery/content.ts';
import { digestOf } from '../delivery/digest.ts';
import { hasItsOwnCard, unsubscribed } from '../delivery/sync.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Database, Tx } from './database.ts';
import { deliveryRow } from './delivery-rows.ts';
import { nameIn } from './named.ts';
import { isLive } from './one-card.ts';
import { place } from './rows.ts';
import type { DeliveryTable } from './schema.ts';
import type { Seal } from './seal.ts';
import { toSubscription } from './subscription-rows.ts';

/** One message takes so many at once; there is room to name but a few, the others are counted. */
const atOnce = 500;

/**
 * Gathers all that wait in a channel under the first of them: its row keeps the content from now on, the others are told by it.
 * Answers the content, sealed; null where none of them is to be told any more.
 */
export async function pastTogether(
  tx: Tx,
  database: Database,
  first: DeliveryTable,
  now: number,
): Promise<Buffer | null> {
  const { seal } = database;
  const { installation_id: installationId, channel_id: channelId } = first;
  const rows = await tx
    .selectFrom('delivery')
    .leftJoin('booking', (join) =>
      join
        .onRef('booking.installation_id', '=', 'delivery.installation_id')
        .onRef('booking.id', '=', 'delivery.booking_id'),
    )
    .select(['delivery.id', 'delivery.booking_id', 'delivery.subscription_id', 'booking.state'])
    .select((eb) =>
      eb
        .case()
        .when(
          eb.exists(
            eb
              .selectFrom('delivery as card')
              .select('card.id')
              .whereRef('card.installation_id', '=', 'delivery.installation_id')
              .whereRef('card.booking_id', '=', 'delivery.booking_id')
              .whereRef('card.channel_id', '=', 'delivery.channel_id')
              .where('card.kind', '=', 'card')
              .where('card.about', 'is', null)
              .where(isLive('card')),
          ),
        )
        .then(1)
        .else(0)
        .end()
        .as('has_card'),
    )
    .where('delivery.installation_id', '=', installationId)
    .where('delivery.channel_id', '=', channelId)
    .where('delivery.due_at', 'is not', null)
    .where('delivery.state', '=', 'due')
    .where('delivery.about', '=', 'past')
    .where('delivery.body', 'is', null)
    // The one that is due now must be among them, however many are older.
    .orderBy((eb) => eb.case().when('delivery.id', '=', first.id).then(0).else(1).end())
    .orderBy('delivery.created_at')
    .limit(atOnce)
    .execute();
  const subscriptions = new Map(
    (
      await tx
        .selectFrom('subscription')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('channel_id', '=', channelId)
        .execute()
    ).map((row) => [row.id, toSubscription(row)]),
  );
  const cards: Card[] = [];
  const told: string[] = [];
  const bookings: string[] = [];
  const leftOut = new Map<string, string[]>();
  for (const row of rows) {
    const found = row.has_card === 1 ? hasItsOwnCard : cardIn(seal, installationId, row, subscriptions);
    if (typeof found === 'string') {
      leftOut.getOrInsertComputed(found, () => []).push(row.id);
      continue;
    }
    cards.push(found);
    told.push(row.id);
    bookings.push(row.booking_id!);
  }
  // The row of the first keeps the message, whoever is in it.
  const others = (ids: string[]) => (cards.length > 0 ? ids.filter((id) => id !== first.id) : ids);
  for (const [reason, ids] of [['told together with others that were over', told] as const, ...leftOut])
    await suppress(tx, installationId, others(ids), reason, now);
  if (cards.length === 0) return null;
  const content = JSON.stringify({ kind: 'digest', digest: digestOf(cards) });
  const body = seal.close(content, place.delivery(installationId, first.id));
  await deliveryRow(tx, installationId, first.id).set({ body }).execute();
  await nameIn(tx, database, { installationId, deliveryId: first.id, names: bookings });
  return body;
}

type Row = { id: string; booking_id: string | null; subscription_id: string | null; state: Uint8Array | null };

/** What a line says of one; or why it is left out. */
function cardIn(
  seal: Seal,
  installationId: string,
  row: Row,
  subscriptions: ReadonlyMap<string, Subscription>,
): Card | string {
  const subscription = subscriptions.get(row.subscription_id ?? '');
  if (!subscription) return unsubscribed;
  if (!row.state) return 'the booking is gone';
  try {
    const state = JSON.parse(seal.open(row.state, place.booking(installationId, row.booking_id!))) as BookingState;
    const card = cardOf(view(state), { ...noFrame, subscription });
    return card?.when ? card : 'nothing to show';
  } catch {
    // One that does not open must not hold up the others, nor the channel.
    return 'its booking cannot be read';
  }
}

async function suppress(tx: Tx, installationId: string, ids: string[], reason: string, now: number): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('delivery')
    .set({ state: 'suppressed', due_at: null, reason, updated_at: now })
    .where('installation_id', '=', installationId)
    .where('id', 'in', ids)
    .execute();
}
