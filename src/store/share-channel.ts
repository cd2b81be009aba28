// A channel is shared with another organization, or no longer: what its cards may show is narrowed by itself, and widened by people only.

import { sql } from 'kysely';
import type { Privacy } from '../subscription/subscription.ts';
import type { Database, Tx } from './database.ts';
import { deliveryRow } from './delivery-rows.ts';
import { lanesOf } from './lanes.ts';
import { narrowLooks } from './look.ts';
import { addNotice } from './notices.ts';
import { deliveryId } from './rows.ts';
import { toSubscription } from './subscription-rows.ts';

export interface Sharing {
  installationId: string;
  channelId: string;
  /** What is said: in the channel when it was narrowed, to each owner when it could be widened again. */
  text: string;
  /** Present where not another organization reads along, but guests of this one: the first of them, or one more. */
  guests?: 'first' | 'more';
}

/** The notice of a channel that is shared is one row, so that it is found by its key; `about` says whether the channel still is. */
const shared = 'shared';
const unshared = 'unshared';
/** Guests have a row of their own: what an admin allows for them is not allowed for another organization. */
const withGuests = 'guests';
const keyOf = ({ guests }: Sharing) => (guests ? withGuests : shared);
const rowOf = (sharing: Sharing) => deliveryId('notice', sharing.installationId, sharing.channelId, keyOf(sharing));
const stateOf = async (tx: Tx, sharing: Sharing): Promise<string | null> =>
  (
    await tx
      .selectFrom('delivery')
      .select('about')
      .where('installation_id', '=', sharing.installationId)
      .where('id', '=', rowOf(sharing))
      .executeTakeFirst()
  )?.about ?? null;

/**
 * Whoever shows everything shows less from now on, and so do the cards of meetings still to come. Where the channel was shared already, an admin has
 * set what is shown, and one more organization, or guest, changes nothing. Answers how many subscriptions were narrowed.
 */
export async function narrowChannel(tx: Tx, database: Database, sharing: Sharing, now: number): Promise<number> {
  const { installationId, channelId } = sharing;
  await database.engine.lockInstallation(tx, installationId);
  await lanesOf(tx, database.engine, [sharing]);
  const known = await stateOf(tx, sharing);
  // With the first guest after others have left, whatever was set meanwhile was set for members.
  if (known === keyOf(sharing) && sharing.guests !== 'first') return 0;
  const narrowed: string[] = [];
  for (const { id, options } of await subscriptionsIn(tx, sharing)) {
    if (options.privacy !== ('full' satisfies Privacy)) continue;
    await tx
      .updateTable('subscription')
      .set({ options: JSON.stringify({ ...options, privacy: 'business' satisfies Privacy }), updated_at: now })
      .where('installation_id', '=', installationId)
      .where('id', '=', id)
      .execute();
    narrowed.push(id);
  }
  // Also where nothing was: cards of what was unsubscribed are still edited.
  await narrowLooks(tx, sharing);
  if (narrowed.length === 0) return 0;
  if (known !== null)
    await tx
      .deleteFrom('delivery')
      .where('installation_id', '=', installationId)
      .where('id', '=', rowOf(sharing))
      .execute();
  await addNotice(tx, database, { installationId, to: channelId, key: keyOf(sharing), text: sharing.text }, now);
  // The notice has made the lane due already.
  await tx
    .updateTable('delivery')
    .set({
      wanted_version: sql<number>`wanted_version + 1`,
      // One that is on its way is edited once it has arrived.
      state: sql<'due'>`case when state = 'sending' then state else 'due' end`,
      due_at: now,
      first_due_at: now,
    })
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', channelId)
    .where('kind', '=', 'card')
    .where('about', 'is', null)
    .where('state', 'in', ['shown', 'sending'])
    .where('subscription_id', 'in', narrowed)
    .where('booking_id', 'in', (eb) =>
      eb.selectFrom('booking').select('id').where('installation_id', '=', installationId).where('ends_at', '>', now),
    )
    .execute();
  return narrowed.length;
}

/** Nothing widens by itself: each owner is told how to. Answers how many were told. */
export async function tellUnshared(tx: Tx, database: Database, sharing: Sharing, now: number): Promise<number> {
  const { installationId, channelId, text } = sharing;
  await database.engine.lockInstallation(tx, installationId);
  if ((await stateOf(tx, sharing)) !== shared) return 0;
  await deliveryRow(tx, installationId, rowOf(sharing)).set({ about: unshared }).execute();
  const here = (await subscriptionsIn(tx, sharing)).filter(
    (each) => each.options.privacy !== ('full' satisfies Privacy),
  );
  const owners = new Set(here.map((each) => each.madeBy));
  for (const to of owners)
    await addNotice(tx, database, { installationId, to, key: `${unshared} ${channelId} ${now}`, text }, now);
  return owners.size;
}

const subscriptionsIn = async (tx: Tx, { installationId, channelId }: Sharing) =>
  (
    await tx
      .selectFrom('subscription')
      .selectAll()
      .where('installation_id', '=', installationId)
      .where('channel_id', '=', channelId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  ).map(toSubscription);
