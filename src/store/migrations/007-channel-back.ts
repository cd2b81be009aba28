// When a channel was last given back to the app, so that what Slack said before that counts no more.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function channelBack({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('lane')
        .addColumn('back_at', integer, (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}
