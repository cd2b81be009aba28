// A memory for one test: a folder for SQLite, or a database on the PostgreSQL server of DATABASE_URL; with the app's tables in it, or as it is before a first start.

import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

export interface Storage {
  engine: 'sqlite' | 'postgresql';
  /** Null for SQLite. */
  url: string | null;
  folder: string;
  remove(): Promise<void>;
}

const engineHere = () => (process.env.STORE === 'postgresql' ? 'postgresql' : 'sqlite');

/** Nothing in it: whoever opens it first makes the tables. The engine comes from STORE, which the test project sets. */
export const emptyStorage = (): Promise<Storage> => makeStorage(engineHere(), null);

/** With the tables that test/tables.ts made once for all: making them takes as long as many a test. */
export const freshStorage = (): Promise<Storage> => makeStorage(engineHere(), inject('tables'));

/** A copy of `from`, which nobody has open. */
export async function makeStorage(
  engine: Storage['engine'],
  from: Pick<Storage, 'url' | 'folder'> | null,
): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'story-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (engine === 'sqlite') {
    if (from) copyFileSync(join(from.folder, 'app.db'), join(folder, 'app.db'));
    return { engine, url: null, folder, remove: async () => removeFolder() };
  }
  const name = `story_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}${from?.url ? ` template ${nameIn(from.url)}` : ''}`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  return {
    engine,
    url: url.href,
    folder,
    async remove() {
      removeFolder();
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

function server(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('STORE=postgresql needs DATABASE_URL');
  return url;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
