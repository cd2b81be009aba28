// Whose turn it is to ask Calendly: what can wait is spread over time, leaves room for what people wait for, and stops where Calendly says so.
//
// Calendly counts each user's requests, of all tokens together, and says on every answer how many are left and when it begins anew
// (developer.calendly.com, rate limits: 500 a minute, 50 on the free plan).

import { Outage } from '../errors.ts';

/** Of Calendly's limit at most this part is used in the background, a steady stream and a few at once; with what the checks ask it stays below six tenths. */
const steadyPart = 0.54;
const burstPart = 0.04;
/** Fewer than this part left, whoever used the others: wait for the next minute. */
const leftForPeople = 0.4;
/** Until an answer has told: the free plan's. */
const unknownLimit = 50;
const windowMs = 60_000;
/** Nobody waits longer than this for people: they may be many. */
const politeMs = 2_000;
/** Whoever waits looks this often whether the app stops. */
const lookEveryMs = 200;

/** Null where an answer does not say. */
export interface Told {
  limit: number | null;
  remaining: number | null;
  resetSeconds: number | null;
  status: number;
}

interface PaceOptions {
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
}

interface User {
  limit: number;
  /** When the next call would come were they spread evenly (GCRA's theoretical arrival time). */
  evenAt: number;
  /** No call before this. */
  stoppedUntil: number;
  /** Calls a person waits for, under way. */
  people: number;
  /** The last in the queue. */
  last: Promise<void>;
}

export interface Pace {
  /** Resolves when this user's next background call may be made; in the order of asking. */
  turn(user: string): Promise<void>;
  /** A call somebody waits for begins; answers what to call when it is over. */
  person(user: string): () => void;
  /** What an answer said of the limit. */
  told(user: string, told: Told): void;
  /** How long this user's background calls wait for Calendly's limit, milliseconds; null where they need not. */
  stoppedFor(user: string): number | null;
  /** Whoever still waits gets an Outage. */
  close(): void;
}

export function pace({ now = () => performance.now(), sleep = delay }: PaceOptions = {}): Pace {
  const users = new Map<string, User>();
  let closed = false;

  function of(name: string): User {
    let user = users.get(name);
    if (!user) {
      user = { limit: unknownLimit, evenAt: 0, stoppedUntil: 0, people: 0, last: Promise.resolve() };
      users.set(name, user);
    }
    return user;
  }

  async function mayGo(user: User): Promise<void> {
    const politeUntil = now() + politeMs;
    for (;;) {
      const interval = windowMs / (steadyPart * user.limit);
      const burst = Math.max(0, Math.floor(burstPart * user.limit) - 1) * interval;
      const wait = Math.max(user.stoppedUntil - now(), user.evenAt - burst - now());
      if (closed) throw new Outage('I am stopping.', { code: 'stopping' });
      if (wait > 0) await sleep(Math.min(Math.ceil(wait), lookEveryMs));
      else if (user.people > 0 && now() < politeUntil) await sleep(20);
      else {
        user.evenAt = Math.max(user.evenAt, now()) + interval;
        return;
      }
    }
  }

  return {
    turn(name) {
      const user = of(name);
      const mine = user.last.then(() => mayGo(user));
      user.last = mine.catch(() => {});
      return mine;
    },
    person(name) {
      const user = of(name);
      user.people += 1;
      return () => {
        user.people -= 1;
      };
    },
    told(name, { limit, remaining, resetSeconds, status }) {
      const user = of(name);
      if (limit !== null && limit > 0) user.limit = limit;
      const isScarce = remaining !== null && remaining <= leftForPeople * user.limit;
      if (status !== 429 && !isScarce) return;
      const until = now() + (resetSeconds ?? 60) * 1_000;
      user.stoppedUntil = Math.max(user.stoppedUntil, until);
    },
    stoppedFor(name) {
      const left = (users.get(name)?.stoppedUntil ?? 0) - now();
      return left > 0 ? Math.ceil(left) : null;
    },
    close() {
      closed = true;
    },
  };
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
