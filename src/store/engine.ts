// What differs between SQLite and PostgreSQL: opening, safe settings, the clock, locks, column types and waking the other processes. Nothing else
// may, but for the triggers of migrations/tally-triggers.ts, which each engine has its own words for.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  type Dialect,
  type Kysely,
  PostgresDialect,
  type RawBuilder,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { Refusal } from '../errors.ts';
import { hold } from './held-to.ts';
import { postgresDriver } from './postgres-driver.ts';
import { roleFor } from './role.ts';
import type { Schema } from './schema.ts';

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
  /** One transaction at a time for this installation, until it ends. */
  lockInstallation(tx: Transaction<Schema>, installationId: string): Promise<void>;
  /** Should a transaction that failed like this be tried again? */
  isCollision(error: unknown): boolean;
  /** Wakes every process that listens; part of the transaction, so nobody wakes too early. */
  wake(tx: Transaction<Schema>): Promise<void>;
  /** Calls back when another process wakes us; answers how to stop. */
  listen(callback: () => void): Promise<() => Promise<void>>;
  /** True where rows locked by another process can be passed over. */
  skipsLocked: boolean;
  release(): void;
}

/** The embedded database in a folder. Throws a Refusal when another process works in it. */
export function sqliteEngine(folder: string): Engine {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = holdFolder(folder);
  const file = new DatabaseSync(join(folder, 'app.db'));
  // WAL with synchronous=FULL: a commit is on the disk before it returns, and readers such as `doctor` may look on. What the log holds is moved into the
  // file often and in small steps: whoever's commit happens to do it waits for it.
  file.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000; pragma wal_autocheckpoint = 500; pragma temp_store = memory',
  );
  return { ...embedded(file), release: () => lock.close() };
}

function embedded(file: DatabaseSync): Omit<Engine, 'release'> {
  const database = kyselyDatabase(file);
  const dialect = new SqliteDialect({ database });
  dialect.createAdapter = () => new EmbeddedAdapter((text, values) => database.prepare(text).all(values));
  return {
    name: 'sqlite',
    dialect,
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    // The database runs in this process, and its clock is the same.
    readNow: async () => Date.now(),
    types: { bytes: 'blob', integer: 'integer' },
    refuseUnsafeSettings: async () => {},
    restrain: async () => {},
    lockInstallation: async () => {},
    // Somebody else (see `besideEngine`) wrote between our first look and our first write, or holds the file for long.
    isCollision: (error) => busy.has((error as { errcode?: unknown } | null)?.errcode),
    wake: async () => {},
    listen: async () => async () => {},
    skipsLocked: false,
  };
}

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
export function readingEngine(settings: { url: string | null; folder: string }): Engine {
  if (settings.url) return postgresEngine(settings.url, () => {}, '-c default_transaction_read_only=on');
  return { ...embedded(readingFile(settings.folder)), release: () => {} };
}

/** The embedded database's file, only read. Throws a Refusal where there is none yet. */
export function readingFile(folder: string): DatabaseSync {
  const file = new DatabaseSync(pathIn(folder), { readOnly: true });
  file.exec('pragma busy_timeout = 5000');
  return file;
}

/** SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT (https://www.sqlite.org/rescode.html). */
const busy = new Set<unknown>([5, 517]);

/**
 * The same database, to be changed beside an app that may be running: the embedded one's writers take turns, each transaction of ours from its
 * first statement on.
 */
export function besideEngine(settings: { url: string | null; folder: string }): Engine {
  if (settings.url) return postgresEngine(settings.url, () => {});
  const file = new DatabaseSync(pathIn(settings.folder));
  file.exec('pragma busy_timeout = 10000; pragma synchronous = full; pragma foreign_keys = on');
  return {
    ...embedded(file),
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

// int8 comes as text by default; ours are milliseconds and counts, all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const channel = 'work_is_due';
const postgresNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** A PostgreSQL server, shared by any number of processes. */
export function postgresEngine(url: string, onError: (error: unknown) => void, options?: string): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    ...(options ? { options } : {}),
    max: 10,
    // Also the time to make a new one, which a busy server may need: a webhook is answered in time all the same (see calendly/webhook.ts).
    connectionTimeoutMillis: 2_000,
    statement_timeout: 30_000,
    application_name: 'calendly-for-slack',
  });
  pool.on('error', onError);
  // The pool listens to idle connections only: one that ends in the middle of a transaction would end the process.
  pool.on('connect', (client) => void client.on('error', onError));
  let role: string | null = null;
  const dialect = new PostgresDialect({ pool });
  dialect.createDriver = () => postgresDriver(pool, () => role);
  return {
    name: 'postgresql',
    dialect,
    now: postgresNow,
    readNow: async (on) => (await on.selectNoFrom(postgresNow.as('now')).executeTakeFirstOrThrow()).now,
    types: { bytes: 'bytea', integer: 'bigint' },
    refuseUnsafeSettings,
    restrain: async (db, as) => {
      role = await roleFor(db, as);
    },
    lockInstallation: async (tx, installationId) => {
      const lock = sql`select pg_advisory_xact_lock(hashtextextended(${installationId}, 7))`.compile(tx);
      // Whatever names no installation before the next statement that does sees this one's rows alone.
      await tx.executeQuery(hold(lock, [installationId]));
    },
    isCollision: (error) => ['40001', '40P01', '23505'].includes((error as { code?: string })?.code ?? ''),
    wake: async (tx) => {
      await sql`select pg_notify(${channel}, '')`.execute(tx);
    },
    listen: (callback) => listen(url, callback, onError),
    skipsLocked: true,
    release: () => {},
  };
}

/** https://www.postgresql.org/docs/current/wal-async-commit.html: each of these three can lose what was acknowledged. */
async function refuseUnsafeSettings(db: Kysely<Schema>): Promise<void> {
  const safe = {
    fsync: ['on'],
    full_page_writes: ['on'],
    synchronous_commit: ['on', 'remote_apply', 'remote_write', 'local'],
  };
  const wrong: string[] = [];
  for (const [name, accepted] of Object.entries(safe)) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    const value = rows[0]?.value ?? '';
    if (!accepted.includes(value)) wrong.push(`${name} = ${value}`);
  }
  const { rows } = await sql<{ number: number }>`select current_setting('server_version_num')::int as number`.execute(
    db,
  );
  if ((rows[0]?.number ?? 0) < 150000)
    throw new Refusal(
      'This needs PostgreSQL 15 or newer. Upgrade the server, or unset DATABASE_URL to use the embedded database.',
      { code: 'postgres_too_old' },
    );
  if (wrong.length > 0) {
    throw new Refusal(
      `The PostgreSQL server may lose what it has confirmed (${wrong.join(', ')}). Set ${wrong.map((w) => w.split(' ')[0]).join(' and ')} to on (postgresql.conf, or for this role: ALTER ROLE … SET … = on) and start again.`,
      { code: 'postgres_unsafe' },
    );
  }
}

/** A connection of its own that hears NOTIFY; when it breaks, it is made again. The poll is the truth, this is only speed. */
async function listen(
  url: string,
  callback: () => void,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const again = () => {
    client = null;
    if (!stopped) timer = setTimeout(() => void start(), 1_000).unref();
  };
  const start = async () => {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 2_000 });
    fresh.on('error', (error) => {
      onError(error);
      again();
    });
    fresh.on('notification', callback);
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
      client = fresh;
      callback();
    } catch (error) {
      onError(error);
      await fresh.end().catch(() => {});
      again();
    }
  };
  await start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end();
  };
}
