// How a delivery's row begins, and how one is found again.

import type { Db } from './database.ts';

/** How every delivery begins. */
export const untouched = {
  body: null,
  op: null,
  attempt_id: null,
  attempts: 0,
  tried_at: null,
  looks: 0,
  plain: 0,
  ts: null,
  sent_version: 0,
  sent_hash: null,
  look: null,
  reason: null,
  told_at: null,
};

/** An update of one delivery. */
export const deliveryRow = (tx: Db, installationId: string, id: string) =>
  tx.updateTable('delivery').where('installation_id', '=', installationId).where('id', '=', id);
