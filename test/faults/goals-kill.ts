// The app's own death and sleep: killed under load, frozen, replaced by a deploy.

import { setTimeout as pause } from 'node:timers/promises';
import { conclude } from './checker.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { engines, startFaultWorld } from './harness.ts';
import type { EngineName } from './memory.ts';

export const killGoals: readonly Goal[] = [
  {
    id: 'R1',
    title: 'killed by kill -9 under full load',
    alone: true,
    async run(run) {
      const rows = [await killUnderLoad(run, 'SQLite', 'sqlite')];
      // With PostgreSQL what the dead one held waits for its lease to end: R53 tries that in a fast run.
      if (run.scale === 'full') rows.push(await killUnderLoad(run, 'PostgreSQL', 'postgresql'));
      return rows;
    },
  },
  {
    id: 'R10',
    title: 'frozen in the middle of its work, while Calendly gives up and repeats',
    waits: 50,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run)) rows.push(await freeze(run, name, engine));
      return rows;
    },
  },
  {
    id: 'R11',
    title: 'a deploy: SIGTERM under load, then the new process',
    alone: true,
    run: async (run) => [
      await deploy(run, 'one after the other, SQLite', 'sqlite'),
      await deploy(run, 'side by side, PostgreSQL', 'postgresql'),
    ],
  },
];

async function killUnderLoad(run: Run, name: string, engine: EngineName): Promise<Row> {
  const kills = run.pick({ full: 20, fast: 3, control: 3 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10 });
  const sender = world.sender({ parallel: 24 });
  const flow = sender.flow((i) => world.mail.booked(i), run.scale === 'full' ? {} : { perSecond: 250 });
  let slowest = 0;
  for (let i = 0; i < kills; i++) {
    await pause(run.pick({ full: 1_500, fast: 500, control: 500 }) * (1 + Math.random()));
    await world.apps[0]!.kill9();
    slowest = Math.max(slowest, await (await world.start(0, { until: 'no' })).until('ready'));
  }
  await flow.stop();
  const found = await conclude(world, { restMs: 600_000 });
  return {
    what: name,
    trials: kills,
    figure: `${found.acked} acked, ${found.lost} lost, ${found.duplicates} twice, ${found.uncertain} uncertain, ready in ${Math.round(slowest)} ms`,
    limit: `0 lost, 0 twice, ready ≤ 2,000 ms`,
    ...judged(found.violations.length === 0, slowest <= 2_000),
    why: found.violations,
  };
}

async function freeze(run: Run, name: string, engine: EngineName): Promise<Row> {
  const times = run.pick({ full: 3, fast: 1, control: 1 });
  const sleepMs = run.pick({ full: 20_000, fast: 3_000, control: 3_000 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10 });
  // It gives up and repeats while the app sleeps, as Calendly does after 15 seconds.
  const sender = world.sender({ parallel: 48, timeoutMs: Math.round(sleepMs / 3) });
  const flow = sender.flow((i) => world.mail.booked(i), { perSecond: 150 });
  for (let i = 0; i < times; i++) {
    await pause(800 * (1 + Math.random()));
    world.apps[0]!.freeze();
    await pause(sleepMs);
    world.apps[0]!.thaw();
  }
  await pause(500);
  await flow.stop();
  const unanswered = sender.answers.filter((each) => each.status === 0).length;
  const found = await conclude(world);
  return {
    what: `${name}, ${sleepMs / 1_000} s`,
    trials: times,
    figure: `${found.acked} acked, ${unanswered} given up and repeated, ${found.lost} lost, ${found.duplicates} twice, ${found.uncertain} uncertain`,
    limit: '0 lost, 0 twice, > 0 repeated',
    ok: found.violations.length === 0 && unanswered > 0,
    why: found.violations,
  };
}

/** SQLite: the old process ends, the new one starts. PostgreSQL: two behind a load balancer, replaced in turn, so that nobody is refused. */
async function deploy(run: Run, name: string, engine: EngineName): Promise<Row> {
  const times = run.pick({ full: 5, fast: 2, control: 1 });
  const processes = engine === 'sqlite' ? 1 : 2;
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10, processes });
  // Calls to Slack are under way, and more wait, whenever the old process is told to go.
  world.slack.latencyMs = 60;
  const up = new Set(world.urls.keys());
  const sender = world.sender({ urls: () => [...up].map((i) => world.urls[i]!) });
  const flow = sender.flow((i) => world.mail.booked(i), { perSecond: 200 });
  let slowest = 0;
  let gap = 0;
  const codes = new Set<number | null>();
  for (let i = 0; i < times; i++) {
    await pause(1_000);
    const which = i % processes;
    const old = world.apps[which]!;
    const from = performance.now();
    // A load balancer takes an instance out before it ends it.
    if (processes > 1) up.delete(which);
    const { code, ms } = await old.stop();
    codes.add(code);
    slowest = Math.max(slowest, ms);
    await world.start(which);
    up.add(which);
    if (processes === 1) gap = Math.max(gap, performance.now() - from);
  }
  await pause(500);
  await flow.stop();
  const unanswered = sender.answers.filter((each) => each.status !== 200).length;
  const found = await conclude(world);
  const answered = processes === 1 || unanswered === 0;
  return {
    what: name,
    trials: times,
    figure: `${found.acked} acked, ${found.lost} lost, ${found.duplicates} twice, ${found.uncertain} uncertain, ended in ${Math.round(slowest)} ms, ${processes === 1 ? `away for ${Math.round(gap)} ms` : `${unanswered} refused`}`,
    limit: `0 lost, 0 twice, 0 uncertain, ended ≤ 10 s${processes > 1 ? ', 0 refused' : ''}`,
    ok:
      found.violations.length === 0 &&
      found.uncertain === 0 &&
      slowest <= 10_000 &&
      answered &&
      [...codes].every((code) => code === 0),
    why: [...found.violations, ...(codes.size === 1 && codes.has(0) ? [] : [`ended with ${[...codes].join(', ')}`])],
  };
}
