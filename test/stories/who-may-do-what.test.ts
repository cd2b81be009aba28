// Promise: who may do what is the table below, cell by cell, asked at the moment of the action; a "no" looks the same whatever there is to be found.
// Every cell sends the request itself, as a hostile client would, also where the app would have shown no button.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, type Outcome, type Sender, type Try } from '../attacks/by-hand.ts';
import { follow, inDatabase, type Watched } from './view.ts';
import { closeShared, connect, type World, world } from './world.ts';

const columns = [
  'admin',
  'app manager',
  'member with own Calendly',
  'member',
  'multi-channel guest',
  'single-channel guest',
  'Slack Connect external',
  'other workspace',
  'unsigned',
] as const;
type Column = (typeof columns)[number];

interface Stage {
  w: World;
  senders: Record<Column, Sender>;
  /** A private channel, and one that is shared with another organization: everybody is in all of them. */
  secret: string;
  connectShared: string;
  sales: Watched;
}

/** A world with somebody for each column, an account of the whole organization, and a channel that follows it. */
async function stage(o: { shared?: boolean } = {}): Promise<Stage> {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' }, ...o });
  const { slack } = w;
  await connect(w);
  const mona = slack.addUser({ name: 'mona' }).id;
  const sid = slack.addUser({ name: 'sid', isGuest: true, isSingleChannelGuest: true }).id;
  const xena = slack.addUser({ name: 'xena', teamId: 'T0ELSEWHERE' }).id;
  const { ann, bo, cy, gil } = slack.users;
  const all = [ann, mona, bo, cy, gil, sid, xena];
  for (const each of all) await slack.invite('sales', each);
  const secret = slack.addChannel({ name: 'secret', members: all, isPrivate: true });
  const connectShared = slack.addChannel({ name: 'with-acme', members: all, isExtShared: true });
  for (const channel of [secret, connectShared, 'sales']) await slack.invite(channel, 'bot');
  const other = slack.addWorkspace({ name: 'Other' });
  const here = (user: string) => ({ team: slack, user });
  // Named through the front door, as an admin does it.
  const named = await attempt(w, here(ann), {
    command: `admin manager <@${mona}|mona>`,
    channel: slack.channels.sales,
  });
  expect(named.said).toContain('is an app manager from now on');
  return {
    w,
    senders: {
      admin: here(ann),
      'app manager': here(mona),
      'member with own Calendly': here(bo),
      member: here(cy),
      'multi-channel guest': here(gil),
      'single-channel guest': here(sid),
      'Slack Connect external': here(xena),
      'other workspace': { team: other, user: other.users.ann },
      unsigned: { ...here(ann), forged: true },
    },
    secret,
    connectShared,
    sales: await follow(w, 'all booked canceled'),
  };
}

/** Whose the account or subscription is before the attempt: the one who tries (so that only their standing can refuse them), or somebody else's. */
type Whose = 'theirs' | 'somebody’s';

interface Row {
  action: string;
  /** Y, N, or `own`: Y on what is theirs and N on what is somebody else's; in the order of the columns. */
  cells: string;
  /** Puts things as they are before the attempt. */
  before(s: Stage, sender: Sender, whose: Whose, column: Column): Promise<Try>;
  /** Whether it came about. */
  happened(s: Stage, sender: Sender, outcome: Outcome): Promise<boolean>;
}

const sql = (s: Stage, statement: string) => inDatabase(s.w.storage, statement);
const one = async (s: Stage, statement: string) => Number((await sql(s, statement))[0]?.n ?? 0) === 1;
const other = 'U0SOMEBODY';
const ownerIn = (sender: Sender, whose: Whose) => (whose === 'theirs' ? sender.user : other);

/** The one account here is theirs, or somebody's; for itself, or for the whole organization. */
async function account(s: Stage, sender: Sender, whose: Whose, scope: 'user' | 'organization'): Promise<string> {
  const owner = ownerIn(sender, whose);
  await sql(s, `update connection set state = 'active', connected_by = '${owner}', scope = '${scope}'`);
  return String((await sql(s, 'select id from connection'))[0]?.id);
}

const noSubscription = (s: Stage) => sql(s, 'delete from subscription');
const subscribedBy = (s: Stage, sender: Sender, channel: string) =>
  one(s, `select count(*) as n from subscription where made_by = '${sender.user}' and channel_id = '${channel}'`);

/** To subscribe this channel to what such an account hears. A member without an account has somebody else's to try. */
const subscribing = (
  channel: (s: Stage) => string,
  scope: 'user' | 'organization',
): Pick<Row, 'before' | 'happened'> => ({
  async before(s, sender, _whose, column) {
    await noSubscription(s);
    await account(s, sender, column === 'member' ? 'somebody’s' : 'theirs', scope);
    return { command: 'subscribe all booked', channel: channel(s) };
  },
  happened: (s, sender) => subscribedBy(s, sender, channel(s)),
});

/** One subscription in #sales, and its id. */
async function subscription(s: Stage, sender: Sender, whose: Whose, set = ''): Promise<string> {
  await sql(s, `update subscription set made_by = '${ownerIn(sender, whose)}'${set}`);
  return String((await sql(s, 'select id from subscription'))[0]?.id);
}

async function cardOf(s: Stage, name: string): Promise<string> {
  s.w.calendly.book({ type: 'Demo call', name, email: 'ada@secret.example' });
  const card = await s.sales.shows(name);
  return /"action_id":"cancel_meeting".*?"value":"([^"]+)"|"value":"([^"]+)"[^{}]*"action_id":"cancel_meeting"/
    .exec(JSON.stringify(card.blocks))!
    .slice(1)
    .find((each) => each !== undefined)!;
}

let names = 0;

const rows: Row[] = [
  {
    action: 'connect Calendly, user scope',
    cells: 'Y Y Y Y N N N N N',
    async before(s) {
      await sql(s, `update connection set state = 'disconnected'`);
      return { submit: 'connect', metadata: '', values: { token: s.w.calendly.tokens.mia } };
    },
    happened: (s, { user }) =>
      one(
        s,
        `select count(*) as n from connection where state = 'active' and scope = 'user' and connected_by = '${user}'`,
      ),
  },
  {
    action: 'connect Calendly, organization scope',
    cells: 'Y Y N N N N N N N',
    async before(s) {
      await sql(s, `update connection set state = 'disconnected'`);
      return { submit: 'connect', metadata: '', values: { token: s.w.calendly.tokens.adam } };
    },
    happened: (s, { user }) =>
      one(
        s,
        `select count(*) as n from connection where state = 'active' and scope = 'organization' and connected_by = '${user}'`,
      ),
  },
  {
    action: 'disconnect own Calendly',
    cells: 'own* own* own own N N N N N',
    before: async (s, sender, whose) => ({
      submit: 'disconnect',
      metadata: await account(s, sender, whose, 'organization'),
    }),
    happened: (s) => one(s, `select count(*) as n from connection where state = 'disconnected'`),
  },
  {
    action: 'disconnect another’s',
    cells: 'Y Y N N N N N N N',
    before: async (s, sender) => ({
      submit: 'disconnect',
      metadata: await account(s, sender, 'somebody’s', 'organization'),
    }),
    happened: (s) => one(s, `select count(*) as n from connection where state = 'disconnected'`),
  },
  {
    action: 'subscribe a public channel to own meetings',
    cells: 'Y Y Y N N N N N N',
    ...subscribing((s) => s.sales.id, 'user'),
  },
  {
    action: 'subscribe to the meetings of an organization',
    cells: 'Y Y N N N N N N N',
    ...subscribing((s) => s.sales.id, 'organization'),
  },
  {
    action: 'subscribe a private channel',
    cells: 'Y Y Y N N N N N N',
    ...subscribing((s) => s.secret, 'user'),
  },
  {
    action: 'subscribe a Slack Connect channel',
    cells: 'Y Y N N N N N N N',
    ...subscribing((s) => s.connectShared, 'user'),
  },
  {
    action: 'edit a subscription',
    cells: 'Y Y own N N N N N N',
    async before(s, sender, whose, column) {
      await account(s, sender, 'somebody’s', 'organization');
      await subscription(s, sender, column === 'member' ? 'somebody’s' : whose, `, kinds = '["booked","canceled"]'`);
      return { command: 'events noshow', channel: s.sales.id };
    },
    happened: (s) => one(s, `select count(*) as n from subscription where kinds = '["noshow"]'`),
  },
  {
    action: 'unsubscribe',
    cells: 'Y Y own N N N N N N',
    async before(s, sender, whose, column) {
      if (!(await one(s, 'select count(*) as n from subscription'))) {
        await account(s, s.senders.admin, 'theirs', 'organization');
        await attempt(s.w, s.senders.admin, { command: 'subscribe all', channel: s.sales.id });
      }
      await subscription(s, sender, column === 'member' ? 'somebody’s' : whose);
      return { command: 'unsubscribe', channel: s.sales.id };
    },
    happened: async (s) => !(await one(s, 'select count(*) as n from subscription')),
  },
  {
    action: 'list the subscriptions of this channel',
    cells: 'Y Y Y Y N N N N N',
    async before(s, sender) {
      await subscription(s, sender, 'somebody’s');
      return { command: 'list', channel: s.sales.id };
    },
    happened: async (_s, _sender, { said }) => said.includes(other),
  },
  {
    action: 'switch invitee details on where outsiders read along',
    cells: 'Y Y N N N N N N N',
    async before(s, sender, _whose, column) {
      const options = `'{"style":"card","thread":{"all":"on","but":{}},"mention":{"who":"none"},"privacy":"business"}'`;
      await account(s, sender, column === 'member' ? 'somebody’s' : 'theirs', 'user');
      await subscription(s, sender, column === 'member' ? 'somebody’s' : 'theirs', `, options = ${options}`);
      return { command: 'subscribe all booked canceled --privacy full', channel: s.sales.id };
    },
    happened: (s) => one(s, `select count(*) as n from subscription where options like '%"privacy":"full"%'`),
  },
  {
    action: 'open full details',
    cells: 'Y Y Y Y N N N N N',
    async before(s, sender) {
      await subscription(s, sender, 'somebody’s', `, options = null`);
      return { press: 'details', value: await cardOf(s, `Ada ${++names}`), channel: s.sales.id };
    },
    happened: async (_s, _sender, { said }) => said.includes('ada@secret.example'),
  },
  {
    // Beyond the host, those who lead: product rule, see docs/security.md.
    action: 'act on a meeting',
    cells: 'Y Y own N N N N N N',
    async before(s, sender, whose, column) {
      const ref = await cardOf(s, `Ada ${++names}`);
      await account(s, sender, column === 'member' ? 'somebody’s' : whose, 'organization');
      return {
        submit: 'cancel_meeting',
        metadata: JSON.stringify({ ref, channel: s.sales.id }),
        values: { reason: 'x' },
      };
    },
    happened: async (s) =>
      s.w.calendly.calls.some(
        (call) => call.method === 'POST' && /cancellation/.test(call.path) && call.status < 300,
      ) && s.w.calendly.calls.splice(0).length > 0,
  },
  {
    action: 'dead letters',
    cells: 'Y Y N N N N N N N',
    before: async (s) => ({ command: 'admin dead', channel: s.sales.id }),
    happened: async (_s, _sender, { said }) => said.includes('Every message arrived'),
  },
  {
    action: 'read the record of who did what',
    cells: 'Y Y N N N N N N N',
    before: async (s) => ({ command: 'admin audit', channel: s.sales.id }),
    happened: async (_s, _sender, { said }) => said.includes('subscribed'),
  },
  {
    action: 'erase a person',
    cells: 'Y Y N N N N N N N',
    before: async (s) => ({
      press: 'erase',
      value: JSON.stringify({ address: 'nobody@secret.example', there: false }),
      channel: s.sales.id,
    }),
    happened: (s, { user }) => one(s, `select count(*) as n from audit where what = 'erase' and who = '${user}'`),
  },
  {
    action: 'name an app manager',
    cells: 'Y N N N N N N N N',
    async before(s) {
      await sql(s, `update installation set managers = '${s.senders['app manager'].user}'`);
      return { command: `admin manager <@${s.w.slack.users.cy}|cy>`, channel: s.sales.id };
    },
    happened: (s) => one(s, `select count(*) as n from installation where managers like '% ${s.w.slack.users.cy}'`),
  },
];

describe.each(rows)('$action', (row) => {
  let s: Stage;
  beforeAll(async () => {
    s = await stage({ shared: true });
  });
  afterAll(closeShared);

  const cells = row.cells.split(' ');
  // What is refused changes nothing, so it goes first.
  const order = columns
    .map((column, i) => ({ column, cell: cells[i]! }))
    .sort((a, b) => Number(a.cell !== 'N') - Number(b.cell !== 'N'));
  it.each(order)('$column: $cell', async ({ column, cell }) => {
    const sender = s.senders[column];
    const came = async (whose: Whose) => {
      const tried = await row.before(s, sender, whose, column);
      return row.happened(s, sender, await attempt(s.w, sender, tried));
    };
    if (cell === 'own') expect([await came('somebody’s'), await came('theirs')]).toEqual([false, true]);
    else expect(await came('theirs')).toBe(cell !== 'N');
  });
});

describe('a refusal', () => {
  const guests = ['multi-channel guest', 'single-channel guest', 'Slack Connect external'] as const;

  it.each(guests)('tells a %s nothing of what there is', { timeout: 60_000 }, async (column) => {
    const s = await stage();
    const sender = s.senders[column];
    const [connection] = await sql(s, 'select id from connection');
    const [kept] = await sql(s, 'select id from subscription');
    const ref = await cardOf(s, 'Ada Lovelace');
    const { sales } = s.w.slack.channels;
    const both = async (made: (id: string) => Try, real: unknown) => [
      (await attempt(s.w, sender, made(String(real)))).said,
      (await attempt(s.w, sender, made('01900000-0000-7000-8000-000000000000'))).said.replaceAll(
        /"view_id":"\w+"/g,
        '',
      ),
    ];
    for (const [made, real] of [
      [(id: string): Try => ({ submit: 'disconnect', metadata: id }), connection?.id],
      [(id: string): Try => ({ press: 'unsubscribe_this', value: id, channel: sales }), kept?.id],
      [(id: string): Try => ({ press: 'list_row:0', value: `unsubscribe ${id}`, channel: sales }), kept?.id],
      [(id: string): Try => ({ press: 'noshow', value: id, channel: sales }), ref],
      [(id: string): Try => ({ press: 'home_check', value: id, channel: sales }), connection?.id],
      [(id: string): Try => ({ press: 'undo', value: id, channel: sales }), kept?.id],
    ] as const) {
      const [of, none] = await both(made, real);
      expect(of).toBe(none);
      expect(of).toContain('Guests can read booking cards');
    }
    // The same words whether anything is connected or not.
    const words = [
      '',
      'status',
      'list',
      'verify',
      'disconnect',
      'subscribe all',
      'agenda',
      'unsubscribe',
      'why a@b.c',
      'admin dead',
    ];
    const say = async () => {
      const answers: string[] = [];
      for (const command of words) answers.push((await attempt(s.w, sender, { command, channel: sales })).said);
      return answers;
    };
    const before = await say();
    await sql(s, 'delete from subscription');
    await sql(s, `update connection set state = 'disconnected'`);
    expect(await say()).toEqual(before);
  });

  it('does not tell a member of a channel they are not in', async () => {
    const s = await stage();
    const { slack } = s.w;
    const hidden = slack.addChannel({ name: 'hidden', members: ['ann'], isPrivate: true });
    const open = slack.addChannel({ name: 'open', members: ['ann'] });
    await slack.invite(hidden, 'bot');
    await slack.invite(open, 'bot');
    await account(s, s.senders['member with own Calendly'], 'theirs', 'user');
    await sql(s, `update subscription set made_by = '${slack.users.bo}'`);
    for (const channel of [hidden, open]) {
      await attempt(s.w, s.senders['member with own Calendly'], {
        command: `copy all to <#${channel}|x>`,
        channel: s.sales.id,
      });
      expect(await one(s, `select count(*) as n from subscription where channel_id = '${channel}'`)).toBe(false);
      expect(await one(s, `select count(*) as n from subscription where channel_id = '${s.sales.id}'`)).toBe(true);
    }
    // A subscription of a channel is found from that channel alone.
    await attempt(s.w, s.senders.admin, { command: 'subscribe all', channel: hidden });
    const [secret] = await sql(s, `select id from subscription where channel_id = '${hidden}'`);
    const press = (value: unknown): Try => ({ press: 'unsubscribe_this', value: String(value), channel: s.sales.id });
    const real = await attempt(s.w, s.senders.member, press(secret?.id));
    expect(real.said).toBe((await attempt(s.w, s.senders.member, press('nothing'))).said);
  });
});

describe('standing', () => {
  it('is asked of Slack at the moment of the action, and believed for less than a minute', {
    timeout: 90_000,
  }, async () => {
    const s = await stage();
    const { slack } = s.w;
    const admin = { command: 'admin dead', channel: s.sales.id };
    const may = async (column: Column) =>
      (await attempt(s.w, s.senders[column], admin)).said.includes('Every message arrived');
    expect(await may('admin')).toBe(true);
    const since = performance.now();
    await slack.changeUser('ann', { isAdmin: false, isOwner: false });
    while (await may('admin')) await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(performance.now() - since).toBeLessThan(60_000);
    // A manager's ends with the word of an admin, at once.
    await slack.changeUser('bo', { isAdmin: true });
    expect(await may('app manager')).toBe(true);
    await sql(s, 'update installation set managers = null');
    expect(await may('app manager')).toBe(false);
  });

  it.each(['internal_error', 'ratelimited', 'fatal_error'])(
    'where Slack says %s instead, nothing is done',
    async (error) => {
      const s = await stage();
      const { slack } = s.w;
      const zoe = { team: slack, user: slack.addUser({ name: 'zoe', isAdmin: true }).id };
      slack.faults.add({ method: 'users.info', kind: 'error', error });
      const connection = String((await sql(s, 'select id from connection'))[0]?.id);
      for (const tried of [
        { command: 'unsubscribe', channel: s.sales.id },
        { command: 'subscribe all noshow', channel: s.sales.id },
        { command: 'admin dead', channel: s.sales.id },
        { submit: 'disconnect', metadata: connection },
        { submit: 'connect', metadata: '', values: { token: s.w.calendly.tokens.mia } },
      ]) {
        const { said } = await attempt(s.w, zoe, tried);
        expect(said).toMatch(/Slack|again|minute/i);
        expect(said).not.toMatch(/Every message arrived|Subscribed|Disconnected|Connected/);
      }
      expect(await one(s, `select count(*) as n from connection where state = 'active'`)).toBe(true);
      expect(await one(s, `select count(*) as n from subscription where kinds like '%booked%'`)).toBe(true);
    },
  );

  it('names a manager who may then do what admins do, and the record says who named them', async () => {
    const s = await stage();
    await attempt(s.w, s.senders['app manager'], { command: 'admin channel here', channel: s.secret });
    await s.w.slack.waitFor(() => s.w.slack.messages(s.secret).some(({ text }) => /made this the channel/.test(text)));
    const [row] = await sql(s, `select who, channel_id from audit where what = 'manager'`);
    expect(row).toEqual({ who: s.senders.admin.user, channel_id: s.senders['app manager'].user });
    const listed = await attempt(s.w, s.senders['app manager'], { command: 'admin managers', channel: s.secret });
    expect(listed.said).toContain(`<@${s.senders['app manager'].user}>`);
    const guest = s.senders['multi-channel guest'].user;
    const refused = await attempt(s.w, s.senders.admin, {
      command: `admin manager <@${guest}|gil>`,
      channel: s.secret,
    });
    expect(refused.said).toContain('is a guest');
  });
});
