// Calendly's lists, asked again after a short failure, so that one bad answer among many does not end a whole look.

import { setTimeout as delay } from 'node:timers/promises';
import { Outage } from '../errors.ts';
import type { Lists } from './lists.ts';

/** Pauses before the next try, milliseconds; each try is itself more than one (calendly/api.ts). What lasts longer is waited out by the look as a whole. */
const pauses = [500, 2_000];

export function patient(lists: Lists, isOver: () => boolean): Lists {
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (const pause of pauses) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Outage) || isOver() || (error.retryAfterMs ?? 0) > pause) throw error;
        await delay(pause);
      }
    }
    return await ask();
  }

  return {
    meetings: (account, page) => patiently(() => lists.meetings(account, page)),
    meeting: (account, uri) => patiently(() => lists.meeting(account, uri)),
    invitees: (account, listed) => patiently(() => lists.invitees(account, listed)),
    sighting: lists.sighting,
  };
}
