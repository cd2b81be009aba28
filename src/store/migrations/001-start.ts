// The first tables. Every row belongs to an installation and its key begins with it, so that no query can cross workspaces by accident.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import { tallyTriggers } from './tally-triggers.ts';

export function start(engine: Engine): Migration {
  const bytes = sql.raw<never>(engine.types.bytes);
  const integer = engine.types.integer;
  /** Short rows that live in their key: one page to write instead of two. */
  const clustered = engine.name === 'sqlite' ? sql`without rowid` : sql``;
  return {
    async up(db: Kysely<unknown>) {
      const schema = db.schema;

      // A Slack workspace and its bot token.
      await schema
        .createTable('installation')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('team_id', 'text', (c) => c.notNull().unique())
        .addColumn('bot_user_id', 'text', (c) => c.notNull())
        .addColumn('bot_token', bytes, (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('updated_at', integer, (c) => c.notNull())
        .execute();

      // A Calendly account somebody of that workspace connected.
      await schema
        .createTable('connection')
        .addColumn('installation_id', 'text', (c) => c.notNull().references('installation.id').onDelete('cascade'))
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('user_uri', 'text', (c) => c.notNull())
        .addColumn('user_name', bytes, (c) => c.notNull())
        .addColumn('user_email', bytes)
        .addColumn('organization_uri', 'text', (c) => c.notNull())
        .addColumn('organization_name', 'text')
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('scope', 'text', (c) => c.notNull())
        .addColumn('token', bytes, (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('connected_by', 'text', (c) => c.notNull())
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('checked_at', integer)
        .addColumn('check_result', 'text')
        .addColumn('last_change_at', integer)
        .addPrimaryKeyConstraint('connection_pk', ['installation_id', 'id'])
        .addUniqueConstraint('connection_user', ['installation_id', 'user_uri'])
        .execute();

      // A webhook subscription of ours at Calendly. Found by its secret URL alone; an old and a new one may live side by side.
      await schema
        .createTable('hook')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('family', 'text', (c) => c.notNull())
        .addColumn('url_token', 'text', (c) => c.notNull().unique())
        .addColumn('signing_key', bytes, (c) => c.notNull())
        .addColumn('calendly_uri', 'text')
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('retry_started_at', integer)
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('retired_at', integer)
        .addPrimaryKeyConstraint('hook_pk', ['installation_id', 'id'])
        .addForeignKeyConstraint(
          'hook_connection',
          ['installation_id', 'connection_id'],
          'connection',
          ['installation_id', 'id'],
          (c) => c.onDelete('cascade'),
        )
        .execute();

      // Which channel hears of what. Paused with a reason, never deleted by an error.
      await schema
        .createTable('subscription')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('kinds', 'text', (c) => c.notNull())
        .addColumn('filter', 'text', (c) => c.notNull())
        .addColumn('made_by', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('updated_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('subscription_pk', ['installation_id', 'id'])
        .addForeignKeyConstraint(
          'subscription_connection',
          ['installation_id', 'connection_id'],
          'connection',
          ['installation_id', 'id'],
          (c) => c.onDelete('cascade'),
        )
        .execute();
      await schema
        .createIndex('subscription_channel')
        .on('subscription')
        .columns(['installation_id', 'channel_id'])
        .execute();
      await schema
        .createIndex('subscription_of')
        .on('subscription')
        .columns(['installation_id', 'connection_id'])
        .execute();

      // What came in, append only. The body (sealed) goes with retention, the key stays 13 months so that nothing is shown twice.
      await schema
        .createTable('change')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('key_hash', bytes, (c) => c.notNull())
        .addColumn('event', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('signed_at', integer)
        .addColumn('signature_age', 'text')
        .addColumn('received_at', integer, (c) => c.notNull())
        .addColumn('body', bytes)
        .addColumn('folded_at', integer)
        .addColumn('verdict', 'text')
        .addPrimaryKeyConstraint('change_pk', ['installation_id', 'key_hash'])
        .execute();
      await sql`create index change_unfolded on change (id) where folded_at is null`.execute(db);
      await schema.createIndex('change_received').on('change').columns(['received_at']).execute();

      // The fold of the changes, sealed; rebuilt from them at any time.
      await schema
        .createTable('booking')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('connection_id', 'text', (c) => c.notNull())
        .addColumn('version', integer, (c) => c.notNull())
        .addColumn('state', bytes, (c) => c.notNull())
        .addColumn('ends_at', integer, (c) => c.notNull())
        .addColumn('updated_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('booking_pk', ['installation_id', 'id'])
        .execute();
      await schema.createIndex('booking_ended').on('booking').column('ends_at').execute();
      // The invitee URIs a booking is known by, hashed.
      await schema
        .createTable('booking_uri')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('uri_hash', bytes, (c) => c.notNull())
        .addColumn('booking_id', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('booking_uri_pk', ['installation_id', 'uri_hash'])
        .modifyEnd(clustered)
        .execute();
      await schema.createIndex('booking_uri_of').on('booking_uri').columns(['installation_id', 'booking_id']).execute();

      // One intended message and what became of it: a booking's card in a channel, a line in its thread, or a notice to a person.
      // The id is made from what the message is (see deliveryId), so the same message cannot be intended twice.
      await schema
        .createTable('delivery')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('booking_id', 'text')
        .addColumn('subscription_id', 'text')
        .addColumn('about', 'text')
        .addColumn('body', bytes)
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('op', 'text')
        .addColumn('attempt_id', 'text')
        .addColumn('attempts', integer, (c) => c.notNull())
        .addColumn('tried_at', integer)
        .addColumn('looks', integer, (c) => c.notNull())
        .addColumn('plain', integer, (c) => c.notNull())
        .addColumn('due_at', integer)
        .addColumn('first_due_at', integer, (c) => c.notNull())
        .addColumn('ts', 'text')
        .addColumn('wanted_version', integer, (c) => c.notNull())
        .addColumn('sent_version', integer, (c) => c.notNull())
        .addColumn('sent_hash', 'text')
        .addColumn('reason', 'text')
        .addColumn('told_at', integer)
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('updated_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('delivery_pk', ['installation_id', 'id'])
        .execute();
      await sql`create index delivery_due on delivery (installation_id, channel_id, due_at, created_at, id) where due_at is not null`.execute(
        db,
      );
      await sql`create index delivery_open on delivery (installation_id, state) where state <> 'shown'`.execute(db);
      await sql`create index delivery_sending on delivery (installation_id, channel_id) where state = 'sending'`.execute(
        db,
      );
      await sql`create index delivery_booking on delivery (installation_id, booking_id) where booking_id is not null`.execute(
        db,
      );
      await sql`create index delivery_untold on delivery (updated_at) where state = 'uncertain' and told_at is null and kind <> 'notice'`.execute(
        db,
      );

      // When a person was last told of messages of unknown outcome: at most once a minute.
      await schema
        .createTable('told')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('told_pk', ['installation_id', 'person'])
        .execute();

      // How many changes and messages stand in which state; the triggers count in the commit that writes the row.
      await schema
        .createTable('tally')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('slot', 'integer', (c) => c.notNull())
        .addColumn('n', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('tally_pk', ['installation_id', 'what', 'state', 'slot'])
        .modifyEnd(clustered)
        .execute();
      for (const statement of tallyTriggers(engine)) await sql.raw(statement).execute(db);

      // A channel's turn: who serves it, until when, and not before when it may post again.
      await schema
        .createTable('lane')
        .addColumn('installation_id', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('due_at', integer)
        .addColumn('lease_until', integer, (c) => c.notNull())
        .addColumn('fence', integer, (c) => c.notNull())
        .addColumn('not_before', integer, (c) => c.notNull())
        .addColumn('stumbles', integer, (c) => c.notNull())
        .addColumn('paced_until', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('lane_pk', ['installation_id', 'channel_id'])
        .modifyEnd(clustered)
        .execute();
      await sql`create index lane_due on lane (due_at) where due_at is not null`.execute(db);

      // One row a scheduled run, so that several processes run it once.
      await schema
        .createTable('cron_run')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('period', integer, (c) => c.notNull())
        .addColumn('ran_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('cron_run_pk', ['name', 'period'])
        .execute();
    },
  };
}
