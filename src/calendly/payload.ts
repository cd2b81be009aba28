// Calendly's JSON becomes our Change: leniently, since its own examples leave out required fields (pure).

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  Answer,
  Change,
  ChangeKind,
  FormSubmission,
  Invitee,
  Meeting,
  Place,
  Sighting,
} from '../booking/change.ts';
import { changeKey, seenEvent } from '../booking/change.ts';

/** What is kept of texts, in UTF-16 units: a Slack message holds far less, and Calendly's own limit for long texts is 10,000. */
const longest = { name: 300, email: 320, uri: 500, words: 1000, question: 1000, answer: 10_000, reason: 10_000 };
const mostAnswers = 50;
const mostPeople = 100;
/** Longer keys become a hash: no index takes a key of any length. */
const longestKey = 500;

// ── The key, for the hot path: by hand, since a schema costs ten times as much ─────────────────────────────────────────────────────────

export interface Envelope {
  event: string;
  /** See `changeKey`. */
  key: string;
  /** The Calendly user who made the hook, not who acted. */
  createdBy: string | null;
}

/** Names the change in an envelope without reading the rest; null when it is not an object with a string `event`. Never throws. */
export function keyOf(raw: unknown): Envelope | null {
  if (!isObject(raw) || typeof raw.event !== 'string') return null;
  const event = raw.event;
  const payload = isObject(raw.payload) ? raw.payload : {};
  const noShow = isObject(payload.no_show) ? payload.no_show : {};
  const uri = textOrNull(payload.uri);
  const key =
    uri === null
      ? `${event} ${digest(raw)}`
      : changeKey({ event, uri, noShowUri: textOrNull(noShow.uri), moment: momentIn(event, payload, raw) });
  const createdBy = textOrNull(raw.created_by);
  return {
    event: fitText(event, longest.name),
    key: fitKey(key),
    createdBy: createdBy === null ? null : fitText(createdBy, longest.uri),
  };
}

/** Marking leaves an invitee's `updated_at` alone, so a second unmarking differs from the first by its message's time only. */
function momentIn(event: string, payload: Record<string, unknown>, envelope: Record<string, unknown>): string | null {
  return event === 'invitee_no_show.deleted' ? textOrNull(envelope.created_at) : textOrNull(payload.updated_at);
}

/** PostgreSQL keeps no NUL in a text, so such a key becomes a hash as well. */
function fitKey(key: string): string {
  return key.length > longestKey || key.includes('\0')
    ? `sha256 ${createHash('sha256').update(key).digest('hex')}`
    : key;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** SHA-256 over the JSON text with sorted keys. With a stack of its own: a body may be nested deeper than the call stack. */
function digest(value: unknown): string {
  const hash = createHash('sha256');
  const todo: ({ text: string } | { value: unknown })[] = [{ value }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if ('text' in next) {
      hash.update(next.text);
    } else if (Array.isArray(next.value)) {
      todo.push({ text: ']' });
      for (const item of next.value.toReversed()) todo.push({ text: ',' }, { value: item });
      todo.push({ text: '[' });
    } else if (isObject(next.value)) {
      todo.push({ text: '}' });
      for (const name of Object.keys(next.value).sort().reverse()) {
        todo.push({ text: ',' }, { value: next.value[name] }, { text: `${JSON.stringify(name)}:` });
      }
      todo.push({ text: '{' });
    } else {
      hash.update(JSON.stringify(next.value) ?? 'null');
    }
  }
  return hash.digest('hex');
}

// ── The shapes: everything may be missing but what a booking cannot be without ───────────────────────────────────────────────────────

// What may be missing is read in one step: a chain of schemas for each such field costs five times as much, in time and in what it leaves to be collected.

/** Written out as one function when the app starts, where Node is allowed to; throws for a schema that cannot be. */
const readOften = <T extends z.ZodType>(schema: T): T => z.compile(schema, { strict: z.core.util.allowsEval.value });

/** A text cut to length, without NUL and half characters (no database takes those). Anything else than a text is null. */
const text = (max: number) => z.transform((value: unknown) => readText(value, max));
const filled = (max: number) => z.transform((value: unknown) => readFilled(value, max));

const readText = (value: unknown, max: number) => (typeof value === 'string' ? fitText(value, max) : null);

function readFilled(value: unknown, max: number): string | null {
  const found = readText(value, max);
  return found?.trim() ? found : null;
}

function fitText(value: string, max: number): string {
  const cut = value.length > max ? value.slice(0, max).replace(/[\ud800-\udbff]$/, '') : value;
  return cut.replaceAll('\0', '').toWellFormed();
}

/** An address, and so never a word that means something to an object, such as `__proto__`: bookings are found by it. */
const isUri = (value: string) => /^https?:\/\//i.test(value) && !value.includes('\0');
const uri = z.transform((value: unknown) => {
  const found = readFilled(value, longest.uri);
  return found !== null && isUri(found) ? found : null;
});
const requiredUri = z.string().max(longest.uri).refine(isUri);

/** RFC 3339 with its zone; anything else is null, since a guessed time is worse than none. */
const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;
function readTime(value: unknown): number | null {
  const found = typeof value === 'string' && isTime.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isFinite(found) ? found : null;
}
const time = z.transform(readTime);
const requiredTime = time.pipe(z.number());
const count = z.number().int().nonnegative();

/** The good items of a list; a bad one does not spoil the others. */
const listOf = <T extends object>(item: z.ZodType<T>, most: number) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value.slice(0, most) : []),
    z.array(item.nullable().catch(null)).transform((items) => items.filter((one) => one !== null)),
  );

/** Calendly joins ticked boxes with line ends; a list or a number is read in the same way. */
const answerText = z.preprocess((value) => {
  const values = Array.isArray(value) ? value : [value];
  const words = values.filter((one) => ['string', 'number', 'boolean'].includes(typeof one));
  return words.length === 0 ? null : words.join('\n');
}, text(longest.answer));
const answers = listOf(
  z
    .object({ question: text(longest.question), answer: answerText })
    .transform((row): Answer => ({ question: row.question ?? '', answer: row.answer ?? '' })),
  mostAnswers,
);

const trackingText = filled(longest.words);
const tracking = z
  .object({
    utm_campaign: trackingText,
    utm_source: trackingText,
    utm_medium: trackingText,
    utm_content: trackingText,
    utm_term: trackingText,
    salesforce_uuid: trackingText,
  })
  .transform((row) =>
    Object.fromEntries(Object.entries(row).filter((entry): entry is [string, string] => entry[1] !== null)),
  )
  .catch({});

/** The kinds that are one place under two names: `zoom` in messages since 2023, `zoom_conference` before and in settings. */
const placeNames = new Map([
  ['zoom_conference', 'zoom'],
  ['gotomeeting_conference', 'gotomeeting'],
]);
const place = z
  .object({
    type: filled(longest.name),
    kind: filled(longest.name),
    location: filled(longest.words),
    additional_info: filled(longest.words),
    join_url: filled(2000),
  })
  .transform((row): Place => {
    const kind = row.type ?? row.kind ?? 'custom';
    return {
      kind: placeNames.get(kind) ?? kind,
      text: [row.location, row.additional_info].filter((part) => part !== null).join(' · ') || null,
      joinUrl:
        row.join_url !== null && /^https?:\/\//i.test(row.join_url) && URL.canParse(row.join_url) ? row.join_url : null,
    };
  })
  .nullable()
  .catch(null);

const cancellation = z
  .object({
    canceled_by: filled(longest.name),
    canceler_type: z.enum(['host', 'invitee']).nullable().catch(null),
    reason: filled(longest.reason),
    created_at: time,
  })
  .transform((row) => ({ by: row.canceled_by, byType: row.canceler_type, reason: row.reason, at: row.created_at }))
  .nullable()
  .catch(null);

const isActive = (status: string) => !/^cancell?ed$/i.test(status);

const scheduledEvent = readOften(
  z.object({
    uri: requiredUri,
    start_time: requiredTime,
    end_time: requiredTime,
    status: z.string(),
    name: filled(longest.name),
    event_type: uri,
    location: place,
    invitees_counter: z
      .object({ active: count, limit: count, total: count.optional().catch(undefined) })
      .nullable()
      .catch(null),
    event_memberships: listOf(
      z
        .object({ user: uri, user_name: filled(longest.name), user_email: filled(longest.email) })
        .transform((row) => ({ uri: row.user, name: row.user_name, email: row.user_email })),
      mostPeople,
    ),
    event_guests: listOf(z.object({ email: filled(longest.email) }), mostPeople),
    cancellation,
    created_at: time,
    updated_at: time,
  }),
);

const invitee = readOften(
  z.object({
    uri: requiredUri,
    name: filled(longest.name),
    first_name: filled(longest.name),
    last_name: filled(longest.name),
    email: filled(longest.email),
    timezone: text(100).transform((value) => (value === null ? null : timeZone(value))),
    status: z.string().nullable().catch(null),
    created_at: time,
    updated_at: time,
    questions_and_answers: answers,
    tracking,
    rescheduled: z.boolean().catch(false),
    old_invitee: uri,
    new_invitee: uri,
    cancellation,
    no_show: z.object({ uri, created_at: time }).nullable().catch(null),
    payment: z
      .object({
        amount: z.union([z.number().transform(String), z.string().min(1).max(40)]),
        currency: text(10).transform((value) => value ?? ''),
        successful: z.boolean().catch(false),
      })
      .nullable()
      .catch(null),
    invitee_scheduled_by: uri,
    routing_form_submission: uri,
  }),
);

const formSubmission = readOften(
  z.object({
    uri: requiredUri,
    routing_form: uri,
    questions_and_answers: answers,
    result: z
      .object({
        type: z.string().min(1).max(longest.name),
        value: z.union([
          z
            .object({ headline: filled(longest.words), body: filled(longest.words) })
            .transform((row) => [row.headline, row.body]),
          filled(longest.words).transform((value) => [value]),
        ]),
      })
      .transform((row) => ({ type: row.type, text: row.value.filter((part) => part !== null).join('\n') || null }))
      .nullable()
      .catch(null),
    submitter: uri,
    created_at: time,
  }),
);

/** Every zone asked for, with its verdict: asking Intl costs more than the whole rest of the parsing. */
const knownZones = new Map<string, string | null>();

/** A zone's name as it came (old names such as `Asia/Calcutta` work too), with underscores for spaces; null when Intl does not know it. */
function timeZone(name: string): string | null {
  const known = knownZones.get(name);
  if (known !== undefined) return known;
  const zone = name.trim().replaceAll(' ', '_');
  let valid: string | null = zone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    valid = null;
  }
  if (knownZones.size < 1000) knownZones.set(name, valid);
  return valid;
}

// ── From their words to ours ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const kindOf = new Map<string, ChangeKind>([
  ['invitee.created', 'booked'],
  ['invitee.canceled', 'canceled'],
  ['invitee_no_show.created', 'noshow'],
  ['invitee_no_show.deleted', 'noshow_undone'],
  ['routing_form_submission.created', 'routed'],
  [seenEvent, 'seen'],
]);

/**
 * Reads a message into a Change; whatever cannot be a booking or a form becomes kind `other`. Never throws, whatever JSON it gets.
 * Texts are cut (see `longest`) but not cleaned: who shows them must escape them.
 */
export function parseChange(raw: unknown): Change {
  const { event, key } = keyOf(raw) ?? { event: '', key: ` ${digest(raw)}` };
  const envelope = isObject(raw) ? raw : {};
  const kind = kindOf.get(event) ?? 'other';
  const sentAt = readTime(envelope.created_at);
  const other: Change = { event, kind: 'other', key, occurredAt: sentAt ?? 0, invitee: null, form: null };
  if (kind === 'other') return other;
  if (kind === 'routed') {
    const form = parseForm(envelope.payload, sentAt ?? 0);
    return form === null ? other : { ...other, kind, occurredAt: form.createdAt, form };
  }
  const payload = isObject(envelope.payload) ? envelope.payload : {};
  if (kind === 'seen') {
    const seen = parseSighting(payload, sentAt ?? 0);
    return seen === null ? other : { ...other, kind, seen };
  }
  const who = parseInvitee(payload, payload.scheduled_event, sentAt ?? 0);
  return who === null ? other : { ...other, kind, occurredAt: momentOf(kind, who, payload, sentAt), invitee: who };
}

function momentOf(kind: ChangeKind, who: Invitee, payload: Record<string, unknown>, sentAt: number | null): number {
  const told = {
    booked: readTime(payload.created_at),
    canceled: who.cancellation?.at ?? readTime(payload.updated_at),
    noshow: who.noShow?.at,
    noshow_undone: sentAt,
    routed: null,
    seen: null,
    other: null,
  }[kind];
  return told ?? sentAt ?? 0;
}

/**
 * Reads an invitee and the scheduled event it belongs to: a webhook carries the second inside the first, the API answers them apart.
 * `fallbackAt` stands in for times that are missing. Null when it lacks what a booking cannot be without. Never throws.
 */
export function parseInvitee(rawInvitee: unknown, rawEvent: unknown, fallbackAt = 0): Invitee | null {
  const read = invitee.safeParse(rawInvitee);
  const event = scheduledEvent.safeParse(rawEvent);
  if (!read.success || !event.success) return null;
  const row = read.data;
  const active = row.status === null ? row.cancellation === null : isActive(row.status);
  const createdAt = row.created_at ?? fallbackAt;
  return {
    uri: row.uri,
    name:
      row.name ??
      ([row.first_name, row.last_name].filter((part) => part !== null).join(' ') || (row.email ?? 'Unnamed invitee')),
    email: row.email,
    timezone: row.timezone,
    active,
    createdAt,
    updatedAt: row.updated_at ?? createdAt,
    answers: row.questions_and_answers,
    tracking: row.tracking,
    rescheduled: row.rescheduled,
    oldInvitee: row.old_invitee,
    newInvitee: row.new_invitee,
    // An event that was canceled as a whole may say so only in one of the two places.
    cancellation: row.cancellation ?? (active ? null : event.data.cancellation),
    noShow: row.no_show === null ? null : { uri: row.no_show.uri, at: row.no_show.created_at },
    payment: row.payment,
    scheduledBy: row.invitee_scheduled_by,
    formSubmission: row.routing_form_submission,
    meeting: meetingOf(event.data),
  };
}

function meetingOf(event: z.infer<typeof scheduledEvent>): Meeting {
  return {
    uri: event.uri,
    name: event.name,
    active: isActive(event.status),
    startsAt: event.start_time,
    endsAt: event.end_time,
    eventType: event.event_type,
    place: event.location,
    seats: event.invitees_counter && { active: event.invitees_counter.active, limit: event.invitees_counter.limit },
    ...(event.invitees_counter?.total === undefined ? {} : { everSeated: event.invitees_counter.total }),
    hosts: event.event_memberships,
    guests: event.event_guests.map((guest) => guest.email).filter((email) => email !== null),
    ...(event.updated_at === null ? {} : { updatedAt: event.updated_at }),
  };
}

/** A row of the list of scheduled events; null when it lacks what a meeting cannot be without. Never throws. */
export function parseMeeting(
  raw: unknown,
): { meeting: Meeting; createdAt: number | null; canceledAt: number | null } | null {
  const read = scheduledEvent.safeParse(raw);
  if (!read.success) return null;
  return {
    meeting: meetingOf(read.data),
    createdAt: read.data.created_at,
    canceledAt: read.data.cancellation?.at ?? null,
  };
}

/** What messages.ts wrote down of a look at the list. */
function parseSighting(payload: Record<string, unknown>, seenAt: number): Sighting | null {
  const read = parseMeeting(payload.scheduled_event);
  if (read === null) return null;
  const unmarked = isObject(payload.unmarked) ? Object.entries(payload.unmarked) : [];
  return {
    meeting: read.meeting,
    seenAt,
    unmarked: Object.fromEntries(
      unmarked.filter((each): each is [string, number] => isUri(each[0]) && typeof each[1] === 'number'),
    ),
  };
}

function parseForm(raw: unknown, fallbackAt: number): FormSubmission | null {
  const read = formSubmission.safeParse(raw);
  if (!read.success) return null;
  const row = read.data;
  return {
    uri: row.uri,
    form: row.routing_form,
    answers: row.questions_and_answers,
    outcome: row.result,
    submitter: row.submitter,
    createdAt: row.created_at ?? fallbackAt,
  };
}
