// What was deleted is to be found in no file of the embedded database: the log, which still has its pages as they were, is emptied, and again until it was.

import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Somebody who reads keeps the log, and a full disk does not take what is in it. Milliseconds. */
const tryEvery = { atFirst: 20, later: 500 };

/**
 * Moves all of the log into the database's file and begins it anew, empty (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). Waits for nobody: false
 * where somebody reads or writes at this moment, and it stays as it is. Not in the middle of a transaction of one's own.
 */
export function emptyLog(file: DatabaseSync): boolean {
  const timeout = file.prepare('pragma busy_timeout').get()?.timeout;
  file.exec('pragma busy_timeout = 0');
  try {
    return file.prepare('pragma wal_checkpoint(truncate)').get()?.busy === 0;
  } finally {
    file.exec(`pragma busy_timeout = ${timeout}`);
  }
}

/** Whose log is tried for already, however much was deleted since. */
const goesOn = new WeakSet<DatabaseSync>();

/**
 * Resolves once what is deleted by now is in no file. Where somebody reads for longer than `patienceMs`, such as a backup, or the disk does not take it, it
 * resolves all the same, and goes on trying until the database is closed; whoever opens it next begins with that.
 */
export async function wipeTraces(file: DatabaseSync, db: Kysely<Schema>, patienceMs: number): Promise<void> {
  // In a turn of its own between the statements of others. Once it is closed there is nothing left to do here.
  const isDone = async () => {
    try {
      return await db.connection().execute(async () => emptyLog(file));
    } catch {
      return !file.isOpen;
    }
  };
  for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(tryEvery.atFirst))
    if (await isDone()) return;
  if (goesOn.has(file)) return;
  goesOn.add(file);
  const goOn = async () => {
    while (!(await isDone())) await sleep(tryEvery.later, undefined, { ref: false });
    goesOn.delete(file);
  };
  void goOn();
}
