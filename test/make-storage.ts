// A memory: a folder for SQLite, or a database on the PostgreSQL server of DATABASE_URL.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase } from './databases.ts';

export interface Storage {
  engine: 'sqlite' | 'postgresql';
  /** Null for SQLite. */
  url: string | null;
  folder: string;
  remove(): Promise<void>;
}

/** What a database is a copy of; nobody has it open. */
export type Original = Pick<Storage, 'url' | 'folder'>;

/** `databases`: where one on the server comes from, and goes in the end. */
export async function makeStorage(
  engine: Storage['engine'],
  from: Original | null,
  databases: { take(from: string | null): Promise<string>; giveBack(url: string): Promise<void> } = {
    take: createDatabase,
    giveBack: dropDatabase,
  },
): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'story-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (engine === 'sqlite') {
    if (from) copyFileSync(join(from.folder, 'app.db'), join(folder, 'app.db'));
    return { engine, url: null, folder, remove: async () => removeFolder() };
  }
  const url = await databases.take(from?.url ?? null);
  return {
    engine,
    url,
    folder,
    async remove() {
      removeFolder();
      await databases.giveBack(url);
    },
  };
}
