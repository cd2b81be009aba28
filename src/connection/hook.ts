// A hook's life: made so that no crash leaves a stranger at Calendly, looked at, and let go.

import type { Clock } from '../clock.ts';
import { Outage, Refusal } from '../errors.ts';
import type {
  Calendly,
  CatchUp,
  Connection,
  ConnectionStore,
  Family,
  Hook,
  ListedUnder,
  RemoteHook,
} from './connection.ts';
import { familyEvents } from './connection.ts';
import { pairIn } from './pair.ts';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the verbs of the bond need. */
export interface BondDeps {
  store: ConnectionStore;
  calendly: Calendly;
  /** Where the world reaches us; null when nobody said. Without it there are no hooks. */
  publicUrl: URL | null;
  clock: Clock;
  newId(): string;
  /** A fresh secret, safe in a URL: at least 128 random bits in letters, digits, `-` and `_`. */
  newSecret(): string;
  /** Sends a signed message to an address of ours, the way Calendly's take; never throws. Left out, nobody walks it. */
  walkIn?: (address: string, signingKey: string) => Promise<{ ok: true } | { ok: false; sentence: string }>;
  /** Null or absent without an OAuth app: then all tokens are personal ones. */
  signedIn?: {
    /** Ends a sign-in; see token.ts. */
    tokens: { discard(token: string, why: 'disconnected' | 'replaced'): Promise<void> };
    signingKey: string | null;
  } | null;
  /** Left out, nobody looks for what was missed. */
  catchUp?: CatchUp;
  log?: Log;
}

/** How a hook stands at Calendly. */
export type HookHealth = 'well' | 'retrying' | 'disabled' | 'missing' | 'moved' | 'foreign' | 'other_events';

export interface Seen {
  hook: Hook;
  health: HookHealth;
  remote: RemoteHook | null;
}

/** So long a hook whose row was kept may be on its way to Calendly; milliseconds. */
export const makingForMs = 60_000;

const deadTokenCodes = new Set([
  'token_invalid',
  'token_expired',
  'token_revoked',
  'token_v1',
  'sign_in_ended',
  'sign_in_lost',
  'sign_in_unreadable',
]);

/** True when Calendly says that a token will not work again. */
export function isDeadToken(error: unknown): error is Refusal {
  return error instanceof Refusal && deadTokenCodes.has(error.code);
}

/** The address Calendly calls for a hook. */
export function hookUrl(publicUrl: URL, urlToken: string): string {
  return `${addressOfHooks(publicUrl)}${urlToken}`;
}

/** The secret part of a callback URL, when that URL is one of ours; else null. */
export function urlTokenIn(publicUrl: URL, callbackUrl: string): string | null {
  const start = addressOfHooks(publicUrl);
  const rest = callbackUrl.startsWith(start) ? callbackUrl.slice(start.length) : '';
  return /^[\w-]+$/.test(rest) ? rest : null;
}

function addressOfHooks(publicUrl: URL): string {
  return `${publicUrl.origin}${publicUrl.pathname.replace(/\/+$/, '')}/calendly/webhooks/`;
}

/** Where the hooks of a connection are listed. */
export function listedUnder(connection: Connection): ListedUnder {
  const { organizationUri: organization, scope, userUri, group } = connection;
  if (scope === 'user') return { organization, scope, user: userUri };
  return scope === 'group' && group !== null
    ? { organization, scope, group: group.uri }
    : { organization, scope: 'organization' };
}

/** How a sentence names a connection: Calendly names are foreign text, so nothing that a messenger could read as markup is left. */
export function nameOf(connection: Connection): string {
  const label = cleanName(connection.label ?? '');
  if (label !== '') return `the Calendly account “${label}”`;
  const name = cleanName(connection.userName);
  return name === '' ? 'the Calendly account' : `the Calendly account of ${name}`;
}

/** What may stand of a foreign name in a sentence of ours. */
export const cleanName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{M}\p{N} .,'’()-]/gu, '')
    .trim()
    .slice(0, 80);

export function hookKeeper(deps: BondDeps) {
  const { store, calendly, clock, log } = deps;

  /**
   * Registers a hook of this family at a fresh address. Its row is kept before Calendly is asked, so that a message that comes at once is
   * accepted and a crash leaves a row that the next check adopts. Throws what Calendly's refusal or outage was; then neither a row nor a
   * hook is left, but where Calendly's answer got lost and cannot be looked up: that row stays `making` for the next check.
   */
  async function make(connection: Connection, family: Family, publicUrl: URL): Promise<Hook> {
    const made = await makeInstead(connection, family, publicUrl, null);
    if (made === null) throw new Error('nobody else could have begun it');
    return made;
  }

  /** The same in place of these; null when somebody else, perhaps in another process, has begun one meanwhile. */
  async function makeInstead(
    connection: Connection,
    family: Family,
    publicUrl: URL,
    instead: readonly Hook[] | null,
  ): Promise<Hook | null> {
    try {
      return await attempt(connection, family, publicUrl, instead);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'hook_exists') throw error;
      // The address is taken. Ours is random, so once more with another one is the whole cure.
      return await attempt(connection, family, publicUrl, instead);
    }
  }

  async function attempt(
    connection: Connection,
    family: Family,
    publicUrl: URL,
    instead: readonly Hook[] | null,
  ): Promise<Hook | null> {
    const hook = await newRow(connection, family, instead);
    if (hook === null) return null;
    const url = hookUrl(publicUrl, hook.urlToken);
    let remote: RemoteHook;
    try {
      remote = await calendly.createHook(connection.token, {
        url,
        events: familyEvents[family],
        ...listedUnder(connection),
        ...(appKeyFor(connection) === null ? { signingKey: hook.signingKey } : {}),
      });
    } catch (error) {
      const found = await findAfter(error, connection, url);
      if (found === null) await store.removeHook(hook.installationId, hook.id);
      if (found === null || found === 'unknown') throw error;
      remote = found;
    }
    return await keep(connection, hook, remote);
  }

  /** One key signs all hooks made by signing in (developer.calendly.com, webhook signatures); with a personal token each hook has its own. */
  function appKeyFor({ token }: Connection): string | null {
    return pairIn(token) === null ? null : (deps.signedIn?.signingKey ?? null);
  }

  async function newRow(connection: Connection, family: Family, instead: readonly Hook[] | null): Promise<Hook | null> {
    const { installationId, id: connectionId } = connection;
    const hook: Hook = {
      installationId,
      id: deps.newId(),
      connectionId,
      family,
      urlToken: deps.newSecret(),
      signingKey: appKeyFor(connection) ?? deps.newSecret(),
      calendlyUri: null,
      creator: null,
      state: 'making',
      retryStartedAt: null,
      createdAt: clock.now(),
      retiredAt: null,
    };
    const now = clock.now();
    const young = { from: now - makingForMs, to: now + makingForMs };
    const others = instead && { of: instead.map(({ id }) => id), young };
    return (await store.addHook(hook, others ?? undefined)) ? hook : null;
  }

  /** After a failed creation: the hook that is there nevertheless, null when there surely is none, `unknown` when nobody can tell. */
  async function findAfter(
    error: unknown,
    connection: Connection,
    url: string,
  ): Promise<RemoteHook | null | 'unknown'> {
    // A clear no made nothing; only "exists already" and a lost answer leave a doubt.
    if (error instanceof Refusal && error.code !== 'hook_exists') return null;
    if (error instanceof Outage && error.code === 'rate_limited') return null;
    try {
      const listed = await calendly.listHooks(connection.token, listedUnder(connection));
      return listed.find((one) => one.callbackUrl === url) ?? null;
    } catch (lookup) {
      log?.warn({ connectionId: connection.id, err: lookup }, 'could not look up whether a hook was made');
      return error instanceof Refusal ? null : 'unknown';
    }
  }

  async function keep(connection: Connection, hook: Hook, remote: RemoteHook): Promise<Hook> {
    const kept = { calendlyUri: remote.uri, creator: remote.creator, state: 'active' as const };
    try {
      await store.updateHook(hook.installationId, hook.id, kept);
    } catch (error) {
      await undo(connection, { ...hook, ...kept });
      throw error;
    }
    log?.info({ connectionId: connection.id, hookId: hook.id, family: hook.family }, 'registered a hook');
    return { ...hook, ...kept };
  }

  /** Takes a hook back that was made in vain; best effort on both sides. */
  async function undo(connection: Connection, hook: Hook): Promise<void> {
    const atCalendly = hook.calendlyUri === null ? [] : [calendly.deleteHook(connection.token, hook.calendlyUri)];
    for (const result of await Promise.allSettled([...atCalendly, store.removeHook(hook.installationId, hook.id)])) {
      if (result.status === 'rejected')
        log?.warn({ hookId: hook.id, err: result.reason }, 'could not take back a hook');
    }
  }

  /**
   * Deletes a hook at Calendly (best effort) and retires its row, which still accepts what is under way. Answers whether Calendly's side
   * is gone; where it is not, the row keeps its URI, and the next checks delete it.
   */
  async function release(connection: Connection, hook: Hook): Promise<boolean> {
    let gone = true;
    try {
      if (hook.calendlyUri !== null) await calendly.deleteHook(connection.token, hook.calendlyUri);
    } catch (error) {
      gone = false;
      log?.warn({ hookId: hook.id, err: error }, 'could not delete a hook at Calendly');
    }
    const set = { state: 'retired' as const, retiredAt: clock.now(), ...(gone ? { calendlyUri: null } : {}) };
    await store.updateHook(hook.installationId, hook.id, set);
    return gone;
  }

  /** Asks Calendly how a hook stands. `listed` helps where the same address has got another URI. Throws what Calendly throws. */
  async function look(
    connection: Connection,
    hook: Hook,
    publicUrl: URL,
    listed: readonly RemoteHook[] = [],
  ): Promise<Seen> {
    const url = hookUrl(publicUrl, hook.urlToken);
    const known = hook.calendlyUri === null ? null : await calendly.getHook(connection.token, hook.calendlyUri);
    const remote = known ?? listed.find((one) => one.callbackUrl === url) ?? null;
    return { hook, remote, health: healthOf(connection, hook, remote, url) };
  }

  return { make, makeInstead, undo, release, look };
}

function healthOf(connection: Connection, hook: Hook, remote: RemoteHook | null, url: string): HookHealth {
  if (remote === null) return 'missing';
  if (remote.callbackUrl !== url) return 'moved';
  if (isOfOthers(connection, remote)) return 'foreign';
  if (remote.state === 'disabled') return 'disabled';
  const wanted = familyEvents[hook.family];
  if (remote.events.length !== wanted.length || !wanted.every((event) => remote.events.includes(event)))
    return 'other_events';
  return remote.retryStartedAt === null ? 'well' : 'retrying';
}

/** It would bring the messages of somebody else, and not those of this account. */
function isOfOthers(connection: Connection, remote: RemoteHook): boolean {
  const wanted = listedUnder(connection);
  const differs = (is: string | null, should: string) => is !== null && idIn(is) !== idIn(should);
  return (
    differs(remote.organization, wanted.organization) ||
    differs(remote.scope, wanted.scope) ||
    (wanted.user !== undefined && differs(remote.user, wanted.user)) ||
    (wanted.group !== undefined && differs(remote.group, wanted.group))
  );
}

const idIn = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

/** Hooks that should be alive: not retired, and known to Calendly as far as we know. */
export function isLive(hook: Hook): boolean {
  return hook.retiredAt === null && hook.state !== 'making';
}
