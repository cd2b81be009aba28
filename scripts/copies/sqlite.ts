// Copies of the embedded database: taken while the app writes, checked, and put into a folder that has none.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../src/errors.ts';
import { holdFolder, readingFile } from '../../src/store/engine.ts';
import { type Progress, whole } from './copies.ts';

/** 4 MB a step: the app waits for none of them, and a terminal sees it move. */
const pagesAtOnce = 1024;

/** Throws a Refusal where there is no database yet. */
export async function copySqlite(folder: string, to: string, onProgress: Progress): Promise<void> {
  const source = readingFile(folder);
  try {
    // One moment of the database, whatever is written meanwhile; else each write would make the copy begin anew.
    source.exec('begin');
    source.prepare('select count(*) from sqlite_schema').get();
    await whole(to, async (unfinished) => {
      await backup(source, unfinished, {
        rate: pagesAtOnce,
        progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
      });
      check(unfinished, 'The copy is damaged. See that the disk is sound and not full, and try again.');
    });
  } finally {
    source.close();
  }
}

/** Throws a Refusal where the folder is in use or was used. */
export async function restoreSqlite(from: string, folder: string): Promise<void> {
  const file = join(folder, 'app.db');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The app's own lock: none can start in the folder before this is done.
  const lock = holdFolder(folder);
  try {
    for (const used of ['', '-wal', '-shm'])
      if (existsSync(`${file}${used}`))
        throw new Refusal(
          `There is ${used === '' ? 'a database' : 'what is left of a database'} in ${folder}, and nothing is overwritten. Move the folder away, or set DATA_DIR to an empty one.`,
          { code: 'folder_used' },
        );
    await whole(file, async (unfinished) => {
      copyFileSync(from, unfinished);
      check(unfinished, `${from} is damaged. Take another backup.`);
    });
  } finally {
    lock.close();
  }
}

/** Reads every page; also turns the file into one without a second one beside it, as which it may be copied. */
function check(path: string, otherwise: string): void {
  let found: unknown;
  try {
    const file = new DatabaseSync(path);
    try {
      file.exec('pragma journal_mode = delete');
      found = file.prepare('pragma integrity_check(1)').get()?.integrity_check;
      file.prepare('select count(*) from installation').get();
    } finally {
      file.close();
    }
  } catch (cause) {
    throw new Refusal(otherwise, { code: 'damaged', cause });
  }
  if (found !== 'ok') throw new Refusal(otherwise, { code: 'damaged' });
}
