// Which process runs a scheduled job in this period: whoever writes its row first.

import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** The row that says when the database's clock was last looked at (see set-back.ts); all others are periods. */
export const clockRow = 'clock';

/**
 * Kept this long, milliseconds: longer than the clocks of two processes differ. No longer, since after a clock was set back its periods come once more,
 * and would find themselves taken.
 */
const keep = 120_000;

/** One statement decides (`insert … on conflict do nothing`); `key` names the job and its period. */
export function runCoordinator({ db, engine }: Database): (key: string) => Promise<boolean> {
  return async (key) => {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const now = await engine.readNow(db);
    await db
      .deleteFrom('cron_run')
      .where('name', '<>', clockRow)
      .where((eb) => eb.or([eb('ran_at', '<', now - keep), eb('ran_at', '>', now + keep)]))
      .execute();
    const won = await db
      .insertInto('cron_run')
      .values({ name, period: 0, ran_at: engine.now })
      .onConflict((conflict) => conflict.columns(['name', 'period']).doNothing())
      .returning('name')
      .executeTakeFirst();
    return won !== undefined;
  };
}
