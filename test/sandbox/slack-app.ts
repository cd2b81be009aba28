// A small app for the sandbox's own tests: a plain HTTP server that checks signatures and answers as it is told.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  raw: string;
  /** The slash command's fields, the interaction's payload or the event's body. */
  // biome-ignore lint/suspicious/noExplicitAny: a JSON border
  body: any;
}
type Answer = { status?: number; body?: unknown; hang?: true } | undefined;

export async function startTinyApp(signingSecret: string) {
  const received: Received[] = [];
  const state = { answer: (_: Received): Answer | Promise<Answer> => undefined, badSignatures: 0 };
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const expected = `v0=${createHmac('sha256', signingSecret)
      .update(`v0:${req.headers['x-slack-request-timestamp']}:${raw}`)
      .digest('hex')}`;
    const given = String(req.headers['x-slack-signature']);
    if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
      state.badSignatures += 1;
      res.writeHead(401).end('bad signature');
      return;
    }
    const form = new URLSearchParams(raw);
    const body = req.headers['content-type']?.startsWith('application/json')
      ? JSON.parse(raw)
      : form.has('payload')
        ? JSON.parse(form.get('payload') ?? '')
        : Object.fromEntries(form);
    const one = { headers: req.headers, raw, body };
    received.push(one);
    const answer = (await state.answer(one)) ?? {};
    if (answer.hang) return;
    const isText = typeof answer.body === 'string' || answer.body === undefined;
    res.writeHead(answer.status ?? 200, { 'content-type': isText ? 'text/plain' : 'application/json' });
    res.end(isText ? (answer.body ?? '') : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    state,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Calls a Web API method as JSON; `status` 0 stands for a connection that broke. */
export async function call(
  apiUrl: string,
  token: string,
  method: string,
  args: unknown = {},
  o: { timeoutMs?: number } = {},
) {
  const response = await fetch(`${apiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(o.timeoutMs ?? 10_000),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: a JSON border
  const body: any = text.startsWith('{') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

/** The same as a form, the only way that reading methods take. */
export async function callForm(
  apiUrl: string,
  token: string | null,
  method: string,
  args: Record<string, string> = {},
) {
  const response = await fetch(`${apiUrl}${method}`, {
    method: 'POST',
    headers: token ? { authorization: `Bearer ${token}` } : {},
    body: new URLSearchParams(args),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a JSON border
  return (await response.json()) as any;
}
