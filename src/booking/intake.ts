// The one door for changes, from a hook, found by looking, or done from a card: kept first (requests that arrive together share one transaction), folded after (delivery/lane.ts).

/** A change as it arrived: enough to keep it once, and its body for folding it later. */
export interface Arrival {
  installationId: string;
  connectionId: string;
  event: string;
  /** See `changeKey`. */
  key: string;
  /** The JSON as received. What it is parsed to is large, and is not held while its commit is waited for. */
  body: Uint8Array | string;
  /** `act`: done from a card. */
  source: 'hook' | 'backfill' | 'act';
  /** The signature's own time, UTC milliseconds. */
  signedAt: number | null;
  signatureAge: 'fresh' | 'old' | 'future' | null;
  /** Why it is not believed, though it came signed: it is put aside beside what is told of the same. */
  doubt?: string;
}

/** Signed with a key that signs for several accounts, and naming another one. */
export const ofAnother = 'it was told for another account, whose messages are signed with the same key';

export interface ChangeStore {
  /** Keeps all in one commit; answers which were new, null where that will be known later. Rejects when they could not be kept. */
  keep(arrivals: Arrival[]): Promise<(boolean | null)[]>;
}

export interface Intake {
  /** Resolves once the change is on the disk; `true` when it was new, or may be. */
  keep(arrival: Arrival): Promise<boolean>;
}

export interface IntakeOptions {
  store: ChangeStore;
  /** Called after a commit, with the account of each change in it that was new, or may be: whoever folds has something to do. */
  onKept: (accounts: readonly string[]) => void;
}

/** At most this many changes share one commit: beyond, waiting for the commit costs more than it saves. */
const keepLimit = 256;
/** More than this wait only when the database does not answer: asking Calendly to repeat is better than filling the memory. */
const waitingLimit = 4_096;
/** Nobody waits longer than this for a database that hangs, such as behind a lock, or is slow: Calendly gives up by itself, but much later. Milliseconds. */
const keepPatience = 1_500;
const lookEvery = 100;

interface Waiting {
  arrival: Arrival;
  since: number;
  resolve(fresh: boolean): void;
  reject(error: unknown): void;
}

export function intake(options: IntakeOptions): Intake {
  const { store, onKept } = options;
  const waiting: Waiting[] = [];
  let batch: Waiting[] = [];
  let keeping = false;

  /** What hangs may yet be kept; Calendly's repetition is then a duplicate. */
  function sendAway(): void {
    const before = performance.now() - keepPatience;
    const tired = batch.filter((entry) => entry.since <= before);
    const stays = waiting.findIndex((entry) => entry.since > before);
    tired.push(...waiting.splice(0, stays === -1 ? waiting.length : stays));
    for (const entry of tired) entry.reject(new Error('the database does not answer in time'));
  }

  async function flush(): Promise<void> {
    const impatience = setInterval(sendAway, lookEvery);
    while (waiting.length > 0) {
      batch = waiting.splice(0, keepLimit);
      try {
        const fresh = await store.keep(batch.map((entry) => entry.arrival));
        const isKnown = (i: number) => fresh[i] === false;
        for (const [i, entry] of batch.entries()) entry.resolve(!isKnown(i));
        const accounts = batch.flatMap(({ arrival }, i) => (isKnown(i) ? [] : [arrival.connectionId]));
        if (accounts.length > 0) onKept(accounts);
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
      // Let requests whose bodies have just arrived join the next commit.
      if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    batch = [];
    clearInterval(impatience);
    keeping = false;
  }

  return {
    keep(arrival) {
      return new Promise((resolve, reject) => {
        if (waiting.length >= waitingLimit) return reject(new Error('too many changes wait to be kept'));
        waiting.push({ arrival, since: performance.now(), resolve, reject });
        if (keeping) return;
        keeping = true;
        setImmediate(() => void flush());
      });
    },
  };
}
