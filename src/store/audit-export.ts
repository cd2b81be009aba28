// The whole record of who did what, read from outside beside the app, entry by entry, and whether its chain is whole.

import { Refusal } from '../errors.ts';
import { chainProblem } from './audit-chain.ts';
import { readingSeal } from './data-keys.ts';
import type { DatabaseSettings, Db } from './database.ts';
import { across, handleOn } from './handle.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import type { Seal } from './seal.ts';
import { readingEngine } from './which-engine.ts';

export interface AuditEntry {
  workspace: string;
  seq: number | null;
  /** ISO 8601, UTC. */
  at: string;
  deed: string;
  /** Slack user id; null: the app by itself. */
  who: string | null;
  what: string;
  channel: string | null;
  subject: string;
  from: unknown;
  to: unknown;
  result: string;
}

/** Calls `each` for every entry, oldest first; answers what is wrong with the chains, by workspace. Throws a Refusal where there is nothing to read. */
export async function readAudit(
  settings: DatabaseSettings,
  { workspace, since }: { workspace: string | null; since: number },
  each: (entry: AuditEntry) => void,
): Promise<{ workspace: string; problem: string | null }[]> {
  const engine = await readingEngine(settings);
  const db = handleOn(engine);
  try {
    await engine.restrain(across(db, 'operator'), 'reader');
    const seal = await readingSeal(across(db, 'operator'), engine, settings.keys);
    const all = await across(db, 'operator')
      .selectFrom('installation')
      .select(['id', 'team_id'])
      .orderBy('id')
      .execute();
    const wanted = all.filter(({ team_id }) => workspace === null || team_id === workspace);
    if (workspace !== null && wanted.length === 0)
      throw new Refusal(
        `There is no workspace ${workspace} here. There ${all.length === 1 ? 'is' : 'are'}: ${all.map((one) => one.team_id).join(', ') || 'none'}.`,
        {
          code: 'no_workspace',
        },
      );
    const checked: { workspace: string; problem: string | null }[] = [];
    for (const { id, team_id } of wanted) {
      await entriesOf(db, id, since, (row) => each(toEntry(row, team_id, opener(seal, row))));
      checked.push({ workspace: team_id, problem: await chainProblem(db, { seal }, id) });
    }
    return checked;
  } finally {
    await db.destroy();
    engine.release();
  }
}

async function entriesOf(db: Db, installationId: string, since: number, each: (row: Schema['audit']) => void) {
  const mine = db
    .selectFrom('audit')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('at', '>=', since);
  for (const row of await mine.where('seq', 'is', null).orderBy('at').execute()) each(row);
  for (let seq = 0; ; ) {
    const rows = await mine.where('seq', '>', seq).orderBy('seq').limit(500).execute();
    rows.forEach(each);
    if (rows.length < 500) return;
    seq = rows.at(-1)!.seq!;
  }
}

/** What was erased, or does not open any more, is left out. */
function opener(seal: Seal, { installation_id, deed, subject }: Schema['audit']) {
  return (sealed: Uint8Array | null): unknown => {
    try {
      return sealed && JSON.parse(seal.open(sealed, place.audit(installation_id, deed, subject)));
    } catch {
      return null;
    }
  };
}

const toEntry = (
  row: Schema['audit'],
  workspace: string,
  open: (sealed: Uint8Array | null) => unknown,
): AuditEntry => ({
  workspace,
  seq: row.seq,
  at: new Date(row.at).toISOString(),
  deed: row.deed,
  who: row.who,
  what: row.what,
  channel: row.channel_id,
  subject: row.subject,
  from: open(row.was),
  to: open(row.became),
  result: row.result,
});
