// R23 and R24: Slack has the message and we do not know it. Looked up where the channel may be read, left to its owner where not, sent again only where a setting says so.

import { check } from './checker.ts';
import type { Goal, Row, Run } from './goal.ts';
import { isPost, postsByGuest } from './goals-delivery-ledger.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import { eventually } from './process.ts';
import { type Mode, type TcpProxy, tcpProxy } from './proxy.ts';

type Way = 'look up' | 'ask' | 'resend';
const ways: readonly Way[] = ['look up', 'ask', 'resend'];
const history = ['channels:history', 'groups:history'];

async function worldFor(run: Run, way: Way, channels: number): Promise<{ world: FaultWorld; proxy: TcpProxy }> {
  let proxy: TcpProxy | null = null;
  const world = await startFaultWorld({
    engine: 'sqlite',
    srcDir: run.srcDir,
    channels,
    scopes: way === 'look up' ? history : [],
    env: way === 'resend' ? { UNCERTAIN_POSTS: 'resend' } : {},
    slackVia: async (apiUrl) => {
      proxy = await tcpProxy(apiUrl);
      return proxy.via(apiUrl);
    },
  });
  return { world, proxy: proxy! };
}

type Trick = (slack: FaultWorld['slack'], channel: string) => Mode;
const once = (slack: FaultWorld['slack'], channel: string, kind: 'accept-then-500' | 'html200'): Mode => {
  slack.faults.add({ method: 'chat.postMessage', channel, kind, times: 1 });
  return { kind: 'pass' };
};
/** Slack takes these messages … */
const taken: Trick[] = [
  () => ({ kind: 'eatResponse', how: 'reset' }),
  (slack, channel) => once(slack, channel, 'accept-then-500'),
  () => ({ kind: 'eatResponse', how: 'hang' }),
];
/** … and never sees these, which nobody can tell apart from the others. */
const neverSeen: Trick[] = [
  () => ({ kind: 'cut', after: 300 }),
  (slack, channel) => once(slack, channel, 'html200'),
  () => ({ kind: 'blackhole' }),
];

/** How often the app heard nothing clear of a post, as `/metrics` counts it. */
async function unclear(world: FaultWorld): Promise<number> {
  const text = await (await fetch(`${world.urls[0]}/metrics`)).text();
  const found = /^slack_writes_total\{op="post",outcome="ambiguous"\} (\d+)$/m.exec(text);
  return Number(found?.[1] ?? 0);
}

async function answersLost(run: Run, way: Way): Promise<Row> {
  const channels = run.pick({ full: 50, fast: 12, control: 6 });
  const each = run.pick({ full: 40, fast: 8, control: 4 });
  const { world, proxy } = await worldFor(run, way, channels);
  const { slack } = world;
  const tries = new Map<string, number>();
  const tricks = [...taken, ...neverSeen];
  proxy.choose(({ head }) => {
    const channel = /"channel":"(\w+)"/.exec(head)?.[1];
    const index = world.channels.indexOf(channel ?? '');
    if (!head.startsWith('POST /api/chat.postMessage ') || !channel || index < 0) return { kind: 'pass' };
    const count = (tries.get(channel) ?? 0) + 1;
    tries.set(channel, count);
    // Every other post of a channel; each channel begins with another trick.
    if (count % 2 === 0 || count > each) return { kind: 'pass' };
    const trick = tricks[(index + (count - 1) / 2) % tricks.length]!;
    return trick(slack, channel);
  });
  await world.sender().deliver(Array.from({ length: channels * each }, (_, n) => world.mail.booked(n)));
  const rest = await world.settled(run.pick({ full: 900_000, fast: 300_000, control: 60_000 }));
  const counted = await unclear(world);
  const shown = await (await fetch(`${world.urls[0]}/metrics`)).text();
  const said = Number(/^deliveries\{state="uncertain"\} (\d+)$/m.exec(shown)?.[1] ?? 0);
  await world.stopApps();
  const found = await check(world, { allowDuplicates: way === 'resend' ? counted : 0 });
  const seen = postsByGuest(slack.ledger);
  const silent = channels * each - seen.size - found.uncertain;
  await world.close();
  await proxy.stop();
  const good = {
    'look up': found.uncertain === 0 && seen.size === channels * each,
    ask: found.uncertain === counted && said === counted && found.lost === 0,
    resend: found.uncertain === 0 && seen.size === channels * each,
  };
  const limit = {
    'look up': 'missing 0, duplicates 0, uncertain 0',
    ask: 'silently missing 0, duplicates 0, every one of them uncertain and counted',
    resend: 'missing 0, at most one duplicate for each, all counted',
  };
  return {
    what: `answer lost, ${way}`,
    trials: counted,
    figure:
      way === 'ask'
        ? `silently missing ${Math.max(0, silent)}, duplicates ${found.duplicates}, uncertain ${found.uncertain}, said in /metrics ${said}`
        : `missing ${channels * each - seen.size}, duplicates ${found.duplicates}, uncertain ${found.uncertain}`,
    limit: limit[way],
    ok: rest && counted > 0 && silent <= 0 && good[way] && found.violations.length === 0,
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

const lostAnswers: Goal = {
  id: 'R23',
  title: 'Slack’s answer is lost',
  waits: 55,
  run: async (run) => Promise.all(ways.map((way) => answersLost(run, way))),
};

async function killedAfterAccept(run: Run, way: Way): Promise<Row> {
  const kills = run.pick({ full: 70, fast: 5, control: 3 });
  const { world, proxy } = await worldFor(run, way, 1);
  const { slack } = world;
  const sender = world.sender();
  for (let n = 0; n < kills; n++) {
    let killed: Promise<void> | null = null;
    slack.faults.onAccepted = async (call) => {
      if (!isPost(call) || guestIn(call.args.text) !== n || killed) return;
      killed = world.apps[0]!.kill9();
      await killed;
    };
    void sender.deliver([world.mail.booked(n)]);
    const dead = await eventually(() => killed !== null, 60_000);
    if (!dead) throw new Error(`booking ${n} was not posted in a minute`);
    await killed;
    slack.faults.onAccepted = undefined;
    await world.start(0);
  }
  const rest = await world.settled(300_000);
  await world.stopApps();
  const found = await check(world, { allowDuplicates: way === 'resend' ? kills : 0 });
  const seen = postsByGuest(slack.ledger);
  await world.close();
  await proxy.stop();
  const uncertain = way === 'ask' ? kills : 0;
  return {
    what: `killed between Slack's accept and our commit, ${way}`,
    trials: kills,
    figure: `missing ${kills - seen.size}, duplicates ${found.duplicates}, uncertain ${found.uncertain}`,
    limit: `missing 0, duplicates ${way === 'resend' ? `≤ ${kills}` : '0'}, uncertain ${uncertain}`,
    ok: rest && seen.size === kills && found.uncertain === uncertain && found.violations.length === 0,
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

const killedInBetween: Goal = {
  id: 'R24',
  title: 'Killed between Slack’s accept and our commit',
  waits: 45,
  run: async (run) => Promise.all(ways.map((way) => killedAfterAccept(run, way))),
};

export const unknownGoals: readonly Goal[] = [lostAnswers, killedInBetween];
