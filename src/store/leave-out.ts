// What waits for a subscription that is gone, and that nobody else wants, is left out as if it had never been tried.

import { unsubscribed, untold } from '../delivery/sync.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Tx } from './database.ts';

/** As a delivery stands that was never tried. The row stays, so that a later change of the meeting, or Undo, may show it after all. */
export const asNeverTried = { tried_at: null, attempts: 0, looks: 0, plain: 0 };

/** What may be in the channel is not touched: what is under way, what is searched for, and what nobody knows. The caller holds the lane. */
export async function leaveOut(tx: Tx, gone: Subscription, now: number): Promise<void> {
  for (const [kind, reason] of [
    ['card', unsubscribed],
    ['reply', untold],
  ] as const)
    await tx
      .updateTable('delivery')
      .set({ ...asNeverTried, state: 'suppressed', due_at: null, reason, updated_at: now })
      .where('installation_id', '=', gone.installationId)
      .where('channel_id', '=', gone.channelId)
      .where('subscription_id', '=', gone.id)
      .where('kind', '=', kind)
      .where('state', 'in', ['due', 'held'])
      .where('ts', 'is', null)
      .where('op', 'is', null)
      // A message that tells of several is not one subscription's.
      .where('body', 'is', null)
      .where((eb) => eb.or([eb('about', 'is', null), eb('about', '<>', 'doubled')]))
      .execute();
}
