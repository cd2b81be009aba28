// The app as a process of its own, as in life: started from src/start.js (or a copy of it), asked, frozen, stopped, killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEnv, startFlags } from '../../scripts/npm-start.ts';

export interface AppProcess {
  url: string;
  pid: number;
  child: ChildProcess;
  /** Where everything it says goes. */
  logPath: string;
  /** False once it has ended, by itself or not. */
  alive(): boolean;
  log(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Until it takes webhooks (`listening`), or knows its Slack workspace and reaches its database too (`ready`); answers how long since its start, milliseconds. */
  until(what: 'listening' | 'ready', timeoutMs?: number): Promise<number>;
  kill9(): Promise<void>;
  /** SIGTERM; answers how it ended and how long that took, milliseconds. */
  stop(): Promise<{ code: number | null; ms: number }>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
}

/** Whatever ends the run, the processes it started end with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Only these settings: a .env or a DATABASE_URL of yours stays out of it. */
export function startProcess(o: {
  srcDir: string;
  folder: string;
  port: number;
  env: Record<string, string>;
  logPath: string;
}): AppProcess {
  const log = openSync(o.logPath, 'a');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...startFlags, join(o.srcDir, 'start.js')], {
    cwd: o.folder,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: join(tmpdir(), 'faults-compile-cache'),
      HOST: '127.0.0.1',
      PORT: String(o.port),
      ...startEnv,
      ...o.env,
    },
  });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = `http://127.0.0.1:${o.port}`;
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const alive = () => child.exitCode === null && child.signalCode === null;
  const said = () => readFileSync(o.logPath, 'utf8');
  return {
    url,
    pid: child.pid ?? 0,
    child,
    logPath: o.logPath,
    alive,
    log: said,
    ended,
    async until(what, timeoutMs = 30_000) {
      const deadline = performance.now() + timeoutMs;
      while (performance.now() < deadline && alive()) {
        const path = what === 'ready' ? '/readyz' : '/healthz';
        const answer = await fetch(url + path, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
        const text = (await answer?.text().catch(() => '')) ?? '';
        if (answer?.ok && (what === 'listening' || text.includes('"slack":"ok"'))) return performance.now() - startedAt;
        await pause(20);
      }
      const words = said().split('\n').slice(-15).join('\n');
      throw new Error(`the app ${alive() ? `was not ${what} in ${timeoutMs} ms` : 'ended'}. Its last words:\n${words}`);
    },
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      const from = performance.now();
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
      const { code } = await ended;
      clearTimeout(late);
      return { code, ms: performance.now() - from };
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

/** Resident memory, MB; NaN where the kernel has no /proc. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Looks again until it is so; true when it came to be so in time. */
export async function eventually(
  look: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 20,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await look()) return true;
    await pause(everyMs);
  }
  return look();
}
