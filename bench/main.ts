// `npm run bench`: measures the app beside a bare server and a tutorial app, prints every figure with its floor and target; exit 1 when a floor is missed.

import { execFile } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { renderings } from './card.ts';
import { drain } from './drain.ts';
import { type Figure, figure, figuresTable, number, table, verdictOf } from './figures.ts';
import { history } from './history.ts';
import { homes } from './home.ts';
import { productionInstall } from './install.ts';
import { latency } from './latency.ts';
import type { LoadActs } from './load.ts';
import { matchings } from './matching.ts';
import { postgresMemory, sqliteMemory } from './memory.ts';
import { processes } from './processes.ts';
import type { Bench } from './runs.ts';
import { prepare } from './setup.ts';
import type { SlackActs } from './slack-stub.ts';
import { startUp } from './start-up.ts';
import { takeover } from './takeover.ts';
import { startHelper } from './talk.ts';
import { throughput } from './throughput.ts';
import { timings } from './timing.ts';

/** What measures running processes, with the heads of its table. */
const measured = {
  start: { run: startUp, head: ['start, ms', 'very first', 'later ones'] },
  acks: {
    run: throughput,
    head: ['64 connections', 'acks/s, by round', 'shown/s', 'MB idle / after one flood / two', 'KB/event'],
  },
  latency: {
    run: latency,
    head: ['milliseconds', 'ack at 200/s', 'ack, slow Slack', 'to Slack at 50/s', 'to 20 channels', 'CPU/event'],
  },
  history: {
    run: history,
    head: ['history', 'rows', 'acks/s empty, by round', 'acks/s full', 'shown/s empty / full'],
  },
  drain: {
    run: drain,
    head: ['outage', 'backlog', 'first post, ms', 'last channel’s first', 'posts/s', '× Slack’s limit'],
  },
  takeover: { run: takeover, head: ['takeover', 'first / last card, s', 'channels it held', 'outcome unknown'] },
  processes: {
    run: processes,
    head: ['Slack answers in', 'cards/s, one process', 'two', '×', 'cores busy, one / two'],
  },
};
type Part = keyof typeof measured | 'card' | 'matching' | 'home' | 'timing' | 'install';
const parts = [
  ...(Object.keys(measured) as (keyof typeof measured)[]),
  'card' as const,
  'matching' as const,
  'home' as const,
  'timing' as const,
  'install' as const,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const wanted: readonly string[] = positionals.length > 0 ? positionals : parts;
const unknown = wanted.filter((word) => !parts.some((part) => part === word));
if (unknown.length > 0) {
  console.error(`There is no part called ${unknown.join(', ')}. The parts are: ${parts.join(', ')}.`);
  process.exit(2);
}
const wants = (part: Part) => wanted.includes(part);

const startedAt = Date.now();
const loadBefore = loadavg()[0] ?? 0;
const say = (words: string) =>
  console.error(`${String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4)} s  ${words}`);
const closing: (() => unknown)[] = [];
const figures: Figure[] = [];
const raw: string[] = [];

// Ctrl-C ends the helpers too; what waits for them then fails, and cleans up on its way out.
process.once('SIGINT', () => say('stopping and cleaning up'));

try {
  if (wanted.some((word) => word in measured)) await measure(await begin());
  if (wants('card')) card();
  if (wants('matching')) matching();
  if (wants('home')) await home();
  if (wants('timing')) timing();
  if (wants('install')) await install();
} finally {
  for (const close of closing.reverse()) await close();
}

const cpu = cpus();
console.log(`
Measured on ${new Date().toISOString().slice(0, 10)}: ${cpu.length} × ${cpu[0]?.model.trim()}, Node ${process.version}, ${process.platform}${values.quick ? ', short run' : ''}.
The load generator and the Slack stub share these cores with what they measure. Load average before: ${number(loadBefore, 1)}${loadBefore > 0.5 ? '; other programs were busy, so waits are longer than they would be alone' : ''}.

${figuresTable(figures)}
${raw.map((each) => `\n${each}\n`).join('')}`);
const missed = figures.filter((each) => verdictOf(each) === 'MISSED');
if (missed.length > 0) console.log(`Below the floor: ${missed.map((each) => each.name).join('; ')}.`);
process.exit(missed.length > 0 ? 1 : 0);

async function begin(): Promise<Bench> {
  say('building the app, as the image has it');
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('../scripts/build.ts', import.meta.url))]);
  const load = startHelper<LoadActs>('load.ts');
  const slack = startHelper<SlackActs>('slack-stub.ts');
  closing.push(load.stop, slack.stop);
  const engines: Bench['engines'] = [];
  const server = process.env.DATABASE_URL;
  for (const name of server ? (['SQLite', 'PostgreSQL'] as const) : (['SQLite'] as const)) {
    say(`connecting and subscribing 100 channels: ${name}`);
    const memory = server && name === 'PostgreSQL' ? await postgresMemory(server) : sqliteMemory();
    closing.push(memory.remove);
    const prepared = await prepare(memory);
    closing.push(prepared.stop);
    engines.push({ name, prepared });
  }
  const workspaces = Object.fromEntries(
    engines.map(({ prepared }) => [prepared.env.SLACK_BOT_TOKEN ?? '', prepared.workspace]),
  );
  let guest = 100_000;
  return {
    quick: values.quick,
    load,
    slack,
    slackUrl: `http://127.0.0.1:${await slack.ask('start', { workspaces })}/api/`,
    engines,
    guests(count) {
      guest += count;
      return guest - count;
    },
    say,
    profileTo: values.profile,
  };
}

async function measure(bench: Bench): Promise<void> {
  for (const [part, { run, head }] of Object.entries(measured)) {
    if (!wanted.includes(part)) continue;
    const found = await run(bench);
    figures.push(...found.figures);
    if (found.rows.length > 0) raw.push(table(head, found.rows));
  }
}

function card(): void {
  say('rendering cards');
  const found = renderings({ quick: values.quick });
  figures.push(...found.figures);
  raw.push(table(['rendering, ms', 'p50', 'p99', 'bytes'], found.rows));
}

function matching(): void {
  say('matching subscriptions');
  const found = matchings({ quick: values.quick });
  figures.push(...found.figures);
  raw.push(table(['matching, ms', 'p50', 'p99', 'wanted by'], found.rows));
}

async function home(): Promise<void> {
  say('making Homes');
  const found = await homes({ quick: values.quick });
  figures.push(...found.figures);
  raw.push(table(['an admin’s Home, ms', 'the slowest'], found.rows));
}

function timing(): void {
  say('refusing signatures');
  const found = timings({ quick: values.quick });
  figures.push(...found.figures);
  raw.push(table(['a wrong signature refused, µs', 'wrong early', 'wrong late', '|t|'], found.rows));
}

async function install(): Promise<void> {
  say('production install');
  const found = await productionInstall().catch((error: unknown) => {
    say(`npm ci did not work: ${error instanceof Error ? error.message : error}`);
    return null;
  });
  const scripts = found?.installScripts.length ?? Number.NaN;
  figures.push(
    figure('production install without Node', 'most', [[found?.megabytes ?? Number.NaN, 60, 40]], 'MB', 1),
    figure('its packages', 'most', [[found?.packages ?? Number.NaN, 170, 140]], '', 0),
    figure('of them with install scripts', 'most', [[scripts, 0, 0]], '', 0),
  );
  if (scripts > 0) raw.push(`Install scripts: ${found?.installScripts.join(', ')} (${number(scripts)}).`);
}
