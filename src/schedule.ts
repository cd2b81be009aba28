// Runs the check on its schedule, and once at start; with several processes each period runs in one of them only.

import { schedule as cron } from 'node-cron';
import type { Logger } from './log.ts';

export interface Schedule {
  /** When it runs next. */
  nextAt(): Date | null;
  stop(): Promise<void>;
}

export interface ScheduleOptions {
  name: string;
  /** node-cron's five or six fields. */
  expression: string;
  run: () => Promise<void>;
  /** True for the one process that may run this period (`key` names job and period). */
  mayRun: (key: string) => Promise<boolean>;
  log: Logger;
}

/** How often is looked whether the clock has jumped, and what counts as a jump; milliseconds. */
const lookEveryMs = 2_000;
const jumpMs = 1_000;

/** The wall clock against the one that never jumps. */
const wallAhead = () => Date.now() - performance.now();

export function schedule(options: ScheduleOptions): Schedule {
  let running: Promise<void> | null = null;
  const run = () => {
    // A check that outlasts its period is not started a second time.
    running ??= options
      .run()
      .catch((error: unknown) =>
        options.log.error(
          { err: error, job: options.name },
          'the scheduled check failed; the next one comes by itself',
        ),
      )
      .finally(() => {
        running = null;
      });
    return running;
  };
  const task = cron(options.expression, run, {
    name: options.name,
    distributed: true,
    runCoordinator: { shouldRun: (key) => options.mayRun(key) },
    noOverlap: true,
    logger: {
      info: () => {},
      debug: () => {},
      warn: (message) => options.log.warn(message),
      error: (message) => options.log.error(String(message)),
    },
  });
  void run();
  // node-cron waits for its next time by the wall clock, and once that is set back, until it has come as far again: it plans anew after each jump.
  let gap = wallAhead();
  const watch = setInterval(() => {
    const jumped = Math.abs(wallAhead() - gap) >= jumpMs;
    gap = wallAhead();
    if (!jumped) return;
    void task.stop();
    void task.start();
  }, lookEveryMs).unref();
  return {
    nextAt: () => task.getNextRun() ?? null,
    async stop() {
      clearInterval(watch);
      await task.destroy();
      await running;
    },
  };
}
