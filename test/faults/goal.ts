// What a goal of `npm run faults` is: a promise, the faults that try it, and the figures that came of them.

/** `full` as the promise says; `fast` the same with fewer trials, for every change; `control` just enough for a planted fault to show. */
export type Scale = 'full' | 'fast' | 'control';

export interface Run {
  scale: Scale;
  /** The app's code: src, or the copy with a planted fault. */
  srcDir: string;
  /** Progress, for whoever watches. */
  say(words: string): void;
  /** One number for each scale. */
  pick(numbers: Record<Scale, number>): number;
}

/** One line of the report. */
export interface Row {
  /** What was done, such as "SQLite" or "kill -9 of the postmaster". */
  what: string;
  trials: number;
  /** What was measured. */
  figure: string;
  /** What it must be. */
  limit: string;
  ok: boolean;
  /** All holds but a time: a busy machine may stretch it. */
  slow?: boolean;
  /** Examples of what went wrong. */
  why?: string[];
}

export interface Goal {
  /** R1 … of what must not be lost, S6 … of who must not see it. */
  id: string;
  title: string;
  /** Left out of `--fast`: too long for every change. */
  fullOnly?: boolean;
  /** Seconds a short run of it takes where that is long: it begins first, so that the others run beside it. */
  waits?: number;
  /** Its figures are times of milliseconds, or all the machine can do: nothing may run beside it. The others mostly wait. */
  alone?: boolean;
  run(run: Run): Promise<Row[]>;
}

/** `right`: what no machine may change. `inTime`: what a busy one may. A short run beside other programs says `slow` of the second and goes on. */
export function judged(right: boolean, inTime: boolean): Pick<Row, 'ok' | 'slow'> {
  return { ok: right && inTime, slow: right && !inTime };
}
