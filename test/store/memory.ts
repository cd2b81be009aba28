// A memory with one workspace and one connection in it, and the parts that work on it, for tests below the front door.

import { uuidv7 } from 'uuidv7';
import { afterEach } from 'vitest';
import type { Arrival } from '../../src/booking/intake.ts';
import { keyOf, parseChange } from '../../src/calendly/payload.ts';
import type { Job, JobResult, LookUp } from '../../src/delivery/lane.ts';
import { plan } from '../../src/delivery/plan.ts';
import { nextStep } from '../../src/delivery/sync.ts';
import type { UncertainPolicy } from '../../src/delivery/write.ts';
import type { Logger } from '../../src/log.ts';
import { changeStore } from '../../src/store/changes.ts';
import { connectionStore } from '../../src/store/connections.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { deliveryStore } from '../../src/store/deliveries.ts';
import { across } from '../../src/store/handle.ts';
import { installationStore } from '../../src/store/installations.ts';
import { subscriptionStore } from '../../src/store/subscriptions.ts';
import { defaultOptions, type Kind, type Options } from '../../src/subscription/subscription.ts';
import { freshStorage, type Storage } from '../storage.ts';

export const keys = [Buffer.from(`${'k'.repeat(31)}a`)];
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export async function memory(
  o: {
    leaseMs?: number;
    perSecond?: number;
    burst?: number;
    policy?: UncertainPolicy;
    storage?: Storage;
    log?: Pick<Logger, 'error' | 'info'>;
    onKnown?: (total: number, fresh: number) => void;
  } = {},
) {
  const storage = o.storage ?? (await freshStorage());
  opened.push(storage.remove);
  const open = await openDatabase({ url: storage.url, folder: storage.folder, keys });
  let closing: Promise<void> | null = null;
  // A test may close it before its end.
  const database: Database = { ...open, close: () => (closing ??= open.close()) };
  opened.push(database.close);
  const again = async (): Promise<Database> => {
    const other = await openDatabase({ url: storage.url, folder: storage.folder, keys });
    opened.push(other.close);
    return other;
  };
  const installations = installationStore(database, uuidv7);
  const { id: installationId } = await installations.save({ teamId: 'T1', botUserId: 'UBOT', botToken: 'xoxb-1' });
  const connections = connectionStore(database);
  /** Connects an account of the same organization; answers its id. */
  async function connect(user: string, installation = installationId): Promise<string> {
    const id = uuidv7();
    await connections.addConnection({
      installationId: installation,
      id,
      userUri: `https://api.calendly.com/users/${user}`,
      userName: 'Olga',
      userEmail: 'olga@example.com',
      organizationUri: 'https://api.calendly.com/organizations/acme',
      organizationName: 'Acme',
      role: 'owner',
      scope: 'organization',
      group: null,
      isChosen: false,
      token: 'eyJ-secret',
      state: 'active',
      reason: null,
      connectedBy: 'UANN',
      createdAt: 0,
      checkedAt: null,
      checkResult: null,
      lastChangeAt: null,
      label: null,
      standIn: null,
      troubleSince: null,
      reminded: 0,
    });
    return id;
  }
  const connectionId = await connect('olga');
  const subscriptions = subscriptionStore(database);
  const settings = {
    newId: uuidv7,
    nextStep,
    leaseMs: o.leaseMs ?? 30_000,
    policy: () => o.policy ?? ('ask' as const),
    pace: { perSecond: o.perSecond ?? 1_000, burst: o.burst ?? 100 },
    pausedNotice: ({ reason }: { reason: string }) => `paused: ${reason}`,
  };
  /** One process that works in this memory, remembering what it kept itself. */
  const processOn = (database: Database) => {
    const changes = changeStore({
      ...{ database, newId: uuidv7, parse: parseChange, plan },
      ...(o.log ? { log: o.log } : {}),
      ...(o.onKnown ? { onKnown: o.onKnown } : {}),
    });
    const lanes = deliveryStore({ database, changes, ...settings });
    const foldNext = async (limit: number) =>
      (await lanes.advance({ fold: limit, results: [], claim: 0, release: false })).folded;
    /** All there is, in as many turns as that takes; answers how many. */
    const foldAll = async () => {
      let folded = 0;
      for (let more = true; more; ) {
        const turn = await lanes.advance({ fold: 50, results: [], claim: 0, release: false });
        folded += turn.folded;
        more = turn.more;
      }
      return folded;
    };
    return { changes, lanes, foldNext, foldAll };
  };
  const { changes, lanes, foldNext, foldAll } = processOn(database);
  return {
    storage,
    database,
    again,
    installationId,
    connectionId,
    connect,
    installations,
    connections,
    subscriptions,
    changes: { keep: changes.keep, foldNext, foldAll },
    lanes: turnsOf(lanes),
    laneStore: lanes,
    /** As another process has it. */
    storeOn: (other: Database) => processOn(other).lanes,
    lanesOn: (other: Database) => turnsOf(processOn(other).lanes),
    /** Keeps as another process. */
    keepAnew: (on: Database, arrivals: Arrival[]) => processOn(on).changes.keep(arrivals),
    /** Folds as a process that has just started. */
    foldAfterRestart: (limit: number) => processOn(database).foldNext(limit),
    async subscribe(
      channelId: string,
      kinds: Kind[] = ['booked', 'canceled', 'rescheduled'],
      types: { uri: string; name: string }[] = [],
      options: Partial<Options> = {},
    ) {
      const id = uuidv7();
      await subscriptions.addSubscription({
        installationId,
        id,
        connectionId,
        channelId,
        kinds,
        filter: { types },
        options: { ...defaultOptions, ...options },
        madeBy: 'UANN',
        state: 'active',
        reason: null,
        createdAt: 0,
        updatedAt: 0,
        mutedUntil: null,
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
    deliveries: () =>
      across(database.db, 'operator').selectFrom('delivery').selectAll().orderBy('created_at').orderBy('id').execute(),
  };
}

/** The calls that write; a test that expects no search says so by this. */
export function writes(jobs: (Job | LookUp)[]): Job[] {
  return jobs.filter((job): job is Job => job.op !== 'look');
}

/** Turns that fold nothing, in a few words. */
const turnsOf = (store: ReturnType<typeof deliveryStore>) => ({
  ...store,
  advance: (results: JobResult[], claim: number, release = false) =>
    store.advance({ fold: 0, results, claim, release }),
});

/** As if minutes had passed: all that waits is due, and nothing was tried just now. */
export async function later(m: { database: Database }): Promise<void> {
  await across(m.database.db, 'operator')
    .updateTable('delivery')
    .set({ due_at: 1 })
    .where('due_at', 'is not', null)
    .execute();
  await across(m.database.db, 'operator')
    .updateTable('delivery')
    .set({ tried_at: 1 })
    .where('tried_at', 'is not', null)
    .execute();
  await across(m.database.db, 'operator').updateTable('lane').set({ due_at: 1 }).execute();
}
