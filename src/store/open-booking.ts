// Opens what is kept of a booking; one that does not open is said in the log, and is no reason to stop for the others.

import type { BookingState } from '../booking/booking.ts';
import type { Logger } from '../log.ts';
import { place } from './rows.ts';
import { type Seal, SealError } from './seal.ts';

/** Null where it was sealed with a lost key, or is damaged. */
export function openBooking(
  seal: Seal,
  { installationId, id, state }: { installationId: string; id: string; state: Uint8Array },
  log: Pick<Logger, 'error'> | undefined,
): BookingState | null {
  try {
    return JSON.parse(seal.open(state, place.booking(installationId, id))) as BookingState;
  } catch (error) {
    // Only our own words: those of the JSON parser could quote what somebody wrote.
    const why = error instanceof SealError ? error.message : 'it holds no JSON';
    log?.error({ booking: id, why }, 'a booking that is kept cannot be read');
    return null;
  }
}
