// What the two kinds of copy have in common: a name by the time, and a file that is whole or not there at all.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from '../../src/errors.ts';

export type Kind = 'sqlite' | 'postgresql';

const endings: Record<Kind, string> = { sqlite: 'db', postgresql: 'sql' };

/** So many of so many are done. */
export type Progress = (done: number, total: number) => void;

/** The file for a copy made now, in a folder that is there afterwards. */
export function freshFile(folder: string, kind: Kind, now: Date): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Refusal(`The folder ${folder} cannot be made. Name one that this user may write to.`, {
      code: 'no_folder',
      cause,
    });
  }
  return join(folder, `${now.toISOString().replaceAll(':', '-').replace('.', '-')}.${endings[kind]}`);
}

/** Lets `write` make the file under another name, and gives it its own once it is on the disk. Readable by this user alone. */
export async function whole(path: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    await write(unfinished);
    sync(unfinished);
    renameSync(unfinished, path);
    sync(dirname(path));
  } catch (error) {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${rest}`, { force: true });
    throw error;
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** By its first bytes; throws a Refusal for anything else. */
export function kindOf(path: string): Kind {
  if (!existsSync(path))
    throw new Refusal(`There is no file ${path}. npm run backup prints the name of each one it makes.`, {
      code: 'no_backup',
    });
  const head = Buffer.alloc(64);
  const file = openSync(path, 'r');
  const length = readSync(file, head);
  closeSync(file);
  const text = head.subarray(0, length).toString('latin1');
  if (text.startsWith('SQLite format 3\0')) return 'sqlite';
  if (text.includes('-- PostgreSQL database dump')) return 'postgresql';
  throw new Refusal(`${path} is no backup made by npm run backup.`, { code: 'no_backup' });
}
