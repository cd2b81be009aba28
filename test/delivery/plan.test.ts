// What a batch asks for, where only its parts together say that they are about one booking.

import { expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import { emptyBooking, fold, identities } from '../../src/booking/booking.ts';
import { parseChange } from '../../src/calendly/payload.ts';
import { plan } from '../../src/delivery/plan.ts';

const uri = (id: string) => `https://api.calendly.com/scheduled_events/E-${id}/invitees/${id}`;
const told = (kind: WebhookKind, id: string, o: WebhookOptions = {}) =>
  parseChange(JSON.parse(makeWebhook(kind, { eventId: `E-${id}`, inviteeId: id, ...o })));

it('a booking that was there stays, also where the clock that names new ones was set back since', () => {
  const first = told('invitee.created', 'x');
  const heard = [
    told('invitee.created', 'z', { oldInvitee: uri('y') }),
    told('invitee.created', 'y', { oldInvitee: uri('x') }),
  ];
  let made = 0;
  const { bookings, merged } = plan({
    now: Date.now(),
    changes: heard.map((change) => ({ connectionId: 'c', change, receivedAt: Date.now() })),
    bookings: [{ id: 'there', connectionId: 'c', version: 3, state: fold(emptyBooking(), first, 1) }],
    bookingOf: new Map(identities(first).map((name) => [name, 'there'])),
    subscriptions: [],
    cards: [],
    newId: () => `earlier ${++made}`,
  });
  expect(bookings.map(({ id, version }) => ({ id, version }))).toEqual([{ id: 'there', version: 4 }]);
  expect(merged).toEqual([{ id: 'earlier 1', into: 'there' }]);
});
