// The record of who did what becomes a chain that is appended to and never changed: each entry is bound to the one before it.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

/** Entries are dropped by age (see retention.ts), and with their whole installation; a little less than 13 months. Milliseconds. */
const keptMs = 395 * 24 * 3_600_000;

export function auditChain({ name, types: { integer, bytes } }: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      // Null in entries from before there was a chain. `details` stands for what is sealed, which may be erased, or sealed with another key.
      await schema.alterTable('audit').addColumn('seq', integer).execute();
      await schema.alterTable('audit').addColumn('details', sql.raw<never>(bytes)).execute();
      await schema.alterTable('audit').addColumn('link', sql.raw<never>(bytes)).execute();
      await schema.createIndex('audit_seq').unique().on('audit').columns(['installation_id', 'seq']).execute();
      // Both ends of each chain, so that nothing can be cut off: the last entry, and the last one that was dropped by age.
      await schema
        .createTable('audit_head')
        .addColumn('installation_id', 'text', (c) => c.primaryKey())
        .addColumn('seq', integer, (c) => c.notNull())
        .addColumn('link', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('dropped_seq', integer, (c) => c.notNull())
        .addColumn('dropped_link', sql.raw<never>(bytes), (c) => c.notNull())
        .addColumn('began_at', integer, (c) => c.notNull())
        .execute();
      for (const statement of name === 'sqlite' ? sqliteTriggers : postgresTriggers)
        await sql.raw(statement).execute(db);
    },
  };
}

const unchanging = 'installation_id, deed, subject, at, who, what, channel_id, result, seq, details, link';
const isKept = (now: string) =>
  `old.at > ${now} - ${keptMs} and exists (select 1 from installation i where i.id = old.installation_id and i.state in ('active', 'broken'))`;
const changed = 'who did what is never changed';
const dropped = 'who did what is kept for 13 months';

const sqliteTriggers = [
  `create trigger audit_unchanged before update of ${unchanging} on audit begin select raise(abort, '${changed}'); end`,
  `create trigger audit_kept before delete on audit when ${isKept("cast(unixepoch('subsec') * 1000 as integer)")} begin select raise(abort, '${dropped}'); end`,
];

const postgresTriggers = [
  `create function audit_refuses() returns trigger language plpgsql as $$ begin raise exception '%', tg_argv[0]; end $$`,
  `create trigger audit_unchanged before update of ${unchanging} on audit for each row execute function audit_refuses('${changed}')`,
  `create function audit_keeps() returns trigger language plpgsql as $$ begin
     if ${isKept('(extract(epoch from clock_timestamp()) * 1000)::bigint')} then raise exception '%', tg_argv[0]; end if;
     return old; end $$`,
  `create trigger audit_kept before delete on audit for each row execute function audit_keeps('${dropped}')`,
];
