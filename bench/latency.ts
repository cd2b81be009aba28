// How long people and Calendly wait at an everyday pace: for the acknowledgement, for the card in one channel, for the last card in twenty; and the CPU it takes.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, figure, median, number } from './figures.ts';
import type { Latencies } from './load.ts';
import { cpuMs } from './ours.ts';
import { type Bench, type Run, withOurs } from './runs.ts';
import { type Prepared, sharedBy } from './setup.ts';

interface Waits {
  ack: Latencies;
  cpu: number;
  slow: Latencies;
  card: { p50: number; p99: number };
  lastOfTwenty: number;
}

const slackSlowness = 2_000;

export async function latency(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const found: { name: string; waits: Waits }[] = [];
  for (const { name, prepared } of bench.quick ? bench.engines.slice(0, 1) : bench.engines) {
    bench.say(`latency: ${name}`);
    found.push({ name, waits: await withOurs(bench, prepared, (run) => measure(bench, prepared, run)) });
  }
  const { ack, slow, card, lastOfTwenty, cpu } = found[0]!.waits;
  const figures = [
    figure(
      'ack p50 / p99 at 200/s',
      'most',
      [
        [ack.p50, 4, 2.3],
        [ack.p99, 15, 6],
      ],
      'ms',
      1,
    ),
    figure(
      'the same while Slack takes 2 s',
      'most',
      [
        [slow.p50, 4, 2.3],
        [slow.p99, 15, 6],
      ],
      'ms',
      1,
    ),
    figure(
      'webhook to Slack call p50 / p99 at 50/s',
      'most',
      [
        [card.p50, 6, 3],
        [card.p99, 20, 8],
      ],
      'ms',
      1,
    ),
    figure('one booking to 20 channels, last call p50', 'most', [[lastOfTwenty, 15, 9]], 'ms', 1),
    figure('CPU per event at 200/s, delivered', 'most', [[cpu, 2, 1.2]], 'ms', 2),
  ];
  const pair = ({ p50, p99 }: { p50: number; p99: number }) => `${number(p50, 1)} / ${number(p99, 1)}`;
  const rows = found.map(({ name, waits }) => [
    name,
    `${pair(waits.ack)}, max ${number(waits.ack.max, 1)}`,
    `${pair(waits.slow)}, max ${number(waits.slow.max, 1)}`,
    pair(waits.card),
    number(waits.lastOfTwenty, 1),
    number(waits.cpu, 2),
  ]);
  return { figures, rows };
}

async function measure(bench: Bench, prepared: Prepared, run: Run): Promise<Waits> {
  const seconds = bench.quick ? 8 : 20;
  await warm(bench, run);

  const cpuBefore = cpuMs(run.ours.pid);
  const ack = await paced(bench, run, 200, seconds);
  const cpu = (cpuMs(run.ours.pid) - cpuBefore) / (200 * seconds);

  const slow = await whileSlow(bench, () => paced(bench, run, 200, bench.quick ? 5 : 10));
  const card = await toSlack(bench, run, 50, seconds);
  const lastOfTwenty = await toTwenty(bench, prepared, run, bench.quick ? 50 : 100);
  return { ack, cpu, slow, card, lastOfTwenty };
}

/** A process that has just started is slower for its first hundreds of requests; everyday life is what comes after. */
async function warm(bench: Bench, run: Run): Promise<void> {
  const count = 3_000;
  await run.prepare(count);
  const before = await bench.slack.ask('posts', null);
  await bench.load.ask('flood', { warmUp: 1 });
  await run.delivered(before, count);
  await sleep(1_000);
}

async function paced(bench: Bench, run: Run, perSecond: number, seconds: number): Promise<Latencies> {
  const count = perSecond * seconds;
  await run.prepare(count);
  const before = await bench.slack.ask('posts', null);
  const found = await bench.load.ask('pace', { perSecond, warmUp: perSecond });
  if (found.refused > 0) throw new Error(`${found.refused} webhooks were refused`);
  await bench.slack.ask('slow', 0);
  await run.delivered(before, count);
  return found;
}

async function whileSlow<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  await bench.slack.ask('slow', slackSlowness);
  try {
    return await work();
  } finally {
    await bench.slack.ask('slow', 0);
  }
}

/** From the moment a webhook is due to be sent to the moment Slack has the whole call, matched by the number in the invitee's name. */
async function toSlack(
  bench: Bench,
  run: Run,
  perSecond: number,
  seconds: number,
): Promise<{ p50: number; p99: number }> {
  const count = perSecond * seconds;
  const first = await run.prepare(count);
  const before = await bench.slack.ask('posts', null);
  await bench.slack.ask('listen', null);
  const { sentAt } = await bench.load.ask('pace', { perSecond, warmUp: perSecond });
  await run.delivered(before, count);
  const calls = await bench.slack.ask('heard', null);
  const took = calls
    .filter(({ guest }) => guest >= first + perSecond)
    .map(({ guest, at }) => at - sentAt[guest - first]!)
    .sort((a, b) => a - b);
  if (took.length !== count - perSecond)
    throw new Error(`${took.length} cards of ${count - perSecond} were recognized`);
  return { p50: median(took), p99: took[Math.floor(took.length * 0.99)]! };
}

/** One booking after another, each shown in all of its channels before the next is sent. */
async function toTwenty(bench: Bench, prepared: Prepared, run: Run, bookings: number): Promise<number> {
  const first = await run.prepare(bookings, [prepared.shared]);
  await bench.slack.ask('listen', null);
  const sentAt: number[] = [];
  for (let i = 0; i < bookings; i += 1) {
    const before = await bench.slack.ask('posts', null);
    const { at, status } = await bench.load.ask('single', i);
    if (status !== 200) throw new Error(`a webhook was answered ${status}`);
    sentAt.push(at);
    // Long enough for each channel's pace to allow the next at once.
    await sleep(75);
    await run.delivered(before, sharedBy);
  }
  const last = new Map<number, number>();
  for (const { guest, at } of await bench.slack.ask('heard', null)) last.set(guest, Math.max(last.get(guest) ?? 0, at));
  return median(sentAt.map((at, i) => (last.get(first + i) ?? Number.NaN) - at));
}
