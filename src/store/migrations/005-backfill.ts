// Looking for what was missed: since when a connection's changes are ours, the look that is under way, and the last one.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function backfill({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('backfill')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('since', integer, (c) => c.notNull())
        // When there may be something to do; whoever takes it up holds it until `lease_until`, and is known by the fence.
        .addColumn('due_at', integer, (c) => c.notNull())
        .addColumn('lease_until', integer, (c) => c.notNull())
        .addColumn('fence', integer, (c) => c.notNull())
        // JSON without anybody's data: the wish for a look, the look under way with its place in the list, and the last one with what it found.
        .addColumn('wish', 'text')
        .addColumn('run', 'text')
        .addColumn('last', 'text')
        // When the last ones of each kind began.
        .addColumn('poll_at', integer, (c) => c.notNull())
        .addColumn('hourly_at', integer, (c) => c.notNull())
        .addColumn('nightly_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('backfill_pk', ['installation_id', 'connection_id'])
        .addForeignKeyConstraint(
          'backfill_connection',
          ['installation_id', 'connection_id'],
          'connection',
          ['installation_id', 'id'],
          (c) => c.onDelete('cascade'),
        )
        .execute();
      await db.schema.createIndex('backfill_due').on('backfill').column('due_at').execute();
    },
  };
}
