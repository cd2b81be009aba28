// Notices: a sentence to a person or a channel, said once, through the same lanes as cards.

import type { Content } from '../delivery/card.ts';
import type { Database, Tx } from './database.ts';
import { markDue } from './lanes.ts';
import { deliveryId, place } from './rows.ts';

export interface Notice {
  installationId: string;
  /** Slack user or channel id. */
  to: string;
  /** Said once per key and addressee. */
  key: string;
  text: string;
}

export async function addNotice(tx: Tx, database: Database, notice: Notice, now: number): Promise<void> {
  await addContent(tx, database, { ...notice, content: { kind: 'notice', text: notice.text } }, now);
}

/** Any ready-made content as a delivery of its own, such as a sample card. */
export async function addContent(
  tx: Tx,
  database: Database,
  notice: { installationId: string; to: string; key: string; content: Content },
  now: number,
): Promise<void> {
  const id = deliveryId('notice', notice.installationId, notice.to, notice.key);
  const added = await tx
    .insertInto('delivery')
    .values({
      installation_id: notice.installationId,
      id,
      channel_id: notice.to,
      kind: 'notice',
      booking_id: null,
      subscription_id: null,
      about: notice.key.slice(0, 100),
      body: database.seal.close(JSON.stringify(notice.content), place.delivery(notice.installationId, id)),
      state: 'due',
      op: null,
      attempt_id: null,
      attempts: 0,
      tried_at: null,
      looks: 0,
      plain: 0,
      due_at: now,
      first_due_at: now,
      ts: null,
      wanted_version: 1,
      sent_version: 0,
      sent_hash: null,
      reason: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['installation_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added) await markDue(tx, [{ installationId: notice.installationId, channelId: notice.to, dueAt: now }]);
}
