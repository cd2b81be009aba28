// R54: what was received is the sum of all that may have become of it, at every look, while Slack refuses, loses answers, and processes die; the doctor says the same.

import type { Fault } from '../../sandbox/slack/faults.ts';
import { check } from './checker.ts';
import { doctor as askDoctor } from './doctor.ts';
import type { Goal, Row, Run } from './goal.ts';
import { engines, lookAtLedger, startFaultWorld } from './harness.ts';
import { guestIn } from './mail.ts';
import type { EngineName } from './memory.ts';

const troubles: Fault[] = [
  { method: '*', kind: 'http', status: 503 },
  { method: '*', kind: 'ratelimited', retryAfter: 1 },
  { method: '*', kind: 'accept-then-500' },
  { method: '*', kind: 'reset-before' },
];

async function addsUp(run: Run, name: string, engine: EngineName): Promise<Row> {
  const kills = run.pick({ full: 10, fast: 1, control: 1 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 6 });
  const { slack } = world;
  slack.faults.take = (method) => {
    if (method !== 'chat.postMessage') return undefined;
    // Every tenth booking is poison.
    if ((guestIn(slack.ledger.at(-1)?.args.text) ?? 1) % 10 === 0)
      return { method, kind: 'error', error: 'invalid_blocks' };
    return Math.random() < 0.1 ? troubles[Math.floor(Math.random() * troubles.length)] : undefined;
  };
  let looking = true;
  const looks = (async () => {
    while (looking) {
      await lookAtLedger(world);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const sender = world.sender();
  // Every third one twice.
  const flow = sender.flow((i) => world.mail.booked(i % 3 === 0 ? Math.max(0, i - 1) : i), { perSecond: 60 });
  for (let i = 0; i < kills; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 500));
    await world.apps[0]!.kill9();
    await world.start(0);
  }
  await flow.stop();
  const rest = await world.settled(300_000);
  looking = false;
  await looks;
  const doctor = sumsIn(await askDoctor(world));
  await world.stopApps();
  const found = await check(world);
  await world.close();
  const { states } = found;
  return {
    what: `${name}, kill -9 ${kills} times, Slack refuses and loses answers`,
    trials: world.looks,
    figure: `off at ${world.unbalanced.length} looks; ${states.shown ?? 0} shown, ${states.uncertain ?? 0} uncertain, ${states.dead ?? 0} dead; the doctor: ${doctor.length === 0 ? 'adds up' : 'does NOT add up'}`,
    limit: 'off at 0, some of each, adds up',
    ok:
      rest &&
      world.looks > 20 &&
      doctor.length === 0 &&
      (states.uncertain ?? 0) > 0 &&
      (states.dead ?? 0) > 0 &&
      found.violations.length === 0,
    why: [...(rest ? [] : ['it did not come to rest']), ...doctor, ...found.violations],
  };
}

/** What the doctor finds wrong with the sums; nothing where they add up. */
function sumsIn(report: string): string[] {
  const lines = report.split('\n');
  const sums = lines.filter((line) => /^(Changes|Messages):.* = /.test(line));
  const wrong = lines.filter((line) => /≠|figures of/.test(line));
  return sums.length === 2 ? wrong : [...wrong, `the doctor did not say two sums: ${report.slice(0, 200)}`];
}

export const ledgerGoals: readonly Goal[] = [
  {
    id: 'R54',
    title: 'The ledger adds up',
    waits: 25,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run))
        if (run.scale === 'full' || engine === 'sqlite') rows.push(await addsUp(run, name, engine));
      return rows;
    },
  },
];
