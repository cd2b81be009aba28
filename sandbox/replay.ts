// Sends a saved webhook through the whole path, from Calendly's call to the card in Slack, both played by the sandbox: npm run replay -- file.json

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workOn } from '../src/terminal.ts';
import { sign } from './calendly/payloads.ts';
import { startCalendly } from './calendly/server.ts';
import { startSlack } from './slack/server.ts';

const [file] = process.argv.slice(2);
if (!file || file.startsWith('-')) {
  (file === '--help' ? process.stdout : process.stderr).write(
    'Usage: npm run replay -- <file.json>\n\n  <file.json>  the body of a webhook, as Calendly sent it\n',
  );
  process.exit(file === '--help' ? 0 : 1);
}
const body = await readFile(file, 'utf8').catch(() => {
  process.stderr.write(`✗ ${file} cannot be read.\n`);
  process.exit(1);
});

/** Long enough for a busy machine. */
const patienceMs = 60_000;
/** What has not been said this long after the last word will not be said. */
const quietMs = 2_500;

const work = workOn(process.stderr);
work.now('Starting the app');
const folder = await mkdtemp(join(tmpdir(), 'replay-'));
const [slack, calendly, port] = await Promise.all([startSlack(), startCalendly(), freePort()]);
const url = `http://127.0.0.1:${port}`;
slack.setAppUrl(url);
const app = spawn(process.execPath, [fileURLToPath(new URL('../src/start.js', import.meta.url))], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    PATH: process.env.PATH ?? '',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: join(folder, 'data'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    COMMAND_NAME: slack.commandName,
  },
});

try {
  process.exitCode = await replay(body);
} catch (error) {
  work.over();
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  app.kill('SIGKILL');
  await Promise.all([slack.stop(), calendly.stop()]);
  await rm(folder, { recursive: true, force: true });
}

async function replay(text: string): Promise<number> {
  await until('the app to start', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok);
  work.now('Connecting and subscribing a channel');
  const channel = slack.channels.sales;
  const ann = slack.as('ann');
  await ann.command(channel, 'connect');
  const modal = ann.modal();
  if (!modal) throw new Error('The window to connect did not open.');
  await ann.submit(modal, { token: calendly.tokens.olga });
  await until('the account to be connected', async () => calendly.hooks.some(({ state }) => state === 'active'));
  await ann.command(channel, 'subscribe all booked canceled rescheduled noshow');
  const ours = () => slack.messages(channel).filter(({ user }) => user === slack.botUserId);
  await until('the channel to be subscribed', async () => ours().length > 0);
  const before = new Set(ours().map(({ ts }) => ts));

  const hook = calendly.hooks.find(({ state }) => state === 'active');
  if (!hook?.signing_key) throw new Error('There is no webhook at Calendly.');
  const answer = await fetch(hook.callback_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'calendly-webhook-signature': sign(hook.signing_key, text) },
    body: text,
  });
  work.over();
  process.stdout.write(`The app answered ${answer.status}: ${await answer.text()}\n`);
  if (!answer.ok) return 1;
  work.now('Waiting for what it says');
  let said = '';
  for (let since = Date.now(); Date.now() - since < quietMs; await pause(100)) {
    const now = ours()
      .filter(({ ts }) => !before.has(ts))
      .map((message) => `${message.threadTs ? '  in its thread: ' : 'In the channel: '}${message.text}`)
      .join('\n');
    if (now !== said) since = Date.now();
    said = now;
  }
  work.over();
  process.stdout.write(`${said || 'Nothing was shown: no channel wants it, or it was over before it was heard of.'}\n`);
  return 0;
}

async function until(what: string, look: () => Promise<boolean | undefined>): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(50)) if (await look()) return;
  throw new Error(`Waited in vain for ${what}.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
