// PostgreSQL itself shows nobody another installation's rows: each table that holds any is read and written within the scope a transaction has named.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function rowSecurity({ name }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      if (name === 'sqlite') return;
      const { rows } = await sql<{ table: string }>`select table_name as "table" from information_schema.columns
        where table_schema = current_schema() and column_name = 'installation_id' order by 1`.execute(db);
      for (const { table } of rows) await secure(db, table);
      await secure(db, 'installation', 'id');
    },
  };
}

/**
 * Also for each later table that bears an installation's id. The scope is a list of ids, or `*` for statements that rightly look at several (see handle.ts);
 * with none there is no row. Forced: a table's owner is held as well.
 */
export async function secure(db: Kysely<unknown>, table: string, key = 'installation_id'): Promise<void> {
  const name = sql.table(table);
  const scope = sql`current_setting('calendly.scope', true)`;
  await sql`alter table ${name} enable row level security`.execute(db);
  await sql`alter table ${name} force row level security`.execute(db);
  await sql`create policy of_installation on ${name}
    using (${scope} = '*' or ${sql.ref(key)} = any (string_to_array(${scope}, ',')))`.execute(db);
}
