// Agendas that a channel is told by itself, each day or each week.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function digests({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('digest')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('every', 'text', (c) => c.notNull())
        .addColumn('weekday', integer)
        .addColumn('minute', integer, (c) => c.notNull())
        .addColumn('zone', 'text', (c) => c.notNull())
        .addColumn('empty', 'text', (c) => c.notNull())
        .addColumn('made_by', 'text', (c) => c.notNull())
        // What it was posted for last: each day or week has a name, so that none comes twice.
        .addColumn('last_period', 'text')
        .addColumn('created_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('digest_pk', ['installation_id', 'channel_id', 'every'])
        .execute();
    },
  };
}
