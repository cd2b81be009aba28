// The triggers that count changes and messages by state, in each engine's words; what they count is read by tally.ts.
//
// Triggers, and not our own statements: whatever writes these tables, now or later, cannot forget to count. Each backend of PostgreSQL counts in
// rows of its own (`slot`), so that nobody ever waits for another's count; a count is the sum over the slots.

import type { Engine } from '../engine.ts';

/** What is counted: table, and the state of one of its rows (`row.` stands for the row) in each engine's words. */
const counted = [
  {
    what: 'change',
    table: 'change',
    columns: 'folded_at, verdict',
    state: {
      sqlite:
        "case when row.folded_at is null then 'pending' else substr(row.verdict, 1, instr(row.verdict, ':') - 1) end",
      postgresql: "case when row.folded_at is null then 'pending' else split_part(row.verdict, ':', 1) end",
    },
  },
  {
    what: 'message',
    table: 'delivery',
    columns: 'state',
    state: { sqlite: 'row.state', postgresql: 'row.state' },
  },
] as const;

/** The statements that begin the counting; both tables are empty then. */
export function tallyTriggers(engine: Pick<Engine, 'name'>): string[] {
  return counted.flatMap((each) => (engine.name === 'sqlite' ? forSqlite(each) : forPostgres(each)));
}

type Counted = (typeof counted)[number];

function forSqlite({ what, table, columns, state }: Counted): string[] {
  const of = (row: string) => state.sqlite.replaceAll('row.', `${row}.`);
  const add = (row: string, ...states: [state: string, n: number][]) =>
    `insert into tally (installation_id, what, state, slot, n) values ${states
      .map(([name, n]) => `(${row}.installation_id, '${what}', ${name}, 0, ${n})`)
      .join(', ')} on conflict (installation_id, what, state, slot) do update set n = n + excluded.n;`;
  return [
    `create trigger tally_${table}_in after insert on ${table} begin ${add('new', ["'received'", 1], [of('new'), 1])} end`,
    `create trigger tally_${table}_on after update of ${columns} on ${table} when ${of('old')} is not ${of('new')}
     begin ${add('new', [of('old'), -1], [of('new'), 1])} end`,
    `create trigger tally_${table}_out after delete on ${table} begin ${add('old', ["'received'", -1], [of('old'), -1])} end`,
  ];
}

function forPostgres({ what, table, state }: Counted): string[] {
  const of = (row: string) => state.postgresql.replaceAll('row.', `${row}.`);
  const fresh = `select installation_id, ${of('fresh')} as state, 1 as n from fresh`;
  const gone = `select installation_id, ${of('gone')} as state, -1 as n from gone`;
  const all = (from: 'fresh' | 'gone', n: number) => `select installation_id, 'received', ${n} from ${from}`;
  const rule = (name: string, event: string, tables: string, parts: string[]) => [
    `create function tally_${table}_${name}() returns trigger language plpgsql as $$ begin
       insert into tally (installation_id, what, state, slot, n)
       select installation_id, '${what}', state, pg_backend_pid(), sum(n)
       from (${parts.join(' union all ')}) as counts group by installation_id, state having sum(n) <> 0
       on conflict (installation_id, what, state, slot) do update set n = tally.n + excluded.n;
       return null;
     end $$`,
    `create trigger tally_${table}_${name} after ${event} on ${table} referencing ${tables}
     for each statement execute function tally_${table}_${name}()`,
  ];
  return [
    ...rule('in', 'insert', 'new table as fresh', [fresh, all('fresh', 1)]),
    ...rule('on', 'update', 'old table as gone new table as fresh', [fresh, gone]),
    ...rule('out', 'delete', 'old table as gone', [gone, all('gone', -1)]),
  ];
}
