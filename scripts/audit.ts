// Who did what, as JSON lines or CSV, beside a running app: npm run audit

import { parseArgs } from 'node:util';
import { Refusal } from '../src/errors.ts';
import { type AuditEntry, readAudit } from '../src/store/audit-export.ts';
import { command } from './copies/command.ts';

const USAGE = `Usage: npm -s run audit -- [options] > record.jsonl

  --csv                CSV instead of one JSON object a line
  --workspace T…       only this workspace
  --since 2026-01-31   only from this day on (UTC)

Each workspace's record is a chain; whether it is whole is said at the end, and by the exit code: 0 whole, 1 not.`;

const columns: (keyof AuditEntry)[] = [
  ...(['workspace', 'seq', 'at', 'who', 'what', 'channel', 'subject', 'from', 'to', 'result', 'deed'] as const),
];

/** Quoted, and never a formula to a spreadsheet. */
function cell(value: unknown): string {
  const text =
    value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : `${value}`;
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function sinceOf(day: string | undefined): number {
  if (day === undefined) return 0;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new Refusal(`“${day}” is no day. Write it like 2026-01-31.`, { code: 'no_day' });
  return at;
}

async function main(): Promise<number> {
  let values: { csv?: boolean; workspace?: string; since?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        csv: { type: 'boolean' },
        workspace: { type: 'string' },
        since: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    process.stderr.write(`✗ ${(error as Error).message}\n\n${USAGE}\n`);
    return 1;
  }
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  return command(async ({ databaseUrl, dataDir, encryptionKeys }) => {
    const write = (line: string) => process.stdout.write(`${line}\n`);
    const { csv = false, workspace = null } = values;
    const since = sinceOf(values.since);
    if (csv) write(columns.join(','));
    const checked = await readAudit(
      { url: databaseUrl, folder: dataDir, keys: encryptionKeys },
      { workspace, since },
      (entry) => write(csv ? columns.map((name) => cell(entry[name])).join(',') : JSON.stringify(entry)),
    );
    const broken = checked.filter(({ problem }) => problem !== null);
    if (broken.length > 0)
      throw new Refusal(
        `${broken.map((each) => `The record of ${each.workspace} ${each.problem}.`).join(' ')} Somebody changed the database by hand: compare with a backup, and see who can reach it.`,
        { code: 'broken_chain' },
      );
    process.stderr.write(`✓ ${checked.length === 1 ? 'The record is' : `${checked.length} records are`} whole.\n`);
    return null;
  });
}

process.exitCode = await main();
