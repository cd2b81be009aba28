// The search for a post of unknown outcome: it ends in time, and says “absent” only after it has surely read to before the attempt, by Slack's own clock.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Found, Search } from '../../src/delivery/write.ts';
import { findPost } from '../../src/slack/search.ts';

const search = { installationId: 'T1', channel: 'C1', threadTs: null, attemptId: 'a' };
const minute = 60_000;
const hour = 60 * minute;

interface Page {
  body: unknown;
  date?: string | undefined;
  afterMs?: number;
}

/** What the search says, asked of a Slack that answers as `page` says; `asked` are the forms it was sent. */
async function found(
  tried: Pick<Search, 'triedAt' | 'ageMs'> & { threadTs?: string },
  page: (form: URLSearchParams) => Page,
  searchMs?: number,
): Promise<{ found: Found; asked: URLSearchParams[] }> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      asked.push(form);
      const { body, date, afterMs = 0 } = page(form);
      response.sendDate = false;
      if (date !== undefined) response.setHeader('date', date);
      setTimeout(() => response.end(JSON.stringify(body)), afterMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
  try {
    const slack = { apiUrl, token: 'xoxb-1', timeoutMs: 10_000, ...(searchMs ? { searchMs } : {}) };
    return { found: await findPost({ ...search, ...tried }, slack), asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A channel with one message every `everyMs` up to now by Slack's clock, ours among them; read as Slack lets it be read: newest first, or from `oldest` on. */
function channel(o: {
  slackNow: number;
  everyMs: number;
  ours: number | null;
  messages?: number;
  date?: string | null;
}) {
  const all = Array.from({ length: o.messages ?? 400 }, (_, i) => ({ ts: tsOf(o.slackNow - i * o.everyMs) }) as object);
  if (o.ours !== null) {
    const place = Math.ceil((o.slackNow - o.ours) / o.everyMs);
    all.splice(place, 0, { ts: tsOf(o.ours), metadata: { event_payload: { id: 'a' } } });
  }
  return (form: URLSearchParams): Page => {
    const oldest = Number(form.get('oldest') ?? 0);
    const seen = all.filter((message) => Number((message as { ts: string }).ts) >= oldest);
    const from = Number(form.get('cursor') ?? 0);
    const to = from + Number(form.get('limit'));
    const has_more = to < seen.length;
    return {
      date: o.date === null ? undefined : (o.date ?? new Date(o.slackNow).toUTCString()),
      body: {
        ok: true,
        messages: seen.slice(from, to),
        has_more,
        response_metadata: { next_cursor: has_more ? String(to) : '' },
      },
    };
  };
}
const tsOf = (ms: number) => (ms / 1_000).toFixed(6);

test('the whole search has one limit, not each page its own', async () => {
  let pages = 0;
  const { found: said } = await found(
    { triedAt: 0, ageMs: 0 },
    () => {
      pages += 1;
      return {
        body: { ok: true, messages: [], has_more: true, response_metadata: { next_cursor: `c${pages}` } },
        afterMs: 100,
      };
    },
    250,
  );
  expect(said).toEqual({ kind: 'unknown', reason: 'the search took too long', retryAfterMs: null });
  expect(pages).toBeLessThan(5);
});

test.each([
  ['as Slack’s', 0],
  ['ten minutes ahead of Slack’s', 10 * minute],
  ['three days ahead of Slack’s', 72 * hour],
  ['an hour behind Slack’s', -hour],
])('a message is found while our clock is %s', async (_words, ahead) => {
  const slackNow = Date.now() - 5 * hour;
  const ageMs = 30 * minute;
  const tried = { triedAt: slackNow + ahead - ageMs, ageMs };
  const ours = slackNow - ageMs + 1_000;
  expect((await found(tried, channel({ slackNow, everyMs: 10_000, ours }))).found).toEqual({
    kind: 'found',
    ts: tsOf(ours),
  });
});

test('it is found although our clock was set back since the attempt, so that it seems younger than it is', async () => {
  const slackNow = Date.now();
  const ours = slackNow - 30 * minute;
  const said = await found({ triedAt: ours, ageMs: 10 * minute }, channel({ slackNow, everyMs: 10_000, ours }));
  expect(said.found).toMatchObject({ kind: 'found' });
});

test('it is absent once everything since the attempt was read, and no more is read than that', async () => {
  const slackNow = Date.now();
  const tried = { triedAt: slackNow + hour - 30 * minute, ageMs: 30 * minute };
  const { found: said, asked } = await found(tried, channel({ slackNow, everyMs: 10_000, ours: null }));
  expect(said).toEqual({ kind: 'absent' });
  // 32 minutes are 192 messages.
  expect(asked).toHaveLength(2);
});

test.each([
  ['no date', null],
  ['a date nobody can read', 'yesterday'],
])('with %s from Slack the channel is read to its beginning before it is absent', async (_words, date) => {
  const slackNow = Date.now();
  const tried = { triedAt: slackNow + hour, ageMs: 0 };
  const far = channel({ slackNow, everyMs: minute, ours: slackNow - 5 * hour, date });
  expect((await found(tried, far)).found).toMatchObject({ kind: 'found' });
  const { found: said, asked } = await found(tried, channel({ slackNow, everyMs: minute, ours: null, date }));
  expect(said).toEqual({ kind: 'absent' });
  expect(asked).toHaveLength(4);
});

test('a thread, which comes oldest first, is read to its end', async () => {
  const slackNow = Date.now();
  const pages = [
    { messages: [{ ts: tsOf(slackNow - 20 * hour) }], has_more: true, response_metadata: { next_cursor: '1' } },
    { messages: [{ ts: tsOf(slackNow), metadata: { event_payload: { id: 'a' } } }], has_more: false },
  ];
  const said = await found({ triedAt: slackNow, ageMs: 1_000, threadTs: '1.1' }, (form) => ({
    body: { ok: true, ...pages[Number(form.get('cursor') ?? 0)] },
    date: new Date(slackNow).toUTCString(),
  }));
  expect(said.found).toMatchObject({ kind: 'found' });
});

test('a channel with too many messages since is left to a person: no later search would come further', async () => {
  const slackNow = Date.now();
  const busy = channel({ slackNow, everyMs: 1_000, ours: null, messages: 1_500 });
  const said = await found({ triedAt: slackNow - hour, ageMs: hour }, busy);
  expect(said.found).toMatchObject({ kind: 'forbidden', reason: expect.stringContaining('Too much') });
  expect(said.asked).toHaveLength(10);
});
