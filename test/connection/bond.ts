// A bond under test: the sandbox's Calendly over HTTP, a real memory, and the verbs between them.

import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterEach } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { calendlyApi } from '../../src/calendly/api.ts';
import { connector } from '../../src/connection/connect.ts';
import type { Calendly, ConnectionStore, Hook } from '../../src/connection/connection.ts';
import { disconnector } from '../../src/connection/disconnect.ts';
import { guard } from '../../src/connection/guard.ts';
import type { BondDeps } from '../../src/connection/hook.ts';
import { connectionStore } from '../../src/store/connections.ts';
import { openDatabase } from '../../src/store/database.ts';
import { installationStore } from '../../src/store/installations.ts';
import { subscriptionStore } from '../../src/store/subscriptions.ts';
import { defaultOptions, type Kind } from '../../src/subscription/subscription.ts';
import { freshStorage } from '../storage.ts';

export const publicUrl = new URL('https://bookings.example.com');

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export interface Told {
  to: string;
  key: string;
  text: string;
}

export type Bond = Awaited<ReturnType<typeof bond>>;

export async function bond() {
  const storage = await freshStorage();
  opened.push(storage.remove);
  const database = await openDatabase({
    url: storage.url,
    folder: storage.folder,
    keys: [Buffer.from('k'.repeat(32))],
  });
  opened.push(database.close);
  const sandbox = await startCalendly();
  opened.push(sandbox.stop);
  const api = calendlyApi({ baseUrl: new URL(sandbox.url), retryAfterMs: [1, 1], timeouts: { headers: 2_000 } });
  opened.push(api.close);
  const store = connectionStore(database);
  const subscriptions = subscriptionStore(database);
  const { id: installationId } = await installationStore(database, uuidv7).save({
    teamId: 'T1',
    botUserId: 'UBOT',
    botToken: 'xoxb-1',
  });

  const clock = { shift: 0, now: () => Date.now() + clock.shift };
  const told: Told[] = [];
  const said = new Set<string>();
  const notices = {
    async tell(notice: Told) {
      if (said.has(notice.key)) return;
      said.add(notice.key);
      told.push({ to: notice.to, key: notice.key, text: notice.text });
    },
  };
  const deps = (o: Partial<BondDeps> = {}): BondDeps => ({
    store,
    calendly: api,
    publicUrl,
    clock,
    newId: uuidv7,
    newSecret: () => randomBytes(24).toString('base64url'),
    ...o,
  });

  const connect = (token: string, o: Partial<BondDeps> = {}) =>
    connector(deps(o)).withToken({ installationId, slackUser: 'UANN', leads: true, token });
  return {
    sandbox,
    database,
    api,
    store,
    subscriptions,
    installationId,
    clock,
    told,
    deps,
    connect,
    connector: (o: Partial<BondDeps> = {}) => connector(deps(o)),
    disconnect: (connectionId: string, o: Partial<BondDeps> = {}) =>
      disconnector(deps(o)).disconnect(installationId, connectionId, 'UANN'),
    disconnector: (o: Partial<BondDeps> = {}) => disconnector(deps(o)),
    check: (connectionId: string, o: Partial<BondDeps> = {}) =>
      guard({ ...deps(o), notices }).check(installationId, connectionId),
    guard: (o: Partial<BondDeps> = {}) => guard({ ...deps(o), notices }),
    connection: async (id: string) => {
      const found = await store.connection(installationId, id);
      if (!found) throw new Error('no such connection');
      return found;
    },
    rows: (connectionId: string) => store.hooks(installationId, connectionId),
    live: async (connectionId: string) =>
      (await store.hooks(installationId, connectionId)).filter((hook) => hook.retiredAt === null),
    async subscribe(connectionId: string, channelId = 'C1', kinds: Kind[] = ['booked']) {
      const id = uuidv7();
      await subscriptions.addSubscription({
        installationId,
        id,
        connectionId,
        channelId,
        kinds,
        filter: { types: [] },
        options: defaultOptions,
        madeBy: 'UANN',
        state: 'active',
        reason: null,
        createdAt: 0,
        updatedAt: 0,
        mutedUntil: null,
      });
      return async () => (await subscriptions.subscription(installationId, id))?.state;
    },
    /** The store with one method that fails as if the process had died there. */
    dyingAt: (name: keyof ConnectionStore): ConnectionStore => ({ ...store, [name]: died }),
    /** Calendly's side with some methods replaced. */
    calendlyWith: (o: Partial<Calendly>): Calendly => ({ ...api, ...o }),
  };
}

async function died(): Promise<never> {
  throw new Error('killed here');
}

/** Where the sandbox calls for a hook of ours. */
export const addressOf = (hook: Hook) => `${publicUrl.origin}/calendly/webhooks/${hook.urlToken}`;

export const callbacks = (sandbox: CalendlySandbox) => sandbox.hooks.map((hook) => hook.callback_url).sort();
