// R30 and R31: Slack is away for long. Nothing is lost or doubled, nobody storms it, and what is new is there moments after it is back.

import { setTimeout as pause } from 'node:timers/promises';
import type { ApiCall } from '../../sandbox/slack/types.ts';
import { check } from './checker.ts';
import { type Goal, judged } from './goal.ts';
import { byChannel, fullestSecond, isPost } from './goals-delivery-ledger.ts';
import { accepted, posts } from './goals-delivery-pace.ts';
import { startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import { eventually } from './process.ts';

const long: Goal = {
  id: 'R30',
  title: 'Slack is away for long',
  waits: 45,
  async run(run) {
    const seconds = run.pick({ full: 900, fast: 36, control: 36 });
    const events = run.pick({ full: 5_000, fast: 120, control: 60 });
    // As in life: what piled up takes minutes, and whoever books then must not wait for it.
    const perSecond = 1;
    const world = await startFaultWorld({
      engine: 'sqlite',
      srcDir: run.srcDir,
      channels: run.pick({ full: 20, fast: 8, control: 4 }),
      env: { SLACK_CHANNEL_RATE: String(perSecond) },
    });
    const { slack } = world;
    const sender = world.sender();
    slack.faults.down();
    const half = Array.from({ length: events / 2 }, (_, n) => world.mail.booked(n));
    await sender.deliver(half, { perSecond: events / seconds });
    // The second half of the time nobody even listens.
    await slack.faults.refuse();
    const rest = Array.from({ length: events / 2 }, (_, i) => world.mail.booked(events / 2 + i));
    await sender.deliver(rest, { perSecond: events / seconds });
    const tries = posts(world);
    await slack.faults.up();
    const backAt = Date.now();
    await sender.deliver(world.channels.map((_, i) => world.mail.booked(100_000 + i)));
    const isFresh = (call: ApiCall) => (guestIn(call.args.text) ?? 0) >= 100_000;
    const fresh = () => accepted(world).filter(isFresh);
    await eventually(() => fresh().length === world.channels.length, 90_000);
    const slowest =
      Math.max(
        ...fresh().map((call) => call.at),
        fresh().length === world.channels.length ? 0 : Number.POSITIVE_INFINITY,
      ) - backAt;
    const drained = await world.settled(600_000);
    await world.stopApps();
    const found = await check(world);
    await world.close();
    const byEach = [...byChannel(accepted(world)).values()];
    const behind = Math.min(...byEach.map((own) => own.length - 1 - own.findIndex(isFresh)));
    // From its first post on each channel has something to say, until all is said; a short trial is too short to tell.
    const used = Math.min(
      ...byEach.map((own) => (own.length - 5) / perSecond / ((own.at(-1)!.at - own[0]!.at) / 1_000)),
    );
    // The longer it lasts, the fewer: the last third (of what was heard: the first half) tells of a whole day.
    const heardUntil = backAt - (seconds / 2) * 1_000;
    const late = tries.filter((call) => call.at > heardUntil - (seconds / 6) * 1_000 && call.at <= heardUntil);
    const aDay = (late.length / (seconds / 6)) * 86_400;
    return [
      {
        what: `${seconds} s, half of it 503, half of it refused; ${perSecond} a second in a channel`,
        trials: events,
        figure: `lost ${found.lost}, duplicates ${found.duplicates}, uncertain ${found.uncertain}, dead ${found.states.dead ?? 0}, shown ${found.states.shown ?? 0}, fresh ones after ${(slowest / 1_000).toFixed(1)} s with ${behind} old ones behind each${run.scale === 'full' ? `, then ${Math.round(used * 100)} % of the pace, ${(aDay / events).toFixed(1)} tries each if it lasted a day` : ''}`,
        limit: `0, 0, 0, 0, shown ${events + world.channels.length}, fresh ≤ 5 s, > 0 behind${run.scale === 'full' ? ', ≥ 90 %, ≤ 40 tries each' : ''}`,
        ...judged(
          drained && found.violations.length === 0 && found.states.shown === events + world.channels.length,
          slowest <= 5_000 && behind > 0 && (run.scale !== 'full' || (used >= 0.9 && aDay / events <= 40)),
        ),
        why: [...(drained ? [] : ['it did not come to rest']), ...found.violations],
      },
    ];
  },
};

const herd: Goal = {
  id: 'R31',
  title: 'Many channels wait for Slack to come back',
  fullOnly: true,
  async run(run) {
    const channels = run.pick({ full: 100, fast: 30, control: 30 });
    const each = 12;
    const perSecond = 2;
    const world = await startFaultWorld({
      engine: 'sqlite',
      srcDir: run.srcDir,
      channels,
      env: { SLACK_CHANNEL_RATE: String(perSecond) },
    });
    const { slack } = world;
    // Setting the world up has used a part of each channel's burst.
    await pause(3_000);
    slack.faults.down();
    const downAt = Date.now();
    await world.sender().deliver(Array.from({ length: channels * each }, (_, n) => world.mail.booked(n)));
    const calm = 6_000;
    await pause(Math.max(0, downAt + run.pick({ full: 120_000, fast: 20_000, control: 20_000 }) - Date.now()));
    await slack.faults.up();
    const backAt = Date.now();
    const rest = await world.settled(300_000);
    await world.stopApps();
    const calls = slack.ledger.filter(isPost);
    const during = calls.filter((call) => call.at < backAt);
    const after = calls.filter((call) => call.at >= backAt);
    const storm = fullestSecond(during, downAt + calm);
    const first = fullestSecond(
      after.filter((call) => call.at < backAt + 1_000),
      backAt,
    );
    const later = fullestSecond(after, Math.min(...byFirst(after)) + 1_000 + (5 / perSecond) * 1_000);
    const found = await check(world);
    await world.close();
    const cap = channels * perSecond;
    const burst = channels * (5 + perSecond);
    return [
      {
        what: `${channels} channels fail in the same second`,
        trials: calls.length,
        figure: `in one second at most ${storm} tries during the outage, ${first} calls in the first after it, ${later} later, lost ${found.lost}, duplicates ${found.duplicates}`,
        limit: `≤ ${channels / 2} (half of the channels), ≤ ${burst * 1.2} (1.2 × burst), ≤ ${cap * 1.2} (1.2 × rate), 0, 0`,
        ...judged(
          rest && found.violations.length === 0,
          storm <= channels / 2 && first <= burst * 1.2 && later <= cap * 1.2,
        ),
        why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
      },
    ];
  },
};

/** When each channel's first call came. */
const byFirst = (calls: Parameters<typeof byChannel>[0]) => [...byChannel(calls).values()].map((own) => own[0]!.at);

export const outageGoals: readonly Goal[] = [long, herd];
