// The tests' own databases on the PostgreSQL server of DATABASE_URL: made, emptied so that the next test may have it, and dropped.

import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Makes one, empty or a copy of `from`, which nobody has open; answers its address. */
export async function createDatabase(from: string | null): Promise<string> {
  const name = `story_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}${from ? ` template ${nameIn(from)}` : ''}`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  return url.href;
}

export const dropDatabase = (url: string): Promise<void> =>
  onServer(`drop database if exists ${nameIn(url)} with (force)`);

const clients = new Map<string, Promise<pg.Client>>();

/** A look into a database, kept until that goes: some look every few milliseconds, and a server takes longer to let somebody in than to answer. */
export function clientOf(url: string): Promise<pg.Client> {
  const known = clients.get(url);
  if (known) return known;
  const client = new pg.Client({ connectionString: url });
  const forget = () => void clients.delete(url);
  client.on('error', forget).on('end', forget);
  const connected = client.connect().then(() => client);
  clients.set(url, connected);
  connected.catch(forget);
  return connected;
}

/**
 * Sends everybody away and deletes all rows: a sixth of the time that a new database takes, and nearly nothing of the disk. False where there is more to it than rows, because
 * tables, rights or settings are no longer those of `shape`.
 */
export async function emptyDatabase(url: string, shape: string): Promise<boolean> {
  try {
    const client = await clientOf(url);
    await client.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    if ((await shapeOf(url)) !== shape) return false;
    const tables = await client.query<{ name: string }>(
      `select format('%I', relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'kysely%'`,
    );
    // No trigger counts what goes, and no reference asks for an order.
    const statements = tables.rows.map(({ name }) => `delete from ${name}`);
    await client.query(['begin', 'set local session_replication_role = replica', ...statements, 'commit'].join(';'));
    return true;
  } catch {
    // One that lets nobody in any more, for instance, is not as it was.
    return false;
  }
}

/** What is in a database besides rows, and which migrations made it, as one text. */
export async function shapeOf(url: string): Promise<string> {
  const { rows } = await (await clientOf(url)).query<{ shape: string }>(`
    select md5(string_agg(part, E'\\n' order by part)) as shape from (
      select concat_ws(' ', relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions) as part
        from pg_class where relnamespace = 'public'::regnamespace
      union all select concat_ws(' ', attrelid::regclass, attnum, attname, atttypid, attnotnull, attisdropped)
        from pg_attribute where attnum > 0 and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
      union all select concat_ws(' ', tgrelid::regclass, tgname, tgenabled) from pg_trigger where not tgisinternal
      union all select concat_ws(' ', conrelid::regclass, conname, contype, convalidated, conkey, confrelid, confkey, conbin) from pg_constraint where connamespace = 'public'::regnamespace
      union all select concat_ws(' ', polrelid::regclass, polname, polroles, polcmd, polqual, polwithcheck) from pg_policy
      union all select concat_ws(' ', proname, prosrc, proacl) from pg_proc where pronamespace = 'public'::regnamespace
      union all select concat_ws(' ', datdba, datacl, datallowconn, datconnlimit) from pg_database where datname = current_database()
      union all select setconfig::text from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
      union all select concat_ws(' ', name, timestamp) from kysely_migration
      union all select concat_ws(' ', id, is_locked) from kysely_migration_lock
    ) parts`);
  return rows[0]!.shape;
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
