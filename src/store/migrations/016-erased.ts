// Who asked to be forgotten, and a secret of each installation's own that makes what is kept of it worth nothing to others.

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function erased({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      // Sealed; it keys hashes, so that an address cannot be found by trying all there are.
      await schema
        .createTable('installation_key')
        .addColumn('installation_id', 'text', (c) => c.primaryKey())
        .addColumn('secret', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('created_at', integer, (c) => c.notNull())
        .execute();
      // Whose data came before `until` must not come back, by whichever way. Kept as a hash, or it could not be known.
      await schema
        .createTable('erased')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('address_hash', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('until', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('erased_pk', ['installation_id', 'address_hash'])
        .execute();
      // Messages that name several people at once: whom, as a hash, so that they can be found.
      await schema
        .createTable('named')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('address_hash', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('delivery_id', 'text', (c) => c.notNull())
        .addColumn('at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('named_pk', ['installation_id', 'address_hash', 'delivery_id'])
        .execute();
      await schema.createIndex('named_age').on('named').column('at').execute();
    },
  };
}
