// Looks at the app's database, clocks and settings from outside, while the app runs, and says what is off and what to do: npm run doctor

import { randomBytes } from 'node:crypto';
import { createTask } from 'node-cron';
import { type Config, environment, readConfig } from '../src/config.ts';
import { imbalance, type Ledger, suppressedChanges } from '../src/delivery/ledger.ts';
import { Refusal } from '../src/errors.ts';
import { setupGuide, startFailure } from '../src/setup-guide.ts';
import { lacking } from '../src/slack/scopes.ts';
import { type CheckUp, checkUp, type Finding } from '../src/store/check-up.ts';
import { workOn } from '../src/terminal.ts';

/** Slack refuses requests 5 minutes off; long before that something is wrong with a clock. Milliseconds. */
const CLOCK_OFF = 5_000;
const PATIENCE = 5_000;

/** How long from one run of the schedule to the next at most, of the next few; milliseconds. */
function periodOf(expression: string): number {
  const runs = createTask(expression, () => {})
    .getNextRuns(5)
    .map((run) => run.getTime());
  const gaps = runs.slice(1).map((at, i) => at - (runs[i] ?? at));
  return Math.max(...gaps, 60_000);
}

/** Slack's clock minus ours by its answer's Date, in milliseconds, which counts whole seconds; or why it is not known. */
async function slackClock(apiUrl: URL): Promise<number | string> {
  try {
    const asked = Date.now();
    const answer = await fetch(new URL('api.test', apiUrl), {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    const date = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(date) ? 'its answer had no date' : date + 500 - (asked + Date.now()) / 2;
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause?.code;
    return typeof cause === 'string' ? cause : error instanceof Error ? error.name : 'no answer';
  }
}

function clocks(databaseMs: number, slack: number | string): Finding[] {
  const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'}`;
  const cure = 'Set both clocks by NTP (timedatectl set-ntp true).';
  return [
    ...(Math.abs(databaseMs) > CLOCK_OFF
      ? [{ what: `The database’s clock is ${seconds(databaseMs)} this machine’s.`, cure }]
      : []),
    ...(typeof slack === 'number' && Math.abs(slack) > CLOCK_OFF
      ? [
          {
            what: `Slack’s clock is ${seconds(slack)} this machine’s; from 5 minutes on, Slack’s requests are refused.`,
            cure,
          },
        ]
      : []),
    ...(typeof slack === 'string'
      ? [
          {
            what: `Slack cannot be reached from here (${slack}).`,
            cure: 'Look at the network, a firewall, or https://slack-status.com.',
          },
        ]
      : []),
  ];
}

function sums(ledger: Ledger): string[] {
  const { changes, messages } = ledger;
  const off = imbalance(ledger);
  const sign = (difference: number) => (difference === 0 ? '=' : '≠');
  return [
    `Changes:  ${changes.received} received ${sign(off.changes)} ${changes.shown} for a channel + ${changes.pending} pending + ${suppressedChanges(ledger)} suppressed + ${changes.quarantined} quarantined`,
    `Messages: ${messages.received} to send ${sign(off.messages)} ${messages.shown} shown + ${messages.pending} due + ${messages.held} held + ${messages.suppressed} suppressed + ${messages.uncertain} uncertain + ${messages.dead} dead`,
  ];
}

/** What waits for a person is no fault, but worth a word. */
function notes({ messages }: Ledger, command: string): string[] {
  const waiting = messages.uncertain + messages.dead;
  if (waiting === 0) return [];
  return [
    `Note: ${waiting === 1 ? '1 message waits' : `${waiting} messages wait`} for a person. In Slack, an admin types ${command} admin dead.`,
  ];
}

function report(config: Config, { engine, ledger, rowSecurity }: CheckUp, findings: Finding[]): string {
  const filled = (sentence: string) =>
    sentence.replaceAll('{command}', config.commandName).replaceAll('`/calendly', `\`${config.commandName}`);
  const lines = findings.flatMap(({ what, cure }) => [`✗ ${filled(what)}`, `    ${filled(cure)}`]);
  const where = engine === 'sqlite' ? `SQLite in ${config.dataDir}` : 'PostgreSQL';
  const isHeld = rowSecurity !== null && rowSecurity.open.length === 0 && !rowSecurity.passes;
  const end =
    findings.length === 0
      ? '✓ All is well.'
      : findings.length === 1
        ? '1 thing is off.'
        : `${findings.length} things are off.`;
  return [
    `Looked at ${where}.`,
    ...(isHeld ? ['Row-level security is in force.'] : []),
    ...sums(ledger),
    ...notes(ledger, config.commandName),
    ...lines,
    end,
  ].join('\n');
}

async function main(): Promise<number> {
  const read = readConfig(environment());
  if (!read.ok) {
    const encryptionKey = randomBytes(32).toString('base64');
    process.stderr.write(setupGuide(read.problems, { encryptionKey, nodeVersion: process.version }));
    return 1;
  }
  const { config } = read;
  const work = workOn(process.stderr);
  work.now('Looking at the database and at Slack');
  try {
    const [found, slack] = await Promise.all([
      checkUp({
        url: config.databaseUrl,
        folder: config.dataDir,
        keys: config.encryptionKeys,
        hasPublicUrl: config.publicUrl !== null,
        lacking,
        checkEveryMs: periodOf(config.verifySchedule),
      }),
      slackClock(config.slackApiUrl),
    ]);
    work.over();
    const findings = [...found.findings, ...clocks(found.clockMs, slack)];
    process.stdout.write(`${report(config, found, findings)}\n`);
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    work.over();
    const said = error instanceof Refusal ? error.message : startFailure(error, config);
    // The class alone: a driver's words may quote an address with its password.
    const { name, code } = (error ?? {}) as { name?: string; code?: string };
    process.stderr.write(`✗ ${said ?? `The database could not be looked at (${code ?? name ?? 'unknown error'}).`}\n`);
    return 1;
  }
}

process.exitCode = await main();
