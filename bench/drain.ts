// After an outage of Slack: how fast what piled up is shown, as a share of what Slack allows, one post a second in a channel after a burst of five.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, figure, number } from './figures.ts';
import { type Bench, folded, onMemory, type Run } from './runs.ts';
import { channelCount, type Prepared } from './setup.ts';
import { sharedClock } from './talk.ts';

interface Found {
  share: number;
  /** Posts a second, all channels together, while all of them had something to show. */
  perSecond: number;
  /** From Slack being back to the first post, and to the last channel's first, milliseconds. */
  firstMs: number;
  lastChannelMs: number;
}

/** SLACK_CHANNEL_RATE as it is when nobody sets it, and what app.ts lets pass at once before that. */
const rate = 1;
const burst = 5;

export async function drain(bench: Bench): Promise<{ figures: Figure[]; rows: string[][] }> {
  const backlog = bench.quick ? 25 : 60;
  const found: { name: string; drained: Found }[] = [];
  for (const { name, prepared } of bench.quick ? bench.engines.slice(0, 1) : bench.engines) {
    bench.say(`drain: ${name}`);
    found.push({ name, drained: await once(bench, prepared, backlog) });
  }
  return {
    figures: [figure('after an outage: shown, × Slack’s limit', 'least', [[found[0]!.drained.share, 0.9, 0.97]])],
    rows: found.map(({ name, drained: { share, perSecond, firstMs, lastChannelMs } }) => [
      name,
      `${channelCount} × ${backlog}`,
      number(firstMs),
      number(lastChannelMs),
      number(perSecond, 1),
      number(share, 3),
    ]),
  };
}

async function once(bench: Bench, prepared: Prepared, backlog: number): Promise<Found> {
  const memory = await prepared.memory.copy();
  const settings = { SLACK_CHANNEL_RATE: String(rate) };
  try {
    return await onMemory(bench, prepared, memory, (run) => outage(bench, run, backlog), settings);
  } finally {
    await memory.remove();
  }
}

async function outage(bench: Bench, run: Run, backlog: number): Promise<Found> {
  const { load, slack } = bench;
  const count = channelCount * backlog;
  await run.prepare(count);
  const before = await slack.ask('posts', null);
  let isRefused = true;
  await slack.ask('refuse', true);
  try {
    const downUntil = Date.now() + (bench.quick ? 5_000 : 30_000);
    const { refused } = await load.ask('flood', { warmUp: 1 });
    if (refused > 0) throw new Error(`${refused} webhooks were refused`);
    // All of it is waiting for Slack before Slack is back: what is measured is not how fast changes become cards.
    await folded(run.memory);
    await sleep(Math.max(0, downUntil - Date.now()));
    await slack.ask('listen', null);
    await slack.ask('refuse', false);
    isRefused = false;
  } finally {
    if (isRefused) await slack.ask('refuse', false);
  }
  const backAt = sharedClock();
  await run.delivered(before, count);
  return judge(await slack.ask('heard', null), { backlog, backAt });
}

/**
 * From the first post on, until the first channel has nothing left: as long as that, every channel could speak all the time. In `t` seconds Slack takes
 * `burst` + `t` × `rate` posts a channel, so that the share cannot be more than one, and the burst does not make up for a late start or a slow pace.
 */
function judge(calls: { guest: number; at: number }[], o: { backlog: number; backAt: number }): Found {
  const byChannel = new Map<number, number[]>();
  for (const { guest, at } of calls) {
    const channel = guest % channelCount;
    const own = byChannel.get(channel);
    if (own) own.push(at);
    else byChannel.set(channel, [at]);
  }
  const channels = [...byChannel.values()];
  if (channels.length !== channelCount || channels.some((own) => own.length !== o.backlog))
    throw new Error(`${calls.length} cards in ${channels.length} channels: not each booking was shown once`);
  const start = Math.min(...channels.map((own) => own[0]!));
  const dry = Math.min(...channels.map((own) => own.at(-1)!));
  const seconds = (dry - start) / 1_000;
  const posts = calls.filter(({ at }) => at <= dry).length;
  return {
    share: posts / (channelCount * (burst + seconds * rate)),
    perSecond: posts / seconds,
    firstMs: start - o.backAt,
    lastChannelMs: Math.max(...channels.map((own) => own[0]!)) - o.backAt,
  };
}
