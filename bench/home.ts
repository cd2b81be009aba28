// What an admin's Home costs the app itself in a large workspace: 500 subscriptions, 10 accounts, 10,000 bookings, none of them this admin's, so that all the
// next ones are looked through. Processor time, since neither Slack's time nor other programs' is ours.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { emptyBooking, fold } from '../src/booking/booking.ts';
import { parseChange } from '../src/calendly/payload.ts';
import type { Connection } from '../src/connection/connection.ts';
import { homeOf } from '../src/slack/home.ts';
import type { Desk } from '../src/slack/reception.ts';
import { auditStore } from '../src/store/audit.ts';
import { bookingStore } from '../src/store/bookings.ts';
import { connectionStore } from '../src/store/connections.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { installationStore } from '../src/store/installations.ts';
import { ledgerStore } from '../src/store/ledger.ts';
import { letterStore } from '../src/store/letters.ts';
import { place } from '../src/store/rows.ts';
import { subscriptionStore } from '../src/store/subscriptions.ts';
import { defaultOptions } from '../src/subscription/subscription.ts';
import { textsFor } from '../src/texts/index.ts';
import { webhookBody } from './bodies.ts';
import { type Figure, figure, number } from './figures.ts';

const day = 24 * 3_600_000;
const type = { uri: 'https://api.calendly.com/event_types/demo', name: 'Demo call' };
const ann = 'U0ANN';
const host = 'https://api.calendly.com/users/bo';
const another = 'https://api.calendly.com/users/cy';

export async function homes({ quick }: { quick: boolean }): Promise<{ figures: Figure[]; rows: string[][] }> {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-bench-home-'));
  const database = await openDatabase({ url: null, folder, keys: [Buffer.alloc(32, 'k')] });
  try {
    const desk = await filled(database, quick ? 2_000 : 10_000);
    const times: number[] = [];
    for (let i = 0; i < (quick ? 20 : 60); i++) {
      const before = process.cpuUsage();
      await homeOf(desk, ann);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
    }
    // The very first one is what somebody waits for: nothing is left out as a warm-up.
    times.sort((a, b) => a - b);
    const [p50, worst] = [times[Math.floor(times.length / 2)] ?? Number.NaN, times.at(-1) ?? Number.NaN];
    return {
      figures: [figure('an admin’s Home, our own time, the slowest', 'most', [[worst, 300, 100]], 'ms', 0)],
      rows: [[number(p50, 1), number(worst, 1)]],
    };
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function filled(database: Database, bookings: number): Promise<Desk> {
  const { id: installationId } = await installationStore(database, uuidv7).save({
    ...{ teamId: 'T1', botUserId: 'UBOT', botToken: 'xoxb-1' },
  });
  const connections = connectionStore(database);
  const subscriptions = subscriptionStore(database);
  const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => addAccount(connections, installationId, n)));
  for (let i = 0; i < 500; i++)
    await subscriptions.addSubscription(
      {
        ...{ installationId, id: uuidv7(), connectionId: ids[i % 10]!, channelId: `C${i % 250}` },
        ...{ kinds: ['booked'], filter: { types: [{ ...type, name: `Type ${i}` }] }, options: defaultOptions },
        ...{ madeBy: ann, state: 'active', reason: null, createdAt: i, updatedAt: i, mutedUntil: null },
      },
      { id: uuidv7(), who: ann, what: 'subscribe' },
    );
  await addBookings(database, installationId, ids[0]!, bookings);
  const figures = ledgerStore(database);
  const product = {
    ...{ connections, subscriptions, letters: letterStore(database), deeds: auditStore(database) },
    ...{ publicUrl: new URL('https://bookings.example.com'), commandName: '/calendly', clock: { now: Date.now } },
    ...bookingStore(database),
    people: { pairs: async () => ({ total: 0, pairs: [] }) },
    figures: async (id: string) => ({ ledger: await figures.ledger(id), oldestDueAt: await figures.oldestDueAt(id) }),
  } as unknown as Desk['product'];
  const slack = {
    person: async () => ({ isAdmin: true, isGuest: false, zone: 'UTC', email: null }),
    textsFor: async () => textsFor(null),
  } as unknown as Desk['slack'];
  const workspace = { id: installationId, botUserId: 'UBOT', botToken: '' };
  return { product, slack, workspace, respond: async () => true };
}

async function addAccount(
  store: ReturnType<typeof connectionStore>,
  installationId: string,
  n: number,
): Promise<string> {
  const id = uuidv7();
  await store.addConnection({
    ...{ installationId, id, userUri: n === 0 ? host : `${host}${n}`, userName: `Host ${n}`, userEmail: null },
    ...{ organizationUri: 'https://api.calendly.com/organizations/acme', organizationName: 'Acme', token: 'secret' },
    ...{ role: 'owner', scope: 'organization', state: 'active', reason: null, connectedBy: n === 0 ? ann : 'U0BO' },
    ...{ createdAt: 0, checkedAt: 1, checkResult: null, lastChangeAt: null, label: null, standIn: null },
    ...{ troubleSince: null, reminded: 0 },
  } as Connection);
  return id;
}

/** Half of them over, half still to come. */
async function addBookings(database: Database, installationId: string, connectionId: string, count: number) {
  const states = Array.from({ length: 100 }, (_, n) =>
    fold(emptyBooking(), parseChange(JSON.parse(webhookBody(n, type, another)))!, Date.now()),
  );
  const now = Date.now();
  for (let i = 0; i < count; i += 500)
    await database.transaction(async (tx) => {
      for (let n = i; n < Math.min(i + 500, count); n++) {
        const id = uuidv7();
        const state = database.seal.pack(JSON.stringify(states[n % 100]), place.booking(installationId, id));
        const row = { installation_id: installationId, id, connection_id: connectionId, version: 1, state };
        const ends_at = now + ((n * 2) / count - 1) * 30 * day;
        await tx
          .insertInto('booking')
          .values({
            ...row,
            ends_at: Math.round(ends_at),
            person_hash: null,
            booked_at: null,
            no_show: 0,
            updated_at: now,
          })
          .execute();
      }
    });
}
