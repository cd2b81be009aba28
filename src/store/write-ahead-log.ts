// The embedded database's log on the disk: who waits for it, where, and when what it holds is moved into the database's file.

import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { emptyLog } from './traces.ts';

export interface WriteAheadLog {
  /**
   * Runs work that ends with a commit, and resolves once that is on the disk. Everything else goes on meanwhile; a `small` piece of work keeps it waiting
   * instead, as long as the disk is quick: that is over before another thread has answered.
   */
  durably<T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>, small?: boolean): Promise<T>;
  close(): void;
}

/** Where one in four small commits takes longer, or moving the log once did, the disk is slow: for so many commits nobody is kept waiting. Milliseconds. */
const quickMs = 3;
const quickMoveMs = 15;
const slowShare = 1 / 4;
export const slowFor = 100;
/** Pages in the log before they are moved: a millisecond or two, if the disk is quick. Else it is waiting for the disk that takes long, and is done less often. */
export const moveFrom = 200;
export const moveSlowlyFrom = 500;
/** Where that was not done, a commit does it. */
export const moveAtLatest = 1_000;

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
  let isClosed = false;
  /** The system may forget what it could not write, and call the next attempt a success: from then on only the database's own file is believed. */
  let isDoubtful = false;
  let isFull = true;
  /** Commits whose way to the disk has not been answered for yet. */
  let underWay = 0;
  let slowLeft = 0;
  /** How many of the last small commits took long; the latest count most. */
  let lateShare = 0;
  let isLong = false;
  let isMoving = false;
  let pages: StatementSync | null = null;

  async function onDisk(db: Kysely<Schema>): Promise<void> {
    if (!isDoubtful) {
      try {
        // There since the first commit, for as long as the database is open.
        log ??= openSync(path, 'r+');
        await toDisk(log);
        // Of two on their way the first is told of what was lost, and the second of a success.
        if (!isDoubtful) return;
      } catch {
        isDoubtful = true;
      }
    }
    await db.connection().execute(async () => {
      // All of it, and begun anew: behind what was lost nothing would be found again.
      if (!emptyLog(file)) throw new Error('the disk has not taken what was written');
    });
    isDoubtful = false;
  }

  /** Looks, and moves nothing (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). Like moving, not in the middle of a transaction. */
  function look(): void {
    try {
      pages ??= file.prepare('pragma wal_checkpoint(noop)');
      const { log: logged, checkpointed } = pages.get() as { log: number; checkpointed: number };
      isLong = logged - checkpointed >= (slowLeft > 0 ? moveSlowlyFrom : moveFrom);
    } catch {
      // Whatever it was: what was committed is committed.
      isLong = false;
    }
  }

  /** In a turn of its own, so that whoever waits for the commit before it, or comes with the next, does not wait for this as well. */
  function moveSoon(db: Kysely<Schema>): void {
    if (!isLong || isMoving) return;
    isMoving = true;
    const moving = async () => {
      const began = now();
      file.exec('pragma wal_checkpoint');
      if (now() - began > quickMoveMs) slowLeft = slowFor;
    };
    setImmediate(() => {
      // What could not be moved stays in the log, where it is as safe, and is tried again.
      void db
        .connection()
        .execute(moving)
        .catch(() => {})
        .finally(() => {
          isMoving = false;
        });
    });
  }

  async function inPlace<T>(work: () => Promise<T>): Promise<T> {
    const began = now();
    try {
      return await work();
    } finally {
      learn(now() - began);
    }
  }

  /** One that took long is no slow disk, however long: of a hundred on a quick one, one does. One that was quick says that a slow disk is so no more. */
  function learn(tookMs: number): void {
    const isLate = tookMs > quickMs;
    const before = isLate ? lateShare : Math.min(lateShare, slowShare);
    lateShare = before + (Number(isLate) - before) / 8;
    if (lateShare > slowShare) slowLeft = slowFor;
  }

  async function beside<T>(work: () => Promise<T>): Promise<T> {
    file.exec('pragma synchronous = normal');
    isFull = false;
    try {
      return await work();
    } finally {
      file.exec('pragma synchronous = full');
      isFull = true;
    }
  }

  function shut(): void {
    if (!isClosed || underWay > 0 || log === null) return;
    closeSync(log);
    log = null;
  }

  return {
    async durably(db, work, small = false) {
      let waitsHere = false;
      const result = await db.connection().execute(async (on) => {
        // Behind what is still under way, and may fail, nothing is told of.
        waitsHere = small && isFull && !isDoubtful && underWay === 0 && slowLeft === 0;
        if (slowLeft > 0) slowLeft -= 1;
        const done = await (waitsHere ? inPlace : beside)(() => work(on));
        look();
        if (!waitsHere) underWay += 1;
        return done;
      });
      try {
        if (!waitsHere) await onDisk(db);
      } finally {
        if (!waitsHere) underWay -= 1;
        shut();
      }
      moveSoon(db);
      return result;
    },
    close() {
      isClosed = true;
      shut();
    },
  };
}
