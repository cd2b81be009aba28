// The load generator, a process of its own: webhooks made beforehand, over 64 connections, as fast as they are answered or at a given rate.

import { connect, type Socket } from 'node:net';
import { type EventTypeName, type Target, webhookBody, webhookRequest } from './bodies.ts';
import { answerWith, sharedClock } from './talk.ts';

export interface Rate {
  perSecond: number;
  /** Answers other than 200. */
  refused: number;
}

export interface Latencies {
  p50: number;
  p99: number;
  max: number;
  refused: number;
  /** When each was due to be sent, by the shared clock. */
  sentAt: Float64Array;
}

const connections = 64;
let target: Target;
let requests: Buffer[] = [];
let lines: Line[] = [];

const acts = {
  /** Makes `count` webhooks, the bookings `first`, `first + 1` …, their event types in turn; opens the connections. */
  async prepare(o: { target: Target; first: number; count: number; types: EventTypeName[] }): Promise<void> {
    for (const line of lines) line.close();
    target = o.target;
    requests = [];
    for (let i = 0; i < o.count; i += 1) {
      const type = o.types[(o.first + i) % o.types.length]!;
      requests.push(webhookRequest(target, webhookBody(o.first + i, type, target.createdBy)));
      // Answers to the process that asked, and its signals, are not held up for seconds.
      if (i % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
    }
    lines = await Promise.all(Array.from({ length: connections }, () => openLine(target.port)));
  },

  /** Closed loop: each connection sends its next webhook when the last one is answered. The first `warmUp` are not counted. */
  async flood({ warmUp }: { warmUp: number }): Promise<Rate> {
    let next = 0;
    let answered = 0;
    let refused = 0;
    let startedAt = sharedClock();
    await Promise.all(
      lines.map(async (line) => {
        while (next < requests.length) {
          const request = requests[next]!;
          next += 1;
          if ((await line.send(request)) !== 200) refused += 1;
          answered += 1;
          if (answered === warmUp) startedAt = sharedClock();
        }
      }),
    );
    const seconds = (sharedClock() - startedAt) / 1_000;
    return { perSecond: (requests.length - warmUp) / seconds, refused };
  },

  /**
   * Open loop: one webhook every 1/`perSecond`, however slow the answers are; each one's time counts from the moment it was due, so that
   * waiting for a slow answer hides nothing (no coordinated omission). The first `warmUp` are not counted.
   */
  async pace({ perSecond, warmUp }: { perSecond: number; warmUp: number }): Promise<Latencies> {
    const free = [...lines];
    const waiting: number[] = [];
    const sentAt = new Float64Array(requests.length);
    const took = new Float64Array(requests.length);
    let refused = 0;
    let left = requests.length;
    const done = Promise.withResolvers<void>();

    const give = async (line: Line, i: number) => {
      if ((await line.send(requests[i]!)) !== 200) refused += 1;
      took[i] = sharedClock() - sentAt[i]!;
      left -= 1;
      const next = waiting.shift();
      if (left === 0) done.resolve();
      else if (next === undefined) free.push(line);
      else give(line, next).catch(done.reject);
    };

    const start = sharedClock() + 20;
    for (const i of requests.keys()) {
      const due = start + (i * 1_000) / perSecond;
      await until(due);
      sentAt[i] = due;
      const line = free.pop();
      if (line) give(line, i).catch(done.reject);
      else waiting.push(i);
    }
    await done.promise;
    const counted = took.slice(warmUp).sort();
    return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99), max: counted.at(-1) ?? 0, refused, sentAt };
  },

  /** Sends one webhook; answers when it was sent, by the shared clock. */
  async single(i: number): Promise<{ at: number; status: number }> {
    const at = sharedClock();
    return { at, status: await lines[0]!.send(requests[i]!) };
  },
};
export type LoadActs = typeof acts;

interface Line {
  /** Answers the status. One request at a time. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/** A line that is opened anew where the server has closed it meanwhile, as it does when one was idle for long: whoever keeps many uses a few. */
async function openLine(port: number): Promise<Line> {
  let socket = await openSocket(port);
  return {
    async send(request) {
      if (socket.isClosed()) socket = await openSocket(port);
      return socket.send(request);
    },
    close: () => socket.close(),
  };
}

/** Plain sockets: an HTTP client's own work would take as much of the second core as the server's. */
async function openSocket(port: number): Promise<Line & { isClosed(): boolean }> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;
  let heard = '';
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const broken = (error: Error) => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.on('error', broken);
  socket.on('close', () => broken(new Error('the server closed a connection')));
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
    const headEnd = heard.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = heard.slice(0, headEnd);
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    if (length === undefined) return broken(new Error(`an answer without content-length: ${head}`));
    if (heard.length < headEnd + 4 + Number(length)) return;
    heard = '';
    const { resolve } = waiting ?? {};
    waiting = null;
    resolve?.(Number(head.slice(9, 12)));
  });
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
    isClosed: () => socket.destroyed || socket.readableEnded || !socket.writable,
  };
}

/** Sleeps, and spins for the last moments: timers are only good to a millisecond, which is what is measured here. */
async function until(due: number): Promise<void> {
  for (let left = due - sharedClock(); left > 0; left = due - sharedClock()) {
    await new Promise((resolve) => (left > 2.5 ? setTimeout(resolve, left - 2) : setImmediate(resolve)));
  }
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

answerWith(acts);
