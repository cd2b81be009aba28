// The sandbox Slack's trouble on demand: what the caller sees, and what Slack has done in truth.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultKind } from '../../sandbox/slack/faults.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { call } from './slack-app.ts';

let slack: SlackSandbox;
let channel: string;
beforeEach(async () => {
  slack = await startSlack();
  channel = slack.channels.sales;
  await slack.invite('sales');
});
afterEach(() => slack.stop());

const post = (text = 'x', timeoutMs?: number) =>
  call(slack.apiUrl, slack.botToken, 'chat.postMessage', { channel, text }, timeoutMs ? { timeoutMs } : {});
const texts = () => slack.messages('sales').map((message) => message.text);

test.each<[FaultKind, object]>([
  [
    { kind: 'http', status: 502, body: 'bad gateway' },
    { status: 502, body: 'bad gateway' },
  ],
  [
    { kind: 'error', error: 'internal_error' },
    { status: 200, body: { ok: false, error: 'internal_error' } },
  ],
  [{ kind: 'ratelimited', retryAfter: 7 }, { status: 429 }],
  [{ kind: 'html200' }, { status: 200, body: expect.stringContaining('<html>') }],
])('refused without effect: %o', async (kind, seen) => {
  slack.faults.add({ method: 'chat.postMessage', times: 1, ...kind });
  const answer = await post();
  expect(answer).toMatchObject(seen);
  if (kind.kind === 'ratelimited') expect(answer.headers.get('retry-after')).toBe('7');
  expect(texts()).toEqual([]);
  expect(slack.posts()).toEqual([]);
  expect((await post('next')).body.ok).toBe(true);
  expect(texts()).toEqual(['next']);
});

test('connections that break or hang before anything happened', async () => {
  slack.faults.add({ method: '*', times: 1, kind: 'reset-before' });
  await expect(post()).rejects.toThrow();
  slack.faults.add({ method: 'chat.postMessage', times: 1, kind: 'hang' });
  await expect(post('x', 100)).rejects.toThrow('timeout');
  expect(texts()).toEqual([]);
});

test('work done whose answer is lost stands in posts()', async () => {
  const seen: string[] = [];
  slack.faults.onAccepted = (done) => void seen.push(String(done.args.text));
  slack.faults.add({ method: 'chat.postMessage', channel, times: 1, kind: 'accept-then-reset' });
  await expect(post('one')).rejects.toThrow();
  slack.faults.add({ method: 'chat.postMessage', times: 1, kind: 'accept-then-500' });
  expect((await post('two')).status).toBe(500);
  slack.faults.add({ method: 'chat.postMessage', times: 1, kind: 'accept-then-hang' });
  await expect(post('three', 100)).rejects.toThrow('timeout');
  expect(texts()).toEqual(['one', 'two', 'three']);
  expect(slack.posts('sales').map((done) => [done.args.text, done.status])).toEqual([
    ['one', 0],
    ['two', 500],
    ['three', 0],
  ]);
  expect(seen).toEqual(['one', 'two', 'three']);
});

test('faults can be aimed at a channel, last until removed, and be cleared', async () => {
  const aimed = slack.faults.add({
    method: 'chat.postMessage',
    channel: slack.channels.demos,
    kind: 'error',
    error: 'fatal_error',
  });
  expect((await post()).body.ok).toBe(true);
  const other = () =>
    call(slack.apiUrl, slack.botToken, 'chat.postMessage', { channel: slack.channels.demos, text: 'x' });
  expect((await other()).body.error).toBe('fatal_error');
  expect((await other()).body.error).toBe('fatal_error');
  aimed.remove();
  expect((await other()).body.error).toBe('not_in_channel');
  slack.faults.add({ method: '*', kind: 'error', error: 'fatal_error' });
  slack.faults.clear();
  expect((await post()).body.ok).toBe(true);
});

test('down answers 503, refuse closes the port, up brings both back at the same address', async () => {
  slack.faults.down();
  expect((await post()).status).toBe(503);
  await slack.faults.up();
  await slack.faults.refuse();
  await expect(post()).rejects.toThrow();
  await slack.faults.up();
  expect((await post('back')).body.ok).toBe(true);
  expect(texts()).toEqual(['back']);
});
