// Notices: a sentence to a person or a channel, said once, through the same lanes as cards.

import { sql } from 'kysely';
import type { Content } from '../delivery/content.ts';
import type { Database, Tx } from './database.ts';
import { untouched } from './delivery-rows.ts';
import { markDue } from './lanes.ts';
import { nameIn } from './named.ts';
import { deliveryId, place } from './rows.ts';

export interface Notice {
  installationId: string;
  /** Slack user or channel id. */
  to: string;
  /** Said once per key and addressee. */
  key: string;
  text: string;
  /** The addresses of those it tells of, where it tells of any. */
  names?: readonly string[];
}

export async function addNotice(tx: Tx, database: Database, notice: Notice, now: number): Promise<void> {
  await addContent(tx, database, { ...notice, content: { kind: 'notice', text: notice.text } }, now);
}

/** Any ready-made content as a delivery of its own, such as a sample card. */
export async function addContent(
  tx: Tx,
  database: Database,
  notice: { installationId: string; to: string; key: string; content: Content; names?: readonly string[] },
  now: number,
): Promise<void> {
  const id = deliveryId('notice', notice.installationId, notice.to, notice.key);
  const added = await tx
    .insertInto('delivery')
    .values({
      ...untouched,
      installation_id: notice.installationId,
      id,
      channel_id: notice.to,
      kind: 'notice',
      booking_id: null,
      subscription_id: null,
      about: notice.key.slice(0, 100),
      body: database.seal.close(JSON.stringify(notice.content), place.delivery(notice.installationId, id)),
      state: 'due',
      due_at: now,
      first_due_at: now,
      wanted_version: 1,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['installation_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!added) return;
  const { installationId, names = [] } = notice;
  await nameIn(tx, database, { installationId, deliveryId: id, names });
  await markDue(tx, [{ installationId, channelId: notice.to, dueAt: now }]);
}

/** Says it in other words: the message that is there is edited; without one it is said for the first time. One that was given up stays so. */
export async function reviseNotice(tx: Tx, database: Database, notice: Notice, now: number): Promise<void> {
  const { installationId, to, key, text } = notice;
  const id = deliveryId('notice', installationId, to, key);
  const body = database.seal.close(JSON.stringify({ kind: 'notice', text }), place.delivery(installationId, id));
  const revised = await tx
    .updateTable('delivery')
    .set({
      body,
      wanted_version: sql<number>`wanted_version + 1`,
      state: sql<'due'>`case when state = 'shown' then 'due' else state end`,
      attempts: sql<number>`case when state = 'shown' then 0 else attempts end`,
      // One that is on its way is edited once it has arrived.
      due_at: sql<number>`case when state in ('shown', 'sending') then ${now} else due_at end`,
      updated_at: now,
    })
    .where('installation_id', '=', installationId)
    .where('id', '=', id)
    .where('state', 'in', ['due', 'sending', 'shown', 'held'])
    .returning('due_at')
    .executeTakeFirst();
  if (!revised) return addNotice(tx, database, notice, now);
  if (revised.due_at !== null) await markDue(tx, [{ installationId, channelId: to, dueAt: revised.due_at }]);
}
