// A history of a million rows, written straight into the tables by the database itself: changes folded long ago, bookings, cards shown.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { FaultWorld } from './harness.ts';
import type { EngineName } from './memory.ts';

export interface History {
  /** Changes, and as many cards; half as many bookings with a name each. */
  rows: number;
  /** Of the changes, those kept longer than any key is; and half as many bookings beyond the retention time. All of them are to be dropped. */
  old: number;
  /** Channels that are no longer spoken in, each with a lane; half of the cards are theirs, the others lie in the world's channels. */
  idle: number;
}

const day = 86_400_000;

/** What differs between the engines: a number for each row, bytes and texts without any order, as hashes are. */
const words: Record<EngineName, { series: (n: number) => string; hash: string; text: string; bytes: string }> = {
  sqlite: {
    series: (n) =>
      `with recursive series (i) as (select 0 union all select i + 1 from series where i < ${n - 1}) select * from series`,
    hash: 'randomblob(16)',
    text: 'lower(hex(randomblob(16)))',
    bytes: 'randomblob(64)',
  },
  postgresql: {
    series: (n) => `select i::bigint from generate_series(0, ${n - 1}) as series (i)`,
    hash: 'uuid_send(gen_random_uuid())',
    text: "replace(gen_random_uuid()::text, '-', '')",
    bytes: 'sha512(i::text::bytea)',
  },
};

/** The statements, in order; the triggers count as they always do. */
function statements(world: FaultWorld, place: { installation: string; connection: string }, history: History) {
  const { series, hash, text, bytes } = words[world.engine];
  const { rows, old, idle } = history;
  const now = Date.now();
  const of = `'${place.installation}'`;
  const channel = (i: string) =>
    `case ${world.channels.map((id, n) => `when ${i} % ${world.channels.length * 2} = ${n} then '${id}'`).join(' ')} else 'CIDLE' || (${i} % ${idle}) end`;
  // From 80 days ago until an hour ago, as they came. Bodies are dropped after a week, each day those of one day: so many are due, and what is older has none.
  const at = (i: string, n: number) => `${now - 80 * day} + (${i} * ${Math.floor((80 * day - 3_600_000) / n)})`;
  const bookings = rows / 2;
  const id = (kind: string, i: string) =>
    world.engine === 'sqlite' ? `printf('${kind}%031x', ${i})` : `'${kind}' || lpad(to_hex(${i}), 31, '0')`;
  return [
    `insert into change (installation_id, id, connection_id, key_hash, event, source, signed_at, signature_age, received_at, body, folded_at, verdict)
     select ${of}, ${id('0', 'i')}, '${place.connection}', ${hash}, 'invitee.created', 'webhook', ${now}, 'fresh',
       case when i < ${old} then ${now - 400 * day} else ${at('i', rows)} end, case when i < ${Math.floor(rows * 0.9)} then null else ${bytes} end, ${now - 3_600_000}, 'shown: history'
     from (${series(rows)}) as numbers`,
    `insert into booking (installation_id, id, connection_id, version, state, ends_at, updated_at)
     select ${of}, ${id('b', 'i')}, '${place.connection}', 1, ${bytes},
       case when i < ${old / 2} then ${now - 100 * day} else ${at('i', bookings)} end, case when i < ${old / 2} then ${now - 100 * day} else ${at('i', bookings)} end
     from (${series(bookings)}) as numbers`,
    `insert into booking_uri (installation_id, uri_hash, booking_id) select ${of}, ${hash}, ${id('b', 'i')} from (${series(bookings)}) as numbers`,
    `insert into delivery (installation_id, id, channel_id, kind, booking_id, state, attempts, looks, plain, first_due_at, ts, wanted_version, sent_version, sent_hash, created_at, updated_at)
     select ${of}, ${text}, ${channel('i')}, 'card', ${id('b', `i % ${bookings}`)}, 'shown', 1, 0, 0, ${at('i', rows)}, '1.' || i, 1, 1, 'history', ${at('i', rows)}, ${at('i', rows)}
     from (${series(rows)}) as numbers`,
    `insert into lane (installation_id, channel_id, due_at, lease_until, fence, not_before, stumbles, paced_until)
     select ${of}, 'CIDLE' || i, null, 0, 1, 0, 0, 0 from (${series(idle)}) as numbers`,
  ];
}

/** The app must be stopped: it gets up with a past. */
export async function seedHistory(world: FaultWorld, history: History): Promise<void> {
  const [place] = await world.memory.rows<{ installation: string; connection: string }>(
    'select installation_id as installation, id as connection from connection',
  );
  if (!place) throw new Error('nobody has connected');
  const all = statements(world, place, history);
  if (!world.memory.url) {
    const file = new DatabaseSync(join(world.memory.folder, 'app.db'));
    try {
      file.exec('pragma synchronous = off; pragma cache_size = -400000; pragma foreign_keys = off');
      for (const statement of all) file.exec(statement);
      file.exec('pragma wal_checkpoint(truncate)');
    } finally {
      file.close();
    }
    return;
  }
  const client = new pg.Client({ connectionString: world.memory.url });
  await client.connect();
  try {
    for (const statement of all) await client.query(statement);
    // As the server's own housekeeping does after so many rows.
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
