// What was deleted is in no file of the embedded database: at once where nobody reads, soon after where somebody did, and after a crash.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { type Engine, sqliteBeside, sqliteEngine } from '../../src/store/engine.ts';
import { across, handleOn } from '../../src/store/handle.ts';
import { wipeTraces } from '../../src/store/traces.ts';
import { eventually } from '../stories/view.ts';

const secret = 'the bytes of a key that was destroyed';
const files = ['app.db', 'app.db-wal', 'app.db-shm'];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-traces-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

function opened(engine: Engine) {
  const db = across(handleOn(engine), 'opening');
  closing.push(engine.release, () => db.destroy());
  return db;
}

/** A database with the secret in it, in its file and in its log. */
async function withSecret() {
  const folder = emptyFolder();
  const engine = sqliteEngine(folder);
  const db = opened(engine);
  await sql`create table t (what text)`.execute(db);
  await sql`insert into t values (${secret}), ('kept')`.execute(db);
  await sql`pragma wal_checkpoint`.execute(db);
  await sql`update t set what = what || '!'`.execute(db);
  return { folder, engine, db };
}

const remove = (db: ReturnType<typeof opened>) => sql`delete from t where what like ${`${secret}%`}`.execute(db);
const found = (folder: string) =>
  files.filter((file) => existsSync(join(folder, file)) && readFileSync(join(folder, file)).includes(secret));

/** Somebody who reads, such as a backup; answers how to end that. */
function reader(folder: string): () => void {
  const file = new DatabaseSync(join(folder, 'app.db'), { readOnly: true });
  file.exec('begin; select count(*) from t');
  const end = () => {
    if (file.isOpen) file.close();
  };
  closing.push(end);
  return end;
}

/** As on a full disk nothing of this process is written beyond so many bytes of a file; answers how to end that. */
function smallFilesOnly(bytes: number): () => void {
  const limit = (soft: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`]);
  // Else it would be killed.
  const ignore = () => {};
  process.on('SIGXFSZ', ignore);
  limit(String(bytes));
  return () => {
    limit('unlimited');
    process.off('SIGXFSZ', ignore);
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 100));

test('at once', async () => {
  const { folder, engine, db } = await withSecret();
  expect(found(folder)).toEqual(['app.db', 'app.db-wal']);
  await engine.withoutTrace(db, () => remove(db));
  expect(found(folder)).toEqual([]);
  expect((await sql`select what from t`.execute(db)).rows).toEqual([{ what: 'kept!' }]);
});

test('as soon as nobody reads it any more, and the app works on meanwhile', async () => {
  const { folder, engine, db } = await withSecret();
  const end = reader(folder);
  const wiping = engine.withoutTrace(db, () => remove(db));
  await turn();
  expect(found(folder)).toEqual(['app.db', 'app.db-wal']);
  await engine.durably(db, (on) => sql`insert into t values ('meanwhile')`.execute(on));
  end();
  await wiping;
  expect(found(folder)).toEqual([]);
});

test('also where the reader stays for longer than anybody waits for that', async () => {
  const { folder, db } = await withSecret();
  const end = reader(folder);
  await remove(db);
  const file = new DatabaseSync(join(folder, 'app.db'));
  closing.push(() => file.isOpen && file.close());
  await wipeTraces(file, db, 0);
  expect(found(folder)).toEqual(['app.db', 'app.db-wal']);
  end();
  await eventually(async () => found(folder).length === 0, { what: 'the log to be empty' });
});

test('also where the disk does not take it at first', async () => {
  const { folder, db } = await withSecret();
  await remove(db);
  const file = new DatabaseSync(join(folder, 'app.db'));
  closing.push(() => file.isOpen && file.close());
  const putBack = smallFilesOnly(4_096);
  try {
    expect(() => file.exec('pragma wal_checkpoint(truncate)')).toThrow();
    await wipeTraces(file, db, 100);
    expect(found(folder)).toEqual(['app.db', 'app.db-wal']);
  } finally {
    putBack();
  }
  await eventually(async () => found(folder).length === 0, { what: 'the log to be empty' });
});

test('and an app that stops waits for no reader', async () => {
  const { folder, engine, db } = await withSecret();
  reader(folder);
  const wiping = engine.withoutTrace(db, () => remove(db));
  await turn();
  await db.destroy();
  await wiping;
  expect(found(folder)).toEqual(['app.db', 'app.db-wal']);
});

test('where another process deleted it beside the app', async () => {
  const { folder } = await withSecret();
  const engine = sqliteBeside(folder);
  const db = opened(engine);
  const end = reader(folder);
  const wiping = engine.withoutTrace(db, () => remove(db));
  await turn();
  end();
  await wiping;
  expect(found(folder)).toEqual([]);
});

test('from the next start on, where a crash came between', async () => {
  const { folder, db } = await withSecret();
  reader(folder);
  await remove(db);
  const after = emptyFolder();
  for (const file of ['app.db', 'app.db-wal']) copyFileSync(join(folder, file), join(after, file));
  expect(found(after)).toEqual(['app.db', 'app.db-wal']);
  const again = opened(sqliteEngine(after));
  expect(found(after)).toEqual([]);
  expect((await sql`select what from t`.execute(again)).rows).toEqual([{ what: 'kept!' }]);
});
