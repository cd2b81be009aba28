// What people do to meetings: book, join, move, cancel, mark a no-show; each changes the API's state and says what to tell hooks.
import { micros, stamp, tail, uuid } from './ids.ts';
import type {
  Booking,
  CalUser,
  Cancellation,
  EventRecord,
  EventType,
  EventTypeRecord,
  Invitee,
  Location,
  Payment,
  RoutingFormSubmission,
  ScheduledEvent,
  Tracking,
} from './model.ts';
import { inviteePayload, newEvent, newInvitee, noTracking } from './payloads.ts';
import { addType, type World } from './world.ts';

/** Something a hook may want to hear; `users` are the hosts, for user and group scopes. */
export type Change = { event: string; organization: string; users: string[]; payload: object };

/** `inOrder`: the second change is sent when the first has had its answer. */
export type Publish = (changes: Change[], o: { inOrder: boolean }) => void;

export type BookOptions = {
  /** An event type's name or URI. */
  type?: string;
  host?: CalUser;
  /** Everybody who hosts it together. */
  hosts?: CalUser[];
  name?: string;
  email?: string;
  start?: Date;
  minutes?: number;
  timezone?: string | null;
  answers?: { question: string; answer: string }[];
  location?: Location;
  guests?: string[];
  tracking?: Partial<Tracking>;
  payment?: Payment;
  textReminderNumber?: string;
  routingFormSubmission?: string;
  scheduledByHost?: boolean;
  createdAt?: Date;
  /** false keeps it out of the hooks, as when Calendly lost the message: only the API knows. */
  deliver?: boolean;
};

export type MoveOptions = {
  start?: Date;
  by?: 'invitee' | 'host';
  reason?: string | null;
  order?: 'canceled-first' | 'created-first';
  location?: Location;
  deliver?: boolean;
};

export type CancelOptions = { by?: 'invitee' | 'host'; host?: CalUser; reason?: string | null; deliver?: boolean };

export type RouteOptions = {
  answers?: { question: string; answer: string }[];
  result?: RoutingFormSubmission['result'];
  submitter?: string | null;
  tracking?: Partial<Tracking>;
  deliver?: boolean;
};

const guests = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Edsger Dijkstra',
  'Barbara Liskov',
];

export function makeBookings(world: World, publish: Publish) {
  let count = 0;

  const tell = (deliver: boolean | undefined, changes: Change[], inOrder = false) => {
    if (deliver !== false) publish(changes, { inOrder });
  };

  function findType(type: string): EventTypeRecord {
    const found = world.types.find((t) => t.json.uri === type || t.json.name === type);
    if (found) return found;
    const names = world.types.map((t) => t.json.name).join(', ');
    throw new Error(`The sandbox has no event type "${type}". It has: ${names}.`);
  }

  function hostsFor(type: EventTypeRecord, chosen: CalUser | undefined): CalUser[] {
    if (chosen) return [chosen];
    if (type.json.pooling_type !== 'round_robin') return type.hosts;
    const next = type.hosts[type.turn % type.hosts.length];
    type.turn += 1;
    return next ? [next] : [];
  }

  function place(event: EventRecord, invitee: Invitee): Booking {
    event.invitees.push(invitee);
    world.invitees.set(invitee.uri, { record: event, invitee });
    const counter = event.json.invitees_counter;
    counter.total += 1;
    counter.active += 1;
    return { eventUri: event.json.uri, inviteeUri: invitee.uri, event: event.json, invitee };
  }

  function book(o: BookOptions = {}): Booking {
    count += 1;
    const type = findType(o.type ?? 'Demo call');
    const start = o.start ?? defaultStart(count);
    const createdAt = o.createdAt?.getTime() ?? Date.now();
    const event = openGroupEvent(type, start) ?? open(type, start, createdAt, o);
    const who = o.name ?? guests[count % guests.length] ?? 'Ada Lovelace';
    const booking = place(event, person(event, who, createdAt, o));
    tell(o.deliver, [heard('invitee.created', event, booking.invitee)]);
    settle(event.json);
    return booking;
  }

  function person(event: EventRecord, name: string, createdAt: number, o: BookOptions): Invitee {
    return newInvitee({
      event: event.json.uri,
      site: world.site,
      name,
      email: o.email ?? `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.com`,
      timezone: o.timezone === undefined ? 'Europe/London' : o.timezone,
      answers: (o.answers ?? []).map(({ question, answer }, position) => ({ question, answer, position })),
      createdAt,
      ...(o.tracking ? { tracking: o.tracking } : {}),
      textReminderNumber: o.textReminderNumber ?? null,
      payment: o.payment ?? null,
      routingFormSubmission: o.routingFormSubmission ?? null,
      scheduledBy: o.scheduledByHost ? (event.json.event_memberships[0]?.user ?? null) : null,
    });
  }

  function open(type: EventTypeRecord, start: Date, createdAt: number, o: BookOptions): EventRecord {
    const id = uuid();
    const json = newEvent({
      base: world.base,
      id,
      name: type.json.name,
      eventType: type.json.uri,
      start,
      minutes: o.minutes ?? type.json.duration,
      hosts: o.hosts ?? hostsFor(type, o.host),
      location: o.location ?? locationOf(type.json, id),
      seats: type.seats,
      guests: o.guests ?? [],
      createdAt,
    });
    const record = { json, organization: type.organization, invitees: [] };
    world.events.set(json.uri, record);
    return record;
  }

  /** A group event that already stands at this time and has a seat left. */
  function openGroupEvent(type: EventTypeRecord, start: Date): EventRecord | undefined {
    if (type.json.kind !== 'group') return undefined;
    const at = micros(start);
    return [...world.events.values()].find(
      ({ json }) =>
        json.event_type === type.json.uri &&
        json.start_time === at &&
        json.status === 'active' &&
        json.invitees_counter.active < json.invitees_counter.limit,
    );
  }

  function join(eventUri: string, o: BookOptions = {}): Booking {
    count += 1;
    const event = recordOf(eventUri);
    const who = o.name ?? guests[count % guests.length] ?? 'Ada Lovelace';
    const booking = place(event, person(event, who, o.createdAt?.getTime() ?? Date.now(), o));
    tell(o.deliver, [heard('invitee.created', event, booking.invitee)]);
    return booking;
  }

  function recordOf(eventUri: string): EventRecord {
    const record = world.events.get(eventUri);
    if (!record) throw new Error(`The sandbox has no event ${eventUri}.`);
    return record;
  }

  function bookingOf(inviteeUri: string): Booking & { record: EventRecord } {
    const found = world.invitees.get(inviteeUri);
    if (!found) throw new Error(`The sandbox has no invitee ${inviteeUri}.`);
    const { record, invitee } = found;
    return { eventUri: record.json.uri, inviteeUri, event: record.json, invitee, record };
  }

  function cancellationBy(invitee: Invitee, event: ScheduledEvent, o: CancelOptions): Cancellation {
    const host = o.host?.name ?? event.event_memberships[0]?.user_name ?? 'The host';
    return {
      canceled_by: o.by === 'host' ? host : invitee.name,
      reason: o.reason ?? null,
      canceler_type: o.by ?? 'invitee',
      created_at: stamp(),
    };
  }

  /** Ends one invitee's place; the event itself ends with its last seat, except in a group. */
  function leave(record: EventRecord, invitee: Invitee, cancellation: Cancellation, wholeEvent: boolean): void {
    Object.assign(invitee, { status: 'canceled', cancellation, updated_at: stamp() });
    record.json.invitees_counter.active -= 1;
    record.json.updated_at = stamp();
    if (wholeEvent || record.json.invitees_counter.limit === 1) {
      Object.assign(record.json, { status: 'canceled', cancellation });
    }
  }

  function cancel(booking: Pick<Booking, 'inviteeUri'>, o: CancelOptions = {}): void {
    const { record, invitee } = activeBooking(booking.inviteeUri);
    // A host can only end the meeting as a whole, also for a group.
    if (o.by === 'host') {
      cancelEvent(record.json.uri, o);
      return;
    }
    leave(record, invitee, cancellationBy(invitee, record.json, o), false);
    tell(o.deliver, [heard('invitee.canceled', record, invitee)]);
  }

  function activeBooking(inviteeUri: string) {
    const found = bookingOf(inviteeUri);
    if (found.invitee.status === 'canceled') throw new Error('This booking is already canceled.');
    return found;
  }

  /** The host ends the meeting for everybody: one message for each invitee still in it. */
  function cancelEvent(eventUri: string, o: CancelOptions = {}): void {
    const record = recordOf(eventUri);
    if (record.json.status === 'canceled') throw new Error('This meeting is already canceled.');
    const active = record.invitees.filter((invitee) => invitee.status === 'active');
    for (const invitee of active) {
      leave(record, invitee, cancellationBy(invitee, record.json, { by: 'host', ...o }), true);
    }
    tell(
      o.deliver,
      active.map((invitee) => heard('invitee.canceled', record, invitee)),
    );
  }

  /** Calendly ends the old booking and makes a new one, and tells both halves, in no promised order. */
  function move(booking: Pick<Booking, 'inviteeUri'>, o: MoveOptions = {}): Booking {
    const old = activeBooking(booking.inviteeUri);
    const by = o.by ?? 'invitee';
    const type = findType(old.event.event_type);
    const oldStart = new Date(old.event.start_time).getTime();
    const minutes = (new Date(old.event.end_time).getTime() - oldStart) / 60_000;
    const start = o.start ?? new Date(oldStart + 86_400_000);
    leave(old.record, old.invitee, cancellationBy(old.invitee, old.event, { by, reason: o.reason ?? null }), false);
    // The new half is made tens of milliseconds after the old one ended.
    const createdAt = Date.now() + 30;
    const next = openGroupEvent(type, start) ?? open(type, start, createdAt, movedOptions(old, minutes, o));
    const moved = place(next, {
      ...person(next, old.invitee.name, createdAt, inherited(old.invitee, by)),
      old_invitee: old.invitee.uri,
    });
    next.json.calendar_event = old.event.calendar_event;
    Object.assign(old.invitee, { rescheduled: true, new_invitee: moved.inviteeUri });
    const halves = [heard('invitee.canceled', old.record, old.invitee), heard('invitee.created', next, moved.invitee)];
    tell(o.deliver, o.order === 'created-first' ? halves.reverse() : halves, true);
    settle(next.json);
    return moved;
  }

  function movedOptions(old: Booking, minutes: number, o: MoveOptions): BookOptions {
    const host = world.memberships.find((m) => m.user.uri === old.event.event_memberships[0]?.user)?.user;
    const location = o.location ?? (isConference(old.event.location) ? undefined : old.event.location);
    return {
      minutes,
      guests: old.event.event_guests.map((guest) => guest.email),
      ...(host ? { host } : {}),
      ...(location ? { location } : {}),
    };
  }

  function markNoShow(booking: Pick<Booking, 'inviteeUri'>, o: { deliver?: boolean } = {}): string {
    const { record, invitee } = bookingOf(booking.inviteeUri);
    if (invitee.no_show) throw new Error('This invitee is already marked as a no-show.');
    invitee.no_show = { uri: `${world.base}/invitee_no_shows/${uuid()}`, created_at: stamp() };
    world.noShows.set(invitee.no_show.uri, invitee.uri);
    tell(o.deliver, [heard('invitee_no_show.created', record, invitee)]);
    return invitee.no_show.uri;
  }

  function unmarkNoShow(booking: Pick<Booking, 'inviteeUri'>, o: { deliver?: boolean } = {}): void {
    const { record, invitee } = bookingOf(booking.inviteeUri);
    if (!invitee.no_show) throw new Error('This invitee is not marked as a no-show.');
    world.noShows.delete(invitee.no_show.uri);
    invitee.no_show = null;
    tell(o.deliver, [heard('invitee_no_show.deleted', record, invitee)]);
  }

  function submitRoutingForm(o: RouteOptions = {}): RoutingFormSubmission {
    const form = world.forms[0];
    if (!form) throw new Error('The sandbox has no routing form.');
    const answers =
      o.answers ??
      form.questions.map((q) => ({ question: q.name, answer: q.answer_choices?.[1] ?? 'ada.lovelace@example.com' }));
    const now = stamp();
    const submission: RoutingFormSubmission = {
      uri: `${world.base}/routing_form_submissions/${uuid()}`,
      routing_form: form.uri,
      questions_and_answers: answers.map(({ question, answer }) => ({
        question_uuid: form.questions.find((q) => q.name === question)?.uuid ?? uuid(),
        question,
        answer,
      })),
      tracking: { ...noTracking, ...o.tracking },
      result: o.result ?? { type: 'event_type', value: findType('Demo call').json.uri },
      submitter: o.submitter ?? null,
      submitter_type: o.submitter ? 'Invitee' : null,
      created_at: now,
      updated_at: now,
    };
    world.submissions.push(submission);
    const payload = structuredClone(submission);
    tell(o.deliver, [
      { event: 'routing_form_submission.created', organization: form.organization, users: [], payload },
    ]);
    return submission;
  }

  function addEventTypes(n: number, host: CalUser = world.people.olga): EventType[] {
    const added = Array.from({ length: n }, () =>
      addType(world, {
        name: `Event type ${world.types.length + 1}`,
        hosts: [host],
        minutes: 30,
        location: 'zoom_conference',
      }),
    );
    tell(
      undefined,
      added.map(({ json, organization, hosts }) => ({
        event: 'event_type.created',
        organization,
        users: hosts.map((host) => host.uri),
        payload: structuredClone(json),
      })),
    );
    return added.map((record) => record.json);
  }

  return {
    book,
    join,
    move,
    cancel,
    cancelEvent,
    markNoShow,
    unmarkNoShow,
    submitRoutingForm,
    addEventTypes,
    bookingOf,
  };
}

/** A snapshot: what the message says stays as it was when the change happened. */
function heard(event: string, record: EventRecord, invitee: Invitee): Change {
  return {
    event,
    organization: record.organization,
    users: record.json.event_memberships.map((member) => member.user),
    payload: structuredClone(inviteePayload(record.json, invitee)),
  };
}

/** A host's reschedule was observed to drop the answers; an invitee's keeps them. */
function inherited(old: Invitee, by: 'invitee' | 'host'): BookOptions {
  return {
    email: old.email,
    timezone: old.timezone,
    answers: by === 'invitee' ? old.questions_and_answers : [],
    tracking: old.tracking,
    ...(old.payment ? { payment: old.payment } : {}),
    ...(old.text_reminder_number ? { textReminderNumber: old.text_reminder_number } : {}),
    scheduledByHost: by === 'host',
  };
}

/** Soon after the message is made, the calendar entry and the conference link are ready; no event tells of it. */
function settle(event: ScheduledEvent): void {
  event.calendar_event ??= { kind: 'google', external_id: tail(event.uri).replaceAll('-', '').slice(0, 26) };
  event.updated_at = stamp();
  if (event.location.status === 'processing') event.location = { ...event.location, status: 'pushed' };
}

function isConference(location: Location): boolean {
  return 'join_url' in location;
}

/** Tomorrow from 09:00 UTC in half hours, one after another, within two months. */
function defaultStart(count: number): Date {
  const tomorrow = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 86_400_000;
  return new Date(tomorrow + 9 * 3_600_000 + (count % 2880) * 1_800_000);
}

function locationOf(type: EventType, id: string): Location {
  const kind = type.locations?.[0]?.kind;
  if (kind === 'physical') return { type: 'physical', location: 'Acme, 1 Main Street, Springfield' };
  if (kind === 'outbound_call') return { type: 'outbound_call', location: '+1 555-0100' };
  if (kind === 'google_conference') {
    // Calendly's own address while Google makes the room: apps may trust it by its host, so it is the real one here too.
    const joinUrl = `https://calendly.com/events/${id}/google_meet`;
    return { type: 'google_conference', status: 'processing', join_url: joinUrl };
  }
  const room = 80_000_000_000 + Math.floor(Math.random() * 1e9);
  return {
    type: 'zoom',
    status: 'pushed',
    join_url: `https://us05web.zoom.us/j/${room}?pwd=sandbox`,
    data: { id: room, settings: {}, password: 'sandbox', extra: null },
  };
}
