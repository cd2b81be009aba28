// What came in a flood: many changes in one row, as they came, until each gets a row of its own.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import { secure } from './023-row-security.ts';

export function arrivals({ name, types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('arrivals')
        .ifNotExists()
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('changes', integer, (c) => c.notNull())
        // 1: it does not open, and is passed over until the app starts again, with the key it was sealed with.
        .addColumn('unread', integer, (c) => c.notNull())
        .addColumn('received_at', integer, (c) => c.notNull())
        // Sealed. Last, so that whoever counts does not read it.
        .addColumn('body', sql.raw<never>(bytes), (c) => c.notNull())
        .addPrimaryKeyConstraint('arrivals_pk', ['installation_id', 'id'])
        .addForeignKeyConstraint(
          'arrivals_connection',
          ['installation_id', 'connection_id'],
          'connection',
          ['installation_id', 'id'],
          (c) => c.onDelete('cascade'),
        )
        .execute();
      // One account after the other, each in the order it came.
      await db.schema
        .createIndex('arrivals_turn')
        .ifNotExists()
        .on('arrivals')
        .columns(['connection_id', 'id'])
        .execute();
      if (name === 'postgresql') await secure(db, 'arrivals');
    },
  };
}
