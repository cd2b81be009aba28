// What only a person can mend is reminded of on the days 1, 3, 7 and 14; and admins hear in a channel of their own how the connections are.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { logger } from '../../src/log.ts';
import { ask, bookingArrives, calls, hears, managers, paste, said, toldInPrivate, type Who } from './people.ts';
import { eventually, inDatabase } from './view.ts';
import { type World, world } from './world.ts';

const env = { SLACK_CHANNEL_RATE: '100' };
const everySecond = { ...env, VERIFY_SCHEDULE: '* * * * * *' };
const day = 86_400_000;

const dms = (w: World, who: Who, pattern: RegExp) =>
  w.slack
    .as(who)
    .dm()
    .filter((message) => pattern.test(message.text));

/** Bo's account, whose token has died and is known to have. */
async function broken(o: { env?: Record<string, string> } = {}): Promise<World> {
  const w = await world({ env: o.env ?? env });
  await managers(w, 'bo');
  await paste(w, w.calendly.tokens.olga, 'bo');
  await w.slack.as('bo').command(w.slack.channels.sales, 'subscribe all booked');
  await hears(w, 'sales', /subscribed this channel/);
  w.calendly.revokeToken(w.calendly.tokens.olga);
  await ask(w, 'bo', 'sales', 'verify');
  await toldInPrivate(w, 'bo', /token was revoked/);
  return w;
}

/** As if the trouble had begun so long ago. */
const since = (w: World, days: number) =>
  inDatabase(w.storage, `update connection set trouble_since = ${Date.now() - days * day - 60_000}`);
const check = (w: World) => ask(w, 'ann', 'sales', 'verify');
const settle = async (w: World) => {
  const seen = calls(w, 'GET', /users\/me/).length;
  await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > seen + 3, { what: 'three more checks' });
};

describe('reminders of a token that is dead', () => {
  it('come on the days 1, 3, 7 and 14, each once however often is checked, and then no more', async () => {
    const w = await broken();
    for (const [at, of] of [
      [0.5, 0],
      [1, 1],
      [2.9, 1],
      [3, 2],
      [7, 3],
      [13.9, 3],
      [14, 4],
      [40, 4],
      [400, 4],
    ] as const) {
      await since(w, at);
      await check(w);
      await check(w);
      await w.slack.waitFor(() => dms(w, 'bo', /^Reminder/).length === of, {
        what: `${of} reminders after ${at} days`,
      });
    }
    const texts = dms(w, 'bo', /^Reminder/).map((message) => message.text);
    expect(texts.map((text) => /(a day|\d+ days) ago/.exec(text)?.[1])).toEqual([
      'a day',
      '3 days',
      '7 days',
      '14 days',
    ]);
    for (const text of texts) expect(text).toMatch(/token was revoked.*type \/calendly connect/s);
    expect(texts.filter((text) => text.includes('not remind you again'))).toEqual([texts[3]]);
    expect(dms(w, 'ann', /^Reminder/)).toEqual([]);
  });

  it('that were missed while the app was off are one', async () => {
    const w = await broken();
    await w.stopApp();
    await since(w, 8);
    await w.restart();
    await w.slack.waitFor(() => dms(w, 'bo', /^Reminder: 7 days/).length === 1);
    await check(w);
    expect(dms(w, 'bo', /^Reminder/)).toHaveLength(1);
  });

  it('come once, also after a restart, and after a crash between the telling and the keeping', async () => {
    const w = await broken({ env: everySecond });
    await since(w, 1);
    await w.slack.waitFor(() => dms(w, 'bo', /^Reminder/).length === 1);
    await w.restart();
    await settle(w);
    // A crash between the telling and the keeping of it.
    await inDatabase(w.storage, 'update connection set reminded = 0');
    await settle(w);
    expect(dms(w, 'bo', /^Reminder/)).toHaveLength(1);
  });

  // An embedded database belongs to one process.
  const several =
    process.env.STORE === 'postgresql' ? ['come once from two processes that check at the same time'] : [];
  it.each(several)('%s', async () => {
    const shared = { ...everySecond, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    const w = await broken({ env: shared });
    const read = readConfig({
      ...shared,
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: w.storage.folder,
      DATABASE_URL: w.storage.url ?? '',
      SLACK_SIGNING_SECRET: w.slack.signingSecret,
      SLACK_BOT_TOKEN: w.slack.botToken,
      SLACK_API_URL: w.slack.apiUrl,
      CALENDLY_API_URL: w.calendly.url,
      CALENDLY_AUTH_URL: w.calendly.url,
      PUBLIC_URL: w.app.url,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const second = await startApp(read.config, logger('silent'));
    try {
      await since(w, 1);
      await Promise.all([check(w), check(w), settle(w)]);
      await w.slack.waitFor(() => dms(w, 'bo', /^Reminder/).length > 0);
      await settle(w);
      expect(dms(w, 'bo', /^Reminder/)).toHaveLength(1);
      expect(dms(w, 'ann', /no other connected account/)).toHaveLength(1);
    } finally {
      await second.stop();
    }
  });

  it('end with the repair: one that waits for Slack is not said any more, and the next trouble begins anew', async () => {
    const w = await broken();
    await since(w, 3);
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 503 });
    await check(w);
    expect(await paste(w, w.calendly.createToken(w.calendly.users.olga), 'bo')).toMatch(/Connected again/);
    // A try that is under way would arrive.
    await eventually(
      async () => {
        const rows = await inDatabase(w.storage, "select state from delivery where about like 'reminder:%'");
        return rows.length > 0 && rows.every(({ state }) => state === 'suppressed');
      },
      { what: 'the reminder is taken back' },
    );
    w.slack.faults.clear();
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await check(w);
    expect(dms(w, 'bo', /^Reminder/)).toEqual([]);
    const [row] = await inDatabase(w.storage, 'select trouble_since, reminded from connection');
    expect(row).toMatchObject({ trouble_since: null });
    expect(Number(row?.reminded)).toBe(0);
  });
});

it('a hook that cannot be made is reminded of as well', async () => {
  const w = await world({ env });
  await managers(w, 'bo');
  await paste(w, w.calendly.tokens.olga, 'bo');
  w.calendly.deleteHook(w.calendly.hooks[0]!);
  w.calendly.plan = 'free-old';
  await check(w);
  await toldInPrivate(w, 'bo', /could not register a new one/);
  await since(w, 1);
  await check(w);
  expect((await toldInPrivate(w, 'bo', /^Reminder/)).text).toMatch(/hook was deleted at Calendly/);
  w.calendly.plan = 'paid';
  await check(w);
  await since(w, 3);
  await check(w);
  expect(dms(w, 'bo', /^Reminder/)).toHaveLength(1);
});

it('Calendly being down for days is nobody’s task, and nobody is reminded of it', async () => {
  const w = await world({ env });
  await managers(w, 'bo');
  await paste(w, w.calendly.tokens.olga, 'bo');
  await w.calendly.faults.down();
  await check(w);
  expect((await inDatabase(w.storage, 'select trouble_since from connection'))[0]).toMatchObject({
    trouble_since: null,
  });
  await w.calendly.faults.up();
});

describe('the channel of the admins', () => {
  async function withChannel(o: { env?: Record<string, string> } = {}): Promise<World> {
    const w = await world({ env: o.env ?? env });
    expect((await ask(w, 'ann', 'general', 'admin channel')).text).toMatch(/no channel\. Choose one/);
    expect((await ask(w, 'ann', 'general', 'admin channel #demos')).text).toMatch(/From now on I say in <#\w+>/);
    await hears(w, 'demos', /made this the channel/);
    await managers(w, 'bo');
    await paste(w, w.calendly.tokens.olga, 'bo');
    await w.slack.as('bo').command(w.slack.channels.sales, 'subscribe all booked');
    await hears(w, 'sales', /subscribed this channel/);
    return w;
  }

  it('hears what broke, since when, what is lost, what was done and what can be done; and nobody who books is named', async () => {
    const w = await withChannel();
    await bookingArrives(w, 'sales', 'Grace Hopper');
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await check(w);
    const { text } = await hears(w, 'demos', /no longer accepts the access/);
    expect(text).toMatch(/^🔴 Calendly no longer accepts the access of the Calendly account of Olga Larsen\./);
    expect(text).toMatch(
      /\*Since:\* <!date\^\d+.*\n\*Lost:\* Nothing as long as.*\n\*Done:\* I try again.*\n\*You can:\* .*connect/s,
    );
    // They are asked there, and no admin by direct message as well.
    await hears(w, 'demos', /no other connected account can take over/);
    expect(dms(w, 'ann', /./)).toEqual([]);
    await since(w, 1);
    await check(w);
    await hears(w, 'demos', /🔴 .*does not work as it should, for a day now/);

    await managers(w, 'cy');
    await paste(w, w.calendly.tokens.adam, 'cy');
    await hears(w, 'demos', /🟢 .*Olga Larsen.*\n.*has taken over its 1 subscription in 1 channel/s);
    const everything = said(w, 'demos')
      .map((message) => message.text)
      .join('\n');
    expect(everything).not.toMatch(/Grace|@\w+\.example/);
    expect(said(w, 'demos', /no longer accepts the access/)).toHaveLength(1);
  });

  it('hears of a hook that was replaced, and of the gap that is closed', async () => {
    const w = await withChannel();
    const hook = w.calendly.hooks[0]!;
    w.calendly.deleteHook(hook);
    w.calendly.book({ type: 'Demo call', name: 'Grace Hopper' });
    await check(w);
    await hears(w, 'demos', /🟢 .*The hook was deleted at Calendly\.\n.*I registered a new hook/s);
    expect((await hears(w, 'demos', /the gap is closed/)).text).toMatch(/\*Done:\* I caught up: 1 booking/);
    await toldInPrivate(w, 'bo', /Caught up/);
  });

  it('is chosen by admins alone, is no channel that others read, follows a new id, and can be given up', async () => {
    const w = await withChannel();
    expect((await ask(w, 'cy', 'general', 'admin channel here')).text).toMatch(
      /Only workspace admins and app managers/,
    );
    expect((await ask(w, 'ann', 'general', 'admin channel ops')).text).toMatch(/Begin with #/);
    await w.slack.share('sales');
    expect((await ask(w, 'ann', 'sales', 'admin channel here')).text).toMatch(/outside this workspace/);
    await w.slack.changeId('demos');
    const now = w.slack.channels.demos;
    await eventually(async () => (await ask(w, 'ann', 'general', 'admin channel')).text.includes(now), {
      what: 'the new id to be followed',
    });
    expect((await ask(w, 'ann', 'general', 'admin channel #demos')).text).toMatch(/Nothing to change/);
    expect((await ask(w, 'ann', 'general', 'admin channel off')).text).toMatch(/no channel any more/);
    const before = said(w, 'demos').length;
    w.calendly.deleteHook(w.calendly.hooks[0]!);
    await check(w);
    await toldInPrivate(w, 'bo', /registered a new one/);
    expect(said(w, 'demos')).toHaveLength(before);
  });
});
