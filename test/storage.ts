// An empty memory for one test: a fresh folder for SQLite, or a fresh database on the PostgreSQL server of DATABASE_URL.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface Storage {
  engine: 'sqlite' | 'postgresql';
  /** Null for SQLite. */
  url: string | null;
  folder: string;
  remove(): Promise<void>;
}

/** The engine comes from STORE, which the test project sets. */
export async function freshStorage(): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'story-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (process.env.STORE !== 'postgresql')
    return { engine: 'sqlite', url: null, folder, remove: async () => removeFolder() };

  const server = process.env.DATABASE_URL;
  if (!server) throw new Error('STORE=postgresql needs DATABASE_URL');
  const name = `story_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    engine: 'postgresql',
    url: url.href,
    folder,
    async remove() {
      removeFolder();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
