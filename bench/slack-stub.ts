// A Slack that answers at once and counts: a process of its own, so that its work is not the app's. It can be slow, or refuse connections.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWith, sharedClock } from './talk.ts';

export interface Call {
  /** The number in the invitee's name. */
  guest: number;
  /** When the whole call was here, by the shared clock. */
  at: number;
}

interface Workspace {
  team: string;
  botUser: string;
}

/** By bot token. */
let workspaces: Record<string, Workspace> = {};
let latencyMs = 0;
let posts = 0;
let heard: Call[] | null = null;
let lastTs = 0;

const server = createServer((req, res) => {
  bodyOf(req, (body) => {
    const answer = JSON.stringify(answerTo(req, body));
    const send = () => res.setHeader('content-type', 'application/json').end(answer);
    if (latencyMs > 0) setTimeout(send, latencyMs);
    else send();
  });
});
server.keepAliveTimeout = 65_000;

function bodyOf(req: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => then(Buffer.concat(chunks).toString('latin1')));
}

function answerTo({ url = '', headers }: IncomingMessage, body: string): object {
  if (url.endsWith('auth.test')) {
    const workspace = workspaces[headers.authorization?.replace('Bearer ', '') ?? ''];
    if (!workspace) return { ok: false, error: 'invalid_auth' };
    return { ok: true, team_id: workspace.team, user_id: workspace.botUser };
  }
  if (url.endsWith('chat.postMessage')) {
    posts += 1;
    if (heard) heard.push({ guest: Number(/Guest(?: |\+|%20)(\d+)/.exec(body)?.[1]), at: sharedClock() });
  }
  // The app sends JSON, the tutorial's client a form.
  const channel = /"channel":"(\w+)"|(?:^|&)channel=(\w+)/.exec(body);
  lastTs = Math.max(lastTs + 1, Date.now() * 1_000);
  const digits = String(lastTs);
  return { ok: true, channel: channel?.[1] ?? channel?.[2], ts: `${digits.slice(0, -6)}.${digits.slice(-6)}` };
}

let port = 0;
const listen = () =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      port = (server.address() as AddressInfo).port;
      resolve(port);
    });
  });

const acts = {
  /** Answers its port. */
  start(o: { workspaces: Record<string, Workspace> }): Promise<number> {
    workspaces = o.workspaces;
    return listen();
  },
  /** How long each answer takes from now on, milliseconds. */
  slow(ms: number): void {
    latencyMs = ms;
  },
  /** Refuses every connection, or takes them again. */
  async refuse(yes: boolean): Promise<void> {
    if (!yes) return void (await listen());
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  },
  /** All messages posted so far. */
  posts: (_: null): number => posts,
  /** Remembers every post from now on. */
  listen(_: null): void {
    heard = [];
  },
  /** What was posted since `listen`. */
  heard: (_: null): Call[] => heard ?? [],
};
export type SlackActs = typeof acts;

answerWith(acts);
