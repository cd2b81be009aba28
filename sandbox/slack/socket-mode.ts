// Socket Mode: apps that called apps.connections.open get their requests as envelopes over a WebSocket.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseObject } from './http.ts';
import { acceptWebSocket, type WebSocketPeer } from './websocket.ts';

const PING_EVERY_MS = 10_000;

export interface SocketMode {
  /** How many connections are open. */
  readonly connections: number;
  /** A one-time address for a new connection. */
  open(baseUrl: string): string;
  upgrade(req: IncomingMessage, socket: Duplex, appId: string): void;
  /** Sends an envelope to one connection; resolves with the payload of its acknowledgement. */
  send(type: string, payload: unknown, more?: Record<string, unknown>): Promise<unknown>;
  /** Tells every connection to come back on a new one, as Slack does every few hours. */
  disconnect(reason?: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Cuts every connection without a word. */
  cut(): void;
}

export function createSocketMode(changed: () => void): SocketMode {
  const tickets = new Set<string>();
  const peers: WebSocketPeer[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;

  return {
    get connections() {
      return peers.length;
    },
    open(baseUrl) {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${baseUrl.replace(/^http/, 'ws')}/link/?ticket=${ticket}`;
    },
    upgrade(req, socket, appId) {
      const url = new URL(req.url ?? '/', 'http://slack');
      if (!tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const peer = acceptWebSocket(req, socket, {
        text(text) {
          const answer = parseObject(text);
          waiting.get(String(answer?.envelope_id))?.(answer?.payload);
        },
        close() {
          clearInterval(heartbeat);
          const place = peers.indexOf(peer);
          if (place >= 0) peers.splice(place, 1);
          changed();
        },
      });
      const heartbeat = setInterval(peer.ping, PING_EVERY_MS);
      peers.push(peer);
      peer.send(
        JSON.stringify({
          type: 'hello',
          num_connections: peers.length,
          debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
          connection_info: { app_id: appId },
        }),
      );
      changed();
    },
    send(type, payload, more = {}) {
      const peer = peers[turn++ % peers.length];
      if (!peer) return Promise.reject(new Error('no Socket Mode connection'));
      const id = randomUUID();
      return new Promise((resolve) => {
        waiting.set(id, (answer) => {
          waiting.delete(id);
          resolve(answer);
        });
        // A late acknowledgement means nothing to Slack; the waiting place need not outlive its use by much.
        setTimeout(() => waiting.delete(id), 60_000).unref();
        peer.send(
          JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: type !== 'events_api', ...more }),
        );
      });
    },
    disconnect(reason = 'refresh_requested') {
      for (const peer of [...peers]) {
        peer.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
      }
    },
    cut() {
      for (const peer of [...peers]) peer.destroy();
    },
  };
}
