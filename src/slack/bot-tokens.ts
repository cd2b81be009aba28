// Bot tokens that end: renewed in good time, once even if many ask and in whichever process, since a refresh token is good once.

import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Grant, SlackOAuth } from './oauth.ts';

/** An installation's own token; see store/installations.ts. */
export interface Ending {
  id: string;
  teamId: string;
  botToken: string;
  generation: number;
  rotation: { refresh: string; leftMs: number; lifeMs: number } | null;
}

export interface RenewalStore<T extends Ending> {
  byTeam(teamId: string): Promise<T | null>;
  claimRenewal(id: string, generation: number, attempt: string, staleMs: number): Promise<boolean>;
  renewed(id: string, generation: number, granted: Pick<Grant, 'botToken' | 'rotation' | 'scopes'>): Promise<boolean>;
  giveBackRenewal(id: string, attempt: string): Promise<void>;
  markBroken(teamId: string, reason: string): Promise<void>;
}

/** Milliseconds. */
const usualPace = {
  /** Shorter than this, a token is renewed before it is used … */
  marginMs: 60_000,
  /** … and this long before its end, without anybody waiting. Slack's live twelve hours. */
  soonMs: 2 * 3_600_000,
  /** Whoever began to renew so long ago is dead. */
  staleMs: 30_000,
  patienceMs: 12_000,
  lookAgainMs: 50,
  /** After a renewal that came to nothing. */
  restMs: 15_000,
};

export const lost =
  'My token could not be renewed. A workspace admin needs to install the app again; nothing is lost, I continue where I stopped.';

export function botTokens<T extends Ending>(deps: {
  store: RenewalStore<T>;
  /** Null where no client is configured (any more): then tokens work until they end. */
  oauth: Pick<SlackOAuth, 'renew'> | null;
  newSecret(): string;
  /** Told whenever a fresher record was read. */
  remember(found: T): void;
  onLost(found: T): void;
  log: Logger;
  pace?: Partial<typeof usualPace>;
}) {
  const { store, oauth, log } = deps;
  const pace = { ...usualPace, ...deps.pace };
  const underWay = new Map<string, Promise<T>>();
  const restUntil = new Map<string, number>();
  /** When a record was read, by the clock that never jumps. */
  const readAt = new WeakMap<T, number>();

  const leftOf = (found: T) => {
    if (!found.rotation) return Number.POSITIVE_INFINITY;
    if (!readAt.has(found)) readAt.set(found, performance.now());
    return found.rotation.leftMs - (performance.now() - (readAt.get(found) ?? 0));
  };

  async function renew(found: T): Promise<T> {
    const until = performance.now() + pace.patienceMs;
    let now = found;
    while (performance.now() < until) {
      if (now.generation !== found.generation || !now.rotation || !oauth) return now;
      const attempt = deps.newSecret();
      if (await store.claimRenewal(now.id, now.generation, attempt, pace.staleMs)) {
        await ask(now, now.rotation.refresh, attempt);
        return (await again(now)) ?? now;
      }
      // Somebody else is at it.
      await delay(pace.lookAgainMs);
      now = (await again(now)) ?? now;
    }
    return now;
  }

  async function ask(found: T, refresh: string, attempt: string): Promise<void> {
    let granted: Grant;
    try {
      granted = await oauth!.renew(refresh);
    } catch (error) {
      restUntil.set(found.id, performance.now() + pace.restMs);
      await store.giveBackRenewal(found.id, attempt);
      if (error instanceof Refusal && error.code === 'grant_refused') {
        await store.markBroken(found.teamId, lost);
        deps.onLost(found);
      }
      log.warn({ installation: found.id, err: error }, 'a bot token could not be renewed');
      return;
    }
    const kept = await store.renewed(found.id, found.generation, granted);
    log.info({ installation: found.id, kept }, 'a bot token was renewed');
  }

  async function again(found: T): Promise<T | null> {
    const fresh = await store.byTeam(found.teamId);
    if (fresh) deps.remember(fresh);
    return fresh;
  }

  function renewOnce(found: T): Promise<T> {
    const running = underWay.get(found.id);
    if (running) return running;
    const work = renew(found).finally(() => underWay.delete(found.id));
    underWay.set(found.id, work);
    return work;
  }

  /** By the length of its life, so that short ones are not renewed all the time. */
  const isSoon = (found: T) => leftOf(found) < Math.min(pace.soonMs, (found.rotation?.lifeMs ?? 0) / 4);

  return {
    /** A token that works for now; the one there is where it cannot be renewed. */
    async tokenOf(found: T): Promise<string> {
      if (!found.rotation || !isSoon(found) || (restUntil.get(found.id) ?? 0) > performance.now())
        return found.botToken;
      const renewal = renewOnce(found);
      if (leftOf(found) > Math.min(pace.marginMs, found.rotation.lifeMs / 8)) {
        renewal.catch((error) => log.warn({ err: error }, 'a bot token was not renewed in advance'));
        return found.botToken;
      }
      return (await renewal).botToken;
    },
    /** Tries it whatever its age: Slack has said that it is no good. */
    async renewNow(found: T): Promise<T> {
      return found.rotation && oauth ? renewOnce(found) : found;
    },
    isSoon,
    async settle(): Promise<void> {
      await Promise.allSettled(underWay.values());
    },
  };
}
