// Whether the messenger is there at all: once several calls in a row reached nobody, one is made now and then in place of all that wait.

import type { Found, Outcome } from './write.ts';

/** So many in a row, of whatever channels, are no accident. */
const missesMean = 3;
/** From one call to the next: at first, twice as long each time, and at most. Milliseconds. */
const tryAfterMs = 250;
const tryAtLeastEveryMs = 2_000;

export interface Presence {
  /** Several calls in a row have reached nobody, and none has reached anybody since. */
  isGone(): boolean;
  /** Of so many channels that could be served, so many may be. */
  allows(channels: number): number;
  /** A call is made. */
  began(): void;
  /** What became of it; answers whether that began an absence, or ended one. */
  heard(of: Outcome | Found): 'gone' | 'back' | null;
  /** Until the next call may be made, milliseconds. */
  waitMs(): number;
}

export function presence(now: () => number = () => performance.now()): Presence {
  let misses = 0;
  let everyMs = tryAfterMs;
  let tryFrom: number | null = null;

  return {
    isGone: () => tryFrom !== null,
    allows: (channels) => (tryFrom === null ? channels : now() >= tryFrom ? Math.min(1, channels) : 0),
    began() {
      if (tryFrom === null) return;
      everyMs = Math.min(everyMs * 2, tryAtLeastEveryMs);
      tryFrom = now() + everyMs;
    },
    heard(of) {
      const isThere = reached(of);
      if (isThere === null) {
        // Nothing was learnt by it: the next try does not wait as long.
        if (tryFrom !== null) tryFrom = Math.min(tryFrom, now() + tryAfterMs);
        return null;
      }
      if (isThere) {
        misses = 0;
        everyMs = tryAfterMs;
        const wasGone = tryFrom !== null;
        tryFrom = null;
        return wasGone ? 'back' : null;
      }
      misses += 1;
      if (tryFrom !== null || misses < missesMean) return null;
      tryFrom = now() + everyMs;
      return 'gone';
    },
    waitMs: () => Math.max(0, (tryFrom ?? Number.NEGATIVE_INFINITY) - now()),
  };
}

/** Null: what was known without a call, or a search that failed, says nothing. */
function reached(of: Outcome | Found): boolean | null {
  switch (of.kind) {
    case 'not_sent':
      return of.isOutage ? false : of.retryAfterMs === null ? null : true;
    case 'unknown':
      return of.retryAfterMs === null ? null : true;
    case 'forbidden':
      return null;
    case 'done':
    case 'refused':
      return of.isUnasked ? null : true;
    default:
      return true;
  }
}
