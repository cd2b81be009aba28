// Whoever calls, and with whatever: each request gets its answer, none ends the process, and the next good webhook is shown.

import { connect as openSocket, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import { signatureHeaders } from '../../sandbox/slack/signature.ts';
import { answer, listen } from '../../src/http.ts';
import { logger } from '../../src/log.ts';
import { ask, canary, eventually, figures, follow, hookOf, inDatabase, unfolded, webhook } from './view.ts';
import { connect, type World, world } from './world.ts';

const escaped: unknown[] = [];
const note = (error: unknown) => escaped.push(error);
beforeEach(() => {
  escaped.length = 0;
  process.on('unhandledRejection', note).on('uncaughtException', note);
});
afterEach(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
  expect(escaped).toEqual([]);
});

async function fast(): Promise<World> {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return w;
}

const hour = 3_600;
const now = () => Math.floor(Date.now() / 1000);

describe('what a webhook is answered', () => {
  it('200 for whatever is correctly signed and names an event: new, known, unknown, old, from the future', async () => {
    const w = await fast();
    const sales = await follow(w);
    const statuses = async (...sent: Promise<{ status: number }>[]) =>
      (await Promise.all(sent)).map((each) => each.status);
    const body = makeWebhook('invitee.created', { name: 'Ada Lovelace' });
    expect(await statuses(webhook(w, body))).toEqual([200]);
    expect(await statuses(webhook(w, body), webhook(w, body))).toEqual([200, 200]);
    expect(
      await statuses(
        webhook(w, JSON.stringify({ event: 'invitee.cloned', payload: { uri: 'x' } })),
        webhook(w, JSON.stringify({ event: 'invitee.created' })),
        webhook(w, JSON.stringify({ event: 'invitee.created', payload: [] })),
        webhook(w, JSON.stringify({ event: 'invitee.created', payload: { uri: 42, scheduled_event: null } })),
        webhook(w, makeWebhook('invitee.created', { name: 'Old Mail' }), { t: now() - 25 * hour }),
        webhook(w, makeWebhook('invitee.created', { name: 'Future Mail' }), { t: now() + 25 * hour }),
        webhook(w, makeWebhook('invitee.created', { name: 'Two Keys' }), {
          signature: `${sign('another key', '{}')},v1=${'0'.repeat(64)}`.replace(/t=\d+/, 't=1'),
        }),
      ),
    ).toEqual([200, 200, 200, 200, 200, 200, 401]);
    await sales.shows('Ada Lovelace');
    await sales.shows('Old Mail');
    await sales.shows('Future Mail');
    const ages = await inDatabase(
      w.storage,
      'select signature_age as age, count(*) as n from change group by 1 order by 1',
    );
    expect(ages.map((row) => [row.age, Number(row.n)])).toEqual([
      ['fresh', 5],
      ['future', 1],
      ['old', 1],
    ]);
    expect(sales.cards()).toHaveLength(3);
  });

  it('200 also when the connection is paused or gone: the sender did nothing wrong', async () => {
    const w = await fast();
    const sales = await follow(w);
    const hook = { ...hookOf(w) };
    await w.slack.archive('sales');
    expect((await webhook(w, makeWebhook('invitee.created', { name: 'While Paused' }))).status).toBe(200);
    const ann = w.slack.as('ann');
    await ann.command(w.slack.channels.general, 'disconnect');
    const modal = await w.slack.waitFor(() => (ann.modal()?.submit ? ann.modal() : null), { what: 'the question' });
    await ann.submit(modal);
    await w.calendly.waitFor(() => w.calendly.hooks.length === 0, { what: 'the hook to be taken away' });
    expect(await webhook(w, makeWebhook('invitee.created', { name: 'Too Late' }), { hook })).toMatchObject({
      status: 200,
    });
    expect((await webhook(w, makeWebhook('invitee.created'), { hook, key: 'wrong' })).status).toBe(401);
    expect(sales.cards()).toEqual([]);
  });

  it('401 with one body for every reason', async () => {
    const w = await fast();
    const sales = await follow(w);
    const hook = hookOf(w);
    const body = makeWebhook('invitee.created', { name: 'Mallory' });
    const good = sign(hook.signing_key!, body);
    const t = good.slice(0, good.indexOf(','));
    const answers = await Promise.all(
      [
        null,
        '',
        'nonsense',
        t,
        good.slice(good.indexOf(',') + 1),
        `${t},v1=`,
        `${t},v1=${'0'.repeat(64)}`,
        good.toUpperCase(),
        good.replace('v1=', 'v0='),
        `t=${now() - 1},${good.slice(good.indexOf('v1='))}`,
        `${t},${good}`,
        [good, good],
        [good, 'nonsense, t=1'],
        'x'.repeat(5_000),
        sign('another key', body),
        sign('', body),
        sign(hook.signing_key!, `${body} `),
        sign(hook.signing_key!, JSON.stringify(JSON.parse(body), null, 1)),
      ].map((signature) => webhook(w, body, { signature })),
    );
    expect(answers).toEqual(answers.map(() => ({ status: 401, text: answers[0]!.text, type: answers[0]!.type })));
    expect(
      (await webhook(w, Buffer.concat([Buffer.from('\ufeff'), Buffer.from(body)]), { signature: good })).status,
    ).toBe(401);
    await canary(w, sales);
    expect(sales.cards()).toHaveLength(1);
  });

  it('404, 415, 400 and 413 for what is malformed', async () => {
    const w = await fast();
    await follow(w);
    const body = makeWebhook('invitee.created');
    const at = (path: string, method = 'POST') => webhook(w, body, { path, method });
    const token = hookOf(w).callback_url.split('/').at(-1)!;
    for (const path of [
      '/calendly/webhooks/nobody',
      '/calendly/webhooks/',
      '/calendly/webhooks',
      `/calendly/webhooks/${token}/`,
      `/calendly/webhooks/${token}/more`,
      `/calendly/webhooks/${token}%00`,
      `/calendly/webhooks/${encodeURIComponent('__proto__')}`,
      `/calendly/webhooks/${'a'.repeat(8_000)}`,
      `/Calendly/webhooks/${token}`,
    ])
      expect([path.slice(0, 60), (await at(path)).status]).toEqual([path.slice(0, 60), 404]);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect([method, (await at(`/calendly/webhooks/${token}`, method)).status]).toEqual([method, 404]);
    for (const contentType of [null, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
      expect([contentType, (await webhook(w, body, { contentType })).status]).toEqual([contentType, 415]);
    for (const contentType of ['application/json; charset=utf-8', 'APPLICATION/JSON'])
      expect((await webhook(w, makeWebhook('invitee.created'), { contentType })).status).toBe(200);
    for (const garbage of [
      '{',
      '',
      'null',
      'true',
      '7',
      '"text"',
      '[]',
      '[1]',
      '{}',
      '{"event":7}',
      '\u0000',
      body.slice(1),
      Buffer.from([0xff, 0xfe]),
    ])
      expect([garbage, (await webhook(w, garbage)).status]).toEqual([garbage, 400]);
    const large = JSON.stringify({ event: 'invitee.created', filler: 'x'.repeat(1_048_577) });
    expect((await webhook(w, large)).status).toBe(413);
    expect((await webhook(w, large, { chunked: true })).status).toBe(413);
    const filler = 1_048_576 - Buffer.byteLength(JSON.stringify({ event: 'x.y', filler: '' }));
    expect((await webhook(w, JSON.stringify({ event: 'x.y', filler: 'x'.repeat(filler) }))).status).toBe(200);
  });

  it('503 while it cannot be kept, and Calendly’s repeat brings it then', async () => {
    const w = await fast();
    const sales = await follow(w);
    w.calendly.retryPolicy.firstMs = 600_000;
    // Neither the hook can be looked up, unless the check at the start has just done that, nor anything kept; then only the latter.
    await inDatabase(w.storage, 'alter table change rename to change_away');
    await inDatabase(w.storage, 'alter table hook rename to hook_away');
    w.calendly.book({ name: 'Ada Lovelace' });
    await w.calendly.idle();
    await inDatabase(w.storage, 'alter table hook_away rename to hook');
    w.calendly.book({ name: 'Grace Hopper' });
    await w.calendly.idle();
    expect(w.calendly.deliveries.map((each) => each.status)).toEqual([503, 503]);
    await inDatabase(w.storage, 'alter table change_away rename to change');
    await w.calendly.retryNow(hookOf(w));
    expect(w.calendly.deliveries.slice(2).map((each) => each.status)).toEqual([200, 200]);
    await sales.shows('Ada Lovelace');
    await sales.shows('Grace Hopper');
  });
});

describe('signed, and still hostile', () => {
  it('200 or 400, the process lives, and the next booking is shown', async () => {
    const w = await fast();
    const sales = await follow(w);
    const change = (edit: (payload: Record<string, unknown>) => void) => {
      const body = JSON.parse(makeWebhook('invitee.created')) as { payload: Record<string, unknown> };
      edit(body.payload);
      return JSON.stringify(body);
    };
    const raw = makeWebhook('invitee.created', { name: 'PROTO' });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const deepObject = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const bodies = {
      'a proto key on top': raw.replace('{', '{"__proto__":{"event":"x","admin":true},'),
      'a proto key in the payload': raw.replace(
        '"payload":{',
        '"payload":{"__proto__":{"name":"evil"},"constructor":null,',
      ),
      'proto as event': JSON.stringify({ event: '__proto__', payload: { uri: 'constructor' } }),
      'proto as uri': change((p) =>
        Object.assign(p, { uri: '__proto__', old_invitee: 'constructor', name: 'Proto Uri' }),
      ),
      'deep array': `{"event":"invitee.created","payload":${deep}}`,
      'deep object': `{"event":"invitee.created","payload":${deepObject}}`,
      'deep answers': change((p) => Object.assign(p, { questions_and_answers: '@' })).replace('"@"', deep),
      'deep and unnamed': `{"event":"x.y","z":${deep}}`,
      NUL: change((p) => Object.assign(p, { name: 'N\u0000UL', email: '\u0000', timezone: '\u0000' })),
      'NUL in the uri': change((p) => Object.assign(p, { uri: `${p.uri}\u0000` })),
      'NUL in the event': JSON.stringify({ event: 'a\u0000b', payload: { uri: 'c\u0000d' } }),
      'a lone surrogate': change((p) =>
        Object.assign(p, { name: 'Lone Sur', questions_and_answers: [{ question: 'q\udc00', answer: '\ud83d' }] }),
      ).replace('Lone Sur', 'Lone \\ud83dSur'),
      'a lone surrogate in the uri': change((p) => Object.assign(p, { uri: 'https://api.calendly.com/x' })).replace(
        'calendly.com/x',
        'calendly.com/\\ud83d',
      ),
      'long answers': change((p) =>
        Object.assign(p, {
          name: 'Long Answers',
          questions_and_answers: Array.from({ length: 5 }, () => ({
            question: 'q'.repeat(100_000),
            answer: 'a'.repeat(100_000),
          })),
        }),
      ),
      'long name': change((p) =>
        Object.assign(p, { name: 'N'.repeat(100_000), email: `${'e'.repeat(100_000)}@example.com` }),
      ),
      'many answers': change((p) =>
        Object.assign(p, {
          name: 'Many Answers',
          questions_and_answers: Array.from({ length: 10_000 }, (_, i) => ({ question: `q${i}`, answer: `a${i}` })),
        }),
      ),
      'wrong types': change((p) => {
        for (const key of Object.keys(p)) if (key !== 'uri') p[key] = 7;
      }),
      'times beyond time': change((p) =>
        Object.assign(p, {
          name: 'Late Bird',
          scheduled_event: { ...(p.scheduled_event as object), start_time: '+275760-09-13T00:00:00Z' },
        }),
      ),
      'year 9999': change((p) =>
        Object.assign(p, {
          name: 'Year 9999',
          scheduled_event: {
            ...(p.scheduled_event as object),
            start_time: '9999-12-31T23:59:59Z',
            end_time: '9999-12-31T23:59:59Z',
          },
        }),
      ),
      'ends before it starts': change((p) =>
        Object.assign(p, {
          name: 'Back Wards',
          scheduled_event: { ...(p.scheduled_event as object), end_time: '1970-01-01T00:00:00Z' },
        }),
      ),
      'itself moved to itself': change((p) =>
        Object.assign(p, { name: 'Ouro Boros', old_invitee: p.uri, new_invitee: p.uri }),
      ),
      'a zone nobody knows': change((p) => Object.assign(p, { name: 'No Zone', timezone: '../../etc/passwd' })),
      'a number too large': raw.replace('"limit":1', '"limit":1e999'),
      'a byte order mark': `\ufeff${makeWebhook('invitee.created')}`,
      'broken UTF-8': Buffer.concat([
        Buffer.from(makeWebhook('invitee.created').slice(0, -1)),
        Buffer.from(',"x":"'),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}'),
      ]),
    };
    const answers: Record<string, number> = {};
    for (const [name, body] of Object.entries(bodies)) answers[name] = (await webhook(w, body)).status;
    for (const [name, status] of Object.entries(answers))
      expect([200, 400], `${name} was answered ${status}`).toContain(status);
    expect(
      Object.entries(answers)
        .filter(([, status]) => status !== 200)
        .map(([name]) => name),
    ).toEqual(['a byte order mark']);

    await canary(w, sales);
    const shown = sales
      .cards()
      .map((each) => each.text)
      .join('\n');
    for (const name of [
      'PROTO',
      'NUL',
      'Lone',
      'Long Answers',
      'Many Answers',
      'Year 9999',
      'Back Wards',
      'Ouro Boros',
      'No Zone',
    ])
      expect(shown).toContain(name);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    const left = await inDatabase(w.storage, unfolded);
    expect(Number(left[0]?.n)).toBe(0);
    // All that long answers say is a line of its own, which may still be on its way.
    await eventually(async () => (await figures(w.app.url)).due === 0, { what: 'nothing left to write' });
    const { dead, uncertain } = await figures(w.app.url);
    expect([dead, uncertain]).toEqual([0, 0]);
  });
});

describe('Slack’s side', () => {
  it('answers what is not Slack’s with 401, and what cannot be read with 4xx', async () => {
    const w = await fast();
    const { slack } = w;
    const command = new URLSearchParams({
      command: '/calendly',
      text: 'help',
      team_id: slack.team.id,
      user_id: slack.users.ann,
      channel_id: slack.channels.sales,
      response_url: `${slack.url}/commands/x`,
    }).toString();
    const status = async (request: Parameters<typeof slack.raw>[0], headers = {}) =>
      (await slack.raw(request, headers)).status;
    const sixMinutes = 6 * 60;
    expect(await status({ body: command })).toBe(200);
    expect(await status({ body: command, sign: false })).toBe(401);
    expect(await status({ body: command, secret: 'another' })).toBe(401);
    expect(await status({ body: command, timestamp: now() - sixMinutes })).toBe(401);
    expect(await status({ body: command, timestamp: now() + sixMinutes })).toBe(401);
    expect(await status({ body: command, timestamp: now() - 4 * 60 })).toBe(200);
    expect(
      await status({ body: command, sign: false }, { ...signatureHeaders(slack.signingSecret, `${command}x`) }),
    ).toBe(401);
    expect(await status({ body: 'ssl_check=1&token=x', sign: false })).toBe(200);
    expect(await status({ body: `ssl_check=1&${command}`, sign: false })).toBe(401);
    expect(await status({ body: `${command}&ssl_check=1`, sign: false })).toBe(401);
    expect(
      await status({ body: `ssl_check=1&payload=${encodeURIComponent('{"type":"block_actions"}')}`, sign: false }),
    ).toBe(401);
    for (const contentType of ['text/plain', 'multipart/form-data', 'application/xml', ''])
      expect([contentType, await status({ body: command, contentType })]).toEqual([contentType, 415]);
    for (const body of ['null', '[]', '7', '"x"', '{', '\u0000'])
      expect([body, await status({ body, contentType: 'application/json' })]).toEqual([body, 400]);
    for (const body of [
      'payload=null',
      'payload=[]',
      'payload=%7B',
      'payload=',
      'payload=a&payload=b',
      `payload=${encodeURIComponent('{"type":"block_actions"}')}`,
      `payload=${encodeURIComponent('{"type":"view_submission","user":null}')}`,
    ])
      expect([body, await status({ body })]).toEqual([body, 400]);
    expect(await status({ body: `x=${'y'.repeat(1_048_577)}` })).toBe(413);
    for (const path of [
      '/',
      '/slack',
      '/slack/events/',
      '/slack/events/x',
      '/SLACK/EVENTS',
      '/.env',
      '//slack/events',
      '/%2e%2e/',
      '/slack/install',
    ])
      expect([path, (await ask(`${w.app.url}${path}`, { method: 'POST', body: command })).status]).toEqual([path, 404]);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect([method, (await ask(`${w.app.url}/slack/events`, { method })).status]).toEqual([method, 404]);
    expect((await slack.as('ann').command(slack.channels.sales, 'help')).ephemerals).toHaveLength(1);
  });

  it('takes what it does not know without a word to the log of errors or to people', async () => {
    const w = await fast();
    const { slack } = w;
    const user = { id: slack.users.ann, team_id: slack.team.id };
    const base = { team: { id: slack.team.id }, user, trigger_id: '1.2.3', api_app_id: slack.appId };
    const interact = (payload: object) =>
      slack.raw({ body: new URLSearchParams({ payload: JSON.stringify({ ...base, ...payload }) }).toString() });
    const view = {
      id: 'V1',
      type: 'modal',
      callback_id: 'from-a-version-that-never-was',
      private_metadata: '\u0000{',
      state: { values: {} },
      blocks: [],
      title: { type: 'plain_text', text: 'x' },
    };
    const answers = await Promise.all([
      interact({ type: 'view_submission', view }),
      interact({ type: 'view_submission', view: { ...view, callback_id: '__proto__' } }),
      interact({ type: 'view_submission', view: { ...view, callback_id: 'subscribe', private_metadata: 'null' } }),
      interact({ type: 'view_submission', view: { ...view, callback_id: 'connect', state: { values: { a: null } } } }),
      interact({ type: 'view_closed', view }),
      interact({
        type: 'block_actions',
        actions: [{ action_id: 'nobody', block_id: 'b', type: 'button', value: 'x' }],
        channel: { id: slack.channels.sales },
        response_url: `${slack.url}/actions/x`,
      }),
      interact({
        type: 'block_actions',
        actions: [{ action_id: 'constructor', block_id: 'b', type: 'button' }],
        response_url: 'http://169.254.169.254/',
      }),
      interact({ type: 'block_actions', actions: [{ action_id: 'do', block_id: 'b', type: 'button', value: '' }] }),
      interact({ type: 'block_suggestion', action_id: 'nobody', block_id: 'b', value: 'x' }),
      interact({ type: 'shortcut', callback_id: 'nobody' }),
      interact({
        type: 'message_action',
        callback_id: 'nobody',
        message: { ts: '1.2' },
        channel: { id: slack.channels.sales },
        response_url: `${slack.url}/actions/x`,
      }),
      interact({ type: 'interactive_message', callback_id: 'x', actions: [{ name: 'x', type: 'button' }] }),
      interact({ type: 'dialog_submission', callback_id: 'x', submission: {} }),
      interact({ type: 'workflow_step_edit', callback_id: 'x' }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    for (const event of [
      { type: 'no_such_event' },
      { type: '__proto__', channel: '__proto__' },
      { type: 'member_joined_channel', user: 'U', channel: { id: 7 } },
      { type: 'channel_archive', channel: { id: null } },
      { type: 'app_home_opened', tab: 'home', user: 'UNOBODY', view: null },
      { type: 'channel_id_changed', old_channel_id: 7 },
      { type: 'tokens_revoked', tokens: null },
      { type: 'app_uninstalled_not' },
    ])
      expect([event.type, (await slack.event(event)).status]).toEqual([event.type, 200]);
    for (const part of [{ user: null }, { user: 7 }, { channel: null }, { channel: [] }])
      expect([part, (await slack.event({ type: 'member_joined_channel', ...part })).status]).toEqual([part, 400]);
    expect(
      (
        await slack.raw({
          body: JSON.stringify({ type: 'url_verification', challenge: 'c' }),
          contentType: 'application/json',
        })
      ).body,
    ).toContain('c');
    const elsewhere = JSON.stringify({
      type: 'event_callback',
      team_id: 'TNOBODY',
      event: { type: 'app_uninstalled' },
      event_time: 9_999_999_999,
    });
    expect((await slack.raw({ body: elsewhere, contentType: 'application/json' })).status).toBe(200);
    expect(
      (
        await slack.raw({
          body: new URLSearchParams({
            command: '/calendly',
            text: 'status',
            team_id: 'TNOBODY',
            user_id: 'U1',
            channel_id: 'C1',
          }).toString(),
        })
      ).body,
    ).toMatch(/not installed/);

    const sales = await follow(w);
    await canary(w, sales);
  });
});

/** A connection that says just this and then waits. */
function raw(port: number, text: string) {
  return new Promise<{ socket: Socket; said: () => string; closed: () => boolean }>((resolve) => {
    let said = '';
    let closed = false;
    const socket = openSocket(port, '127.0.0.1', () => {
      socket.write(text);
      resolve({ socket, said: () => said, closed: () => closed });
    });
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => (closed = true));
  });
}

describe('bodies of whoever sends', () => {
  it('a webhook without a signature is answered before its body comes: 401, or 404 where nobody has that token', async () => {
    const w = await fast();
    const port = Number(new URL(w.app.url).port);
    const { pathname } = new URL(hookOf(w).callback_url);
    const head = (path: string, more = '') =>
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n${more}\r\n{`;
    for (const [path, status, body] of [
      [pathname, 401, 'unauthorized'],
      ['/calendly/webhooks/nobody', 404, 'not found'],
    ] as const) {
      const client = await raw(port, head(path));
      await eventually(async () => client.said().endsWith(body), { what: 'the answer' });
      expect(client.said()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      client.socket.destroy();
    }
    expect(await webhook(w, '{}', { signature: null })).toEqual(await webhook(w, '{}', { signature: 'nonsense' }));
    expect((await webhook(w, '{}', { path: '/calendly/webhooks/nobody' })).status).toBe(404);
    const seen = (await ask(`${w.app.url}/metrics`)).text;
    expect(seen).toMatch(/^\w*webhooks?\w*\{.*401.*\} 3$/m);
  });

  it('beyond what all may take together it is 503, and room comes back when a request ends', async () => {
    const answered = Promise.withResolvers<void>();
    const server = await listen({
      port: 0,
      host: '127.0.0.1',
      log: logger('silent'),
      bodiesLimit: 1_000,
      routes: [
        { method: 'POST', path: '/', handle: async ({ res, body }) => answer(res, 200, `${body.length}`) },
        {
          method: 'POST',
          path: '/slow',
          async handle({ res, body }) {
            await answered.promise;
            answer(res, 200, `${body.length}`);
          },
        },
      ],
    });
    try {
      const port = Number(new URL(server.url).port);
      const post = (path: string, bytes: number) =>
        ask(`${server.url}${path}`, { method: 'POST', body: 'x'.repeat(bytes) });
      // A length that is only claimed takes no room.
      const claims = await raw(port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n');
      const slow = post('/slow', 600);
      const unfinished = await raw(port, `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n${'x'.repeat(300)}`);
      await eventually(async () => (await post('/', 200)).status === 503, { what: 'the room to be taken' });
      expect(await post('/', 50)).toMatchObject({ status: 200, text: '50' });
      const late = await raw(port, `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 400\r\n\r\n${'x'.repeat(400)}`);
      await eventually(async () => late.closed(), { what: 'the connection to be closed' });
      expect(late.said()).toMatch(/^HTTP\/1.1 503 .*connection: close/is);
      unfinished.socket.destroy();
      await eventually(async () => (await post('/', 200)).status === 200, { what: 'the room of who went away' });
      answered.resolve();
      expect(await slow).toMatchObject({ status: 200, text: '600' });
      expect(await post('/', 1_000)).toMatchObject({ status: 200, text: '1000' });
      claims.socket.destroy();
    } finally {
      answered.resolve();
      await server.stop(1_000);
    }
  });
});

describe('clients that hang', () => {
  it('are cut, while others are served', { timeout: 40_000 }, async () => {
    const w = await fast();
    const sales = await follow(w);
    const { port } = new URL(w.app.url);
    const open = (text: string) => raw(Number(port), text);
    const path = new URL(hookOf(w).callback_url).pathname;
    const clients = await Promise.all([
      open(''),
      open('POST '),
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-le`),
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n`),
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"event":`),
      open(`POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    ]);
    const nonsense = await Promise.all([
      open('\u0000\u0001\u0002\r\n\r\n'),
      open('GET / HTTP/9.9\r\n\r\n'),
      open(`GET / HTTP/1.1\r\nhost: x\r\n${'x-filler: y\r\n'.repeat(3_000)}\r\n`),
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`),
    ]);
    const gone = await Promise.all([
      open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{`),
      open('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'),
    ]);
    for (const { socket } of gone) socket.destroy();
    await canary(w, sales);
    await eventually(
      async () => nonsense.every((client) => client.closed() && client.said().startsWith('HTTP/1.1 4')),
      { what: 'nonsense to be refused' },
    );
    await canary(w, sales);
    await eventually(async () => clients.every((client) => client.closed()), {
      what: 'every hanging client to be cut',
      timeoutMs: 45_000,
    }).catch((error) => {
      throw new Error(
        `${error}: ${clients.map((client, i) => `${i}: ${client.closed() ? 'cut' : 'open'} ${client.said().split('\r')[0]}`).join('; ')}`,
      );
    });
    await canary(w, sales);
  });
});
