// Whether a long life makes it slower: acknowledging with a million rows of history, beside an empty memory, in turns.

import { type Figure, figure, number } from './figures.ts';
import { type Bench, onMemory, type Run, withOurs } from './runs.ts';
import { seed } from './seed.ts';
import { type Flood, floodAndShow, floodOnly } from './throughput.ts';

interface Found {
  name: string;
  rows: number;
  megabytes: number;
  empty: Flood[];
  full: Flood[];
}

export async function history(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const rows = bench.quick ? 100_000 : 1_000_000;
  const found: Found[] = [];
  for (const engine of bench.engines) found.push(await sideBySide(bench, engine, rows));
  const slower = (name: string) => {
    const { empty, full } = found.find((each) => each.name === name) ?? { empty: [], full: [] };
    return perSecond(empty) / perSecond(full);
  };
  return {
    figures: [
      figure(`acks/s with an empty memory: × with ${number(rows)} rows`, 'most', [[slower('SQLite'), 1.5, 1.1]]),
      figure('the same on PostgreSQL', 'most', [[slower('PostgreSQL'), 1.5, 1.1]]),
    ],
    rows: found.map(({ name, rows, megabytes, empty, full }) => [
      name,
      `${number(rows)}, ${number(megabytes)} MB`,
      list(empty, 'acks'),
      list(full, 'acks'),
      `${list(empty, 'shown')} / ${list(full, 'shown')}`,
    ]),
  };
}

/** As if all rounds had been one: their time is added up. */
const perSecond = (floods: Flood[]) => floods.length / floods.reduce((time, { acks }) => time + 1 / acks, 0);

const list = (floods: Flood[], what: keyof Flood) => floods.map((flood) => number(flood[what])).join(', ');

async function sideBySide(bench: Bench, engine: Bench['engines'][number], wanted: number): Promise<Found> {
  const { name, prepared } = engine;
  const { memory, rows } = await seed(bench, engine, wanted);
  try {
    const found: Found = { name, rows, megabytes: (await memory.bytes()) / 1024 / 1024, empty: [], full: [] };
    const turns = {
      empty: () => withOurs(bench, prepared, (run) => flooded(bench, run)),
      // Once it is large, copying it takes longer than measuring; with every card shown, a few thousand more rows are nothing to it.
      full: () =>
        bench.quick
          ? withOurs(bench, { ...prepared, memory }, (run) => flooded(bench, run))
          : onMemory(bench, prepared, memory, (run) => flooded(bench, run)),
    };
    for (let round = 1; round <= (bench.quick ? 2 : 4); round += 1) {
      bench.say(`history: ${name}, round ${round}`);
      // Who comes first changes, so that neither always finds the machine fresh.
      for (const turn of round % 2 === 1 ? (['full', 'empty'] as const) : (['empty', 'full'] as const))
        found[turn].push(await turns[turn]());
    }
    return found;
  } finally {
    await memory.remove();
  }
}

/** A short run does not wait for the cards. */
const flooded = (bench: Bench, run: Run): Promise<Flood> =>
  bench.quick ? floodOnly(bench, run, 6_000) : floodAndShow(bench, run, 8_000);
