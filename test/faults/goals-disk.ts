// The disk is full, for the database and for the log beside it, and has room again: a small disk in memory stands for it.

import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { conclude } from './checker.ts';
import { type Cluster, ownCluster } from './cluster.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { engines, startFaultWorld } from './harness.ts';
import type { EngineName } from './memory.ts';
import { eventually } from './process.ts';

const exec = promisify(execFile);

export const diskGoals: readonly Goal[] = [
  {
    id: 'R4',
    title: 'the disk is full',
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run))
        if (run.scale === 'full' || engine === 'sqlite') rows.push(await fullDisk(run, name, engine));
      return rows;
    },
  },
];

async function fullDisk(run: Run, name: string, engine: EngineName): Promise<Row> {
  const disk = await smallDisk(engine === 'sqlite' ? 48 : 200);
  if (!disk)
    return { what: name, trials: 0, figure: 'not run: mounting a small disk needs root', limit: '–', ok: true };
  let cluster: Cluster | null = null;
  try {
    if (engine === 'postgresql')
      cluster = await ownCluster({ folder: disk.folder, settings: { max_wal_size: '64MB', min_wal_size: '32MB' } });
    return await fill(run, name, engine, disk, cluster);
  } finally {
    await cluster?.remove();
    await disk.remove();
  }
}

async function fill(run: Run, name: string, engine: EngineName, disk: Disk, cluster: Cluster | null): Promise<Row> {
  const trials = run.pick({ full: 3, fast: 1, control: 1 });
  const data = join(disk.folder, 'data');
  mkdirSync(data);
  const world = await startFaultWorld({
    engine,
    srcDir: run.srcDir,
    channels: 4,
    folder: data,
    // With SQLite the log goes to the same disk: an app that cannot say what is wrong must not end for it.
    ...(engine === 'sqlite' ? { logFolder: disk.folder } : {}),
    ...(cluster ? { databaseUrl: await cluster.database() } : {}),
  });
  const sender = world.sender({ parallel: 64 });
  const flow = sender.flow((i) => world.mail.booked(i), { perSecond: 150 });
  const wrong: string[] = [];
  let slowest = 0;
  let refused = 0;
  for (let i = 0; i < trials; i++) {
    await pause(800);
    const from = sender.answers.length;
    disk.fill();
    const full = await eventually(() => {
      // What the app or the server gave up in the meantime is taken too.
      disk.fill();
      return sender.answers.slice(from).some((each) => each.status === 503);
    }, 60_000);
    if (!full) wrong.push('the disk never became full');
    await pause(1_500);
    const meanwhile = sender.answers.slice(from);
    refused += meanwhile.filter((each) => each.status === 503).length;
    for (const each of meanwhile)
      if (each.status !== 503 && each.status !== 200) wrong.push(`${each.status || 'no answer'} on a full disk`);
    disk.empty();
    // A server that gave up is started again, as its operator or its supervisor does.
    if (
      cluster &&
      !(await cluster.sql('select 1').then(
        () => true,
        () => false,
      ))
    )
      await restart(cluster);
    const space = performance.now();
    await eventually(() => sender.answers.some((each) => each.status === 200 && each.at - each.ms > space), 30_000);
    const first = sender.answers.find((each) => each.status === 200 && each.at - each.ms > space);
    slowest = Math.max(slowest, first ? first.at - space : 30_000);
  }
  await flow.stop();
  if (!world.apps[0]!.alive()) wrong.push('the app ended');
  const found = await conclude(world);
  return {
    what: name,
    trials,
    figure: `${refused} × 503, ${found.acked} acked, ${found.lost} lost, ${found.duplicates} twice, accepting after ${Math.round(slowest)} ms`,
    limit: 'only 503 or kept, 0 lost, 0 twice, stays up, accepting ≤ 10 s after space',
    ...judged(found.violations.length === 0 && wrong.length === 0 && refused > 0, slowest <= 10_000),
    why: [...wrong.slice(0, 5), ...found.violations],
  };
}

async function restart(cluster: Cluster): Promise<void> {
  await cluster.stop('immediate').catch(() => {});
  await cluster.start();
}

interface Disk {
  folder: string;
  /** Takes all the room there is. */
  fill(): void;
  empty(): void;
  remove(): Promise<void>;
}

async function smallDisk(megabytes: number): Promise<Disk | null> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-disk-'));
  try {
    await exec('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const size of [1 << 20, 4096]) writeUntilFull(file, Buffer.alloc(size, 1));
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    async remove() {
      await exec('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(file: number, block: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, block) < block.length) return;
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOSPC') return;
      throw error;
    }
  }
}
