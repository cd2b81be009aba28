// A booking has one card in a channel: of two rows the one that people see, or will see, stays, and the other steps aside or is taken away.

import { type SqlBool, sql } from 'kysely';
import { hasItsOwnCard } from '../delivery/sync.ts';
import type { Tx } from './database.ts';
import { asNeverTried } from './leave-out.ts';
import type { DeliveryTable } from './schema.ts';

/** Of a delivery's row: the message is in the channel, or may be, or is on its way. */
export const isLive = (table: string) =>
  sql<SqlBool>`(${sql.ref(`${table}.ts`)} is not null or ${sql.ref(`${table}.state`)} in ('due', 'held', 'sending', 'uncertain'))`;

/** What such a row is about: no longer the card. It is the card again once one is wanted under its id. */
export const aside = 'moved away';
const steppedAside = { ...asNeverTried, about: aside, state: 'suppressed' as const, due_at: null };

export interface Meeting {
  installationId: string;
  /** In what the two rows differ: the same booking in two channels that become one, or two bookings that become one in the same channel. */
  by: 'channel_id' | 'booking_id';
  /** Becomes the other, and its cards go where both have one. */
  from: string;
  to: string;
}

/** Answers the channels in which a message is to be taken away. */
export async function keepOneCard(tx: Tx, { installationId, by, from, to }: Meeting, now: number): Promise<string[]> {
  const other = by === 'channel_id' ? 'booking_id' : 'channel_id';
  const cards = (of: string) =>
    tx
      .updateTable('delivery')
      .where('installation_id', '=', installationId)
      .where(by, '=', of)
      .where('kind', '=', 'card')
      .where('about', 'is', null);
  const twins = (of: string) =>
    tx
      .selectFrom('delivery')
      .select(other)
      .where('installation_id', '=', installationId)
      .where(by, '=', of)
      .where('kind', '=', 'card')
      .where('about', 'is', null)
      .where(other, 'is not', null);
  const reason = 'the booking has another card in this channel';
  // Never tried and not wanted: such a row would only stand beside the one that is made from now on.
  await cards(from)
    .set({ ...steppedAside, updated_at: now })
    .where('state', '=', 'suppressed')
    .where('tried_at', 'is', null)
    .where('ts', 'is', null)
    .execute();
  await cards(to)
    .set({ ...steppedAside, reason, updated_at: now })
    .where(sql<SqlBool>`not ${isLive('delivery')}`)
    .where(other, 'in', twins(from).where(isLive('delivery')))
    .execute();
  const doubled = await cards(from)
    .set({
      about: 'doubled',
      wanted_version: sql<number>`wanted_version + 1`,
      // One that is on its way is taken away once it has arrived; of one nobody knows, a person decides.
      state: sql<DeliveryTable['state']>`case when state in ('sending', 'uncertain') then state else 'due' end`,
      due_at: sql<number | null>`case when state = 'uncertain' then null else cast(${now} as bigint) end`,
      updated_at: now,
    })
    .where(other, 'in', twins(to))
    .returning('channel_id')
    .execute();
  return doubled.map((row) => row.channel_id);
}

/** Cards are about to be made: what was left out under another id steps aside, and the line that would tell the same is not told. */
export async function makeRoom(
  tx: Tx,
  installationId: string,
  cards: readonly { bookingId: string; channelId: string }[],
  now: number,
): Promise<void> {
  if (cards.length === 0) return;
  const places = sql.join(cards.map(({ bookingId, channelId }) => sql`(${bookingId}, ${channelId})`));
  const beside = () =>
    tx
      .updateTable('delivery')
      .where('installation_id', '=', installationId)
      .where('kind', '=', 'card')
      .where(sql<SqlBool>`(booking_id, channel_id) in (values ${places})`);
  await beside()
    .set(steppedAside)
    .where('about', 'is', null)
    .where('state', '=', 'suppressed')
    .where('tried_at', 'is', null)
    .execute();
  await beside()
    .set({ state: 'suppressed', due_at: null, reason: hasItsOwnCard, updated_at: now })
    .where('about', '=', 'past')
    .where('state', 'in', ['due', 'held'])
    // A message that tells of several is not taken back for one of them.
    .where('body', 'is', null)
    .execute();
}
