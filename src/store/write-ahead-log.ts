// The embedded database's log on the disk: who waits for it, where, and when what it holds is moved into the database's file.

import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface WriteAheadLog {
  /**
   * Runs work that ends with a commit, and resolves once that is on the disk. Everything else goes on meanwhile; a `small` piece of work keeps it waiting
   * instead, as long as the disk is quick: that is over before another thread has answered.
   */
  durably<T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>, small?: boolean): Promise<T>;
  close(): void;
}

/** A small commit that took longer says that the disk is slow: as many of the next ones keep nobody waiting. */
const quickMs = 3;
export const slowFor = 100;
/** Pages in the log before they are moved: a millisecond or two. */
export const moveFrom = 200;
/** Where that was not done, a commit does it. */
export const moveAtLatest = 2_000;

/**
 * With `synchronous=normal` a commit is written to the log and not waited for (https://www.sqlite.org/pragma.html#pragma_synchronous); what the database
 * moves from the log into its file it brings to the disk by itself, before and after. All other commits are made with `full`, which waits.
 */
export function writeAheadLog(
  file: DatabaseSync,
  path: string,
  { toDisk, now } = { toDisk: promisify(fdatasync), now: () => performance.now() },
): WriteAheadLog {
  let log: number | null = null;
  /** The system may forget what it could not write, and call the next attempt a success: from then on only the database's own file is believed. */
  let isDoubtful = false;
  let slowLeft = 0;
  let isLong = false;
  let isMoving = false;
  let pages: StatementSync | null = null;

  async function onDisk(db: Kysely<Schema>): Promise<void> {
    if (!isDoubtful) {
      try {
        // There since the first commit, for as long as the database is open.
        log ??= openSync(path, 'r+');
        return await toDisk(log);
      } catch {
        isDoubtful = true;
      }
    }
    const { busy, log: logged, checkpointed } = await move(db);
    if (busy !== 0 || checkpointed !== logged) throw new Error('the disk has not taken what was written');
    isDoubtful = false;
  }

  /** Not in the middle of somebody's transaction. */
  const move = (db: Kysely<Schema>) =>
    db.connection().execute(async () => file.prepare('pragma wal_checkpoint').get() ?? {});

  /** Looks, and moves nothing (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). Like moving, not in the middle of a transaction. */
  function look(): void {
    pages ??= file.prepare('pragma wal_checkpoint(noop)');
    const { log: logged, checkpointed } = pages.get() as { log: number; checkpointed: number };
    isLong = logged - checkpointed >= moveFrom;
  }

  /** In a turn of its own, so that whoever waits for the commit before it, or comes with the next, does not wait for this as well. */
  function moveSoon(db: Kysely<Schema>): void {
    if (!isLong || isMoving) return;
    isMoving = true;
    setImmediate(() => {
      // What could not be moved stays in the log, where it is as safe, and is tried again.
      void move(db)
        .catch(() => {})
        .finally(() => {
          isMoving = false;
        });
    });
  }

  const inPlace = <T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>) =>
    db.connection().execute(async (on) => {
      const began = now();
      const result = await work(on);
      if (now() - began > quickMs) slowLeft = slowFor;
      look();
      return result;
    });

  async function beside<T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>): Promise<T> {
    const result = await db.connection().execute(async (on) => {
      file.exec('pragma synchronous = normal');
      try {
        return await work(on);
      } finally {
        file.exec('pragma synchronous = full');
        look();
      }
    });
    await onDisk(db);
    return result;
  }

  return {
    async durably(db, work, small = false) {
      const isQuick = small && !isDoubtful && slowLeft === 0;
      if (small && slowLeft > 0) slowLeft -= 1;
      const result = await (isQuick ? inPlace : beside)(db, work);
      moveSoon(db);
      return result;
    },
    close() {
      if (log !== null) closeSync(log);
      log = null;
    },
  };
}
