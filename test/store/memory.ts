// A memory with one workspace and one connection in it, and the parts that work on it, for tests below the front door.

import { uuidv7 } from 'uuidv7';
import { afterEach } from 'vitest';
import type { Arrival } from '../../src/booking/intake.ts';
import { keyOf, parseChange } from '../../src/calendly/payload.ts';
import type { Job, LookUp } from '../../src/delivery/lane.ts';
import { plan } from '../../src/delivery/plan.ts';
import { nextStep } from '../../src/delivery/sync.ts';
import type { UncertainPolicy } from '../../src/delivery/write.ts';
import { changeStore } from '../../src/store/changes.ts';
import { connectionStore } from '../../src/store/connections.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { deliveryStore } from '../../src/store/deliveries.ts';
import { installationStore } from '../../src/store/installations.ts';
import { subscriptionStore } from '../../src/store/subscriptions.ts';
import type { Kind } from '../../src/subscription/subscription.ts';
import { freshStorage } from '../storage.ts';

export const keys = [Buffer.from('k'.repeat(31) + 'a')];
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export async function memory(o: { leaseMs?: number; perSecond?: number; policy?: UncertainPolicy } = {}) {
  const storage = await freshStorage();
  opened.push(storage.remove);
  const database = await openDatabase({ url: storage.url, folder: storage.folder, keys });
  opened.push(database.close);
  const again = async (): Promise<Database> => {
    const other = await openDatabase({ url: storage.url, folder: storage.folder, keys });
    opened.push(other.close);
    return other;
  };
  const installations = installationStore(database, uuidv7);
  const { id: installationId } = await installations.save({ teamId: 'T1', botUserId: 'UBOT', botToken: 'xoxb-1' });
  const connections = connectionStore(database);
  const connectionId = uuidv7();
  await connections.addConnection({
    installationId,
    id: connectionId,
    userUri: 'https://api.calendly.com/users/olga',
    userName: 'Olga',
    userEmail: 'olga@example.com',
    organizationUri: 'https://api.calendly.com/organizations/acme',
    organizationName: 'Acme',
    role: 'owner',
    scope: 'organization',
    token: 'eyJ-secret',
    state: 'active',
    reason: null,
    connectedBy: 'UANN',
    createdAt: 0,
    checkedAt: null,
    checkResult: null,
    lastChangeAt: null,
  });
  const subscriptions = subscriptionStore(database);
  const settings = {
    newId: uuidv7,
    nextStep,
    leaseMs: o.leaseMs ?? 30_000,
    policy: () => o.policy ?? ('ask' as const),
    pace: { perSecond: o.perSecond ?? 1_000, burst: 100 },
    pausedNotice: ({ reason }: { reason: string }) => `paused: ${reason}`,
  };
  return {
    storage,
    database,
    again,
    installationId,
    connectionId,
    installations,
    connections,
    subscriptions,
    changes: changeStore({ database, newId: uuidv7, parse: parseChange, plan }),
    lanes: deliveryStore({ database, ...settings }),
    lanesOn: (other: Database) => deliveryStore({ database: other, ...settings }),
    async subscribe(
      channelId: string,
      kinds: Kind[] = ['booked', 'canceled', 'rescheduled'],
      types: { uri: string; name: string }[] = [],
    ) {
      const id = uuidv7();
      await subscriptions.addSubscription({
        installationId,
        id,
        connectionId,
        channelId,
        kinds,
        filter: { types },
        madeBy: 'UANN',
        state: 'active',
        reason: null,
        createdAt: 0,
        updatedAt: 0,
      });
      return id;
    },
    arrival(body: string, key = keyOf(JSON.parse(body))!): Arrival {
      return {
        installationId,
        connectionId,
        event: key.event,
        key: key.key,
        body,
        source: 'hook',
        signedAt: null,
        signatureAge: 'fresh',
      };
    },
    deliveries: () => database.db.selectFrom('delivery').selectAll().orderBy('created_at').orderBy('id').execute(),
  };
}

/** The calls that write; a test that expects no search says so by this. */
export function writes(jobs: (Job | LookUp)[]): Job[] {
  return jobs.filter((job): job is Job => job.op !== 'look');
}
