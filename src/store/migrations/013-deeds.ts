// A subscription that is quiet for a while, and who did what to which subscription, account or message: to look it up, and to undo it.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function deeds({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      await schema.alterTable('subscription').addColumn('muted_until', integer).execute();
      await sql`create index subscription_muted on subscription (muted_until) where muted_until is not null`.execute(
        db,
      );
      // One row for each thing a deed was done to; appended, and dropped by age, never changed. `was` and `became` are sealed: a filter may name a person.
      await schema
        .createTable('audit')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('deed', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('at', integer, (c) => c.notNull())
        .addColumn('who', 'text')
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text')
        .addColumn('was', bytes)
        .addColumn('became', bytes)
        .addColumn('result', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('audit_pk', ['installation_id', 'deed', 'subject'])
        .execute();
      await schema.createIndex('audit_last').on('audit').columns(['installation_id', 'at']).execute();
      await schema.createIndex('audit_age').on('audit').column('at').execute();
      // When a subscription last showed something.
      await sql`create index delivery_of_subscription on delivery (installation_id, subscription_id, tried_at) where kind = 'card' and ts is not null`.execute(
        db,
      );
    },
  };
}
