// An account that tells of one group's meetings: which group that is, and whether somebody chose what it tells of.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function groups({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const add = (name: string, type: 'text' | typeof integer) =>
        db.schema.alterTable('connection').addColumn(name, type);
      await add('group_uri', 'text').execute();
      await add('group_name', 'text').execute();
      // A version that knows nothing of it goes on adding rows.
      await db.schema
        .alterTable('connection')
        .addColumn('chosen', integer, (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}
