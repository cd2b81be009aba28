// Where the measured app keeps its data: a folder of its own, or a database of its own on the server of DATABASE_URL, copied for each run.

import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export interface Memory {
  /** The settings that make the app use it. */
  env: Record<string, string>;
  /** As it is now, for another run. Nobody may be using it. */
  copy(): Promise<Memory>;
  /** Bytes on the disk, with everything written to where it belongs. Nobody may be using it. */
  bytes(): Promise<number>;
  /** Runs statements one after another on one connection, also while the app is running; answers the rows of the last. */
  sql(...statements: string[]): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

export function sqliteMemory(from?: string): Memory {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-bench-'));
  if (from) cpSync(from, folder, { recursive: true });
  return {
    env: { DATA_DIR: folder },
    copy: async () => sqliteMemory(folder),
    async bytes() {
      const file = new DatabaseSync(join(folder, 'app.db'));
      file.exec('pragma wal_checkpoint(truncate)');
      file.close();
      return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    },
    async sql(...statements) {
      const file = new DatabaseSync(join(folder, 'app.db'));
      try {
        // Nobody needs this copy after a power cut, and a large cache keeps filling it with a million rows quick.
        file.exec('pragma busy_timeout = 10000; pragma synchronous = off; pragma cache_size = -200000');
        let rows: Record<string, unknown>[] = [];
        for (const statement of statements) {
          rows = file.prepare(statement).all();
          // Signals, and whoever else waits in this process, are not held up for long.
          await new Promise((resolve) => setImmediate(resolve));
        }
        return rows;
      } finally {
        file.close();
      }
    },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function postgresMemory(server: string, from?: string): Promise<Memory> {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-bench-'));
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}${from ? ` template ${from}` : ''}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    env: { DATABASE_URL: url.href, DATA_DIR: folder },
    copy: () => postgresMemory(server, name),
    async bytes() {
      const [row] = await onServer(server, `select pg_database_size('${name}') as bytes`);
      return Number(row?.bytes);
    },
    sql: (...statements) => onServer(url.href, ...statements),
    async remove() {
      rmSync(folder, { recursive: true, force: true });
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
