// The app is installed in many workspaces from its own page: each gets its own token, is welcomed, and acts with no other.

import { expect, test } from 'vitest';
import { browser } from './browser.ts';
import { allowed, install, installableWorld, inWorkspace, toSlack } from './installing.ts';
import { bookingArrives, hears } from './people.ts';
import { connect, world } from './world.ts';

test('three workspaces install it, and every call to Slack bears the token of its own', async () => {
  const w = await installableWorld();
  const beta = w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false });
  const gamma = w.slack.addWorkspace({ name: 'Gamma', domain: 'gamma', installed: false });
  const worlds = [w, inWorkspace(w, beta), inWorkspace(w, gamma)];
  for (const each of worlds) {
    const page = await install(w, each.slack.team);
    expect(page.status).toBe(200);
    expect(page.text).toContain(each.slack.team.name);
    expect(page.text).toContain('The app is installed');
    const welcome = await w.slack.waitFor(() => each.slack.as('ann').dm().at(-1), { what: 'the welcome' });
    expect(welcome.text).toMatch(/Thanks for installing me.*\/calendly connect/s);
  }
  for (const each of worlds) {
    await connect(each);
    await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    await hears(each, 'sales', /hears of|now shows|booked/i);
  }
  await Promise.all(worlds.map((each) => bookingArrives(each, 'sales', `Ada ${each.slack.team.domain}`)));

  const used = w.slack.ledger.filter((call) => call.method !== 'oauth.v2.access' && call.token !== null);
  const tokens = new Map(worlds.map(({ slack }) => [slack.team.id, slack.botToken]));
  expect(new Set(tokens.values()).size).toBe(3);
  for (const call of used) expect([call.method, call.token]).toEqual([call.method, tokens.get(call.team ?? '')]);
  // What a call names belongs to the workspace of its token.
  for (const call of used) {
    const place = String(call.args.channel ?? call.args.user ?? '');
    if (place) expect(call.answer.error ?? '').not.toMatch(/channel_not_found|user_not_found/);
  }
});

test('a state is good once, in its own browser, for ten minutes; without one Slack is not asked', async () => {
  const w = await installableWorld();
  const asked = () => w.slack.ledger.filter((call) => call.method === 'oauth.v2.access').length;
  const b = browser();
  const back = await allowed(b, await toSlack(w, b), w.slack.team.id);
  const state = new URL(back).searchParams.get('state') ?? '';

  const elsewhere = await browser().open(back);
  expect([elsewhere.status, elsewhere.text]).toEqual([403, expect.stringContaining('begun in another browser')]);
  const unknown = await b.open(back.replace(state, `${state.slice(0, -1)}_`));
  expect(unknown.status).toBe(400);
  const none = await b.open(`${w.app.url}/slack/oauth_redirect?code=abc`);
  expect(none.status).toBe(400);
  expect(asked()).toBe(0);

  expect((await b.open(back)).status).toBe(200);
  expect(asked()).toBe(1);
  const again = await b.open(back);
  expect([again.status, again.text]).toEqual([410, expect.stringContaining('works once')]);
  expect(asked()).toBe(1);

  const denied = await b.open(`${await toSlack(w, b)}&deny=1`);
  const said = await b.open(denied.headers.get('location') ?? '');
  expect([said.status, said.text]).toEqual([403, expect.stringContaining('You said no in Slack')]);
  expect(asked()).toBe(1);

  // A code of somebody's own, put behind a victim's state.
  const mixed = new URL(await allowed(b, await toSlack(w, b), w.slack.team.id));
  mixed.searchParams.set('code', 'made-up');
  expect((await b.open(mixed.href)).text).toContain('Slack did not confirm');
});

test('the page changes nothing when it is merely opened, runs no script, and takes no press from elsewhere', async () => {
  const w = await installableWorld();
  const b = browser();
  const address = `${w.app.url}/slack/install`;
  const page = await b.open(address, { headers: { 'accept-language': 'de-DE' } });
  expect(page.text).toContain('Calendly zu Slack hinzufügen');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(policy).not.toContain('script-src');
  expect(page.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
  await expect(b.press(page, address, { 'sec-fetch-site': 'cross-site' })).resolves.toMatchObject({ status: 403 });
  const other = browser();
  await other.open(address);
  await expect(other.press(page, address)).resolves.toMatchObject({ status: 403 });
});

test('an installation again keeps all that was there; a permission declined is no hindrance, and a new one is remembered', async () => {
  const w = await installableWorld();
  await install(w, w.slack.team, { more: '&decline=users:read.email' });
  expect(w.slack.scopes).not.toContain('users:read.email');
  await connect(w);
  await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
  await hears(w, 'sales', /./);
  await bookingArrives(w, 'sales', 'Ada First');

  const page = await install(w);
  expect(page.text).toContain('The app is installed again');
  expect(w.slack.scopes).toContain('users:read.email');
  await bookingArrives(w, 'sales', 'Ada Second');
  // Whoever installs it again knows it already.
  expect(
    w.slack
      .as('ann')
      .dm()
      .filter((message) => /Thanks for installing/.test(message.text)),
  ).toHaveLength(1);
});

test('a workspace by SLACK_BOT_TOKEN and others by installing live side by side', async () => {
  const w = await world({ start: false });
  await w.restart({
    SLACK_CLIENT_ID: w.slack.clientId,
    SLACK_CLIENT_SECRET: w.slack.clientSecret,
    SLACK_AUTHORIZE_URL: w.slack.authorizeUrl,
  });
  const other = w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false });
  expect((await install(w, other.team)).status).toBe(200);
  for (const each of [w, inWorkspace(w, other)]) {
    await connect(each);
    await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    await hears(each, 'sales', /./);
  }
  await Promise.all([bookingArrives(w, 'sales', 'Ada'), hears(inWorkspace(w, other), 'sales', /Ada/)]);
});
