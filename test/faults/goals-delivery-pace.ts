// R20–R22: each booking is posted once, Slack's wish to wait is obeyed to the millisecond, and no channel gets more than its pace.

import { setTimeout as pause } from 'node:timers/promises';
import type { ApiCall } from '../../sandbox/slack/types.ts';
import { check } from './checker.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { byChannel, callsBeforeTold, channelOf, excess, isPost } from './goals-delivery-ledger.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import type { EngineName } from './memory.ts';
import { eventually } from './process.ts';
import { quantile } from './sender.ts';

export const posts = (world: FaultWorld): ApiCall[] =>
  world.slack.ledger.filter((call) => isPost(call) && guestIn(call.args.text) !== null);
export const accepted = (world: FaultWorld): ApiCall[] => posts(world).filter((call) => call.accepted);

async function oncePosted(run: Run, name: string, engine: EngineName): Promise<Row> {
  const world = await startFaultWorld({
    engine,
    srcDir: run.srcDir,
    channels: run.pick({ full: 50, fast: 10, control: 5 }),
  });
  const sender = world.sender();
  const idle: number[] = [];
  for (let n = 0; n < 20; n++) {
    const sentAt = Date.now();
    await sender.deliver([world.mail.booked(n)]);
    const there = () => accepted(world).find((call) => guestIn(call.args.text) === n);
    await eventually(() => there() !== undefined, 10_000);
    idle.push((there()?.at ?? Number.POSITIVE_INFINITY) - sentAt);
  }
  const events = run.pick({ full: 10_000, fast: 600, control: 60 });
  await sender.deliver(Array.from({ length: events }, (_, i) => world.mail.booked(20 + i)));
  const rest = await world.settled(run.pick({ full: 400_000, fast: 300_000, control: 20_000 }));
  await world.stopApps();
  const found = await check(world);
  const p95 = quantile(idle, 0.95);
  await world.close();
  return {
    what: `${name}, ${world.channels.length} channels`,
    trials: events + 20,
    figure: `lost ${found.lost}, duplicates ${found.duplicates}, uncertain ${found.uncertain}, idle receipt → post p95 ${p95} ms`,
    limit: 'lost 0, duplicates 0, uncertain 0, p95 ≤ 2,000 ms',
    ...judged(rest && found.violations.length === 0 && found.uncertain === 0, p95 <= 2_000),
    why: found.violations,
  };
}

const normal: Goal = {
  id: 'R20',
  title: 'Nothing goes wrong',
  run: async (run) => [await oncePosted(run, 'SQLite', 'sqlite'), await oncePosted(run, 'PostgreSQL', 'postgresql')],
};

/** Posts a second in each of these channels, from the first to the last. */
function rates(calls: readonly ApiCall[], channels: ReadonlySet<string>): number {
  const each = [...byChannel(calls.filter((call) => channels.has(channelOf(call)))).values()].map((own) => {
    const span = (own.at(-1)!.at - own[0]!.at) / 1_000;
    return (own.length - 1) / span;
  });
  return each.reduce((sum, rate) => sum + rate, 0) / each.length;
}

const told: Goal = {
  id: 'R21',
  title: 'Slack asks to wait',
  alone: true,
  async run(run) {
    const world = await startFaultWorld({
      engine: 'sqlite',
      srcDir: run.srcDir,
      channels: 10,
      env: { SLACK_CHANNEL_RATE: '10' },
    });
    const { slack } = world;
    const sick = new Set(world.channels.slice(0, 5));
    const well = new Set(world.channels.slice(5));
    const sender = world.sender();
    const longest = run.pick({ full: 30, fast: 3, control: 3 });
    const each = run.pick({ full: 100, fast: 40, control: 25 });
    const batch = (from: number, count: number, among: (channel: string) => boolean) =>
      Array.from({ length: count * 10 }, (_, i) => world.mail.booked(from + i)).filter(({ n }) =>
        among(world.channels[n % 10]!),
      );
    await sender.deliver(batch(0, each, (channel) => well.has(channel)));
    await world.settled(60_000);
    const base = rates(accepted(world), well);
    // The second half begins as the first did: with the whole burst to spend.
    await pause(1_000);

    const before = slack.ledger.length;
    const waits = new Map<ApiCall, number>();
    slack.faults.take = (method, channel) => {
      // The ledger's last entry is the call that is being answered.
      const call = slack.ledger.at(-1);
      if (!call || method !== 'chat.postMessage' || !sick.has(String(channel)) || Math.random() > 0.3) return undefined;
      const retryAfter = 1 + Math.floor(Math.random() * longest);
      waits.set(call, retryAfter);
      return { method, kind: 'ratelimited', retryAfter };
    };
    const sickEach = run.pick({ full: 60, fast: 10, control: 8 });
    await sender.deliver([
      ...batch(10_000, sickEach, (channel) => sick.has(channel)),
      ...batch(20_000, each, (channel) => well.has(channel)),
    ]);
    const rest = await world.settled(run.pick({ full: 1_200_000, fast: 300_000, control: 60_000 }));
    await world.stopApps();
    const calls = slack.ledger.slice(before).filter((call) => isPost(call));
    const early = callsBeforeTold(calls, waits);
    const ratio =
      rates(
        calls.filter((call) => call.accepted),
        well,
      ) / base;
    const found = await check(world);
    await world.close();
    return [
      {
        what: '30 % of the calls to 5 of 10 channels',
        trials: calls.filter((call) => sick.has(channelOf(call))).length,
        figure: `${waits.size} × 429, ${early} calls before the wait was over, others at ${Math.round(ratio * 100)} % of their rate, lost ${found.lost}, duplicates ${found.duplicates}`,
        limit: '0 early, others ≥ 95 %, lost 0, duplicates 0',
        ...judged(rest && early === 0 && waits.size > 0 && found.violations.length === 0, ratio >= 0.95),
        why: found.violations,
      },
    ];
  },
};

const paced: Goal = {
  id: 'R22',
  title: 'A flood to one channel',
  waits: 20,
  async run(run) {
    const perSecond = run.pick({ full: 1, fast: 4, control: 8 });
    const events = run.pick({ full: 500, fast: 60, control: 60 });
    const world = await startFaultWorld({
      engine: 'sqlite',
      srcDir: run.srcDir,
      env: { SLACK_CHANNEL_RATE: String(perSecond) },
    });
    if (perSecond === 1) world.slack.limits = { onePerSecondPerChannel: true, burst: 5 };
    // Setting the world up has posted here too.
    await pause(5_000 / perSecond + 500);
    await world.sender().deliver(Array.from({ length: events }, (_, i) => world.mail.booked(i)));
    const rest = await world.settled((events / perSecond) * 1_500 + 120_000);
    await world.stopApps();
    const calls = posts(world);
    const beyond = excess(
      calls.map((call) => call.at),
      5,
      perSecond,
    );
    const limited = calls.filter((call) => call.status === 429).length;
    const span = ((calls.at(-1)?.at ?? Number.NaN) - (calls[0]?.at ?? 0)) / 1_000;
    const used = (events - 5) / perSecond / span;
    const found = await check(world);
    await world.close();
    return [
      {
        what: `${perSecond} a second, burst 5`,
        trials: events,
        figure: `at worst ${beyond.toFixed(2)} posts beyond 5 + ${perSecond} · t, ${limited} × 429, ${Math.round(used * 100)} % of the allowance used`,
        // A call can be late by the network's and the machine's moods and the next one not: that much, and no whole post more.
        limit: '≤ 1 beyond, 429 ≤ 1 %, ≥ 90 % used',
        ...judged(rest && beyond <= 1 && limited <= events / 100 && found.violations.length === 0, used >= 0.9),
        why: found.violations,
      },
    ];
  },
};

export const paceGoals: readonly Goal[] = [normal, told, paced];
