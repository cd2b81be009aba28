// A world to break: a Slack and a Calendly in this process, the app as real processes between them, connected and subscribed through the front door.

import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import type { View } from '../../sandbox/slack/types.ts';
import { freePort } from '../free-port.ts';
import { sharedCluster } from './cluster.ts';
import type { Run } from './goal.ts';
import { type MailMaker, mailMaker } from './mail.ts';
import { type EngineName, type Memory, memoryOf } from './memory.ts';
import { type AppProcess, eventually, startProcess } from './process.ts';
import { type Sender, type SenderOptions, sender } from './sender.ts';

export interface FaultWorldOptions {
  engine: EngineName;
  /** Where the app's code is: `run.srcDir`. */
  srcDir: string;
  /** The app's settings beside those that make it run here. */
  env?: Record<string, string>;
  /** Processes, all on the same PostgreSQL database. */
  processes?: number;
  /** Channels, each subscribed to an event type of its own. */
  channels?: number;
  /** Scopes of the bot beside the usual ones, such as channels:history. */
  scopes?: string[];
  /** An OAuth app is registered at Calendly. */
  signIn?: boolean;
  /** The app can be installed in workspaces beside the first, which has SLACK_BOT_TOKEN. */
  installable?: boolean;
  /** Puts something between the app and Slack: given the API's address, answers the one the app gets. */
  slackVia?: (apiUrl: string) => string | Promise<string>;
  /** A PostgreSQL database in place of a new one on the shared server. */
  databaseUrl?: string;
  /** What the app is given in place of the database's address, such as a proxy to it. */
  databaseVia?: (url: string) => string | Promise<string>;
  /** DATA_DIR, such as a small disk. */
  folder?: string;
  /** Where the processes' logs go; by default a place of their own beside the data. */
  logFolder?: string;
}

export interface FaultWorld {
  engine: EngineName;
  slack: SlackSandbox;
  calendly: CalendlySandbox;
  memory: Memory;
  /** Settings of every process. */
  env: Record<string, string>;
  /** The address of each process, running or not. */
  urls: string[];
  /** Each process as it was last started. */
  apps: AppProcess[];
  /** `channels[i]` shows event type `types[i]` alone. */
  channels: string[];
  types: { uri: string; name: string }[];
  hook: { path: string; signingKey: string };
  /** When the world stood ready, UTC milliseconds: the ledger's calls before are those of setting it up. */
  readyAt: number;
  /** How long the first process took to listen, with nothing else going on; milliseconds. */
  startMs: number;
  mail: MailMaker;
  sender(o?: Partial<SenderOptions>): Sender;
  /** Every sender made here. */
  senders: Sender[];
  /** How often the ledger in /metrics was looked at while all this went on, and each look at which it did not add up. */
  looks: number;
  unbalanced: string[];
  /** Starts process `i` again (it must have ended), and waits until it listens. */
  start(i?: number, o?: { env?: Record<string, string>; until?: 'listening' | 'ready' | 'no' }): Promise<AppProcess>;
  /** Ann subscribes a channel by words, such as `"Demo call" booked`. */
  subscribe(channel: string, words: string): Promise<void>;
  /** Waits until everything kept is folded and nothing is due or under way; false when that took longer. */
  settled(timeoutMs: number): Promise<boolean>;
  /** What the processes said, all of them together, file by file. */
  logs(): Generator<string>;
  stopApps(): Promise<void>;
  /** Stops everything and removes what it left. */
  close(): Promise<void>;
}

/** Both engines, by their names for people; a planted fault is shown on the first. */
export const engines = ({ scale }: Pick<Run, 'scale'>): [name: string, engine: EngineName][] =>
  scale === 'control'
    ? [['SQLite', 'sqlite']]
    : [
        ['SQLite', 'sqlite'],
        ['PostgreSQL', 'postgresql'],
      ];

/** Everything opened by `startFaultWorld` and not closed. */
const open = new Set<FaultWorld>();
export async function closeAll(): Promise<void> {
  for (const world of open) await world.close();
}

/** The worlds of one goal: others may be running at the same time, and keep theirs. */
const ofGoal = new AsyncLocalStorage<Set<FaultWorld>>();

/** Runs a goal, and closes what it left open, whatever happened to it. */
export function closing<T>(work: () => Promise<T>): Promise<T> {
  const mine = new Set<FaultWorld>();
  return ofGoal.run(mine, async () => {
    try {
      return await work();
    } finally {
      for (const world of mine) if (open.has(world)) await world.close();
    }
  });
}

const readyWords = /Subscribed/;

export async function startFaultWorld(o: FaultWorldOptions): Promise<FaultWorld> {
  const count = o.processes ?? 1;
  const channelCount = o.channels ?? 1;
  const slack = await startSlack();
  const calendly = await startCalendly();
  if (o.scopes) slack.scopes = [...slack.scopes, ...o.scopes];
  const database =
    o.engine === 'postgresql' ? (o.databaseUrl ?? (await (await sharedCluster()).database())) : undefined;
  const memory = memoryOf({ url: database, folder: o.folder });
  const desk = mkdtempSync(join(o.logFolder ?? tmpdir(), 'faults-logs-'));
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const env: Record<string, string> = {
    PUBLIC_URL: urls[0]!,
    DATA_DIR: memory.folder,
    ...(database ? { DATABASE_URL: (await o.databaseVia?.(database)) ?? database } : {}),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: (await o.slackVia?.(slack.apiUrl)) ?? slack.apiUrl,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    VERIFY_SCHEDULE: '0 0 1 1 *',
    SLACK_CHANNEL_RATE: '100',
    LOG_LEVEL: 'debug',
    ...(o.installable
      ? {
          SLACK_CLIENT_ID: slack.clientId,
          SLACK_CLIENT_SECRET: slack.clientSecret,
          SLACK_AUTHORIZE_URL: slack.authorizeUrl,
        }
      : {}),
    ...(o.signIn
      ? {
          CALENDLY_CLIENT_ID: calendly.app.clientId,
          CALENDLY_CLIENT_SECRET: calendly.app.clientSecret,
          CALENDLY_WEBHOOK_SIGNING_KEY: calendly.app.signingKey,
        }
      : {}),
    ...o.env,
  };
  slack.setAppUrl(urls[0]!);

  let runs = 0;
  const apps: AppProcess[] = [];
  const senders: Sender[] = [];
  const world: FaultWorld = {
    engine: o.engine,
    slack,
    calendly,
    memory,
    env,
    urls,
    apps,
    channels: [],
    types: [],
    hook: { path: '', signingKey: '' },
    readyAt: 0,
    startMs: 0,
    mail: mailMaker({ base: calendly.url, createdBy: calendly.users.olga.uri, types: [] }),
    senders,
    looks: 0,
    unbalanced: [],
    sender(more = {}) {
      const made = sender({ urls: () => urls, ...world.hook, ...more });
      senders.push(made);
      return made;
    },
    async start(i = 0, { env: more = {}, until = 'listening' } = {}) {
      if (apps[i]?.alive()) throw new Error(`process ${i} is still running`);
      runs += 1;
      const logPath = join(desk, `${i}-${runs}.log`);
      const app = startProcess({ srcDir: o.srcDir, folder: desk, port: ports[i]!, env: { ...env, ...more }, logPath });
      apps[i] = app;
      if (until !== 'no') await app.until(until);
      return app;
    },
    async subscribe(channel, words) {
      const { ephemerals } = await slack.as('ann').command(channel, `subscribe ${words}`);
      const answer = ephemerals.map((each) => each.text).join(' ');
      if (readyWords.test(answer)) return;
      // On a busy machine the app asks for patience first, or has not answered yet: then the row says when it is done.
      const done = async () =>
        (await memory.rows('select id from subscription where channel_id = ?', channel)).length > 0;
      const waits = answer === '' || answer.includes('One moment');
      if (!waits || !(await eventually(done, 30_000)))
        throw new Error(`subscribe was answered with: ${answer || 'nothing'}`);
    },
    settled: (timeoutMs) =>
      eventually(
        async () => {
          const [row] = await memory.rows<{ open: number }>(
            `select (select count(*) from change where folded_at is null) + (select count(*) from arrivals)
            + (select count(*) from delivery where state in ('due', 'sending')) as open`,
          );
          return row?.open === 0;
          // Each look opens the database: more often, and it would be in the way of what it waits for.
        },
        timeoutMs,
        100,
      ),
    *logs() {
      for (const file of readdirSync(desk)) if (file.endsWith('.log')) yield readFileSync(join(desk, file), 'utf8');
    },
    async stopApps() {
      for (const app of apps) app.thaw();
      await Promise.all(apps.filter((app) => app.alive()).map((app) => app.stop()));
    },
    async close() {
      open.delete(world);
      clearInterval(watching);
      await Promise.all(senders.map((each) => each.close()));
      for (const app of apps) if (app.alive()) await app.kill9();
      await slack.stop();
      await calendly.stop();
      await memory.close();
      rmSync(desk, { recursive: true, force: true });
    },
  };
  const watching = setInterval(() => void lookAtLedger(world), 1_000);
  open.add(world);
  ofGoal.getStore()?.add(world);

  world.startMs = await (await world.start(0, { until: 'no' })).until('listening');
  await apps[0]!.until('ready');
  for (let i = 1; i < count; i++) await world.start(i, { until: 'ready' });
  const types = calendly.addEventTypes(channelCount);
  await connect(world, calendly.tokens.olga, 'Acme Sales');
  for (const [i, type] of types.entries()) {
    const channel = slack.addChannel({ name: `team-${i + 1}`, members: ['ann'] });
    world.channels.push(channel);
    world.types.push({ uri: type.uri, name: type.name });
    await world.subscribe(channel, `"${type.name}" booked canceled rescheduled`);
  }
  const hook = calendly.hooks.find((each) => each.state === 'active' && each.events.includes('invitee.created'));
  if (!hook?.signing_key) throw new Error('the app registered no hook');
  world.hook = { path: new URL(hook.callback_url).pathname, signingKey: hook.signing_key };
  world.mail = mailMaker({
    base: calendly.url,
    createdBy: hook.creator ?? calendly.users.olga.uri,
    types: world.types,
  });
  if (!(await world.settled(10_000))) throw new Error('the world did not come to rest after it was set up');
  world.readyAt = Date.now();
  return world;
}

/** In both ledgers what was received is the sum of all that may have become of it, whenever somebody looks. */
export async function lookAtLedger(world: FaultWorld): Promise<void> {
  for (const app of world.apps.filter((each) => each.alive())) {
    const answer = await fetch(`${app.url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => '') : '';
    for (const gauge of ['changes', 'deliveries']) {
      const figures = [...text.matchAll(new RegExp(`^${gauge}\\{state="(\\w+)"\\} (\\d+)$`, 'gm'))];
      if (figures.length === 0) continue;
      world.looks += 1;
      const off = figures.reduce((sum, [, state, n]) => sum + (state === 'received' ? Number(n) : -Number(n)), 0);
      if (off !== 0) world.unbalanced.push(`the ledger was off by ${off} ${gauge} at a look`);
    }
  }
}

/** Ann pastes a token into the modal; `name` is the account's. */
export async function connect(world: FaultWorld, token: string, name: string): Promise<void> {
  const { slack } = world;
  const ann = slack.as('ann');
  await ann.submit(await connectWindow(world), { token });
  await slack.waitFor(() => JSON.stringify(ann.modal()?.blocks ?? []).includes(name), {
    what: 'the account to be connected',
  });
}

/**
 * Slack lets an app open a window for three seconds. Where several worlds start at once that can be too short, and Ann does what the app then asks her to:
 * she tries again.
 */
async function connectWindow({ slack }: Pick<FaultWorld, 'slack'>, tries = 4): Promise<View> {
  const ann = slack.as('ann');
  await ann.command(slack.channels.general, 'connect');
  // The window of an account connected before may still be open.
  const isForm = () => JSON.stringify(ann.modal()?.blocks ?? []).includes('"block_id":"token"');
  const what = '/calendly connect to open its window';
  const modal = await slack
    .waitFor(() => (isForm() ? ann.modal() : null), { what, timeoutMs: 8_000 })
    .catch((error) => (tries > 1 ? null : Promise.reject(error)));
  return modal ?? connectWindow({ slack }, tries - 1);
}
