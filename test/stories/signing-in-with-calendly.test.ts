// Sign in with Calendly, from the command to the first card: what a person sees at each step, and what ends on a page that says what to do.

import { describe, expect, it } from 'vitest';
import { browser, goOn, type Shown } from './browser.ts';
import { ask, bookingArrives, calls, hears, modalSaying, paste, said, toldInPrivate, words } from './people.ts';
import { link, signIn, signInWorld } from './sign-in.ts';
import { eventually, inDatabase } from './view.ts';
import { type World, world } from './world.ts';

const tokenCalls = (w: World, grant?: string) =>
  calls(w, 'POST', /^\/oauth\/token$/).filter((call) => !grant || call.body.grant_type === grant);

/** Every page is closed to scripts, frames, caches and other sites, and says something a person can do. */
function isGoodPage(page: Shown, status: number, text: RegExp): void {
  expect(page.text).toMatch(text);
  expect(page.status, page.text).toBe(status);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action [^;]+; frame-ancestors 'none'; base-uri 'none'$/,
  );
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.html).not.toMatch(/<script|\son\w+=|\{command\}|undefined|\[object/i);
  expect(page.text).toMatch(/Slack|\/calendly|Ask a full member/);
}

const asked = (there: string) => new URL(there).searchParams.get('scope')?.split(' ') ?? [];

async function nothingIsHalfMade(w: World): Promise<void> {
  expect(w.calendly.hooks).toEqual([]);
  expect(await inDatabase(w.storage, 'select id from connection')).toEqual([]);
  expect(await inDatabase(w.storage, 'select id from token_pair')).toEqual([]);
}

describe('signing in with Calendly', () => {
  it('leads from the command to the first card, and names everybody on the way', async () => {
    const w = await signInWorld();
    const url = await link(w);
    expect(new URL(url).pathname).toMatch(/^\/calendly\/connect\/[\w-]{32}$/);
    const b = browser();
    const confirm = await b.open(url);
    isGoodPage(confirm, 200, /Connect Calendly to Slack\?/);
    expect(confirm.text).not.toMatch(/cancel a meeting|single booking|routing forms/);
    expect(confirm.text).toMatch(/Slack workspace Acme/);
    expect(confirm.text).toMatch(/Asked for by Ann/);
    expect(confirm.text).toMatch(/Is this not you\? Then close this page/);
    const sent = await b.press(confirm, url);
    expect(sent.status).toBe(303);
    const there = new URL(sent.headers.get('location') ?? '');
    expect(there.origin + there.pathname).toBe(`${w.calendly.url}/oauth/authorize`);
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      client_id: w.calendly.app.clientId,
      response_type: 'code',
      redirect_uri: `${w.app.url}/calendly/callback`,
      code_challenge_method: 'S256',
      scope: 'users:read organizations:read scheduled_events:read event_types:read webhooks:write',
    });
    const done = await b.open(w.calendly.consent(there.href));
    isGoodPage(done, 200, /Calendly is connected/);
    expect(done.text).toMatch(/Calendly account Olga Larsen \(olga@acme\.example\)/);
    expect(done.text).toMatch(/Slack workspace Acme.*for Ann/);
    expect(done.text).toMatch(/every meeting of the organization Acme Sales/);
    expect(words(await toldInPrivate(w, 'ann', /Connected/))).toMatch(/✅ Connected: \*Olga Larsen\*.*role owner/s);

    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    await hears(w, 'sales', /subscribed this channel/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    // Signed with the key of the OAuth app.
    expect(w.calendly.hooks.map((hook) => hook.signing_key)).toEqual([w.calendly.app.signingKey]);
    expect(calls(w, 'POST', /webhook_subscriptions/)[0]?.body).not.toHaveProperty('signing_key');
    expect(tokenCalls(w)).toHaveLength(1);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Olga Larsen.*✅ connected/s);
  });

  it('gives a member their own meetings', async () => {
    const w = await signInWorld();
    const done = await signIn(w, { who: 'bo', user: w.calendly.users.mia });
    isGoodPage(done, 200, /the meetings of this account/);
    expect(w.calendly.hooks.map((hook) => hook.scope)).toEqual(['user']);
  });

  it('without an OAuth app there is no word of it, and no such page', async () => {
    const w = await world();
    await w.slack.as('ann').command(w.slack.channels.general, 'connect');
    expect(JSON.stringify(await modalSaying(w, 'ann', /Personal access token/))).not.toMatch(/sign in/i);
    for (const path of ['/calendly/callback', '/calendly/connect/abc'])
      expect((await fetch(w.app.url + path)).status).toBe(404);
  });

  it('the pasted token works beside it', async () => {
    const w = await signInWorld();
    expect(await paste(w, w.calendly.tokens.olga)).toMatch(/✅ Connected/);
    expect(w.calendly.hooks[0]?.signing_key).not.toBe(w.calendly.app.signingKey);
  });

  it('keeps tokens, state, code and links out of the log and, in clear, out of the memory', async () => {
    const w = await signInWorld();
    const url = await link(w);
    const b = browser();
    const there = await goOn(b, url);
    const back = w.calendly.consent(there);
    await b.open(back);
    await b.open(back);
    const state = new URL(there).searchParams.get('state') ?? '';
    const code = new URL(back).searchParams.get('code') ?? '';
    const used = calls(w, 'GET', /users\/me/)[0]?.token ?? '';
    const secrets = [
      state,
      code,
      used,
      url.split('/').at(-1) ?? '',
      w.calendly.app.clientSecret,
      ...b.cookies.values(),
    ];
    const log = w.logs.join('');
    const kept = JSON.stringify(
      [
        ...(await inDatabase(w.storage, 'select * from sign_in')),
        ...(await inDatabase(w.storage, 'select * from token_pair')),
        ...(await inDatabase(w.storage, 'select * from connection')),
      ].map((row) =>
        Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
        ),
      ),
    );
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(log).not.toContain(secret);
      expect(kept).not.toContain(secret);
    }
  });
});

describe('a link', () => {
  it('is used up by nobody who only looks: previews, scanners, other browsers', async () => {
    const w = await signInWorld();
    const url = await link(w);
    for (let i = 0; i < 5; i += 1) expect((await browser().open(url)).status).toBe(200);
    expect((await browser().open(url, { method: 'HEAD' })).status).toBe(404);
    const b = browser();
    isGoodPage(await b.open(w.calendly.consent(await goOn(b, url))), 200, /Calendly is connected/);
  });

  it('cannot be pressed from elsewhere: without the cookie, the proof, or from another site', async () => {
    const w = await signInWorld();
    const url = await link(w);
    const b = browser();
    const page = await b.open(url);
    const post = { method: 'POST', body: new URLSearchParams({ proof: 'x' }) };
    isGoodPage(await browser().open(url, post), 403, /Please press the button yourself/);
    isGoodPage(await b.open(url, post), 403, /press the button/);
    isGoodPage(await browser().press(page, url), 403, /press the button/);
    isGoodPage(await b.press(page, url, { 'sec-fetch-site': 'cross-site' }), 403, /press the button/);
    expect((await b.press(page, url)).status).toBe(303);
  });

  it('pressed twice in one browser leads on with the later press; another browser is too late', async () => {
    const w = await signInWorld();
    const url = await link(w);
    const b = browser();
    const page = await b.open(url);
    const other = browser();
    const otherPage = await other.open(url);
    const [first, second] = [await b.press(page, url), await b.press(page, url)];
    isGoodPage(await other.press(otherPage, url), 403, /begun in another browser/);
    isGoodPage(await other.open(url), 403, /begun in another browser/);
    const [old, young] = [first, second].map((each) => w.calendly.consent(each.headers.get('location') ?? ''));
    isGoodPage(await b.open(old!), 400, /belongs to no sign-in that I began/);
    isGoodPage(await b.open(young!), 200, /Calendly is connected/);
    expect(tokenCalls(w)).toHaveLength(1);
  });

  it('that is unknown, late or used says so', async () => {
    const w = await signInWorld();
    const b = browser();
    isGoodPage(await b.open(`${w.app.url}/calendly/connect/${'x'.repeat(32)}`), 404, /I do not know this link/);
    isGoodPage(await b.open(`${w.app.url}/calendly/connect/%3Cscript%3E`), 404, /I do not know this link/);
    const late = await link(w);
    const page = await b.open(late);
    await inDatabase(w.storage, 'update sign_in set expires_at = expires_at - 900000');
    isGoodPage(await b.open(late), 410, /older than 15 minutes/);
    isGoodPage(await b.press(page, late), 410, /older than 15 minutes/);
    const url = await link(w);
    await b.open(w.calendly.consent(await goOn(b, url)));
    isGoodPage(await b.open(url), 200, /used already, and your Calendly account is connected/);
  });

  it('of a guest leads nowhere, and while Slack says nothing nobody goes on', async () => {
    const w = await signInWorld();
    isGoodPage(await browser().open(await link(w, 'gil')), 403, /Guests can read booking cards/);
    const url = await link(w);
    w.slack.faults.add({ method: 'users.info', kind: 'error', error: 'internal_error' });
    isGoodPage(await browser().open(url), 503, /Slack does not tell me/);
  });
});

describe('coming back from Calendly', () => {
  it('without a state, with a foreign or doubled one, or in another browser: no token is asked for', async () => {
    const w = await signInWorld();
    const b = browser();
    const callback = `${w.app.url}/calendly/callback`;
    isGoodPage(await b.open(callback), 400, /belongs to no sign-in/);
    isGoodPage(await b.open(`${callback}?code=x&state=y`), 400, /belongs to no sign-in/);
    const back = w.calendly.consent(await goOn(b, await link(w)));
    isGoodPage(await b.open(`${back}&state=other`), 400, /belongs to no sign-in/);
    isGoodPage(await browser().open(back), 403, /begun in another browser/);
    const stranger = browser();
    await stranger.open(await link(w, 'bo'));
    isGoodPage(await stranger.open(back), 403, /begun in another browser/);
    expect(tokenCalls(w)).toHaveLength(0);
    // None of it used anything up.
    isGoodPage(await b.open(back), 200, /Calendly is connected/);
  });

  it('twice, at the same time and later: one exchange, one account, and every page says where things stand', async () => {
    const w = await signInWorld();
    const b = browser();
    const back = w.calendly.consent(await goOn(b, await link(w)));
    const pages = await Promise.all([b.open(back), b.open(back), b.open(back)]);
    expect(pages.map((page) => page.status).sort()).toEqual([200, 410, 410]);
    for (const page of pages) isGoodPage(page, page.status, /Calendly is connected|used already/);
    expect(tokenCalls(w)).toHaveLength(1);
    expect(w.calendly.hooks).toHaveLength(1);
    isGoodPage(await b.open(back), 200, /used already, and your Calendly account is connected/);
    expect(tokenCalls(w)).toHaveLength(1);
  });

  it('too late', async () => {
    const w = await signInWorld();
    const b = browser();
    const back = w.calendly.consent(await goOn(b, await link(w)));
    await inDatabase(w.storage, 'update sign_in set expires_at = expires_at - 900000');
    isGoodPage(await b.open(back), 410, /older than 15 minutes/);
    expect(tokenCalls(w)).toHaveLength(0);
  });

  it('with a no', async () => {
    const w = await signInWorld();
    isGoodPage(await signIn(w, { deny: true }), 403, /You did not allow it at Calendly.*type \/calendly connect again/);
    expect(tokenCalls(w)).toHaveLength(0);
    await nothingIsHalfMade(w);
    isGoodPage(await signIn(w), 200, /Calendly is connected/);
    await toldInPrivate(w, 'ann', /Connected/);
    expect(w.slack.as('ann').dm()).toHaveLength(1);
  });

  it('with an error of Calendly’s, whatever it holds', async () => {
    const w = await signInWorld();
    const b = browser();
    const back = async (error: string) => {
      const to = new URL(w.calendly.consent(await goOn(b, await link(w)), { deny: true }));
      to.searchParams.set('error', error);
      return b.open(to.href);
    };
    isGoodPage(await back('invalid_scope'), 400, /\(invalid_scope\).*tick these scopes.*users:read/);
    isGoodPage(await back('<script>alert(1)</script>'), 400, /\(not understood\)/);
    await nothingIsHalfMade(w);
  });

  it('with less than was asked for: what is missing is named, and the tokens are ended', async () => {
    const w = await signInWorld();
    const page = await signIn(w, { scopes: ['users:read', 'organizations:read', 'event_types:read'] });
    isGoodPage(page, 403, /without the permission scheduled_events:read, webhooks:write/);
    expect(calls(w, 'POST', /^\/oauth\/revoke$/).map((call) => call.status)).toEqual([200, 200]);
    await nothingIsHalfMade(w);
    expect(words(await toldInPrivate(w, 'ann', /did not connect/))).toMatch(/scheduled_events:read, webhooks:write/);
  });

  it('asks for routing forms only where somebody wants them, and says so where they were not allowed', async () => {
    const w = await signInWorld();
    isGoodPage(await signIn(w), 200, /Calendly is connected/);
    const short = await ask(w, 'ann', 'sales', 'subscribe all booked routed');
    expect(short.text).toMatch(/without the permission to read routing forms .*\/calendly connect forms/);
    expect(w.calendly.hooks).toHaveLength(1);
    expect(await inDatabase(w.storage, 'select id from subscription')).toEqual([]);

    const b = browser();
    const page = await b.open(await link(w, 'ann', 'connect forms'));
    expect(page.text).toMatch(/read routing forms, since a channel asks for them/);
    const scopes = ['users:read', 'organizations:read', 'scheduled_events:write', 'event_types:read', 'webhooks:write'];
    isGoodPage(
      await signIn(w, { typed: 'connect forms', scopes }),
      200,
      /connected again.*did not give me the permission routing_forms:read/s,
    );
    isGoodPage(await signIn(w, { typed: 'connect forms' }), 200, /connected again/);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all booked routed');
    await hears(w, 'sales', /subscribed this channel/);
    expect(w.calendly.hooks.map((hook) => hook.events.length).sort()).toEqual([1, 4]);

    // From now on a channel wants them, whoever signs in.
    const next = browser();
    expect(asked(await goOn(next, await link(w)))).toContain('routing_forms:read');
  });

  it('asks for what cards and links take only where somebody presses or shares, a press away, and from then on each time', async () => {
    const w = await signInWorld();
    isGoodPage(await signIn(w), 200, /Calendly is connected/);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    const card = await bookingArrives(w, 'sales', 'Ada Lovelace');

    await w.slack.as('ann').click(card, 'Cancel…');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /cannot be undone/));
    const short = await modalSaying(
      w,
      'ann',
      /without the permission to cancel this meeting \(scheduled_events:write\)/,
    );
    expect(words(short)).toMatch(/\/calendly connect cards/);
    expect(w.calendly.bookings[0]?.event.status).toBe('active');

    // The window itself leads on.
    await w.slack.as('ann').click(short, 'Sign in with Calendly');
    const form = await modalSaying(w, 'ann', /Personal access token/);
    expect(words(form)).toMatch(/scheduled_events:write/);
    const url = /"url":"([^"]+)"/.exec(JSON.stringify(form.blocks))?.[1] ?? '';
    const b = browser();
    const page = await b.open(url);
    expect(page.text).toMatch(/cancel a meeting, or mark a no-show/);
    expect(page.text).not.toMatch(/single booking/);
    const there = await goOn(b, url);
    expect(asked(there)).toContain('scheduled_events:write');
    expect(asked(there)).not.toContain('scheduling_links:write');
    isGoodPage(await b.open(w.calendly.consent(there)), 200, /connected again/);
    await w.slack.as('ann').click(card, 'Cancel…');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /cannot be undone/));
    await modalSaying(w, 'ann', /It is canceled at Calendly/);

    // A link for one booking is another permission; what was asked for before is asked for again.
    const refused = await ask(w, 'ann', 'sales', 'share "Demo call" once');
    expect(refused.text).toMatch(/without the permission to make a single-use link \(scheduling_links:write\)/);
    await w.slack.as('ann').click(refused, 'Sign in with Calendly');
    await modalSaying(w, 'ann', /Personal access token/);
    isGoodPage(await signIn(w, { typed: 'connect links' }), 200, /connected again/);
    expect((await ask(w, 'ann', 'sales', 'share "Demo call" once')).text).toMatch(/A link to book/);
    // And who is in a group a third one.
    const ofGroup = 'subscribe group:"Sales team" --preview';
    expect((await ask(w, 'ann', 'sales', ofGroup)).text).toMatch(/\(groups:read\).*\/calendly connect groups/s);
    isGoodPage(await signIn(w, { typed: 'connect groups' }), 200, /connected again/);
    expect((await ask(w, 'ann', 'sales', ofGroup)).text).toMatch(/hosts of \*?Sales team/);
    expect(asked(await goOn(browser(), await link(w)))).toEqual(
      expect.arrayContaining(['scheduled_events:write', 'scheduling_links:write']),
    );
    // Of another person nothing of it is asked.
    expect(asked(await goOn(browser(), await link(w, 'bo')))).toHaveLength(5);
  });

  const grant = { error: 'invalid_grant', error_description: 'The provided authorization grant is invalid' };
  it.each([
    ['a code that is refused', { status: 400, body: grant }, 400, /no longer accepts this sign-in/],
    ['our own secret refused', { status: 401, body: { error: 'invalid_client' } }, 400, /CALENDLY_CLIENT_SECRET/],
    ['too many sign-ins', { status: 429 }, 503, /slow down.*Try again in 60 seconds/],
    ['an error', { status: 500, body: { title: 'Internal Server Error' } }, 503, /not well right now/],
    ['a page of HTML', 'html' as const, 503, /not well right now/],
    ['an answer without tokens', { status: 200, body: { hello: 'there' } }, 503, /not what I asked for/],
    ['a cut line', 'reset' as const, 503, /not well right now/],
  ])('with %s at the exchange: a page with the cure, and the next try works', async (_name, kind, status, text) => {
    const w = await signInWorld();
    w.calendly.faults.add({ match: 'POST /oauth/token', times: 1, kind });
    isGoodPage(await signIn(w), status, text);
    await nothingIsHalfMade(w);
    expect(words(await toldInPrivate(w, 'ann', /did not connect an account/))).not.toBe('');
    isGoodPage(await signIn(w), 200, /Calendly is connected/);
  });

  it('with a Calendly that refuses the hook: nothing is left, here or there', async () => {
    const w = await signInWorld();
    w.calendly.plan = 'free-old';
    isGoodPage(await signIn(w), 400, /asks for the Standard plan/);
    await nothingIsHalfMade(w);
    expect(calls(w, 'POST', /^\/oauth\/revoke$/)).toHaveLength(2);
  });

  it('with names that are no plain text: nothing of them acts', async () => {
    const w = await signInWorld();
    Object.assign(w.calendly.users.olga, { name: '<img src=x onerror=alert(1)> "Olga\u202e' });
    const page = await signIn(w);
    expect(page.html).not.toMatch(/<img|\u202e/);
    isGoodPage({ ...page, html: '' }, 200, /Calendly is connected/);
  });
});

describe('signing in again, and leaving', () => {
  async function subscribed(): Promise<World & { env: Record<string, string> }> {
    const w = await signInWorld();
    await signIn(w);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    await hears(w, 'sales', /subscribed this channel/);
    return w;
  }

  it.each([
    ['sign-in to sign-in', (w: World) => signIn(w)],
    ['sign-in to token', (w: World) => paste(w, w.calendly.tokens.olga)],
  ])('%s: subscriptions and hook stay, and the pair that was there is gone', async (_name, again) => {
    const w = await subscribed();
    const [hook] = w.calendly.hooks.map((each) => each.uri);
    const [before] = await inDatabase(w.storage, 'select id from token_pair');
    await again(w);
    expect(w.calendly.hooks.map((each) => each.uri)).toEqual([hook]);
    const pairs = await inDatabase(w.storage, 'select id from token_pair');
    expect(pairs.map((pair) => pair.id)).not.toContain(before?.id);
    expect(await inDatabase(w.storage, 'select id from connection')).toHaveLength(1);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/in order/);
  });

  it('token to sign-in: the same, and the hook keeps its own key', async () => {
    const w = await signInWorld();
    await w.subscribed();
    const [hook] = w.calendly.hooks;
    expect(words(await toldAfter(w, () => signIn(w)))).toMatch(/Connected again.*your subscriptions are kept/s);
    expect(w.calendly.hooks).toEqual([hook]);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('a second try that fails leaves the first sign-in at work', async () => {
    const w = await subscribed();
    isGoodPage(await signIn(w, { scopes: ['users:read'] }), 403, /A permission is missing/);
    // Whether Calendly ends one sign-in of a user or all is not known, so the younger one is only forgotten.
    expect(calls(w, 'POST', /^\/oauth\/revoke$/)).toHaveLength(0);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/in order/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('disconnecting deletes the hook, then ends the sign-in at Calendly', async () => {
    const w = await subscribed();
    const { token } = calls(w, 'GET', /users\/me/).at(-1)!;
    await w.slack.as('ann').command(w.slack.channels.sales, 'disconnect');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /stop/i), {});
    await hears(w, 'sales', /disconnected the Calendly account/);
    const order = w.calendly.calls.filter((call) => call.method === 'DELETE' || call.path === '/oauth/revoke');
    expect(order.map((call) => call.path.replace(/[\w-]{30,}/, ':id'))).toEqual([
      '/webhook_subscriptions/:id',
      '/oauth/revoke',
      '/oauth/revoke',
    ]);
    expect(await inDatabase(w.storage, 'select id from token_pair')).toEqual([]);
    const asked = await fetch(`${w.calendly.url}/users/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(asked.status).toBe(401);
    // And back: the subscription goes on.
    await signIn(w);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('the name of somebody’s sign-in, pasted as a token, opens nothing', async () => {
    const w = await subscribed();
    const [pair] = await inDatabase(w.storage, 'select installation_id, id from token_pair');
    const ann = w.slack.as('ann');
    await ann.command(w.slack.channels.general, 'connect');
    await ann.submit(await modalSaying(w, 'ann', /Personal access token/), {
      token: `signed in ${pair?.installation_id} ${pair?.id}`,
    });
    await modalSaying(w, 'ann', /Personal access token/);
    expect(await inDatabase(w.storage, 'select id from connection')).toHaveLength(1);
    expect(calls(w, 'GET', /users\/me/)).toHaveLength(1);
  });
});

describe('a sign-in that ends', () => {
  it('by time is renewed before anybody notices', async () => {
    const w = await signInWorld();
    await signIn(w);
    w.calendly.expireToken(calls(w, 'GET', /users\/me/)[0]?.token ?? '');
    expect((await ask(w, 'ann', 'general', 'verify')).text).toMatch(/in order/);
    expect(tokenCalls(w, 'refresh_token')).toHaveLength(1);
  });

  it('at Calendly is said once, with the one thing to do; bookings still arrive, and signing in again mends it', async () => {
    const w = await signInWorld();
    await signIn(w);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    await hears(w, 'sales', /subscribed this channel/);
    w.calendly.revokeToken(calls(w, 'GET', /users\/me/)[0]?.token ?? '');
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/no longer accepts this sign-in.*sign in again/s);
    await toldInPrivate(w, 'ann', /no longer accepts this sign-in.*type \/calendly connect/is);
    await ask(w, 'ann', 'sales', 'verify');
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/⚠️ not working.*sign in again.*bookings ✅ active/s);
    expect(
      w.slack
        .as('ann')
        .dm()
        .filter((m) => /no longer accepts/.test(m.text)),
    ).toHaveLength(1);
    await signIn(w);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/✅ connected/);
    expect(said(w, 'sales', /Grace Hopper/)).toHaveLength(1);
  });

  it('because a renewal was cut off by a crash is found after the start, and said', async () => {
    const w = await signInWorld();
    await signIn(w);
    const used = calls(w, 'GET', /users\/me/)[0]?.token ?? '';
    await w.stopApp();
    // Calendly has answered, the process died before it could keep the answer: the right to renew was never given back.
    const [pair] = await inDatabase(w.storage, 'select id from token_pair');
    await inDatabase(w.storage, `update token_pair set attempt = 'dead', attempt_at = 1, expires_at = 1`);
    w.calendly.expireToken(used);
    const spent = w.calendly.spendRefresh(used);
    expect([spent, pair]).toEqual([true, expect.anything()]);
    await w.restart(w.env);
    expect(words(await toldInPrivate(w, 'ann', /was lost/))).toMatch(
      /renewed it just when I was cut off.*sign in again/s,
    );
    const [dead] = await inDatabase(w.storage, 'select dead from token_pair');
    expect(dead?.dead).toBe('lost');
    expect(tokenCalls(w, 'refresh_token')).toHaveLength(1);
    await signIn(w);
    await eventually(async () => (await inDatabase(w.storage, 'select dead from token_pair'))[0]?.dead === null, {
      what: 'a pair that lives',
    });
  });

  it('when the OAuth app got another signing key, with the new setting bookings arrive as before', async () => {
    const w = await signInWorld();
    await signIn(w);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    await hears(w, 'sales', /subscribed this channel/);
    const fresh = 'another-key-of-the-oauth-app-0123456789';
    for (const hook of w.calendly.hooks) hook.signing_key = fresh;
    await w.restart({ ...w.env, CALENDLY_WEBHOOK_SIGNING_KEY: fresh });
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await w.calendly.idle();
    expect(w.calendly.deliveries.map((delivery) => delivery.status)).toEqual([200]);
  });

  it('because the settings are gone says which, and the account waits', async () => {
    const w = await signInWorld();
    await signIn(w);
    w.calendly.expireToken(calls(w, 'GET', /users\/me/)[0]?.token ?? '');
    await w.restart({});
    expect((await ask(w, 'ann', 'general', 'verify')).text).toMatch(/set CALENDLY_CLIENT_ID/);
    await w.restart(w.env);
    expect((await ask(w, 'ann', 'general', 'verify')).text).toMatch(/in order/);
  });
});

async function toldAfter(w: World, act: () => Promise<unknown>) {
  await act();
  return toldInPrivate(w, 'ann', /Connected/);
}
