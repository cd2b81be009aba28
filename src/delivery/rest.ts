// How long the worker rests from one turn to the next, and who ends its rest: acknowledging comes first, and nobody waits for somebody else's flood.

/**
 * So many changes since the last turn are a flood. Then each turn is followed by a rest as long as itself, and three times as long each time while the flood
 * goes on, up to so many times: acknowledging comes first, since a card can wait and Calendly cannot.
 */
const floodFrom = 32;
const floodRest = 9;
/** While the messenger is away nothing of a flood can be shown, so that all there is to do is to acknowledge it. */
const awayRest = 81;
/** Where a turn is long, as on a busy server, others than those who flood must not wait for so many of them. Milliseconds. */
const restAtMostMs = 100;
const awayAtMostMs = 500;
/**
 * A turn that began something and left nothing it knew of undone is followed by a pause, so that what comes in the next moment shares one: turns cost nearly
 * as much for one booking as for three. The more there was, the longer, since more will come: a card can wait that long, and the time saved is there for
 * acknowledging. Whoever comes after a quiet moment finds nobody pausing. Milliseconds from one turn's beginning to the next: for the first, for each thing done, and at most.
 */
const turnEveryMs = 10;
const turnStepMs = 3;
const turnAtMostMs = 40;
/** An account that was silent for so long is nobody's flood: the rest ends when it has something. Milliseconds. */
const silentMs = 40;
/** So many accounts are remembered before those that have been silent for long enough are forgotten. */
const accountsAtMost = 1_000;
/** Turns that such accounts begin take a fifth of the time at most, however many there are: one in the time of five. */
const timesATurn = 5;

export interface Rests {
  /** New changes were kept, one of each of these accounts. */
  came(accounts: readonly string[]): void;
  /** A turn begins, with the messenger away or there; answers whether it is in a flood. */
  begin(isAway: boolean): boolean;
  /** It has ended, with so many results recorded and so much else begun, and with more left to do or not: rests, or not, but no longer than `atMostMs`. */
  after(done: { results: number; begun: number; isMore: boolean }, atMostMs?: number): Promise<void>;
  /** After a failure: for a time, milliseconds, whoever comes. */
  rest(ms: number): Promise<void>;
  /** Ends whatever rest there is. */
  end(): void;
  /** The messenger is back: the same, and the next rest is not one of its absence. */
  back(): void;
}

export function rests(): Rests {
  let came = 0;
  let flood = 0;
  let began = 0;
  let longestMs = restAtMostMs;
  /** In the flood there is: what came since is that much more. */
  let restedMs = 0;
  let endRest = () => {};
  let isBetweenTurns = false;
  let newcomer = false;
  let newcomersFrom = 0;
  /** When each account had something last, the latest at the end. */
  const lastAt = new Map<string, number>();

  function rest(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function wasSilent(account: string, time: number): boolean {
    const last = lastAt.get(account) ?? Number.NEGATIVE_INFINITY;
    lastAt.delete(account);
    lastAt.set(account, time);
    return time - last >= silentMs;
  }

  function forget(time: number): void {
    if (lastAt.size <= accountsAtMost) return;
    for (const [account, last] of lastAt) {
      if (time - last < silentMs) return;
      lastAt.delete(account);
    }
  }

  return {
    came(accounts) {
      came += accounts.length;
      const time = performance.now();
      forget(time);
      // Each of them is noted, whether or not it ends the rest.
      const silent = accounts.filter((account) => wasSilent(account, time));
      if (silent.length === 0 || time < newcomersFrom) return;
      newcomer = true;
      if (isBetweenTurns) endRest();
    },
    begin(isAway) {
      const isFlood = came >= floodFrom * Math.max(1, restedMs / restAtMostMs);
      flood = isFlood ? Math.min(flood * 3 || 1, isAway ? awayRest : floodRest) : 0;
      longestMs = isAway ? awayAtMostMs : restAtMostMs;
      came = 0;
      began = performance.now();
      newcomer = false;
      return flood > 0;
    },
    async after({ results, begun, isMore }, atMostMs = Number.POSITIVE_INFINITY) {
      const took = performance.now() - began;
      restedMs = 0;
      // What came while this turn was under way is not in it.
      if (!newcomer) {
        const pause = Math.min(turnAtMostMs, turnEveryMs + turnStepMs * (results + begun)) - took;
        isBetweenTurns = true;
        if (flood > 0) {
          await rest(Math.min(longestMs, flood * took, atMostMs));
          restedMs = performance.now() - began - took;
        }
        // Where only results were recorded, a booking that comes now may be the first after a quiet moment.
        else if (begun > 0 && !isMore && pause > 0) await rest(Math.min(pause, atMostMs));
        isBetweenTurns = false;
      }
      if (newcomer) newcomersFrom = performance.now() + timesATurn * took;
    },
    rest,
    end: () => endRest(),
    back() {
      flood = Math.min(flood, floodRest);
      longestMs = restAtMostMs;
      endRest();
    },
  };
}
