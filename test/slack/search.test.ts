// The search for a post of unknown outcome ends in time, however slowly Slack turns the pages.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { findPost } from '../../src/slack/search.ts';

test('the whole search has one limit, not each page its own', async () => {
  let pages = 0;
  const server = createServer((request, response) => {
    request.resume();
    pages += 1;
    const page = { ok: true, messages: [], has_more: true, response_metadata: { next_cursor: `c${pages}` } };
    setTimeout(() => response.end(JSON.stringify(page)), 100);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
  const search = { installationId: 'T1', channel: 'C1', threadTs: null, attemptId: 'a', triedAt: Date.now() };
  try {
    expect(await findPost(search, { apiUrl, token: 'xoxb-1', timeoutMs: 10_000, searchMs: 250 })).toEqual({
      kind: 'unknown',
      reason: 'the search took too long',
      retryAfterMs: null,
    });
    expect(pages).toBeLessThan(5);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
