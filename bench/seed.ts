// A year of history in a memory, in the proportions that retention leaves behind: every key and every card, but only the last quarter of the bookings.

import { number } from './figures.ts';
import type { Memory } from './memory.ts';
import { type Bench, onMemory } from './runs.ts';
import type { Prepared } from './setup.ts';

/** Where the engines have words of their own. */
interface Words {
  /** A number as so many hexadecimal digits. */
  hex(expression: string, digits: number): string;
  /** So many of them by chance. */
  random(digits: number): string;
  bytes(hex: string): string;
  /** Said last, so that nothing of the filling is left to be done while something is measured. */
  settle: string[];
  /** Only a superuser may say this; for others the server writes its pages when it likes, perhaps while something is measured. */
  asSuperuser?: string;
}

const words: Record<Bench['engines'][number]['name'], Words> = {
  SQLite: {
    hex: (expression, digits) => `printf('%0${digits}x', ${expression})`,
    random: (digits) => `lower(hex(randomblob(${digits / 2})))`,
    bytes: (hex) => `unhex(${hex})`,
    settle: ['pragma wal_checkpoint(truncate)'],
  },
  PostgreSQL: {
    hex: (expression, digits) => `lpad(to_hex((${expression})::bigint), ${digits}, '0')`,
    random: (digits) => `substr(md5(random()::text), 1, ${digits})`,
    bytes: (hex) => `decode(${hex}, 'hex')`,
    settle: ['vacuum analyze'],
    asSuperuser: 'checkpoint',
  },
};

const day = 24 * 3_600_000;
/** As long as keys are kept, and how much of it RETENTION_DAYS is: a little less of both, so that a night’s forgetting finds nothing. */
const span = 352 * day;
const kept = 1 / 4;
const batch = 10_000;

/** A memory like the prepared one with about `rows` more rows; answers how many there are. */
export async function seed(
  bench: Bench,
  { name, prepared }: Bench['engines'][number],
  rows: number,
): Promise<{ memory: Memory; rows: number }> {
  const own = words[name];
  const memory = await prepared.memory.copy();
  try {
    await makePattern(bench, prepared, memory);
    // A change and a card each, and a booking and its name for every fourth.
    const meetings = Math.round(rows / (2 + 2 * kept));
    bench.say(`filling ${name} with ${number(rows)} rows of history`);
    await memory.sql(...(await statements(memory, own, meetings, prepared.channels)), ...own.settle);
    if (own.asSuperuser) await memory.sql(own.asSuperuser).catch(() => []);
    return { memory, rows: await counted(memory) };
  } catch (error) {
    await memory.remove();
    throw error;
  }
}

/** One booking that the app itself has kept and shown: every row of the history looks like its rows. */
async function makePattern(bench: Bench, prepared: Prepared, memory: Memory): Promise<void> {
  await onMemory(bench, prepared, memory, async (run) => {
    await run.prepare(1);
    const before = await bench.slack.ask('posts', null);
    await bench.load.ask('single', 0);
    await run.delivered(before, 1);
  });
}

async function statements(memory: Memory, own: Words, meetings: number, channels: string[]): Promise<string[]> {
  const now = Date.now();
  const at = `(${now - span} + cast(i * ${span / meetings} as bigint))`;
  const firstKept = Math.floor(meetings * (1 - kept));
  // As the app names them: ids and keys grow with time, names of bookings and messages have no order.
  const id = (kind: string) =>
    `substr(${own.hex(at, 12)}, 1, 8) || '-' || substr(${own.hex(at, 12)}, 9, 4) || '-7${kind}-8000-' || ${own.hex('i', 12)}`;
  const tables: [table: string, from: number, columns: Record<string, string>][] = [
    [
      'change',
      0,
      {
        id: id('001'),
        key_hash: own.bytes(`${own.hex(`${at} / 1000`, 10)} || ${own.random(22)}`),
        received_at: at,
        folded_at: `${at} + 5`,
        body: `case when i >= ${firstKept} then body end`,
      },
    ],
    // Each by somebody else: a person with a hundred thousand bookings is nobody's, and a server's figures would then be about that one.
    [
      'booking',
      firstKept,
      { id: id('002'), ends_at: `${at} + ${7 * day}`, updated_at: at, person_hash: own.bytes(own.random(32)) },
    ],
    ['booking_uri', firstKept, { uri_hash: own.bytes(own.random(32)), booking_id: id('002') }],
    [
      'delivery',
      0,
      {
        id: own.random(32),
        booking_id: `case when i >= ${firstKept} then ${id('002')} end`,
        channel_id: `case i % ${channels.length} ${channels.map((each, i) => `when ${i} then '${each}'`).join(' ')} end`,
        first_due_at: at,
        tried_at: at,
        created_at: at,
        updated_at: `${at} + 20`,
      },
    ],
  ];
  const found: string[] = [];
  for (const [table, from, columns] of tables) {
    const isCard = table === 'delivery' ? "where kind = 'card'" : '';
    const [pattern] = await memory.sql(
      `create table like_${table} as select * from ${table} ${isCard} limit 1`,
      `select * from like_${table}`,
    );
    if (!pattern) throw new Error(`the booking that was shown left no row in ${table}`);
    const names = Object.keys(pattern);
    for (let start = from; start < meetings; start += batch) {
      const end = Math.min(start + batch, meetings);
      found.push(`insert into ${table} (${names.join(', ')})
        with recursive n (i) as (select cast(${start} as bigint) union all select i + 1 from n where i + 1 < ${end})
        select ${names.map((column) => columns[column] ?? `pattern.${column}`).join(', ')}
        from n, like_${table} as pattern`);
    }
    found.push(`drop table like_${table}`);
  }
  return found;
}

/** The triggers have counted every row that was written here: their tally must be that of the tables. */
async function counted(memory: Memory): Promise<number> {
  const tally = (what: string, state: string) =>
    `(select sum(n) from tally where what = '${what}' and state = '${state}')`;
  const [found] = await memory.sql(`select
    (select count(*) from change) as changes, ${tally('change', 'received')} as received, ${tally('change', 'shown')} as told,
    (select count(*) from delivery) as cards, ${tally('message', 'shown')} as shown,
    (select count(*) from booking) as bookings, (select count(*) from booking_uri) as names`);
  const of = (column: string) => Number(found?.[column]);
  if (of('changes') !== of('received') || of('changes') !== of('told') || of('cards') < of('shown'))
    throw new Error(`the tally is not that of the tables: ${JSON.stringify(found)}`);
  return of('changes') + of('cards') + of('bookings') + of('names');
}
