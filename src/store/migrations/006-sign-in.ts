// Signing in with Calendly: the links people get, and the pairs of tokens that come of them.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function signIn({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;

      // A link to sign in, made for one person. Whoever reads the table cannot use it: the link, the state and the browser's cookie are hashes.
      await schema
        .createTable('sign_in')
        .addColumn('link_hash', bytes, (c) => c.primaryKey())
        .addColumn('installation_id', 'text', (c) => c.notNull().references('installation.id').onDelete('cascade'))
        .addColumn('slack_user', 'text', (c) => c.notNull())
        // Set when the person goes on to Calendly, and by that browser alone.
        .addColumn('browser_hash', bytes)
        .addColumn('state_hash', bytes, (c) => c.unique())
        .addColumn('verifier', bytes)
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('expires_at', integer, (c) => c.notNull())
        // Set when the person comes back, once.
        .addColumn('used_at', integer)
        .addColumn('done_at', integer)
        .execute();
      await schema.createIndex('sign_in_expired').on('sign_in').column('expires_at').execute();

      // The tokens of a sign-in, sealed. A new pair takes the place of the old one in one statement.
      await schema
        .createTable('token_pair')
        .addColumn('installation_id', 'text', (c) => c.notNull().references('installation.id').onDelete('cascade'))
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('access', bytes, (c) => c.notNull())
        .addColumn('refresh', bytes, (c) => c.notNull())
        .addColumn('owner_hash', bytes)
        .addColumn('generation', integer, (c) => c.notNull())
        .addColumn('expires_at', integer, (c) => c.notNull())
        .addColumn('life_ms', integer, (c) => c.notNull())
        // Who renews it, and since when; kept before Calendly is asked, so that a crash in between is seen.
        .addColumn('attempt', 'text')
        .addColumn('attempt_at', integer)
        // An answer of Calendly's was not seen: the refresh token may be spent.
        .addColumn('unsure', integer, (c) => c.notNull().defaultTo(0))
        .addColumn('not_before', integer, (c) => c.notNull().defaultTo(0))
        .addColumn('dead', 'text')
        .addColumn('created_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('token_pair_pk', ['installation_id', 'id'])
        .execute();
      await sql`create index token_pair_due on token_pair (expires_at) where dead is null`.execute(db);

      // Where set, the connection's own `token` is empty.
      await schema.alterTable('connection').addColumn('pair_id', 'text').execute();
    },
  };
}
