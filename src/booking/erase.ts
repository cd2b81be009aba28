// Takes a person who asked to be forgotten out of what is kept of a booking: the meeting stays, and who it was with is gone (pure).

import {
  type Answer,
  type Change,
  type FormSubmission,
  type Invitee,
  isGroup,
  type Meeting,
  type Sighting,
} from './change.ts';
import type { BookingState, InviteeFacts } from './state.ts';

/** Until when whoever has this address asked to be forgotten, UTC milliseconds; null: they did not. What they do later is news of theirs. */
export type ErasedUntil = (address: string) => number | null;

const addresses = /[^\s@<>()[\]{}"',;:|]{1,128}@[^\s@<>()[\]{}"',;:|]{1,128}/g;

/** The addresses a text names, in lower case. */
export function addressesIn(text: string): string[] {
  const found = (text.match(addresses) ?? []).map((each) => each.toLowerCase().replace(/[.!?]+$/, ''));
  return [...new Set(found.filter((each) => !each.endsWith('@')))];
}

/** All the addresses of a person that a change tells of, hosts left out: those are not who asks. */
export function addressesOf({ invitee, form, seen }: Change): string[] {
  const texts = [
    invitee?.email ?? '',
    ...(invitee?.meeting.guests ?? []),
    ...(seen?.meeting.guests ?? []),
    ...(invitee?.answers ?? []).map(({ answer }) => answer),
    ...(form?.answers ?? []).map(({ answer }) => answer),
    invitee?.cancellation?.reason ?? '',
  ];
  return [...new Set(texts.flatMap(addressesIn))];
}

/** The same change without them; the very same one where it tells nothing of theirs. */
export function eraseFromChange(change: Change, until: ErasedUntil): Change {
  const invitee = change.invitee && eraseInvitee(change.invitee, until);
  const form = change.form && eraseForm(change.form, until);
  const seen = change.seen && eraseSighting(change.seen, until);
  if (invitee === change.invitee && form === change.form && seen === change.seen) return change;
  return { ...change, invitee, form, ...(seen ? { seen } : {}) };
}

/** Null where nothing of theirs is in it. */
export function eraseFromState(state: BookingState, until: ErasedUntil): BookingState | null {
  const invitees = mapped(state.invitees, (facts) => {
    const invitee = eraseInvitee(facts.invitee, until);
    return invitee === facts.invitee ? facts : { ...facts, invitee };
  });
  const form = state.form && eraseForm(state.form, until);
  const sightings = state.sightings && mapped(state.sightings, (each) => eraseSighting(each, until));
  if (invitees === state.invitees && form === state.form && sightings === state.sightings) return null;
  return keepErased({ ...state, invitees, form, ...(sightings ? { sightings } : {}) });
}

/**
 * Whoever was taken out of a booking stays out of it, whatever comes later: a late webhook, a look at Calendly's list, a move by a host. A booking of one
 * person is theirs as a whole.
 */
export function keepErased(state: BookingState): BookingState {
  const all = Object.values(state.invitees);
  if (!all.some(({ invitee }) => invitee.erased)) return state;
  const isTheirs = all.every(({ invitee }) => !isGroup(invitee));
  const invitees = mapped(state.invitees, (facts) =>
    isTheirs || facts.invitee.erased ? { ...facts, invitee: blanked(facts.invitee) } : facts,
  );
  if (!isTheirs) return { ...state, invitees };
  return {
    ...state,
    invitees,
    form: state.form && { ...state.form, answers: [], submitter: null },
    ...(state.sightings
      ? { sightings: mapped(state.sightings, (each) => ({ ...each, meeting: blankMeeting(each.meeting) })) }
      : {}),
  };
}

function eraseInvitee(invitee: Invitee, until: ErasedUntil): Invitee {
  if (invitee.email !== null && isBefore(invitee.email, invitee.createdAt, until)) return blanked(invitee);
  const answers = eraseAnswers(invitee.answers, invitee.createdAt, until);
  const meeting = eraseGuests(invitee.meeting, until);
  const said = invitee.cancellation;
  const names = said?.reason != null && addressesIn(said.reason).some((each) => until(each) !== null);
  if (answers === invitee.answers && meeting === invitee.meeting && !names) return invitee;
  return { ...invitee, answers, meeting, cancellation: said && names ? { ...said, reason: null } : said };
}

function blanked(invitee: Invitee): Invitee {
  const { cancellation } = invitee;
  return {
    ...invitee,
    name: '',
    email: null,
    timezone: null,
    answers: [],
    tracking: {},
    payment: null,
    cancellation: cancellation && {
      ...cancellation,
      by: cancellation.byType === 'host' ? cancellation.by : null,
      reason: null,
    },
    meeting: isGroup(invitee) ? invitee.meeting : blankMeeting(invitee.meeting),
    erased: true,
  };
}

/** Where to meet may be the invitee's own number or address, and whom they bring along is theirs to say. */
function blankMeeting(meeting: Meeting): Meeting {
  return {
    ...meeting,
    place: meeting.place && { ...meeting.place, text: null },
    guests: meeting.guests.map(() => erasedGuest),
  };
}

/** Their seat at the table stays, so that a look at Calendly's list, where they still stand, finds nothing new. */
const erasedGuest = '';

/** A meeting as Calendly lists it, without what was taken out of ours: the two are then compared like with like. */
export function listedLike(meeting: Meeting, ours: Meeting, facts: readonly InviteeFacts[]): Meeting {
  const isTheirs = facts.some(({ invitee }) => invitee.erased && !isGroup(invitee));
  if (!isTheirs && !ours.guests.includes(erasedGuest)) return meeting;
  const guests = meeting.guests.map((guest) => (ours.guests.includes(guest) ? guest : erasedGuest));
  return isTheirs ? blankMeeting(meeting) : { ...meeting, guests };
}

function eraseForm(form: FormSubmission, until: ErasedUntil): FormSubmission {
  const theirs = form.answers.some(({ answer }) =>
    addressesIn(answer).some((each) => isBefore(each, form.createdAt, until)),
  );
  return theirs ? { ...form, answers: [], submitter: null } : form;
}

function eraseSighting(sighting: Sighting, until: ErasedUntil): Sighting {
  const meeting = eraseGuests(sighting.meeting, until);
  return meeting === sighting.meeting ? sighting : { ...sighting, meeting };
}

function eraseGuests(meeting: Meeting, until: ErasedUntil): Meeting {
  const isTheirs = (guest: string) => addressesIn(guest).some((each) => until(each) !== null);
  if (!meeting.guests.some(isTheirs)) return meeting;
  return { ...meeting, guests: meeting.guests.map((guest) => (isTheirs(guest) ? erasedGuest : guest)) };
}

function eraseAnswers(answers: Answer[], at: number, until: ErasedUntil): Answer[] {
  const left = answers.filter(({ answer }) => !addressesIn(answer).some((each) => isBefore(each, at, until)));
  return left.length === answers.length ? answers : left;
}

function isBefore(address: string, at: number, until: ErasedUntil): boolean {
  const end = until(address.trim().toLowerCase());
  return end !== null && at <= end;
}

/** The very same record where nothing in it changed. */
function mapped<T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> {
  let isOther = false;
  const changed = Object.entries(record).map(([key, value]): [string, T] => {
    const next = change(value);
    if (next !== value) isOther = true;
    return [key, next];
  });
  return isOther ? Object.fromEntries(changed) : record;
}
