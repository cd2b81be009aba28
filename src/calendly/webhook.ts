// Where changes come in: find the hook, verify the raw bytes, name the change, keep it, and only then answer 200.

import { type Arrival, ofAnother } from '../booking/intake.ts';
import type { Clock } from '../clock.ts';
import type { Hook } from '../connection/connection.ts';
import { type Logger, sparingly } from '../log.ts';
import { canaryEvent } from './canary.ts';
import { keyOf } from './payload.ts';
import { verifySignature } from './signature.ts';

export interface WebhookRequest {
  /** The secret part of the URL. */
  urlToken: string;
  contentType: string | undefined;
  signature: string | undefined;
  body: Buffer;
}

export interface WebhookAnswer {
  status: 200 | 400 | 401 | 404 | 415 | 503;
  text: string;
}

export interface WebhookDeps {
  hookByUrlToken(urlToken: string): Promise<Hook | null>;
  /** Rejects by itself where that takes long (see intake). */
  keep(arrival: Arrival): Promise<boolean>;
  /** The OAuth app's present keys: a hook made with an earlier one is signed with these once Calendly has changed it. */
  appKeys?: readonly string[];
  /** Called when a message for another account was put aside: what Calendly's list says of this one is looked at. */
  onDoubt?: (hook: Hook) => void;
  clock: Clock;
  log: Logger;
}

/** One body for every reason: whoever is not Calendly learns nothing. */
const unauthorized: WebhookAnswer = { status: 401, text: 'unauthorized' };
/** Calendly repeats after a 503, so nothing is lost while we cannot keep. */
const unavailable: WebhookAnswer = { status: 503, text: 'cannot keep it now, please repeat' };
const kept: WebhookAnswer = { status: 200, text: 'kept' };

/**
 * Looking up the hook and keeping may each wait for the database: together no longer than this. What hangs may yet be kept; its repetition is a duplicate.
 * Where nothing has to be looked up, keeping has a limit of its own.
 */
const patienceMs = 1_700;

/** How long a hook is remembered before it is looked up again, milliseconds, and how many are. */
const rememberMs = 10_000;
const rememberAtMost = 10_000;

/**
 * Answers one webhook. 200 once kept, also for a duplicate, an unknown event or a paused connection: correctly signed is never 4xx, since
 * Calendly disables a hook after 24 hours of failures. Old signatures are kept and flagged. Never throws.
 */
export function webhookEndpoint(deps: WebhookDeps): (request: WebhookRequest) => Promise<WebhookAnswer> {
  const { appKeys = [] } = deps;
  const known = new Map<string, { hook: Hook; until: number }>();
  const sayUnread = sparingly();
  const sayUnkept = sparingly();

  function remembered(urlToken: string): Hook | null {
    const found = known.get(urlToken);
    return found && found.until > deps.clock.now() ? found.hook : null;
  }

  async function lookUp(urlToken: string): Promise<Hook | null> {
    const hook = await deps.hookByUrlToken(urlToken);
    known.delete(urlToken);
    if (!hook) return null;
    if (known.size >= rememberAtMost) known.delete(known.keys().next().value!);
    known.set(urlToken, { hook, until: deps.clock.now() + rememberMs });
    return hook;
  }

  return answer;

  async function answer({ urlToken, contentType, signature, body }: WebhookRequest): Promise<WebhookAnswer> {
    const until = performance.now() + patienceMs;
    let hook = remembered(urlToken);
    const isRemembered = hook !== null;
    try {
      hook ??= await before(until, lookUp(urlToken));
    } catch (error) {
      sayUnread((more) => deps.log.error({ err: error, more }, 'a webhook came while the database could not be read'));
      return unavailable;
    }
    if (!hook) return { status: 404, text: 'not found' };
    const verified = verifySignature({
      header: signature,
      rawBody: body,
      keys: [hook.signingKey, ...appKeys],
      now: deps.clock.now(),
    });
    if (!verified.ok) return unauthorized;
    if (!/^application\/json\b/i.test(contentType ?? '')) return { status: 415, text: 'expected application/json' };
    const envelope = keyOf(jsonOf(body));
    if (!envelope) return { status: 400, text: 'expected a webhook in JSON' };
    // Our own question whether the way in is open: nothing happened that could be kept.
    if (envelope.event === canaryEvent) return { status: 200, text: envelope.key };
    if (verified.age !== 'fresh')
      deps.log.warn(
        { hook: hook.id, age: verified.age, signedAt: verified.signedAt },
        'a webhook with an unusual time was kept',
      );
    const isOfAnother = ({ creator }: Hook) =>
      appKeys.includes(verified.key) && namesAnother(creator, envelope.createdBy);
    try {
      // What is remembered of the hook may be older than what a check has found out since.
      const doubt =
        isOfAnother(hook) && isOfAnother((await before(until, lookUp(urlToken))) ?? hook) ? ofAnother : null;
      const keeping = deps.keep({
        installationId: hook.installationId,
        connectionId: hook.connectionId,
        event: envelope.event,
        key: envelope.key,
        body,
        source: 'hook',
        signedAt: verified.signedAt,
        signatureAge: verified.age,
        ...(doubt ? { doubt } : {}),
      });
      const isNew = await (isRemembered && !doubt ? keeping : before(until, keeping));
      if (doubt && isNew) {
        deps.log.warn({ hook: hook.id, event: envelope.event }, `a message was put aside: ${doubt}`);
        deps.onDoubt?.(hook);
      }
      return kept;
    } catch (error) {
      sayUnkept((more) =>
        deps.log.error(
          { err: error, hook: hook.id, more },
          'a webhook could not be kept; Calendly was asked to repeat it',
        ),
      );
      return unavailable;
    }
  }
}

/**
 * With an OAuth app one key signs the messages of all accounts: that it fits says nothing of whose they are. Each names who made its hook
 * (`created_by`); a key of its own says as much already.
 */
const namesAnother = (creator: string | null, createdBy: string | null): boolean =>
  creator !== null && createdBy !== null && idIn(creator) !== idIn(createdBy);

const idIn = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

/** The work, or an error when the time has come first. */
async function before<T>(until: number, work: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error('the database does not answer in time')),
    Math.max(0, until - performance.now()),
  );
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
