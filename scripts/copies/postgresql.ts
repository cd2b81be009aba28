// Copies of a PostgreSQL database by this machine's own pg_dump and psql, which know every version of the server up to their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { Refusal } from '../../src/errors.ts';
import { whole } from './copies.ts';

/** Whole: one moment of the database, without the names of its owners. */
export async function copyPostgresql(url: string, to: string): Promise<void> {
  await whole(to, (unfinished) =>
    run('pg_dump', url, [
      '--no-owner',
      '--no-privileges',
      '--enable-row-security',
      '--format=plain',
      `--file=${unfinished}`,
    ]),
  );
}

/** All in one transaction. Throws a Refusal where the database is in use or was used. */
export async function restorePostgresql(from: string, url: string): Promise<void> {
  await refuseUsed(url);
  await run('psql', url, [
    '--no-psqlrc',
    '--quiet',
    '--output=/dev/null',
    '--set=ON_ERROR_STOP=1',
    '--single-transaction',
    `--file=${from}`,
  ]);
}

async function refuseUsed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const running = await client.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'calendly-for-slack' limit 1`,
    );
    if (running.rows.length > 0)
      throw new Refusal('The app works in this database. Stop all of its processes first.', { code: 'app_running' });
    const tables = await client.query(
      `select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema') limit 1`,
    );
    if (tables.rows.length > 0)
      throw new Refusal(
        'There are tables in this database, and nothing is overwritten. Create an empty one (createdb), and name it in DATABASE_URL.',
        { code: 'database_used' },
      );
  } finally {
    await client.end();
  }
}

/** The password goes by the environment: everybody on the machine can read the words of a command. */
async function run(program: 'pg_dump' | 'psql', url: string, words: string[]): Promise<void> {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = '';
  const child = spawn(program, [`--dbname=${address.href}`, '--no-password', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      // Of every installation: where row-level security holds the tables' owner, a copy would be empty otherwise.
      PGOPTIONS: `${process.env.PGOPTIONS ?? ''} -c calendly.scope=*`,
      ...(password ? { PGPASSWORD: password } : {}),
    },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  let code: number | null;
  try {
    [code] = (await once(child, 'close')) as [number | null];
  } catch (cause) {
    throw new Refusal(
      `${program} is not on this machine. Install PostgreSQL’s client programs (Debian: apt-get install postgresql-client), of the server’s version or newer.`,
      { code: 'no_client', cause },
    );
  }
  if (code === 0) return;
  const mismatch = /server version mismatch/.test(said);
  throw new Refusal(
    mismatch
      ? `${program} here is older than the server. Install PostgreSQL’s client programs of the server’s version or newer.`
      : `${program} did not succeed: ${(said.trim().split('\n')[0] ?? '').slice(0, 300) || `it ended with ${code}`}`,
    { code: 'client_failed' },
  );
}
