// What is kept of a booking: facts about its invitees, from which everything that is shown is read.

import type { FormSubmission, Invitee, Sighting } from './change.ts';

/** What is known of one invitee. Times are UTC milliseconds. */
export interface InviteeFacts {
  invitee: Invitee;
  markedAt: number | null;
  unmarkedAt: number | null;
  /** When we first heard of this invitee, and that they are gone. */
  heardAt: number;
  goneAt: number | null;
}

export interface BookingState {
  invitees: Record<string, InviteeFacts>;
  form: FormSubmission | null;
  /** What we saw for ourselves, by meeting URI. */
  sightings?: Record<string, Sighting>;
}
