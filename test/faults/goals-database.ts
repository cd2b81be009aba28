// PostgreSQL in trouble: crashed, killed, told not to wait for the disk, out of connections, locked. Each on a server of its own.

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { conclude } from './checker.ts';
import { type Cluster, ownCluster } from './cluster.ts';
import { doctor } from './doctor.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { eventually } from './process.ts';
import { type Heard, quantile, type Sender } from './sender.ts';

export const databaseGoals: readonly Goal[] = [
  {
    id: 'R2',
    title: 'PostgreSQL crashes under load, and is not there when the app starts',
    waits: 65,
    run: (run) => withCluster({}, (cluster) => crashes(run, cluster)),
  },
  {
    id: 'R3',
    title: 'a server that may lose what it has confirmed is refused',
    run: (run) => withCluster({}, (cluster) => unsafe(run, cluster)),
  },
  {
    id: 'R49',
    title: 'no connection left, and a table locked',
    waits: 35,
    run: (run) => withCluster({ max_connections: 20 }, (cluster) => exhausted(run, cluster)),
  },
];

async function withCluster<T>(
  settings: Record<string, string | number>,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = await ownCluster({ settings });
  try {
    return await work(cluster);
  } finally {
    await cluster.remove();
  }
}

async function crashes(run: Run, cluster: Cluster): Promise<Row[]> {
  const ways = [
    ...Array.from({ length: run.pick({ full: 10, fast: 2, control: 3 }) }, () => 'immediate' as const),
    ...Array.from({ length: run.pick({ full: 5, fast: 1, control: 0 }) }, () => 'kill -9' as const),
  ];
  const world = await startFaultWorld({
    engine: 'postgresql',
    srcDir: run.srcDir,
    channels: 10,
    databaseUrl: await cluster.database(),
  });
  const app = world.apps[0]!;
  const sender = world.sender({ parallel: 24 });
  const flow = sender.flow((i) => world.mail.booked(i), run.scale === 'full' ? {} : { perSecond: 100 });
  const wrong: string[] = [];
  let refused = 0;
  let slowest = 0;
  for (const way of ways) {
    await pause(run.pick({ full: 2_000, fast: 800, control: 800 }) * (0.75 + Math.random() / 2));
    if (way === 'immediate') await cluster.stop('immediate');
    else await cluster.kill9();
    const down = performance.now();
    await eventually(() => sender.answers.some((each) => each.status === 503 && each.at - each.ms > down), 15_000);
    const starting = performance.now();
    await cluster.start();
    const accepting = performance.now();
    const again = await eventually(
      () => sender.answers.some((each) => each.status === 200 && each.at > accepting),
      15_000,
    );
    const first = sender.answers.find((each) => each.status === 200 && each.at > accepting);
    slowest = Math.max(slowest, again && first ? first.at - accepting : 15_000);
    const meanwhile = sender.answers.filter((each) => each.at - each.ms > down && each.at < starting);
    refused += meanwhile.filter((each) => each.status === 503).length;
    for (const each of meanwhile)
      if (each.status !== 503) wrong.push(`${way}: ${each.status || 'no answer'} while PostgreSQL was down`);
  }
  await flow.stop();
  if (!app.alive()) wrong.push('the app ended');
  const late = await startsWithoutDatabase(world, cluster, sender);
  const found = await conclude(world, { restMs: 600_000 });
  const rows: Row[] = [
    {
      what: 'crashed (immediate stop, kill -9)',
      trials: ways.length,
      figure: `${found.acked} acked, ${found.lost} lost, ${found.duplicates} twice, ${found.uncertain} uncertain, ${refused} × 503 meanwhile, 2xx after ${Math.round(slowest)} ms`,
      limit: '0 lost, 0 twice, only 503 meanwhile, 2xx ≤ 5 s after it accepts, the app stays up',
      ...judged(found.violations.length === 0 && wrong.length === 0 && refused > 0, slowest <= 5_000),
      why: [...found.violations, ...wrong.slice(0, 5)],
    },
    late,
  ];
  return rows;
}

async function startsWithoutDatabase(world: FaultWorld, cluster: Cluster, sender: Sender): Promise<Row> {
  await world.apps[0]!.stop();
  await cluster.stop('fast');
  const app = await world.start(0, { until: 'no' });
  const said = await eventually(() => app.log().includes('waiting for it') || !app.alive(), 15_000);
  const waits = said && app.alive();
  await cluster.start();
  const from = performance.now();
  const came =
    waits &&
    (await app.until('listening').then(
      () => true,
      () => false,
    ));
  const ms = performance.now() - from;
  const heard = came ? await sender.once(world.mail.booked(9_000_001)) : null;
  if (!app.alive()) await world.start(0);
  return {
    what: 'started before PostgreSQL',
    trials: 1,
    figure: waits ? `waited, took webhooks ${Math.round(ms)} ms after it came` : 'did not wait',
    limit: 'waits, takes webhooks ≤ 5 s after it came',
    ...judged(waits && came && heard?.status === 200, ms <= 5_000),
    why: [app.log().split('\n').slice(-4).join('\n')],
  };
}

async function unsafe(run: Run, cluster: Cluster): Promise<Row[]> {
  const databaseUrl = await cluster.database();
  const world = await startFaultWorld({ engine: 'postgresql', srcDir: run.srcDir, databaseUrl });
  await world.stopApps();
  const name = new URL(databaseUrl).pathname.slice(1);
  const cases: [what: string, on: string[], off: string[], setting: string][] = [
    ...(['fsync', 'full_page_writes'] as const).map((setting): [string, string[], string[], string] => [
      `${setting} = off`,
      [`alter system set ${setting} = off`, 'select pg_reload_conf()'],
      [`alter system reset ${setting}`, 'select pg_reload_conf()'],
      setting,
    ]),
    [
      'the role’s synchronous_commit = off',
      ['alter role postgres set synchronous_commit = off'],
      ['alter role postgres reset synchronous_commit'],
      'synchronous_commit',
    ],
    [
      'the database’s synchronous_commit = off',
      [`alter database ${name} set synchronous_commit = off`],
      [`alter database ${name} reset synchronous_commit`],
      'synchronous_commit',
    ],
  ];
  const rows: Row[] = [];
  for (const [what, on, off, setting] of cases) {
    for (const statement of on) await cluster.sql(statement);
    const value = async () => Object.values((await cluster.sql(`show ${setting}`, databaseUrl))[0] ?? {})[0];
    // A reload reaches the server's processes a moment later.
    if (!(await eventually(async () => (await value()) === 'off', 10_000)))
      throw new Error(`${setting} did not change`);
    const app = await world.start(0, { until: 'no' });
    const gone = await eventually(() => !app.alive() || app.log().includes('"listening"'), 20_000);
    const refused = gone && !app.alive() && app.log().includes(`${setting} = off`);
    if (app.alive()) await app.kill9();
    const diagnosis = await doctor(world);
    const named = diagnosis.includes(`${setting} = off`);
    for (const statement of off) await cluster.sql(statement);
    if (!(await eventually(async () => (await value()) === 'on', 10_000)))
      throw new Error(`${setting} did not change back`);
    rows.push({
      what,
      trials: 1,
      figure: `${refused ? 'refused, and named' : 'started, or did not say why not'}; the doctor ${named ? 'names it' : 'does NOT name it'}`,
      limit: 'refused, and named; the doctor names it',
      ok: refused && named,
      why: [app.log().split('\n').slice(-4).join('\n'), diagnosis],
    });
  }
  await world.close();
  return rows;
}

async function exhausted(run: Run, cluster: Cluster): Promise<Row[]> {
  const databaseUrl = await cluster.database();
  const world = await startFaultWorld({ engine: 'postgresql', srcDir: run.srcDir, channels: 4, databaseUrl });
  const trials = run.pick({ full: 3, fast: 1, control: 1 });
  const holdMs = run.pick({ full: 20_000, fast: 4_000, control: 4_000 });
  // As many connections as requests there may be at once: an answer's time must not hold the wait for a connection of our own.
  // Two thousand that wait knock once a second, and longer than all troubles together last.
  const sender = world.sender({
    parallel: run.pick({ full: 3_000, fast: 300, control: 300 }),
    retryMs: run.pick({ full: 1_000, fast: 150, control: 150 }),
    patienceMs: 300_000,
  });
  const flow = sender.flow((i) => world.mail.booked(i), { perSecond: 100 });
  await pause(500);
  const noneLeft = await trouble(world, sender, trials, holdMs, () => takeAll(cluster, world));
  const locked = await trouble(world, sender, trials, holdMs, () => lock(databaseUrl));
  await flow.stop();
  const alive = world.apps[0]!.alive();
  const found = await conclude(world, { restMs: run.pick({ full: 600_000, fast: 300_000, control: 120_000 }) });
  const limit = 'only 503, each ≤ 2 s, none waiting for longer, 2xx ≤ 5 s after, 0 lost, 0 twice';
  return [['no connection left', noneLeft] as const, ['the table of changes locked', locked] as const].map(
    ([what, met]) => ({
      what,
      trials,
      figure: `${met.refused} × 503, p50 ${Math.round(met.median)} ms, slowest ${Math.round(met.slowest)} ms, 2xx after ${Math.round(met.back)} ms, ${found.lost} lost, ${found.duplicates} twice`,
      limit,
      ...judged(
        alive && met.wrong.every(isKept) && met.refused > 0 && found.violations.length === 0,
        met.wrong.length === 0 && met.slowest <= 2_000 && met.back <= 5_000,
      ),
      why: [...met.wrong.slice(0, 5), ...found.violations],
    }),
  );
}

/** Kept after all, once the trouble was over: whoever asked had waited too long for it. */
const isKept = (wrong: string) => wrong.startsWith('200 ');

interface Met {
  refused: number;
  median: number;
  slowest: number;
  /** From the end of the trouble to the first 2xx. */
  back: number;
  wrong: string[];
}

/** Makes trouble while webhooks come in, for `holdMs` each time; what was asked during it must have been answered by its end. */
async function trouble(
  world: FaultWorld,
  sender: Sender,
  trials: number,
  holdMs: number,
  begin: () => Promise<() => Promise<void>>,
): Promise<Met> {
  let heard: Heard[] = [];
  let back = 0;
  for (let i = 0; i < trials; i++) {
    const end = await begin();
    const from = performance.now();
    await pause(holdMs);
    await end();
    const until = performance.now();
    await eventually(() => sender.answers.some((each) => each.status === 200 && each.at - each.ms > until), 20_000);
    const first = sender.answers.find((each) => each.status === 200 && each.at - each.ms > until);
    back = Math.max(back, first ? first.at - until : 20_000);
    // There may be more than fit among the arguments of a call.
    heard = heard.concat(
      sender.answers.filter((each) => each.at - each.ms > from && each.at - each.ms < until - 2_000),
    );
    await pause(300);
    if (!world.apps[0]!.alive()) break;
  }
  const times = heard.map((each) => each.ms);
  return {
    refused: heard.filter((each) => each.status === 503).length,
    median: quantile(times, 0.5),
    slowest: times.reduce((slowest, ms) => Math.max(slowest, ms), 0),
    back,
    wrong: heard
      .filter((each) => each.status !== 503)
      .map((each) => `${each.status || 'no answer'} after ${Math.round(each.ms)} ms`),
  };
}

/** Ends the app's connections and takes every place there is, as another program without measure might. */
async function takeAll(cluster: Cluster, world: FaultWorld): Promise<() => Promise<void>> {
  const taken: pg.Client[] = [];
  const take = async () => {
    for (;;) {
      const client = new pg.Client({ connectionString: cluster.url, application_name: 'greedy' });
      client.on('error', () => {});
      try {
        await client.connect();
        taken.push(client);
      } catch {
        return;
      }
    }
  };
  await take();
  const [first] = taken;
  if (!first) throw new Error('no connection could be taken');
  // Whoever is ended comes back at once: ended and taken until nothing of the app is left.
  const gone = await eventually(async () => {
    const { rows } = await first.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'greedy' and backend_type = 'client backend'`,
    );
    await take();
    return rows.length === 0;
  }, 20_000);
  if (!gone) throw new Error(`the app kept its connections (${world.urls.join()})`);
  return async () => {
    await Promise.all(taken.map((client) => client.end()));
  };
}

async function lock(databaseUrl: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('lock table change in access exclusive mode');
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}
