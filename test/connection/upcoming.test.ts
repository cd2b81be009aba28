// The meetings of some days: of a busy account those that are wanted, not the first there are.

import { expect, it } from 'vitest';
import type { Invitee, Meeting } from '../../src/booking/change.ts';
import type { Connection } from '../../src/connection/connection.ts';
import type { ListedMeeting } from '../../src/connection/lists.ts';
import { upcoming } from '../../src/connection/upcoming.ts';
import { isWorthALook } from '../../src/delivery/agenda.ts';
import { defaultOptions, type Subscription } from '../../src/subscription/subscription.ts';

const start = Date.UTC(2027, 0, 5, 9);
const type = (name: string) => `https://api.calendly.com/event_types/${name}`;
const listed = (n: number, eventType: string): ListedMeeting => ({
  meeting: {
    ...{ uri: `https://api.calendly.com/scheduled_events/E${n}`, name: 'Meeting', active: true, place: null },
    ...{ startsAt: start + n * 60_000, endsAt: start + n * 60_000 + 30_000, eventType, seats: null },
    ...{ hosts: [{ uri: 'https://api.calendly.com/users/mia', email: 'mia@acme.example', name: 'Mia' }], guests: [] },
  } satisfies Meeting,
  createdAt: null,
  canceledAt: null,
  raw: {},
});
const connection = { id: 'c1', installationId: 'i1', userUri: 'u1', standIn: null } as unknown as Connection;

/** Eighty meetings that nobody follows, and then twenty demos. */
const coming = upcoming({
  lists: {
    meetings: async () => ({
      meetings: Array.from({ length: 100 }, (_, n) => listed(n, type(n < 80 ? 'support' : 'demo'))),
      next: null,
      unread: 0,
    }),
    invitees: async () => ({ found: [{ invitee: { active: true } as Invitee }], unread: 0 }) as never,
  },
  known: async () => new Map(),
});
const days = { from: start, to: start + 86_400_000 };
const following = (name: string) =>
  [
    { connectionId: 'c1', filter: { types: [{ uri: type(name), name }] }, options: defaultOptions },
  ] as unknown as Subscription[];

it('are looked at where the list says that they may be wanted', async () => {
  const asked = { isHost: null, subscriptions: following('demo') };
  const wants = (meeting: Meeting) => isWorthALook(asked, { connectionId: 'c1', meeting });
  const { meetings, more } = await coming(connection, { ...days, wants });
  expect(new Set(meetings.map(({ meeting }) => meeting.eventType))).toEqual(new Set([type('demo')]));
  expect([meetings.length, more]).toEqual([20, 0]);
});

it('are the first sixty where all are wanted, and the rest is counted', async () => {
  const { meetings, more } = await coming(connection, days);
  expect([meetings.length, more]).toEqual([60, 40]);
});

it('are worth a look by host, by type, and for nobody who follows another account', () => {
  const one = { connectionId: 'c1', meeting: listed(1, type('demo')).meeting };
  const isHost = (name: string) => (host: { name: string | null }) => host.name === name;
  expect(isWorthALook({ isHost: isHost('Mia'), subscriptions: null }, one)).toBe(true);
  expect(isWorthALook({ isHost: isHost('Bo'), subscriptions: null }, one)).toBe(false);
  expect(isWorthALook({ isHost: null, subscriptions: following('demo') }, one)).toBe(true);
  expect(isWorthALook({ isHost: null, subscriptions: following('support') }, one)).toBe(false);
  expect(isWorthALook({ isHost: null, subscriptions: following('demo') }, { ...one, connectionId: 'c2' })).toBe(false);
});
