// The time: wall clock for what people read and for decisions that must survive a restart, in UTC milliseconds.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
