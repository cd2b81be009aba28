// The whole product on one page with no account: both sandboxes, the real app between them, and one address to open.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CalendlySandbox, startCalendly } from './calendly/server.ts';
import { type SlackSandbox, startSlack } from './slack/server.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const readyWithinMs = 30_000;
const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Parts = { slack: SlackSandbox; calendly: CalendlySandbox; appUrl: string };

const startedAt = Date.now();
const folder = await mkdtemp(join(tmpdir(), 'calendly-demo-'));
const logPath = join(folder, 'app.log');
// 4000 and the three above it, or those above DEMO_PORT; with DEMO_PORT=0 any free ones.
const firstPort = Number.parseInt(process.env.DEMO_PORT ?? '4000', 10) || 0;
const calendly = await startCalendly({ port: await freePort(2) });
const slack = await startSlack({ port: await freePort(1) });
const appPort = await freePort(3);
const parts: Parts = { slack, calendly, appUrl: `http://127.0.0.1:${appPort}` };
slack.setAppUrl(parts.appUrl);
seed(calendly);

const app = startApp(parts);
const frame = createServer((req, res) => void serveFrame(req.url ?? '/', res));
let stopping: Promise<void> | undefined;
let wasConnected = false;

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
app.once('exit', (code, signal) => {
  if (!stopping) void failed(`The app ended by itself (${signal ?? `code ${code}`}). Its last words:`, code ?? 1);
});

if (await isReady(parts.appUrl)) {
  const port = await freePort(0);
  await new Promise<void>((resolve) => frame.listen(port, '127.0.0.1', resolve));
  console.log(`
The demo is ready. Open this in your browser:

  http://127.0.0.1:${port}

Slack is at left, Calendly at right, and the guide above them says what to do first.
Nothing here needs an account, and nothing leaves this computer. Ctrl-C stops it.
`);
  if (process.argv.includes('--logs')) console.log(`The app's log: ${logPath}`);
} else if (!stopping) {
  await failed(`The app was not ready after ${readyWithinMs / 1000} seconds. Its last words:`, 1);
}

/** The port so many above the first, or any free one when somebody has it. */
async function freePort(above: number): Promise<number> {
  for (const port of [firstPort && firstPort + above, 0]) {
    const probe = createSocketServer();
    const isFree = await listens(probe, port);
    const address = probe.address();
    probe.close();
    if (isFree && typeof address === 'object' && address) return address.port;
  }
  throw new Error('This machine has no free port.');
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}

/** Some meetings of the last weeks, so that a new subscription has something to count. */
function seed(to: CalendlySandbox): void {
  const types = ['Demo call', 'Onboarding', 'Intro call', 'Demo call', 'Support', 'Quarterly review'];
  for (let i = 14; i >= 1; i -= 1) {
    const start = new Date(startedAt - i * 2 * 86_400_000);
    start.setUTCHours(9 + (i % 7), 0, 0, 0);
    const createdAt = new Date(start.getTime() - 3 * 86_400_000);
    to.book({ type: types[i % types.length] ?? 'Demo call', start, createdAt, deliver: false });
  }
}

/** Its own folder as working directory and only these settings: a .env or a database of yours stays out of it. */
function startApp({ slack, calendly, appUrl }: Parts): ChildProcess {
  const kept = ['PATH', 'HOME', 'TZ', 'LANG', 'SystemRoot', 'TEMP'];
  const log = openSync(logPath, 'a');
  return spawn(process.execPath, [here('../src/start.js')], {
    cwd: folder,
    stdio: ['ignore', log, log],
    env: {
      ...Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
      HOST: '127.0.0.1',
      PORT: new URL(appUrl).port,
      PUBLIC_URL: appUrl,
      DATA_DIR: join(folder, 'data'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      CALENDLY_API_URL: calendly.url,
      CALENDLY_AUTH_URL: calendly.url,
      CALENDLY_CLIENT_ID: calendly.app.clientId,
      CALENDLY_CLIENT_SECRET: calendly.app.clientSecret,
      CALENDLY_WEBHOOK_SIGNING_KEY: calendly.app.signingKey,
      COMMAND_NAME: slack.commandName,
      VERIFY_SCHEDULE: '*/20 * * * * *',
    },
  });
}

async function isReady(appUrl: string): Promise<boolean> {
  const until = Date.now() + readyWithinMs;
  while (!stopping && app.exitCode === null && app.signalCode === null && Date.now() < until) {
    const answer = await fetch(`${appUrl}/readyz`).catch(() => null);
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}

async function serveFrame(address: string, res: ServerResponse): Promise<void> {
  const path = address.split('?')[0] === '/' ? '/index.html' : (address.split('?')[0] ?? '');
  const headers = { 'Cache-Control': 'no-store' };
  if (path === '/demo.json') {
    res.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(view(parts)));
    return;
  }
  const kind = kinds[extname(path)];
  const body =
    kind && /^\/[\w-]+\.\w+$/.test(path) ? await readFile(here(`./demo-page${path}`)).catch(() => null) : null;
  if (kind && body) res.writeHead(200, { ...headers, 'Content-Type': kind }).end(body);
  else res.writeHead(404, headers).end('There is nothing at this address.');
}

function view({ slack, calendly, appUrl }: Parts): object {
  const command = slack.commandName;
  return {
    slack: slack.url,
    calendly: calendly.url,
    app: appUrl,
    token: calendly.tokens.olga,
    command,
    tips: [
      'Move the meeting in Calendly, under Meetings: its card follows, and its thread says who moved it.',
      'Cancel the meeting there: the card ends, and nobody joins an empty call.',
      'Under Webhooks, let Calendly deliver twice or out of order: nothing shows up twice.',
      'Disable the webhook there: within half a minute the app replaces it and tells you.',
      `Type ${command} status, or ${command} help.`,
    ],
    progress: progress(slack, calendly),
  };
}

function progress(slack: SlackSandbox, calendly: CalendlySandbox) {
  const fresh = calendly.bookings.filter((booking) => Date.parse(booking.invitee.created_at) >= startedAt);
  const posts = Object.values(slack.channels)
    .flatMap((channel) => slack.messages(channel))
    .filter((message) => message.user === slack.botUserId || message.user === slack.botId);
  // What the app itself says in a channel, and its samples, show no booking.
  const cards = posts.filter((post) => !/^(🔔|🔕|TEST)/.test(post.text));
  // A step once taken stays taken: after a disconnect the guide goes on where it was.
  wasConnected ||= calendly.hooks.length > 0;
  const shows = ({ event, invitee }: (typeof fresh)[number]) =>
    cards.some(
      (post) =>
        Number(post.ts) * 1000 >= Date.parse(invitee.created_at) &&
        JSON.stringify([post.text, post.blocks]).includes(event.name ?? ''),
    );
  return {
    connected: wasConnected,
    subscribed: posts.some((post) => /\bsubscribed this channel to\b/.test(post.text)),
    booked: fresh.length > 0,
    shown: fresh.some(shows),
  };
}

/** Says why, shows the end of the app's log, and stops. */
function failed(why: string, code: number): Promise<void> {
  return stop(code, async () => {
    const lines = (await readFile(logPath, 'utf8')).trim().split('\n').slice(-20);
    console.error([why, ...lines.map((line) => `  ${line.slice(0, 400)}`)].join('\n'));
  });
}

/** Ends everything that was started and removes the folder, once. */
function stop(code: number, before: () => Promise<void> = async () => {}): Promise<void> {
  stopping ??= before()
    .then(clear)
    .finally(() => process.exit(code));
  return stopping;
}

async function clear(): Promise<void> {
  if (app.exitCode === null && app.signalCode === null) {
    app.kill('SIGTERM');
    const ended = once(app, 'exit');
    if ((await Promise.race([ended, sleep(5_000, 'late')])) === 'late') app.kill('SIGKILL');
  }
  frame.close();
  frame.closeAllConnections();
  await Promise.allSettled([slack.stop(), calendly.stop()]);
  await rm(folder, { recursive: true, force: true });
}
