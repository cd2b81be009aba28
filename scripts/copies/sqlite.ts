// Copies of the embedded database: taken while the app writes, checked, and put into a folder that has none.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../src/errors.ts';
import { holdFolder, readingFile } from '../../src/store/engine.ts';
import { type Progress, whole } from './copies.ts';
import { type KeyRow, keysColumns, keysQuery } from './keys-file.ts';

/** 4 MB a step: the app waits for none of them, and a terminal sees it move. */
const pagesAtOnce = 1024;

/** Without the workspaces' keys, which are answered: those there are once the copy is made. Throws a Refusal where there is no database yet. */
export async function copySqlite(folder: string, to: string, onProgress: Progress): Promise<KeyRow[]> {
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
      const damaged = 'The copy is damaged. See that the disk is sound and not full, and try again.';
      withoutKeys(unfinished, damaged);
      check(unfinished, damaged);
    });
    // As they are now: a key that was destroyed meanwhile is to open this copy no more.
    source.exec('commit');
    return hasKeys(source) ? (source.prepare(keysQuery).all() as unknown as KeyRow[]) : [];
  } finally {
    source.close();
  }
}

/** Made by a version of the app that has no keys of workspaces? */
const hasKeys = (file: DatabaseSync): boolean =>
  file.prepare(`select 1 from sqlite_schema where type = 'table' and name = 'data_key'`).get() !== undefined;

/** Written anew without them: what was deleted stays in no corner of the file, neither keys nor anything else. */
function withoutKeys(path: string, otherwise: string): void {
  onFile(path, otherwise, (file) => {
    if (!hasKeys(file)) return;
    // No second file that would have them: a copy that breaks off is thrown away.
    file.exec('pragma journal_mode = delete; pragma journal_mode = memory; pragma secure_delete = on');
    file.exec('delete from data_key; vacuum');
  });
}

/** Does this copy need a file of keys beside it? Throws a Refusal where it is damaged. */
export function sqliteNeedsKeys(from: string): boolean {
  let needs = false;
  onFile(from, damagedCopy(from), (file) => {
    needs = hasKeys(file);
  });
  return needs;
}

const damagedCopy = (path: string) => `${path} is damaged. Take another backup.`;

/** Throws a Refusal where the folder is in use or was used. */
export async function restoreSqlite(from: string, folder: string, keys: readonly KeyRow[]): Promise<void> {
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
      onFile(unfinished, damagedCopy(from), (file) => {
        if (!hasKeys(file)) return;
        file.exec('pragma journal_mode = delete');
        const insert = file.prepare(`insert into data_key (${keysColumns.join(', ')})
          select ${keysColumns.map(() => '?').join(', ')} where exists (select 1 from installation where id = ?)`);
        for (const key of keys) insert.run(...keysColumns.map((name) => key[name]), key.installation_id);
      });
      check(unfinished, damagedCopy(from));
    });
  } finally {
    lock.close();
  }
}

/** Reads every page; also turns the file into one without a second one beside it, as which it may be copied. */
function check(path: string, otherwise: string): void {
  let found: unknown;
  onFile(path, otherwise, (file) => {
    file.exec('pragma journal_mode = delete');
    found = file.prepare('pragma integrity_check(1)').get()?.integrity_check;
    file.prepare('select count(*) from installation').get();
  });
  if (found !== 'ok') throw new Refusal(otherwise, { code: 'damaged' });
}

function onFile(path: string, otherwise: string, work: (file: DatabaseSync) => void): void {
  try {
    const file = new DatabaseSync(path);
    try {
      work(file);
    } finally {
      file.close();
    }
  } catch (cause) {
    throw new Refusal(otherwise, { code: 'damaged', cause });
  }
}
