// R28 and R29: messages that Slack will never take, and channels and workspaces that take none until a person has done something.

import { check, readCards } from './checker.ts';
import type { Goal, Row, Run } from './goal.ts';
import { isPost, postsByGuest } from './goals-delivery-ledger.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { guestIn, type Mail } from './mail.ts';
import { plant } from './patch.ts';
import { eventually } from './process.ts';

/** Bookings divisible by ten are poison. */
const isPoison = (n: number) => n % 10 === 0;

async function neverTaken(run: Run): Promise<Row> {
  const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir, channels: 4 });
  const { slack } = world;
  slack.faults.take = (method) => {
    const guest = guestIn(slack.ledger.at(-1)?.args.text);
    if (!isPost(slack.ledger.at(-1)!) || guest === null || !isPoison(guest)) return undefined;
    return { method, kind: 'error', error: 'invalid_blocks' };
  };
  const events = run.pick({ full: 1_000, fast: 120, control: 40 });
  const started = performance.now();
  await world.sender().deliver(Array.from({ length: events }, (_, n) => world.mail.booked(n)));
  const rest = await world.settled(run.pick({ full: 120_000, fast: 120_000, control: 15_000 }));
  const took = performance.now() - started;
  await world.stopApps();
  const tries = slack.ledger.filter((call) => isPost(call) && isPoison(guestIn(call.args.text) ?? 1));
  const poison = Math.ceil(events / 10);
  const plain = tries.filter((call) => call.args.blocks === undefined).length;
  const found = await check(world);
  const shown = postsByGuest(slack.ledger).size;
  await world.close();
  return {
    what: 'invalid_blocks for ever',
    trials: poison,
    figure: `tries ${tries.length} (${plain} as plain text), dead ${found.states.dead ?? 0}, others shown ${shown} in ${Math.round(took / 1_000)} s`,
    limit: `tries ${2 * poison} (${poison} plain), dead ${poison}, others shown ${events - poison}`,
    ok:
      rest &&
      tries.length === 2 * poison &&
      plain === poison &&
      found.states.dead === poison &&
      shown === events - poison &&
      found.violations.length === 0,
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

/** Answers of almost a megabyte: shown, cut to what Slack takes. */
async function hugeAnswers(run: Run): Promise<Row> {
  const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir });
  const trials = run.pick({ full: 50, fast: 5, control: 2 });
  const huge = (n: number): Mail => {
    const mail = world.mail.booked(n);
    return { ...mail, body: mail.body.replace(`Everything about number ${n}`, 'a <!channel> & '.repeat(66_000)) };
  };
  await world.sender().deliver(Array.from({ length: trials }, (_, n) => huge(n)));
  const rest = await world.settled(120_000);
  await world.stopApps();
  const found = await check(world);
  await world.close();
  return {
    what: 'answers of 990 kB',
    trials,
    figure: `shown ${found.states.shown ?? 0}, lost ${found.lost}`,
    limit: `shown ${trials}, lost 0`,
    ok: rest && found.states.shown === trials && found.violations.length === 0,
    why: found.violations,
  };
}

/** The code that makes a message throws for some bookings: they are dead letters, and the others do not notice. */
async function throwingRenderer(run: Run): Promise<Row> {
  const { srcDir, remove } = plant(
    [
      {
        file: 'slack/messages/card.ts',
        find: 'export function renderCard(card: Card, people: People = nobody): { text: string; blocks: KnownBlock[] } {\n',
        replace:
          "export function renderCard(card: Card, people: People = nobody): { text: string; blocks: KnownBlock[] } {\n  if (/^Guest \\d*0\\.$/.test(card.who.name)) throw new TypeError('a fault was planted here');\n",
      },
    ],
    run.srcDir,
  );
  const world = await startFaultWorld({ engine: 'sqlite', srcDir, channels: 2 });
  const events = run.pick({ full: 500, fast: 60, control: 20 });
  await world.sender().deliver(Array.from({ length: events }, (_, n) => world.mail.booked(n)));
  const rest = await world.settled(run.pick({ full: 120_000, fast: 120_000, control: 30_000 }));
  await world.stopApps();
  const found = await check(world);
  await world.close();
  remove();
  const { dead = 0, shown = 0 } = found.states;
  return {
    what: 'a renderer that throws',
    trials: events / 10,
    figure: `dead ${dead}, others shown ${shown}`,
    limit: `dead ${events / 10}, others shown ${(events / 10) * 9}`,
    ok: rest && dead === events / 10 && shown === (events / 10) * 9 && found.violations.length === 0,
    why: [...(rest ? [] : ['it did not come to rest']), ...found.violations],
  };
}

const poison: Goal = {
  id: 'R28',
  title: 'Poison',
  run: async (run) => [await neverTaken(run), await throwingRenderer(run), await hugeAnswers(run)],
};

interface Lasting {
  error: string;
  extra?: Record<string, unknown>;
  of: 'channel' | 'workspace';
}
const lasting: readonly Lasting[] = [
  ...['channel_not_found', 'is_archived', 'not_in_channel', 'restricted_action'].map((error) => ({
    error,
    of: 'channel' as const,
  })),
  ...['token_revoked', 'account_inactive'].map((error) => ({ error, of: 'workspace' as const })),
  { error: 'missing_scope', extra: { needed: 'chat:write', provided: 'commands' }, of: 'workspace' },
];

async function refusedUntilRepaired(run: Run, { error, extra, of }: Lasting): Promise<Row> {
  const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir, channels: 2 });
  const { slack } = world;
  const [lost, healthy] = world.channels as [string, string];
  const each = run.pick({ full: 50, fast: 6, control: 4 });
  const sender = world.sender();
  const send = (from: number) =>
    sender.deliver(Array.from({ length: each * 2 }, (_, i) => world.mail.booked(from + i)));
  const fault = slack.faults.add({
    method: 'chat.postMessage',
    ...(of === 'channel' ? { channel: lost } : {}),
    kind: 'error',
    error,
    ...(extra ? { extra } : {}),
  });
  const subscriptions = () =>
    world.memory.rows<{ channel_id: string; state: string; reason: string | null }>(
      'select channel_id, state, reason from subscription',
    );
  const installation = async () =>
    (await world.memory.rows<{ state: string; reason: string | null }>('select state, reason from installation'))[0]!;
  await send(0);
  const said = await eventually(
    async () =>
      of === 'channel'
        ? (await subscriptions()).some((row) => row.channel_id === lost && row.state === 'paused' && row.reason)
        : (await installation()).state === 'broken',
    15_000,
  );
  await send(1_000);
  const othersShown = await eventually(
    () =>
      of === 'workspace' || slack.posts(healthy).filter((call) => guestIn(call.args.text) !== null).length === each * 2,
    15_000,
  );
  const tries = slack.ledger.filter((call) => isPost(call) && call.args.channel === lost && !call.accepted).length;
  const kept = (await subscriptions()).length;
  const notices = slack
    .as('ann')
    .dm()
    .filter((message) => message.user === slack.botUserId).length;

  fault.remove();
  if (of === 'channel') await resume(world, lost);
  else {
    await world.apps[0]!.stop();
    await world.start(0, { until: 'ready' });
  }
  const guests = [...Array(each * 2).keys(), ...Array.from({ length: each * 2 }, (_, i) => 1_000 + i)];
  const repaired = await eventually(() => {
    const seen = postsByGuest(slack.ledger);
    return guests.every((n) => seen.has(n));
  }, 30_000);
  const rest = await world.settled(60_000);
  await world.stopApps();
  const cards = await readCards(world);
  const found = await check(world);
  const inOrder = slack
    .posts(lost)
    .map((call) => guestIn(call.args.text))
    .filter((n) => n !== null);
  const orderly = inOrder.every(
    (n, i) => i === 0 || n > inOrder[i - 1]! || Math.floor(n / 1_000) === Math.floor(inOrder[i - 1]! / 1_000),
  );
  await world.close();
  return {
    what: `${error} (${of})`,
    trials: guests.length,
    figure: `${said ? 'paused with its reason' : 'NOT paused'}, subscriptions ${kept} of 2, tries ${tries}, notices ${notices}, after the repair shown ${cards.filter((card) => card.state === 'shown').length}`,
    limit: `paused, 2 of 2, tries ≤ 3, notices ≤ 1, shown ${guests.length}`,
    ok:
      said &&
      othersShown &&
      kept === 2 &&
      tries <= 3 &&
      notices <= 1 &&
      repaired &&
      rest &&
      orderly &&
      found.violations.length === 0,
    why: [...(orderly ? [] : ['what was held came out of order']), ...found.violations],
  };
}

/** What a person does about it: subscribes the channel again. */
async function resume(world: FaultWorld, channel: string): Promise<void> {
  const type = world.types[world.channels.indexOf(channel)]!;
  await world.slack.as('ann').command(channel, `subscribe "${type.name}" booked canceled rescheduled`);
}

const refused: Goal = {
  id: 'R29',
  title: 'Slack refuses for good',
  async run(run) {
    const some = run.pick({ full: lasting.length, fast: lasting.length, control: 1 });
    const rows: Row[] = [];
    for (const which of lasting.slice(0, some)) rows.push(await refusedUntilRepaired(run, which));
    return rows;
  },
};

export const refusedGoals: readonly Goal[] = [poison, refused];
