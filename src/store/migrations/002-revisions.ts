// Each connection counts the changes to its subscriptions, so that a fold need not read them all again to know that they are the same.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

const bump = (row: 'old' | 'new') =>
  `update connection set revision = revision + 1 where installation_id = ${row}.installation_id and id = ${row}.connection_id;`;

const rules = { insert: [bump('new')], update: [bump('old'), bump('new')], delete: [bump('old')] };

export function revisions(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('connection')
        .addColumn('revision', engine.types.integer, (c) => c.notNull().defaultTo(0))
        .execute();
      for (const [event, statements] of Object.entries(rules)) {
        const name = `subscription_${event}_counts`;
        const body = statements.join(' ');
        if (engine.name === 'sqlite') {
          await sql.raw(`create trigger ${name} after ${event} on subscription begin ${body} end`).execute(db);
          continue;
        }
        await sql
          .raw(`create function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`)
          .execute(db);
        await sql
          .raw(`create trigger ${name} after ${event} on subscription for each row execute function ${name}()`)
          .execute(db);
      }
    },
  };
}
