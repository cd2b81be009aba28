// The one door for changes, from a hook or found by looking: kept first (requests that arrive together share one transaction), folded after.

import type { Logger } from '../log.ts';

/** A change as it arrived: enough to keep it once, and its body for folding it later. */
export interface Arrival {
  installationId: string;
  connectionId: string;
  event: string;
  /** See `changeKey`. */
  key: string;
  /** The JSON as received. */
  body: Uint8Array | string;
  source: 'hook' | 'backfill';
  /** The signature's own time, UTC milliseconds. */
  signedAt: number | null;
  signatureAge: 'fresh' | 'old' | 'future' | null;
}

export interface ChangeStore {
  /** Keeps all in one commit; answers which were new. Rejects when they could not be kept. */
  keep(arrivals: Arrival[]): Promise<boolean[]>;
  /** Folds up to `limit` kept changes in the order they came, in one commit; answers how many. */
  foldNext(limit: number): Promise<number>;
}

export interface Intake {
  /** Resolves once the change is on the disk; `true` when it was new. */
  keep(arrival: Arrival): Promise<boolean>;
  /** Starts folding what is kept, what an earlier process left behind included. */
  start(): void;
  /** Another process kept something, or the poll is due. */
  nudge(): void;
  /** Stops folding after the batch under way. */
  stop(): Promise<void>;
}

export interface IntakeOptions {
  store: ChangeStore;
  /** Called after each commit that may have made a lane due. */
  onFolded: () => void;
  log: Logger;
  onKept?: (total: number, fresh: number) => void;
  pollMs?: number;
}

const foldLimit = 100;
/** In a flood, fewer at a time and mostly waiting: acknowledging comes first, since folding can wait and Calendly cannot. */
const floodLimit = 32;
const floodRest = 9;
/** At most this many changes share one commit: beyond, waiting for the commit costs more than it saves. */
const keepLimit = 256;
/** More than this wait only when the database does not answer: asking Calendly to repeat is better than filling the memory. */
const waitingLimit = 4_096;
/** Nobody waits longer than this for a database that hangs, such as behind a lock: Calendly gives up by itself, but much later. Milliseconds. */
const keepPatience = 1_500;

export function intake(options: IntakeOptions): Intake {
  const { store, log } = options;
  const waiting: { arrival: Arrival; resolve: (fresh: boolean) => void; reject: (error: unknown) => void }[] = [];
  let keeping = false;
  let keptLately = 0;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, keepLimit);
      // What hangs may yet be kept; Calendly's repetition is then a duplicate.
      const impatience = setInterval(() => {
        for (const entry of [...batch, ...waiting.splice(0)]) entry.reject(new Error('the database does not answer'));
      }, keepPatience);
      try {
        const fresh = await store.keep(batch.map((entry) => entry.arrival));
        for (const [i, entry] of batch.entries()) entry.resolve(fresh[i] ?? false);
        keptLately += batch.length;
        options.onKept?.(batch.length, fresh.filter(Boolean).length);
        wakeFolding();
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      } finally {
        clearInterval(impatience);
      }
      // Let requests whose bodies have just arrived join the next commit.
      if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    keeping = false;
  }

  let stopped = true;
  let folding: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  function wakeFolding(): void {
    again = true;
    if (!stopped && !folding) folding = foldAll().finally(() => (folding = null));
  }

  async function foldAll(): Promise<void> {
    while (again && !stopped) {
      again = false;
      try {
        const flood = keptLately > foldLimit / 2;
        keptLately = 0;
        const limit = flood ? floodLimit : foldLimit;
        const started = performance.now();
        const folded = await store.foldNext(limit);
        if (folded === limit) again = true;
        if (folded > 0) options.onFolded();
        if (flood && !stopped) await pause(floodRest * (performance.now() - started));
      } catch (error) {
        log.error({ err: error }, 'folding failed; trying again');
        await pause(1_000);
        again = true;
      }
    }
  }

  let endPause = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      endPause = resolve;
      setTimeout(resolve, ms);
    });

  return {
    keep(arrival) {
      return new Promise((resolve, reject) => {
        if (waiting.length >= waitingLimit) return reject(new Error('too many changes wait to be kept'));
        waiting.push({ arrival, resolve, reject });
        if (keeping) return;
        keeping = true;
        setImmediate(() => void flush());
      });
    },
    start() {
      stopped = false;
      wakeFolding();
      timer = setInterval(wakeFolding, options.pollMs ?? 3_000);
      timer.unref();
    },
    nudge: wakeFolding,
    async stop() {
      stopped = true;
      clearInterval(timer);
      endPause();
      await folding;
    },
  };
}
