// Marking a channel's lane due: the one statement that tells the workers where there is something to do.

import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface DueLane {
  installationId: string;
  channelId: string;
  dueAt: number;
}

/** Makes lanes due at the named times, or earlier if they already were. Sorted, so that two processes cannot wait for each other. */
export async function markDue(tx: Tx, lanes: readonly DueLane[]): Promise<void> {
  const earliest = new Map<string, DueLane>();
  for (const lane of lanes) {
    const key = `${lane.installationId} ${lane.channelId}`;
    const known = earliest.get(key);
    if (!known || lane.dueAt < known.dueAt) earliest.set(key, lane);
  }
  if (earliest.size === 0) return;
  const rows = [...earliest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane);
  await tx
    .insertInto('lane')
    .values(
      rows.map((lane) => ({
        installation_id: lane.installationId,
        channel_id: lane.channelId,
        due_at: lane.dueAt,
        lease_until: 0,
        fence: 0,
        not_before: 0,
        stumbles: 0,
        paced_until: 0,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['installation_id', 'channel_id']).doUpdateSet({
        due_at: sql<number>`case when lane.due_at is null or excluded.due_at < lane.due_at then excluded.due_at else lane.due_at end`,
      }),
    )
    .execute();
}
