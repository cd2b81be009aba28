// The product as the Slack door needs it, in memory, and the door on a port of its own with the sandbox Slack on the far side.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import type { Connection, EventType, Hook } from '../../src/connection/connection.ts';
import { type SlackDoor, slackDoor } from '../../src/slack/listen.ts';
import type { Connected, Product, Workspace } from '../../src/slack/product.ts';
import type { Deed, DeedRow } from '../../src/subscription/deed.ts';
import { sameOptions } from '../../src/subscription/options.ts';
import type { Subscription } from '../../src/subscription/subscription.ts';
import { judgeAll } from './every-message.ts';

export const eventType = (
  name: string,
  id = name.toLowerCase().replaceAll(/\W+/g, '-'),
  owner: string | null = null,
): EventType => ({
  uri: `https://api.calendly.com/event_types/${id}`,
  name,
  active: true,
  schedulingUrl: `https://calendly.com/acme/${id}`,
  slug: id,
  owner,
});

export interface FakeProduct extends Product {
  workspaces: Map<string, Workspace>;
  kept: Map<string, Connection>;
  hooksKept: Hook[];
  saved: Map<string, Subscription>;
  types: EventType[];
  /** The record of who did what. */
  done: DeedRow[];
  /** What was asked of the product, in order, by name. */
  calls: { name: string; args: unknown[] }[];
  /** What runs in place of a named part; may throw or wait. */
  override: Partial<
    Record<
      | 'connect'
      | 'subscriptionsIn'
      | 'eventTypes'
      | 'ensureRouting'
      | 'check'
      | 'installationOf'
      | 'figures'
      | 'connections',
      (...args: never[]) => unknown
    >
  >;
  logged: string[];
}

const noTraces = {
  ...{ bookings: 0, bodies: 0, cards: 0, lines: 0, notes: 0, unread: 0 },
  kept: { filters: [], accounts: 0, hosts: 0 },
};

export function fakeProduct(commandName = '/calendly'): FakeProduct {
  const logged: string[] = [];
  let ids = 0;
  const fake: FakeProduct = {
    workspaces: new Map(),
    kept: new Map(),
    hooksKept: [],
    saved: new Map(),
    types: [
      eventType('Demo call'),
      eventType('Support'),
      eventType('Onboarding'),
      eventType('Interview'),
      eventType('Coffee'),
      eventType('Town hall'),
    ],
    done: [],
    calls: [],
    override: {},
    logged,
    async installationOf(where) {
      return run('installationOf', [where], () => fake.workspaces.get(where.team ?? '') ?? null);
    },
    connections: {
      connections: async (installationId) =>
        run('connections', [installationId], () =>
          [...fake.kept.values()].filter((each) => each.installationId === installationId),
        ),
      connection: async (installationId, id) => {
        const found = fake.kept.get(id);
        return found?.installationId === installationId ? found : null;
      },
      hooks: async (_installationId, connectionId) =>
        fake.hooksKept.filter((hook) => hook.connectionId === connectionId),
    },
    subscriptions: {
      subscription: async (installationId, id) => {
        const found = fake.saved.get(id);
        return found?.installationId === installationId ? found : null;
      },
      subscriptionsIn: async (installationId, channelId) => {
        const found = [...fake.saved.values()].filter(
          (each) => each.installationId === installationId && each.channelId === channelId,
        );
        await run('subscriptionsIn', [channelId], () => undefined);
        return found;
      },
      allSubscriptions: async (installationId) =>
        [...fake.saved.values()].filter((each) => each.installationId === installationId),
      addSubscription: async (subscription, deed) => {
        fake.saved.set(subscription.id, subscription);
        record(deed, null, subscription);
      },
      bringBack: async (subscription, deed) => {
        fake.saved.set(subscription.id, subscription);
        record(deed, null, subscription);
      },
      updateSubscription: async (_installationId, id, set, where, deed) => {
        const found = fake.saved.get(id);
        if (!found || (where && !sameOptions(found.options, where.options))) return false;
        fake.saved.set(id, { ...found, ...set });
        record(deed, found, { ...found, ...set });
        return true;
      },
      removeSubscription: async (_installationId, id, deed) => {
        record(deed, fake.saved.get(id) ?? null, null);
        fake.saved.delete(id);
      },
      showLeftOut: async () => {},
      lastShown: async () => new Map(),
    },
    connect: async (input) => run('connect', [input], () => connected(fake, input)) as Promise<Connected>,
    reaches: async () => [{ scope: 'user', group: null }],
    setReach: async (_installationId, connectionId) => ({
      ...connected(fake, { installationId: '', slackUser: '', token: '' }),
      connection: fake.kept.get(connectionId)!,
    }),
    impact: async (_installationId, connectionId) => {
      const mine = [...fake.saved.values()].filter((each) => each.connectionId === connectionId);
      return { subscriptions: mine.length, channels: new Set(mine.map((each) => each.channelId)).size };
    },
    disconnect: async (installationId, connectionId, by) => {
      fake.calls.push({ name: 'disconnect', args: [installationId, connectionId, by] });
      fake.kept.set(connectionId, { ...fake.kept.get(connectionId)!, state: 'disconnected', token: '' });
      return { notes: [] };
    },
    adminChannel: async () => null,
    managers: async () => [],
    setManager: async () => true,
    setAdminChannel: async () => {},
    rename: async (_installationId, connectionId, label) => {
      fake.kept.set(connectionId, { ...fake.kept.get(connectionId)!, label });
    },
    check: async (installationId, connectionId) =>
      run('check', [installationId, connectionId], () => ({
        connectionId,
        ok: true,
        findings: [],
      })),
    eventTypes: async (connection) => run('eventTypes', [connection.id], () => fake.types),
    inquiries: { byMessage: async () => [], byUris: async () => [], byEmail: async () => [], byId: async () => [] },
    urisOf: () => [],
    elsewhere: async () => [],
    history: async () => ({ days: 30, bookings: [], isPart: false }),
    roster: { hosts: async () => [], groups: async () => [], groupMembers: async () => [] },
    catchUp: async () => ({ polls: false, held: null, limitedUntil: null }),
    ensureRouting: async (connection) => run('ensureRouting', [connection.id], () => undefined),
    figures: async (installationId) =>
      run('figures', [installationId], () => ({
        ledger: {
          changes: {
            received: 12,
            shown: 12,
            pending: 0,
            suppressed: { unwanted: 0, muted: 0, halfOfMove: 0, otherKind: 0 },
            quarantined: 0,
          },
          messages: { received: 12, shown: 10, pending: 1, held: 0, suppressed: 0, uncertain: 1, dead: 0 },
        },
        oldestDueAt: 1_795_000_000_000,
        lacks: [],
      })),
    deeds: {
      record: async (_installationId, row) => {
        fake.done.push({ ...row, at: Date.now() });
      },
      deed: async (_installationId, id) => {
        const rows = fake.done.filter((row) => row.id === id);
        return { rows, ageMs: rows[0] ? Date.now() - rows[0].at : 0 };
      },
      recent: async (_installationId, count) => fake.done.toReversed().slice(0, count),
      page: async (_installationId, { from, count }) => ({
        total: fake.done.length,
        rows: fake.done.toReversed().slice(from, from + count),
      }),
    },
    letters: {
      letters: async () => ({ total: 0, letters: [] }),
      lettersOf: async () => [],
      resend: async () => false,
      close: async () => false,
    },
    erasures: {
      traces: async () => noTraces,
      erase: async () => ({ ...noTraces, at: 0 }),
      stillToEdit: async () => 0,
    },
    forgetAtCalendly: async () => [],
    nextMeetings: async () => [],
    bookingOfDelivery: async () => null,
    agenda: async () => ({ cards: [], more: 0, left: [], addresses: [] }),
    digests: { digestsIn: async () => [], setDigest: async () => {}, removeDigest: async () => false },
    acts: {
      cancel: async () => {},
      markNoShow: async () => {},
      unmarkNoShow: async () => {},
      linksOf: async () => ({ cancel: null, reschedule: null }),
      linkTo: async () => null,
      isPage: () => true,
    },
    people: {
      personOf: async () => ({ says: 'nobody knows' }),
      mayLookUp: async () => 'yes',
      setPerson: async () => {},
      forgetPerson: async () => false,
      pairs: async () => ({ total: 0, pairs: [] }),
    },
    sayOnce: async (...args) => {
      fake.calls.push({ name: 'sayOnce', args });
    },
    sample: async (order) => {
      fake.calls.push({ name: 'sample', args: [order] });
    },
    channelLost: async (...args) => {
      fake.calls.push({ name: 'channelLost', args });
    },
    channelBack: async (...args) => {
      fake.calls.push({ name: 'channelBack', args });
    },
    channelRenamed: async (...args) => {
      fake.calls.push({ name: 'channelRenamed', args });
    },
    channelShared: async (...args) => {
      fake.calls.push({ name: 'channelShared', args });
    },
    channelUnshared: async (...args) => {
      fake.calls.push({ name: 'channelUnshared', args });
    },
    installationGone: async (...args) => {
      fake.calls.push({ name: 'installationGone', args });
    },
    nextCheckAt: () => new Date(1_795_000_600_000),
    newId: () => `id-${++ids}`,
    commandName,
    publicUrl: new URL('https://bookings.example.com'),
    installUrl: null,
    clock: { now: () => Date.now() },
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
  };

  function record(deed: Deed | undefined, was: Subscription | null, became: Subscription | null): void {
    const subject = became ?? was;
    if (!deed || !subject) return;
    const { id, channelId } = subject;
    fake.done.push({ ...deed, subject: id, channelId, was, became, at: Date.now(), result: 'done' });
  }

  async function run<T>(name: keyof FakeProduct['override'], args: unknown[], otherwise: () => T): Promise<T> {
    fake.calls.push({ name, args });
    const instead = fake.override[name];
    return instead ? ((await instead(...(args as never[]))) as T) : otherwise();
  }
  return fake;
}

function connected(fake: FakeProduct, input: { installationId: string; slackUser: string; token: string }): Connected {
  const connection = addConnection(fake, {
    installationId: input.installationId,
    connectedBy: input.slackUser,
    token: input.token,
  });
  return { connection, replaced: false, scopeReason: 'owner', otherGroups: [], hook: 'registered', notes: [] };
}

export function addConnection(
  fake: FakeProduct,
  set: Partial<Connection> & { installationId: string; connectedBy: string },
): Connection {
  const id = set.id ?? `connection-${fake.kept.size + 1}`;
  const connection: Connection = {
    id,
    userUri: `https://api.calendly.com/users/${id}`,
    userName: 'Ada Host',
    userEmail: 'ada@acme.example',
    organizationUri: 'https://api.calendly.com/organizations/acme',
    organizationName: 'Acme',
    role: 'owner',
    scope: 'organization',
    group: null,
    isChosen: false,
    token: 'a-token',
    state: 'active',
    reason: null,
    createdAt: 1,
    checkedAt: null,
    checkResult: null,
    lastChangeAt: null,
    label: null,
    standIn: null,
    troubleSince: null,
    reminded: 0,
    ...set,
  };
  fake.kept.set(id, connection);
  return connection;
}

export interface Stage {
  slack: SlackSandbox;
  product: FakeProduct;
  door: SlackDoor;
  url: string;
  installationId: string;
  stop(): Promise<void>;
}

/** The door behind a small server, in front of it the sandbox Slack. */
export async function openDoor(
  options: { socket?: boolean; start?: boolean; commandName?: string } = {},
): Promise<Stage> {
  const commandName = options.commandName ?? '/calendly';
  const slack = await startSlack({ commandName });
  const product = fakeProduct(commandName);
  const installationId = 'installation-1';
  product.workspaces.set(slack.team.id, { id: installationId, botUserId: slack.botUserId, botToken: slack.botToken });
  const door = await slackDoor({
    product,
    apiUrl: new URL(slack.apiUrl),
    signingSecret: options.socket ? null : slack.signingSecret,
    appToken: options.socket ? slack.appToken : null,
  });
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    await door.handle(req, res, Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (!options.socket) slack.setAppUrl(url);
  else if (options.start !== false) await door.startSocket();
  return {
    slack,
    product,
    door,
    url,
    installationId,
    async stop() {
      await door.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await slack.stop();
      judgeAll(slack);
    },
  };
}
