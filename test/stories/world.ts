// A world for a story: a Slack, a Calendly and the app between them, over real HTTP with real signatures.

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type SlackOptions, type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { type App, startApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { logger } from '../../src/log.ts';
import { freePort } from '../free-port.ts';
import { judgeAll } from '../slack/every-message.ts';
import { freshStorage, type Storage } from '../storage.ts';
import { refuseCanaries } from './canaries.ts';

export interface World {
  slack: SlackSandbox;
  calendly: CalendlySandbox;
  app: App;
  storage: Storage;
  /** Its ENCRYPTION_KEY. */
  key: string;
  /** What the app logged, line by line. */
  logs: string[];
  /** Stops the app, as a deploy does, and starts it again on the same memory. */
  restart(env?: Record<string, string>): Promise<void>;
  stopApp(): Promise<void>;
  /** Connects Olga's account (the organization's owner) and subscribes the channel, as Ann does it. */
  subscribed(o?: { channel?: string; words?: string }): Promise<void>;
}

const opened: (() => Promise<void>)[] = [];
const closeAll = async (all: typeof opened) => {
  for (const close of all.splice(0).reverse()) await close();
};
afterEach(() => closeAll(opened));
/** Those that many tests share, until they are closed, at the latest after the last test of the file: a database server has room for so many only. */
const shared: typeof opened = [];
export const closeShared = () => closeAll(shared);
afterAll(closeShared);

/** `env` changes settings of the app; `slack` is told to the sandbox. Everything is gone after the test, or with `closeShared` where it is `shared`. */
export async function world(
  o: { env?: Record<string, string>; slack?: SlackOptions; start?: boolean; shared?: boolean } = {},
): Promise<World> {
  const storage = await freshStorage();
  const slack = await startSlack(o.slack);
  const calendly = await startCalendly();
  const key = randomBytes(32).toString('base64');
  const logs: string[] = [];
  let app: App | null = null;
  let port = 0;

  const config = (more: Record<string, string>): Config => {
    const read = readConfig({
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: storage.folder,
      ...(storage.url ? { DATABASE_URL: storage.url } : {}),
      ENCRYPTION_KEY: key,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      CALENDLY_API_URL: calendly.url,
      CALENDLY_AUTH_URL: calendly.url,
      LOG_LEVEL: 'debug',
      VERIFY_SCHEDULE: '0 0 1 1 *',
      ...(port ? { PUBLIC_URL: `http://127.0.0.1:${port}` } : {}),
      ...o.env,
      ...more,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.config;
  };

  async function start(more: Record<string, string> = {}): Promise<void> {
    app = await startApp(config(more), logger('debug', { write: (line) => logs.push(line) }));
    slack.setAppUrl(app.url);
  }

  async function stopApp(): Promise<void> {
    await app?.stop();
    app = null;
  }

  (o.shared ? shared : opened).push(async () => {
    await stopApp();
    await slack.stop();
    await calendly.stop();
    await storage.remove();
    refuseCanaries(logs, { slack, calendly, key });
    // Every story is one about what Slack would take as well.
    judgeAll(slack, strangersIn(calendly));
  });
  // The public address must be known before the app starts, as in life.
  port = await freePort();
  if (o.start !== false) await start();

  const made: World = {
    slack,
    calendly,
    get app() {
      if (!app) throw new Error('the app is not running');
      return app;
    },
    storage,
    key,
    logs,
    async restart(env) {
      await stopApp();
      await start(env);
    },
    stopApp,
    async subscribed({ channel = slack.channels.sales, words = 'all' } = {}) {
      await connect(made);
      await slack.as('ann').command(channel, `subscribe ${words}`);
      await slack.waitFor(() => slack.messages(channel).some((m) => m.user === slack.botUserId), {
        what: 'the channel is told',
      });
    },
  };
  return made;
}

/** Whatever people outside wrote to this Calendly, and those who made its event types. */
export const strangersIn = ({ bookings, eventTypes, deliveries }: CalendlySandbox): unknown => [
  bookings,
  eventTypes,
  deliveries,
];

/** Ann pastes a token into the modal, and waits for the answer. */
export async function connect(
  w: Pick<World, 'slack' | 'calendly'>,
  token: string = w.calendly.tokens.olga,
): Promise<string> {
  const ann = w.slack.as('ann');
  await ann.command(w.slack.channels.general, 'connect');
  const modal = ann.modal();
  if (!modal) throw new Error('no modal opened');
  await ann.submit(modal, { token });
  return w.slack.waitFor(
    () => {
      const text = JSON.stringify(ann.modal()?.blocks ?? []);
      return /Connecting|Checking|One moment/i.test(text) ? null : text;
    },
    { what: 'the result of connecting' },
  );
}
