// How long a start takes: from the process being asked for to the first webhook that is kept.

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../sandbox/calendly/payloads.ts';
import { webhookBody } from './bodies.ts';
import { type Figure, figure, median, number } from './figures.ts';
import { startOurs } from './ours.ts';
import { type Bench, oursOptions, targetOf } from './runs.ts';
import type { Prepared } from './setup.ts';

export async function startUp(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const cache = mkdtempSync(join(tmpdir(), 'calendly-bench-cache-'));
  const rows: string[][] = [];
  let ours = Number.NaN;
  let oursFirst = Number.NaN;
  try {
    for (const { name, prepared } of bench.engines) {
      bench.say(`start: ${name}`);
      const first = await once(bench, prepared, join(cache, name));
      const again: number[] = [];
      for (let i = 0; i < (bench.quick ? 3 : 5); i += 1) again.push(await once(bench, prepared, join(cache, name)));
      if (name === 'SQLite') [ours, oursFirst] = [median(again), first];
      rows.push([name, number(first), again.map((ms) => number(ms)).join(', ')]);
    }
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
  const figures = [
    figure('start to the first kept webhook', 'most', [[ours, 1_000, 500]], 'ms', 0),
    figure('the same, the very first start', 'most', [[oursFirst, 1_000, 500]], 'ms', 0),
  ];
  return { figures, rows };
}

/** The first start on a machine compiles everything; Node keeps the outcome in `cache` for the next ones. */
async function once(bench: Bench, prepared: Prepared, cache: string): Promise<number> {
  const memory = await prepared.memory.copy();
  const options = oursOptions(bench, prepared, memory);
  const target = targetOf(prepared, options.port);
  const body = webhookBody(bench.guests(1), prepared.types[0]!, target.createdBy);
  const headers = { 'content-type': 'application/json', 'calendly-webhook-signature': sign(target.signingKey, body) };
  const knock = () =>
    new Promise<number>((resolve) => {
      const asked = request({ port: target.port, host: '127.0.0.1', path: target.path, method: 'POST', headers });
      asked.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', () => resolve(0));
      asked.end(body);
    });
  const ours = startOurs({ ...options, env: { ...options.env, NODE_COMPILE_CACHE: cache } });
  try {
    while ((await knock()) !== 200) {
      if (performance.now() - ours.spawnedAt > 30_000) throw new Error('the app kept no webhook within 30 seconds');
      await sleep(3);
    }
    return performance.now() - ours.spawnedAt;
  } finally {
    await ours.stop();
    await memory.remove();
  }
}
