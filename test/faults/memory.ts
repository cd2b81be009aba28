// The app's memory as a world keeps it: an SQLite folder or a PostgreSQL database, and a way to read it beside the app.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export type EngineName = 'sqlite' | 'postgresql';
export type Value = string | number | null;

export interface Memory {
  engine: EngineName;
  /** Null for SQLite. */
  url: string | null;
  /** DATA_DIR. */
  folder: string;
  /** Reads; the app may be running. `?` stands for a value. Whole numbers come as numbers. */
  rows<T = Record<string, unknown>>(statement: string, ...values: Value[]): Promise<T[]>;
  /** Changes something, as time or an accident would; the app must not be running. */
  change(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** @param o.url a database of its own on PostgreSQL @param o.folder for DATA_DIR; a new one by default */
export function memoryOf(o: { url?: string | undefined; folder?: string | undefined }): Memory {
  const folder = o.folder ?? mkdtempSync(join(tmpdir(), 'faults-'));
  const removeFolder = () => {
    if (!o.folder) rmSync(folder, { recursive: true, force: true });
  };
  const { url } = o;
  if (url === undefined) {
    return {
      engine: 'sqlite',
      url: null,
      folder,
      async rows<T>(statement: string, ...values: Value[]) {
        // Opened anew each time: what is read is what is on the disk, and nothing of ours is in the app's way.
        const file = new DatabaseSync(join(folder, 'app.db'), { readOnly: true });
        try {
          file.exec('pragma busy_timeout = 10000');
          return file.prepare(statement).all(...values) as T[];
        } finally {
          file.close();
        }
      },
      async change(statement) {
        const file = new DatabaseSync(join(folder, 'app.db'));
        try {
          file.exec(statement);
        } finally {
          file.close();
        }
      },
      close: async () => removeFolder(),
    };
  }
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  let client: pg.Client | null = null;
  const connected = async () => {
    if (client) return client;
    const fresh = new pg.Client({ connectionString: url, application_name: 'faults' });
    fresh.on('error', () => {});
    fresh.on('end', () => {
      if (client === fresh) client = null;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  };
  return {
    engine: 'postgresql',
    url,
    folder,
    async rows<T>(statement: string, ...values: Value[]) {
      let count = 0;
      const numbered = statement.replaceAll('?', () => `$${++count}`);
      return (await (await connected()).query(numbered, values)).rows as T[];
    },
    async change(statement) {
      await (await connected()).query(statement);
    },
    async close() {
      await client?.end().catch(() => {});
      removeFolder();
    },
  };
}
