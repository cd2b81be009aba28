// The embedded database by itself: how it is opened, and that what fails before a statement stops no later one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { sqliteEngine } from '../../src/store/engine.ts';
import { across, handleOn } from '../../src/store/handle.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-embedded-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const engine = sqliteEngine(folder);
  const db = across(handleOn(engine), 'opening');
  closing.push(engine.release, () => db.destroy());
  return { engine, db };
}

test('a commit is on the disk before it is told of, on macOS too', async () => {
  const { db } = opened();
  const { rows: full } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
  const { rows: past } = await sql<{ fullfsync: number }>`pragma fullfsync`.execute(db);
  expect([full[0]?.synchronous, past[0]?.fullfsync]).toEqual([2, 1]);
});

test('what fails before a statement fails that one, and no later one', async () => {
  const { engine, db } = opened();
  let isIll = true;
  engine.beforeUse(() => {
    if (isIll) throw new Error('the keys could not be read');
  });
  await expect(sql`select 1`.execute(db)).rejects.toThrow('the keys could not be read');
  await expect(db.transaction().execute((tx) => sql`select 1`.execute(tx))).rejects.toThrow('could not be read');
  isIll = false;
  expect((await sql`select 1 as n`.execute(db)).rows).toEqual([{ n: 1 }]);
});
