// One run of the app on a copy of the prepared memory, with the stub as its Slack, and the load generator pointed at it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventTypeName, Target } from './bodies.ts';
import type { LoadActs } from './load.ts';
import type { Memory } from './memory.ts';
import { freePort, type Ours, type OursOptions, startOurs } from './ours.ts';
import type { Prepared } from './setup.ts';
import type { SlackActs } from './slack-stub.ts';
import type { Helper } from './talk.ts';

export interface Bench {
  quick: boolean;
  load: Helper<LoadActs>;
  slack: Helper<SlackActs>;
  slackUrl: string;
  /** Prepared memories by engine; PostgreSQL only with DATABASE_URL. */
  engines: { name: 'SQLite' | 'PostgreSQL'; prepared: Prepared }[];
  /** The first of `count` numbers of bookings that nobody has used yet. */
  guests(count: number): number;
  say(words: string): void;
  profileTo: string | undefined;
}

export interface Run {
  ours: Ours;
  memory: Memory;
  target: Target;
  /** Makes webhooks of that many new bookings; answers the number of the first. */
  prepare(count: number, types?: EventTypeName[]): Promise<number>;
  /** Waits until Slack has got every one of `posts` messages since `since`. */
  delivered(since: number, posts: number): Promise<void>;
}

const logs = mkdtempSync(join(tmpdir(), 'calendly-bench-logs-'));
process.on('exit', () => rmSync(logs, { recursive: true, force: true }));
let runs = 0;

/** On a copy of the prepared memory, which is dropped at the end. */
export async function withOurs<T>(
  bench: Bench,
  prepared: Prepared,
  work: (run: Run) => Promise<T>,
  after: (memory: Memory) => Promise<void> = async () => {},
): Promise<T> {
  const memory = await prepared.memory.copy();
  try {
    const result = await onMemory(bench, prepared, memory, work);
    await after(memory);
    return result;
  } finally {
    await memory.remove();
  }
}

/** On a memory that is somebody else's to drop. */
export async function onMemory<T>(
  bench: Bench,
  prepared: Prepared,
  memory: Memory,
  work: (run: Run) => Promise<T>,
  settings: Record<string, string> = {},
): Promise<T> {
  const ours = startOurs(oursOptions(bench, prepared, memory, settings));
  try {
    await ours.ready();
    return await work(runOf(bench, prepared, memory, ours));
  } finally {
    await ours.stop();
  }
}

/** Several processes on one memory, all of them ready; Calendly calls the first. */
export async function withSeveral<T>(
  bench: Bench,
  prepared: Prepared,
  memory: Memory,
  count: number,
  work: (all: Ours[]) => Promise<T>,
): Promise<T> {
  const all: Ours[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      const options = oursOptions(bench, prepared, memory, { PUBLIC_URL: `http://127.0.0.1:${prepared.port}` });
      const ours = startOurs(i === 0 ? options : { ...options, port: await freePort() });
      all.push(ours);
      await ours.ready();
    }
    return await work(all);
  } finally {
    for (const ours of all) await ours.stop();
  }
}

export function oursOptions(
  bench: Bench,
  prepared: Prepared,
  memory: Memory,
  settings: Record<string, string> = {},
): OursOptions {
  runs += 1;
  return {
    env: { ...prepared.env, ...memory.env, SLACK_API_URL: bench.slackUrl, ...settings },
    port: prepared.port,
    logPath: join(logs, `${runs}.log`),
    profileTo: bench.profileTo,
  };
}

/** What PostgreSQL alone can do is not measured without it. */
export const onPostgres = (bench: Bench): Prepared | undefined =>
  bench.engines.find(({ name }) => name === 'PostgreSQL')?.prepared;

/** Waits until every change that was kept has become the cards it asks for, shown or not. */
export async function folded(memory: Memory): Promise<void> {
  await eventually('the changes were folded', async () => {
    const [row] = await memory.sql(
      `select (select count(*) from change where folded_at is null) + (select count(*) from arrivals) as n`,
    );
    return Number(row?.n) === 0;
  });
}

export async function eventually(what: string, isSo: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not within ${withinMs / 1_000} seconds: ${what}`);
    await sleep(100);
  }
}

export const targetOf = (prepared: Prepared, port: number): Target => ({ ...prepared.hook, port });

function runOf(bench: Bench, prepared: Prepared, memory: Memory, ours: Ours): Run {
  const target = targetOf(prepared, ours.port);
  return {
    ours,
    memory,
    target,
    async prepare(count, types = prepared.types) {
      const first = bench.guests(count);
      await bench.load.ask('prepare', { target, first, count, types });
      return first;
    },
    delivered: (since, posts) => delivered(bench, since, posts),
  };
}

/** Waits until Slack has got every one of `posts` messages since `since`. */
export async function delivered(bench: Bench, since: number, posts: number): Promise<void> {
  const until = Date.now() + 180_000;
  let shown = 0;
  while (Date.now() < until) {
    shown = (await bench.slack.ask('posts', null)) - since;
    if (shown >= posts) return;
    await sleep(25);
  }
  const log = readFileSync(join(logs, `${runs}.log`), 'utf8').slice(-2_000);
  throw new Error(`Slack got ${shown} of ${posts} messages within three minutes. The app’s log ends with:\n${log}`);
}
