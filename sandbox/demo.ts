// The whole product on one page with no account: both sandboxes, the real app between them, and one address to open.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workOn } from '../src/terminal.ts';
import { startCalendly } from './calendly/server.ts';
import { makeApp } from './demo/app.ts';
import { makeFrame } from './demo/frame.ts';
import { count } from './demo/ledger.ts';
import { makeFigures } from './demo/metrics.ts';
import { addHistory, addPeople } from './demo/people.ts';
import { freePort } from './demo/ports.ts';
import { makeTour } from './demo/tour.ts';
import { makeTroubles } from './demo/troubles.ts';
import { startSlack } from './slack/server.ts';

const readyWithinMs = 60_000;
/** The real Calendly backs off for hours; nobody watches a demo that long. */
const RETRY_AT_MOST_MS = 5_000;

const folder = await mkdtemp(join(tmpdir(), 'calendly-demo-'));
// 4000 and the three above it, or those above DEMO_PORT; with DEMO_PORT=0 any free ones.
const firstPort = Number.parseInt(process.env.DEMO_PORT ?? '4000', 10) || 0;
const portAbove = (above: number) => freePort(firstPort && firstPort + above);

const calendly = await startCalendly({ port: await portAbove(2) });
const slack = await startSlack({ port: await portAbove(1) });
const appUrl = `http://127.0.0.1:${await portAbove(3)}`;
slack.setAppUrl(appUrl);
slack.setInstallUrl(`${appUrl}/slack/install`);
calendly.retryPolicy.maxMs = RETRY_AT_MOST_MS;
// As the real one: a few at once in a channel, then one a second.
slack.limits = { onePerSecondPerChannel: true, burst: 5 };
addPeople(slack);
addHistory(calendly, Date.now());

const app = makeApp({
  url: appUrl,
  folder,
  env: {
    HOST: '127.0.0.1',
    PORT: new URL(appUrl).port,
    PUBLIC_URL: appUrl,
    DATA_DIR: join(folder, 'data'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_CLIENT_ID: slack.clientId,
    SLACK_CLIENT_SECRET: slack.clientSecret,
    SLACK_AUTHORIZE_URL: slack.authorizeUrl,
    SLACK_API_URL: slack.apiUrl,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    CALENDLY_CLIENT_ID: calendly.app.clientId,
    CALENDLY_CLIENT_SECRET: calendly.app.clientSecret,
    CALENDLY_WEBHOOK_SIGNING_KEY: calendly.app.signingKey,
    COMMAND_NAME: slack.commandName,
    VERIFY_SCHEDULE: '*/20 * * * * *',
  },
  onEnd: (how) => void failed(`The app ended by itself (${how}). Its last words:`, 1),
});
const troubles = makeTroubles({ slack, calendly, app, readyWithinMs });
const tour = makeTour({ slack, calendly, app, troubles });
const figures = makeFigures(appUrl);
const frame = makeFrame({
  view,
  acts: {
    trouble: ({ id, on }) => troubles.set(String(id), on === true),
    mend: () => troubles.mend(),
    step: ({ step }) => tour.take(Number(step)),
  },
});
let stopping: Promise<void> | undefined;

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

const work = workOn(process.stdout);
work.now('Starting');
app.start();
const isReady = await app.ready(readyWithinMs);
work.over();
if (isReady) {
  const port = await freePort(firstPort);
  await new Promise<void>((resolve) => frame.listen(port, '127.0.0.1', resolve));
  console.log(`
The demo is ready. Open this in your browser:

  http://127.0.0.1:${port}

Slack is at left, Calendly at right. The tour above them takes two minutes; below them you can break
things, and see that nothing gets lost. Nothing here needs an account, and nothing leaves this computer.
Ctrl-C stops it.
`);
  if (process.argv.includes('--logs')) console.log(`The app's log: ${app.logPath}`);
} else if (!stopping) {
  await failed(`The app was not ready after ${readyWithinMs / 1000} seconds. Its last words:`, 1);
}

async function view(): Promise<object> {
  const isAppUp = app.state() === 'up';
  const ledger = count({
    slack,
    calendly,
    figures: await figures.now(isAppUp),
    since: tour.subscribedAt() ?? Number.POSITIVE_INFINITY,
    isAppUp,
    isBroken: troubles.isAny(),
  });
  return {
    slack: slack.url,
    calendly: calendly.url,
    app: appUrl,
    token: calendly.tokens.olga,
    command: slack.commandName,
    appState: app.state(),
    kills: app.kills(),
    steps: tour.steps(ledger),
    troubles: troubles.list(),
    ledger,
  };
}

/** Says why, shows the end of the app's log, and stops. */
function failed(why: string, code: number): Promise<void> {
  return stop(code, async () => {
    const lines = await app.lastWords();
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
  await app.stop();
  frame.close();
  frame.closeAllConnections();
  await Promise.allSettled([slack.stop(), calendly.stop()]);
  await rm(folder, { recursive: true, force: true });
}
