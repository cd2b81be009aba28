// Plays Calendly's sender: signed webhooks over kept-alive connections, repeated until each is acknowledged, and all of it written down.

import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { sign } from '../../sandbox/calendly/payloads.ts';
import type { Mail } from './mail.ts';

/** One answer, or none: status 0. Times are of performance.now(). */
export interface Heard {
  at: number;
  status: number;
  /** How long it took, milliseconds. */
  ms: number;
}

export interface Sender {
  /** By key. */
  sent: Map<string, Mail>;
  /** By key: when the first 2xx came. */
  acked: Map<string, number>;
  answers: Heard[];
  /** Keys that were tried for `patienceMs` and never acknowledged. */
  givenUp: Set<string>;
  /**
   * Sends them all, each again until it is acknowledged; resolves when all are, or were given up.
   * `copies` sends each so many times at once, each copy until acknowledged; `resign` with signatures of different times.
   */
  deliver(
    mails: Iterable<Mail>,
    o?: { perSecond?: number; copies?: (mail: Mail) => number; resign?: boolean },
  ): Promise<void>;
  /** One try, whatever comes of it; written down like the others. */
  once(mail: Mail, url?: string): Promise<Heard>;
  /** Sends new ones until told to stop; `stop` resolves when all that were sent are acknowledged, or were given up. */
  flow(make: (i: number) => Mail, o?: { perSecond?: number }): { stop(): Promise<void> };
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Where the app may be; with several, each try goes to the next one, as behind a load balancer. */
  urls: () => readonly string[];
  path: string;
  signingKey: string;
  /** Connections. */
  parallel?: number;
  /** Between two tries: Calendly takes minutes, a test cannot wait for. Milliseconds. */
  retryMs?: number;
  /** Calendly's own patience for one answer, milliseconds. */
  timeoutMs?: number;
  /** And for all tries of one: Calendly's day, made short. Milliseconds. */
  patienceMs?: number;
}

export function sender(o: SenderOptions): Sender {
  const { parallel = 24, retryMs = 150, timeoutMs = 15_000, patienceMs = 60_000 } = o;
  const pools = new Map<string, Pool>();
  const sent = new Map<string, Mail>();
  const acked = new Map<string, number>();
  const answers: Heard[] = [];
  const givenUp = new Set<string>();
  let turn = 0;
  let closed = false;

  function poolFor(url: string): Pool {
    const known = pools.get(url);
    if (known) return known;
    const pool = new Pool(url, {
      connections: parallel,
      pipelining: 1,
      connect: { timeout: 5_000 },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    pools.set(url, pool);
    return pool;
  }

  async function once(mail: Mail, url?: string, t?: number): Promise<Heard> {
    sent.set(mail.key, mail);
    const urls = o.urls();
    turn += 1;
    const to = url ?? urls[turn % urls.length]!;
    const from = performance.now();
    let status = 0;
    const { path, signingKey } = mail.to ?? o;
    try {
      const { statusCode, body } = await poolFor(to).request({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          'calendly-webhook-signature': sign(signingKey, mail.body, t ?? mail.t),
        },
        body: mail.body,
      });
      status = statusCode;
      await body.dump();
    } catch {
      // Status 0 says it: no answer, or not a whole one.
    }
    const at = performance.now();
    const heard = { at, status, ms: at - from };
    answers.push(heard);
    if (status >= 200 && status < 300 && !acked.has(mail.key)) acked.set(mail.key, at);
    return heard;
  }

  async function untilAcked(mail: Mail, t?: number): Promise<void> {
    const until = performance.now() + patienceMs;
    while (!closed) {
      if (performance.now() > until) return void givenUp.add(mail.key);
      const { status } = await once(mail, undefined, t);
      if (status >= 200 && status < 300) return;
      await pause(retryMs * (0.5 + Math.random()));
    }
  }

  /** Takes the next one whenever fewer than `parallel` are under way, or at the given rate. */
  async function pump(next: () => Mail | undefined, send: (mail: Mail) => Promise<unknown>, perSecond?: number) {
    const underWay = new Set<Promise<unknown>>();
    const start = performance.now();
    for (let i = 0; !closed; i++) {
      if (perSecond !== undefined) {
        const wait = start + (i * 1_000) / perSecond - performance.now();
        if (wait > 1) await pause(wait);
      } else if (underWay.size >= parallel) await Promise.race(underWay);
      const mail = next();
      if (!mail) break;
      const work: Promise<unknown> = send(mail).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
  }

  return {
    sent,
    acked,
    answers,
    givenUp,
    once: (mail, url) => once(mail, url),
    deliver(mails, { perSecond, copies, resign } = {}) {
      const iterator = mails[Symbol.iterator]();
      const send = (mail: Mail) => {
        const now = Math.floor(Date.now() / 1_000);
        const times = Array.from({ length: copies?.(mail) ?? 1 }, (_, i) => (resign ? now - i : mail.t));
        return Promise.all(times.map((t) => untilAcked(mail, t)));
      };
      return pump(() => iterator.next().value, send, perSecond);
    },
    flow(make, { perSecond } = {}) {
      let stopped = false;
      let i = 0;
      const done = pump(() => (stopped ? undefined : make(i++)), untilAcked, perSecond);
      return {
        stop() {
          stopped = true;
          return done;
        },
      };
    },
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** @param q between 0 and 1 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
