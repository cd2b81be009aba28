// Puts the parts together and starts them in order; nothing else builds anything.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { type Intake, intake } from './booking/intake.ts';
import { calendlyApi } from './calendly/api.ts';
import { parseChange } from './calendly/payload.ts';
import { webhookEndpoint } from './calendly/webhook.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { connector } from './connection/connect.ts';
import { disconnector } from './connection/disconnect.ts';
import { eventTypes } from './connection/event-types.ts';
import { guard } from './connection/guard.ts';
import { sampleCard } from './delivery/card.ts';
import { laneWorker } from './delivery/lane.ts';
import { plan } from './delivery/plan.ts';
import { nextStep } from './delivery/sync.ts';
import type { UncertainPolicy } from './delivery/write.ts';
import { Refusal } from './errors.ts';
import { answer, listen, type Route } from './http.ts';
import type { Logger } from './log.ts';
import { metrics } from './metrics.ts';
import { type Schedule, schedule } from './schedule.ts';
import { type SlackDoor, slackDoor } from './slack/listen.ts';
import { fillNames } from './slack/names.ts';
import { slackMessenger } from './slack/post.ts';
import type { Product } from './slack/product.ts';
import { workspaces } from './slack/workspaces.ts';
import { changeStore } from './store/changes.ts';
import { connectionStore } from './store/connections.ts';
import { runCoordinator } from './store/cron-runs.ts';
import { type Database, openDatabase } from './store/database.ts';
import { deliveryStore } from './store/deliveries.ts';
import { installationStore } from './store/installations.ts';
import { leaseMs } from './store/lanes.ts';
import { ledgerStore } from './store/ledger.ts';
import { letterStore } from './store/letters.ts';
import { forget } from './store/retention.ts';
import { subscriptionStore } from './store/subscriptions.ts';
import { tidyTally } from './store/tally.ts';

export interface App {
  /** Where it listens. */
  url: string;
  /** Answers and records what is under way, then lets everything go: within about ten seconds. */
  stop(): Promise<void>;
}

/** Slack allows short bursts above its one post a second. */
const burst = 5;
/** In an outage, how often and in how many workspaces at once one channel tries whether Slack is back; milliseconds. */
const probeMs = 3_000;
const probedAtOnce = 10;

export async function startApp(config: Config, log: Logger): Promise<App> {
  const newId = uuidv7;
  const clock = systemClock;
  const meters = metrics();
  const database = await openPatiently(config, log);
  const { engine } = database;

  const connections = connectionStore(database);
  const subscriptions = subscriptionStore(database);
  const installations = installationStore(database, newId);
  const figures = ledgerStore(database);
  const letters = letterStore(database);
  const teams = workspaces({
    installations,
    apiUrl: config.slackApiUrl,
    botToken: config.slackBotToken,
    log,
    onBack: () => worker.nudge(),
  });

  const calendly = calendlyApi({ baseUrl: config.calendlyApiUrl, log });
  const fill = (installationId: string, channelId: string, sentence: string) =>
    fillNames(sentence, { bot: teams.botUserIdOf(installationId), channel: channelId, command: config.commandName });
  const notices = {
    tell: (notice: { installationId: string; to: string; key: string; text: string }) => tellThenNudge(notice),
  };
  const bond = {
    store: connections,
    calendly,
    publicUrl: config.publicUrl,
    clock,
    newId,
    newSecret: () => randomBytes(24).toString('base64url'),
    log,
  };
  const connect = connector(bond);
  const disconnect = disconnector(bond);
  const watch = guard({ ...bond, notices });

  const messenger = slackMessenger({
    apiUrl: config.slackApiUrl,
    tokenOf: teams.tokenOf,
    log,
    onCall: (call) => meters.slackCall(call.ms),
  });
  const policy = (installationId: string): UncertainPolicy =>
    // What a killed process left is settled before Slack has named our scopes: nothing is given up as unknown before then.
    teams.mayReadHistory(installationId) === false ? config.uncertainPosts : 'look_up';
  const lanes = deliveryStore({
    database,
    policy,
    newId,
    nextStep,
    leaseMs,
    pace: { perSecond: config.slackChannelRate, burst },
    pausedNotice: (paused) =>
      fill(paused.installationId, paused.channelId, pausedNotice(paused.channelId, paused.reason)),
  });
  const stumbling = new Set<string>();
  const worker = laneWorker({
    store: lanes,
    messenger,
    clock,
    log,
    leaseMs,
    policy,
    unreadable: config.uncertainPosts,
    onLookUp: (_job, found) => meters.delivery('look', found.kind),
    onOutcome(job, outcome, settled) {
      meters.delivery(job.op, outcome.kind);
      if (outcome.kind !== 'done')
        log.warn(
          {
            delivery: job.deliveryId,
            op: job.op,
            outcome: outcome.kind,
            next: settled.do,
            why: 'reason' in settled ? settled.reason : null,
          },
          'a message to Slack was not done',
        );
      if (outcome.kind === 'not_sent' && outcome.retryAfterMs === null) stumbling.add(job.installationId);
      if (outcome.kind === 'done' && stumbling.delete(job.installationId)) {
        // Slack answers again: nobody needs to wait out a back-off made for the outage.
        void lanes
          .wake(job.installationId, 'all')
          .then(worker.nudge, (error) => log.error({ err: error }, 'waiting channels could not be woken'));
      }
      if (settled.do === 'hold' && settled.what === 'installation') {
        teams.refused(job.installationId, settled.reason);
        log.error({ installation: job.installationId, why: settled.reason }, 'the workspace refuses the app');
      }
    },
  });
  // Each channel backs off by itself; one call every few seconds for the whole workspace notices soon that Slack is back.
  const probing = setInterval(() => {
    for (const installationId of [...stumbling].sort(() => Math.random() - 0.5).slice(0, probedAtOnce))
      void lanes
        .wake(installationId, 'one')
        .then(worker.nudge, (error) => log.error({ err: error }, 'a waiting channel could not be woken'));
  }, probeMs).unref();
  const changes: Intake = intake({
    store: changeStore({ database, newId, parse: parseChange, plan }),
    onFolded: worker.nudge,
    onKept: meters.kept,
    log,
  });

  async function tellThenNudge(notice: {
    installationId: string;
    to: string;
    key: string;
    text: string;
  }): Promise<void> {
    await installations.tell({ ...notice, text: fill(notice.installationId, notice.to, notice.text) });
    worker.nudge();
  }

  let checks: Schedule | null = null;
  const product: Product = {
    installationOf: teams.installationOf,
    connections,
    subscriptions: { ...subscriptions, updateSubscription: updateAndRelease },
    connect: connect.withToken,
    impact: disconnect.impact,
    disconnect: disconnect.disconnect,
    check: (installationId, connectionId) => watch.check(installationId, connectionId),
    eventTypes: eventTypes({ calendly, clock }),
    ensureRouting: (connection) => connect.ensureFamily(connection, 'routing'),
    figures: async (installationId) => ({
      ledger: await figures.ledger(installationId),
      oldestDueAt: await figures.oldestDueAt(installationId),
    }),
    letters: {
      ...letters,
      async resend(...letter) {
        const isOurs = await letters.resend(...letter);
        worker.nudge();
        return isOurs;
      },
    },
    async sample({ installationId, channelId, kind }) {
      await installations.show({
        installationId,
        to: channelId,
        key: `sample ${newId()}`,
        content: { kind: 'card', card: sampleCard(kind, clock.now()) },
      });
      worker.nudge();
    },
    async channelLost(installationId, channelId, reason) {
      await installations.channelLost({
        installationId,
        channelId,
        reason,
        notice: fill(installationId, channelId, pausedNotice(channelId, reason)),
      });
      worker.nudge();
    },
    async channelBack(installationId, channelId) {
      await installations.channelBack({ installationId, channelId });
      worker.nudge();
    },
    channelRenamed: installations.channelRenamed,
    installationGone: teams.gone,
    nextCheckAt: () => checks?.nextAt() ?? null,
    newId,
    commandName: config.commandName,
    publicUrl: config.publicUrl,
    clock,
    log,
  };

  /** A subscription that is made active again shows what was held for it. */
  async function updateAndRelease(...args: Parameters<typeof subscriptions.updateSubscription>): Promise<void> {
    await subscriptions.updateSubscription(...args);
    const [installationId, id, set] = args;
    if (set.state !== 'active') return;
    const subscription = await subscriptions.subscription(installationId, id);
    if (subscription) await installations.release({ installationId, channelId: subscription.channelId });
    worker.nudge();
  }

  let stopping = false;
  const webhook = webhookEndpoint({ hookByUrlToken: connections.hookByUrlToken, keep: changes.keep, clock, log });
  const door = Promise.withResolvers<SlackDoor>();
  door.promise.catch((error) => log.fatal({ err: error }, 'Slack’s part of the app could not start'));

  const routes: Route[] = [
    {
      method: 'POST',
      path: '/calendly/webhooks/',
      prefix: true,
      // Calendly signs whatever it sends: what bears no signature is not worth reading.
      async refuse(req, rest) {
        if (req.headers['calendly-webhook-signature']) return null;
        const refused = await webhook({
          urlToken: rest,
          contentType: undefined,
          signature: undefined,
          body: Buffer.alloc(0),
        });
        meters.webhook(refused.status);
        return refused;
      },
      async handle({ req, res, rest, body }) {
        const signature = req.headers['calendly-webhook-signature'];
        const { status, text } = await webhook({
          urlToken: rest,
          contentType: req.headers['content-type'],
          signature: Array.isArray(signature) ? undefined : signature,
          body,
        });
        meters.webhook(status);
        answer(res, status, text);
      },
    },
    ...(config.slackSigningSecret
      ? [
          {
            method: 'POST' as const,
            path: '/slack/events',
            handle: async ({ req, res, body }: Parameters<Route['handle']>[0]) =>
              (await door.promise).handle(req, res, body),
          },
        ]
      : []),
    { method: 'GET', path: '/healthz', handle: async ({ res }) => answer(res, 200, 'alive') },
    {
      method: 'GET',
      path: '/readyz',
      async handle({ res }) {
        const { ready, checks: found } = await readiness();
        answer(res, ready ? 200 : 503, JSON.stringify({ ready, ...found }), 'application/json');
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle({ res }) {
        const { type, text } = await meters.page(figures.totals);
        answer(res, 200, text, type);
      },
    },
  ];

  async function readiness() {
    const reached = await Promise.race([
      database.now().then(
        () => true,
        () => false,
      ),
      delay(2_000, false, { ref: false }),
    ]);
    const slack = await Promise.race([
      door.promise.then(
        () => true,
        () => false,
      ),
      delay(0, false, { ref: false }),
    ]);
    return {
      ready: reached && slack && !stopping,
      checks: {
        database: reached ? 'ok' : 'not reached',
        slack: slack ? teams.state() : 'starting',
        queue: stopping ? 'stopping' : 'running',
      },
    };
  }

  const server = await listen({ port: config.port, host: config.host, routes, log });
  log.info({ at: server.url, engine: engine.name }, 'listening');
  if (config.publicUrl === null)
    log.warn('PUBLIC_URL is not set: Calendly cannot reach this app, so no bookings will come in.');
  // Slack's part takes the longest to load; Calendly's webhooks need not wait for it.
  slackDoor({
    product,
    signingSecret: config.slackSigningSecret,
    appToken: config.slackAppToken,
    apiUrl: config.slackApiUrl,
  }).then(door.resolve, door.reject);
  changes.start();
  worker.start();
  const stopListening = await engine.listen(() => {
    changes.nudge();
    worker.nudge();
  });
  await teams.start();
  worker.nudge();
  if (config.slackAppToken)
    void door.promise
      .then((open) => open.startSocket())
      .catch((error) => log.error({ err: error }, 'Socket Mode could not start'));
  checks = schedule({
    name: 'verify',
    expression: config.verifySchedule,
    mayRun: runCoordinator(database),
    log,
    async run() {
      for (const report of await watch.checkAll()) {
        meters.check(report.ok);
        if (!report.ok)
          log.warn({ connection: report.connectionId, said: report.sentence }, 'the scheduled check found something');
      }
    },
  });

  const forgetting = schedule({
    name: 'forget',
    expression: forgetSchedule,
    mayRun: runCoordinator(database),
    log,
    async run() {
      await tidyTally(database);
      const dropped = await forget(database, config.retentionDays);
      if (dropped.bodies + dropped.bookings + dropped.keys > 0) log.info(dropped, 'old data was dropped');
    },
  });

  let telling: Promise<void> | null = null;
  const teller = setInterval(() => {
    telling ??= letters
      .tellOwners()
      .then((told) => void (told > 0 && worker.nudge()))
      .catch((error) => log.error({ err: error }, 'owners of uncertain messages could not be told; trying again'))
      .finally(() => (telling = null));
  }, tellMs).unref();

  return {
    url: server.url,
    async stop() {
      stopping = true;
      const slack = await Promise.race([door.promise.catch(() => null), delay(0, null, { ref: false })]);
      clearInterval(teller);
      clearInterval(probing);
      teams.stop();
      // At once, since a process that is told to stop has ten seconds for all of it.
      await Promise.all([
        server.stop(5_000).then(changes.stop),
        slack?.stop(),
        worker.stop(5_000),
        checks?.stop(),
        forgetting.stop(),
        telling,
        stopListening(),
      ]);
      await Promise.all([messenger.close(), calendly.close()]);
      await database.close();
    },
  };
}

/** How often is looked for messages whose owners are to be told, milliseconds. */
const tellMs = 3_000;

/** Every night, when few people book. */
const forgetSchedule = '23 3 * * *';

const pausedNotice = (channelId: string, reason: string) => `I paused what I show in <#${channelId}>. ${reason}`;

/** Opens the database; a server that is not up yet is waited for, anything else is said at once. */
async function openPatiently(config: Config, log: Logger): Promise<Database> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openDatabase({
        url: config.databaseUrl,
        folder: config.dataDir,
        keys: config.encryptionKeys,
        onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
      });
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      const notUp = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', '57P03'].includes(code);
      if (error instanceof Refusal || !config.databaseUrl || !notUp) throw error;
      if (attempt === 1) log.warn({ err: error }, 'PostgreSQL does not answer yet; waiting for it');
      await delay(1_000);
    }
  }
}
