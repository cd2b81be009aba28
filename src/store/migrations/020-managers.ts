// App managers: people whom the admins of a workspace let do what admins do here.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function managers(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('installation').addColumn('managers', 'text').execute();
    },
  };
}
