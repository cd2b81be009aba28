// How many webhooks a second are acknowledged, side by side: bare server, tutorial app, ours while it delivers, ours while Slack is down; with memory and disk.

import { setTimeout as sleep } from 'node:timers/promises';
import type { BareActs } from './bare.ts';
import { type Figure, figure, median, number } from './figures.ts';
import { residentMb } from './ours.ts';
import { type Bench, type Run, targetOf, withOurs } from './runs.ts';
import type { Prepared } from './setup.ts';
import { type Helper, sharedClock, startHelper } from './talk.ts';
import type { TutorialActs } from './tutorial.ts';

export interface Flood {
  acks: number;
  /** Shown a second, from the first webhook to the last card; NaN where nothing is shown. */
  shown: number;
}

interface Weight {
  idle: number;
  after: number;
  later: number;
  diskKb: number;
}

/** The others of the comparison. They begin anew each round, as ours does: a process that has served for longer is quicker. */
interface Others {
  bare: { helper: Helper<BareActs>; port: number };
  tutorial: { helper: Helper<TutorialActs>; port: number };
}

/** So many bookings, then as many again, as the memory figures ask for. */
const manyEvents = 20_000;
const warmUp = 2_000;
/** Webhooks of a flood that is only acknowledged. */
const unseen = 12_000;

export async function throughput(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const { engines, quick } = bench;
  const prepared = engines[0]!.prepared;
  const found = new Map<string, Flood[]>();
  const keep = (name: string, flood: Flood) => found.set(name, [...(found.get(name) ?? []), flood]);
  const weights = new Map<string, Weight>();
  const many = quick ? 4_000 : manyEvents;
  for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
    bench.say(`acks: round ${round}`);
    const others = await startOthers(bench, prepared);
    try {
      keep('bare', await floodOther(bench, prepared, others.bare.port, unseen, warmUp));
      keep('tutorial', await floodOther(bench, prepared, others.tutorial.port, 4_000, 1_000));
    } finally {
      others.bare.helper.stop();
      others.tutorial.helper.stop();
    }
    for (const { name, prepared } of engines) {
      keep(`${name} Slack down`, await slackDown(bench, prepared, unseen));
      // A short run asks PostgreSQL only for what has a floor of its own.
      if (quick && name === 'PostgreSQL') continue;
      if (round === 1) {
        bench.say(`acks, memory, disk: ${name}`);
        const { flood, weight } = await delivering(bench, prepared, name === 'SQLite' ? many : many / 4);
        keep(`${name} delivering`, flood);
        weights.set(name, weight);
      } else {
        keep(`${name} delivering`, await withOurs(bench, prepared, (run) => floodAndShow(bench, run, 8_000)));
      }
    }
  }

  const acks = (name: string) => (found.get(name) ?? []).map((flood) => flood.acks);
  /** Round by round, since the machine may be slower in one than in another. */
  const ratio = (name: string, to: string) => median(acks(name).map((rate, i) => rate / (acks(to)[i] ?? Number.NaN)));
  const { idle, after, later, diskKb } = weights.get('SQLite')!;
  const figures = [
    figure('acks/s while delivering: × bare', 'least', [[ratio('SQLite delivering', 'bare'), 0.15, 0.23]]),
    figure('acks/s while delivering: × tutorial', 'least', [[ratio('SQLite delivering', 'tutorial'), 1.5, 3]]),
    figure('acks/s while Slack is down: × bare', 'least', [[ratio('SQLite Slack down', 'bare'), 0.35, 0.6]]),
    figure('the same on PostgreSQL: × bare', 'least', [[ratio('PostgreSQL Slack down', 'bare'), 0.15, 0.25]]),
    figure(
      `memory idle / after ${number(many)} events`,
      'most',
      [
        [idle, 110, 80],
        [after, 180, 130],
      ],
      'MB',
      0,
    ),
    figure(`the next ${number(many)} add`, 'most', [[(later / after - 1) * 100, 5, 5]], '%', 1),
    figure('disk per event', 'most', [[diskKb, 8, 6]], 'KB', 1),
  ];
  const rows = [...found].map(([name, floods]) => {
    const weight = weights.get(name.replace(' delivering', ''));
    const isWeighed = weight && name.endsWith('delivering');
    return [
      name,
      floods.map((flood) => number(flood.acks)).join(', '),
      floods.map((flood) => number(flood.shown)).join(', '),
      isWeighed ? [weight.idle, weight.after, weight.later].map((mb) => number(mb)).join(' / ') : '',
      isWeighed ? number(weight.diskKb, 1) : '',
    ];
  });
  return { figures, rows };
}

async function startOthers(bench: Bench, prepared: Prepared): Promise<Others> {
  const bare = startHelper<BareActs>('bare.ts');
  const tutorial = startHelper<TutorialActs>('tutorial.ts');
  const { signingKey } = prepared.hook;
  const botToken = prepared.env.SLACK_BOT_TOKEN ?? '';
  const channels = prepared.types.map(({ uri }, i) => ({ type: uri, channel: prepared.channels[i]! }));
  return {
    bare: { helper: bare, port: await bare.ask('start', { signingKey }) },
    tutorial: {
      helper: tutorial,
      port: await tutorial.ask('start', { slackUrl: bench.slackUrl, botToken, signingKey, channels }),
    },
  };
}

async function floodOther(bench: Bench, prepared: Prepared, port: number, count: number, warm: number): Promise<Flood> {
  const target = { ...targetOf(prepared, port), path: '/calendly' };
  await bench.load.ask('prepare', { target, first: bench.guests(count), count, types: prepared.types });
  const { perSecond, refused } = await bench.load.ask('flood', { warmUp: warm });
  if (refused > 0) throw new Error(`${refused} webhooks were refused`);
  return { acks: perSecond, shown: Number.NaN };
}

/** A flood of bookings, each of them shown in the end. */
export async function floodAndShow(bench: Bench, run: Run, count: number): Promise<Flood> {
  await run.prepare(count);
  const before = await bench.slack.ask('posts', null);
  const startedAt = sharedClock();
  const { perSecond, refused } = await bench.load.ask('flood', { warmUp });
  if (refused > 0) throw new Error(`${refused} webhooks were refused`);
  await run.delivered(before, count);
  return { acks: perSecond, shown: (count / (sharedClock() - startedAt)) * 1_000 };
}

/** A flood that nobody watches to its end. */
export async function floodOnly(bench: Bench, run: Run, count: number): Promise<Flood> {
  await run.prepare(count);
  const { perSecond, refused } = await bench.load.ask('flood', { warmUp });
  if (refused > 0) throw new Error(`${refused} webhooks were refused`);
  return { acks: perSecond, shown: Number.NaN };
}

async function delivering(bench: Bench, prepared: Prepared, count: number): Promise<{ flood: Flood; weight: Weight }> {
  const settle = () => sleep(3_000);
  const emptyBytes = await prepared.memory.bytes();
  let diskKb = 0;
  return withOurs(
    bench,
    prepared,
    async (run) => {
      const weigh = () => settle().then(() => residentMb(run.ours.pid));
      const idle = await weigh();
      const flood = await floodAndShow(bench, run, count);
      const after = await weigh();
      await floodAndShow(bench, run, count);
      const later = await weigh();
      return { flood, weight: { idle, after, later, diskKb: 0 } };
    },
    async (memory) => {
      diskKb = ((await memory.bytes()) - emptyBytes) / (2 * count) / 1_024;
    },
  ).then(({ flood, weight }) => ({ flood, weight: { ...weight, diskKb } }));
}

async function slackDown(bench: Bench, prepared: Prepared, count: number): Promise<Flood> {
  await bench.slack.ask('refuse', true);
  try {
    return await withOurs(bench, prepared, (run) => floodOnly(bench, run, count));
  } finally {
    await bench.slack.ask('refuse', false);
  }
}
