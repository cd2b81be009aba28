// Who leads a group at Calendly, and not the organization, brings in the meetings of that group: by a hook of that scope, looked after like any other.

import { describe, expect, it } from 'vitest';
import type { Group } from '../../sandbox/calendly/model.ts';
import {
  ask,
  bookingArrives,
  calls,
  hears,
  managers,
  modalSaying,
  paste,
  said,
  toldInPrivate,
  words,
} from './people.ts';
import { signIn, signInWorld } from './sign-in.ts';
import { follow, inDatabase } from './view.ts';
import { type World, world } from './world.ts';

const rate = { SLACK_CHANNEL_RATE: '100' };
const without = (scope: string) =>
  [
    'users:read',
    'organizations:read',
    'scheduled_events:write',
    'event_types:read',
    'webhooks:write',
    'groups:read',
  ].filter((each) => each !== scope);

/** Mia, a plain member of the organization, is an admin of Sales team, where Adam is as well; Olga is not in it. */
async function groupWorld(o: { env?: Record<string, string>; more?: string[] } = {}) {
  const w = await world({ env: { ...rate, ...o.env } });
  return leads(w, o.more);
}
function leads<W extends World>(w: W, more: string[] = []): W & { groups: Group[] } {
  const groups = [w.calendly.group, ...more.map((name) => w.calendly.addGroup(name))];
  for (const group of groups) w.calendly.joinGroup(w.calendly.users.mia, { group, role: 'admin' });
  return Object.assign(w, { groups });
}
const mia = (w: World) => w.calendly.tokens.mia;
const hooked = (w: World) => w.calendly.hooks.map(({ scope, group, user }) => [scope, group ?? user]);
const cards = (w: World, name: string) => said(w, 'sales', new RegExp(name)).filter((message) => !message.threadTs);

/** The button of `status`, or of the modal that is open, and what is chosen in the window that it opens. */
async function choose(w: World, label: string, o: { from?: 'modal' } = {}) {
  const ann = w.slack.as('ann');
  const from = o.from ? ann.modal()! : await ask(w, 'ann', 'sales', 'status');
  await ann.click(from, 'What I hear of');
  const form = await modalSaying(w, 'ann', /Whose meetings should I hear of/);
  await ann.submit(form, { reach: label });
  return words(await modalSaying(w, 'ann', /^(?!.*Whose meetings)/s));
}

describe('an admin of one group', () => {
  it('connects that group: a hook of its scope, said in words; meetings of those in it come in, and no others', async () => {
    const w = await groupWorld();
    expect(await paste(w, mia(w))).toMatch(
      /✅ Connected: .*Mia Rao.*I hear of every meeting of the group \*Sales team\*, since Mia Rao is an admin of it\. The hook is registered/s,
    );
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    const channel = await follow(w);
    w.calendly.book({ type: 'Demo call', name: 'Not Of The Group' });
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
    await w.calendly.idle();
    expect(channel.cards()).toHaveLength(2);
    const { text } = await ask(w, 'ann', 'sales', 'status');
    expect(text).toMatch(/every meeting of the group \*Sales team\*/);
    expect(text).toMatch(/✅ connected/);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/✅ .*Everything is in order/s);
  });

  it('subscribes to a colleague’s event type and to a colleague, of whom Calendly tells an admin of the group alone', async () => {
    const w = await groupWorld();
    w.calendly.book({ type: 'Onboarding', name: 'From Before' });
    await paste(w, mia(w));
    const sub = (text: string) => ask(w, 'ann', 'sales', `subscribe ${text}`);
    expect((await sub('"Onboarding" booked')).text).not.toMatch(/no event type/);
    expect((await sub('"Demo call" booked')).text).toMatch(/no event type/);
    expect((await sub('host:"Olga Larsen" booked')).text).toMatch(/no host/);
    expect((await sub('host:"Adam Osei" booked')).text).not.toMatch(/no host/);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    expect(cards(w, 'From Before')).toEqual([]);
  });

  it('again is a success: the hook stays, and so does the group where a new token may not read groups', async () => {
    const w = await groupWorld();
    await paste(w, mia(w));
    const [hook] = w.calendly.hooks;
    const less = w.calendly.createToken(w.calendly.users.mia, { scopes: without('groups:read') });
    for (const token of [mia(w), less])
      expect(await paste(w, token)).toMatch(
        /Connected again.*the group \*Sales team\*.*The hook at Calendly is in place/s,
      );
    expect(w.calendly.hooks).toEqual([hook]);
  });

  it('no longer: connected again it brings its own meetings, said so, and the group’s hook goes', async () => {
    const w = await groupWorld();
    await paste(w, mia(w));
    await follow(w);
    w.calendly.leaveGroup(w.calendly.users.mia);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(
      /⚠️.*That takes an admin of this group at Calendly, or an owner or admin of the organization/s,
    );
    expect(await paste(w, mia(w))).toMatch(/the meetings of Mia Rao alone/);
    expect(hooked(w).filter(([scope]) => scope === 'user')).toHaveLength(1);
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
    await w.calendly.idle();
    expect(cards(w, 'Alan Turing')).toHaveLength(1);
  });

  it('whom Calendly refuses the group gets his own meetings, and hears why', async () => {
    const w = await groupWorld();
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: { status: 403, body: {} } });
    const told = await paste(w, mia(w));
    expect(told).toMatch(/the meetings of Mia Rao alone/);
    expect(told).toMatch(/Calendly refused a hook for the group/);
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);
  });

  it('one 409 is nothing to say: another address is tried', async () => {
    const w = await groupWorld();
    const taken = { title: 'Already Exists', message: 'Hook with this url already exists' };
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: { status: 409, body: taken } });
    expect(await paste(w, mia(w))).toMatch(/the group \*Sales team\*/);
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
  });

  it('a token that may not read groups brings its own meetings, and says what to type for a group', async () => {
    const w = await groupWorld();
    const less = w.calendly.createToken(w.calendly.users.mia, { scopes: without('groups:read') });
    expect(await paste(w, less)).toMatch(
      /the meetings of Mia Rao alone.*type \/calendly connect groups, which asks for the permission groups:read/s,
    );
    // Whoever was heard of alone is not widened without a word.
    expect(await paste(w, mia(w))).toMatch(
      /the meetings of Mia Rao alone.*this account leads: Sales team\. To hear of that group instead, type \/calendly status/s,
    );
    expect(await choose(w, 'The group Sales team', { from: 'modal' })).toMatch(
      /I now hear of every meeting of the group \*Sales team\*/,
    );
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
  });
});

describe('signing in', () => {
  it('by `connect groups` asks for the permission to read groups, and the page names the group', async () => {
    const w = leads(await signInWorld());
    const page = await signIn(w, { user: w.calendly.users.mia, typed: 'connect groups' });
    expect(page.text).toMatch(/every meeting of the group Sales team/);
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    expect((await toldInPrivate(w, 'ann', /Connected/)).text).toMatch(/since Mia Rao is an admin of it/);
  });

  it('without that word brings the own meetings, and says the word', async () => {
    const w = leads(await signInWorld());
    const page = await signIn(w, { user: w.calendly.users.mia });
    expect(page.text).toMatch(/the meetings of this account/);
    expect((await toldInPrivate(w, 'ann', /Connected/)).text).toMatch(/type \/calendly connect groups/);
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);
  });
});

describe('a choice', () => {
  it('between several groups is the person’s: own meetings until then; the old hook goes after the new one stands', async () => {
    const w = await groupWorld({ more: ['Success <!channel>'] });
    const told = await paste(w, mia(w));
    expect(told).toMatch(/the meetings of Mia Rao alone/);
    expect(told).toMatch(/this account leads: Sales team, Success channel\. To hear of one of these groups instead/);
    expect(await choose(w, 'The group Sales team', { from: 'modal' })).toMatch(
      /✅ .*I now hear of every meeting of the group \*Sales team\*/,
    );
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    const channel = await follow(w);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    // And back, from `status`; subscriptions stay.
    expect(await choose(w, 'Its own meetings alone')).toMatch(/I now hear of their own meetings/);
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);
    w.calendly.book({ type: 'Onboarding', name: 'Of A Colleague' });
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
    await w.calendly.idle();
    expect(channel.cards()).toHaveLength(2);
    // What was chosen stays so when the account is connected again.
    expect(await paste(w, mia(w))).toMatch(/the meetings of Mia Rao alone, as it was chosen/);
  });

  it('is an owner’s too: a group, or the own meetings; connecting again leaves it at that; forms come with the organization alone', async () => {
    const w = await groupWorld();
    await paste(w, w.calendly.tokens.olga);
    await ask(w, 'ann', 'sales', 'subscribe all booked routed');
    await hears(w, 'sales', /subscribed this channel/);
    await w.calendly.waitFor(() => w.calendly.hooks.length === 2, { what: 'the hook of forms' });
    expect(await choose(w, 'The group Sales team')).toMatch(
      /the group \*Sales team\*.*Routing forms do not come in any more/s,
    );
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅/);
    expect(await paste(w, w.calendly.tokens.olga)).toMatch(/the group \*Sales team\*, as it was chosen/);
    w.calendly.book({ type: 'Demo call', name: 'Her Own' });
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    await w.calendly.idle();
    expect(cards(w, 'Her Own')).toEqual([]);
    expect(await choose(w, 'Everybody in the organization')).toMatch(/every meeting of the organization/);
    await bookingArrives(w, 'sales', 'Alan Turing');
  });

  it('that Calendly refuses changes nothing', async () => {
    const w = await groupWorld({ more: ['Success'] });
    await paste(w, mia(w));
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', kind: { status: 403, body: {} } });
    expect(await choose(w, 'The group Success', { from: 'modal' })).toMatch(/That takes an admin of this group/);
    w.calendly.faults.clear();
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);
    await follow(w);
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
  });

  it('that there is none says so', async () => {
    const w = await world({ env: rate });
    await paste(w, mia(w));
    const status = await ask(w, 'ann', 'sales', 'status');
    await w.slack.as('ann').click(status, 'What I hear of');
    expect(words(await modalSaying(w, 'ann', /nothing to choose/))).toMatch(/`\/calendly connect groups`/);
  });
});

describe('who may', () => {
  it('connect, choose and subscribe a group: those who lead the workspace; others their own meetings', async () => {
    const w = await groupWorld({ more: ['Success'] });
    const told = await paste(w, mia(w), 'cy');
    expect(told).toMatch(/the meetings of Mia Rao alone/);
    expect(told).not.toMatch(/Success/);
    const status = await ask(w, 'cy', 'sales', 'status');
    await w.slack.as('cy').click(status, 'What I hear of');
    await w.slack.as('cy').submit(await modalSaying(w, 'cy', /Whose meetings/), { reach: 'The group Success' });
    expect(words(await modalSaying(w, 'cy', /Only workspace admins and app managers/))).toMatch(
      /more than an account’s own meetings/,
    );
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);

    // An admin chose it for her: she may no longer bring it into a channel by herself, nor connect it again to less.
    await choose(w, 'The group Sales team');
    expect((await ask(w, 'cy', 'sales', 'subscribe all')).text).toMatch(/meetings of a whole group into a channel/);
    const bo = await ask(w, 'bo', 'sales', 'status');
    expect(JSON.stringify(bo.blocks)).not.toMatch(/What I hear of/);
    expect(await paste(w, mia(w), 'bo')).toMatch(/connected for a group, so only a workspace admin or app manager/);
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    // Once it is disconnected she may, but not to as much as before.
    await w.slack.as('ann').command(w.slack.channels.general, 'disconnect');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /Disconnect .*Mia Rao/), {});
    await modalSaying(w, 'ann', /Disconnected/);
    expect(await paste(w, mia(w), 'cy')).toMatch(/the meetings of Mia Rao alone, since only workspace admins/);
    expect(hooked(w)).toEqual([['user', w.calendly.users.mia.uri]]);
  });
});

describe('looked after like any other', () => {
  it('a hook that was deleted is replaced by one of the group, and what the group missed meanwhile is caught up, once', async () => {
    const w = await groupWorld();
    await paste(w, mia(w));
    const channel = await follow(w);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    w.calendly.deleteHook(w.calendly.hooks[0]!);
    w.calendly.book({ type: 'Onboarding', name: 'Missed Meanwhile' });
    w.calendly.book({ type: 'Demo call', name: 'Not Of The Group' });
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(
      /The hook was deleted at Calendly\. I registered a new one/,
    );
    await channel.shows('Missed Meanwhile');
    expect((await toldInPrivate(w, 'ann', /Caught up/)).text).toMatch(/1 booking\b/);
    expect(hooked(w)).toEqual([['group', w.calendly.group.uri]]);
    const lists = calls(w, 'GET', /scheduled_events$/);
    expect(lists.length).toBeGreaterThan(0);
    for (const { query } of lists) expect(query).toMatchObject({ group: w.calendly.group.uri });
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
    expect(channel.cards()).toHaveLength(3);
  });

  it('a hook of another group at our address is replaced; a stranger’s group hook is left alone', async () => {
    const w = await groupWorld({ more: ['Success'] });
    await paste(w, mia(w));
    await choose(w, 'The group Sales team', { from: 'modal' });
    const [hook] = w.calendly.hooks;
    hook!.group = w.groups[1]!.uri;
    const theirs = {
      ...hook!,
      uri: `${hook!.uri}0`,
      callback_url: 'https://else.example/hook',
      group: w.calendly.group.uri,
    };
    w.calendly.hooks.push(theirs);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/belonged to another account/);
    const live = w.calendly.hooks.filter(({ state }) => state === 'active');
    expect(live).toContain(theirs);
    expect(live.filter((each) => each !== theirs).map(({ group }) => group)).toEqual([w.calendly.group.uri]);
  });

  it('without a public address the group’s list is asked each minute', async () => {
    const w = await groupWorld({ env: { PUBLIC_URL: '' } });
    await paste(w, mia(w));
    const channel = await follow(w);
    w.calendly.book({ type: 'Onboarding', name: 'Grace Hopper' });
    w.calendly.book({ type: 'Demo call', name: 'Not Of The Group' });
    await inDatabase(w.storage, 'update backfill set poll_at = 0, due_at = 0');
    await channel.shows('Grace Hopper', /booked/i, 10_000);
    expect(channel.cards()).toHaveLength(1);
  });

  it.each([
    { loss: 'its token dies', end: (w: World) => w.calendly.revokeToken(mia(w)), why: /no longer accepts its access/ },
    {
      loss: 'it no longer leads the group',
      end: (w: World) => w.calendly.leaveGroup(w.calendly.users.mia),
      why: /may no longer see the whole group/,
    },
  ])(
    'when $loss, an account that hears of the group or of everybody takes over: the same hook, the same cards',
    async ({ end, why }) => {
      const w = await groupWorld();
      await managers(w, 'bo', 'cy');
      await paste(w, mia(w), 'bo');
      const channel = await follow(w);
      await paste(w, w.calendly.tokens.adam, 'cy');
      const [hook] = w.calendly.hooks;
      await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
      end(w);
      await ask(w, 'ann', 'sales', 'verify');
      expect((await toldInPrivate(w, 'cy', /has taken over/)).text).toMatch(why);
      expect(w.calendly.hooks).toContain(hook);
      w.calendly.deleteHook(hook!);
      w.calendly.book({ type: 'Onboarding', name: 'Missed Meanwhile' });
      await ask(w, 'ann', 'sales', 'verify');
      await channel.shows('Missed Meanwhile');
      expect(hooked(w)).toContainEqual(['group', w.calendly.group.uri]);
      w.calendly.book({ type: 'Demo call', name: 'Not Of The Group' });
      await bookingArrives(w, 'sales', 'Alan Turing', 'Onboarding');
      await w.calendly.idle();
      expect(channel.cards()).toHaveLength(3);
      expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Adam Osei acts in its place/);
    },
  );

  it('nobody takes over who hears of another group; the admins are asked, and whom they should ask is said', async () => {
    const w = await groupWorld({ more: ['Success'] });
    await managers(w, 'bo', 'cy');
    await paste(w, mia(w), 'bo');
    await w.slack.as('ann').command(w.slack.channels.sales, 'status');
    await choose(w, 'The group Sales team');
    w.calendly.setRole(w.calendly.users.adam, 'user');
    w.calendly.leaveGroup(w.calendly.users.adam);
    w.calendly.joinGroup(w.calendly.users.adam, { group: w.groups[1]!, role: 'admin' });
    expect(await paste(w, w.calendly.tokens.adam, 'cy')).toMatch(/the group \*Success\*/);
    // He may by now, but nobody has connected him for that.
    w.calendly.joinGroup(w.calendly.users.adam, { role: 'admin' });
    w.calendly.revokeToken(mia(w));
    await ask(w, 'ann', 'sales', 'verify');
    expect((await toldInPrivate(w, 'ann', /no other connected account can take over/)).text).toMatch(
      /Ask another admin of this group, or an owner or admin of the Calendly organization/,
    );
  });

  it('nobody takes over who led the group until lately', async () => {
    const w = await groupWorld();
    await managers(w, 'bo', 'cy');
    w.calendly.setRole(w.calendly.users.adam, 'user');
    await paste(w, mia(w), 'bo');
    expect(await paste(w, w.calendly.tokens.adam, 'cy')).toMatch(/the group \*Sales team\*/);
    w.calendly.leaveGroup(w.calendly.users.adam);
    w.calendly.revokeToken(mia(w));
    await ask(w, 'ann', 'sales', 'verify');
    await toldInPrivate(w, 'ann', /Mia Rao: .*no other connected account can take over/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).not.toMatch(/acts in its place/);
  });

  it('two accounts that both hear of a meeting show it once', async () => {
    const w = await groupWorld();
    await paste(w, mia(w));
    await paste(w, w.calendly.tokens.olga);
    for (const account of ['mia', 'olga']) await ask(w, 'ann', 'sales', `subscribe all booked --account ${account}`);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    await w.calendly.idle();
    await bookingArrives(w, 'sales', 'Alan Turing', 'Support');
    expect(cards(w, 'Grace Hopper')).toHaveLength(1);
  });
});
