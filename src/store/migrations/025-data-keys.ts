// Each installation's own data keys, wrapped: what is personal is sealed with them, and copies of the database leave them out (see data-keys.ts).

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import { secure } from './023-row-security.ts';

export function dataKeys({ name, types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('data_key')
        .ifNotExists()
        .addColumn('installation_id', 'text', (c) => c.notNull().references('installation.id'))
        .addColumn('generation', integer, (c) => c.notNull())
        // As sealed values name it.
        .addColumn('key_id', sql.raw<never>(bytes), (c) => c.notNull())
        // Sealed with ENCRYPTION_KEY.
        .addColumn('wrapped', sql.raw<never>(bytes), (c) => c.notNull())
        // Nobody seals with it before: every process must know it by then.
        .addColumn('usable_at', integer, (c) => c.notNull())
        .addColumn('created_at', integer, (c) => c.notNull())
        // When all that is personal was found to be sealed with it; null: to be looked at.
        .addColumn('settled_at', integer)
        // Since when everything is sealed with keys of the installation's own: older copies hold values that ENCRYPTION_KEY alone opens.
        .addColumn('whole_since', integer)
        .addPrimaryKeyConstraint('data_key_pk', ['installation_id', 'generation'])
        .execute();
      if (name === 'postgresql') await secure(db, 'data_key');
    },
  };
}
