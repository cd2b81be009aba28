// What each person's Home shows, gathered, and published where it says something new: when it is opened, and while somebody may be looking at it.

import { createHash } from 'node:crypto';
import type { HomeView } from '@slack/types';
import type { Connection } from '../connection/connection.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { accountsCalled, type Called, nameShown } from './commands/accounts.ts';
import { isMuted } from './commands/mute.ts';
import { deedLine } from './deed-lines.ts';
import { namesOf } from './explain.ts';
import {
  accountInWords,
  accountName,
  connectionState,
  filterInWords,
  hooksInWords,
  inWords,
  moment,
  type Names,
} from './messages/answers.ts';
import { type AdminFacts, guestHomeView, type HomeAccount, homeView } from './messages/home.ts';
import { problemsIn } from './messages/problems.ts';
import type { Desk } from './reception.ts';

const MOST_MEETINGS = 5;
const MOST_ACCOUNTS = 10;
const MOST_PAUSED = 5;
const MOST_CHANNELS = 10;
const MOST_RECENT = 8;
const MOST_PAIRS = 1_000;

type Asking = Pick<Desk, 'product' | 'workspace' | 'slack'> & { t: Names['t'] };

/** What this person's Home should show now. Throws where Slack does not say who they are. */
export async function homeOf(desk: Desk, user: string): Promise<HomeView> {
  const { isGuest, leads, email } = await desk.slack.person(user);
  const t = await desk.slack.textsFor(user);
  if (isGuest) return sealed(guestHomeView(t));
  const { product, workspace } = desk;
  const visit = { ...desk, t };
  const names = namesOf(visit);
  const all = await product.connections.connections(workspace.id);
  const live = all.filter((each) => each.state !== 'disconnected');
  const subscriptions = await product.subscriptions.allSubscriptions(workspace.id);
  const called = await accountsCalled(visit);
  const my = live.filter((each) => each.connectedBy === user);
  const { pairs } = await product.people.pairs(workspace.id, MOST_PAIRS);
  const addresses = [
    email,
    ...my.map((each) => each.userEmail),
    ...pairs.map((pair) => (pair.userId === user ? pair.address : null)),
  ]
    .filter((each) => each !== null)
    .map((each) => each.toLowerCase());
  const whose = { uris: my.map((each) => each.userUri), addresses };
  const isKnown = whose.uris.length + whose.addresses.length > 0;
  const channels = byChannel(
    subscriptions.filter((each) => each.madeBy === user),
    visit,
  );
  const mine = await accounts(visit, my.slice(0, MOST_ACCOUNTS), true, called, names);
  const view = homeView(
    {
      mine,
      others: live.length - my.length,
      meetings: isKnown ? await product.nextMeetings(workspace.id, whose, product.clock.now(), MOST_MEETINGS) : null,
      channels: channels.lines,
      moreChannels: channels.more,
      admin: leads ? await adminFacts(visit, user, mine, live, subscriptions, called, names) : null,
    },
    names,
  );
  return sealed(view);
}

/** Slack sends what is shown along when Home is opened: by this it is known whether that is still true, whichever process published it. */
function sealed(view: HomeView): HomeView {
  return { ...view, private_metadata: createHash('sha256').update(JSON.stringify(view)).digest('base64') };
}

async function accounts(
  visit: Asking,
  connections: Connection[],
  isMine: boolean,
  called: Called,
  names: Names,
): Promise<HomeAccount[]> {
  const { product, workspace } = visit;
  const found: HomeAccount[] = [];
  for (const connection of connections) {
    const hooks = await product.connections.hooks(workspace.id, connection.id);
    const live = hooks.filter((hook) => hook.state !== 'retired' && hook.retiredAt === null);
    const isUnwell = product.publicUrl !== null && (live.length === 0 || live.some((hook) => hook.state !== 'active'));
    const { home } = names.t;
    const checked =
      connection.checkedAt === null ? home.notChecked : home.checkedAt(moment(connection.checkedAt, names.t));
    const line = home.connectionLine(
      accountInWords(connection, names.t, nameShown(called, connection)),
      connectionState(connection, names),
      hooksInWords(hooks, product.publicUrl !== null, names.t),
      [...(isMine ? [] : [home.connectedBy(`<@${connection.connectedBy}>`)]), checked],
    );
    const name = accountName(nameShown(called, connection) ?? connection.userName, names.t);
    found.push({ id: connection.id, name, line, isBroken: connection.state === 'broken', isUnwell });
  }
  return found;
}

/** A line for each channel with what it hears of, and how many there are besides. */
function byChannel(subscriptions: Subscription[], { product, t }: Asking): { lines: string[]; more: number } {
  const channels = Map.groupBy(subscriptions, (each) => each.channelId);
  const lines = [...channels].slice(0, MOST_CHANNELS).map(([channel, its]) => {
    const parts = its.slice(0, 3).map((each) => {
      const what = filterInWords(each.filter, t);
      if (each.state === 'paused') return t.home.isPaused(what);
      return isMuted(each, { product }) ? t.home.isMuted(what) : what;
    });
    const more = its.length > 3 ? ` ${t.home.moreChannels(its.length - 3)}` : '';
    return `• <#${channel}>  ${parts.join('; ')}${more}`;
  });
  return { lines, more: Math.max(0, channels.size - lines.length) };
}

async function adminFacts(
  visit: Asking,
  user: string,
  mine: HomeAccount[],
  live: Connection[],
  subscriptions: Subscription[],
  called: Called,
  names: Names,
): Promise<AdminFacts> {
  const { product, workspace } = visit;
  const { home, common } = names.t;
  const paused = subscriptions.filter((each) => each.state === 'paused');
  const muted = subscriptions.filter((each) => isMuted(each, visit)).length;
  const channels = new Set(subscriptions.map((each) => each.channelId)).size;
  const [figures, { total }, deeds] = await Promise.all([
    product.figures(workspace.id),
    product.letters.letters(workspace.id, { from: 0, count: 1 }),
    product.deeds.recent(workspace.id, MOST_RECENT),
  ]);
  const isPaused = new Set(paused.map((each) => each.channelId));
  const { lines, more } = byChannel(
    subscriptions.filter((each) => !isPaused.has(each.channelId)),
    visit,
  );
  // Those that do not work come first.
  const others = live.filter((each) => each.connectedBy !== user);
  const sorted = others.sort((a, b) => Number(b.state === 'broken') - Number(a.state === 'broken'));
  const shown = await accounts(visit, sorted.slice(0, MOST_ACCOUNTS), false, called, names);
  const looked = [...mine, ...shown];
  return {
    problems: [
      ...looked.filter((each) => each.isBroken).map(({ name }) => home.doesNotWork(name)),
      ...looked.filter((each) => each.isUnwell && !each.isBroken).map(({ name }) => home.hookUnwell(name)),
      ...problemsIn(figures, paused.length, product, names),
    ],
    accounts: shown,
    moreAccounts: others.length - shown.length,
    channels: [
      subscriptions.length === 0
        ? home.noneYet
        : home.channelsHear(channels, common.subscriptions(subscriptions.length)),
      ...(paused.length > 0 ? [home.pausedCount(paused.length)] : []),
      ...(muted > 0 ? [home.mutedCount(muted)] : []),
    ].join(' · '),
    paused: [...pausedLines(paused, names), ...lines, ...(more > 0 ? [home.moreChannels(more)] : [])],
    letters: total,
    recent: deeds.map((each) => deedLine(each, live, called, names)),
  };
}

/** Once for each channel: all of it pauses for one reason. */
function pausedLines(paused: Subscription[], names: Names): string[] {
  const channels = Map.groupBy(paused, (each) => each.channelId);
  return [...channels].slice(0, MOST_PAUSED).map(([channel, [first]]) => {
    const reason = inWords(first?.reason ?? '', names).replaceAll('{channel}', `<#${channel}>`);
    return `⏸ <#${channel}>  ${reason}`;
  });
}

/** Somebody who has opened it is thought to look at it for so long, milliseconds. */
const OPEN_MS = 15 * 60_000;
const MOST_OPEN = 200;
const LOOK_MS = 2_000;
/** Made anew in one go; the others come next time, so that a flood of bookings leaves time for itself. */
const AT_ONCE = 5;
/** Made anew after so long, whatever has changed; milliseconds. */
const ANYWAY_MS = 60_000;

interface Open {
  desk: Desk;
  user: string;
  until: number;
  shown: string | null;
  stamp: string;
  lookedAt: number;
}

export interface Homes {
  /** `shown`: what Slack says it shows, by its `private_metadata`; null where there is none yet. */
  opened(desk: Desk, user: string, shown: string | null): Promise<void>;
  stop(): Promise<void>;
}

/** Changes whenever something in the workspace does that a Home may show; costs a tenth of making one. */
async function stampOf({ product, workspace }: Desk): Promise<string> {
  const [connections, subscriptions, figures, deeds] = await Promise.all([
    product.connections.connections(workspace.id),
    product.subscriptions.allSubscriptions(workspace.id),
    product.figures(workspace.id),
    product.deeds.recent(workspace.id, 1),
  ]);
  const live = connections.filter((each) => each.state !== 'disconnected').slice(0, 2 * MOST_ACCOUNTS);
  const hooks = await Promise.all(live.map((each) => product.connections.hooks(workspace.id, each.id)));
  const parts = [
    connections.map(({ id, state, reason, checkedAt, label }) => [id, state, reason, checkedAt, label]),
    subscriptions.map(({ id, state, updatedAt }) => [id, state, updatedAt]),
    figures.ledger,
    deeds.map(({ id, subject }) => [id, subject]),
    hooks.flat().map(({ id, state }) => [id, state]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** Keeps true what people look at, whichever process changes it: those who opened their Home lately are looked after every few seconds. */
export function homeKeeper(log: Desk['product']['log']): Homes {
  const open = new Map<string, Open>();
  let working: Promise<void> | null = null;

  async function bring(key: string, desk: Desk, user: string, shown: string | null): Promise<void> {
    const view = await homeOf(desk, user);
    const hash = view.private_metadata ?? null;
    if (hash !== shown) await desk.slack.publishHome(user, view);
    const entry = open.get(key);
    if (entry) entry.shown = hash;
  }

  async function look(): Promise<void> {
    const now = performance.now();
    for (const [key, { until }] of open) if (until < now) open.delete(key);
    const stamps = new Map<string, string>();
    let left = AT_ONCE;
    for (const [key, entry] of [...open]) {
      const { workspace } = entry.desk;
      const stamp = stamps.get(workspace.id) ?? (await stampOf(entry.desk).catch(() => ''));
      stamps.set(workspace.id, stamp);
      // Time passes as well: a meeting may be over.
      if (stamp === entry.stamp && now - entry.lookedAt < ANYWAY_MS) continue;
      if (left-- === 0) return;
      // To the end, so that all have their turn.
      open.delete(key);
      open.set(key, { ...entry, stamp, lookedAt: now });
      await bring(key, entry.desk, entry.user, entry.shown).catch((error) => {
        log.warn({ err: error }, 'a Home could not be kept true; it is made anew when it is opened');
        open.delete(key);
      });
    }
  }

  const timer = setInterval(() => {
    if (open.size > 0) working ??= look().finally(() => (working = null));
  }, LOOK_MS).unref();

  return {
    async opened(desk, user, shown) {
      const key = `${desk.workspace.id} ${user}`;
      open.delete(key);
      if (open.size >= MOST_OPEN) open.delete(open.keys().next().value ?? '');
      const now = performance.now();
      open.set(key, { desk, user, until: now + OPEN_MS, shown, stamp: '', lookedAt: now });
      await bring(key, desk, user, shown);
    },
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
