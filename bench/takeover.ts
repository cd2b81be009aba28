// Two processes on one PostgreSQL, and one is killed in the middle of its calls: how long until the other has shown everything.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, figure, number } from './figures.ts';
import type { Memory } from './memory.ts';
import type { Ours } from './ours.ts';
import { type Bench, eventually, onPostgres, targetOf, withSeveral } from './runs.ts';
import type { Prepared } from './setup.ts';
import { sharedClock } from './talk.ts';

interface Found {
  /** From the kill to the first card in one of the dead process’s channels. */
  firstAfter: number;
  /** And to the last of all cards. */
  seconds: number;
  /** Channels in which nobody spoke until the dead process’s leases ended. */
  held: number;
  /** Messages of which the dead process could not tell any more what became of them. */
  unknown: number;
}

/** Fewer than the app has connections to Slack: each call under way has left the process, and is at Slack, when it is killed. */
const channels = 25;
const each = 10;
/** Long enough for a kill to come in the middle of every call, milliseconds. */
const slowness = 1_000;

export async function takeover(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const prepared = onPostgres(bench);
  const found: Found[] = [];
  for (let round = 1; prepared && round <= (bench.quick ? 1 : 3); round += 1) {
    bench.say(`takeover: round ${round}`);
    found.push(await once(bench, prepared));
  }
  const slowest = found.length > 0 ? Math.max(...found.map(({ seconds }) => seconds)) : Number.NaN;
  return {
    figures: [figure('kill -9 of one of two processes, until all is shown', 'most', [[slowest, 45, 35]], 's', 1)],
    rows: found.map(({ firstAfter, seconds, held, unknown }, i) => [
      number(i + 1),
      `${number(firstAfter, 1)} / ${number(seconds, 1)}`,
      `${held} of ${channels}`,
      number(unknown),
    ]),
  };
}

async function once(bench: Bench, prepared: Prepared): Promise<Found> {
  const memory = await prepared.memory.copy();
  try {
    return await withSeveral(bench, prepared, memory, 2, ([called, busy]) =>
      killed(bench, prepared, memory, { called: called!, busy: busy! }),
    );
  } finally {
    await bench.slack.ask('slow', 0);
    await memory.remove();
  }
}

/** The one that Calendly calls is busy acknowledging, so that the other has most channels: that one is killed. */
async function killed(
  bench: Bench,
  prepared: Prepared,
  memory: Memory,
  { called, busy }: { called: Ours; busy: Ours },
): Promise<Found> {
  const { load, slack } = bench;
  const count = channels * each;
  const first = bench.guests(count);
  const types = prepared.types.slice(0, channels);
  // Cards only: what people are told of messages of unknown outcome is no booking.
  const cards = async () => (await slack.ask('heard', null)).filter(({ guest }) => guest >= first);
  const missing = async () => {
    const shown = new Set((await cards()).map(({ guest }) => guest));
    return Array.from({ length: count }, (_, i) => first + i).filter((guest) => !shown.has(guest));
  };

  await load.ask('prepare', { target: targetOf(prepared, called.port), first, count, types });
  await slack.ask('listen', null);
  await slack.ask('slow', slowness);
  const { refused } = await load.ask('flood', { warmUp: 1 });
  if (refused > 0) throw new Error(`${refused} webhooks were refused`);
  // Two cards in most channels: both processes are at work.
  await eventually('the processes spoke in their channels', async () => (await cards()).length >= channels * 2);
  await busy.kill();
  const killedAt = sharedClock();
  await slack.ask('slow', 0);

  // By then the other has shown what is in its own channels.
  await sleep(5_000);
  const left = new Set(await missing());
  const held = new Set([...left].map((guest) => guest % channels)).size;
  if (held === 0) throw new Error('the killed process held no channel: nothing was taken over');
  await eventually('everything was shown', async () => (await open(memory)) === 0);
  const unknown = await howMany(memory, "select count(*) as n from delivery where state = 'uncertain'");
  const lost = (await missing()).length;
  const found = await cards();
  if (found.length !== count - lost) throw new Error(`${found.length} cards for ${count - lost} bookings`);
  if (lost > unknown) throw new Error(`${lost} bookings were never shown, and only ${unknown} are known to be unsure`);
  const after = (calls: { at: number }[]) => calls.map(({ at }) => (at - killedAt) / 1_000);
  return {
    firstAfter: Math.min(...after(found.filter(({ guest }) => left.has(guest)))),
    seconds: Math.max(...after(found)),
    held,
    unknown,
  };
}

/** What is still to be folded, shown, or heard of. */
const open = (memory: Memory) =>
  howMany(
    memory,
    `select (select count(*) from change where folded_at is null) + (select count(*) from arrivals)
      + (select count(*) from delivery where state in ('due', 'sending')) as n`,
  );

async function howMany(memory: Memory, statement: string): Promise<number> {
  const [row] = await memory.sql(statement);
  return Number(row?.n);
}
