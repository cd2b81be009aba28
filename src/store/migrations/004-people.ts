// Who in Slack has which e-mail address, so that a card can call its host.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function people({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('person')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        // Hashed with its installation: nothing can be read from it, and no workspace's address is known in another.
        .addColumn('address_hash', bytes, (c) => c.notNull())
        // Sealed, and only where an admin set it: the list has to name it.
        .addColumn('address', bytes)
        // Null: nobody.
        .addColumn('user_id', 'text')
        // The admin who set it; null where Slack said so.
        .addColumn('set_by', 'text')
        .addColumn('checked_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('person_pk', ['installation_id', 'address_hash'])
        .execute();
    },
  };
}
