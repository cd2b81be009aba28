// Notices that the embedded database's clock, which is this process's, was set ahead or has slept, and moves what waits along with it: no wait ends early,
// and a call under way does not look abandoned. A PostgreSQL server's clock is nobody's to follow here: its waits end early, and its leases have a fence.

import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { across } from './handle.ts';

/** A smaller step ahead is not worth a change, milliseconds. */
const leastMs = 1_000;

/** What the clock said, and when we heard it by `performance.now()`, which never jumps. */
export interface Heard {
  now: number;
  at: number;
}

/** Moves what waits where the clock has gone ahead since `last`; answers what to compare with next, once the transaction is committed. */
export async function followAhead(tx: Tx, last: Heard | null, now: number): Promise<Heard> {
  const heard = { now, at: performance.now() };
  const byMs = last ? Math.round(now - last.now - (heard.at - last.at)) : 0;
  if (last && byMs >= leastMs) await moveAhead(tx, byMs, last.now);
  return heard;
}

/**
 * Only what the worker alone writes, in its turns: anything else that lies between then and now may have been written since, by the new time. What lay in the
 * future then lies as far in the future now.
 */
async function moveAhead(tx: Tx, byMs: number, from: number): Promise<void> {
  const later = (column: string) =>
    sql<number>`case when ${sql.ref(column)} > ${from} then ${sql.ref(column)} + ${byMs} else ${sql.ref(column)} end`;
  await across(tx, 'clock')
    .updateTable('lane')
    .set({ not_before: later('not_before'), paced_until: later('paced_until'), lease_until: later('lease_until') })
    .execute();
  await across(tx, 'clock')
    .updateTable('delivery')
    .set({ due_at: later('due_at') })
    .where('op', '=', 'look')
    .where('state', '=', 'due')
    .execute();
}
