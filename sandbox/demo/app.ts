// The real app as a process of its own, so that it can be killed in the middle of its work and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src/start.js', import.meta.url));
/** Of the machine's own environment; a .env or a database of yours stays out of the demo. */
const kept = ['PATH', 'HOME', 'TZ', 'LANG', 'SystemRoot', 'TEMP'];

export type AppState = 'starting' | 'up' | 'killed' | 'ended';

export type App = ReturnType<typeof makeApp>;

/** `folder` is its working directory and keeps its log; `onEnd` hears of an end that nobody asked for. */
export function makeApp(o: { url: string; folder: string; env: Record<string, string>; onEnd: (how: string) => void }) {
  const logPath = join(o.folder, 'app.log');
  let child: ChildProcess | undefined;
  let state: AppState = 'ended';
  let kills = 0;

  function start(): void {
    if (child) return;
    const log = openSync(logPath, 'a');
    const own = kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
    const env = { ...Object.fromEntries(own), ...o.env };
    const started = spawn(process.execPath, [entry], { cwd: o.folder, stdio: ['ignore', log, log], env });
    child = started;
    state = 'starting';
    started.once('exit', (code, signal) => {
      child = undefined;
      const asked = state === 'killed' || state === 'ended';
      if (asked) return;
      state = 'ended';
      o.onEnd(signal ?? `code ${code}`);
    });
  }

  /** True once it answers that it is ready; false when it ended, or after `withinMs`. */
  async function ready(withinMs: number): Promise<boolean> {
    for (const until = Date.now() + withinMs; child && Date.now() < until; await sleep(100)) {
      const answer = await fetch(`${o.url}/readyz`).catch(() => null);
      if (!answer?.ok) continue;
      state = 'up';
      return true;
    }
    return false;
  }

  return {
    url: o.url,
    logPath,
    start,
    ready,
    state: () => state,
    /** How often it was killed. */
    kills: () => kills,
    pid: () => child?.pid ?? null,
    /** As a power cut would: no signal handler runs, nothing is written any more. */
    async kill(): Promise<void> {
      if (!child) return;
      const ended = once(child, 'exit');
      state = 'killed';
      kills += 1;
      child.kill('SIGKILL');
      await ended;
    },
    async stop(): Promise<void> {
      if (!child) return;
      const ended = once(child, 'exit');
      state = 'ended';
      child.kill('SIGTERM');
      if ((await Promise.race([ended, sleep(5_000, 'late')])) === 'late') child?.kill('SIGKILL');
    },
    lastWords: async (): Promise<string[]> =>
      (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n').slice(-20),
  };
}
