// Invitees and changes to test with.

import type { Change, ChangeKind, Invitee } from '../../src/booking/change.ts';

export const hour = 3_600_000;

export function anInvitee(name: string, o: Partial<Invitee> & { startsAt?: number; eventType?: string } = {}): Invitee {
  const { startsAt, eventType, ...rest } = o;
  const createdAt = o.createdAt ?? Date.UTC(2026, 10, 20);
  const start = startsAt ?? createdAt + 48 * hour;
  return {
    uri: `https://api.calendly.com/scheduled_events/E${name}/invitees/${name}`,
    name: `Invitee ${name}`,
    email: `${name.toLowerCase()}@example.com`,
    timezone: 'Europe/Berlin',
    active: true,
    createdAt,
    updatedAt: createdAt,
    answers: [],
    tracking: {},
    rescheduled: false,
    oldInvitee: null,
    newInvitee: null,
    cancellation: null,
    noShow: null,
    payment: null,
    scheduledBy: null,
    formSubmission: null,
    meeting: {
      uri: `https://api.calendly.com/scheduled_events/E${name}`,
      name: 'Demo call',
      active: true,
      startsAt: start,
      endsAt: start + hour / 2,
      eventType: eventType ?? 'https://api.calendly.com/event_types/demo',
      place: null,
      seats: null,
      hosts: [{ uri: 'https://api.calendly.com/users/bo', name: 'Bo', email: 'bo@example.com' }],
      guests: [],
    },
    ...rest,
  };
}

const events: Record<ChangeKind, string> = {
  booked: 'invitee.created',
  canceled: 'invitee.canceled',
  noshow: 'invitee_no_show.created',
  noshow_undone: 'invitee_no_show.deleted',
  routed: 'routing_form_submission.created',
  seen: 'meeting.seen',
  other: 'contact.created',
};

export function aChange(kind: ChangeKind, invitee: Invitee, occurredAt: number): Change {
  return { event: events[kind], kind, key: `${events[kind]} ${invitee.uri}`, occurredAt, invitee, form: null };
}
