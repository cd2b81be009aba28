// R46: an app with a million rows behind it, beside one that has just begun: it must take webhooks, find its work, answer and forget as fast.

import type { Goal, Row, Run } from './goal.ts';
import { postsByGuest } from './goals-delivery-ledger.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { seedHistory } from './history.ts';
import type { EngineName } from './memory.ts';
import { askWorkersQuestions } from './plans.ts';
import { eventually } from './process.ts';
import { type Heard, quantile } from './sender.ts';

const perSecond = 40;
/** Longer than this nobody may wait for what the app does beside. */
const stall = 200;

async function longHistory(run: Run, name: string, engine: EngineName): Promise<Row[]> {
  const rows = run.pick({ full: 1_000_000, fast: 100_000, control: 10_000 });
  const old = rows / 20;
  const options = { engine, srcDir: run.srcDir, channels: 10, env: { LOG_LEVEL: 'info' } };
  const [young, aged] = await Promise.all([startFaultWorld(options), startFaultWorld(options)]);
  await Promise.all([young.stopApps(), aged.stopApps()]);
  const seeding = performance.now();
  await seedHistory(aged, { rows, old, idle: 2_000 });
  run.say(`${name}: ${rows * 3} rows written in ${Math.round((performance.now() - seeding) / 1_000)} s`);

  // What is beyond its time is dropped when the app starts: both start, and both take webhooks from their first moment on.
  // "Listening" is read from the log: an app that is busy forgetting may not answer for long.
  await Promise.all([young.start(0, { until: 'no' }), aged.start(0, { until: 'no' })]);
  const listens = () => [young, aged].every(({ apps }) => apps[0]!.log().includes('"listening"'));
  if (!(await eventually(listens, 60_000))) throw new Error('the apps did not start');
  const dropped = () => [...aged.logs()].some((log) => log.includes('old data was dropped'));
  let forgot = false;
  const during = await sideBySide(young, aged, 0, async () => {
    forgot = await eventually(() => dropped() || !aged.apps[0]!.alive(), 300_000, 200);
  });
  for (const { apps } of [young, aged])
    if (!apps[0]!.alive()) throw new Error(`the app ended:\n${apps[0]!.log().slice(-2_000)}`);
  const left = await oldRows(aged);
  run.say(`${name}: ${dropped() ? 'the old rows are gone' : 'NOT all old rows are gone'}`);
  await settle([young, aged]);

  const seconds = run.pick({ full: 60, fast: 20, control: 5 });
  const calm = await sideBySide(
    young,
    aged,
    1_000_000,
    () => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
  );
  await settle([young, aged]);
  const [status, metrics] = [await answersOf(aged), await metricsOf(aged)];
  await Promise.all([young.stopApps(), aged.stopApps()]);
  const lost = [young, aged].map(missing).reduce((sum, count) => sum + count, 0);
  const asked = await askWorkersQuestions(aged, run.srcDir, 100);
  await Promise.all([young.close(), aged.close()]);

  const [p99Young, p99Aged] = [calm.young, calm.aged].map((heard) =>
    quantile(
      heard.map((each) => each.ms),
      0.99,
    ),
  ) as [number, number];
  const late = stalls(during.aged, during.young);
  const [slowYoung, slowAged] = [during.young, during.aged].map((heard) =>
    Math.max(...heard.map((each) => each.ms)),
  ) as [number, number];
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    {
      what: `${name}, acks beside an empty one`,
      trials: calm.young.length + calm.aged.length,
      figure: `p99 ${ms(p99Aged)} with ${rows} changes and cards, ${ms(p99Young)} without: ${(p99Aged / p99Young).toFixed(2)}; ${lost} lost or twice`,
      limit: '≤ 1.5, 0',
      ok: p99Aged / p99Young <= 1.5 && lost === 0,
    },
    {
      what: `${name}, the claim and the next message`,
      trials: 100,
      figure: `p99 ${ms(asked.claimMs)} and ${ms(asked.nextMs)}, ${asked.scans.length} full scans in their plans`,
      limit: '≤ 5 ms each, 0',
      ok: asked.claimMs <= 5 && asked.nextMs <= 5 && asked.scans.length === 0,
      why: asked.scans,
    },
    {
      what: `${name}, /calendly status and /metrics`,
      trials: status.length + metrics.length,
      figure: `slowest ${ms(Math.max(...status))} and ${ms(Math.max(...metrics))}`,
      limit: '≤ 200 ms each',
      ok: Math.max(...status, ...metrics) <= 200,
    },
    {
      what: `${name}, ${old * 2} rows and the bodies of a day dropped meanwhile`,
      trials: during.aged.length,
      figure: `${left} left; slowest ack ${ms(slowAged)}, of the empty one at the same time ${ms(slowYoung)}; ${late.length} above ${stall} ms because of it`,
      limit: '0 left, 0',
      ok: forgot && left === 0 && late.length === 0,
      why: late.slice(0, 5).map((each) => ms(each.ms)),
    },
  ];
}

/** Both take new bookings at the same pace until `until` is over; what each answered. */
async function sideBySide(young: FaultWorld, aged: FaultWorld, from: number, until: () => Promise<void>) {
  const senders = [young, aged].map((world) => world.sender());
  const flows = [young, aged].map((world, i) => senders[i]!.flow((n) => world.mail.booked(from + n), { perSecond }));
  await until();
  await Promise.all(flows.map((flow) => flow.stop()));
  const [ofYoung, ofAged] = senders.map((each) =>
    // Who waited for long and heard nothing waited all the same; who was refused at once did not.
    each.answers.filter((heard) => heard.status === 200 || heard.ms > stall),
  );
  return { young: ofYoung!, aged: ofAged! };
}

/** Slow acks that the machine does not explain: the empty one, which does nothing else, had none at about the same time. */
const stalls = (aged: readonly Heard[], young: readonly Heard[]) =>
  aged.filter(
    (each) => each.ms > stall && !young.some((other) => other.ms > stall && Math.abs(other.at - each.at) < 500),
  );

async function settle(worlds: readonly FaultWorld[]): Promise<void> {
  for (const world of worlds) if (!(await world.settled(120_000))) throw new Error('it did not come to rest');
}

/** Acknowledged bookings that were not posted exactly once. */
function missing(world: FaultWorld): number {
  const posts = postsByGuest(world.slack.ledger);
  const acked = world.senders.flatMap((each) => [...each.acked.keys()].map((key) => each.sent.get(key)!.n));
  return acked.filter((n) => posts.get(n) !== 1).length;
}

const ninetyDays = 90 * 86_400_000;
async function oldRows(world: FaultWorld): Promise<number> {
  const [row] = await world.memory.rows<{ n: number }>(
    `select (select count(*) from change where received_at < ?) + (select count(*) from booking where ends_at < ?)
      + (select count(*) from booking_uri where not exists
          (select 1 from booking where booking.installation_id = booking_uri.installation_id and booking.id = booking_uri.booking_id)) as n`,
    Date.now() - ninetyDays,
    Date.now() - ninetyDays,
  );
  return row?.n ?? Number.NaN;
}

async function answersOf(world: FaultWorld): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    const from = performance.now();
    const { ephemerals } = await world.slack.as('ann').command(world.channels[i % world.channels.length]!, 'status');
    if (!ephemerals.some((each) => each.text && !each.text.includes('One moment')))
      throw new Error('/calendly status was not answered');
    times.push(performance.now() - from);
  }
  return times;
}

async function metricsOf(world: FaultWorld): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    const from = performance.now();
    const answer = await fetch(`${world.urls[0]}/metrics`);
    if (!(await answer.text()).includes('deliveries{state="shown"}')) throw new Error('/metrics counts no deliveries');
    times.push(performance.now() - from);
  }
  return times;
}

export const historyGoals: readonly Goal[] = [
  {
    id: 'R46',
    title: 'A history of a million rows',
    fullOnly: true,
    alone: true,
    async run(run) {
      const sqlite = await longHistory(run, 'SQLite', 'sqlite');
      return run.scale === 'control' ? sqlite : [...sqlite, ...(await longHistory(run, 'PostgreSQL', 'postgresql'))];
    },
  },
];
