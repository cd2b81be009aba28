// Erases what is kept of one person, in all workspaces or one, beside a running app: npm run erase -- <address>

import { parseArgs } from 'node:util';
import type { Traces } from '../src/delivery/erasure.ts';
import { Refusal } from '../src/errors.ts';
import { recordErasure } from '../src/store/audit.ts';
import { type Database, openBeside } from '../src/store/database.ts';
import { allWorkspaces, erasures } from '../src/store/erasures.ts';
import { command } from './copies/command.ts';

const USAGE = `Usage: npm run erase -- <e-mail address> [--workspace T…] [--yes]

  Without --yes it only says what there is. With it, that goes: bookings, messages from Calendly and notes here and now; cards in Slack are edited, and
  lines in threads taken away, by the app as soon as it runs. What Calendly tells of bookings made until now stays out.`;

function inWords({ bookings, bodies, cards, lines, notes }: Traces): string {
  return `${bookings} bookings, ${bodies} messages from Calendly, ${notes} notes; in Slack ${cards} cards and ${lines} lines`;
}

function others({ kept, unread }: Traces): string[] {
  return [
    ...(kept.filters.length > 0
      ? [`  Filters of subscriptions name it in ${kept.filters.join(', ')}: whoever made them can change them.`]
      : []),
    ...(kept.accounts > 0 ? ['  A connected Calendly account has it: disconnect that in Slack.'] : []),
    ...(kept.hosts > 0 ? ['  An admin set who the host with it is: admin host … auto, in Slack.'] : []),
    ...(unread > 0 ? [`  ${unread} bookings do not open with ENCRYPTION_KEY: what is in them is not known.`] : []),
  ];
}

async function workspaces(database: Database, wanted: string | null) {
  const found = (await allWorkspaces(database)).filter(({ team_id }) => wanted === null || team_id === wanted);
  if (found.length > 0) return found;
  throw new Refusal(`There is no workspace ${wanted ?? 'yet'} here.`, { code: 'no_workspace' });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { workspace: { type: 'string' }, yes: { type: 'boolean' }, help: { type: 'boolean' } },
});
const [address = ''] = positionals;
const isAddress = /^[^\s@]{1,128}@[^\s@]{1,128}$/.test(address);

if (values.help || !isAddress || positionals.length !== 1) {
  (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else
  process.exitCode = await command(async ({ databaseUrl, dataDir, encryptionKeys, retentionDays }) => {
    const database = await openBeside({ url: databaseUrl, folder: dataDir, keys: encryptionKeys });
    try {
      const here = erasures(database, retentionDays);
      const said: string[] = [];
      for (const { id, team_id } of await workspaces(database, (values.workspace as string | undefined) ?? null)) {
        if (!values.yes) {
          const traces = await here.traces(id, address);
          said.push(`${team_id}: ${inWords(traces)}.`, ...others(traces));
          continue;
        }
        const receipt = await here.erase(id, address);
        await recordErasure(database, id, receipt);
        said.push(
          `${team_id}: erased ${inWords(receipt)}, at ${new Date(receipt.at).toISOString()}.`,
          ...others(receipt),
        );
      }
      said.push(
        values.yes
          ? '✓ Done. Backups made before now still hold it, sealed: docs/privacy.md says how to deal with them.'
          : 'Nothing was changed. The same with --yes erases it; that cannot be undone.',
      );
      return said.join('\n');
    } finally {
      await database.close();
    }
  });
