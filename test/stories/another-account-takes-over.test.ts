// Standby: when an account can no longer speak for its organization, another one of the same organization takes over, without a gap and without a repeat.

import { describe, expect, it } from 'vitest';
import type { Hook } from '../../sandbox/calendly/model.ts';
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
  type Who,
  words,
} from './people.ts';
import { signIn, signInWorld } from './sign-in.ts';
import { type World, world } from './world.ts';

const rate = { SLACK_CHANNEL_RATE: '100' };
const everySecond = { ...rate, VERIFY_SCHEDULE: '* * * * * *' };

/** Olga's account, connected by Bo, brings bookings into #sales; Adam's is connected by Cy. */
async function twoAccounts(o: { env?: Record<string, string>; standby?: boolean } = {}): Promise<World> {
  const w = await world({ env: o.env ?? rate });
  await managers(w, 'bo', 'cy');
  await paste(w, w.calendly.tokens.olga, 'bo');
  await w.slack.as('bo').command(w.slack.channels.sales, 'subscribe all booked canceled rescheduled --account olga');
  await hears(w, 'sales', /subscribed this channel/);
  if (o.standby !== false) await paste(w, w.calendly.tokens.adam, 'cy');
  return w;
}

const dms = (w: World, who: Who, pattern: RegExp) =>
  w.slack
    .as(who)
    .dm()
    .filter((message) => pattern.test(message.text));
async function threeChecks(w: World): Promise<void> {
  const seen = calls(w, 'GET', /users\/me/).length;
  // Two accounts, a call each.
  await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > seen + 6, { what: 'three more checks' });
}
const cards = (w: World, name: string) => said(w, 'sales', new RegExp(name)).filter((message) => !message.threadTs);
const tookOver = /has taken over/;

describe('a token that dies', () => {
  it('is followed by the other account: the same hook, the same cards, nothing twice; both owners hear it once', async () => {
    const w = await twoAccounts({ env: everySecond });
    const first = w.calendly.book({ type: 'Demo call', name: 'Grace Hopper', email: 'grace@navy.example' });
    const card = await hears(w, 'sales', /Grace Hopper/);
    const hook = w.calendly.hooks[0]!;
    w.calendly.revokeToken(w.calendly.tokens.olga);
    const toCy = await toldInPrivate(w, 'cy', tookOver);
    expect(toCy.text).toMatch(/Olga Larsen stopped working: Calendly no longer accepts its access\./);
    expect(toCy.text).toMatch(/Adam Osei, which you connected, has taken over its 1 subscription in 1 channel/);
    const toBo = await toldInPrivate(w, 'bo', tookOver);
    expect(toBo.text).toMatch(/Your channels go on as before.*connect it again with \/calendly connect/s);

    await bookingArrives(w, 'sales', 'Alan Turing');
    w.calendly.book({
      type: 'Demo call',
      name: 'Grace Hopper',
      email: 'grace@navy.example',
      start: new Date(Date.now() + 9e8),
    });
    const second = await w.slack.waitFor(() => cards(w, 'Grace Hopper')[1]);
    // What is known of people goes on as well.
    expect(words(second)).toMatch(/2nd booking/);
    w.calendly.cancel(first, { by: 'invitee' });
    await w.slack.waitFor(() => said(w, 'sales').some((m) => m.ts === card.ts && /^Canceled/.test(m.text)));
    await w.calendly.idle();
    const seen = calls(w, 'GET', /users\/me/).length;
    await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > seen + 4);
    expect(cards(w, 'Alan Turing')).toHaveLength(1);
    expect(cards(w, 'Grace Hopper')).toHaveLength(2);
    expect(said(w, 'sales', /./).filter((m) => m.threadTs === card.ts)).toHaveLength(1);
    expect(w.calendly.hooks).toContain(hook);
    expect(w.calendly.hooks).toHaveLength(2);
    expect(dms(w, 'cy', /./)).toHaveLength(1);
    expect(dms(w, 'bo', /./)).toHaveLength(1);
    expect(dms(w, 'ann', /./)).toEqual([]);

    const { text } = await ask(w, 'ann', 'sales', 'status');
    expect(text).toMatch(/Olga Larsen.*✅ connected/);
    expect(text).toMatch(/Adam Osei acts in its place since/);
  });

  it('with its hook gone as well: the other account makes a new one, and what was missed meanwhile is shown once', async () => {
    const w = await twoAccounts({ standby: false });
    await bookingArrives(w, 'sales', 'Grace Hopper');
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'bo', 'sales', 'verify');
    await toldInPrivate(w, 'bo', /token was revoked/);
    w.calendly.deleteHook(w.calendly.hooks[0]!);
    w.calendly.book({ type: 'Demo call', name: 'Missed Meanwhile' });
    await ask(w, 'bo', 'sales', 'verify');
    // Whoever comes now helps at once.
    await paste(w, w.calendly.tokens.adam, 'cy');
    await toldInPrivate(w, 'cy', tookOver);
    await hears(w, 'sales', /Missed Meanwhile/);
    expect((await toldInPrivate(w, 'cy', /Caught up/)).text).toMatch(/1 booking\b/);
    await bookingArrives(w, 'sales', 'Alan Turing');
    await w.calendly.idle();
    for (const name of ['Grace Hopper', 'Missed Meanwhile', 'Alan Turing']) expect(cards(w, name)).toHaveLength(1);
    expect(w.calendly.hooks.filter((hook: Hook) => hook.state === 'active')).toHaveLength(2);
  });

  it('of a sign-in is followed by a token, and the other way round', async () => {
    const w = await signInWorld();
    await managers(w, 'bo', 'cy');
    await signIn(w, { who: 'bo', user: w.calendly.users.adam });
    await toldInPrivate(w, 'bo', /Connected/);
    await w.slack.as('bo').command(w.slack.channels.sales, 'subscribe all booked');
    await hears(w, 'sales', /subscribed this channel/);
    await paste(w, w.calendly.tokens.olga, 'cy');
    const pair = w.calendly.calls.find((call) => call.method === 'POST' && /webhook_subscriptions/.test(call.path))!;
    w.calendly.revokeToken(pair.token!);
    w.calendly.spendRefresh(pair.token!);
    await ask(w, 'bo', 'sales', 'verify');
    await toldInPrivate(w, 'cy', tookOver);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await w.restart(w.env);
    expect((await ask(w, 'bo', 'sales', 'verify')).text).not.toMatch(/⚠️/);
    await bookingArrives(w, 'sales', 'Alan Turing');
    expect(cards(w, 'Grace Hopper')).toHaveLength(1);
  });
});

describe('an owner who leaves', () => {
  it('Slack: the other account takes over, and only its owner is told', async () => {
    const w = await twoAccounts({ env: everySecond });
    await w.slack.changeUser('bo', { isDeleted: true });
    const told = await toldInPrivate(w, 'cy', tookOver);
    expect(told.text).toMatch(/whoever connected it has left Slack/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await threeChecks(w);
    expect(dms(w, 'cy', /./)).toHaveLength(1);
    expect(said(w, 'sales', tookOver)).toEqual([]);
    expect(
      w.slack.ledger.some((call) => call.method === 'chat.postMessage' && call.args.channel === w.slack.users.bo),
    ).toBe(false);
    // It is Cy's now: to change, and to disconnect.
    expect((await ask(w, 'cy', 'sales', 'events booked')).text).toMatch(/✅ Changed/);
    await w.slack.as('cy').command(w.slack.channels.general, 'disconnect');
    const form = await modalSaying(w, 'cy', /Which/);
    await w.slack.as('cy').submit(form, { account: 'Acme Sales (Olga Larsen) (olga@acme.example)' });
    await modalSaying(w, 'cy', /Disconnected/);
    expect(w.calendly.hooks).toHaveLength(1);
  });

  it('Slack, and nobody can take over: the admins are asked once, and bookings go on', async () => {
    const w = await twoAccounts({ env: everySecond, standby: false });
    await w.slack.changeUser('bo', { isDeleted: true });
    const told = await toldInPrivate(w, 'ann', /has left Slack/);
    expect(told.text).toMatch(/Ask an owner or admin of this Calendly organization to type \/calendly connect/);
    const seen = calls(w, 'GET', /users\/me/).length;
    await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > seen + 2);
    expect(dms(w, 'ann', /./)).toHaveLength(1);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/left Slack/);
  });

  it('the Calendly organization: the same', async () => {
    const w = await twoAccounts();
    w.calendly.removeMember(w.calendly.users.olga);
    await ask(w, 'ann', 'sales', 'verify');
    expect((await toldInPrivate(w, 'bo', tookOver)).text).toMatch(/it has left the Calendly organization/);
    await toldInPrivate(w, 'cy', tookOver);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
    await w.calendly.idle();
    expect(cards(w, 'Grace Hopper')).toHaveLength(1);
  });

  it('the circle of admins there: the same', async () => {
    const w = await twoAccounts();
    w.calendly.setRole(w.calendly.users.olga, 'user');
    await ask(w, 'ann', 'sales', 'verify');
    expect((await toldInPrivate(w, 'bo', tookOver)).text).toMatch(/may no longer see the whole Calendly organization/);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Onboarding');
  });
});

describe('who cannot take over', () => {
  it.each([
    { name: 'a plain member', token: (w: World) => w.calendly.tokens.mia },
    { name: 'somebody of another organization', token: (w: World) => w.calendly.createToken(w.calendly.soloUser) },
  ])('$name: the owner is told, and the admins are asked, each once', async ({ token }) => {
    const w = await twoAccounts({ env: everySecond, standby: false });
    await paste(w, token(w), 'cy');
    w.calendly.revokeToken(w.calendly.tokens.olga);
    expect((await toldInPrivate(w, 'bo', /token was revoked/)).text).toMatch(/connect/);
    const asked = await toldInPrivate(w, 'ann', /no other connected account can take over/);
    expect(asked.text).toMatch(/Ask an owner or admin of this Calendly organization to type \/calendly connect/);
    const seen = calls(w, 'GET', /users\/me/).length;
    await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > seen + 4);
    expect(dms(w, 'bo', /./)).toHaveLength(1);
    expect(dms(w, 'ann', /./)).toHaveLength(1);
    expect(dms(w, 'cy', /./)).toEqual([]);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Olga Larsen.*not working/);
  });

  it('a member’s own meetings are heard of by nobody else, and that is said', async () => {
    const w = await world({ env: rate });
    await paste(w, w.calendly.tokens.mia, 'bo');
    await paste(w, w.calendly.tokens.adam, 'cy');
    w.calendly.revokeToken(w.calendly.tokens.mia);
    await ask(w, 'ann', 'sales', 'verify');
    expect((await toldInPrivate(w, 'ann', /no other connected account/)).text).toMatch(
      /heard of by that account alone/,
    );
    expect(dms(w, 'cy', /./)).toEqual([]);
  });
});

describe('afterwards', () => {
  it('the old account takes its work back when it is connected again', async () => {
    const w = await twoAccounts();
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'ann', 'sales', 'verify');
    await toldInPrivate(w, 'cy', tookOver);
    const again = w.calendly.createToken(w.calendly.users.olga);
    expect(await paste(w, again, 'bo')).toMatch(/Connected again/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).not.toMatch(/acts in its place/);
    w.calendly.calls.length = 0;
    await ask(w, 'ann', 'sales', 'verify');
    expect(new Set(calls(w, 'GET', /users\/me/).map((call) => call.token))).toEqual(
      new Set([again, w.calendly.tokens.adam]),
    );
    await bookingArrives(w, 'sales', 'Grace Hopper');
    // Another time is another piece of news.
    w.calendly.revokeToken(again);
    await ask(w, 'ann', 'sales', 'verify');
    await w.slack.waitFor(() => dms(w, 'cy', tookOver).length === 2 && dms(w, 'bo', tookOver).length === 2);
  });

  it('a connecting that fails leaves whoever stands in in place', async () => {
    const w = await twoAccounts();
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'ann', 'sales', 'verify');
    await toldInPrivate(w, 'cy', tookOver);
    w.calendly.deleteHook(w.calendly.hooks[0]!);
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: { status: 403 } });
    await paste(w, w.calendly.createToken(w.calendly.users.olga), 'bo');
    expect((await ask(w, 'ann', 'sales', 'verify')).text).not.toMatch(/⚠️/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Adam Osei acts in its place/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect(dms(w, 'cy', tookOver)).toHaveLength(1);
  });

  it('when the one who stands in is disconnected, nobody is left, and that is said', async () => {
    const w = await twoAccounts();
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'ann', 'sales', 'verify');
    await toldInPrivate(w, 'cy', tookOver);
    await w.slack.as('cy').command(w.slack.channels.general, 'disconnect');
    const form = await modalSaying(w, 'cy', /Which/);
    await w.slack.as('cy').submit(form, { account: 'Acme Sales (Adam Osei) (adam@acme.example)' });
    await modalSaying(w, 'cy', /Disconnected/);
    await toldInPrivate(w, 'ann', /no other connected account can take over/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Olga Larsen.*not working/);
  });
});
