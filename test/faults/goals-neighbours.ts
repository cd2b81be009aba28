// Who shares the app with whom: channels beside a flooded one, and two processes on one PostgreSQL database.

import { setTimeout as pause } from 'node:timers/promises';
import { conclude, postsOf } from './checker.ts';
import { type Goal, judged, type Row, type Run } from './goal.ts';
import { isPost } from './goals-delivery-ledger.ts';
import { connect, engines, type FaultWorld, startFaultWorld } from './harness.ts';
import { guestIn, type Mail, mailMaker } from './mail.ts';
import type { EngineName } from './memory.ts';
import { eventually } from './process.ts';
import { quantile, type Sender } from './sender.ts';

export const neighbourGoals: readonly Goal[] = [
  {
    id: 'R12',
    title: 'one account is flooded, the other has a few bookings',
    alone: true,
    fullOnly: true,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run))
        if (run.scale === 'full' || engine === 'sqlite')
          rows.push(
            await noisy(run, name, engine, engine === 'sqlite' ? 200 : 30),
            await noisy(run, name, engine, null),
          );
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

/** Another Calendly account in the same workspace, with channels and a hook of its own: somebody who shares the app with the noisy one. */
async function neighbour(
  world: FaultWorld,
): Promise<{ channels: string[]; sender: Sender; mail: (n: number) => Mail }> {
  const { slack, calendly } = world;
  const before = new Set(calendly.hooks);
  const types = calendly.addEventTypes(9, calendly.soloUser);
  await connect(world, calendly.createToken(calendly.soloUser), 'Sol Weaver');
  const channels: string[] = [];
  for (const [i, type] of types.entries()) {
    const channel = slack.addChannel({ name: `next-door-${i + 1}`, members: ['ann'] });
    await world.subscribe(channel, `"${type.name}" booked --account "Sol Weaver"`);
    channels.push(channel);
  }
  const hook = calendly.hooks.find((each) => !before.has(each) && each.events.includes('invitee.created'));
  if (!hook?.signing_key) throw new Error('the app registered no hook for the neighbour');
  const made = mailMaker({ base: calendly.url, createdBy: calendly.soloUser.uri, types });
  const sender = world.sender({ path: new URL(hook.callback_url).pathname, signingKey: hook.signing_key, parallel: 8 });
  return { channels, sender, mail: (n) => made.booked(n) };
}

/**
 * One account is flooded; the other has fifteen bookings a second, before, during, and while all that came is still being shown. `perSecond`: many more than
 * Calendly sends, and less than the machine can do. Null: as many as the sender can, which then takes the cores that the app needs; what others wait for is
 * held to what an idle app may take (R20), and far below what stands before them.
 */
async function noisy(run: Run, name: string, engine: EngineName, perSecond: number | null): Promise<Row> {
  const quiet = run.pick({ full: 90, fast: 45, control: 45 });
  const flood =
    perSecond === null
      ? run.pick({ full: 50_000, fast: 6_000, control: 6_000 })
      : perSecond * run.pick({ full: 60, fast: 10, control: 10 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 10 });
  const { channels, sender, mail } = await neighbour(world);
  const noisySender = world.sender({ parallel: 32 });
  let next = 50_000_000;
  const news = () =>
    delaysOf(
      world,
      sender,
      Array.from({ length: quiet }, () => mail(next++)),
    );
  const idle = await news();
  let coming = true;
  const from = performance.now();
  function* mails() {
    for (let n = 0; n < flood; n++) yield world.mail.booked(n);
  }
  const noise = noisySender.deliver(mails(), perSecond === null ? {} : { perSecond }).then(() => {
    coming = false;
  });
  await pause(1_000);
  const during = await news();
  const early = coming;
  await noise;
  const came = (flood / (performance.now() - from)) * 1_000;
  const behind = await news();
  const left = flood - postsOf(world).filter((each) => each.n < flood).length;
  const found = await conclude(world, {
    restMs: 900_000,
    channelsOf: (n) => [n < flood ? world.channels[n % 10]! : channels[n % 9]!],
  });
  const [calm, loud, after] = [quantile(idle, 0.95), quantile(during, 0.95), quantile(behind, 0.95)];
  const limit = perSecond === null ? 2_000 : 2 * calm;
  return {
    what: `${name}, ${flood} events to one account at ${Math.round(came)} a second`,
    trials: quiet * 3,
    figure: `the other’s receipt → post p95: idle ${Math.round(calm)} ms, during ${Math.round(loud)} ms, then with ${left} still to show ${Math.round(after)} ms; ${found.lost} lost, ${found.duplicates} twice`,
    limit: `p95 ≤ ${perSecond === null ? '2 s' : '2 × idle'}; 0 lost, 0 twice`,
    ...judged(found.violations.length === 0, loud <= limit && after <= limit),
    why: [...(early ? [] : ['the flood was over before its neighbour was done']), ...found.violations],
  };
}

/** Sends these bookings at 15 a second; how long each took from its acknowledgement to Slack, milliseconds. */
async function delaysOf(world: FaultWorld, sender: Sender, mails: readonly Mail[]): Promise<number[]> {
  const receivedAt = new Map<number, number>();
  const work: Promise<unknown>[] = [];
  for (const mail of mails) {
    work.push(sender.once(mail).then(() => receivedAt.set(mail.n, Date.now())));
    await pause(1_000 / 15);
  }
  await Promise.all(work);
  const at = () => {
    const seen = new Map<number, number>();
    for (const call of world.slack.ledger)
      if (isPost(call) && call.accepted) seen.set(guestIn(call.args.text) ?? -1, call.at);
    return seen;
  };
  await eventually(() => mails.every((mail) => at().has(mail.n)), 120_000, 250);
  const posted = at();
  return mails.map(({ n }) => Math.max(0, (posted.get(n) ?? Number.POSITIVE_INFINITY) - (receivedAt.get(n) ?? 0)));
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
