// S3, S4, S8, S13, S14, S16, S17, S18, S20, S21, S26 against the whole app over real HTTP: what gets in, what goes out, and what is told.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { ask, canary, follow, hookOf, type Watched, webhook } from '../stories/view.ts';
import { connect, type World, world } from '../stories/world.ts';
import { attempt } from './by-hand.ts';

let w: World;
let sales: Watched;
/** Where nobody of ours may ever call. */
let trap: Server;
let trapped = 0;
let trapPort = 0;

beforeAll(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' }, shared: true });
  await connect(w);
  sales = await follow(w);
  trap = createServer((socket) => {
    trapped += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => trap.once('listening', resolve));
  trapPort = (trap.address() as { port: number }).port;
});
afterAll(() => void trap.close());

const interact = (more: object) =>
  w.slack.raw({
    body: new URLSearchParams({
      payload: JSON.stringify({
        team: { id: w.slack.team.id },
        user: { id: w.slack.users.ann, team_id: w.slack.team.id },
        ...more,
      }),
    }).toString(),
  });

describe('addresses that come from outside', () => {
  const elsewhere = () => [
    `http://127.0.0.1:${trapPort}`,
    `http://localhost:${trapPort}`,
    `http://[::ffff:127.0.0.1]:${trapPort}`,
    `${w.calendly.url}@127.0.0.1:${trapPort}`,
    `http://x:y@127.0.0.1:${trapPort}`,
    `http:\\\\127.0.0.1:${trapPort}`,
    `//127.0.0.1:${trapPort}`,
    `https://api.calendly.com.127.0.0.1.nip.io:${trapPort}`,
    `https://api.calendly.com%2f@127.0.0.1:${trapPort}`,
    `${w.calendly.url}/../../..//127.0.0.1:${trapPort}`,
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
  ];

  it('in a signed webhook lead nowhere', async () => {
    const before = w.calendly.calls.length;
    for (const base of elsewhere()) {
      const body = JSON.parse(makeWebhook('invitee.created', { name: 'SSRF' })) as { payload: Record<string, unknown> };
      const uri = `${base}/scheduled_events/AAAAAAAAAAAAAAAA/invitees/BBBBBBBBBBBBBBBB`;
      const event = { ...(body.payload.scheduled_event as object), uri: `${base}/scheduled_events/AAAAAAAAAAAAAAAA` };
      Object.assign(body.payload, { uri, event: event.uri, scheduled_event: event, old_invitee: uri, next_page: uri });
      expect((await webhook(w, JSON.stringify(body))).status).toBe(200);
    }
    await canary(w, sales);
    expect(trapped).toBe(0);
    // What was asked of Calendly meanwhile is of real ids.
    expect(w.calendly.calls.slice(before).filter((call) => /A{16}|B{16}|127\.0/.test(call.path))).toEqual([]);
  });

  it('as a response_url get no answer', async () => {
    for (const response_url of [
      ...elsewhere(),
      'https://hooks.slack.com.evil.example/x',
      'https://hooks.slack.com@evil.example/',
    ])
      await interact({
        type: 'block_actions',
        response_url,
        trigger_id: '1.2.3',
        channel: { id: w.slack.channels.sales },
        actions: [{ action_id: 'list_page', block_id: 'b', type: 'button', value: '{"w":"here","p":0}' }],
      });
    await canary(w, sales);
    expect(trapped).toBe(0);
  });
});

describe('state that was tampered with', () => {
  it('is refused in words, and does nothing', async () => {
    const { sales: channel } = w.slack.channels;
    const sender = { team: w.slack, user: w.slack.users.ann };
    for (const tried of [
      { press: 'undo', value: '../../etc/passwd', channel },
      { press: 'unsubscribe_this', value: "' or 1=1 --", channel },
      { press: 'list_page', value: '{"w":"__proto__","p":-1}', channel },
      { press: 'list_row:0', value: 'unsubscribe \u0000', channel },
      { press: 'admin_again', value: '{"id":{"$ne":null},"incident":"x"}', channel },
      { press: 'letter_there', value: '{"l":[["x",1]],"i":9,"more":0,"next":0}', channel },
      { press: 'subscribe_as', value: '{"w":"all","c":"nobody"}', channel },
      {
        submit: 'subscribe',
        metadata: '{"part":"all","channel":"C0ELSEWHERE","which":"nobody"}',
        values: { kinds: 'x' },
      },
      { submit: 'disconnect', metadata: 'nobody' },
      { submit: 'cancel_meeting', metadata: '{"ref":"nobody","channel":"C0ELSEWHERE"}', values: { reason: 'x' } },
    ]) {
      const { status, said } = await attempt(w, sender, tried);
      expect([tried, status]).toEqual([tried, 200]);
      expect(said).not.toMatch(/at .*\.ts:\d+|node_modules|SQLITE|postgres|select /i);
    }
    expect(w.calendly.hooks).toHaveLength(1);
    await canary(w, sales);
  });

  it('of another workspace finds nothing here', async () => {
    const other = w.slack.addWorkspace({ name: 'Other' });
    const sender = { team: other, user: other.users.ann };
    for (const command of ['list', 'status', 'unsubscribe', 'admin dead', 'why ada@example.com'])
      expect((await attempt(w, sender, { command, channel: w.slack.channels.sales })).said).not.toMatch(
        /Olga|booked|sales/i,
      );
    await canary(w, sales);
  });
});

describe('replays', () => {
  it('a thousand times the same webhook is one card', async () => {
    const body = makeWebhook('invitee.created', { name: 'Only Once' });
    const answers = [];
    for (let i = 0; i < 20; i++)
      answers.push(
        ...(await Promise.all(Array.from({ length: 50 }, () => webhook(w, body)))).map(({ status }) => status),
      );
    expect(answers).toEqual(Array.from({ length: 1_000 }, () => 200));
    await sales.shows('Only Once');
    await canary(w, sales);
    expect(sales.cards().filter(({ text }) => text.includes('Only Once'))).toHaveLength(1);
  });

  it('one hook’s bytes at another hook’s address are refused, and the address at no hook is unknown', async () => {
    const body = makeWebhook('invitee.created', { name: 'Crossed' });
    expect((await webhook(w, body, { key: 'the-key-of-another-hook-altogether' })).status).toBe(401);
    expect((await webhook(w, body, { path: `/calendly/webhooks/${'a'.repeat(32)}` })).status).toBe(404);
  });
});

describe('too much', () => {
  const hook = () => new URL(hookOf(w).callback_url).pathname;
  const timed = async (work: Promise<{ status: number }>) => {
    const since = performance.now();
    const { status } = await work;
    return { status, ms: performance.now() - since };
  };

  it.each([
    ['an array 100,000 deep', `{"event":"invitee.created","payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['90,000 keys', `{"event":"x","payload":{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":1`).join()}}}`],
    ['a number of a million digits', `{"event":"x","payload":{"uri":${'1'.repeat(1_000_000)}}}`],
  ])('%s, well signed, is answered at once', async (_name, body) => {
    const { status, ms } = await timed(webhook(w, body));
    expect([200, 400]).toContain(status);
    // Nothing near a second; the machine may be busy.
    expect(ms).toBeLessThan(5_000);
  });

  it('a body that is packed is never unpacked, and one over 1 MiB is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const headers = { 'content-encoding': 'gzip' };
    expect((await webhook(w, bomb, { headers })).status).toBe(400);
    expect((await ask(`${w.app.url}/slack/events`, { method: 'POST', body: bomb, headers })).status).toBe(415);
    const big = Buffer.alloc(1024 * 1024 + 1);
    expect((await webhook(w, big)).status).toBe(413);
    expect((await webhook(w, big, { chunked: true })).status).toBe(413);
  });

  it('five thousand clients that never finish do not keep others out', async () => {
    const { connect: open } = await import('node:net');
    const port = Number(new URL(w.app.url).port);
    const begun = `POST ${hook()} HTTP/1.1\r\nhost: x\r\n`;
    const slow = Array.from({ length: 5_000 }, (_, i) => {
      const socket = open(port, '127.0.0.1', () =>
        socket.write(`${begun}${i % 2 ? 'x-a' : 'content-length: 9\r\n\r\n1'}`),
      );
      return socket.on('error', () => {});
    });
    try {
      for (const socket of slow)
        if (socket.connecting) await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
      // By a connection of its own: ours may be open since before.
      const { get } = await import('node:http');
      const [fresh] = (await once(get(`${w.app.url}/healthz`, { agent: false }), 'response')) as [IncomingMessage];
      expect(fresh.resume().statusCode).toBe(200);
      await canary(w, sales);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });
});

describe('what is exposed', () => {
  const paths = [
    '/',
    '/.env',
    '/.git/config',
    '/metrics/',
    '/healthz/x',
    '/debug',
    '/debug/pprof',
    '/admin',
    '/api',
    '/slack',
    '/slack/oauth',
    '/calendly',
    '/calendly/webhooks',
    '/calendly/callback',
    '/calendly/connect/',
    '/server-status',
    '/package.json',
    '/src/main.ts',
    '/..%2f..%2fetc%2fpasswd',
    '//evil.example',
    '/\\evil.example',
    '/healthz?next=//evil.example',
    '/robots.txt',
  ];

  it('is health and figures, and nothing else answers', async () => {
    const open: string[] = [];
    for (const path of [...paths, '/healthz', '/readyz', '/metrics'])
      if ((await ask(`${w.app.url}${path}`)).status !== 404) open.push(path);
    expect(open).toEqual(['/healthz?next=//evil.example', '/healthz', '/readyz', '/metrics']);
  });

  it('tells no name, address, channel or token in health and figures', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await ask(`${w.app.url}${path}`)).text).not.toMatch(
        /olga|ada@|example\.com|xox|C0\w{8}|U0\w{8}|T0\w{8}/i,
      );
  });

  it('sends every answer with the headers of a page that does nothing, and never a redirect', async () => {
    for (const [path, init] of [
      ['/healthz', {}],
      ['/readyz', {}],
      ['/metrics', {}],
      ['/nothing', {}],
      ['//evil.example/%2e%2e', {}],
      ['/slack/events', { method: 'POST' }],
      [
        '/slack/events',
        { method: 'POST', body: 'ssl_check=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
      ['/calendly/webhooks/x', { method: 'POST', body: '{}' }],
    ] as const) {
      const answer = await fetch(`${w.app.url}${path}`, { ...init, redirect: 'manual' });
      expect([path, answer.status < 300 || answer.status >= 400]).toEqual([path, true]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
      });
      expect(answer.headers.get('x-powered-by') ?? answer.headers.get('server')).toBeNull();
    }
  });

  it('believes no header of a proxy: addresses are those of PUBLIC_URL', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'for=127.0.0.1;host=evil.example',
      'x-real-ip': '127.0.0.1',
      'x-original-url': '/metrics',
      'x-rewrite-url': '/metrics',
      'x-http-method-override': 'POST',
    };
    expect((await ask(`${w.app.url}/nothing`, { headers: forged })).status).toBe(404);
    expect((await webhook(w, '{}', { headers: forged, signature: null })).status).toBe(401);
    await ask(`${w.app.url}/healthz`, { headers: forged });
    await canary(w, sales);
    expect(hookOf(w).callback_url.startsWith(`${w.app.url}/`)).toBe(true);
    expect(w.logs.join('')).not.toContain('evil.example');
  });
});

describe('names that are meant for machines', () => {
  it('change no prototype, and no line of the log', async () => {
    const hostile = [
      '__proto__',
      'constructor',
      'Ada\r\n{"level":"fatal"}\r\n',
      '\u001b[2J\u001b]0;owned\u0007',
      "=cmd|' /C calc'!A0",
      '\u2028\u2029',
    ];
    const before = w.logs.length;
    for (const name of hostile) {
      const body = JSON.parse(makeWebhook('invitee.created', { name })) as { payload: object };
      const text = JSON.stringify(body).replace(
        '"payload":{',
        '"payload":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
      );
      expect((await webhook(w, text)).status).toBe(200);
    }
    await interact({
      type: 'view_submission',
      view: JSON.parse(
        '{"id":"V1","type":"modal","callback_id":"subscribe","private_metadata":"{\\"__proto__\\":{\\"polluted\\":1},\\"part\\":\\"all\\"}","state":{"values":{"__proto__":{"__proto__":{"polluted":1}}}}}',
      ),
    });
    await w.slack.raw(
      'command=%2Fcalendly&team_id=__proto__&user_id=__proto__&channel_id=__proto__&__proto__[polluted]=1&text=list',
    );
    await canary(w, sales);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    for (const line of w.logs.slice(before)) {
      expect(() => JSON.parse(line)).not.toThrow();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f\u2028\u2029]/);
    }
  });
});
