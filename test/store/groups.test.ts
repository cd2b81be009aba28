// A group meeting is one booking, by whichever of its names it is found: that of the meeting, or that of one of its guests.

import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind } from '../../sandbox/calendly/payloads.ts';
import { across } from '../../src/store/handle.ts';
import { uriHash } from '../../src/store/rows.ts';
import { memory } from './memory.ts';

const meeting = 'https://api.calendly.com/scheduled_events/E1';

/** A guest's news, told with so many seats in all. */
function told(
  kind: WebhookKind,
  name: string,
  limit: number,
  o: { newInvitee?: string; eventId?: string } = {},
): string {
  const body = JSON.parse(makeWebhook(kind, { eventId: 'E1', inviteeId: name, name, ...o }));
  body.payload.scheduled_event.invitees_counter = { total: 1, active: 1, limit };
  // One guest's leaving is not the end of the meeting.
  if (limit > 1) body.payload.scheduled_event.status = 'active';
  return JSON.stringify(body);
}

async function group(...bodies: string[]) {
  const m = await memory();
  await m.subscribe('C1');
  const hear = async (...more: string[]) => {
    for (const body of more) {
      await m.changes.keep([m.arrival(body)]);
      await m.changes.foldNext(10);
    }
  };
  await hear(...bodies);
  const count = async () => ({
    bookings: (await across(m.database.db, 'operator').selectFrom('booking').select('id').execute()).length,
    cards: (await m.deliveries()).filter((row) => row.kind === 'card').length,
  });
  return { ...m, hear, count };
}
const one = { bookings: 1, cards: 1 };

describe('a group meeting stays one booking', () => {
  it('when a guest’s later news reads as if there were one seat', async () => {
    const g = await group(told('invitee.created', 'Ada', 5), told('invitee.created', 'Bo', 5));
    await g.hear(told('invitee.canceled', 'Ada', 1), told('invitee_no_show.created', 'Bo', 1));
    expect(await g.count()).toEqual(one);
  });

  it('when a new guest is told as if there were one seat', async () => {
    const g = await group(told('invitee.created', 'Ada', 5), told('invitee.created', 'Bo', 1));
    await g.hear(told('invitee.created', 'Cy', 5), told('invitee.canceled', 'Ada', 5));
    expect(await g.count()).toEqual(one);
  });

  it('when it was kept by its guest’s name alone', async () => {
    const g = await group(told('invitee.created', 'Ada', 1));
    await across(g.database.db, 'operator')
      .deleteFrom('booking_uri')
      .where('uri_hash', '=', uriHash(meeting))
      .execute();
    await g.hear(told('invitee.canceled', 'Ada', 5), told('invitee.created', 'Bo', 5));
    expect(await g.count()).toEqual(one);
  });

  it('and is not joined with the one a guest moves to, however many seats that news tells', async () => {
    const to = 'https://api.calendly.com/scheduled_events/E2/invitees/Ada2';
    for (const limit of [5, 1]) {
      const g = await group(told('invitee.created', 'Ada', 5), told('invitee.created', 'Bo', 5));
      await g.hear(told('invitee.canceled', 'Ada', limit, { newInvitee: to }));
      const moved = JSON.parse(told('invitee.created', 'Ada2', 5, { eventId: 'E2' }));
      await g.hear(JSON.stringify(moved));
      expect(await g.count()).toEqual({ bookings: 2, cards: 2 });
    }
  });
});
