// Who shares the app with whom: channels beside a flooded one, and two processes on one PostgreSQL database.

import { setTimeout as pause } from 'node:timers/promises';
import { conclude, postsOf } from './checker.ts';
import type { Goal, Row, Run } from './goal.ts';
import { engines, type FaultWorld, startFaultWorld } from './harness.ts';
import type { EngineName } from './memory.ts';
import { quantile, type Sender } from './sender.ts';

export const neighbourGoals: readonly Goal[] = [
  {
    id: 'R12',
    title: 'one channel gets many events at once, the others a few',
    alone: true,
    fullOnly: true,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run))
        if (run.scale === 'full' || engine === 'sqlite') rows.push(await noisy(run, name, engine));
      return rows;
    },
  },
  {
    id: 'R53',
    title: 'two processes on one database, one of them killed again and again',
    waits: 60,
    run: async (run) => [...(run.scale === 'control' ? [] : [await killOneOfTwo(run)]), await oncePerPeriod(run)],
  },
];

/**
 * Milliseconds. Idle, a card takes some twenty: twice as long is then within what one process more on the machine makes of it, and nobody sees it.
 */
const atOnce = 100;

async function noisy(run: Run, name: string, engine: EngineName): Promise<Row> {
  const quiet = run.pick({ full: 90, fast: 45, control: 27 });
  const flood = run.pick({ full: 20_000, fast: 1_000, control: 250 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10 });
  const sender = world.sender({ parallel: 32 });
  let next = 0;
  const news = async () => {
    // Channel 0 is the noisy one.
    const numbers = Array.from({ length: quiet }, () => {
      next += 1;
      return next * 10 + (1 + (next % 9));
    });
    return delaysOf(world, sender, numbers);
  };
  const idle = await news();
  const noise = sender.deliver(
    Array.from({ length: flood }, (_, i) => world.mail.booked(10_000_000 + i * 10)),
    // Less than the app takes, for changes are folded in the order they came, whoever they are for: above that everybody would wait behind the many. Tried is
    // whether the channels' deliveries share fairly, not how a busy machine shares its cores with the sender.
    { perSecond: engine === 'sqlite' ? 200 : 60 },
  );
  const during = await news();
  await noise;
  const behind = await news();
  const found = await conclude(world, { restMs: 900_000 });
  const [calm, loud, after] = [quantile(idle, 0.95), quantile(during, 0.95), quantile(behind, 0.95)];
  const limit = Math.max(2 * calm, atOnce);
  return {
    what: `${name}, ${flood} events to one channel of 10`,
    trials: quiet * 3,
    figure: `others’ receipt → post p95: idle ${Math.round(calm)} ms, during ${Math.round(loud)} ms, behind it ${Math.round(after)} ms; ${found.lost} lost, ${found.duplicates} twice`,
    limit: `p95 ≤ 2 × idle, or ${atOnce} ms; 0 lost, 0 twice`,
    ok: loud <= limit && after <= limit && found.violations.length === 0,
    why: found.violations,
  };
}

/** Sends these bookings at 15 a second; how long each took from its acknowledgement to Slack, milliseconds. */
async function delaysOf(world: FaultWorld, sender: Sender, numbers: readonly number[]): Promise<number[]> {
  const receivedAt = new Map<number, number>();
  const work: Promise<unknown>[] = [];
  for (const n of numbers) {
    const mail = world.mail.booked(n);
    work.push(sender.once(mail).then(() => receivedAt.set(n, Date.now())));
    await pause(1_000 / 15);
  }
  await Promise.all(work);
  const wanted = new Set(numbers);
  const posted = () => postsOf(world).filter((each) => wanted.has(each.n));
  const end = performance.now() + 120_000;
  while (posted().length < numbers.length && performance.now() < end) await pause(100);
  const at = new Map(posted().map((each) => [each.n, each.texts[0]!.at]));
  return numbers.map((n) => Math.max(0, (at.get(n) ?? Number.POSITIVE_INFINITY) - (receivedAt.get(n) ?? 0)));
}

async function killOneOfTwo(run: Run): Promise<Row> {
  const kills = run.pick({ full: 50, fast: 3, control: 3 });
  const world = await startFaultWorld({ engine: 'postgresql', srcDir: run.srcDir, channels: 10, processes: 2 });
  const sender = world.sender({ parallel: 24 });
  const flow = sender.flow((i) => world.mail.booked(i), { perSecond: 120 });
  for (let i = 0; i < kills; i++) {
    await pause(300 + Math.random() * 900);
    const which = Math.random() < 0.5 ? 0 : 1;
    await world.apps[which]!.kill9();
    await pause(Math.random() * 500);
    await world.start(which);
  }
  await flow.stop();
  const found = await conclude(world, { restMs: 300_000 });
  return {
    what: 'one of two killed at random',
    trials: kills,
    figure: `${found.acked} acked, ${found.lost} lost, ${found.duplicates} twice, ${found.uncertain} uncertain`,
    limit: '0 lost, 0 twice',
    ok: found.violations.length === 0,
    why: found.violations,
  };
}

/** Every check of the hooks begins with one look at who the token belongs to. */
async function oncePerPeriod(run: Run): Promise<Row> {
  const periods = run.pick({ full: 15, fast: 4, control: 3 });
  const everyMs = 2_000;
  const world = await startFaultWorld({
    engine: 'postgresql',
    srcDir: run.srcDir,
    processes: 2,
    env: { VERIFY_SCHEDULE: `*/${everyMs / 1_000} * * * * *` },
  });
  const calls = () => world.calendly.calls.filter((call) => call.method === 'GET' && call.path === '/users/me');
  // Each process checks once when it starts; from the middle of a period on only the schedule counts.
  await pause(everyMs);
  await pause(everyMs - ((Date.now() + everyMs / 2) % everyMs));
  const from = Date.now();
  await pause(periods * everyMs);
  const ran = calls().filter((call) => call.at >= from && call.at < from + periods * everyMs);
  const perPeriod = Array.from(
    { length: periods },
    (_, i) => ran.filter((call) => Math.floor((call.at - from) / everyMs) === i).length,
  );
  const found = await conclude(world);
  return {
    what: 'the scheduled check',
    trials: periods,
    figure: `${ran.length} runs in ${periods} periods, at most ${Math.max(...perPeriod)} in one`,
    limit: 'exactly 1 a period',
    ok: perPeriod.every((count) => count === 1) && found.violations.length === 0,
    why: [`runs in each period: ${perPeriod.join(' ')}`, ...found.violations],
  };
}
