// R25, R26 and R48: two processes on one PostgreSQL; one is frozen past its lease, killed, or no longer hears the other.

import { setTimeout as pause } from 'node:timers/promises';
import { check } from './checker.ts';
import type { Goal, Row, Run } from './goal.ts';
import { byChannel, postsByGuest } from './goals-delivery-ledger.ts';
import { accepted } from './goals-delivery-pace.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import { eventually } from './process.ts';
import { type TcpProxy, tcpProxy } from './proxy.ts';

/** More than the app has connections to Slack (32): the rest of its calls wait inside the process. */
const manyChannels = 40;

/** Process 0 claims every channel and is frozen in the middle of its calls; process 1 must wait for the leases, and take over. */
async function frozenPastItsLease(run: Run, policy: 'look up' | 'ask'): Promise<Row> {
  const world = await startFaultWorld({
    engine: 'postgresql',
    srcDir: run.srcDir,
    processes: 2,
    channels: manyChannels,
    scopes: policy === 'look up' ? ['channels:history', 'groups:history'] : [],
  });
  const [zombie, heir] = world.apps as [(typeof world.apps)[0], (typeof world.apps)[0]];
  const { slack } = world;
  const sender = world.sender({ urls: () => [world.urls[0]!] });
  heir.freeze();
  // Slack is slow, so that calls are under way and others wait for a connection when the process freezes.
  slack.latencyMs = 9_000;
  await sender.deliver(Array.from({ length: manyChannels }, (_, n) => world.mail.booked(n)));
  const underWay = async () => {
    const [row] = await world.memory.rows<{ n: number }>("select count(*) as n from delivery where state = 'sending'");
    return row?.n === manyChannels;
  };
  if (!(await eventually(underWay, 8_000))) throw new Error('not every channel was claimed before Slack answered');
  zombie.freeze();
  heir.thaw();
  await pause(9_500);
  slack.latencyMs = 0;
  // The leases end after 30 s; what is not found is searched for twice.
  const rest = await world.settled(300_000);
  const before = postsByGuest(slack.ledger);
  zombie.thaw();
  await pause(6_000);
  await world.stopApps();
  const refused = [...world.logs()].some((log) => log.includes('results came after the lane was taken over'));
  const found = await check(world);
  const seen = postsByGuest(slack.ledger);
  await world.close();
  const late =
    [...seen.values()].reduce((sum, count) => sum + count, 0) -
    [...before.values()].reduce((sum, count) => sum + count, 0);
  return {
    what: `frozen in ${manyChannels} channels past its lease, ${policy}`,
    trials: manyChannels,
    figure: `posts by the zombie ${late}, its commit ${refused ? 'refused' : 'NOT refused'}, duplicates ${found.duplicates}, lost ${found.lost}, missing ${manyChannels - seen.size - found.uncertain}`,
    limit: 'posts by the zombie 0, commit refused, duplicates 0, lost 0, missing 0',
    ok:
      rest &&
      refused &&
      late === 0 &&
      found.violations.length === 0 &&
      (policy === 'look up' ? seen.size === manyChannels && found.uncertain === 0 : true),
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

const frozen: Goal = {
  id: 'R25',
  title: 'A frozen worker wakes up after its lease',
  waits: 70,
  run: async (run) => [
    await frozenPastItsLease(run, 'look up'),
    ...(run.scale === 'full' ? [await frozenPastItsLease(run, 'ask')] : []),
  ],
};

/** Kills process 0 while it serves every channel; how long until process 1 has served the last of them, milliseconds. */
async function killHolder(world: FaultWorld, from: number): Promise<number> {
  const { slack } = world;
  const channels = world.channels.length;
  const [holder, heir] = world.apps as [(typeof world.apps)[0], (typeof world.apps)[0]];
  const sender = world.sender({ urls: () => [world.urls[0]!] });
  heir.freeze();
  slack.latencyMs = 2_000;
  await sender.deliver(Array.from({ length: channels * 4 }, (_, i) => world.mail.booked(from + i)));
  const mine = () => accepted(world).filter((call) => (guestIn(call.args.text) ?? 0) >= from);
  await eventually(() => byChannel(mine()).size === channels, 20_000);
  await holder.kill9();
  slack.latencyMs = 0;
  const killedAt = Date.now();
  heir.thaw();
  await eventually(
    () => [...byChannel(mine()).values()].every((own) => own.some((call) => call.at > killedAt + 200)),
    90_000,
  );
  const first = [...byChannel(mine().filter((call) => call.at > killedAt + 200)).values()].map((own) => own[0]!.at);
  return first.length < channels ? Number.POSITIVE_INFINITY : Math.max(...first) - killedAt;
}

const dead: Goal = {
  id: 'R26',
  title: 'A worker dies',
  waits: 40,
  async run(run) {
    const channels = run.pick({ full: 25, fast: 15, control: 3 });
    const trials = run.pick({ full: 2, fast: 1, control: 1 });
    const world = await startFaultWorld({ engine: 'postgresql', srcDir: run.srcDir, processes: 2, channels });
    const times: number[] = [];
    let rest = true;
    for (let trial = 0; trial < trials && rest; trial++) {
      times.push(await killHolder(world, trial * 10_000));
      rest = await world.settled(300_000);
      await world.start(0, { until: 'ready' });
    }
    await world.stopApps();
    const found = await check(world);
    await world.close();
    const slowest = Math.max(...times);
    // Each lane may have had one call on its way.
    const most = channels * trials;
    return [
      {
        what: 'kill -9 of one of two processes that holds all lanes',
        trials: most,
        figure: `last lane taken over after ${(slowest / 1_000).toFixed(1)} s, lost ${found.lost}, duplicates ${found.duplicates}, uncertain ${found.uncertain}`,
        limit: `≤ 45 s, lost 0, duplicates 0, uncertain ≤ ${most}`,
        ok: rest && slowest <= 45_000 && found.violations.length === 0 && found.uncertain <= most,
        why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
      },
    ];
  },
};

/** What another process writes when a card is to be brought up to date, its notice included. */
async function asAnotherProcess(world: FaultWorld): Promise<void> {
  const now = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
  await world.memory.rows(
    `with card as (update delivery set state = 'due', due_at = ${now}, wanted_version = wanted_version + 1, sent_hash = null
       where kind = 'card' and state = 'shown' returning installation_id, channel_id),
     due as (update lane set due_at = ${now} from card
       where lane.installation_id = card.installation_id and lane.channel_id = card.channel_id returning 1)
     select pg_notify('work_is_due', '') from due`,
  );
}

const deaf: Goal = {
  id: 'R48',
  title: 'The connection for notices is half open',
  async run(run) {
    let proxy: TcpProxy | null = null;
    const world = await startFaultWorld({
      engine: 'postgresql',
      srcDir: run.srcDir,
      databaseVia: async (url) => {
        proxy = await tcpProxy(url);
        return proxy.via(url);
      },
    });
    const line = proxy! as TcpProxy;
    await world.sender().deliver([world.mail.booked(0)]);
    await world.settled(10_000);
    const edits = () => world.slack.ledger.filter((call) => call.method === 'chat.update').length;
    const pickedUp = async () => {
      const before = edits();
      const from = performance.now();
      await asAnotherProcess(world);
      await eventually(() => edits() > before, 35_000);
      return performance.now() - from;
    };
    const heard = await pickedUp();
    const listening = line.connections().filter((each) => /listen work_is_due/i.test(each.said()));
    if (listening.length === 0) throw new Error('nobody listens for notices');
    for (const each of listening) each.set({ kind: 'blackhole' });
    const trials = run.pick({ full: 20, fast: 3, control: 1 });
    const times: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      await world.settled(10_000);
      times.push(await pickedUp());
    }
    const rest = await world.settled(300_000);
    await world.stopApps();
    const found = await check(world);
    await world.close();
    await line.stop();
    const slowest = Math.max(...times);
    return [
      {
        what: `black hole on the LISTEN connection (without: ${Math.round(heard)} ms)`,
        trials,
        figure: `picked up after ${(slowest / 1_000).toFixed(1)} s at most, lost ${found.lost}, duplicates ${found.duplicates}`,
        limit: '≤ 30 s, lost 0, duplicates 0',
        ok: rest && slowest <= 30_000 && found.violations.length === 0,
        why: found.violations,
      },
    ];
  },
};

export const takeoverGoals: readonly Goal[] = [frozen, dead, deaf];
