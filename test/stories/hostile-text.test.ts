// What strangers write reaches channels as words alone: no mention, no link, no formatting of theirs, and nothing of it in the logs.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { shape } from '../slack/mrkdwn.ts';
import { ask, bookingArrives, hears, modalSaying, paste, said } from './people.ts';
import { type World, world } from './world.ts';

const corpus = [
  '<!channel>',
  '<!here|x>',
  '<!subteam^S012AB3CD>',
  '<@U012AB3CD>',
  '<#C012AB3CD|general>',
  '<https://evil.example|your bank>',
  '<mailto:a@evil.example|write me>',
  '<!date^1^{ago}|x>',
  '&lt;!channel&gt;',
  '&amp;lt;!here&amp;gt;',
  '＜!channel＞',
  '@channel @here @everyone',
  '#general',
  'https://evil.example/login',
  'slack://user?team=T1',
  'javascript://%0aalert(1)',
  '*bold* _italic_ ~gone~',
  '`code` ```block```',
  '\n> quoted\n• *Host* Olga',
  '\r\n\u2028✅ *Demo call* · booked',
  ':smile: :tada:',
  '\u202Egnitirw sdrawkcab\u202C \u2066x\u2069',
  '\u200B<\u200B!\u200Bchannel>',
  '\u0000\u001B[31mred\u0007',
  '=cmd|calc!A1',
  '{command} {bot} {channel} {person:U012AB3CD}',
  '__proto__ constructor',
  'x'.repeat(4000),
  `${'<'.repeat(2000)}!channel${'>'.repeat(2000)}`,
  '*_~`'.repeat(1000),
];

interface Text {
  type: string;
  text: string;
  verbatim?: boolean;
}

/** Every text object of a message's blocks. */
function textsOf(blocks: unknown): Text[] {
  if (Array.isArray(blocks)) return blocks.flatMap(textsOf);
  if (typeof blocks !== 'object' || blocks === null) return [];
  const own = 'text' in blocks && typeof blocks.text === 'string' ? [blocks as Text] : [];
  return [...own, ...Object.values(blocks).flatMap(textsOf)];
}

/** What the text would do to its readers, beyond being read. */
function harmIn(text: string, allowed: { people: string[]; channels: string[] }): string[] {
  const found: string[] = [];
  for (const [whole, inside = ''] of text.matchAll(/<([^<>\n]+)>/g)) {
    const ours =
      /^!date\^\d{1,12}\^[^|^]*\|/.test(inside) ||
      allowed.people.some((id) => inside === `@${id}`) ||
      allowed.channels.some((id) => inside === `#${id}`);
    if (!ours) found.push(whole);
  }
  const bare = text.replace(/<[^<>\n]+>/g, '');
  found.push(...(bare.match(/[a-z][a-z0-9+.-]*:\/\/\S*/gi) ?? []));
  found.push(...(bare.match(/(?<![\w.])@(here|channel|everyone)\b/gi) ?? []));
  found.push(...(bare.match(/&(?!amp;|lt;|gt;)\w*;?/g) ?? []));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control and bidi characters are what is looked for.
  found.push(...(text.match(/[\u0000-\u0009\u000B-\u001F\u007F\u200B\u202A-\u202E\u2066-\u2069\u2028]/g) ?? []));
  return found;
}

/** Everything of ours in a message that Slack would parse is harmless, and set so that bare words stay words. */
function isHarmless(w: World, message: { text?: unknown; blocks?: unknown }, about: string): void {
  const allowed = {
    people: [...Object.values(w.slack.users), w.slack.botUserId],
    channels: Object.values(w.slack.channels),
  };
  expect(harmIn(String(message.text ?? ''), allowed), `text, ${about}`).toEqual([]);
  for (const { type, text, verbatim } of textsOf(message.blocks)) {
    if (type === 'mrkdwn') {
      expect(harmIn(text, allowed), `mrkdwn, ${about}`).toEqual([]);
      expect(verbatim, `verbatim, ${about}`).toBe(true);
    } else expect(text, `plain, ${about}`).not.toMatch(/:\/\/|[\u202A-\u202E\u2066-\u2069]/);
  }
}

const fast = { SLACK_CHANNEL_RATE: '100' };

/** A booking's whole life in one channel, and the shapes of what was shown at each step. */
async function life(w: World, words: string): Promise<string[][]> {
  const { calendly, slack } = w;
  const before = said(w, 'sales').length;
  const shapes: string[][] = [];
  const step = async (what: string, isDone: (card: Message | undefined, thread: Message[]) => boolean) => {
    const fresh = () => said(w, 'sales').slice(before);
    const card = () => fresh().find((message) => !message.threadTs);
    // All answers in full are no step of its life.
    const isAnswers = (message: Message) => message.text.startsWith('📝');
    const thread = () => fresh().filter((message) => message.threadTs && !isAnswers(message));
    await slack.waitFor(() => isDone(card(), thread()), { what: `${what} with ${words.slice(0, 40)}` });
    const shown = [card()!, ...thread()];
    for (const message of [...shown, ...fresh().filter(isAnswers)])
      isHarmless(w, message, `${what}: ${words.slice(0, 60)}`);
    shapes.push(
      shown.flatMap((m) => [
        shape(m.text),
        ...textsOf(m.blocks)
          .filter((each) => each.type === 'mrkdwn')
          .map((each) => shape(each.text)),
      ]),
    );
  };
  const booking = calendly.book({
    type: calendly.eventTypes[0]!.uri,
    name: words,
    email: `${words} <a@evil.example>`,
    answers: [{ question: `Q ${words}`, answer: `A ${words}` }],
    location: { type: 'physical', location: words },
    tracking: { utm_source: words },
    timezone: words,
  });
  await step('booked', (card) => card !== undefined);
  const moved = calendly.move(booking, { by: 'invitee', reason: words });
  await step('moved', (card, thread) => /^Moved/.test(card?.text ?? '') && thread.length === 1);
  calendly.markNoShow(moved);
  await step('no-show', (card, thread) => /^No-show/.test(card?.text ?? '') && thread.length === 2);
  calendly.unmarkNoShow(moved);
  await step('taken back', (card, thread) => /^Moved/.test(card?.text ?? '') && thread.length === 3);
  calendly.cancel(moved, { by: 'invitee', reason: words });
  await step('canceled', (card, thread) => /^Canceled/.test(card?.text ?? '') && thread.length === 4);
  return shapes;
}

describe('in name, e-mail, answers, place, zone, reason and event type', () => {
  it('words of strangers look like words: every message has the same shape as with harmless ones', {
    timeout: 180_000,
  }, async () => {
    // Each life waits seconds for Slack's pace, so that several worlds live side by side.
    const worlds = await Promise.all(Array.from({ length: 6 }, () => world({ env: fast })));
    const lives = worlds.map(async (w, i) => {
      await w.subscribed({ words: 'all booked canceled rescheduled noshow' });
      const type = w.calendly.eventTypes[0]!;
      const harmless = await life(w, 'Ada');
      expect(harmless).toHaveLength(5);
      for (const attack of corpus.filter((_, n) => n % worlds.length === i)) {
        const words = `${attack} Ada ${attack}`;
        type.name = words;
        expect(await life(w, words), attack.slice(0, 80)).toEqual(harmless);
      }
    });
    await Promise.all(lives);
  });

  it('no address that cancels or moves a booking is shown, wherever somebody writes it', async () => {
    const w = await world({ env: fast });
    await w.subscribed({ words: 'all booked canceled rescheduled noshow' });
    const first = w.calendly.book({ name: 'Ada First' });
    await hears(w, 'sales', /Ada First/);
    const { cancel_url, reschedule_url } = first.invitee;
    const second = w.calendly.book({
      name: `Ada ${cancel_url}`,
      answers: [{ question: reschedule_url, answer: `see ${cancel_url} or ${reschedule_url}` }],
      location: { type: 'physical', location: reschedule_url },
    });
    await hears(w, 'sales', /^Booked.*cancellations/);
    const moved = w.calendly.move(second, { reason: `by ${reschedule_url}` });
    await hears(w, 'sales', /^🔁 Moved/);
    w.calendly.cancel(moved, { reason: cancel_url });
    await hears(w, 'sales', /^❌ Canceled/);
    const secrets = [first, second, moved].flatMap(({ invitee }) =>
      [invitee.cancel_url, invitee.reschedule_url].map((url) => url.split('/').at(-1)!),
    );
    const sent = JSON.stringify(w.slack.ledger.map((call) => call.args));
    expect(sent).toContain('Ada First');
    for (const secret of secrets) expect(sent).not.toContain(secret);
  });

  it('what is typed, and what an account is called, is harmless in every answer too', async () => {
    const w = await world({ env: fast });
    const attacks = corpus.filter((attack) => attack.length < 200 && !/[\r\n\0]/.test(attack));
    w.calendly.users.olga.name = attacks.join(' ').slice(0, 400);
    w.calendly.organization.name = '<!channel> *Acme* https://evil.example';
    await paste(w, w.calendly.tokens.olga);
    isHarmless(w, w.slack.as('ann').modal() as object, 'connected');
    for (const attack of attacks) {
      w.calendly.eventTypes[0]!.name = `${attack} call`;
      for (const typed of [
        attack,
        `help ${attack}`,
        `list ${attack}`,
        `test ${attack}`,
        `subscribe "${attack} x"`,
        `subscribe --${attack}`,
      ]) {
        isHarmless(w, await ask(w, 'ann', 'sales', typed), typed);
      }
    }
    for (const typed of ['', 'status', 'list', 'verify']) isHarmless(w, await ask(w, 'ann', 'sales', typed), typed);
    await w.slack.as('ann').command(w.slack.channels.sales, 'disconnect');
    isHarmless(w, (await modalSaying(w, 'ann', /Disconnect/)) as object, 'disconnect');
    isHarmless(w, (await w.slack.as('ann').openHome()) as object, 'home');
    w.calendly.setHookState(w.calendly.hooks[0]!, 'disabled');
    isHarmless(w, await ask(w, 'ann', 'sales', 'verify'), 'verify');
    for (const message of w.slack.as('ann').dm()) isHarmless(w, message, 'a direct message');
  });

  it('an event type with a hostile name is announced harmlessly', async () => {
    for (const attack of ['<!channel>', '*x* <https://evil.example|y>', '`@here` https://evil.example']) {
      const w = await world({ env: fast });
      w.calendly.eventTypes[0]!.name = `Call ${attack}`;
      await paste(w, w.calendly.tokens.olga);
      await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
      const form = await modalSaying(w, 'ann', /Kinds of change/);
      await w.slack.as('ann').submit(form, { event_types: [w.calendly.eventTypes[0]!.uri.split('/').at(-1)] });
      const told = await hears(w, 'sales', /subscribed this channel/);
      isHarmless(w, told, attack);
      expect(shape(told.text)).toBe('special bold() code');
    }
  });

  it('no message of the app unfurls links or looks for names, whatever stands in it', async () => {
    const w = await world({ env: fast });
    await w.subscribed();
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await ask(w, 'ann', 'sales', 'test');
    const posts = w.slack.ledger.filter((call) => call.method === 'chat.postMessage');
    expect(posts.length).toBeGreaterThan(1);
    for (const { args } of posts) {
      expect(args).toMatchObject({ unfurl_links: false, unfurl_media: false });
      expect(args.link_names ?? false).toBe(false);
      expect(args.parse ?? 'none').toBe('none');
    }
  });
});

describe('the logs', () => {
  it('hold no secret and nothing of an invitee, at debug, through good days and bad', async () => {
    const w = await world({ env: { ...fast, VERIFY_SCHEDULE: '* * * * * *' } });
    const { calendly, slack } = w;
    const canaries = {
      name: 'Canary Namesson',
      email: 'canary.mail@private.example',
      answer: 'canary answer of mine',
      question: 'canary question asked',
      reason: 'canary reason given',
      place: 'canary place 7',
      phone: '+1 555 7777777',
      type: 'Canary type',
      account: 'Canary Accountson',
    };
    calendly.users.olga.name = canaries.account;
    calendly.eventTypes[0]!.name = canaries.type;
    const blind = calendly.createToken(calendly.users.olga, { scopes: ['users:read'] });
    const dead = calendly.createToken(calendly.users.olga);
    calendly.revokeToken(dead);
    await paste(w, dead);
    await paste(w, blind);
    calendly.faults.add({ match: 'POST /webhook_subscriptions', kind: 'reset-after', times: 1 });
    await paste(w, calendly.tokens.olga);
    await ask(w, 'ann', 'sales', `connect ${calendly.tokens.mia}`);
    await ask(w, 'ann', 'sales', 'subscribe all booked canceled rescheduled noshow routed');

    const hooks = structuredClone(calendly.hooks);
    const book = (more: object = {}) =>
      calendly.book({
        type: calendly.eventTypes[0]!.uri,
        name: canaries.name,
        email: canaries.email,
        answers: [{ question: canaries.question, answer: canaries.answer }],
        location: { type: 'physical', location: canaries.place },
        textReminderNumber: canaries.phone,
        ...more,
      });
    for (const fault of [
      { kind: 'error', error: 'invalid_blocks' },
      { kind: 'error', error: 'msg_too_long' },
      { kind: 'html200' },
      { kind: 'accept-then-500' },
      { kind: 'reset-before' },
      { kind: 'ratelimited', retryAfter: 1 },
    ] as const) {
      slack.faults.add({ method: 'chat.postMessage', times: 1, ...fault });
      book();
      await calendly.idle();
      await slack.waitFor(() => slack.faults.take('chat.postMessage', 'none') === undefined, {
        what: `Slack met with ${fault.kind}`,
        timeoutMs: 45_000,
      });
    }
    const moved = calendly.move(book(), { reason: canaries.reason });
    calendly.markNoShow(moved);
    calendly.cancel(moved, { reason: canaries.reason });
    calendly.submitRoutingForm({
      answers: [{ question: canaries.question, answer: canaries.answer }],
      result: { type: 'custom_message', value: canaries.reason },
    });
    await calendly.idle();
    const [hook] = calendly.hooks;
    const body = JSON.stringify({ event: 'invitee.created', payload: { name: canaries.name, email: canaries.email } });
    for (const signature of ['t=1,v1=00', 'nonsense', '']) {
      await fetch(hook!.callback_url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'calendly-webhook-signature': signature },
        body,
      });
    }
    await fetch(hook!.callback_url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"x":' });
    calendly.setHookState(hook!, 'disabled');
    await slack.waitFor(() => slack.as('ann').dm().length > 0, { what: 'the check has been', timeoutMs: 45_000 });
    calendly.revokeToken(calendly.tokens.olga);
    await slack.waitFor(() => slack.as('ann').dm().length > 1, { what: 'the next check has been', timeoutMs: 45_000 });
    await w.restart();
    await w.stopApp();

    const logs = w.logs.join('');
    expect(logs.length).toBeGreaterThan(5_000);
    const secrets = {
      ...calendly.tokens,
      dead,
      blind,
      botToken: slack.botToken,
      signingSecret: slack.signingSecret,
      ...Object.fromEntries(
        [...hooks, ...calendly.hooks].flatMap((each, i) => [
          [`signing key ${i}`, each.signing_key ?? 'none'],
          [`url token ${i}`, each.callback_url.split('/').at(-1)!],
        ]),
      ),
    };
    for (const [what, canary] of Object.entries({ ...canaries, ...secrets })) {
      expect(logs.includes(canary), `${what} in the logs`).toBe(false);
    }
    expect(logs).not.toMatch(/\/(cancellations|reschedulings)\//);
  });
});
