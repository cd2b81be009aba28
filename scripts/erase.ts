// Erases what is kept of one person, in all workspaces or one, beside a running app: npm run erase -- <address>

import { parseArgs } from 'node:util';
import type { Traces } from '../src/delivery/erasure.ts';
import { Refusal } from '../src/errors.ts';
import { recordErasure } from '../src/store/audit.ts';
import { type Database, openBeside } from '../src/store/database.ts';
import { allWorkspaces, erasures } from '../src/store/erasures.ts';
import { replaceKey, settle, untilSettled, wholeSince } from '../src/store/settle-keys.ts';
import { workOn } from '../src/terminal.ts';
import { command } from './copies/command.ts';

const USAGE = `Usage: npm run erase -- <e-mail address> [--workspace T…] [--yes [--backups]]

  Without --yes it only says what there is. With it, that goes: bookings, messages from Calendly and notes here and now; cards in Slack are edited, and
  lines in threads taken away, by the app as soon as it runs. What Calendly tells of bookings made until now stays out.

  With --backups as well each workspace gets a new key, and the earlier one is destroyed once everything is sealed with the new one, about a minute later.
  Make a backup then (npm run backup), into every folder you keep copies in: no copy made before opens for bookings of that workspace any more, whoever booked.
  Stopped midway, run it again.`;

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

function ending(): string {
  if (!values.yes) return 'Nothing was changed. The same with --yes erases it; that cannot be undone.';
  return values.backups
    ? '✓ Done. Make a backup now, into every folder you keep copies in (npm run backup): it writes the keys anew, and no earlier copy opens for bookings of these workspaces any more. Accounts, webhooks and subscriptions in them stay good.'
    : '✓ Done. Backups made before now still hold it, sealed: docs/privacy.md says how to deal with them.';
}

/** How long others may take to end what they are at; milliseconds. */
const patienceMs = 10 * 60_000;

/** Answers a line of the receipt. Throws a Refusal where it has to be done again. */
async function reachBackups(database: Database, { id, team_id }: { id: string; team_id: string }): Promise<string> {
  const work = workOn(process.stderr);
  try {
    for (const until = performance.now() + patienceMs; performance.now() < until; ) {
      const left = await untilSettled(database, id);
      work.now(
        left > 0 ? `${team_id}: waiting until every process has the new key` : `${team_id}: sealing with the new key`,
      );
      await new Promise((resolve) => setTimeout(resolve, Math.max(250, Math.min(left, 1_000))));
      if (left > 0) continue;
      const { isOver, closed } = await settle(database, id);
      if (!isOver) continue;
      const since = await wholeSince(database, id);
      const older =
        since === null
          ? ''
          : ` Copies from before ${new Date(since).toISOString()} hold values that ENCRYPTION_KEY alone opens: delete those.`;
      const lost = closed > 0 ? ` ${closed} values could not be opened before, and still cannot.` : '';
      return `${team_id}: the earlier key is destroyed, at ${new Date(await database.now()).toISOString()}.${older}${lost}`;
    }
  } finally {
    work.over();
  }
  throw new Refusal(
    `${team_id}: what is here is erased, but the earlier key is still in use: somebody’s transaction in the database does not end, or the app is busy. See to that, and run this again.`,
    { code: 'not_settled' },
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    workspace: { type: 'string' },
    yes: { type: 'boolean' },
    backups: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const [address = ''] = positionals;
const isAddress = /^[^\s@]{1,128}@[^\s@]{1,128}$/.test(address);

if (values.help || !isAddress || positionals.length !== 1 || (values.backups && !values.yes)) {
  (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else
  process.exitCode = await command(async ({ databaseUrl, dataDir, encryptionKeys, retentionDays }) => {
    const database = await openBeside({ url: databaseUrl, folder: dataDir, keys: encryptionKeys });
    try {
      const here = erasures(database, retentionDays);
      const said: string[] = [];
      const renewed: { id: string; team_id: string }[] = [];
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
        if (!values.backups) continue;
        await replaceKey(database, id);
        renewed.push({ id, team_id });
      }
      // What is erased is told whatever comes of the keys.
      if (renewed.length > 0) process.stdout.write(`${said.splice(0).join('\n')}\n`);
      for (const each of renewed) said.push(await reachBackups(database, each));
      said.push(ending());
      return said.join('\n');
    } finally {
      await database.close();
    }
  });
