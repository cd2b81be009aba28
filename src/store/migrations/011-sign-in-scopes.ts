// A link to sign in remembers whether routing forms were asked for: only then is their permission asked of Calendly.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function signInScopes({ types: { integer } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('sign_in')
        .addColumn('forms', integer, (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}
