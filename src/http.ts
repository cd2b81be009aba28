// The one HTTP server: exact routes, bodies up to 1 MiB, time limits for slow clients, and an answer for every request whatever happens inside.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crowd } from './crowd.ts';
import type { Logger } from './log.ts';

export interface Request {
  req: IncomingMessage;
  res: ServerResponse;
  /** What follows the route's prefix; empty for an exact route. */
  rest: string;
  body: Buffer;
}

export interface Route {
  method: 'GET' | 'POST';
  /** An exact path, or with `prefix` the beginning of one with a single segment after it. */
  path: string;
  prefix?: boolean;
  /** Asked before the body is read; with an answer, the body is not kept. */
  refuse?(req: IncomingMessage, rest: string): Promise<{ status: number; text: string } | null>;
  /** Its answers are not all made by `answer` and `respond`, which add what every answer has. */
  answersItself?: true;
  handle(request: Request): Promise<void>;
}

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string;
  /** Answers what is under way, then closes; at the latest after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

/** Of every answer: what a browser shows of it runs nothing, is framed by nobody, and is kept by nobody. Pages of ours loosen what they need. */
const always = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

const bodyLimit = 1024 * 1024;
/** Of all requests together: whoever sends without a signature must not fill the memory before that is seen. */
const bodiesLimit = 64 * 1024 * 1024;
/** Milliseconds. Calendly waits 15 s for an answer and Slack 3: whoever needs longer to ask is not one of them. */
const headersTimeout = 10_000;
const requestTimeout = 15_000;
/** Whoever calls on and on does not keep a stop waiting longer. */
const takingMs = 1_000;
/** Connections. Beyond it those that keep us waiting have to go; see crowd.ts. */
const connectionsLimit = 4_096;

export async function listen(options: {
  port: number;
  host: string;
  routes: Route[];
  log: Logger;
  /** Bytes of bodies that may be held at the same time. */
  bodiesLimit?: number;
  /** Connections that may be open at the same time. */
  connectionsLimit?: number;
}): Promise<HttpServer> {
  const { log } = options;
  const room: Room = { taken: 0, limit: options.bodiesLimit ?? bodiesLimit };
  const exact = new Map(
    options.routes.filter((route) => !route.prefix).map((route) => [`${route.method} ${route.path}`, route]),
  );
  const prefixes = options.routes.filter((route) => route.prefix);
  let stopping = false;

  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      keepAliveTimeout: 65_000,
    },
    (req, res) => {
      if (stopping) res.setHeader('connection', 'close');
      res.on('close', () => line.answered(req.socket));
      void serve(req, res).catch((error: unknown) => {
        log.error({ err: error, path: pathOf(req) }, 'a request failed');
        answer(res, 500, 'something went wrong on our side');
      });
    },
  );
  const line = crowd(server, options.connectionsLimit ?? connectionsLimit);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = find(req);
    if (!route) {
      req.resume();
      return answer(res, 404, 'not found');
    }
    const rest = route.prefix ? pathOf(req).slice(route.path.length) : '';
    const refused = await route.refuse?.(req, rest);
    if (refused) {
      req.resume();
      return answer(res, refused.status, refused.text);
    }
    const held: Held = { bytes: 0 };
    try {
      const body = req.method === 'POST' ? await readBody(req, res, room, held) : Buffer.alloc(0);
      if (body === null) return;
      line.asked(req.socket);
      if (route.answersItself) for (const [name, value] of Object.entries(always)) res.setHeader(name, value);
      await route.handle({ req, res, body, rest });
      if (!res.writableEnded && !res.headersSent) answer(res, 500, 'something went wrong on our side');
    } finally {
      room.taken -= held.bytes;
    }
  }

  function find(req: IncomingMessage): Route | undefined {
    const path = pathOf(req);
    return (
      exact.get(`${req.method} ${path}`) ??
      prefixes.find(
        (route) =>
          route.method === req.method &&
          path.startsWith(route.path) &&
          path.length > route.path.length &&
          !path.slice(route.path.length).includes('/'),
      )
    );
  }

  let taken = 0;
  server.on('connection', () => (taken += 1));
  /** The system resets what waits to be taken when the door is closed. Node takes one connection each time round: a round without one found none waiting. */
  async function allTaken(): Promise<void> {
    const end = performance.now() + takingMs;
    for (let before = -1; before !== taken && performance.now() < end; ) {
      before = taken;
      for (let round = 0; round < 3; round++) await new Promise((next) => setImmediate(next));
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      server.on('error', (error) => log.error({ err: error }, 'the server had an error'));
      resolve();
    });
  });
  return {
    url: urlOf(server),
    async stop(deadlineMs) {
      stopping = true;
      await allTaken();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // A connection whose last answer left after this moment is idle only then, and its client may keep it open.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(timer);
    },
  };
}

/** Answers once; a request already answered stays as it is. */
export function answer(res: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  respond(res, { status, headers: { 'content-type': type }, body: text });
}

/** The same with headers of its own, such as a page has. */
export function respond(
  res: ServerResponse,
  { status, headers, body }: { status: number; headers: Record<string, string>; body: string },
): void {
  if (res.writableEnded || res.headersSent) return;
  // All of them at once, and as text, which goes out with the head in one write: each takes a tenth off the whole answer.
  res.writeHead(status, { ...always, ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

/** What the bodies of all requests take now, and may take; bytes. */
interface Room {
  taken: number;
  limit: number;
}

/** What one request has of it. */
interface Held {
  bytes: number;
}

/** The whole body, or null when it was too large (answered 413), when there was no room for it (503), or when the client went away. */
function readBody(req: IncomingMessage, res: ServerResponse, room: Room, held: Held): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const turnAway = (status: number, text: string) => {
      chunks.length = 0;
      req.removeAllListeners('data');
      res.setHeader('connection', 'close');
      answer(res, status, text);
      // What is still on its way is thrown away for a moment, so that the client reads the answer before the connection ends.
      req.resume();
      setTimeout(() => req.destroy(), 1_000).unref();
      resolve(null);
    };
    const tooLarge = () => turnAway(413, 'larger than 1 MiB');
    const noRoom = () => turnAway(503, 'too much at once, please repeat');
    const chunks: Buffer[] = [];
    if (Number(req.headers['content-length'] ?? 0) > bodyLimit) return tooLarge();
    if (room.taken >= room.limit) return noRoom();
    // Counted as it comes: a length that is only claimed takes nothing from others.
    req.on('data', (chunk: Buffer) => {
      if (held.bytes + chunk.length > bodyLimit) return tooLarge();
      if (room.taken + chunk.length > room.limit) return noRoom();
      held.bytes += chunk.length;
      room.taken += chunk.length;
      chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    req.on('error', () => resolve(null));
    req.on('close', () => resolve(null));
  });
}

const pathOf = (req: IncomingMessage) => {
  const url = req.url ?? '/';
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
};

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
