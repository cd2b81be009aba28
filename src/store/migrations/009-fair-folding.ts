// Changes that wait to be folded are found by account, so that a flood to one does not hold up the others.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export function fairFolding(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create index change_waiting on change (connection_id, id) where folded_at is null`.execute(db);
      await sql`drop index change_unfolded`.execute(db);
    },
  };
}
