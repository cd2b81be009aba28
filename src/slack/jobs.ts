// What is being done after Slack was answered, so that stopping can wait for it.

export interface Jobs {
  track<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs any more, or after `deadlineMs`. */
  settled(deadlineMs: number): Promise<void>;
}

export function jobs(): Jobs {
  const running = new Set<Promise<unknown>>();
  return {
    async track(work) {
      const job = work();
      running.add(job);
      try {
        return await job;
      } finally {
        running.delete(job);
      }
    },
    async settled(deadlineMs) {
      const { promise: deadline, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, deadlineMs);
      await Promise.race([deadline, allDone(running)]);
      clearTimeout(timer);
    },
  };
}

async function allDone(running: Set<Promise<unknown>>): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
}
