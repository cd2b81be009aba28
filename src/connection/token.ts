// A token that works: whatever a connection carries becomes what Calendly accepts, renewed once even if many ask at the same time.

import { setTimeout as delay } from 'node:timers/promises';
import { Outage, Refusal } from '../errors.ts';
import type { Log } from './hook.ts';
import { type Death, type Granted, type Pair, type PairName, type PairStore, pairIn, tokenNamed } from './pair.ts';

/** Calendly's sign-in endpoints; what they throw stands in calendly/oauth.ts. */
export interface OAuth {
  /** Where to send somebody, and the secret that proves later that the code came to us. */
  authorize(state: string, scopes: readonly string[]): Promise<{ url: URL; verifier: string }>;
  /** `scopes`: what was asked for. */
  exchange(answer: {
    params: URLSearchParams;
    state: string;
    verifier: string;
    scopes: readonly string[];
  }): Promise<Granted>;
  renew(refresh: string): Promise<Granted>;
  revoke(token: string): Promise<void>;
}

export interface Tokens {
  /**
   * What to send to Calendly for the token of a connection. `refused`: what was sent before, and Calendly did not accept; then another one, or
   * the same for a personal access token, of which there is no other. Throws Refusal sign_in_ended, sign_in_lost, sign_in_off, client_refused;
   * Outage.
   */
  tokenOf(token: string, refused?: string): Promise<string>;
  /** Keeps what a sign-in gave, and answers the name under which a connection carries it. */
  keep(installationId: string, granted: Granted): Promise<string>;
  /**
   * Ends a pair here and, as far as Calendly can be reached, there; nothing happens to a personal access token. `replaced`: the account goes on
   * with another sign-in, which must not end with this one.
   */
  discard(token: string, why: 'disconnected' | 'replaced'): Promise<void>;
  /** Renews what ends soon, finds renewals that a crash cut short, and clears away pairs nobody uses. */
  tend(): Promise<void>;
  /** Waits until renewals under way are recorded: one that is cut off is lost. */
  settle(): Promise<void>;
}

export interface TokensDeps {
  store: PairStore;
  /** Null when no OAuth app is configured (any more). */
  oauth: OAuth | null;
  newSecret(): string;
  /** A pair has died: its connection should be looked at, and its owner told. */
  onDeath?: (token: string) => void;
  log?: Log;
  /** For tests; milliseconds. */
  pace?: Partial<typeof usualPace>;
}

/** Milliseconds. */
const usualPace = {
  /** Shorter than this, an access token is renewed before it is used … */
  marginMs: 60_000,
  /** … and this long before its end, it is renewed without anybody asking. */
  soonMs: 10 * 60_000,
  /** Whoever began to renew so long ago is dead: one call and its recording take less than half of it. */
  staleMs: 30_000,
  /** How long somebody waits for another process to renew. */
  patienceMs: 15_000,
  lookAgainMs: 40,
  /** After a renewal that came to nothing: Calendly allows eight token requests a minute for each user. */
  restMs: 15_000,
  /** A sign-in under way has no connection yet. */
  orphanMs: 15 * 60_000,
  /** How long an answer in hand is tried to be kept while the database cannot be reached. */
  keepForMs: 15_000,
};

export function tokens(deps: TokensDeps): Tokens {
  const { store, oauth, log } = deps;
  const pace = { ...usualPace, ...deps.pace };
  const underWay = new Map<string, Promise<void>>();
  /** Said once by each process: looked at again each minute, it stays unreadable. */
  const saidUnreadable = new Set<string>();

  async function tokenOf(token: string, refused?: string): Promise<string> {
    const name = pairIn(token);
    if (name === null) return token;
    const until = performance.now() + pace.patienceMs;
    let tried: number | null = null;
    for (;;) {
      const pair = await store.read(name);
      if (pair === null) throw hasEnded();
      if (pair.dead !== null) throw deaths[pair.dead]();
      const isUsable = pair.access !== refused && pair.leftMs > 0;
      const isFresh = isUsable && pair.leftMs > Math.min(pace.marginMs, pair.lifeMs / 4);
      // What was renewed just now is as fresh as it gets, and what still works serves while another process renews it.
      if (isFresh || (tried !== null && (isUsable || pair.generation > tried))) return pair.access;
      if (performance.now() > until) throw resting(pace.restMs);
      tried ??= pair.generation;
      try {
        await renewOnce(pair);
      } catch (error) {
        // It still works for a moment: whoever asks need not hear of the trouble yet.
        if (isUsable && !isDeath(error)) return pair.access;
        throw error;
      }
    }
  }

  /** One renewal at a time in this process, shared by all who ask; where another process is at it, one look later. */
  function renewOnce(pair: Pair): Promise<void> {
    const key = tokenNamed(pair);
    const running = underWay.get(key);
    if (running) return running;
    const work = renew(pair, deps.newSecret()).finally(() => underWay.delete(key));
    underWay.set(key, work);
    return work;
  }

  async function renew(pair: Pair, attempt: string): Promise<void> {
    if (oauth === null) throw off();
    if (pair.waitMs > 0) throw resting(pair.waitMs);
    const right = await store.claim(pair, pair.generation, attempt, pace.staleMs);
    if (right === null) return await delay(pace.lookAgainMs);
    let granted: Granted;
    try {
      granted = await oauth.renew(pair.refresh);
    } catch (error) {
      throw await notRenewed(pair, attempt, right.unsure, error);
    }
    const isKept = await keepTrying(() => store.renewed(pair, pair.generation, granted));
    // Disconnected meanwhile: nobody would ever end the new pair.
    if (!isKept && (await store.read(pair)) === null) await end(granted);
  }

  async function notRenewed(pair: Pair, attempt: string, unsure: boolean, error: unknown): Promise<unknown> {
    if (error instanceof Refusal && error.code === 'grant_refused') {
      const why: Death = unsure ? 'lost' : 'refused';
      await store.died(pair, attempt, why);
      log?.error({ installation: pair.installationId, why }, 'a sign-in at Calendly has ended');
      deps.onDeath?.(tokenNamed(pair));
      return deaths[why]();
    }
    const mayBeSpent = !(error instanceof Refusal) && !(error instanceof Outage && sureOutages.has(error.code));
    const waitMs = (error instanceof Outage ? error.retryAfterMs : null) ?? pace.restMs;
    await store.failed(pair, attempt, { unsure: mayBeSpent, waitMs });
    log?.warn({ installation: pair.installationId, err: error, mayBeSpent }, 'a sign-in could not be renewed');
    return error;
  }

  /** The refresh token is spent by now, so its successor must not be lost to a database that is away for a moment. */
  async function keepTrying<T>(write: () => Promise<T>): Promise<T> {
    const until = performance.now() + pace.keepForMs;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (performance.now() > until) throw error;
        log?.warn({ err: error }, 'a renewed sign-in could not be kept; trying again');
        await delay(200);
      }
    }
  }

  async function end({ access, refresh }: Pick<Granted, 'access' | 'refresh'>): Promise<void> {
    if (oauth === null) return;
    // The refresh token first: it is the one that would live on.
    for (const token of [refresh, access]) {
      try {
        await oauth.revoke(token);
      } catch (error) {
        log?.warn({ err: error }, 'Calendly did not confirm that a sign-in has ended');
      }
    }
  }

  async function discard(token: string, why: 'disconnected' | 'replaced'): Promise<void> {
    const name = pairIn(token);
    const pair = name === null ? null : await store.read(name);
    if (name === null || pair === null) return;
    // Whether Calendly ends one sign-in or all of that user's is not documented: a younger one must survive.
    const mayEnd = pair.dead === null && (why === 'disconnected' || !(await store.hasTwin(name)));
    if (mayEnd) await end(pair);
    await store.remove(name);
  }

  async function tend(): Promise<void> {
    for (const name of await store.due(pace.soonMs, pace.staleMs)) await tendOne(name);
    for (const name of await store.orphans(pace.orphanMs)) await discard(tokenNamed(name), 'replaced');
  }

  async function tendOne(name: PairName): Promise<void> {
    try {
      const pair = await store.read(name);
      if (pair?.dead === 'unreadable') sayUnreadable(name);
      else if (pair !== null && pair.dead === null) await renewOnce(pair);
    } catch (error) {
      // Whatever is wrong with one, the others go on.
      if (error instanceof Refusal || error instanceof Outage)
        log?.info({ installation: name.installationId, code: error.code }, 'a sign-in was not renewed in advance');
      else log?.error({ installation: name.installationId, err: error }, 'a sign-in could not be looked after');
    }
  }

  function sayUnreadable(name: PairName): void {
    const token = tokenNamed(name);
    if (saidUnreadable.has(token)) return;
    saidUnreadable.add(token);
    log?.error(
      { installation: name.installationId },
      'a sign-in that is kept cannot be read; is its ENCRYPTION_KEY gone?',
    );
    deps.onDeath?.(token);
  }

  return {
    tokenOf,
    async keep(installationId, granted) {
      const name = { installationId, id: deps.newSecret() };
      await keepTrying(() => store.add(name, granted));
      return tokenNamed(name);
    },
    discard,
    tend,
    async settle() {
      await Promise.allSettled(underWay.values());
    },
  };
}

/** Outages after which the refresh token is as good as before. */
const sureOutages = new Set(['rate_limited', 'calendly_unreachable']);

const signInAgain = 'Type {command} connect and sign in again; your subscriptions stay.';
const hasEnded = () =>
  new Refusal(
    `Calendly no longer accepts this sign-in: it was ended there, or the account’s e-mail, password or way to sign in changed. ${signInAgain}`,
    { code: 'sign_in_ended' },
  );
const wasLost = () =>
  new Refusal(
    `The sign-in at Calendly was lost: Calendly renewed it just when I was cut off, so the new one never reached my memory, and the old one no longer works. ${signInAgain}`,
    { code: 'sign_in_lost' },
  );
const isUnreadable = () =>
  new Refusal(
    `I can no longer read the sign-in at Calendly that I kept: it is damaged, or its key is no longer in ENCRYPTION_KEY. ${signInAgain}`,
    { code: 'sign_in_unreadable' },
  );
const deaths: Record<Death | 'unreadable', () => Refusal> = {
  refused: hasEnded,
  lost: wasLost,
  unreadable: isUnreadable,
};

function isDeath(error: unknown): boolean {
  return error instanceof Refusal && (error.code === 'sign_in_ended' || error.code === 'sign_in_lost');
}

function off(): Refusal {
  return new Refusal(
    'This account was connected by signing in, and this app no longer has the settings for that. Whoever runs this app has to set CALENDLY_CLIENT_ID, CALENDLY_CLIENT_SECRET and CALENDLY_WEBHOOK_SIGNING_KEY again; or type {command} connect and paste a personal access token.',
    { code: 'sign_in_off' },
  );
}

function resting(waitMs: number): Outage {
  return new Outage('Calendly did not renew this sign-in just now. I try again by myself; try again in a minute.', {
    code: 'sign_in_waits',
    retryAfterMs: waitMs,
  });
}
