// Who gets a connection of PostgreSQL's: mostly one that another gives back in a moment, and a new one only after a wait for that.

import type pg from 'pg';

/**
 * A new connection costs the server some 20 ms of its processor and ten megabytes, and knows no table yet: two at first, and another each time that somebody
 * has waited so long for one of those there are. Milliseconds.
 */
const atFirst = 2;
const patienceMs = 20;

export interface SharedPool {
  /** Rejects as the pool does, where there is none within its time. */
  take(): Promise<pg.PoolClient>;
  /** `isBroken`: it is closed. */
  giveBack(client: pg.PoolClient, isBroken: boolean): void;
}

export function sharedPool(pool: pg.Pool): SharedPool {
  const waiting: (() => void)[] = [];
  let allowed = atFirst;
  let taken = 0;
  let timer: NodeJS.Timeout | null = null;

  function next(): void {
    while (waiting.length > 0 && (taken < allowed || allowed >= pool.options.max)) {
      taken += 1;
      waiting.shift()!();
    }
    if (timer) clearTimeout(timer);
    timer = waiting.length > 0 ? setTimeout(grow, patienceMs) : null;
  }

  function grow(): void {
    allowed += 1;
    next();
  }

  function free(): void {
    taken -= 1;
    // Those that nobody used for a while are closed.
    if (taken === 0) allowed = Math.max(atFirst, pool.totalCount);
    next();
  }

  return {
    async take() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) next();
      });
      try {
        return await pool.connect();
      } catch (error) {
        free();
        throw error;
      }
    },
    giveBack(client, isBroken) {
      client.release(isBroken);
      free();
    },
  };
}
