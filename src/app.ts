// Puts the parts together and starts them in order; nothing else builds anything.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Meeting } from './booking/change.ts';
import { intake } from './booking/intake.ts';
import { calendlyApi } from './calendly/api.ts';
import { walkIn } from './calendly/canary.ts';
import { calendlyOAuth } from './calendly/oauth.ts';
import { parseChange } from './calendly/payload.ts';
import { callbackPath, connectPath, type SignInDoor, signInDoor } from './calendly/sign-in-door.ts';
import { webhookEndpoint } from './calendly/webhook.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { acts } from './connection/acts.ts';
import { backfills } from './connection/backfill.ts';
import { connector } from './connection/connect.ts';
import type { Connection, News, Notice, Notices } from './connection/connection.ts';
import { disconnector } from './connection/disconnect.ts';
import { elsewhere } from './connection/elsewhere.ts';
import { eventTypes } from './connection/event-types.ts';
import { farewell } from './connection/farewell.ts';
import { forgetAtCalendly } from './connection/forget.ts';
import { renewGroups } from './connection/groups.ts';
import { guard } from './connection/guard.ts';
import { histories } from './connection/history.ts';
import { accountNames } from './connection/names.ts';
import { pairIn } from './connection/pair.ts';
import { roster } from './connection/roster.ts';
import type { Extra } from './connection/scopes.ts';
import { signIn as signInFlow } from './connection/sign-in.ts';
import { tokens as tokenKeeper } from './connection/token.ts';
import { upcoming } from './connection/upcoming.ts';
import { agendaCards, isWorthALook } from './delivery/agenda.ts';
import { laneWorker } from './delivery/lane.ts';
import { plan } from './delivery/plan.ts';
import { sampleCard } from './delivery/sample.ts';
import { nextStep } from './delivery/sync.ts';
import type { UncertainPolicy } from './delivery/write.ts';
import { departure } from './departure.ts';
import { Refusal } from './errors.ts';
import { answer, listen, type Route, respond } from './http.ts';
import { flatLines, type Logger } from './log.ts';
import { metrics } from './metrics.ts';
import { idMaker } from './new-id.ts';
import { type Schedule, schedule } from './schedule.ts';
import { adminsOf } from './slack/admins.ts';
import { askers } from './slack/asker.ts';
import { digests } from './slack/digests.ts';
import { installFlow } from './slack/install.ts';
import { type InstallDoor, installDoor, installedPath } from './slack/install-door.ts';
import { installPath } from './slack/install-pages.ts';
import { hasLeft, notToThoseWhoLeft } from './slack/leavers.ts';
import { type SlackDoor, slackDoor } from './slack/listen.ts';
import { newsInWords } from './slack/messages/admin-news.ts';
import { muteOver } from './slack/messages/answers.ts';
import { connectedMessage, notConnectedMessage } from './slack/messages/connected.ts';
import { lackInWords } from './slack/messages/problems.ts';
import { fillNames } from './slack/names.ts';
import { slackOAuth } from './slack/oauth.ts';
import { people } from './slack/people.ts';
import { slackMessenger } from './slack/post.ts';
import type { AgendaAsk, Product } from './slack/product.ts';
import { readers } from './slack/readers.ts';
import { workspaces } from './slack/workspaces.ts';
import { auditStore } from './store/audit.ts';
import { backfillStore, lastAlive } from './store/backfill.ts';
import { bookingStore } from './store/bookings.ts';
import { changeStore } from './store/changes.ts';
import { connectionStore } from './store/connections.ts';
import { runCoordinator } from './store/cron-runs.ts';
import { type Database, openDatabase } from './store/database.ts';
import { deliveryStore } from './store/deliveries.ts';
import { digestStore } from './store/digests.ts';
import { erasures } from './store/erasures.ts';
import { inquiryStore } from './store/inquiries.ts';
import { installStateStore } from './store/install-states.ts';
import { installationStore } from './store/installations.ts';
import { leaseMs } from './store/lanes.ts';
import { ledgerStore } from './store/ledger.ts';
import { letterStore } from './store/letters.ts';
import { endMutes } from './store/mutes.ts';
import { personStore } from './store/people.ts';
import { purge, unparted } from './store/purge.ts';
import { forget } from './store/retention.ts';
import { watchClock } from './store/set-back.ts';
import { lookAgain, tendKeys } from './store/settle-keys.ts';
import { signInStore } from './store/sign-ins.ts';
import { subscriptionStore } from './store/subscriptions.ts';
import { tidyTally } from './store/tally.ts';
import { pairStore } from './store/token-pairs.ts';
import { terminalBar } from './terminal.ts';
import { version } from './version.ts';

export interface App {
  /** Where it listens. */
  url: string;
  /** Says at /readyz that it goes, and waits for whoever asks there regularly: within four seconds. */
  leave(): Promise<void>;
  /** Answers and records what is under way, then lets everything go: within about ten seconds. */
  stop(): Promise<void>;
}

/** Slack allows short bursts above its one post a second. */
const burst = 5;
/** In an outage, how often and in how many workspaces at once one channel tries whether Slack is back; milliseconds. */
const probeMs = 3_000;
const probedAtOnce = 10;
const wakeAgainMs = 1_500;

export async function startApp(config: Config, log: Logger): Promise<App> {
  const newId = idMaker();
  const clock = systemClock;
  const everyBooking = flatLines(log);
  const meters = metrics({ version, node: process.versions.node });
  const database = await openPatiently(config, log);
  const { engine } = database;
  const aliveAt = await lastAlive(database);
  const stopWatchingClock = await watchClock({ database, log, onSetBack: () => worker.nudge() });

  const connections = connectionStore(database);
  const subscriptions = subscriptionStore(database);
  const installations = installationStore(database, newId);
  const figures = ledgerStore(database);
  const letters = letterStore(database);
  const deeds = auditStore(database);
  const newSecret = () => randomBytes(24).toString('base64url');
  const { calendlyClient, publicUrl } = config;
  const slackClient =
    config.slackClient && publicUrl
      ? slackOAuth({
          apiUrl: config.slackApiUrl,
          authorizeUrl: config.slackAuthorizeUrl,
          client: config.slackClient,
          redirectUri: new URL(installedPath, publicUrl).href,
        })
      : null;
  const forgetting = erasures(database, config.retentionDays);
  const teams = workspaces({
    installations,
    apiUrl: config.slackApiUrl,
    botToken: config.slackBotToken,
    oauth: slackClient,
    newSecret,
    log,
    onBack: () => worker.nudge(),
    onLacking: (installationId, lacks, to) =>
      void sayItLacks(installationId, lacks, to).catch((error) =>
        log.error({ err: error }, 'whoever installed the app could not be told that it lacks a permission'),
      ),
    onGone: (installationId) =>
      void leaveCalendly
        .part(installationId)
        .catch((error) => log.error({ err: error }, 'a workspace could not be let go; trying again')),
  });

  const installUrl = slackClient && publicUrl ? new URL(installPath, publicUrl) : null;

  const oauth = calendlyClient
    ? calendlyOAuth({
        authUrl: config.calendlyAuthUrl,
        client: calendlyClient,
        redirectUri: new URL(callbackPath, publicUrl ?? 'http://localhost').href,
        log,
      })
    : null;
  const tokens = tokenKeeper({
    store: pairStore(database),
    oauth,
    newSecret,
    onDeath: (token) => void signInDied(token),
    log,
  });
  const calendly = calendlyApi({
    baseUrl: config.calendlyApiUrl,
    tokenOf: tokens.tokenOf,
    log,
    onCall: meters.calendlyCall,
  });
  const fill = (installationId: string, channelId: string, sentence: string) =>
    fillNames(sentence, { bot: teams.botUserIdOf(installationId), channel: channelId, command: config.commandName });
  const notices = {
    tell: (notice: Notice) => tellThenNudge(notice),
    revise: (notice: Notice) => tellThenNudge(notice, installations.revise),
    async askAdmins({ installationId, key, text, except, news }: Parameters<NonNullable<Notices['askAdmins']>>[0]) {
      if (await tellAdminChannel(installationId, key, news)) return;
      for (const to of await adminsOf({ apiUrl: config.slackApiUrl, tokenOf: teams.tokenOf }, installationId))
        if (to !== except) await tellThenNudge({ installationId, to, key, text });
    },
  };
  const bar = terminalBar(process.stderr, 'Catching up');
  const catchUp = backfills({
    store: backfillStore(database, log),
    connection: connections.connection,
    lists: calendly.lists,
    keep(arrival) {
      meters.found();
      return keep(arrival);
    },
    notices,
    polls: config.publicUrl === null,
    keptDays: config.retentionDays,
    newId,
    onRefused: ({ installationId, id }) =>
      void watch
        .check(installationId, id)
        .catch((error) => log.error({ err: error }, 'a connection that was refused could not be checked')),
    onProgress({ id }, done) {
      if (!done) return bar?.over(id);
      if (bar) bar.show(id, done.of, done.total);
      else log.info({ connectionId: id, done: done.of, total: done.total }, 'catching up on what was missed');
    },
    log,
  });
  const bond = {
    store: connections,
    catchUp,
    calendly,
    publicUrl: config.publicUrl,
    clock,
    newId,
    newSecret,
    walkIn,
    signedIn: { tokens, signingKey: calendlyClient?.signingKey ?? null },
    log,
  };
  const connect = connector(bond);
  const disconnect = disconnector(bond);
  const leaveCalendly = farewell({ ...bond, left: () => unparted(database) });
  const watch = guard({
    ...bond,
    notices,
    hasLeft: (installationId, user) =>
      hasLeft({ apiUrl: config.slackApiUrl, tokenOf: teams.tokenOf }, installationId, user),
  });
  // Without an address of ours nobody could come back.
  const signIn =
    oauth && publicUrl
      ? signInFlow({
          store: signInStore(database),
          oauth,
          tokens,
          async connect(input) {
            const connected = await connect.withSignIn(input);
            await recordBond('connect', connected.connection, input.slackUser, connected.replaced ? 'active' : null);
            void healWith(connected.connection);
            return connected;
          },
          askerOf: askers({ apiUrl: config.slackApiUrl, tokenOf: teams.tokenOf, managers: installations.managers }),
          newSecret,
          log,
          async tell({ installationId, slackUser, key, ...news }) {
            const names = {
              command: config.commandName,
              botUserId: teams.botUserIdOf(installationId) ?? '',
              t: await textsOf(installationId, slackUser),
            };
            const { text } =
              'connected' in news ? connectedMessage(news.connected, names) : notConnectedMessage(news.failure, names);
            await installations.tell({ installationId, to: slackUser, key, text });
            worker.nudge();
          },
        })
      : null;

  /** The check says it to whoever connected the account, and keeps why. */
  async function signInDied(token: string): Promise<void> {
    try {
      const installationId = pairIn(token)?.installationId ?? '';
      // Its own connection first, then those it stands in for.
      const found = (await connections.connections(installationId)).filter((each) => each.token === token);
      for (const each of found.sort((a, b) => Number(a.standIn !== null) - Number(b.standIn !== null)))
        await watch.check(installationId, each.id);
    } catch (error) {
      log.error({ err: error }, 'the end of a sign-in could not be told; the scheduled check does it');
    }
  }

  /** Once for the same permissions: to be asked again at each start helps nobody. */
  async function sayItLacks(installationId: string, lacks: string[], to: string): Promise<void> {
    const text = `⚠️ ${lackInWords(lacks, installUrl, await textsOf(installationId, to))}`;
    await installations.tell({ installationId, to, key: `lacks ${lacks.join(' ')}`, text });
    worker.nudge();
  }

  const install =
    slackClient &&
    installFlow({
      oauth: slackClient,
      states: installStateStore(database),
      keep: teams.install,
      async welcome(installationId, to) {
        const { install: words } = await textsOf(installationId, to);
        await installations.tell({
          ...{ installationId, to, key: `welcome ${newId()}`, text: words.welcome(config.commandName) },
        });
        worker.nudge();
      },
      newSecret,
      log,
    });

  const hosts = people({
    memory: personStore(database),
    apiUrl: config.slackApiUrl,
    tokenOf: teams.tokenOf,
    log,
  });
  const textsOf = readers({
    apiUrl: config.slackApiUrl,
    tokenOf: teams.tokenOf,
    subscriptionsIn: subscriptions.subscriptionsIn,
  });
  const slackWriter = slackMessenger({
    apiUrl: config.slackApiUrl,
    tokenOf: teams.tokenOf,
    usersOf: hosts.usersOf,
    textsOf,
    log,
    onCall: (call) => meters.slackCall(call.ms),
  });
  const messenger = notToThoseWhoLeft(slackWriter, { apiUrl: config.slackApiUrl, tokenOf: teams.tokenOf });
  const policy = (installationId: string): UncertainPolicy =>
    // What a killed process left is settled before Slack has named our scopes: nothing is given up as unknown before then.
    teams.mayReadHistory(installationId) === false ? config.uncertainPosts : 'look_up';
  const changes = changeStore({
    database,
    newId,
    parse: parseChange,
    plan,
    log: everyBooking,
    onKnown: meters.kept,
  });
  const lanes = deliveryStore({
    database,
    changes,
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
    onRepeated: meters.repeated,
    onLookUp: (_job, found) => meters.delivery('look', found.kind),
    onOutcome(job, outcome, settled) {
      meters.delivery(job.op, outcome.kind);
      if (job.kind === 'card' && job.op === 'post' && outcome.kind === 'done') meters.cardShown(job.ageMs);
      const { deliveryId: delivery, bookingId: booking, attemptId: attempt, op, channelId: channel } = job;
      everyBooking.info({ delivery, booking, attempt, op, channel, outcome: outcome.kind }, 'Slack was asked');
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
        // Slack answers again: nobody needs to wait out a back-off made for the outage. Once more a little later, for those whose last failure is only now recorded.
        wakeAll(job.installationId);
        setTimeout(() => !stopping && wakeAll(job.installationId), wakeAgainMs).unref();
      }
      if (settled.do === 'hold' && settled.what === 'installation') {
        teams.refused(job.installationId, settled.reason);
        log.error({ installation: job.installationId, why: settled.reason }, 'the workspace refuses the app');
      }
    },
  });
  const wakeAll = (installationId: string) =>
    void lanes
      .wake(installationId, 'all')
      .then(worker.nudge, (error) => log.error({ err: error }, 'waiting channels could not be woken'));
  // Each channel backs off by itself; one call every few seconds for the whole workspace notices soon that Slack is back.
  const probing = setInterval(() => {
    for (const installationId of [...stumbling].sort(() => Math.random() - 0.5).slice(0, probedAtOnce))
      void lanes
        .wake(installationId, 'one')
        .then(worker.nudge, (error) => log.error({ err: error }, 'a waiting channel could not be woken'));
  }, probeMs).unref();
  const { keep } = intake({ store: changes, onKept: (accounts) => worker.kept(accounts) });

  async function tellThenNudge({ news, ...notice }: Notice, say = installations.tell): Promise<void> {
    await say({ ...notice, text: fill(notice.installationId, notice.to, notice.text) });
    if (news) await tellAdminChannel(notice.installationId, notice.key, news);
    worker.nudge();
  }

  /** False where admins have no channel. */
  async function tellAdminChannel(installationId: string, key: string, news: News): Promise<boolean> {
    const to = await installations.adminChannel(installationId);
    if (to === null) return false;
    await installations.tell({ installationId, to, key, text: fill(installationId, to, newsInWords(news)) });
    worker.nudge();
    return true;
  }

  /** As far as this process knows: each keeps its own count of what Calendly has said. */
  async function limitedUntil(installationId: string, connectionId: string): Promise<number | null> {
    const connection = await connections.connection(installationId, connectionId);
    const left = connection && calendly.stoppedFor(connection.standIn?.userUri ?? connection.userUri);
    return left === null ? null : clock.now() + left;
  }

  /** Routing forms that channels hear of must go on after signing in anew. */
  async function wantsForms(installationId: string): Promise<boolean> {
    return (await subscriptions.allSubscriptions(installationId)).some(({ kinds }) => kinds.includes('routed'));
  }

  async function recordBond(
    what: 'connect' | 'disconnect',
    { installationId, id, state }: Pick<Connection, 'installationId' | 'id' | 'state'>,
    who: string,
    was: string | null,
  ): Promise<void> {
    const deed = { id: newId(), who, what, subject: id, channelId: null, was, became: state, result: 'done' };
    await deeds.record(installationId, deed);
  }

  /** A fresh account may help another one of its organization at once. */
  async function connectThenHeal(input: Parameters<typeof connect.withToken>[0]) {
    const connected = await connect.withToken(input);
    await recordBond('connect', connected.connection, input.slackUser, connected.replaced ? 'active' : null);
    void healWith(connected.connection);
    return connected;
  }

  function healWith({ installationId, id, organizationUri }: Connection): Promise<void> {
    return seeAgain(
      installationId,
      (each) =>
        each.id !== id &&
        each.organizationUri === organizationUri &&
        (each.state === 'broken' || each.troubleSince !== null),
    );
  }

  const readGroups = async (installationId: string) =>
    renewGroups({ calendly, subscriptions, log }, installationId, await connections.connections(installationId));

  /** The check of some, now; what fails is left to the next one. */
  async function seeAgain(installationId: string, which: (each: Connection) => boolean): Promise<void> {
    try {
      for (const each of await connections.connections(installationId))
        if (each.state !== 'disconnected' && which(each)) await watch.check(installationId, each.id);
    } catch (error) {
      log.error({ err: error }, 'a connection could not be checked; the scheduled check does it');
    }
  }

  const coming = upcoming({ lists: calendly.doing.lists, known: backfillStore(database, log).known });
  const digestRows = digestStore(database);
  async function agenda({ installationId, connections: ids, from, to, ...wish }: AgendaAsk) {
    const asked = (await Promise.all(ids.map((id) => connections.connection(installationId, id)))).filter(
      (each) => each !== null,
    );
    const working = asked.filter(({ state }) => state === 'active');
    if (working.length === 0)
      throw new Refusal('This Calendly connection does not work at the moment. Type {command} connect first.', {
        code: 'not_connected',
      });
    const wished = { isHost: null, ...wish };
    const found = await Promise.all(
      working.map((connection) => {
        const wants = (meeting: Meeting) => isWorthALook(wished, { connectionId: connection.id, meeting });
        return coming(connection, { from, to, wants });
      }),
    );
    const cards = agendaCards(
      found.flatMap(({ meetings }) => meetings),
      wished,
    );
    const away = asked.filter((each) => !working.includes(each));
    const names = away.length > 0 ? accountNames(await connections.connections(installationId)) : null;
    const left = away.flatMap(({ id }) => names?.get(id) ?? []);
    const addresses = found.flatMap(({ meetings }) =>
      meetings.flatMap(({ invitees }) => invitees.flatMap(({ email }) => email ?? [])),
    );
    return { cards, more: found.reduce((sum, { more }) => sum + more, 0), left, addresses };
  }

  let checks: Schedule | null = null;
  const hostsAndGroups = roster({ calendly, clock });
  const product: Product = {
    installationOf: teams.installationOf,
    connections,
    subscriptions: {
      ...subscriptions,
      updateSubscription: updateAndRelease,
      // What waited for one may be another's now, or wanted again.
      async removeSubscription(...which) {
        await subscriptions.removeSubscription(...which);
        worker.nudge();
      },
      async bringBack(...which) {
        await subscriptions.bringBack(...which);
        worker.nudge();
      },
      async showLeftOut(...which) {
        await subscriptions.showLeftOut(...which);
        worker.nudge();
      },
    },
    connect: connectThenHeal,
    ...(signIn && publicUrl
      ? {
          async signInUrl({ extras, ...who }) {
            const forms: Extra[] = (await wantsForms(who.installationId)) ? ['forms'] : [];
            const link = await signIn.begin({ ...who, extras: [...forms, ...extras] });
            return new URL(`${connectPath}${link}`, publicUrl).href;
          },
        }
      : {}),
    reaches: connect.reaches,
    async setReach(installationId, connectionId, reach, by) {
      const connected = await connect.setReach(installationId, connectionId, reach);
      await recordBond('connect', connected.connection, by, 'active');
      return connected;
    },
    impact: disconnect.impact,
    async disconnect(installationId, connectionId, by) {
      const done = await disconnect.disconnect(installationId, connectionId, by);
      await recordBond('disconnect', { installationId, id: connectionId, state: 'disconnected' }, by, 'active');
      void seeAgain(installationId, (each) => each.standIn?.id === connectionId);
      return done;
    },
    adminChannel: installations.adminChannel,
    setAdminChannel: installations.setAdminChannel,
    managers: installations.managers,
    setManager: installations.setManager,
    rename: (installationId, connectionId, label) =>
      connections.updateConnection(installationId, connectionId, { label }),
    async check(installationId, connectionId) {
      const report = await watch.check(installationId, connectionId);
      await readGroups(installationId);
      return report;
    },
    eventTypes: eventTypes({ calendly, lists: calendly.doing.lists, clock }),
    roster: hostsAndGroups,
    inquiries: inquiryStore(database),
    urisOf: calendly.urisOf,
    elsewhere: elsewhere({ lists: calendly.doing.lists, clock }),
    history: histories({
      recent: bookingStore(database).recent,
      lists: calendly.doing.lists,
      clock,
      log,
      keptDays: config.retentionDays,
    }),
    catchUp: async (installationId, connectionId) => ({
      polls: catchUp.polls,
      held: await catchUp.state(installationId, connectionId),
      limitedUntil: await limitedUntil(installationId, connectionId),
    }),
    ensureRouting: (connection) => connect.ensureFamily(connection, 'routing'),
    figures: async (installationId) => ({
      ledger: await figures.ledger(installationId),
      oldestDueAt: await figures.oldestDueAt(installationId),
      lacks: teams.lacksOf(installationId),
    }),
    deeds,
    erasures: {
      ...forgetting,
      async erase(...whose) {
        const receipt = await forgetting.erase(...whose);
        worker.nudge();
        return receipt;
      },
    },
    async forgetAtCalendly(installationId, address) {
      return forgetAtCalendly(calendly.doing, await connections.connections(installationId), address);
    },
    letters: {
      ...letters,
      async resend(...letter) {
        const isOurs = await letters.resend(...letter);
        worker.nudge();
        return isOurs;
      },
    },
    bookingOfDelivery: bookingStore(database).bookingOfDelivery,
    agenda,
    digests: digestRows,
    nextMeetings: bookingStore(database).nextMeetings,
    acts: acts({ calendly: calendly.doing, connection: connections.connection, keep, clock, log }),
    people: hosts,
    async sayOnce(notice) {
      await installations.tell(notice);
      worker.nudge();
    },
    async sample({ installationId, channelId, kind, language }) {
      await installations.show({
        installationId,
        to: channelId,
        key: `sample ${newId()}`,
        content: { kind: 'card', card: sampleCard(kind, clock.now(), language) },
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
    async channelRenamed(installationId, from, to) {
      await installations.channelRenamed(installationId, from, to);
      worker.nudge();
    },
    async channelShared(installationId, channelId, said, by) {
      const text = fill(installationId, channelId, said);
      await installations.channelShared({ installationId, channelId, text, ...by });
      worker.nudge();
    },
    async channelUnshared(installationId, channelId, said) {
      await installations.channelUnshared({ installationId, channelId, text: fill(installationId, channelId, said) });
      worker.nudge();
    },
    installationGone: teams.gone,
    nextCheckAt: () => checks?.nextAt() ?? null,
    newId,
    commandName: config.commandName,
    publicUrl: config.publicUrl,
    installUrl,
    clock,
    log,
  };

  /** A subscription that is made active again shows what was held for it. */
  async function updateAndRelease(...args: Parameters<typeof subscriptions.updateSubscription>): Promise<boolean> {
    const done = await subscriptions.updateSubscription(...args);
    const [installationId, id, set] = args;
    if (!done || set.state !== 'active') return done;
    const subscription = await subscriptions.subscription(installationId, id);
    if (subscription) await installations.release({ installationId, channelId: subscription.channelId });
    worker.nudge();
    return done;
  }

  /** What was put aside may be true all the same: then Calendly's list tells it. */
  async function lookAtCalendly(installationId: string, connectionId: string): Promise<void> {
    try {
      const connection = await connections.connection(installationId, connectionId);
      if (connection) await catchUp.lookAgain(connection, 'hook');
    } catch (error) {
      log.error({ err: error, connectionId }, 'a look at what was put aside could not be asked for');
    }
  }

  let stopping = false;
  const leaving = departure();
  const webhook = webhookEndpoint({
    hookByUrlToken: connections.hookByUrlToken,
    keep,
    appKeys: calendlyClient ? [calendlyClient.signingKey] : [],
    onDoubt: ({ installationId, connectionId }) => void lookAtCalendly(installationId, connectionId),
    clock,
    log,
  });
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
            answersItself: true as const,
            handle: async ({ req, res, body }: Parameters<Route['handle']>[0]) =>
              (await door.promise).handle(req, res, body),
          },
        ]
      : []),
    ...(signIn && publicUrl
      ? signInRoutes(
          signInDoor({ signIn, publicUrl, authUrl: config.calendlyAuthUrl, commandName: config.commandName, log }),
        )
      : []),
    ...(install && publicUrl
      ? installRoutes(
          installDoor({
            ...{ install, publicUrl, authorizeUrl: config.slackAuthorizeUrl, commandName: config.commandName, log },
          }),
        )
      : []),
    { method: 'GET', path: '/healthz', handle: async ({ res }) => answer(res, 200, 'alive') },
    {
      method: 'GET',
      path: '/readyz',
      async handle({ res }) {
        const stays = leaving.asked();
        const { ready, checks: found } = await readiness(stays);
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

  async function readiness(stays: boolean) {
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
      ready: reached && slack && stays && !stopping,
      checks: {
        database: reached ? 'ok' : 'not reached',
        slack: slack ? teams.state() : 'starting',
        queue: stays && !stopping ? 'running' : 'stopping',
      },
    };
  }

  const server = await listen({ port: config.port, host: config.host, routes, log });
  log.info({ at: server.url, engine: engine.name }, 'listening');
  if (config.publicUrl === null)
    log.warn('PUBLIC_URL is not set: Calendly cannot reach this app, so it is asked every minute instead.');
  // Slack's part takes the longest to load; Calendly's webhooks need not wait for it.
  slackDoor({
    product,
    signingSecret: config.slackSigningSecret,
    appToken: config.slackAppToken,
    apiUrl: config.slackApiUrl,
  }).then(door.resolve, door.reject);
  worker.start();
  const stopListening = await engine.listen(worker.nudge);
  await teams.start();
  worker.nudge();
  if (config.slackAppToken)
    void door.promise
      .then((open) => open.startSocket())
      .catch((error) => log.error({ err: error }, 'Socket Mode could not start'));
  await catchUp.start(aliveAt);
  const missing = setInterval(lookForMissing, missingMs).unref();
  lookForMissing();
  checks = schedule({
    name: 'verify',
    expression: config.verifySchedule,
    mayRun: runCoordinator(database),
    log,
    async run() {
      const live = new Set<string>();
      for (const report of await watch.checkAll()) {
        meters.check(report.ok);
        if (!report.ok)
          log.warn({ connection: report.connectionId, said: report.sentence }, 'the scheduled check found something');
      }
      for (const { installationId } of await connections.allLiveConnections()) live.add(installationId);
      for (const installationId of live) await readGroups(installationId);
    },
  });

  // A token that has died is known, and said, within a minute of it; its hook is looked at by the schedule.
  const mayLookAtTokens = runCoordinator(database);
  let looking: Promise<void> | null = null;
  const tokenLook = setInterval(() => {
    looking ??= mayLookAtTokens(`tokens ${Math.floor(clock.now() / tokenMs)}`)
      .then(async (may) => {
        if (may) await watch.checkTokens();
      })
      .catch((error) => {
        if (!stopping) log.error({ err: error }, 'tokens could not be looked at; trying again');
      })
      .finally(() => {
        looking = null;
      });
  }, tokenMs).unref();

  const tidying = schedule({
    name: 'forget',
    expression: forgetSchedule,
    mayRun: runCoordinator(database),
    log,
    async run() {
      await tidyTally(database);
      const dropped = await forget(database, config.retentionDays, () => stopping);
      if (dropped.bodies + dropped.bookings + dropped.keys > 0) log.info(dropped, 'old data was dropped');
      await lookAgain(database);
    },
  });

  const keyRounds = schedule({
    name: 'keys',
    expression: everyMinute,
    mayRun: runCoordinator(database),
    log,
    async run() {
      const values = await tendKeys(database, () => stopping);
      if (values > 0) log.info({ values }, 'what is personal was sealed with keys of the workspaces’ own');
    },
  });

  const graceMs = config.purgeAfterHours * 3_600_000;
  const farewells = schedule({
    name: 'farewell',
    expression: everyMinute,
    mayRun: runCoordinator(database),
    log,
    async run() {
      await leaveCalendly.work();
      const purged = await purge(database, graceMs, () => stopping);
      if (purged.rows + purged.installations > 0) log.info(purged, 'workspaces that removed the app were forgotten');
    },
  });

  const agendas = schedule({
    name: 'agenda',
    expression: everyMinute,
    mayRun: runCoordinator(database),
    log,
    run: digests({
      store: digestRows,
      subscriptionsIn: subscriptions.subscriptionsIn,
      agenda,
      textsOf,
      sayOnce: product.sayOnce,
      now: database.now,
      log,
    }),
  });

  function lookForMissing(): void {
    void catchUp
      .work()
      .catch(
        (error) => !stopping && log.error({ err: error }, 'what was missed cannot be looked for now; trying again'),
      );
  }

  let telling: Promise<void> | null = null;
  const teller = setInterval(() => {
    telling ??= letters
      .tellOwners()
      .then((told) => void (told > 0 && worker.nudge()))
      .catch((error) => log.error({ err: error }, 'owners of uncertain messages could not be told; trying again'))
      .finally(() => (telling = null));
  }, tellMs).unref();

  let unmuting: Promise<void> | null = null;
  const unmute = () => {
    unmuting ??= endMutes(database, muteOver)
      .then((over) => void (over > 0 && worker.nudge()))
      .catch((error) => log.error({ err: error }, 'mutes could not be ended; trying again'))
      .finally(() => (unmuting = null));
  };
  unmute();
  const unmuter = setInterval(unmute, unmuteMs).unref();

  let tending: Promise<void> | null = null;
  const tend = () => {
    tending ??= tokens
      .tend()
      .catch((error) => log.error({ err: error }, 'sign-ins could not be renewed in advance; trying again'))
      .finally(() => (tending = null));
  };
  tend();
  const tender = setInterval(tend, tendMs).unref();

  return {
    url: server.url,
    leave: leaving.begin,
    async stop() {
      stopping = true;
      clearInterval(tender);
      clearInterval(unmuter);
      const slack = await Promise.race([door.promise.catch(() => null), delay(0, null, { ref: false })]);
      clearInterval(teller);
      clearInterval(probing);
      clearInterval(missing);
      clearInterval(tokenLook);
      hosts.close();
      // At once, since a process that is told to stop has ten seconds for all of it.
      await Promise.all([
        server.stop(5_000),
        teams.stop(),
        farewells.stop(),
        slack?.stop(),
        worker.stop(5_000),
        catchUp.stop(),
        checks?.stop(),
        tidying.stop(),
        keyRounds.stop(),
        agendas.stop(),
        telling,
        tending,
        Promise.race([looking, delay(1_000, undefined, { ref: false })]),
        unmuting,
        stopListening(),
        stopWatchingClock(),
      ]);
      // Whoever asked may have begun a renewal meanwhile.
      await tokens.settle();
      await Promise.all([messenger.close(), calendly.close(), oauth?.close()]);
      await database.close();
    },
  };
}

/** How often sign-ins are looked after: a lost one is said within a minute and a half of the start. Milliseconds. */
const tendMs = 60_000;

function signInRoutes(door: SignInDoor): Route[] {
  const at = { path: connectPath, prefix: true };
  const said = ({ headers }: Pick<IncomingMessage, 'headers'>) => ({
    cookies: headers.cookie,
    languages: headers['accept-language'],
  });
  return [
    {
      ...at,
      method: 'GET',
      handle: async ({ req, res, rest }) => respond(res, await door.confirm({ link: rest, ...said(req) })),
    },
    {
      ...at,
      method: 'POST',
      async handle({ req, res, rest, body }) {
        const fetchSite = req.headers['sec-fetch-site'];
        const asked = { link: rest, ...said(req), form: body.toString('utf8') };
        respond(res, await door.press({ ...asked, fetchSite: Array.isArray(fetchSite) ? fetchSite[0] : fetchSite }));
      },
    },
    {
      method: 'GET',
      path: callbackPath,
      async handle({ req, res }) {
        const query = URL.parse(req.url ?? '', 'http://localhost')?.searchParams ?? new URLSearchParams();
        respond(res, await door.callback({ query, ...said(req) }));
      },
    },
  ];
}

function installRoutes(door: InstallDoor): Route[] {
  const said = ({ headers }: Pick<IncomingMessage, 'headers'>) => ({
    cookies: headers.cookie,
    languages: headers['accept-language'],
  });
  return [
    { method: 'GET', path: installPath, handle: async ({ req, res }) => respond(res, await door.ask(said(req))) },
    {
      method: 'POST',
      path: installPath,
      async handle({ req, res, body }) {
        const fetchSite = req.headers['sec-fetch-site'];
        const asked = { ...said(req), form: body.toString('utf8') };
        respond(res, await door.press({ ...asked, fetchSite: Array.isArray(fetchSite) ? fetchSite[0] : fetchSite }));
      },
    },
    {
      method: 'GET',
      path: installedPath,
      async handle({ req, res }) {
        const query = URL.parse(req.url ?? '', 'http://localhost')?.searchParams ?? new URLSearchParams();
        respond(res, await door.back({ query, ...said(req) }));
      },
    },
  ];
}

/** How often tokens are tried: one that has died is known, and said, within a minute. Milliseconds. */
const tokenMs = 50_000;

/** How often is looked whether it is time to look for what was missed; milliseconds. */
const missingMs = 2_000;

/** How often is looked for mutes that are over, milliseconds. */
const unmuteMs = 2_000;

/** How often is looked for messages whose owners are to be told, milliseconds. */
const tellMs = 3_000;

/** Every night, when few people book. */
const everyMinute = '* * * * *';
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
