// Several accounts in a workspace: what people call each, who stands in for whom, since when one is in trouble, where admins hear of it, and what is said to one person.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function standby({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const connection = () => db.schema.alterTable('connection');
      await connection().addColumn('label', 'text').execute();
      // Another connection of the same organization, whose token and owner count in place of its own.
      await connection().addColumn('stand_in', 'text').execute();
      await connection().addColumn('stand_in_at', integer).execute();
      // Since when the check has found what only a person can mend; the last reminder of that, in days.
      await connection().addColumn('trouble_since', integer).execute();
      await connection()
        .addColumn('reminded', integer, (c) => c.notNull().defaultTo(0))
        .execute();
      // Where a person’s direct messages stand: Slack takes posts by the person’s id, and edits by the conversation’s alone.
      await db.schema.alterTable('lane').addColumn('direct', 'text').execute();
      await db.schema.alterTable('installation').addColumn('admin_channel', 'text').execute();
    },
  };
}
