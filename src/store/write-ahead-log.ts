// The embedded database's log on the disk: whoever waits for a commit waits for the disk beside all other work, which the database itself would hold up.

import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface WriteAheadLog {
  /** Runs work that ends with a commit, and resolves once that is on the disk. */
  durably<T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * With `synchronous=normal` a commit is written to the log and not waited for (https://www.sqlite.org/pragma.html#pragma_synchronous); what the database
 * moves from the log into its file it brings to the disk by itself, before and after. All other commits are made with `full`, which waits.
 */
export function writeAheadLog(file: DatabaseSync, path: string, toDisk = promisify(fdatasync)): WriteAheadLog {
  let log: number | null = null;
  /** The system may forget what it could not write, and call the next attempt a success: from then on only the database's own file is believed. */
  let isDoubtful = false;

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
    // Not in the middle of somebody's transaction.
    const {
      busy,
      log: logged,
      checkpointed,
    } = await db.connection().execute(async () => file.prepare('pragma wal_checkpoint').get() ?? {});
    if (busy !== 0 || checkpointed !== logged) throw new Error('the disk has not taken what was written');
    isDoubtful = false;
  }

  return {
    async durably(db, work) {
      const result = await db.connection().execute(async (on) => {
        file.exec('pragma synchronous = normal');
        try {
          return await work(on);
        } finally {
          file.exec('pragma synchronous = full');
        }
      });
      await onDisk(db);
      return result;
    },
    close() {
      if (log !== null) closeSync(log);
      log = null;
    },
  };
}
