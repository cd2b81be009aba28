// The scheduled check: a hook that is disabled, gone, changed or failing is found and replaced, the old one last, and its owner is told once.

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Hook } from '../../sandbox/calendly/model.ts';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { logger } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { ask, bookingArrives, calls, hears, modalSaying, paste, said, toldInPrivate } from './people.ts';
import { connect, type World, world } from './world.ts';

const everySecond = { VERIFY_SCHEDULE: '* * * * * *', SLACK_CHANNEL_RATE: '100' };
const hookOf = (w: World): Hook => w.calendly.hooks.find((hook) => hook.callback_url.startsWith(w.app.url))!;
const writes = (w: World) =>
  w.calendly.calls
    .filter((call) => call.method !== 'GET')
    .map(({ method, path, status }) => ({ method, path, status }));
const pathOf = (hook: Hook) => new URL(hook.uri).pathname;
const mentionsOf = (w: World, pattern: RegExp) =>
  w.slack
    .as('ann')
    .dm()
    .filter((message) => pattern.test(message.text));

/** Waits until the check has looked this often from now on. */
async function checks(w: World, times: number): Promise<void> {
  const before = calls(w, 'GET', /users\/me/).length;
  await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length >= before + times, {
    what: `${times} checks`,
    timeoutMs: 45_000,
  });
}

interface Harm {
  name: string;
  does: (w: World, hook: Hook) => void;
  says: RegExp;
}
const harms: Harm[] = [
  {
    name: 'disabled',
    does: (w, hook) => w.calendly.setHookState(hook, 'disabled'),
    says: /had switched the hook off, as it does when.*new one for the Calendly account of Olga Larsen.*looking for what happened meanwhile/s,
  },
  {
    name: 'deleted',
    does: (w, hook) => w.calendly.deleteHook(hook),
    says: /The hook was deleted at Calendly\. I registered a new one.* looking for what happened meanwhile/,
  },
  {
    name: 'changed to other events',
    does: (_w, hook) => {
      hook.events = ['invitee.created'];
    },
    says: /did not tell of everything I need\. I registered a new one/,
  },
];

describe('the check finds a hook that is', () => {
  it.each(harms)('$name, by schedule: replaced, told once, and bookings come in again', async ({ does, says }) => {
    const w = await world({ env: everySecond });
    await w.subscribed();
    const old = hookOf(w);
    w.calendly.calls.length = 0;
    does(w, old);
    const told = await toldInPrivate(w, 'ann', says);
    await w.calendly.waitFor(() => w.calendly.hooks.length === 1 && hookOf(w).uri !== old.uri, { what: 'a new hook' });
    expect(hookOf(w)).toMatchObject({ state: 'active', scope: 'organization' });
    expect(hookOf(w).callback_url).not.toBe(old.callback_url);
    expect(hookOf(w).signing_key).not.toBe(old.signing_key);

    // The new one was registered, and only then was the old one deleted.
    const [made, ...after] = writes(w);
    expect(made).toEqual({ method: 'POST', path: '/webhook_subscriptions', status: 201 });
    for (const call of after) expect(call).toMatchObject({ method: 'DELETE', path: pathOf(old) });

    await bookingArrives(w, 'sales', 'Grace Hopper');
    await checks(w, 3);
    const closed = await toldInPrivate(w, 'ann', /nothing was missed/);
    expect(mentionsOf(w, /(?:)/).map((message) => message.text)).toEqual([told.text, closed.text]);
    expect(calls(w, 'POST', /webhook_subscriptions/)).toHaveLength(1);
  });

  it.each(harms)('$name, by `verify`: the same, said in the answer', async ({ does, says }) => {
    const w = await world();
    await w.subscribed();
    const old = hookOf(w);
    does(w, old);
    const answer = await ask(w, 'ann', 'sales', 'verify');
    expect(answer.text).toMatch(says);
    expect(w.calendly.hooks.map((hook) => hook.uri === old.uri)).toEqual([false]);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅ .*in order/s);
  });

  it('failing for a while: its owner is told once, before Calendly gives up, and hears when it is over', async () => {
    const w = await world({ env: everySecond });
    await w.subscribed();
    const hook = hookOf(w);
    w.calendly.setRetrying(hook, new Date(Date.now() - 3_600_000));
    const told = await toldInPrivate(w, 'ann', /has trouble reaching 127\.0\.0\.1:\d+ since .* UTC/);
    expect(told.text).toMatch(/tries for 24 hours and then switches the hook off.*can be reached from the internet/s);
    await checks(w, 2);
    expect(mentionsOf(w, /has trouble reaching/)).toHaveLength(1);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Calendly has trouble reaching me/);
    hook.retry_started_at = null;
    await toldInPrivate(w, 'ann', /Calendly reaches me again/);
    expect(w.calendly.hooks).toEqual([hook]);
  });

  it('failing since something in front of us answers in our place: that is named, with what to do', async () => {
    const front = createServer((_request, response) => response.writeHead(502).end('Bad Gateway'));
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void front.close());
    const { port } = front.address() as AddressInfo;
    const w = await world({ env: { PUBLIC_URL: `http://127.0.0.1:${port}` } });
    await connect(w);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(
      /^✅ .*does not complain, but my own try failed\. .*HTTP 502.*port I listen on/s,
    );
    w.calendly.setRetrying(w.calendly.hooks[0]!, new Date(Date.now() - 3_600_000));
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^⚠️ .*trouble reaching .*HTTP 502/s);
  });

  it('never made, for want of an address: made as soon as there is one', async () => {
    const w = await world({ env: { PUBLIC_URL: '' } });
    await paste(w, w.calendly.tokens.olga);
    await ask(w, 'ann', 'sales', 'subscribe all');
    expect(w.calendly.hooks).toEqual([]);
    await w.restart({ PUBLIC_URL: w.app.url });
    await toldInPrivate(w, 'ann', /no hook at Calendly\. I registered a new one/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });
});

describe('make before break', () => {
  it('when no new hook can be made, the old one stays, and the next check finishes the work', async () => {
    const w = await world();
    await w.subscribed();
    const old = hookOf(w);
    old.events = ['invitee.created'];
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', kind: { status: 503 } });
    w.calendly.calls.length = 0;
    const answer = await ask(w, 'ann', 'sales', 'verify');
    expect(answer.text).toMatch(/^⚠️ .*could not register a new one.*not well right now/s);
    expect(calls(w, 'DELETE', /webhook_subscriptions/)).toEqual([]);
    expect(w.calendly.hooks).toEqual([old]);
    await bookingArrives(w, 'sales', 'Grace Hopper');

    w.calendly.faults.clear();
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/registered a new one/);
    expect(w.calendly.hooks.map((hook) => hook.uri === old.uri)).toEqual([false]);
  });

  it('a plan that no longer allows hooks is told once, with the way out, and nothing is deleted', async () => {
    const w = await world({ env: everySecond });
    await w.subscribed();
    w.calendly.plan = 'free-old';
    w.calendly.setHookState(hookOf(w), 'disabled');
    await toldInPrivate(w, 'ann', /could not register a new one.*Upgrade at calendly\.com/s);
    await checks(w, 2);
    expect(mentionsOf(w, /(?:)/)).toHaveLength(1);
    expect(w.calendly.hooks).toHaveLength(1);
    w.calendly.plan = 'paid';
    await w.calendly.waitFor(() => hookOf(w).state === 'active', { what: 'a new hook', timeoutMs: 45_000 });
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('what still comes to the retired address is kept, signed with its own key, and shown once', async () => {
    const w = await world();
    await w.subscribed();
    const old = hookOf(w);
    w.calendly.setHookState(old, 'disabled');
    await ask(w, 'ann', 'sales', 'verify');
    const type = w.calendly.eventTypes[0]!;
    const body = makeWebhook('invitee.created', { base: w.calendly.url, type, name: 'Late Arrival' });
    const post = (key: string) =>
      fetch(old.callback_url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'calendly-webhook-signature': sign(key, body) },
        body,
      }).then((answer) => answer.status);
    expect(await post(hookOf(w).signing_key!)).toBe(401);
    expect(await post(old.signing_key!)).toBe(200);
    await hears(w, 'sales', /Late Arrival/);
    expect(await post(old.signing_key!)).toBe(200);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect(said(w, 'sales', /Late Arrival/)).toHaveLength(1);
  });
});

describe('what belongs to others', () => {
  it('is never touched: hooks at other addresses stay as they are, old ones of ours go', async () => {
    const w = await world();
    await w.subscribed();
    const register = async (url: string) => {
      const answer = await fetch(`${w.calendly.url}/webhook_subscriptions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${w.calendly.tokens.olga}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          url,
          events: ['invitee.created'],
          organization: w.calendly.organization.uri,
          scope: 'organization',
          signing_key: 'somebody-else',
        }),
      });
      expect(answer.status).toBe(201);
      return w.calendly.hooks.find((hook) => hook.callback_url === url)!;
    };
    const { port } = new URL(w.app.url);
    const theirs = [
      await register('https://zapier.example/hooks/1'),
      await register(`http://localhost:${port}/calendly/webhooks/abcdefghijklmnopqrstuvwx`),
      await register(`${w.app.url}/other/webhooks/abcdefghijklmnopqrstuvwx`),
    ];
    w.calendly.setHookState(theirs[0]!, 'disabled');
    const forgotten = await register(`${w.app.url}/calendly/webhooks/abcdefghijklmnopqrstuvwx`);
    const before = structuredClone(theirs);

    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/deleted an old hook of mine/);
    w.calendly.setHookState(hookOf(w), 'disabled');
    await ask(w, 'ann', 'sales', 'verify');
    await w.slack.as('ann').command(w.slack.channels.general, 'disconnect');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /Disconnect/));
    await modalSaying(w, 'ann', /Disconnected/);
    expect(w.calendly.hooks).not.toContain(forgotten);
    expect(w.calendly.hooks).toEqual(before);
  });
});

describe('the token', () => {
  it('revoked: found by schedule, told once, said by status; a new one makes all well', async () => {
    const w = await world({ env: everySecond });
    await w.subscribed();
    const hook = hookOf(w);
    w.calendly.revokeToken(w.calendly.tokens.olga);
    const told = await toldInPrivate(w, 'ann', /token was revoked.*type \/calendly connect again/s);
    expect(told.text).toMatch(/your subscriptions stay as they are/);
    await checks(w, 2);
    expect(mentionsOf(w, /(?:)/)).toHaveLength(1);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Olga Larsen.*⚠️ not working\. .*revoked/s);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^⚠️ .*revoked/s);
    // The hook lives on, so bookings still come in.
    expect(w.calendly.hooks).toEqual([hook]);
    await bookingArrives(w, 'sales', 'Grace Hopper');

    expect(await paste(w, w.calendly.createToken(w.calendly.users.olga))).toMatch(/Connected again/);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅ .*in order/s);
    await bookingArrives(w, 'sales', 'Alan Turing');
  });

  it('one account in trouble does not keep the others from being checked', async () => {
    const w = await world({ env: everySecond });
    await w.subscribed();
    await paste(w, w.calendly.tokens.mia, 'bo');
    w.calendly.revokeToken(w.calendly.tokens.mia);
    w.calendly.setHookState(hookOf(w), 'disabled');
    await toldInPrivate(w, 'bo', /token was revoked/);
    await toldInPrivate(w, 'ann', /registered a new one/);
  });

  it('Calendly being down is nobody’s fault: nothing is said, nothing changed, and the next check is well', async () => {
    const w = await world();
    await w.subscribed();
    const [hook] = w.calendly.hooks;
    await w.calendly.faults.down();
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^⚠️ .*could not check this time/s);
    await w.calendly.faults.up();
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅ .*in order/s);
    expect(w.calendly.hooks).toEqual([hook]);
    expect(w.slack.as('ann').dm()).toEqual([]);
  });
});

describe('two processes on one memory', () => {
  it('share the schedule: each period is checked once; on an embedded memory there is only one', async () => {
    const key = randomBytes(32);
    const w = await world({ env: { ...everySecond, ENCRYPTION_KEY: key.toString('base64') } });
    await w.subscribed();
    w.calendly.calls.length = 0;
    const read = readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: w.storage.folder,
      ...(w.storage.url ? { DATABASE_URL: w.storage.url } : {}),
      ENCRYPTION_KEY: key.toString('base64'),
      SLACK_SIGNING_SECRET: w.slack.signingSecret,
      SLACK_BOT_TOKEN: w.slack.botToken,
      SLACK_API_URL: w.slack.apiUrl,
      CALENDLY_API_URL: w.calendly.url,
      PUBLIC_URL: w.app.url,
      ...everySecond,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const starting = startApp(read.config, logger('silent'));

    const periods = async () => {
      const { url, folder } = w.storage;
      const memory = await openDatabase({ url, folder, keys: [key] });
      const rows = await across(memory.db, 'operator').selectFrom('cron_run').select('name').execute();
      await memory.close();
      return rows.length;
    };
    if (w.storage.engine === 'postgresql') {
      const before = await periods();
      const second = await starting;
      await checks(w, 6);
      await Promise.all([second.stop(), w.stopApp()]);
      const looked = calls(w, 'GET', /users\/me/).length;
      const counted = (await periods()) - before;
      expect(counted).toBeGreaterThanOrEqual(3);
      // The second process looked once more when it started; the period under way before we counted is the other.
      expect(looked).toBeLessThanOrEqual(counted + 2);
    } else {
      await expect(starting).rejects.toThrow(/already|another|in use/i);
      await checks(w, 3);
      await w.stopApp();
      expect(calls(w, 'GET', /users\/me/).length).toBeLessThanOrEqual(await periods());
    }
  });
});
