// R47: the wall clock of a process jumps hours ahead and days back while it runs; nothing runs twice, speaks too early, or loses its lease for it.

import { setTimeout as pause } from 'node:timers/promises';
import type { ApiCall } from '../../sandbox/slack/types.ts';
import { check } from './checker.ts';
import { fakeClock, libfaketime } from './clock.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { callsBeforeTold } from './goals-delivery-ledger.ts';
import { accepted } from './goals-delivery-pace.ts';
import { startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import type { EngineName } from './memory.ts';
import { eventually } from './process.ts';

const hour = 3_600_000;
/** Seconds after the start, and how far the clock is off from then on. */
type Jumps = readonly [seconds: number, offsetMs: number][];
const jumps: Jumps = [
  [4, 2 * hour],
  [9, -72 * hour],
  [14, 0],
];
const lasts = 18;
/** The scheduled check's period, seconds. */
const period = 2;

/**
 * On PostgreSQL a second process, whose clock is right, stands ready to take over what it believes to be free. With SQLite the process' clock is the database's,
 * by which it measures its waits.
 */
async function jumping(run: Run, name: string, engine: EngineName): Promise<Row> {
  const rounds = run.pick({ full: 4, fast: 1, control: 1 });
  const processes = engine === 'postgresql' ? 2 : 1;
  const world = await startFaultWorld({
    engine,
    srcDir: run.srcDir,
    processes,
    channels: 4,
    env: { VERIFY_SCHEDULE: `*/${period} * * * * *` },
  });
  const { slack, calendly } = world;
  const clock = fakeClock();
  // Only the process whose clock jumps runs the schedule: how two clocks that differ agree on a period is another matter.
  for (const i of world.apps.keys()) {
    await world.apps[i]!.stop();
    await world.start(i, { env: i === 0 ? clock.env : { VERIFY_SCHEDULE: '0 0 1 1 *' }, until: 'ready' });
  }
  const told = new Map<ApiCall, number>();
  let early = 0;
  let runs = 0;
  let most = 0;
  let slowest = 0;
  let n = 0;
  const sender = world.sender({ urls: () => [world.urls[0]!] });
  for (let round = 0; round < rounds; round++) {
    const from = slack.ledger.length;
    const checksBefore = checksOf(calendly);
    const startedAt = performance.now();
    const sickUntil = startedAt + 16_000;
    // Calls are under way whenever the clock jumps.
    slack.faults.onAccepted = () => pause(300);
    // The first channel is told to wait, over all the jumps; each later try of it is told so again.
    slack.faults.take = (method, channel) => {
      if (method !== 'chat.postMessage' || channel !== world.channels[0] || performance.now() > sickUntil)
        return undefined;
      const seconds = Math.ceil((sickUntil - performance.now()) / 1_000);
      told.set(slack.ledger.at(-1)!, seconds);
      return { method, kind: 'ratelimited', retryAfter: seconds };
    };
    const flow = sender.flow(() => world.mail.booked(n++), { perSecond: 8 });
    for (const [seconds, offset] of jumps) {
      await pause(Math.max(0, startedAt + seconds * 1_000 - performance.now()));
      clock.jump(offset);
      slowest = Math.max(slowest, await freshOne(world, sender, 1_000_000 + n));
    }
    await pause(Math.max(0, startedAt + lasts * 1_000 - performance.now()));
    await flow.stop();
    early += callsBeforeTold(slack.ledger.slice(from), told);
    runs += checksOf(calendly) - checksBefore;
    // One for each period, and one that may fall on the edge.
    most += Math.floor((performance.now() - startedAt) / 1_000 / period) + 1;
  }
  const rest = await world.settled(300_000);
  await world.stopApps();
  const lostLanes = [...world.logs()].some((log) => log.includes('results came after the lane was taken over'));
  const found = await check(world);
  await world.close();
  clock.remove();
  return {
    what: name,
    trials: rounds * jumps.length,
    figure: `scheduled runs ${runs}, calls before the wait was over ${early}, leases lost ${lostLanes ? 'some' : 'none'}, fresh ones after ${(slowest / 1_000).toFixed(1)} s, lost ${found.lost}, duplicates ${found.duplicates}, uncertain ${found.uncertain}`,
    limit: `≤ ${most}, 0, none, ≤ 5 s, 0, 0, 0`,
    ...judged(
      rest && runs <= most && early === 0 && !lostLanes && found.violations.length === 0 && found.uncertain === 0,
      slowest <= 5_000,
    ),
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

type World = Awaited<ReturnType<typeof startFaultWorld>>;

/** How long a booking in a healthy channel takes to be posted, milliseconds. */
async function freshOne(world: World, sender: ReturnType<World['sender']>, near: number): Promise<number> {
  const number = near - (near % 4) + 1;
  const from = performance.now();
  await sender.deliver([world.mail.booked(number)]);
  const there = await eventually(() => accepted(world).some((call) => guestIn(call.args.text) === number), 10_000);
  return there ? performance.now() - from : Number.POSITIVE_INFINITY;
}

/** The scheduled check asks for each hook once. */
const checksOf = (calendly: World['calendly']) =>
  calendly.calls.filter((call) => call.method === 'GET' && /^\/webhook_subscriptions\/[\w-]+$/.test(call.path)).length;

const clockJumps: Goal = {
  id: 'R47',
  title: 'The clock jumps',
  fullOnly: true,
  async run(run) {
    if (!libfaketime()) throw new Error('libfaketime is not installed. Install it by: apt-get install faketime');
    return [
      await jumping(run, 'PostgreSQL, +2 h, −3 d, back', 'postgresql'),
      await jumping(run, 'SQLite, +2 h, −3 d, back', 'sqlite'),
    ];
  },
};

export const clockGoals: readonly Goal[] = [clockJumps];
