// Tells whoever waits that something changed, so that tests wait for conditions and pages refresh themselves.

export type WaitOptions = { timeoutMs?: number; what?: string };

export type Changes = ReturnType<typeof makeChanges>;

export function makeChanges() {
  const listeners = new Set<() => void>();
  const waiters = new Set<() => void>();

  function on(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Resolves with the first thing `look` finds; it looks at each change and every 20 ms, up to 5 s. */
  function waitFor<T>(look: () => T | undefined | null | false, o: WaitOptions = {}): Promise<T> {
    const { timeoutMs = 30_000, what = 'the condition' } = o;
    return new Promise((resolve, reject) => {
      const check = () => {
        try {
          const found = look();
          if (found !== undefined && found !== null && found !== false) finish(() => resolve(found));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      waiters.add(check);
      const poll = setInterval(check, 20);
      const end = setTimeout(
        () => finish(() => reject(new Error(`Waited ${timeoutMs} ms in vain for ${what}.`))),
        timeoutMs,
      );
      const finish = (settle: () => void) => {
        waiters.delete(check);
        clearInterval(poll);
        clearTimeout(end);
        settle();
      };
      check();
    });
  }

  return {
    on,
    waitFor,
    /** For changes nobody looks at on a page, such as a call that only read. */
    wake() {
      for (const check of [...waiters]) check();
    },
    signal() {
      for (const listener of [...listeners, ...waiters]) listener();
    },
  };
}
