// How a channel wants its cards, and whose booking it is, so that a card can say "2nd booking".

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function looks({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      await schema.alterTable('subscription').addColumn('options', 'text').execute();
      await schema.alterTable('delivery').addColumn('look', 'text').execute();
      // The address is hashed with its connection: nothing can be read from it, and no client of an agency meets another's.
      await schema.alterTable('booking').addColumn('person_hash', bytes).execute();
      await schema.alterTable('booking').addColumn('booked_at', integer).execute();
      await schema
        .alterTable('booking')
        .addColumn('no_show', integer, (c) => c.notNull().defaultTo(0))
        .execute();
      await sql`create index booking_person on booking (installation_id, person_hash) where person_hash is not null`.execute(
        db,
      );
    },
  };
}
