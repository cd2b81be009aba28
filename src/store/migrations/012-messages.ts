// Which delivery a message in a channel is: people ask by its link.

import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export function messages(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create index delivery_message on delivery (installation_id, channel_id, ts) where ts is not null`.execute(
        db,
      );
    },
  };
}
