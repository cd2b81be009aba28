// The engine on a PostgreSQL server. Loaded only where there is one: its driver takes two megabytes.

import { type Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { Refusal } from '../errors.ts';
import type { Ask, Engine } from './engine.ts';
import { narrow } from './held-to.ts';
import { postgresDriver } from './postgres-driver.ts';
import { roleFor } from './role.ts';
import type { Schema } from './schema.ts';

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
  let before: (ask: Ask) => Promise<void> | void = () => {};
  const dialect = new PostgresDialect({ pool });
  dialect.createDriver = () =>
    postgresDriver(
      pool,
      () => role,
      (ask) => before(ask),
    );
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
    beforeUse(work) {
      before = work;
    },
    askNow: null,
    isAlone: false,
    // Its files are the server's own; what is deleted goes from them with the next vacuum.
    withoutTrace: (_db, work) => work(),
    afterWriters,
    lockInstallation: async (tx, installationId) => {
      const lock = sql`select pg_advisory_xact_lock(hashtextextended(${installationId}, 7))`.compile(tx);
      await tx.executeQuery(narrow(lock, installationId));
    },
    editingSchema: (work) => work(),
    isDangling: (error) => (error as { code?: string } | null)?.code === '23503',
    isCollision: (error) => ['40001', '40P01', '23505'].includes((error as { code?: string })?.code ?? ''),
    wake: async (tx) => {
      await sql`select pg_notify(${channel}, '')`.execute(tx);
    },
    listen: (callback) => listen(url, callback, onError),
    skipsLocked: true,
    durably: (db, work) => work(db),
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

/**
 * Nobody is held up for it: transactions have numbers, and the server knows the lowest that is still under way
 * (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT).
 */
async function afterWriters(db: Kysely<Schema>, patienceMs: number): Promise<boolean> {
  const { rows: ours } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(db);
  for (const until = performance.now() + patienceMs; ; ) {
    const { rows } = await sql<{
      over: boolean;
    }>`select pg_snapshot_xmin(pg_current_snapshot()) > ${ours[0]!.id}::xid8 as over`.execute(db);
    if (rows[0]?.over) return true;
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
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
