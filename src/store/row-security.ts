// Is row-level security in force on PostgreSQL? Asked of the server itself, of the tables there are.

import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface RowSecurity {
  /** Tables that show their rows to whoever forgets to name an installation. */
  open: string[];
  /** Does whoever works there pass it by? */
  passes: boolean;
}

export async function rowSecurityOf(db: Db): Promise<RowSecurity> {
  const { rows: tables } = await sql<{ name: string }>`select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and (c.relname = 'installation' or exists (
        select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'installation_id' and not a.attisdropped))
      and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))
    order by 1`.execute(db);
  const { rows: roles } = await sql<{ passes: boolean }>`select rolsuper or rolbypassrls as passes from pg_roles
    where rolname = current_user`.execute(db);
  return { open: tables.map(({ name }) => name), passes: roles[0]?.passes !== false };
}
