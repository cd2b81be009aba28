// Holds the way out to Slack: what is sent, and that every ending is told apart by whether the request may have left.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Card } from '../../src/delivery/content.ts';
import type { Outcome, Write } from '../../src/delivery/write.ts';
import { classify, type SlackCall, type SlackMessengerOptions, slackMessenger } from '../../src/slack/post.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Seen {
  url: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
  socket: Socket;
}
type Answer = (seen: Seen, response: ServerResponse) => void;

const ok: Answer = (_seen, response) => json(response, { ok: true, channel: 'C1', ts: '1770000000.000100' });
function json(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function slack(answer: Answer) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const one = { url: request.url ?? '', headers: request.headers, body: JSON.parse(text), socket: request.socket };
    seen.push(one);
    answer(one, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`) };
}

/** A server below HTTP, to cut a connection at any point. */
async function tcp(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function messenger(apiUrl: URL, more: Partial<SlackMessengerOptions> = {}) {
  const made = slackMessenger({ apiUrl, tokenOf: async (id) => `xoxb-${id}`, ...more });
  cleanups.push(() => made.close());
  return made;
}

const write: Write = {
  installationId: 'T1',
  op: 'post',
  channel: 'C1',
  ts: null,
  threadTs: null,
  content: { kind: 'notice', text: 'Hello <@U1>' },
  plain: false,
  attemptId: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
};
const done = { kind: 'done', ts: '1770000000.000100', channel: 'C1', seen: expect.stringMatching(/^[\w-]{16}$/) };

describe('what is sent', () => {
  test('a post', async () => {
    const { seen, url } = await slack(ok);
    expect(await messenger(url, { userAgent: 'here/1' }).send({ ...write, threadTs: '1.2' })).toEqual(done);
    expect(seen[0]).toMatchObject({ url: '/api/chat.postMessage' });
    expect(seen[0]!.headers).toMatchObject({
      authorization: 'Bearer xoxb-T1',
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'here/1',
    });
    expect(seen[0]!.body).toEqual({
      channel: 'C1',
      text: 'Hello <@U1>',
      thread_ts: '1.2',
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'booking_card', event_payload: { id: write.attemptId } },
      client_msg_id: write.attemptId,
    });
  });

  test('a post without a UUID, a plain one, an edit, a plain edit, a deletion', async () => {
    const { seen, url } = await slack(ok);
    // Without its slash at the end, too.
    const { send } = messenger(new URL(url.href.slice(0, -1)));
    const blocks = { ...write, content: { kind: 'card' as const, card } };
    await send({ ...write, attemptId: 'not-a-uuid' });
    await send({ ...blocks, plain: true });
    await send({ ...blocks, op: 'edit', ts: '1.2' });
    await send({ ...blocks, op: 'edit', ts: '1.2', plain: true });
    await send({ ...blocks, op: 'delete', ts: '1.2' });
    const [post, bare, edit, plainEdit, deletion] = seen.map(({ body }) => body);
    expect(post).not.toHaveProperty('client_msg_id');
    expect(Object.keys(bare!).sort()).toEqual([
      'channel',
      'link_names',
      'parse',
      'text',
      'unfurl_links',
      'unfurl_media',
    ]);
    expect(edit).toMatchObject({
      channel: 'C1',
      ts: '1.2',
      parse: 'none',
      text: expect.stringContaining('Demo'),
      blocks: [{ type: 'section' }, { type: 'context' }],
    });
    expect(edit).not.toHaveProperty('metadata');
    expect(plainEdit).toMatchObject({ ts: '1.2', blocks: [] });
    expect(deletion).toEqual({ channel: 'C1', ts: '1.2' });
    expect(seen.map((each) => each.url)).toEqual(
      ['postMessage', 'postMessage', 'update', 'update', 'delete'].map((method) => `/api/chat.${method}`),
    );
  });

  test('an edit that would change nothing is not sent', async () => {
    const { seen, url } = await slack(ok);
    const calls: SlackCall[] = [];
    const { send } = messenger(url, { onCall: (call) => calls.push(call) });
    const shown = await send({ ...write, content: { kind: 'card', card } });
    if (shown.kind !== 'done') throw new Error(shown.kind);
    const edit: Write = {
      ...write,
      op: 'edit',
      ts: shown.ts,
      seen: shown.seen ?? null,
      content: { kind: 'card', card },
    };
    expect(await send(edit)).toEqual({ ...shown, isUnasked: true });
    // Nobody joins what is not known to be on.
    const canceled = { ...card, state: 'canceled' as const };
    const over = await send({ ...edit, content: { kind: 'card', card: canceled } });
    const place = { words: '', joinUrl: 'https://us05web.zoom.us/j/1' };
    const later: Write = { ...edit, content: { kind: 'card', card: { ...canceled, place } } };
    expect(await send({ ...later, seen: over.kind === 'done' ? (over.seen ?? null) : null })).toEqual({
      ...over,
      isUnasked: true,
    });
    expect(seen.map((each) => each.url)).toEqual(['/api/chat.postMessage', '/api/chat.update']);
    expect(calls).toHaveLength(2);
    // The second try is text alone: it looks otherwise. And what nobody knows is written.
    await send({ ...edit, plain: true });
    await send({ ...edit, seen: null });
    expect(seen).toHaveLength(4);
  });

  test('a card that calls its hosts knows who they are, before the clock of the call runs; nothing else asks', async () => {
    const { seen, url } = await slack(ok);
    const asked: string[] = [];
    const calls: SlackCall[] = [];
    const usersOf = async (installationId: string, addresses: readonly string[]) => {
      asked.push(`${installationId} ${addresses.join()}`);
      await new Promise((resolve) => setTimeout(resolve, 120));
      return new Map([['bo@example.com', 'U0BO']]);
    };
    const { send } = messenger(url, { usersOf, onCall: (call) => calls.push(call) });
    const hosts = [
      { name: 'Bo Berg', email: 'Bo@example.com' },
      { name: 'Cy', email: null },
    ];
    const of = (who: 'host' | 'none', more = {}) => ({
      ...write,
      content: { kind: 'card' as const, card: { ...card, hosts, mention: { who }, ...more } },
    });
    await send(of('host'));
    expect(JSON.stringify(seen[0]!.body.blocks)).toContain('<@U0BO>');
    expect(seen[0]!.body.text).toContain('<@U0BO>');
    expect(calls[0]!.ms).toBeLessThan(100);
    await send({ ...of('host'), op: 'edit', ts: '1.2' });
    expect(JSON.stringify(seen[1]!.body.blocks)).toContain('<@U0BO>');
    await send({ ...of('host'), plain: true });
    expect(seen[2]!.body.text).toContain('<@U0BO>');
    expect(asked).toEqual(Array(3).fill('T1 Bo@example.com'));
    await send({ ...of('host'), op: 'delete', ts: '1.2' });
    await send(of('none'));
    await send(of('host', { hosts: [{ name: 'Cy', email: null }] }));
    await send(write);
    expect(asked).toHaveLength(3);
    // Kept by an earlier version: an outcome all the same, and no throw.
    expect(await send(of('host', { mention: undefined }))).toMatchObject({ kind: 'refused', error: 'render_failed' });
  });

  test('each installation goes with its own token, over connections that are kept', async () => {
    const { seen, url } = await slack(ok);
    const { send } = messenger(url);
    const installations = Array.from({ length: 20 }, (_, i) => `T${i}`);
    for (const installationId of installations) await send({ ...write, installationId });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(installations.map((id) => `Bearer xoxb-${id}`));
    // Two, not one: a connection is free again only a moment after its answer was read.
    expect(new Set(seen.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  test('nothing without a token', async () => {
    const { seen, url } = await slack(ok);
    expect(await messenger(url, { tokenOf: async () => null }).send(write)).toEqual({
      kind: 'refused',
      error: 'no_token',
      detail: null,
      isUnasked: true,
    });
    expect(await messenger(url, { tokenOf: async () => 'xoxb\r\nx: y' }).send(write)).toMatchObject({
      kind: 'refused',
      error: 'invalid_auth',
    });
    expect(await messenger(url, { tokenOf: () => Promise.reject(new Error('locked')) }).send(write)).toMatchObject({
      kind: 'not_sent',
    });
    expect(seen).toEqual([]);
  });
});

describe('what is said about it', () => {
  test('calls are measured; logs hold neither token nor words', async () => {
    const { url } = await slack((_seen, response) =>
      json(response, { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'commands' }),
    );
    const lines: unknown[] = [];
    const calls: SlackCall[] = [];
    const log = { info: (...line: unknown[]) => lines.push(line), warn: (...line: unknown[]) => lines.push(line) };
    await messenger(url, { log, onCall: (call) => calls.push(call) }).send(write);
    expect(calls).toEqual([
      { method: 'chat.postMessage', outcome: 'refused', why: 'missing_scope', ms: expect.any(Number) },
    ]);
    expect(lines).toEqual([
      [
        expect.objectContaining({
          why: 'missing_scope',
          detail: 'needed: chat:write; provided: commands',
          channel: 'C1',
        }),
        expect.any(String),
      ],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/xoxb|Hello/);
  });
});

describe('nothing had left: not sent', () => {
  test('connection refused', async () => {
    const port = await tcp(() => {});
    await cleanups.pop()!();
    expect(await messenger(new URL(`http://127.0.0.1:${port}/api/`)).send(write)).toEqual({
      kind: 'not_sent',
      reason: 'could not connect: ECONNREFUSED',
      retryAfterMs: null,
      isOutage: true,
    });
  });

  test('a name nobody knows', async () => {
    expect(await messenger(new URL('http://slack.invalid/api/')).send(write)).toMatchObject({
      kind: 'not_sent',
      reason: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  test('TLS that fails, and TLS that never answers', async () => {
    const broken = await tcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await messenger(new URL(`https://127.0.0.1:${broken}/api/`)).send(write)).toMatchObject({
      kind: 'not_sent',
    });
    const silent = await tcp(() => {});
    expect(await messenger(new URL(`https://127.0.0.1:${silent}/api/`), { timeoutMs: 300 }).send(write)).toMatchObject({
      kind: 'not_sent',
    });
  });

  test('time ran out while all connections were busy: it never leaves later', async () => {
    let hang = true;
    const { seen, url } = await slack((one, response) => {
      if (!hang) ok(one, response);
    });
    const { send } = messenger(url, { timeoutMs: 3000 });
    // Those that wait for a connection have less time than those that keep it.
    const sent = Array.from({ length: 40 }, (_, i) =>
      send({ ...write, attemptId: `a${i}`, ...(i < 32 ? {} : { notAfter: performance.now() + 500 }) }),
    );
    const outcomes = await Promise.all(sent);
    hang = false;
    // The queue is first in, first out: once these are answered, nothing older waits in it.
    const after = await Promise.all(Array.from({ length: 32 }, (_, i) => send({ ...write, attemptId: `b${i}` })));
    expect(after.every(({ kind }) => kind === 'done')).toBe(true);
    const arrived = new Set(
      seen.map(({ body }) => (body.metadata as { event_payload: { id: string } }).event_payload.id),
    );
    const notSent = outcomes.flatMap(({ kind }, i) => (kind === 'not_sent' ? [`a${i}`] : []));
    expect(notSent).toHaveLength(8);
    expect(notSent.filter((id) => arrived.has(id))).toEqual([]);
    // It was our own connections that were taken: Slack may be there.
    expect(outcomes.filter((outcome) => outcome.kind === 'not_sent' && outcome.isOutage)).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === 'ambiguous').length + notSent.length).toBe(40);
  });

  test('after close', async () => {
    const { url } = await slack(ok);
    const made = slackMessenger({ apiUrl: url, tokenOf: async () => 'xoxb-1' });
    await made.close();
    expect(await made.send(write)).toMatchObject({ kind: 'not_sent' });
  });
});

describe('it had left: ambiguous', () => {
  test.each<[string, string | null]>([
    ['before any answer', null],
    ['within the status line', 'HTTP/1.1 2'],
    ['within the headers', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n'],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok":true,"ts":"1.2"'],
  ])('cut %s', async (_name, part) => {
    const port = await tcp((socket) =>
      socket.once('data', () => {
        if (part === null) socket.resetAndDestroy();
        else socket.write(part, () => socket.destroy());
      }),
    );
    expect(await messenger(new URL(`http://127.0.0.1:${port}/api/`)).send(write)).toMatchObject({ kind: 'ambiguous' });
  });

  test('cut after the whole answer is no harm', async () => {
    const body = JSON.stringify({ ok: true, ts: '1770000000.000100', channel: 'C1' });
    const port = await tcp((socket) =>
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`, () =>
          socket.resetAndDestroy(),
        ),
      ),
    );
    expect(await messenger(new URL(`http://127.0.0.1:${port}/api/`)).send(write)).toEqual(done);
  });

  test('cut within a 503 is still a 503', async () => {
    const port = await tcp((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 503 Unavailable\r\ncontent-length: 100\r\n\r\nso', () => socket.destroy()),
      ),
    );
    expect(await messenger(new URL(`http://127.0.0.1:${port}/api/`)).send(write)).toEqual({
      kind: 'not_sent',
      reason: 'HTTP 503',
      retryAfterMs: null,
    });
  });

  test('no answer in time, and one that never ends', async () => {
    const { url } = await slack(() => {});
    expect(await messenger(url, { timeoutMs: 300 }).send(write)).toEqual({
      kind: 'ambiguous',
      reason: 'no answer in time',
    });
    const endless = await slack((_seen, response) => response.writeHead(200).flushHeaders());
    expect(await messenger(endless.url, { timeoutMs: 300 }).send(write)).toMatchObject({ kind: 'ambiguous' });
  });

  test('a redirect is not followed', async () => {
    const { seen, url } = await slack((_seen, response) =>
      response.writeHead(307, { location: '/api/chat.postMessage' }).end(),
    );
    expect(await messenger(url).send(write)).toEqual({ kind: 'ambiguous', reason: 'HTTP 307' });
    expect(seen).toHaveLength(1);
  });

  test('an answer without an end in sight is left', async () => {
    const { url } = await slack((_seen, response) => response.writeHead(200).end('x'.repeat(5_000_000)));
    expect(await messenger(url).send(write)).toEqual({ kind: 'ambiguous', reason: 'the answer is too long' });
  });
});

describe('classify', () => {
  const about = { op: 'post' as const, channel: 'C1', ts: null };
  const http = (status: number, body: unknown, headers = {}) =>
    classify({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, about);

  test.each<[string, Outcome, Outcome]>([
    ['ok', http(200, { ok: true, ts: '1.2', channel: 'C2' }), { kind: 'done', ts: '1.2', channel: 'C2' }],
    ['429', http(429, 'slow', { 'retry-after': '7' }), { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 7000 }],
    ['429 without a wait', http(429, ''), { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 30_000 }],
    [
      '429 with nonsense',
      http(429, '', { 'retry-after': '-1e99' }),
      { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 30_000 },
    ],
    [
      '429 for years',
      http(429, '', { 'retry-after': '999999999999' }),
      { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 86_400_000 },
    ],
    ['503', http(503, '<html>'), { kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: null }],
    [
      '503 with a wait',
      http(503, '', { 'retry-after': '120' }),
      { kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: 120_000 },
    ],
    [
      'ratelimited',
      http(200, { ok: false, error: 'ratelimited' }),
      { kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 30_000 },
    ],
    [
      'rate_limited',
      http(200, { ok: false, error: 'rate_limited' }, { 'retry-after': '1.5' }),
      { kind: 'not_sent', reason: 'rate_limited', retryAfterMs: 1500 },
    ],
    [
      'service_unavailable',
      http(200, { ok: false, error: 'service_unavailable' }),
      { kind: 'not_sent', reason: 'service_unavailable', retryAfterMs: null },
    ],
    ['500', http(500, { ok: false, error: 'channel_not_found' }), { kind: 'ambiguous', reason: 'HTTP 500' }],
    ['502', http(502, ''), { kind: 'ambiguous', reason: 'HTTP 502' }],
    ['504', http(504, ''), { kind: 'ambiguous', reason: 'HTTP 504' }],
    ['408', http(408, ''), { kind: 'ambiguous', reason: 'HTTP 408' }],
    ['302', http(302, ''), { kind: 'ambiguous', reason: 'HTTP 302' }],
    ['a page', http(200, '<html>Slack is down</html>'), { kind: 'ambiguous', reason: 'an answer that is not JSON' }],
    ['nothing', http(200, ''), { kind: 'ambiguous', reason: 'an answer that is not JSON' }],
    ['a list', http(200, []), { kind: 'ambiguous', reason: 'an answer that is not JSON' }],
    [
      'ok that is no boolean',
      http(200, { ok: 'true', ts: '1.2' }),
      { kind: 'ambiguous', reason: 'an answer of no meaning' },
    ],
    ['a no without a code', http(200, { ok: false }), { kind: 'ambiguous', reason: 'an answer of no meaning' }],
    [
      'a page as the code',
      http(200, { ok: false, error: '<html>oops</html>' }),
      { kind: 'ambiguous', reason: 'an answer of no meaning' },
    ],
    ['ok without ts', http(200, { ok: true }), { kind: 'ambiguous', reason: 'an answer without the message’s ts' }],
    ...[
      'internal_error',
      'fatal_error',
      'request_timeout',
      'update_failed',
      'duplicate_message_not_found',
      'duplicate_channel_not_found',
    ].map((error): [string, Outcome, Outcome] => [
      error,
      http(200, { ok: false, error }),
      { kind: 'ambiguous', reason: error },
    ]),
    [
      'a clear no',
      http(200, { ok: false, error: 'is_archived' }),
      { kind: 'refused', error: 'is_archived', detail: null },
    ],
    [
      'an unknown no',
      http(200, { ok: false, error: 'new_in_2027' }),
      { kind: 'refused', error: 'new_in_2027', detail: null },
    ],
    [
      'a scope',
      http(200, { ok: false, error: 'missing_scope', needed: 'a:b', provided: 'c' }),
      { kind: 'refused', error: 'missing_scope', detail: 'needed: a:b; provided: c' },
    ],
    [
      'blocks',
      http(200, {
        ok: false,
        error: 'invalid_blocks',
        response_metadata: { messages: ['[ERROR] x [json-pointer:/blocks/0]', 7] },
      }),
      { kind: 'refused', error: 'invalid_blocks', detail: '[ERROR] x [json-pointer:/blocks/0]' },
    ],
    [
      '403 by Slack',
      http(403, { ok: false, error: 'invalid_auth' }),
      { kind: 'refused', error: 'invalid_auth', detail: null },
    ],
    ['404 by a proxy', http(404, 'no'), { kind: 'refused', error: 'http_404', detail: null }],
  ])('%s', (_name, outcome, expected) => {
    expect(outcome).toEqual(expected);
  });

  test('an edit and a deletion need no ts in the answer', () => {
    expect(
      classify({ status: 200, headers: {}, body: '{"ok":true}' }, { op: 'delete', channel: 'C1', ts: '1.2' }),
    ).toEqual({ kind: 'done', ts: '1.2', channel: 'C1' });
  });

  test('is total, and takes only a plain yes for a yes', () => {
    const status = fc.oneof(fc.constantFrom(200, 200, 200, 429, 503), fc.integer({ min: 100, max: 599 }));
    const answer = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          { ok: fc.anything(), error: fc.anything(), ts: fc.anything(), response_metadata: fc.anything() },
          { requiredKeys: [] },
        )
        .map((each) => {
          try {
            return JSON.stringify(each) ?? '';
          } catch {
            return '';
          }
        }),
    );
    fc.assert(
      fc.property(status, answer, fc.dictionary(fc.constant('retry-after'), fc.string()), (code, body, headers) => {
        const outcome = classify({ status: code, headers, body }, about);
        if (outcome.kind === 'done') expect([Math.floor(code / 100) < 4, JSON.parse(body).ok]).toEqual([true, true]);
        if (outcome.kind === 'refused') expect(code >= 400 || JSON.parse(body).ok === false).toBe(true);
        if (outcome.kind === 'not_sent')
          expect(
            outcome.retryAfterMs === null || (outcome.retryAfterMs >= 0 && outcome.retryAfterMs <= 86_400_000),
          ).toBe(true);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (error, written) => {
        expect(classify({ error, written }, about).kind).toBe(written ? 'ambiguous' : 'not_sent');
      }),
    );
  });
});

const card: Card = {
  state: 'booked',
  test: false,
  style: 'card',
  privacy: 'full',
  mention: { who: 'none' },
  ref: null,
  title: 'Demo',
  moves: 0,
  when: null,
  was: null,
  inviteeZone: null,
  who: { name: 'Ada', email: null },
  guests: [],
  hosts: [],
  place: null,
  seats: null,
  group: null,
  earlier: null,
  threadAnswers: false,
  payment: null,
  shortNotice: null,
  answers: [],
  canceled: null,
  noShowAt: null,
  late: null,
  because: 'Sales demos',
};
