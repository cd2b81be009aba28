// Calendly's side at its worst: a flood, everything several times at once, signatures of the wrong time.

import { setTimeout as pause } from 'node:timers/promises';
import { conclude, postsOf } from './checker.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { engines, startFaultWorld } from './harness.ts';
import type { Mail } from './mail.ts';
import type { EngineName } from './memory.ts';
import { residentMb } from './process.ts';
import { quantile } from './sender.ts';

export const mailGoals: readonly Goal[] = [
  { id: 'R6', title: 'a flood of bookings', alone: true, run: async (run) => [await flood(run)] },
  {
    id: 'R7',
    title: 'everything one to five times at once',
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run)) rows.push(await duplicates(run, name, engine));
      return rows;
    },
  },
  { id: 'R9', title: 'signatures that are late, or ahead', run: async (run) => [await skewed(run)] },
];

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

async function flood(run: Run): Promise<Row> {
  const count = run.pick({ full: 100_000, fast: 5_000, control: 3_000 });
  const world = await startFaultWorld({
    engine: 'sqlite',
    srcDir: run.srcDir,
    channels: 50,
    env: { LOG_LEVEL: 'info' },
  });
  const { pid } = world.apps[0]!;
  let largest = 0;
  const watch = setInterval(() => {
    largest = Math.max(largest, residentMb(pid) || 0);
  }, 250);
  // Made as they are needed: a hundred thousand at once would be this process' flood, not the app's.
  function* mails() {
    for (let n = 0; n < count; n++) yield world.mail.booked(n);
  }
  const sender = world.sender({ parallel: 128 });
  const from = performance.now();
  await sender.deliver(mails());
  const tookMs = performance.now() - from;
  const answers = sender.answers;
  run.say(`${count} acknowledged in ${Math.round(tookMs / 1_000)} s`);
  const postedThen = postsOf(world).length;
  const drainFrom = performance.now();
  await world.settled(900_000);
  const drainMs = performance.now() - drainFrom;
  clearInterval(watch);
  const found = await conclude(world);
  const times = answers.map((each) => each.ms);
  // Of a short burst one stall of the disk, which meets everybody under way, is more than a hundredth.
  const most = run.scale === 'full' ? 99 : 95;
  const [slow, max] = [quantile(times, most / 100), quantile(times, 1)];
  const refused = answers.filter((each) => each.status !== 200).length;
  const perSecond = ((count - postedThen) / drainMs) * 1_000;
  return {
    what: `${count} over 128 connections, SQLite`,
    trials: count,
    figure: `${refused} not 2xx, ${Math.round(tookMs / 1_000)} s, p${most} ${Math.round(slow)} ms, max ${Math.round(max)} ms, RSS ${Math.round(largest)} MB, then ${Math.round(perSecond)} posts/s, ${found.lost} lost, ${found.duplicates} twice`,
    limit: `0 not 2xx, ≤ 180 s, p${most} ≤ 1 s, max < 10 s, RSS ≤ 300 MB, 0 lost, 0 twice`,
    ...judged(
      refused === 0 && largest <= 300 && found.violations.length === 0,
      tookMs <= 180_000 && slow <= 1_000 && max < 10_000,
    ),
    why: found.violations,
  };
}

async function duplicates(run: Run, name: string, engine: EngineName): Promise<Row> {
  const count = run.pick({ full: 5_000, fast: 400, control: 100 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10 });
  const sender = world.sender({ parallel: 40 });
  const mails = numbers(count).map((n) => world.mail.booked(n));
  const [same, resigned] = [mails.filter((mail) => mail.n % 2 === 0), mails.filter((mail) => mail.n % 2 === 1)];
  const copies = (mail: Mail) => 1 + (mail.n % 5);
  await Promise.all([sender.deliver(same, { copies }), sender.deliver(resigned, { copies, resign: true })]);
  // And once more when everything has long been posted.
  await world.settled(120_000);
  await sender.deliver(mails, { resign: true });
  const refused = sender.answers.filter((each) => each.status !== 200).length;
  const found = await conclude(world);
  return {
    what: name,
    trials: sender.answers.length,
    figure: `${found.kept} kept of ${count}, ${refused} not 2xx, ${found.lost} lost, ${found.duplicates} twice`,
    limit: 'each kept once, all 2xx, 0 lost, 0 twice',
    ok: found.kept === count && refused === 0 && found.violations.length === 0,
    why: found.violations,
  };
}

/** Seconds; behind is negative. Whether Calendly signs a repeated webhook anew is not documented, so age alone is no reason to refuse. */
const skews = [-180, -301, -3_600, -86_400, -90_001, -3 * 86_400, -30 * 86_400, 60, 600, 3 * 86_400];

async function skewed(run: Run): Promise<Row> {
  const rounds = run.pick({ full: 20, fast: 4, control: 1 });
  const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir, channels: 4 });
  const sender = world.sender({ parallel: 8 });
  const now = Math.floor(Date.now() / 1_000);
  const statuses: number[] = [];
  for (const i of numbers(rounds)) {
    for (const [j, skew] of skews.entries()) {
      const mail = world.mail.booked(i * skews.length + j);
      // Three times: as it was signed, again with the same bytes, and signed at the right time.
      for (const t of [now + skew, now + skew, now]) statuses.push((await sender.once({ ...mail, t })).status);
    }
  }
  // The right time does not make a wrong signature right.
  const forged = world.sender({ signingKey: `${world.hook.signingKey}x` });
  const refusals: number[] = [];
  for (const skew of [0, ...skews])
    refusals.push((await forged.once({ ...world.mail.booked(8_000_000 - skew), t: now + skew })).status);
  await pause(200);
  const found = await conclude(world);
  const notKept = statuses.filter((status) => status !== 200).length;
  const letIn = refusals.filter((status) => status !== 401).length;
  const count = rounds * skews.length;
  return {
    what: `${skews.length} times from −30 days to +3 days`,
    trials: statuses.length,
    figure: `${found.kept} kept of ${count}, ${notKept} not 2xx, ${letIn} forged let in, ${found.lost} lost, ${found.duplicates} twice`,
    limit: 'each kept once, 0 not 2xx, 0 forged, 0 lost, 0 twice',
    ok: found.kept === count && notKept === 0 && letIn === 0 && found.violations.length === 0,
    why: found.violations,
  };
}
