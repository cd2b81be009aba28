// Which process runs a scheduled job in this period: whoever writes its row first.

import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Kept this long, milliseconds: far longer than two clocks can differ. */
const keep = 24 * 3_600_000;

/** One statement decides (`insert … on conflict do nothing`); `key` names the job and its period. */
export function runCoordinator({ db, engine }: Database): (key: string) => Promise<boolean> {
  return async (key) => {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const won = await db
      .insertInto('cron_run')
      .values({ name, period: 0, ran_at: engine.now })
      .onConflict((conflict) => conflict.columns(['name', 'period']).doNothing())
      .returning('name')
      .executeTakeFirst();
    if (won) {
      const { now } = await db.selectNoFrom(engine.now.as('now')).executeTakeFirstOrThrow();
      await db
        .deleteFrom('cron_run')
        .where('ran_at', '<', now - keep)
        .execute();
    }
    return won !== undefined;
  };
}
