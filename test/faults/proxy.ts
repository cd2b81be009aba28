// A TCP proxy that cuts, swallows and eats: the network between the app and a far side, at its worst, switchable while it runs.

import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

/**
 * What befalls one exchange (a request and its answer; one at a time on a connection).
 * - `cut`: RST once so many bytes of the request, and then of the answer, have passed.
 * - `blackhole`: nothing passes any more, in either direction, and nobody is told.
 * - `eatResponse`: the request arrives, its answer never does; the connection is reset, or hangs.
 */
export type Mode =
  | { kind: 'pass' }
  | { kind: 'cut'; after: number }
  | { kind: 'blackhole' }
  | { kind: 'eatResponse'; how: 'reset' | 'hang' };

export interface Exchange {
  /** Counts all exchanges of the proxy from 1. */
  number: number;
  /** The beginning of what the near side said, such as `POST /api/chat.postMessage HTTP/1.1…`. */
  head: string;
}

export interface Connection {
  /** Everything the near side has said so far, at most 64 KiB. */
  said(): string;
  /** From now on, for this connection, whatever the exchange. */
  set(mode: Mode): void;
}

export interface TcpProxy {
  port: number;
  /** This address, by way of the proxy. */
  via(url: string): string;
  /** Chooses for each exchange; `null` passes everything. */
  choose(rule: ((exchange: Exchange) => Mode) | null): void;
  connections(): Connection[];
  /** Closes the port and resets what is open, until `open`. */
  refuse(): Promise<void>;
  open(): Promise<void>;
  stop(): Promise<void>;
}

const pass: Mode = { kind: 'pass' };

/** A proxy on a port of its own to `to` (a URL whose host and port count). */
export async function tcpProxy(to: string): Promise<TcpProxy> {
  const far = new URL(to);
  const live = new Map<Connection, () => void>();
  let rule: ((exchange: Exchange) => Mode) | null = null;
  let exchanges = 0;
  let port = 0;

  const server = createServer((near) => {
    const onward = dial(Number(far.port), far.hostname);
    let mode = pass;
    let forced: Mode | null = null;
    let passed = 0;
    let said = '';
    // A new exchange begins when the near side speaks first, or after an answer.
    let answered = true;
    const reset = () => {
      near.resetAndDestroy();
      onward.destroy();
    };
    const connection: Connection = {
      said: () => said,
      set(next) {
        forced = next;
        mode = next;
        passed = 0;
      },
    };
    live.set(connection, reset);
    near.setNoDelay();
    onward.setNoDelay();
    const forward = (chunk: Buffer, from: Socket, other: Socket): void => {
      if (mode.kind === 'blackhole') return;
      const toNear = other === near;
      if (toNear && mode.kind === 'eatResponse') {
        if (mode.how === 'reset') reset();
        return;
      }
      if (mode.kind !== 'cut' || passed + chunk.length < mode.after) {
        passed += chunk.length;
        if (!other.write(chunk)) {
          from.pause();
          other.once('drain', () => from.resume());
        }
        return;
      }
      const part = chunk.subarray(0, Math.max(0, mode.after - passed));
      mode = { kind: 'blackhole' };
      // What was let through is delivered before the line breaks, so that the far side may act on it.
      if (toNear) other.write(part, () => setTimeout(reset, 5));
      else
        other.write(part, () => {
          onward.end();
          setTimeout(reset, 5);
        });
    };
    near.on('data', (chunk: Buffer) => {
      if (said.length < 65_536) said += chunk.toString('latin1');
      if (answered) {
        answered = false;
        passed = 0;
        exchanges += 1;
        mode = forced ?? rule?.({ number: exchanges, head: chunk.subarray(0, 2_048).toString('latin1') }) ?? pass;
      }
      forward(chunk, near, onward);
    });
    onward.on('data', (chunk: Buffer) => {
      answered = true;
      forward(chunk, onward, near);
    });
    near.on('end', () => mode.kind === 'blackhole' || onward.end());
    onward.on('end', () => mode.kind === 'blackhole' || mode.kind === 'eatResponse' || near.end());
    for (const socket of [near, onward]) socket.on('error', () => (mode.kind === 'pass' ? reset() : undefined));
    near.on('close', () => {
      live.delete(connection);
      onward.destroy();
    });
    onward.on('close', () => {
      // Through a black hole nobody hears that the other end is gone.
      if (mode.kind === 'pass' || mode.kind === 'cut') near.destroy();
    });
  });

  async function open(): Promise<void> {
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  }
  async function refuse(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const reset of live.values()) reset();
    await closed;
  }

  await open();
  return {
    port,
    via(url) {
      const other = new URL(url);
      other.host = `127.0.0.1:${port}`;
      return other.href;
    },
    choose(next) {
      rule = next;
    },
    connections: () => [...live.keys()],
    refuse,
    open,
    stop: refuse,
  };
}
