// What the tests of the sandbox Calendly share: a caller of its API and a server that hooks can point at.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read by key, and a wrong key fails the test
export type Reply = { status: number; headers: Headers; text: string; json: any };

export async function calendlyWithClient() {
  const calendly = await startCalendly();
  return { calendly, call: caller(calendly) };
}

export function caller(calendly: CalendlySandbox) {
  return async (call: string, o: { token?: string | null; body?: unknown } = {}): Promise<Reply> => {
    const [method = 'GET', path = '/'] = call.split(' ');
    const token = o.token === undefined ? calendly.tokens.olga : o.token;
    const answer = await fetch(new URL(path, calendly.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(o.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
    });
    const text = await answer.text();
    const isJson = text !== '' && answer.headers.get('content-type') === 'application/json';
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
}

export type Received = { path: string; headers: IncomingHttpHeaders; body: Buffer };

/** Keeps every webhook it gets and answers what `respond` says, 200 at first; `hang` never answers. */
export async function startReceiver() {
  const received: Received[] = [];
  const receiver = {
    url: '',
    received,
    respond: (_: Received): number | 'hang' => 200,
    bodies: () => received.map((r) => JSON.parse(r.body.toString('utf8'))),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const one = { path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) };
    received.push(one);
    const status = receiver.respond(one);
    if (status === 'hang') return;
    res.writeHead(status, status === 302 ? { Location: `${receiver.url}/elsewhere` } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}
