// The ledger's figures, read from the tallies: as fast with a million rows as with ten.

import { sql } from 'kysely';
import type { Ledger } from '../delivery/ledger.ts';
import type { Database, Db } from './database.ts';
import { across } from './handle.ts';
import { readTally, type Tally } from './tally.ts';

/** One statement on the tallies is one snapshot. Null: all installations together. */
export async function readLedger(db: Db, installationId: string | null): Promise<Ledger> {
  return ledgerOf(await readTally(db, installationId));
}

/** What the states of rows mean in the ledger. A change's state is the first word of its verdict (see delivery/plan.ts). */
export function ledgerOf(tally: Tally): Ledger {
  const { waiting, unread } = tally.together;
  const change = (state: string) => tally.change.get(state) ?? 0;
  const message = (...states: string[]) => states.reduce((sum, state) => sum + (tally.message.get(state) ?? 0), 0);
  return {
    changes: {
      received: change('received') + waiting + unread,
      shown: change('shown'),
      pending: change('pending') + waiting,
      suppressed: {
        unwanted: change('suppressed'),
        muted: change('muted'),
        halfOfMove: change('folded'),
        otherKind: change('kept'),
      },
      quarantined: change('quarantined') + unread,
    },
    messages: {
      received: message('received'),
      shown: message('shown'),
      pending: message('due', 'sending'),
      held: message('held'),
      suppressed: message('suppressed'),
      uncertain: message('uncertain'),
      dead: message('dead'),
    },
  };
}

/** As `/metrics` shows them: what is kept together counts with the others. */
function changeStates({ change, together: { waiting, unread } }: Tally): Map<string, number> {
  const more = { received: waiting + unread, pending: waiting, quarantined: unread };
  const all = new Map(change);
  for (const [state, n] of Object.entries(more)) if (n > 0) all.set(state, (all.get(state) ?? 0) + n);
  return all;
}

export function ledgerStore({ db, engine }: Database) {
  const oldestDue = async (installationId: string | null): Promise<number | null> => {
    const { oldest } = await (installationId === null ? across(db, 'operator') : db)
      .selectFrom('delivery')
      .select((eb) =>
        // `due_at` is the next try, which may lie ahead.
        eb.fn
          .min(eb.case().when('sent_version', '=', 0).then(eb.ref('first_due_at')).else(eb.ref('updated_at')).end())
          .as('oldest'),
      )
      // Spelled out, for the index that leaves out what is shown.
      .where(sql<boolean>`state <> 'shown'`)
      .where('state', 'in', ['due', 'sending'])
      .$if(installationId !== null, (query) => query.where('installation_id', '=', installationId))
      .executeTakeFirstOrThrow();
    return oldest === null ? null : Number(oldest);
  };
  return {
    ledger: (installationId: string) => readLedger(db, installationId),
    /** Over all workspaces, as `/metrics` shows them. */
    async totals() {
      const tally = await readTally(db, null);
      const oldest = await oldestDue(null);
      const states = async (table: 'hook' | 'connection') => {
        const rows = await across(db, 'operator')
          .selectFrom(table)
          .select((eb) => ['state', eb.fn.countAll().as('n')])
          .groupBy('state')
          .execute();
        return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
      };
      const { running } = await across(db, 'operator')
        .selectFrom('backfill')
        .select((eb) => eb.fn.count('run').as('running'))
        .executeTakeFirstOrThrow();
      return {
        changes: Object.fromEntries(changeStates(tally)),
        messages: Object.fromEntries(tally.message),
        hooks: await states('hook'),
        connections: await states('connection'),
        catchingUp: Number(running),
        oldestDueMs: oldest === null ? 0 : Math.max(0, (await engine.readNow(db)) - oldest),
      };
    },
    /** Since when the oldest message that is due waits, UTC milliseconds; looks at what is pending only. */
    oldestDueAt: (installationId: string) => oldestDue(installationId),
  };
}
