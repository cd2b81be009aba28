// Reads the counts that the database keeps beside the rows they count, in the same commit (see migrations/tally-triggers.ts).

import { sql } from 'kysely';
import type { Database, Db } from './database.ts';
import { across } from './handle.ts';

export interface Tally {
  change: Map<string, number>;
  message: Map<string, number>;
  /** Kept together as they came (see arrivals.ts), and not told apart yet: some may be known. Those that cannot be read are apart. */
  together: { waiting: number; unread: number };
}

/** One statement, so that all counts are of the same moment. Null counts every installation together. */
export async function readTally(db: Db, installationId: string | null): Promise<Tally> {
  const on = installationId === null ? across(db, 'operator') : db;
  const counted = on
    .selectFrom('tally')
    .select((eb) => [
      eb.ref('what').$castTo<'change' | 'message' | 'together'>().as('what'),
      'state',
      eb.fn.sum<number>('n').as('n'),
    ])
    .$if(installationId !== null, (query) => query.where('installation_id', '=', installationId))
    .groupBy(['what', 'state']);
  const together = on
    .selectFrom('arrivals')
    .select((eb) => [
      sql<'together'>`'together'`.as('what'),
      eb.case().when('unread', '=', 0).then('waiting').else('unread').end().as('state'),
      eb.fn.sum<number>('changes').as('n'),
    ])
    .$if(installationId !== null, (query) => query.where('installation_id', '=', installationId))
    .groupBy('unread');
  const tally: Tally = { change: new Map(), message: new Map(), together: { waiting: 0, unread: 0 } };
  for (const { what, state, n } of await counted.unionAll(together).execute())
    if (what === 'together') tally.together[state === 'unread' ? 'unread' : 'waiting'] = Number(n);
    else tally[what].set(state, Number(n));
  return tally;
}

/** Adds up what PostgreSQL's backends have counted, for backends come and go. Passes over what is in use. */
export async function tidyTally(database: Database): Promise<void> {
  if (database.engine.name !== 'postgresql') return;
  await database.transaction(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(7, 11) as mine`.execute(tx);
    if (!rows[0]?.mine) return;
    await sql`with gone as (
        delete from tally where ctid = any (array(select ctid from tally where slot <> 0 for update skip locked)) returning *
      )
      insert into tally (installation_id, what, state, slot, n)
      select installation_id, what, state, 0, sum(n) from gone group by installation_id, what, state having sum(n) <> 0
      on conflict (installation_id, what, state, slot) do update set n = tally.n + excluded.n`.execute(
      across(tx, 'operator'),
    );
  });
}
