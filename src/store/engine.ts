// What differs between SQLite (here) and PostgreSQL (postgres-engine.ts): opening, safe settings, the clock, locks, column types and waking the other processes.
// Nothing else may, but for the triggers of migrations/tally-triggers.ts, which each engine has its own words for, and how migrations/024-references.ts adds a key.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  type DatabaseConnection,
  type Dialect,
  type Kysely,
  type RawBuilder,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  sql,
  type Transaction,
} from 'kysely';
import { Refusal } from '../errors.ts';
import type { Schema } from './schema.ts';
import { emptyLog, wipeTraces } from './traces.ts';
import { moveAtLatest, writeAheadLog } from './write-ahead-log.ts';

/** Runs a text that changes nothing, and answers its rows. */
export type Ask = (text: string) => Promise<Record<string, unknown>[]> | Record<string, unknown>[];

export interface Engine {
  name: 'sqlite' | 'postgresql';
  dialect: Dialect;
  /** The database's clock, UTC milliseconds: as an expression, and read. */
  now: RawBuilder<number>;
  readNow(on: Kysely<Schema>): Promise<number>;
  types: { bytes: 'blob' | 'bytea'; integer: 'integer' | 'bigint' };
  /** Throws a Refusal where the server would acknowledge what it may lose. */
  refuseUnsafeSettings(db: Kysely<Schema>): Promise<void>;
  /** From then on statements see only the rows of the installations they name, whoever logged in (see role.ts). Throws a Refusal where that cannot be. */
  restrain(db: Kysely<Schema>, as: 'owner' | 'reader'): Promise<void>;
  /** From then on nothing is asked of the database before this is done, on the connection that is about to be used. */
  beforeUse(work: (ask: Ask) => Promise<void> | void): void;
  /** Asks at once, also in the middle of somebody's work; null where one has to wait for an answer. */
  askNow: ((text: string) => Record<string, unknown>[]) | null;
  /** True where no other process seals anything: the app's own, in its own folder. */
  isAlone: boolean;
  /** What `work` deletes is not to be found in the database's files afterwards, as far as that is in our hands. */
  withoutTrace<T>(db: Kysely<Schema>, work: () => Promise<T>): Promise<T>;
  /** Waits until whatever had begun to write by now has ended; false if that takes longer than this, milliseconds. */
  afterWriters(db: Kysely<Schema>, patienceMs: number): Promise<boolean>;
  /** One transaction at a time for this installation, until it ends. */
  lockInstallation(tx: Transaction<Schema>, installationId: string): Promise<void>;
  /** While `work` runs, the text of the tables may be edited (see migrations/024-references.ts). */
  editingSchema<T>(work: () => Promise<T>): Promise<T>;
  /** Should a transaction that failed like this be tried again? */
  isCollision(error: unknown): boolean;
  /** Was it refused because it names a row that is not there, or takes away one that is named? */
  isDangling(error: unknown): boolean;
  /** Wakes every process that listens; part of the transaction, so nobody wakes too early. */
  wake(tx: Transaction<Schema>): Promise<void>;
  /** Calls back when another process wakes us; answers how to stop. */
  listen(callback: () => void): Promise<() => Promise<void>>;
  /** True where rows locked by another process can be passed over. */
  skipsLocked: boolean;
  /** Runs work that ends with a commit, and resolves once that is on the disk; `small`: a few rows, soon written. */
  durably<T>(db: Kysely<Schema>, work: (on: Kysely<Schema>) => Promise<T>, small?: boolean): Promise<T>;
  release(): void;
}

/** The embedded database in a folder. Throws a Refusal when another process works in it. */
export function sqliteEngine(folder: string): Engine {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = holdFolder(folder);
  const file = new DatabaseSync(join(folder, 'app.db'));
  // WAL with synchronous=FULL: a commit is on the disk before it returns, and readers such as `doctor` may look on.
  file.exec(
    `pragma journal_mode = wal; ${durable}; pragma foreign_keys = on; pragma busy_timeout = 5000; pragma wal_autocheckpoint = ${moveAtLatest}; pragma temp_store = memory; ${tidy}`,
  );
  try {
    // Whoever was killed after deleting something may not have come to that.
    emptyLog(file);
  } catch {
    // On a full disk, for one: it stays in the log, and is no reason not to start.
  }
  const log = writeAheadLog(file, join(folder, 'app.db-wal'));
  return {
    ...embedded(file, 5_000),
    isAlone: true,
    durably: log.durably,
    release() {
      log.close();
      lock.close();
    },
  };
}

/** A commit is on the disk before it returns; `fullfsync` asks for that on macOS, where a disk would else be believed that keeps it in its own memory. */
const durable = 'pragma synchronous = full; pragma fullfsync = on';

/** What is deleted is wiped on its page, and so is a page that is given back. */
const tidy = 'pragma secure_delete = on';

/** `busyMs`: how long a statement waits for another process. */
function embedded(file: DatabaseSync, busyMs: number): Omit<Engine, 'release'> {
  const database = kyselyDatabase(file);
  const dialect = new SqliteDialect({ database });
  dialect.createAdapter = () => new EmbeddedAdapter((text, values) => database.prepare(text).all(values));
  const askNow = (text: string) => database.prepare(text).all([]) as Record<string, unknown>[];
  let before: (ask: Ask) => Promise<void> | void = () => {};
  dialect.createDriver = () => {
    const driver = new SqliteDriver({ database });
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async () => {
      const connection = await acquire();
      try {
        await before(askNow);
      } catch (error) {
        return failing(error);
      }
      return connection;
    };
    return driver;
  };
  return {
    name: 'sqlite',
    dialect,
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    // The database runs in this process, and its clock is the same.
    readNow: async () => Date.now(),
    types: { bytes: 'blob', integer: 'integer' },
    refuseUnsafeSettings: async () => {},
    restrain: async () => {},
    beforeUse(work) {
      before = work;
    },
    askNow,
    isAlone: false,
    async withoutTrace(db, work) {
      const done = await work();
      await wipeTraces(file, db, busyMs);
      return done;
    },
    // Writers take turns, and ours comes after theirs.
    afterWriters: async () => true,
    lockInstallation: async () => {},
    async editingSchema(work) {
      file.enableDefensive(false);
      try {
        return await work();
      } finally {
        file.enableDefensive(true);
      }
    },
    // Somebody else (see `besideEngine`) wrote between our first look and our first write, or holds the file for long.
    isCollision: (error) => busy.has((error as { errcode?: unknown } | null)?.errcode),
    isDangling: (error) => (error as { errcode?: unknown } | null)?.errcode === foreignKey,
    wake: async () => {},
    listen: async () => async () => {},
    skipsLocked: false,
    durably: (db, work) => work(db),
  };
}

/** Kysely gives nobody else its only connection after an error of the driver's own; after one of a statement it does. */
const failing = (error: unknown): DatabaseConnection => ({
  executeQuery: () => Promise.reject(error),
  // biome-ignore lint/correctness/useYield: it fails before it could.
  async *streamQuery() {
    throw error;
  },
});

/**
 * Holds the folder for as long as this process lives: an open exclusive transaction on a file of its own. The lock is the kernel's,
 * so any death frees it, kill -9 included, and the real database stays free for others to read.
 */
export function holdFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'app.lock'));
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (cause) {
    lock.close();
    throw new Refusal(
      `Another process already works in the data folder ${folder}. Stop it first, or give this one its own folder with DATA_DIR, or use PostgreSQL (DATABASE_URL) to run several.`,
      { code: 'data_folder_taken', cause },
    );
  }
}

/** The same database, only read, beside an app that may be running: no lock is taken. Throws a Refusal where there is none yet. */
export const sqliteToRead = (folder: string): Engine => ({
  ...embedded(readingFile(folder), 5_000),
  release: () => {},
});

/** The embedded database's file, only read. Throws a Refusal where there is none yet. */
export function readingFile(folder: string): DatabaseSync {
  const file = new DatabaseSync(pathIn(folder), { readOnly: true });
  file.exec('pragma busy_timeout = 5000');
  return file;
}

/** SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT (https://www.sqlite.org/rescode.html). */
const busy = new Set<unknown>([5, 517]);
/** SQLITE_CONSTRAINT_FOREIGNKEY. */
const foreignKey = 787;

/**
 * The same database, to be changed beside an app that may be running: the embedded one's writers take turns, each transaction of ours from its
 * first statement on.
 */
export function sqliteBeside(folder: string): Engine {
  const file = new DatabaseSync(pathIn(folder));
  file.exec(`pragma busy_timeout = 10000; ${durable}; pragma foreign_keys = on; pragma temp_store = memory; ${tidy}`);
  return {
    ...embedded(file, 10_000),
    async lockInstallation(tx, installationId) {
      await sql`update installation set id = id where id = ${installationId}`.execute(tx);
    },
    release: () => {},
  };
}

function pathIn(folder: string): string {
  const path = join(folder, 'app.db');
  if (existsSync(path)) return path;
  throw new Refusal(
    `There is no database in ${folder} yet. Start the app once (npm start), or set DATA_DIR to the folder it uses.`,
    { code: 'no_database' },
  );
}

/** The door past Kysely's queue, for whoever holds its only connection already (see statement.ts). */
export class EmbeddedAdapter extends SqliteAdapter {
  readonly run: (text: string, values: readonly unknown[]) => unknown[];
  constructor(run: (text: string, values: readonly unknown[]) => unknown[]) {
    super();
    this.run = run;
  }
}

/** node:sqlite in the shape Kysely's dialect asks for. Prepared statements are kept, the most used ones only. */
function kyselyDatabase(file: DatabaseSync) {
  const kept = new Map<string, ReturnType<typeof wrap>>();
  return {
    close: () => file.close(),
    prepare(text: string) {
      const known = kept.get(text);
      if (known) {
        // The most used stay: a Map forgets from its beginning.
        kept.delete(text);
        kept.set(text, known);
        return known;
      }
      const statement = wrap(file.prepare(text));
      // Inserts of many rows come in every length: each would be kept for little use and much memory.
      if (text.length > longestKept) return statement;
      if (kept.size >= 256) kept.delete(kept.keys().next().value!);
      kept.set(text, statement);
      return statement;
    },
  } satisfies SqliteDatabase;
}

const longestKept = 8_000;

type Values = (string | number | bigint | Uint8Array | null)[];

function wrap(statement: StatementSync) {
  return {
    reader: statement.columns().length > 0,
    all: (values: ReadonlyArray<unknown>) => statement.all(...(values as Values)),
    run: (values: ReadonlyArray<unknown>) => statement.run(...(values as Values)),
    iterate: (values: ReadonlyArray<unknown>) => statement.iterate(...(values as Values)),
  };
}
