// As whom statements run on PostgreSQL: a superuser passes row-level security by, so what logs in as one works as a role that may read and write our tables, and
// nothing else.

import { type Kysely, sql } from 'kysely';
import { Refusal } from '../errors.ts';
import { ofInstallations, ofNobody } from './of-installations.ts';
import type { Schema } from './schema.ts';

/** One for all databases of a server; what it may do is said in each of them. */
export const roleName = 'calendly_for_slack';

type Db = Kysely<Schema>;
interface Login {
  name: string;
  isSuper: boolean;
  passes: boolean;
  makesRoles: boolean;
  version: number;
}

/**
 * The role to switch to; null where whoever logs in is held by row-level security as it is. An `owner` makes what is missing. Throws a Refusal where
 * statements of the app would pass row-level security by, with what to do about that.
 */
export async function roleFor(db: Db, as: 'owner' | 'reader'): Promise<string | null> {
  const login = await loginOf(db);
  if (!login.passes && !login.makesRoles) return null;
  try {
    if (as === 'owner') await makeRole(db, login);
    if ((await isHeld(db)) && (await lacking(db)).length === 0 && (await mayBecome(db))) return roleName;
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
  }
  // Whoever only reads tells so where it matters (see check-up.ts).
  if (!login.passes || as === 'reader') return null;
  throw new Refusal(
    `The user in DATABASE_URL (${login.name}) passes row-level security by, and may not use a role that does not. Once, as a superuser: ALTER ROLE "${login.name}" NOBYPASSRLS; or: CREATE ROLE ${roleName} NOLOGIN; GRANT ${roleName} TO "${login.name}"; and start again.`,
    { code: 'row_security' },
  );
}

async function loginOf(db: Db): Promise<Login> {
  const { rows } = await sql<Login>`select rolname as name, rolsuper as "isSuper", rolsuper or rolbypassrls as passes,
    rolcreaterole as "makesRoles", current_setting('server_version_num')::int as version
    from pg_roles where rolname = current_user`.execute(db);
  return rows[0]!;
}

/** Is it there, and does row-level security hold it? */
async function isHeld(db: Db): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select not (rolsuper or rolbypassrls) as held from pg_roles
    where rolname = ${roleName}`.execute(db);
  return rows[0]?.held === true;
}

async function makeRole(db: Db, login: Login): Promise<void> {
  const { rows } = await sql`select 1 from pg_roles where rolname = ${roleName}`.execute(db);
  if (rows.length === 0) await beside(() => sql`create role ${sql.id(roleName)} nologin`.execute(db));
  if (!login.isSuper && !(await mayBecome(db))) {
    // Since version 16 whoever makes a role may give it away, but not become it.
    const how = login.version >= 160000 ? sql`with set true` : sql``;
    await beside(() => sql`grant ${sql.id(roleName)} to ${sql.id(login.name)} ${how}`.execute(db));
  }
  await db.transaction().execute(async (tx) => {
    // Whoever starts beside us gives the same.
    await sql`select pg_advisory_xact_lock(7, 23)`.execute(tx);
    const grants = await lacking(tx);
    for (const grant of grants) await sql`grant ${sql.raw(grant)} to ${sql.id(roleName)}`.execute(tx);
  });
}

/** What the role still needs, as the words of a grant. */
async function lacking(db: Db): Promise<string[]> {
  const tables = [...ofInstallations.map(([table]) => table), ...ofNobody];
  const { rows } = await sql<{ words: string }>`
    select format('usage on schema %I', current_schema()) as words
    where not has_schema_privilege(${roleName}, current_schema(), 'usage')
    union all
    select distinct format('select, insert, update, delete on %I', t) from unnest(${tables}::text[]) as t, unnest('{select,insert,update,delete}'::text[]) as p
    where to_regclass(quote_ident(t)) is not null and not has_table_privilege(${roleName}, to_regclass(quote_ident(t)), p)`.execute(
    db,
  );
  return rows.map((row) => row.words);
}

async function mayBecome(db: Db): Promise<boolean> {
  try {
    await db.transaction().execute((tx) => sql`select set_config('role', ${roleName}, true)`.execute(tx));
    return true;
  } catch (error) {
    // Not allowed, or not there.
    if (['42501', '22023', '42704'].includes(codeOf(error))) return false;
    throw error;
  }
}

/** Roles belong to the whole server: an app in another of its databases may be doing the same at this moment. */
async function beside(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (['42710', '23505'].includes(codeOf(error))) return;
      // Two wrote the same row of the catalog.
      if (attempt >= 5 || codeOf(error) !== 'XX000') throw error;
    }
  }
}

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';
