// The embedded database's commits: told of only when they are on the disk, while nothing else waits for it longer than a moment.

import { fstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import type { Schema } from '../../src/store/schema.ts';
import { moveFrom, moveSlowlyFrom, slowFor, writeAheadLog } from '../../src/store/write-ahead-log.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A database of one table, whose disk takes what it is given only when the test says so. */
function slowDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-log-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const file = new DatabaseSync(join(folder, 'app.db'));
  file.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; create table t (n integer)',
  );
  const asked: { done(): void; failed(): void }[] = [];
  const clock = { now: 0 };
  const log = writeAheadLog(file, join(folder, 'app.db-wal'), {
    toDisk: () =>
      new Promise((resolve, reject) => void asked.push({ done: resolve, failed: () => reject(new Error('EIO')) })),
    now: () => clock.now,
  });
  const prepare = (text: string) => {
    const statement = file.prepare(text);
    return {
      reader: statement.columns().length > 0,
      all: (values: readonly unknown[]) => statement.all(...(values as number[])),
      run: (values: readonly unknown[]) => statement.run(...(values as number[])),
      iterate: (values: readonly unknown[]) => statement.iterate(...(values as number[])),
    };
  };
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: { close: () => file.close(), prepare } }) });
  closing.push(() => db.destroy(), log.close);
  const write = (n: number) => log.durably(db, (on) => sql`insert into t values (${n})`.execute(on));
  /** Takes so long, milliseconds, and may fail. */
  const small = (n: number, ms = 0, error?: Error) =>
    log.durably(
      db,
      async (on) => {
        clock.now += ms;
        if (error) throw error;
        await sql`insert into t values (${n})`.execute(on);
        return file.prepare('pragma synchronous').get()?.synchronous;
      },
      true,
    );
  const logged = () => file.prepare('pragma wal_checkpoint(noop)').get() as { log: number; checkpointed: number };
  const count = () => Number(file.prepare('select count(*) as n from t').get()?.n);
  return { clock, file, db, log, asked, write, small, logged, count };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
const outcome = (work: Promise<unknown>) => {
  const seen = { is: 'waiting' };
  work.then(
    () => (seen.is = 'told'),
    (error: Error) => (seen.is = error.message),
  );
  return seen;
};

test('a commit is told of when the disk has it, and others read and write meanwhile', async () => {
  const disk = slowDisk();
  const first = outcome(disk.write(1));
  await pause();
  expect([first.is, disk.count(), disk.asked.length]).toEqual(['waiting', 1, 1]);
  const second = outcome(disk.write(2));
  await pause();
  expect([second.is, disk.count(), disk.asked.length]).toEqual(['waiting', 2, 2]);
  disk.asked[0]!.done();
  await pause();
  expect([first.is, second.is]).toEqual(['told', 'waiting']);
  disk.asked[1]!.done();
  await pause();
  expect(second.is).toBe('told');
});

test('every other commit waits for the disk by itself, also after one that failed', async () => {
  const disk = slowDisk();
  const synchronous = () => disk.file.prepare('pragma synchronous').get()?.synchronous;
  const full = 2;
  let during: unknown;
  const work = disk.log.durably(disk.db, async () => {
    during = synchronous();
    throw new Error('no such row');
  });
  await expect(work).rejects.toThrow('no such row');
  expect([during, synchronous(), disk.asked.length]).toEqual([1, full, 0]);
  outcome(disk.write(1));
  await pause();
  expect(synchronous()).toBe(full);
});

test('where the log does not reach the disk, what it holds is moved into the file, or nobody is told', async () => {
  const disk = slowDisk();
  const saved = outcome(disk.write(1));
  await pause();
  disk.asked[0]!.failed();
  await pause();
  expect(saved.is).toBe('told');
  expect(disk.file.prepare('pragma wal_checkpoint').get()).toMatchObject({ busy: 0 });

  // Somebody reads, so that not all of it can be moved; the log itself is not believed any more, until all of it was.
  const path = disk.file.location()!;
  const reader = new DatabaseSync(path);
  closing.push(() => reader.isOpen && reader.close());
  disk.file.exec('pragma busy_timeout = 10');
  reader.exec('begin; select * from t');
  reader.prepare('select count(*) from t').get();
  const lost = outcome(disk.write(2));
  await pause();
  disk.asked[1]!.failed();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lost.is).toBe('the disk has not taken what was written');
  const again = outcome(disk.write(2));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([again.is, disk.asked.length]).toEqual(['the disk has not taken what was written', 2]);
  reader.exec('commit');
  const better = outcome(disk.write(3));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([better.is, disk.asked.length]).toEqual(['told', 2]);
  const usual = outcome(disk.write(4));
  await pause();
  expect([usual.is, disk.asked.length]).toEqual(['waiting', 3]);
});

test('a small commit waits for a quick disk itself, and for a slow one beside all other work', async () => {
  const disk = slowDisk();
  const [normal, full] = [1, 2];
  const isSlow = async () => {
    const before = disk.asked.length;
    for (let n = 1; n <= slowFor; n += 1) {
      const told = disk.small(n);
      const seen = outcome(told);
      await new Promise((resolve) => setImmediate(resolve));
      expect([seen.is, disk.asked.length]).toEqual(['waiting', before + n]);
      disk.asked.at(-1)!.done();
      expect(await told).toBe(normal);
    }
  };
  // One in ten, however long it takes.
  for (let n = 1; n < 110; n += 1) expect(await disk.small(n, n % 10 === 0 ? 500 : 2.9)).toBe(full);
  for (const n of [110, 111]) expect(await disk.small(n, 3.1)).toBe(full);
  expect(disk.asked.length).toBe(0);
  await isSlow();
  expect(await disk.small(112, 3.1)).toBe(full);
  await isSlow();
  expect([await disk.small(113, 2.9), await disk.small(114), disk.asked.length]).toEqual([full, full, 2 * slowFor]);
});

test('a small commit behind one that is still under way waits beside as well, and so does each after one that took long to fail', async () => {
  const disk = slowDisk();
  outcome(disk.write(1));
  await pause();
  const behind = outcome(disk.small(2));
  await pause();
  expect([behind.is, disk.asked.length]).toEqual(['waiting', 2]);
  for (const { done } of disk.asked) done();
  await pause();
  expect(behind.is).toBe('told');
  await disk.small(3);
  expect(disk.asked.length).toBe(2);
  for (const n of [4, 5, 6]) await expect(disk.small(n, 50, new Error('EIO'))).rejects.toThrow('EIO');
  outcome(disk.small(5));
  await pause();
  expect(disk.asked.length).toBe(3);
});

test('where the log is in doubt, a small commit is not believed by itself either', async () => {
  const disk = slowDisk();
  const reader = new DatabaseSync(disk.file.location()!);
  closing.push(() => reader.isOpen && reader.close());
  disk.file.exec('pragma busy_timeout = 10');
  reader.exec('begin; select * from t');
  reader.prepare('select count(*) from t').get();
  const lost = outcome(disk.write(1));
  await pause();
  disk.asked[0]!.failed();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lost.is).toBe('the disk has not taken what was written');
  await expect(disk.small(2)).rejects.toThrow('the disk has not taken what was written');
});

/** More than the log may hold before it is moved. */
const fill = (on: Kysely<Schema>, pages = moveFrom) =>
  sql`insert into t select zeroblob(3000) from (with recursive c(n) as (select 1 union all select n + 1 from c where n < ${pages}) select n from c)`.execute(
    on,
  );

test('a long log is moved into the file after the commit that made it long was told of', async () => {
  const disk = slowDisk();
  await disk.log.durably(disk.db, fill, true);
  expect(disk.logged().log).toBeGreaterThan(moveFrom);
  expect(disk.logged().checkpointed).toBe(0);
  await pause();
  expect(disk.logged().checkpointed).toBe(disk.logged().log);
  // And what waits for the disk does not wait for this first.
  const told = outcome(disk.log.durably(disk.db, fill));
  await pause();
  expect([told.is, disk.logged().checkpointed]).toEqual(['waiting', 0]);
  disk.asked[0]!.done();
  await pause();
  expect(told.is).toBe('told');
  expect(disk.logged().checkpointed).toBe(disk.logged().log);
});

test('a log is not moved in the middle of a transaction, nor while somebody reads what it would replace', async () => {
  const disk = slowDisk();
  await disk.log.durably(disk.db, fill, true);
  await disk.db.transaction().execute(async (tx) => {
    await sql`insert into t values (1)`.execute(tx);
    await pause();
  });
  await pause();
  expect(disk.logged().checkpointed).toBe(disk.logged().log);

  const reader = new DatabaseSync(disk.file.location()!);
  closing.push(() => reader.isOpen && reader.close());
  disk.file.exec('pragma busy_timeout = 10');
  reader.exec('begin');
  reader.prepare('select count(*) from t').get();
  await disk.log.durably(disk.db, fill, true);
  await pause();
  expect(disk.logged().checkpointed).toBeLessThan(disk.logged().log);
  reader.exec('commit');
  await disk.small(1);
  await pause();
  expect(disk.logged().checkpointed).toBe(disk.logged().log);
});

test('a log is moved less often where that takes long', async () => {
  const disk = slowDisk();
  const exec = disk.file.exec.bind(disk.file);
  disk.file.exec = (text) => {
    if (text === 'pragma wal_checkpoint') disk.clock.now += 16;
    exec(text);
  };
  await disk.log.durably(disk.db, fill, true);
  await pause();
  expect(disk.logged().checkpointed).toBe(disk.logged().log);
  const grow = async (pages: number) => {
    const told = disk.log.durably(disk.db, (on) => fill(on, pages), true);
    await pause();
    disk.asked.at(-1)!.done();
    await told;
    await pause();
    return disk.logged();
  };
  expect((await grow(moveFrom)).checkpointed).toBe(0);
  const { log, checkpointed } = await grow(moveSlowlyFrom);
  expect(checkpointed).toBe(log);
});

test('a commit is told of though nobody can say how long the log is', async () => {
  const disk = slowDisk();
  const prepare = disk.file.prepare.bind(disk.file);
  disk.file.prepare = ((text: string) => {
    if (text.includes('noop')) throw new Error('EIO');
    return prepare(text);
  }) as typeof disk.file.prepare;
  expect(await disk.small(1)).toBe(2);
  await expect(disk.small(2, 0, new Error('no such row'))).rejects.toThrow('no such row');
});

test('what is in doubt is not believed again while new commits would stand behind what was lost', async () => {
  const disk = slowDisk();
  outcome(disk.write(1));
  await pause();
  const reader = new DatabaseSync(disk.file.location()!);
  closing.push(() => reader.isOpen && reader.close());
  // It has seen all there is, so that all can be moved, but the log cannot begin anew.
  reader.exec('begin');
  reader.prepare('select count(*) from t').get();
  disk.asked[0]!.failed();
  await pause();
  const next = outcome(disk.write(2));
  await pause();
  expect([next.is, disk.asked.length]).toEqual(['the disk has not taken what was written', 1]);
  expect(disk.file.prepare('pragma busy_timeout').get()?.timeout).toBe(5_000);
  reader.exec('commit');
  const then = outcome(disk.write(3));
  await pause();
  expect([then.is, disk.asked.length]).toEqual(['told', 1]);
});

test('a commit behind one that did not reach the disk is not believed, whatever the system says of it', async () => {
  const disk = slowDisk();
  const reader = new DatabaseSync(disk.file.location()!);
  closing.push(() => reader.isOpen && reader.close());
  const first = outcome(disk.write(1));
  const second = outcome(disk.write(2));
  await pause();
  expect(disk.asked.length).toBe(2);
  reader.exec('begin');
  reader.prepare('select count(*) from t').get();
  disk.asked[0]!.failed();
  disk.asked[1]!.done();
  await pause();
  const lost = 'the disk has not taken what was written';
  expect([first.is, second.is]).toEqual([lost, lost]);
});

test('the log is closed once what is under way has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-log-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const file = new DatabaseSync(join(folder, 'app.db'));
  file.exec('pragma journal_mode = wal; create table t (n integer)');
  let end = () => {};
  let at = -1;
  const toDisk = (descriptor: number) =>
    new Promise<void>((resolve) => {
      at = descriptor;
      end = resolve;
    });
  const log = writeAheadLog(file, join(folder, 'app.db-wal'), { toDisk, now: () => 0 });
  const db = { connection: () => ({ execute: (work: (on: unknown) => unknown) => work(db) }) } as never;
  const told = log.durably(db, async () => file.exec('insert into t values (1)'));
  await pause();
  log.close();
  expect(fstatSync(at).isFile()).toBe(true);
  end();
  await told;
  expect(() => fstatSync(at)).toThrow('EBADF');
  file.close();
});
