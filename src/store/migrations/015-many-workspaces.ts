// Installing in many workspaces: tokens that end, organizations, workspaces that removed the app, and the states of installations under way.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export function manyWorkspaces({ types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      const add = (name: string, type: 'text' | typeof integer | typeof bytes) =>
        schema.alterTable('installation').addColumn(name, sql.raw<never>(type)).execute();

      // The organization the app was installed in as a whole: the token of this workspace is that one's, and its own is empty.
      await add('organization', 'text');
      // What Slack granted, separated by commas; null until it has said so.
      await add('scopes', 'text');
      await add('installed_by', 'text');
      // News of a removal before this moment are about an earlier installation.
      await schema
        .alterTable('installation')
        .addColumn('installed_at', integer, (c) => c.notNull().defaultTo(0))
        .execute();
      await sql`update installation set installed_at = created_at`.execute(db);
      // Since when the app is removed; what is kept goes some time after.
      await add('gone_at', integer);

      // A token that ends: what renews it (sealed), until when it works, and who renews it just now.
      await add('refresh_token', bytes);
      await add('token_ends_at', integer);
      await add('token_life_ms', integer);
      await schema
        .alterTable('installation')
        .addColumn('token_generation', integer, (c) => c.notNull().defaultTo(0))
        .execute();
      await add('renewal', 'text');
      await add('renewal_at', integer);
      await schema.createIndex('installation_changed').on('installation').column('updated_at').execute();

      // An installation under way. Whoever reads the table cannot use it: both are hashes.
      await schema
        .createTable('install_state')
        .addColumn('state_hash', sql.raw<never>(bytes), (c) => c.primaryKey())
        .addColumn('browser_hash', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('expires_at', integer, (c) => c.notNull())
        .addColumn('used_at', integer)
        .execute();
      await schema.createIndex('install_state_expired').on('install_state').column('expires_at').execute();
    },
  };
}
