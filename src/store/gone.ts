// What becomes of a card that somebody deleted or nobody can edit, and of a line whose thread is gone or closed.
//
// A card that is left alone keeps its ts and counts as shown, which it was. It has no `sent_hash` then: what stands there is not what should.

import type { BookingState } from '../booking/booking.ts';
import type { Job } from '../delivery/lane.ts';
import { type News, newsOf, tellsNews } from '../delivery/news.ts';
import { threadMode } from '../subscription/subscription.ts';
import type { Database, Tx } from './database.ts';
import { deliveryRow, untouched } from './delivery-rows.ts';
import { deliveryId, place } from './rows.ts';
import type { DeliveryTable } from './schema.ts';
import { toSubscription } from './subscription-rows.ts';

/** A mere edit does not bring a deleted card back: whoever deleted it meant it. News that its channel asked for do, once. */
export async function cardGone(tx: Tx, database: Database, job: Job, reason: string, now: number): Promise<void> {
  const card = await rowOf(tx, job);
  const lines = await waitingLines(tx, card);
  const isNews = lines.some((line) => tellsNews(line.about)) || (await isQuietNews(tx, database, card));
  if (isNews) return postAnew(tx, card, reason, now);
  await leaveAlone(tx, card, job, reason, now);
  for (const line of lines) await suppress(tx, line, 'its card was deleted', now);
}

/** The thread says what the card cannot; where the channel has no threads, a new card does. */
export async function cardUneditable(tx: Tx, database: Database, job: Job, reason: string, now: number): Promise<void> {
  const card = await rowOf(tx, job);
  if (await isQuietNews(tx, database, card)) return postAnew(tx, card, reason, now);
  await leaveAlone(tx, card, job, reason, now);
  const lines = await beside(tx, card).where('kind', '=', 'reply').execute();
  const news = await newsIn(tx, database, card);
  const isTold = lines.some(
    (line) => (news && line.about?.startsWith(news.stem)) || (line.state === 'due' && tellsNews(line.about)),
  );
  if (news && !isTold) await addLine(tx, card, news.about, now);
}

/** The card of this line was deleted after it was last edited: news bring it back, and go under the new one. */
export async function threadGone(tx: Tx, job: Job, reason: string, now: number): Promise<void> {
  const line = await rowOf(tx, job);
  const card = await cardAbove(tx, line);
  // Only once: a thread that takes nothing for another reason must not make card after card.
  if (!tellsNews(line.about) || !card?.ts || card.state !== 'shown' || line.reason === reason)
    return suppress(tx, line, reason, now);
  await postAnew(tx, card, reason, now);
  await deliveryRow(tx, line.installation_id, line.id)
    .set({ op: null, attempt_id: null, state: 'due', due_at: now + 1, reason, updated_at: now })
    .execute();
}

/** The card says the same as the line, unless it could not be edited: then a new card tells it. */
export async function threadClosed(tx: Tx, job: Job, reason: string, now: number): Promise<void> {
  const line = await rowOf(tx, job);
  await suppress(tx, line, reason, now);
  const card = await cardAbove(tx, line);
  const isUntrue = card?.state === 'shown' && card.ts !== null && card.sent_hash === null;
  if (isUntrue && tellsNews(line.about)) await postAnew(tx, card, reason, now);
}

const rowOf = (tx: Tx, { installationId, deliveryId: id }: Job): Promise<DeliveryTable> =>
  tx
    .selectFrom('delivery')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** What belongs to the same booking in the same channel. */
const beside = (tx: Tx, row: DeliveryTable) =>
  tx
    .selectFrom('delivery')
    .selectAll()
    .where('installation_id', '=', row.installation_id)
    .where('booking_id', '=', row.booking_id)
    .where('channel_id', '=', row.channel_id);

const waitingLines = (tx: Tx, card: DeliveryTable) =>
  beside(tx, card).where('kind', '=', 'reply').where('state', 'in', ['due', 'held']).execute();

const cardAbove = (tx: Tx, line: DeliveryTable) =>
  beside(tx, line).where('kind', '=', 'card').where('about', 'is', null).executeTakeFirst();

async function postAnew(tx: Tx, card: DeliveryTable, reason: string, now: number): Promise<void> {
  await deliveryRow(tx, card.installation_id, card.id)
    .set({
      ...{ op: null, attempt_id: null, state: 'due', due_at: now, first_due_at: now, ts: null, sent_hash: null },
      ...{ attempts: 0, reason: reason.slice(0, 300), updated_at: now },
    })
    .execute();
}

async function leaveAlone(tx: Tx, card: DeliveryTable, job: Job, reason: string, now: number): Promise<void> {
  // It may have changed while the call was under way: then it is tried once more for that.
  const isBehind = card.wanted_version > job.version;
  await deliveryRow(tx, card.installation_id, card.id)
    .set({
      ...{ op: null, attempt_id: null, state: isBehind ? 'due' : 'shown', due_at: isBehind ? card.due_at : null },
      ...{ sent_version: job.version, sent_hash: null, attempts: 0, reason: reason.slice(0, 300), updated_at: now },
    })
    .execute();
}

async function suppress(tx: Tx, row: DeliveryTable, reason: string, now: number): Promise<void> {
  await deliveryRow(tx, row.installation_id, row.id)
    .set({
      op: null,
      attempt_id: null,
      state: 'suppressed',
      due_at: null,
      reason: reason.slice(0, 300),
      updated_at: now,
    })
    .execute();
}

/** What the booking's present state has to tell. */
async function newsIn(tx: Tx, { seal }: Database, card: DeliveryTable): Promise<News | null> {
  const { installation_id: installationId, booking_id: id } = card;
  if (id === null) return null;
  const booking = await tx
    .selectFrom('booking')
    .select('state')
    .where('installation_id', '=', installationId)
    .where('id', '=', id)
    .executeTakeFirst();
  try {
    return booking
      ? newsOf(JSON.parse(seal.open(booking.state, place.booking(installationId, id))) as BookingState)
      : null;
  } catch {
    // What cannot be read is no news, and must not keep the outcome of a call from being recorded.
    return null;
  }
}

/** Heard this long before its card became due, it may still be what made it due; milliseconds. */
const foldedWithin = 60_000;

/** Did it become due for news that its channel asked for, and has no threads to hear of in another way? */
async function isQuietNews(tx: Tx, database: Database, card: DeliveryTable): Promise<boolean> {
  const row = await tx
    .selectFrom('subscription')
    .selectAll()
    .where('installation_id', '=', card.installation_id)
    .where('id', '=', card.subscription_id ?? '')
    .executeTakeFirst();
  if (!row) return false;
  const { kinds, options } = toSubscription(row);
  const news = await newsIn(tx, database, card);
  if (!news || !kinds.includes(news.kind) || threadMode(options, news.kind) !== 'off') return false;
  return news.heardAt >= card.first_due_at - foldedWithin;
}

async function addLine(tx: Tx, card: DeliveryTable, about: string, now: number): Promise<void> {
  await tx
    .insertInto('delivery')
    .values({
      ...untouched,
      installation_id: card.installation_id,
      id: deliveryId('reply', card.booking_id ?? '', card.channel_id, about),
      channel_id: card.channel_id,
      kind: 'reply',
      booking_id: card.booking_id,
      subscription_id: card.subscription_id,
      about,
      state: 'due',
      due_at: now,
      first_due_at: now,
      wanted_version: 1,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['installation_id', 'id']).doNothing())
    .execute();
}
