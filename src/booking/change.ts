// A change and its key: something that happened at Calendly, as it crosses the app, from a hook or found by a look at the lists.

/**
 * What happened, in our words. `seen`: nobody told us, we saw it in Calendly's list; it edits cards and makes none. `other` is kept but shows no card
 * (event types, contacts, recaps, kinds not known yet).
 */
export type ChangeKind = 'booked' | 'canceled' | 'noshow' | 'noshow_undone' | 'routed' | 'seen' | 'other';

/** Our own name for what no webhook tells; Calendly has none. */
export const seenEvent = 'meeting.seen';

export interface Answer {
  question: string;
  answer: string;
}

export interface Host {
  /** Calendly user URI; null when the payload leaves it out. */
  uri: string | null;
  name: string | null;
  email: string | null;
}

/** Calendly's location, `kind` being its `location.type` (`zoom`, `physical`, `custom` …). */
export interface Place {
  kind: string;
  /** Address, phone number or words; may come from the invitee. */
  text: string | null;
  joinUrl: string | null;
}

/** One scheduled event at Calendly. Times are UTC milliseconds. */
export interface Meeting {
  uri: string;
  name: string | null;
  active: boolean;
  startsAt: number;
  endsAt: number;
  eventType: string | null;
  place: Place | null;
  seats: { active: number; limit: number } | null;
  /** How many ever took a seat, those who left included. */
  everSeated?: number;
  hosts: Host[];
  guests: string[];
  /** By Calendly's clock: of two tellings the later is right. */
  updatedAt?: number;
}

/** A meeting as Calendly's list showed it, where that was not as we had been told. */
export interface Sighting {
  meeting: Meeting;
  /** Our clock. */
  seenAt: number;
  /** Whose no-show is no longer marked there: invitee URI → when it had been marked. */
  unmarked: Record<string, number>;
}

export interface Cancellation {
  by: string | null;
  byType: 'host' | 'invitee' | null;
  reason: string | null;
  at: number | null;
}

/** One invitee in one meeting, as Calendly told it at one moment. Times are UTC milliseconds. */
export interface Invitee {
  uri: string;
  name: string;
  email: string | null;
  timezone: string | null;
  active: boolean;
  createdAt: number;
  updatedAt: number;
  answers: Answer[];
  tracking: Record<string, string>;
  /** True on the old half of a reschedule only. */
  rescheduled: boolean;
  oldInvitee: string | null;
  newInvitee: string | null;
  cancellation: Cancellation | null;
  noShow: { uri: string | null; at: number | null } | null;
  payment: { amount: string; currency: string; successful: boolean } | null;
  /** URI of the host who booked or moved it for the invitee. */
  scheduledBy: string | null;
  formSubmission: string | null;
  meeting: Meeting;
  /** They asked to be forgotten: who they are and what they said is gone (see erase.ts). */
  erased?: true;
}

/** Several people book seats in one meeting: what counts then is the meeting, not the one person. */
export const isGroup = ({ meeting }: Invitee): boolean => meeting.seats !== null && meeting.seats.limit > 1;

/** A routing form filled in, whether or not a booking follows. */
export interface FormSubmission {
  uri: string;
  form: string | null;
  answers: Answer[];
  outcome: { type: string; text: string | null } | null;
  submitter: string | null;
  createdAt: number;
}

export interface Change {
  /** Calendly's name of the event, such as `invitee.created`. */
  event: string;
  kind: ChangeKind;
  /** See `changeKey`; unique within a connection. */
  key: string;
  /** When it happened, UTC milliseconds, as well as the payload tells. */
  occurredAt: number;
  invitee: Invitee | null;
  form: FormSubmission | null;
  /** For kind `seen`. */
  seen?: Sighting;
}

/** The parts of a payload that make one change the same change however often and by whichever way it arrives. */
export interface KeyParts {
  event: string;
  /** `payload.uri` */
  uri: string;
  /** `payload.no_show.uri`, for the two no-show events. */
  noShowUri?: string | null;
  /** What stands in where a no-show event names no `no_show.uri` (the message's `created_at`), and for kinds that change again and again (`payload.updated_at`). */
  moment?: string | null;
}

/**
 * The idempotency key of a change within its connection: event + `payload.uri` (+ `no_show.uri`).
 * Calendly sends no delivery id (its retries repeat the same body), so the facts themselves are the key; a hook and a look at the lists build
 * the same one. An unmarking may name no `no_show.uri`: then the message's own time tells a second unmarking from the first.
 */
export function changeKey(parts: KeyParts): string {
  const base = `${parts.event} ${parts.uri}`;
  if (parts.event === 'invitee.created' || parts.event === 'invitee.canceled') return base;
  if (parts.event.startsWith('invitee_no_show.')) return `${base} ${parts.noShowUri ?? parts.moment ?? ''}`;
  if (parts.event === 'routing_form_submission.created') return base;
  return `${base} ${parts.moment ?? ''}`;
}
