// Copies of a PostgreSQL database by this machine's own pg_dump and psql, which know every version of the server up to their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { Refusal } from '../../src/errors.ts';
import { whole } from './copies.ts';
import { type KeyRow, keysColumns, keysQuery } from './keys-file.ts';

// int8 comes as text.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * One moment of the database, without the names of its owners and without the workspaces' keys, which are answered: those there are once the copy is made.
 */
export async function copyPostgresql(url: string, to: string): Promise<KeyRow[]> {
  await whole(to, (unfinished) =>
    run('pg_dump', url, [
      '--no-owner',
      '--no-privileges',
      '--enable-row-security',
      '--exclude-table-data=*.data_key',
      '--format=plain',
      `--file=${unfinished}`,
    ]),
  );
  return await withClient(url, async (client) => {
    const { rows } = await client.query(`select to_regclass('data_key') is not null as has`);
    if (!rows[0].has) return [];
    await client.query(`set calendly.scope = '*'`);
    return (await client.query<KeyRow>(keysQuery)).rows;
  });
}

/** Does this copy need a file of keys beside it? Tables stand before what is in them. */
export async function dumpNeedsKeys(from: string): Promise<boolean> {
  for await (const line of createInterface({ input: createReadStream(from) })) {
    if (/^CREATE TABLE (\S+\.)?data_key \(/.test(line)) return true;
    if (line.startsWith('COPY ')) return false;
  }
  return false;
}

/** All in one transaction. Throws a Refusal where the database is in use or was used. */
export async function restorePostgresql(from: string, url: string, keys: readonly KeyRow[]): Promise<void> {
  await refuseUsed(url);
  await run(
    'psql',
    url,
    [
      '--no-psqlrc',
      '--quiet',
      '--output=/dev/null',
      '--set=ON_ERROR_STOP=1',
      '--single-transaction',
      `--file=${from}`,
      // What comes in by itself, in the same transaction.
      ...(keys.length > 0 ? ['--file=-'] : []),
    ],
    // A copy leaves no schema to look in.
    ['reset search_path;', ...keys.map(insertOf)].join('\n'),
  );
}

/** A copy may know of a workspace less. */
function insertOf(key: KeyRow): string {
  const value = (each: KeyRow[keyof KeyRow]) => {
    if (typeof each === 'number') return pg.escapeLiteral(String(each));
    return typeof each === 'string' ? pg.escapeLiteral(each) : `decode('${Buffer.from(each).toString('hex')}', 'hex')`;
  };
  const values = keysColumns.map((name) => value(key[name])).join(', ');
  return `insert into data_key (${keysColumns.join(', ')}) select ${values}
    where exists (select 1 from installation where id = ${value(key.installation_id)});`;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function refuseUsed(url: string): Promise<void> {
  await withClient(url, async (client) => {
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
  });
}

/** The password goes by the environment: everybody on the machine can read the words of a command. */
async function run(program: 'pg_dump' | 'psql', url: string, words: string[], input = ''): Promise<void> {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = '';
  const child = spawn(program, [`--dbname=${address.href}`, '--no-password', ...words], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      ...process.env,
      // Of every installation: where row-level security holds the tables' owner, a copy would be empty otherwise.
      PGOPTIONS: `${process.env.PGOPTIONS ?? ''} -c calendly.scope=*`,
      ...(password ? { PGPASSWORD: password } : {}),
    },
  });
  let said = '';
  // Where it ended early, it says why itself.
  child.stdin.on('error', () => {}).end(input);
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
