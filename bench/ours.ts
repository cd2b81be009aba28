// The app under measurement: `node src/start.js` as its own process, and what the kernel knows about it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEnv, startFlags } from '../scripts/npm-start.ts';

export interface Ours {
  port: number;
  pid: number;
  /** When the process was asked for, by performance.now(). */
  spawnedAt: number;
  /** Waits until it says that it is ready. */
  ready(): Promise<void>;
  /** As a deploy ends it. */
  stop(): Promise<void>;
  /** As a power cut ends it: kill -9. */
  kill(): Promise<void>;
}

export interface OursOptions {
  env: Record<string, string>;
  port: number;
  /** Where its log goes. */
  logPath: string;
  /** A folder for a CPU profile, written when it stops. */
  profileTo?: string | undefined;
}

const main = fileURLToPath(new URL('../src/start.js', import.meta.url));
const readyWithinMs = 30_000;

/** Only these settings: a .env or a DATABASE_URL of yours stays out of it. */
export function startOurs({ env, port, logPath, profileTo }: OursOptions): Ours {
  const kept = ['PATH', 'HOME', 'TZ', 'LANG', 'SystemRoot', 'TEMP'];
  const log = openSync(logPath, 'a');
  const flags = [...startFlags, ...(profileTo ? ['--cpu-prof', '--cpu-prof-dir', profileTo] : [])];
  const spawnedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, [...flags, main], {
    cwd: env.DATA_DIR,
    stdio: ['ignore', log, log],
    env: {
      ...Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...startEnv,
      ...env,
    },
  });
  closeSync(log);
  const lastWords = () => readFileSync(logPath, 'utf8').split('\n').slice(-15).join('\n');
  return {
    port,
    pid: child.pid ?? 0,
    spawnedAt,
    async ready() {
      const until = Date.now() + readyWithinMs;
      while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
        // It is ready before it knows its workspace, which it asks Slack for.
        if (answer?.ok && (await answer.text()).includes('"slack":"ok"')) return;
        await sleep(20);
      }
      throw new Error(`the app did not get ready. Its last words:\n${lastWords()}`);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      if ((await Promise.race([ended, sleep(15_000, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
      await ended;
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Resident memory, MB; NaN where the kernel has no /proc. */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(proc(pid, 'status'))?.[1] ?? Number.NaN) / 1024;
}

/** User and system time of all its threads so far, milliseconds; NaN where the kernel has no /proc. */
export function cpuMs(pid: number): number {
  // The second field, the name in brackets, may hold blanks: fields are counted from behind it. Linux counts hundredths of a second.
  const fields = proc(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * 10;
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
