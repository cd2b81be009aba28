// Whom Calendly names as the maker of a webhook: with an OAuth app one key signs for all, and this tells whose messages come to an address.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function hookCreator(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // Null until Calendly has said it: a check asks, and a process of the version before leaves it so.
      await db.schema.alterTable('hook').addColumn('creator', 'text').execute();
    },
  };
}
