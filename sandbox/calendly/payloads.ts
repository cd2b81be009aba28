// Builds events, invitees and webhook bodies; pure, so that benchmarks can make bodies without a server.
import { createHmac } from 'node:crypto';
import { micros, stamp, uuid, wholeSecond } from './ids.ts';
import type { Answer, Cancellation, Invitee, Location, Payment, ScheduledEvent, Tracking } from './model.ts';

export const noTracking: Tracking = {
  utm_campaign: null,
  utm_source: null,
  utm_medium: null,
  utm_content: null,
  utm_term: null,
  salesforce_uuid: null,
};

type Host = { uri: string; email: string; name: string };

export type NewEvent = {
  base: string;
  name: string;
  eventType: string;
  start: Date;
  minutes: number;
  hosts: Host[];
  location: Location;
  seats: number;
  guests: string[];
  createdAt: number;
  id?: string;
};

export function newEvent(o: NewEvent): ScheduledEvent {
  const start = micros(o.start);
  const end = micros(o.start.getTime() + o.minutes * 60_000);
  const created = stamp(o.createdAt);
  return {
    uri: `${o.base}/scheduled_events/${o.id ?? uuid()}`,
    name: o.name,
    meeting_notes_plain: null,
    meeting_notes_html: null,
    status: 'active',
    start_time: start,
    end_time: end,
    event_type: o.eventType,
    location: o.location,
    invitees_counter: { total: 0, active: 0, limit: o.seats },
    created_at: created,
    updated_at: created,
    event_memberships: o.hosts.map((host) => ({
      user: host.uri,
      user_email: host.email,
      user_name: host.name,
      buffered_start_time: start,
      buffered_end_time: end,
    })),
    event_guests: o.guests.map((email) => ({ email, created_at: created, updated_at: created })),
    calendar_event: null,
  };
}

export type NewInvitee = {
  event: string;
  site: string;
  name: string;
  email: string;
  timezone: string | null;
  answers: Answer[];
  createdAt: number;
  id?: string;
  tracking?: Partial<Tracking>;
  textReminderNumber?: string | null;
  payment?: Payment | null;
  oldInvitee?: string | null;
  newInvitee?: string | null;
  routingFormSubmission?: string | null;
  scheduledBy?: string | null;
};

export function newInvitee(o: NewInvitee): Invitee {
  const id = o.id ?? uuid();
  const created = stamp(o.createdAt);
  return {
    uri: `${o.event}/invitees/${id}`,
    email: o.email,
    first_name: null,
    last_name: null,
    name: o.name,
    status: 'active',
    questions_and_answers: o.answers,
    timezone: o.timezone,
    event: o.event,
    created_at: created,
    updated_at: created,
    tracking: { ...noTracking, ...o.tracking },
    text_reminder_number: o.textReminderNumber ?? null,
    rescheduled: false,
    old_invitee: o.oldInvitee ?? null,
    new_invitee: o.newInvitee ?? null,
    cancel_url: `${o.site}/cancellations/${id}`,
    reschedule_url: `${o.site}/reschedulings/${id}`,
    routing_form_submission: o.routingFormSubmission ?? null,
    payment: o.payment ?? null,
    no_show: null,
    reconfirmation: null,
    scheduling_method: null,
    invitee_scheduled_by: o.scheduledBy ?? null,
  };
}

/** The event inside an invitee payload: no calendar_event, no buffers, unlike the API's answer. */
function embeddedEvent(event: ScheduledEvent): object {
  const { calendar_event: _, event_memberships, ...rest } = event;
  return {
    ...rest,
    event_memberships: event_memberships.map(({ user, user_email, user_name }) => ({ user, user_email, user_name })),
  };
}

export function inviteePayload(event: ScheduledEvent, invitee: Invitee): object {
  return { ...invitee, scheduled_event: embeddedEvent(event) };
}

/** `createdBy` is the user who made the subscription, not the one who acted. */
export function envelope(event: string, createdBy: string, payload: object, at?: number): string {
  return JSON.stringify({ created_at: wholeSecond(at), created_by: createdBy, event, payload });
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, the value of Calendly-Webhook-Signature. */
export function sign(key: string, body: string | Uint8Array, t: number = Math.floor(Date.now() / 1000)): string {
  return `t=${t},v1=${createHmac('sha256', key).update(`${t}.`).update(body).digest('hex')}`;
}

export type WebhookKind =
  | 'invitee.created'
  | 'invitee.canceled'
  | 'invitee_no_show.created'
  | 'invitee_no_show.deleted';

export type WebhookOptions = {
  base?: string;
  site?: string;
  createdBy?: string;
  eventId?: string;
  inviteeId?: string;
  type?: { uri: string; name: string };
  host?: Host;
  name?: string;
  email?: string;
  start?: Date;
  minutes?: number;
  timezone?: string | null;
  location?: Location;
  answers?: { question: string; answer: string }[];
  tracking?: Partial<Tracking>;
  createdAt?: number;
  oldInvitee?: string | null;
  newInvitee?: string | null;
  cancellation?: Partial<Cancellation>;
};

const someHost = (base: string): Host => ({
  uri: `${base}/users/6d1c1d0e-0000-4000-8000-000000000001`,
  email: 'olga@acme.example',
  name: 'Olga Owner',
});

/** One complete webhook body, as observed deliveries look, for load and fuzz tests; every id is new unless given. */
export function makeWebhook(kind: WebhookKind, o: WebhookOptions = {}): string {
  const base = o.base ?? 'https://api.calendly.com';
  const host = o.host ?? someHost(base);
  const createdAt = o.createdAt ?? Date.now();
  const event = newEvent({
    base,
    name: o.type?.name ?? 'Demo call',
    eventType: o.type?.uri ?? `${base}/event_types/6d1c1d0e-0000-4000-8000-0000000000e1`,
    start: o.start ?? new Date(Math.ceil(createdAt / 3_600_000) * 3_600_000 + 86_400_000),
    minutes: o.minutes ?? 30,
    hosts: [host],
    location: o.location ?? { type: 'physical', location: '1 Main Street' },
    seats: 1,
    guests: [],
    createdAt,
    ...(o.eventId ? { id: o.eventId } : {}),
  });
  const invitee = newInvitee({
    event: event.uri,
    site: o.site ?? 'https://calendly.com',
    name: o.name ?? 'Ada Lovelace',
    email: o.email ?? 'ada@example.com',
    timezone: o.timezone === undefined ? 'Europe/London' : o.timezone,
    answers: (o.answers ?? []).map((answer, position) => ({ ...answer, position })),
    createdAt,
    ...(o.inviteeId ? { id: o.inviteeId } : {}),
    ...(o.tracking ? { tracking: o.tracking } : {}),
    oldInvitee: o.oldInvitee ?? null,
    newInvitee: o.newInvitee ?? null,
  });
  event.invitees_counter = { total: 1, active: 1, limit: 1 };
  if (kind === 'invitee.canceled') cancelBoth(event, invitee, o);
  if (kind === 'invitee_no_show.created') {
    invitee.no_show = { uri: `${base}/invitee_no_shows/${uuid()}`, created_at: stamp() };
  }
  return envelope(kind, o.createdBy ?? host.uri, inviteePayload(event, invitee));
}

function cancelBoth(event: ScheduledEvent, invitee: Invitee, o: WebhookOptions): void {
  const cancellation: Cancellation = {
    canceled_by: invitee.name,
    reason: null,
    canceler_type: 'invitee',
    created_at: stamp(),
    ...o.cancellation,
  };
  Object.assign(invitee, { status: 'canceled', cancellation, rescheduled: Boolean(o.newInvitee) });
  Object.assign(event, { status: 'canceled', cancellation });
  event.invitees_counter.active = 0;
}
