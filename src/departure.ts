// Before the app goes, whoever asks regularly whether it is ready hears that it is not, and sends nobody more: the system resets the connections of those
// who knock just as the door is closed.

export interface Departure {
  /** Somebody asked whether the app is ready. Answers whether it stays. */
  asked(): boolean;
  /** From now on it does not stay. Resolves once whoever asks regularly was told, at once where nobody does. */
  begin(): Promise<void>;
}

/** Who asks less often than this is not waited for: a stop has ten seconds for everything. Milliseconds. */
const regularMs = 2_000;
/** A question may be late by half its period and this; after the answer, this long for those who are on their way. */
const slackMs = 250;

export function departure(now: () => number = () => performance.now()): Departure {
  let last: number | null = null;
  let period = Number.POSITIVE_INFINITY;
  let leaving = false;
  const told = Promise.withResolvers<void>();

  return {
    asked() {
      if (leaving) told.resolve();
      if (last !== null) period = now() - last;
      last = now();
      return !leaving;
    },
    async begin() {
      leaving = true;
      const waitMs = last === null || period > regularMs ? 0 : last + period * 1.5 + slackMs - now();
      if (waitMs <= 0) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      await Promise.race([told.promise, late]);
      clearTimeout(timer);
      await new Promise((done) => setTimeout(done, slackMs));
    },
  };
}
