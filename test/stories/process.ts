// A world whose app is a process of its own, as in life: started from src/start.js, stopped by signals, killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { freePort } from '../free-port.ts';
import { judgeAll } from '../slack/every-message.ts';
import { emptyStorage, type Storage } from '../storage.ts';
import { ask, eventually } from './view.ts';
import { strangersIn } from './world.ts';

const main = fileURLToPath(new URL('../../src/start.js', import.meta.url));
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export interface Running {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Has it logged this? */
  logged(words: string): boolean;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Kills it, without a chance to do anything, and waits until it is gone. */
  kill9(): Promise<void>;
}

/** Runs src/start.js with this environment and nothing else, in an empty folder. Killed after the test. */
export function runMain(env: Record<string, string>, command: string[] = [], start = main): Running {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const [program, ...words] = [...command, process.execPath, start];
  const child = spawn(program!, words, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(tmpdir(), 'story-compile-cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const kill9 = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  opened.push(async () => {
    await kill9();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    logged: (words_) => stdout.includes(words_),
    ended,
    kill9,
  };
}

export interface StartOptions {
  until?: 'listening' | 'ready';
  /** What runs Node, such as `faketime`. */
  command?: string[];
  /** Another start.js than ours. */
  main?: string;
}

export interface ProcessWorld {
  slack: SlackSandbox;
  calendly: CalendlySandbox;
  storage: Storage;
  /** Where the app listens, whenever it runs. */
  url: string;
  env: Record<string, string>;
  /** Starts it and waits until it takes webhooks; by default also until it knows its Slack workspace. */
  start(more?: Record<string, string>, o?: StartOptions): Promise<Running>;
}

export async function processWorld(more: Record<string, string> = {}): Promise<ProcessWorld> {
  const storage = await emptyStorage();
  const slack = await startSlack();
  const calendly = await startCalendly();
  opened.push(async () => {
    await slack.stop();
    await calendly.stop();
    await storage.remove();
    judgeAll(slack, strangersIn(calendly));
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: url,
    DATA_DIR: storage.folder,
    ...(storage.url ? { DATABASE_URL: storage.url } : {}),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    VERIFY_SCHEDULE: '0 0 1 1 *',
    SLACK_CHANNEL_RATE: '100',
    ...more,
  };
  slack.setAppUrl(url);
  return {
    slack,
    calendly,
    storage,
    url,
    env,
    async start(extra = {}, { until = 'ready', command = [], main } = {}) {
      const app = runMain({ ...env, ...extra }, command, main);
      let gone = false;
      void app.ended.then(() => (gone = true));
      await eventually(
        async () => {
          if (gone) throw new Error(`the app ended: ${app.stderr()}${app.stdout()}`);
          if (!app.logged('listening')) return false;
          return until === 'listening' || (await ask(`${url}/readyz`)).text.includes('"slack":"ok"');
        },
        { what: `the app to start; it said ${app.stdout()}`, timeoutMs: 45_000 },
      );
      return app;
    },
  };
}
