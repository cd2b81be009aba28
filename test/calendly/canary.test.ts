// The way from the internet to us, walked by our own signed message: what is wrong with it is named, with its cure.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { canaryEvent, walkIn } from '../../src/calendly/canary.ts';
import { webhookEndpoint } from '../../src/calendly/webhook.ts';
import { logger } from '../../src/log.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/calendly/webhooks/t0ken`;
}

const answers =
  (status: number, text: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(text);
  };

/** Our own endpoint behind a server, with one hook. */
function endpoint(signingKey: string, kept: string[]): RequestListener {
  const handle = webhookEndpoint({
    hookByUrlToken: async () => ({
      installationId: 'I',
      id: 'H',
      connectionId: 'C',
      family: 'invitee',
      urlToken: 't0ken',
      signingKey,
      calendlyUri: null,
      creator: null,
      state: 'active',
      retryStartedAt: null,
      createdAt: 0,
      retiredAt: null,
    }),
    keep: async (arrival) => {
      kept.push(arrival.event);
      return true;
    },
    clock: { now: Date.now },
    log: logger('silent'),
  });
  return (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const { status, text } = await handle({
        urlToken: 't0ken',
        contentType: request.headers['content-type'],
        signature: request.headers['calendly-webhook-signature'] as string | undefined,
        body: Buffer.concat(parts),
      });
      response.writeHead(status).end(text);
    });
  };
}

describe('the way in', () => {
  it('is open when our own endpoint answers, and nothing is kept', async () => {
    const kept: string[] = [];
    expect(await walkIn(await listening(endpoint('key', kept)), 'key')).toEqual({ ok: true });
    expect(kept).toEqual([]);
  });

  it('is not for those who do not know the key', async () => {
    const kept: string[] = [];
    const way = await walkIn(await listening(endpoint('another', kept)), 'key');
    expect(way).toMatchObject({ ok: false, sentence: expect.stringMatching(/Another app of this kind.*PUBLIC_URL/) });
    expect(kept).toEqual([]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['a redirect', answers(301, '', { location: 'https://www.example.com/' }), /redirects.*HTTP 301.*PUBLIC_URL/],
    ['a web page', answers(200, '<!doctype html><p>Welcome', { 'content-type': 'text/html' }), /with a web page/],
    ['a password', answers(401, 'Restricted', { 'www-authenticate': 'Basic' }), /asks for a password.*untouched/],
    ['a firewall', answers(403, '<html>blocked'), /refuses strangers/],
    ['a proxy without us', answers(502, 'Bad Gateway'), /HTTP 502.*port I listen on/],
    ['another app’s 200', answers(200, '{"ok":true}'), /Something else answers/],
    ['a lost path', answers(404, 'Cannot POST /'), /HTTP 404.*path included/],
    ['our own sick database', answers(503, 'cannot keep it now, please repeat'), /My database/],
    [
      'an endless answer',
      (_request, response) => void response.writeHead(200).end('x'.repeat(1_000_000)),
      /Something else answers/,
    ],
    ['a cut', (request) => void request.socket.destroy(), /could not be reached/],
  ])('%s is named, with what to do', async (_name, listener, says) => {
    const way = await walkIn(await listening(listener), 'key');
    expect(way).toMatchObject({ ok: false, sentence: expect.stringMatching(says) });
  });

  it('nobody at all', async () => {
    const address = await listening(answers(200, ''));
    await new Promise((resolve) => servers.splice(0)[0]!.close(resolve));
    expect(await walkIn(address, 'key')).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/Nobody listens at 127/),
    });
    const nowhere = await walkIn('https://no-such-host.invalid/calendly/webhooks/t', 'key');
    expect(nowhere).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/not known \(DNS\)|could not be reached/),
    });
  });

  it('has an event of its own, which Calendly never sends', () => {
    expect(canaryEvent).toMatch(/^calendly-for-slack\./);
  });
});
