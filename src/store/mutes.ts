// Mutes end by themselves: once, whichever process sees it first, and the channel is told in the same commit.

import type { Subscription } from '../subscription/subscription.ts';
import { recordChange } from './audit.ts';
import type { Database } from './database.ts';
import { across } from './handle.ts';
import { addNotice } from './notices.ts';
import { toSubscription } from './subscription-rows.ts';

/** `said` is what a channel is told of those that are heard of again. Answers how many mutes are over. */
export async function endMutes(database: Database, said: (subscriptions: Subscription[]) => string): Promise<number> {
  const { db, engine } = database;
  const due = await across(db, 'rounds')
    .selectFrom('subscription')
    .select('id')
    .where('muted_until', '<=', engine.now)
    .limit(1)
    .executeTakeFirst();
  if (!due) return 0;
  return database.transaction(async (tx) => {
    const now = await engine.readNow(tx);
    const rows = await across(tx, 'rounds')
      .selectFrom('subscription')
      .selectAll()
      .where('muted_until', '<=', now)
      .execute();
    const over: Subscription[] = [];
    for (const row of rows) {
      const ended = await tx
        .updateTable('subscription')
        .set({ muted_until: null, updated_at: now })
        .where('installation_id', '=', row.installation_id)
        .where('id', '=', row.id)
        // Somebody may have muted it for longer, or another process may have been first.
        .where('muted_until', '=', row.muted_until)
        .returning('id')
        .executeTakeFirst();
      if (!ended) continue;
      const subscription = toSubscription(row);
      const deed = { id: `over ${row.id} ${row.muted_until}`, who: null, what: 'mute_over' as const };
      await recordChange(tx, database, deed, subscription, { ...subscription, mutedUntil: null });
      over.push(subscription);
    }
    const byChannel = Map.groupBy(over, (each) => `${each.installationId} ${each.channelId}`);
    for (const mine of byChannel.values()) {
      const [{ installationId, channelId, id, mutedUntil }] = mine as [Subscription];
      const notice = { installationId, to: channelId, key: `mute over ${id} ${mutedUntil}`, text: said(mine) };
      await addNotice(tx, database, notice, now);
    }
    return over.length;
  });
}
