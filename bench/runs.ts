// One run of the app on a copy of the prepared memory, with the stub as its Slack, and the load generator pointed at it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventTypeName, Target } from './bodies.ts';
import type { LoadActs } from './load.ts';
import type { Memory } from './memory.ts';
import { type Ours, startOurs } from './ours.ts';
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

export async function withOurs<T>(
  bench: Bench,
  prepared: Prepared,
  work: (run: Run) => Promise<T>,
  after: (memory: Memory) => Promise<void> = async () => {},
): Promise<T> {
  const memory = await prepared.memory.copy();
  const ours = startOurs(oursOptions(bench, prepared, memory));
  try {
    await ours.ready();
    const result = await work(runOf(bench, prepared, memory, ours));
    await ours.stop();
    await after(memory);
    return result;
  } finally {
    await ours.stop();
    await memory.remove();
  }
}

export function oursOptions(bench: Bench, prepared: Prepared, memory: Memory) {
  runs += 1;
  return {
    env: { ...prepared.env, ...memory.env, SLACK_API_URL: bench.slackUrl },
    port: prepared.port,
    logPath: join(logs, `${runs}.log`),
    profileTo: bench.profileTo,
  };
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
    async delivered(since, posts) {
      const until = Date.now() + 180_000;
      let shown = 0;
      while (Date.now() < until) {
        shown = (await bench.slack.ask('posts', null)) - since;
        if (shown >= posts) return;
        await sleep(25);
      }
      const log = readFileSync(join(logs, `${runs}.log`), 'utf8').slice(-2_000);
      throw new Error(`Slack got ${shown} of ${posts} messages within three minutes. The app’s log ends with:\n${log}`);
    },
  };
}
