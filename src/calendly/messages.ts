// What Calendly's API answers, as the messages a webhook would have brought: the same bodies and keys, so that a late webhook is a repetition (pure).

import { type Change, seenEvent } from '../booking/change.ts';
import type { FoundInvitee, ListedMeeting, Told } from '../connection/lists.ts';
import { keyOf, parseChange, parseInvitee, parseMeeting } from './payload.ts';

/** A row of the list; null when nothing can be made of it. */
export function listedMeeting(raw: unknown): ListedMeeting | null {
  const read = parseMeeting(raw);
  return read && { ...read, raw };
}

/** An invitee of a listed meeting with all that happened to them, oldest first; null when nothing can be made of it. */
export function foundInvitee(raw: unknown, { raw: event }: ListedMeeting): FoundInvitee | null {
  const invitee = parseInvitee(raw, event);
  if (!invitee || typeof raw !== 'object') return null;
  const row: Record<string, unknown> = { ...raw };
  const payload = { ...row, scheduled_event: embedded(event) };
  const told = [
    messageOf('invitee.created', row.created_at, payload),
    ...(invitee.noShow ? [messageOf('invitee_no_show.created', momentIn(row.no_show), payload)] : []),
    ...(invitee.active ? [] : [messageOf('invitee.canceled', momentIn(row.cancellation) ?? row.updated_at, payload)]),
  ];
  return { invitee, told };
}

/** What no webhook tells: that a meeting is not as we had been told. `mark` makes its key. */
export function sightingOf(
  { raw, meeting }: ListedMeeting,
  seen: { at: number; unmarked: Record<string, number>; mark: string },
): Told {
  return messageOf(seenEvent, new Date(seen.at).toISOString(), {
    uri: meeting.uri,
    // Where a webhook's key has the time of the last change.
    updated_at: `${seen.mark} ${new Date(meeting.updatedAt ?? seen.at).toISOString()}`,
    unmarked: seen.unmarked,
    scheduled_event: embedded(raw),
  });
}

export function messageOf(event: string, at: unknown, payload: object): Told {
  const json = { event, created_at: at, created_by: null, payload };
  const change = parseChange(json);
  return {
    event,
    key: keyOf(json)?.key ?? change.key,
    occurredAt: change.occurredAt,
    kind: change.kind,
    moved: isHalf(change),
    json,
  };
}

function isHalf({ kind, invitee }: Change): boolean {
  if (!invitee) return false;
  return kind === 'booked' ? invitee.oldInvitee !== null : invitee.rescheduled || invitee.newInvitee !== null;
}

const momentIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'created_at' in value ? value.created_at : undefined;

/** Webhooks carry neither the calendar's entry nor its buffers, and we keep neither. */
function embedded(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  const { calendar_event: _, ...rest } = event as Record<string, unknown>;
  return rest;
}
