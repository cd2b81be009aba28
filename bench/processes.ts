// What a second process on the same PostgreSQL adds: how fast one, and then two, show the same backlog.
//
// A process waits for Slack most of the time, and it is this waiting that several processes do at once. So the figure is taken with a Slack that takes as
// long to answer as the real one often does. With a stub that answers at once, processes, PostgreSQL and stub are all busy and share out the machine's
// cores: the second row of the table shows that too (not in a short run), with how busy they were, and where all cores are, it tells of the machine alone.

import { cpus } from 'node:os';
import { type Figure, figure, median, number } from './figures.ts';
import type { Memory } from './memory.ts';
import { type Bench, delivered, folded, onMemory, onPostgres, withSeveral } from './runs.ts';
import { channelCount, type Prepared } from './setup.ts';

interface Shown {
  perSecond: number;
  /** Of the whole machine, while it lasted. */
  coresBusy: number;
}

type Pair = { one: Shown; two: Shown };

const slowness = 300;

export async function processes(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const prepared = onPostgres(bench);
  const rounds = bench.quick ? 1 : 3;
  const found: { answersIn: number; pairs: Pair[] }[] = [];
  if (prepared) {
    const memory = await backlog(bench, prepared, channelCount * (bench.quick ? 8 : 25));
    try {
      for (const answersIn of bench.quick ? [slowness] : [slowness, 0]) {
        const pairs: Pair[] = [];
        for (let round = 1; round <= rounds; round += 1) {
          bench.say(`processes: Slack answers in ${answersIn} ms, round ${round}`);
          const one = await show(bench, prepared, memory, { count: 1, answersIn });
          pairs.push({ one, two: await show(bench, prepared, memory, { count: 2, answersIn }) });
        }
        found.push({ answersIn, pairs });
      }
    } finally {
      await memory.remove();
    }
  }
  const ratio = (pairs: Pair[]) => median(pairs.map(({ one, two }) => two.perSecond / one.perSecond));
  const list = (pairs: Pair[], who: keyof Pair, what: keyof Shown, digits: number) =>
    pairs.map((pair) => number(pair[who][what], digits)).join(', ');
  return {
    figures: [
      figure('cards/s from a backlog: two processes × one', 'least', [[ratio(found[0]?.pairs ?? []), 1.5, 1.7]]),
    ],
    rows: found.map(({ answersIn, pairs }) => [
      answersIn === 0 ? 'no time' : `${answersIn} ms`,
      list(pairs, 'one', 'perSecond', 0),
      list(pairs, 'two', 'perSecond', 0),
      number(ratio(pairs), 2),
      `${list(pairs, 'one', 'coresBusy', 1)} / ${list(pairs, 'two', 'coresBusy', 1)} of ${cpus().length}`,
    ]),
  };
}

const far = 4_102_444_800_000;

/** So many cards to show and no process at work: kept and folded while Slack refused, and every channel held back until `release`. */
async function backlog(bench: Bench, prepared: Prepared, cards: number): Promise<Memory> {
  bench.say(`processes: a backlog of ${number(cards)} cards`);
  const memory = await prepared.memory.copy();
  await bench.slack.ask('refuse', true);
  try {
    await onMemory(bench, prepared, memory, async (run) => {
      await run.prepare(cards);
      const { refused } = await bench.load.ask('flood', { warmUp: 1 });
      if (refused > 0) throw new Error(`${refused} webhooks were refused`);
      await folded(memory);
    });
    await memory.sql(`update lane set not_before = ${far} where due_at is not null`);
    return memory;
  } catch (error) {
    await memory.remove();
    throw error;
  } finally {
    await bench.slack.ask('refuse', false);
  }
}

/** From the first card to the last, once all processes stand ready. */
async function show(
  bench: Bench,
  prepared: Prepared,
  from: Memory,
  o: { count: number; answersIn: number },
): Promise<Shown> {
  const { slack } = bench;
  const memory = await from.copy();
  try {
    return await withSeveral(bench, prepared, memory, o.count, async () => {
      const [row] = await memory.sql("select count(*) as n from delivery where state = 'due'");
      const cards = Number(row?.n);
      const before = await slack.ask('posts', null);
      await slack.ask('slow', o.answersIn);
      await slack.ask('listen', null);
      const cpuBefore = cpuTimes();
      await release(memory);
      await delivered(bench, before, cards);
      const cpuAfter = cpuTimes();
      const at = (await slack.ask('heard', null)).map((call) => call.at);
      return {
        perSecond: (cards / (Math.max(...at) - Math.min(...at))) * 1_000,
        coresBusy: ((cpuAfter.busy - cpuBefore.busy) / (cpuAfter.all - cpuBefore.all)) * cpus().length,
      };
    });
  } finally {
    await slack.ask('slow', 0);
    await memory.remove();
  }
}

/** All channels at once, whatever the outage did to them, and every process is told: what is measured is no back-off. */
async function release(memory: Memory): Promise<void> {
  await memory.sql(
    'update lane set not_before = 0, paced_until = 0, due_at = 0 where due_at is not null',
    "select pg_notify('work_is_due', '')",
  );
}

function cpuTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times }) => times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}
