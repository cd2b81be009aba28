// The states of installations under way: kept as hashes, good once, for ten minutes, in the browser they began in.

import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** So long a used or late state is still known, so that its page can say what it was. Milliseconds. */
const rememberedMs = 3_600_000;

const hashed = (secret: string): Buffer => hash('sha256', secret, 'buffer');

type StateVerdict = 'good' | 'unknown' | 'expired' | 'used' | 'elsewhere';

export function installStateStore({ db, engine }: Database) {
  return {
    /** Forgets those that are over. */
    async add(state: string, browser: string, lifeMs: number): Promise<void> {
      await db
        .deleteFrom('install_state')
        .where('expires_at', '<', sql<number>`${engine.now} - ${rememberedMs}`)
        .execute();
      await db
        .insertInto('install_state')
        .values({
          state_hash: hashed(state),
          browser_hash: hashed(browser),
          expires_at: sql<number>`${engine.now} + ${lifeMs}`,
          used_at: null,
        })
        .execute();
    },

    async use(state: string, browser: string | null): Promise<StateVerdict> {
      const stateHash = hashed(state);
      const used = await db
        .updateTable('install_state')
        .set({ used_at: engine.now })
        .where('state_hash', '=', stateHash)
        .where('browser_hash', '=', hashed(browser ?? ''))
        .where('used_at', 'is', null)
        .where(sql<boolean>`expires_at > ${engine.now}`)
        .returning('state_hash')
        .execute();
      if (used.length > 0) return 'good';
      const row = await db
        .selectFrom('install_state')
        .select(['browser_hash', 'used_at'])
        .where('state_hash', '=', stateHash)
        .executeTakeFirst();
      if (!row) return 'unknown';
      if (!hashed(browser ?? '').equals(row.browser_hash)) return 'elsewhere';
      return row.used_at === null ? 'expired' : 'used';
    },
  };
}
