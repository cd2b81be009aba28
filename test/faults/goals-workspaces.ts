// Many workspaces in one app, all of them told of the same meetings at once: what belongs to one is shown, called and kept in that one alone.

import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Goal, Row, Run } from './goal.ts';
import { engines, type FaultWorld, startFaultWorld } from './harness.ts';
import { canary, type Mail } from './mail.ts';
import type { EngineName } from './memory.ts';
import { type Tenant, tenants } from './workspaces.ts';

export const workspaceGoals: readonly Goal[] = [
  {
    id: 'S6',
    title: 'many workspaces at once, the same meetings in all of them',
    waits: 15,
    async run(run) {
      const rows: Row[] = [];
      if (run.scale !== 'full') return Promise.all(engines(run).map(([name, engine]) => apart(run, name, engine)));
      for (const [name, engine] of engines(run)) rows.push(await apart(run, name, engine));
      return rows;
    },
  },
];

/** Of five changes one is a cancellation. */
const bookedOf = (changes: number) => Math.ceil((changes * 4) / 5);

async function apart(run: Run, name: string, engine: EngineName): Promise<Row> {
  const count = run.pick({ full: 1_000, fast: 8, control: 4 });
  const each = run.pick({ full: 100, fast: 20, control: 10 });
  const world = await startFaultWorld({
    engine,
    srcDir: run.srcDir,
    installable: true,
    // Two processes share one database, its pool and its locks.
    processes: engine === 'postgresql' ? 2 : 1,
    env: { LOG_LEVEL: 'info' },
  });
  const all = await tenants(world, count);
  await world.settled(60_000);
  run.say(`${name}: ${count} workspaces stand`);
  const sender = world.sender({ parallel: 64 });
  function* mails() {
    for (let i = 0; i < each; i++) for (const tenant of all) yield mailOf(world, tenant, i, bookedOf(each));
  }
  await sender.deliver(mails());
  const atRest = await world.settled(run.pick({ full: 3_600_000, fast: 60_000, control: 20_000 }));
  await world.stopApps();
  const wanted = bookedOf(each);
  const called = callsAcross(world, all);
  const kept = await rowsAcross(world);
  const { missing, twice } = counted(world, all, wanted);
  const unacked = count * each - sender.acked.size;
  await world.close();
  const crossed = called.length + kept.length;
  return {
    what: `${name}, ${count} workspaces × ${each} changes`,
    trials: count * each,
    figure: `${crossed} crossed, ${unacked} not acknowledged, ${missing} of ${count * wanted} cards missing, ${twice} twice`,
    limit: '0 crossed, 0 missing, 0 twice',
    ok: crossed + unacked + missing + twice === 0,
    why: [...(atRest ? [] : ['it did not come to rest']), ...called.slice(0, 5), ...kept],
  };
}

/** Change `i` of a workspace: the same meetings, by the same addresses at Calendly, in every one; only the guest tells whose it is. */
function mailOf(world: FaultWorld, { n, hook }: Tenant, i: number, booked: number): Mail {
  const kind = i < booked ? 'invitee.created' : 'invitee.canceled';
  const meeting = i < booked ? i : (i - booked) * 4;
  const id = (of: string) => `${of}0000000-0000-4000-8000-${meeting.toString(16).padStart(12, '0')}`;
  const body = makeWebhook(kind, {
    base: world.calendly.url,
    createdBy: world.calendly.users.olga.uri,
    type: world.types[0]!,
    eventId: id('e'),
    inviteeId: id('a'),
    name: guestOf(n, meeting),
    email: `guest.${meeting}.${n}${canary}`,
    createdAt: world.readyAt,
  });
  return { key: `${n} ${kind} ${meeting}`, n: meeting, body, to: hook };
}

const guestOf = (workspace: number, meeting: number) => `Guest ${meeting} of ${workspace} here`;
const guests = /Guest (\d+) of (\d+) here/g;

/** Every call that names a guest bears the token, and names the channel, of that guest's workspace. */
function callsAcross(world: FaultWorld, all: readonly Tenant[]): string[] {
  const byTeam = new Map(all.map((tenant) => [tenant.team.team.id, tenant]));
  const tokens = new Map(all.map((tenant) => [tenant.team.botToken, tenant]));
  const wrong: string[] = [];
  for (const { method, team, token, args } of world.slack.ledger) {
    const of = token === null ? undefined : tokens.get(token);
    const place = typeof args.channel === 'string' ? args.channel : null;
    if (token !== null && of && byTeam.get(team ?? '') !== of) wrong.push(`${method}: the token of another workspace`);
    if (of && place?.startsWith('C') && !of.team.hasChannel(place))
      wrong.push(`${method} with the token of workspace ${of.n} in a channel that is not there`);
    for (const [guest, , workspace] of JSON.stringify(args).matchAll(guests))
      if (of?.n !== Number(workspace)) wrong.push(`${method} in workspace ${of?.n} names ${guest}`);
  }
  return wrong;
}

/** Rows that name one of another installation's. */
async function rowsAcross(world: FaultWorld): Promise<string[]> {
  const wrong: string[] = [];
  for (const [table, column, other] of [
    ['hook', 'connection_id', 'connection'],
    ['subscription', 'connection_id', 'connection'],
    ['change', 'connection_id', 'connection'],
    ['booking', 'connection_id', 'connection'],
    ['booking_uri', 'booking_id', 'booking'],
    ['delivery', 'booking_id', 'booking'],
    ['delivery', 'subscription_id', 'subscription'],
  ] as const) {
    const [row] = await world.memory.rows<{ n: number }>(
      `select count(*) as n from ${table} a where a.${column} is not null
       and not exists (select 1 from ${other} b where b.installation_id = a.installation_id and b.id = a.${column})`,
    );
    if (Number(row?.n) > 0) wrong.push(`${row?.n} rows of ${table} name a ${other} that is not their installation's`);
  }
  return wrong;
}

/** Each guest has one card in the channel of its workspace. */
function counted(world: FaultWorld, all: readonly Tenant[], wanted: number): { missing: number; twice: number } {
  const cards = new Map<string, number>();
  for (const { method, accepted, args } of world.slack.ledger) {
    if (method !== 'chat.postMessage' || !accepted || args.thread_ts) continue;
    const [found] = String(args.text).matchAll(guests);
    if (found) cards.set(`${found[0]} ${args.channel}`, (cards.get(`${found[0]} ${args.channel}`) ?? 0) + 1);
  }
  let missing = 0;
  let twice = 0;
  for (const { n, channel } of all)
    for (let meeting = 0; meeting < wanted; meeting++) {
      const times = cards.get(`${guestOf(n, meeting)} ${channel}`) ?? 0;
      if (times === 0) missing += 1;
      if (times > 1) twice += times - 1;
    }
  return { missing, twice };
}
