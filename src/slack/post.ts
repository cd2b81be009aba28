// The one way out to Slack's channels: sends a write, and turns whatever comes back into our four outcomes.

import { hash } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import type { Messenger, Outcome, Write } from '../delivery/write.ts';
import type { Texts } from '../texts/index.ts';
import { render } from './messages/content.ts';
import { findPost } from './search.ts';

export interface SlackCall {
  method: 'chat.postMessage' | 'chat.update' | 'chat.delete';
  outcome: Outcome['kind'];
  /** Why it was not done: an error code or a few words; null when done. */
  why: string | null;
  /** From the first byte of ours to the last of theirs, waiting for a free connection included; milliseconds. */
  ms: number;
}

export interface SlackMessengerOptions {
  /** Slack's Web API, such as https://slack.com/api/. */
  apiUrl: URL;
  /** The bot token of an installation; null when there is none (any more). */
  tokenOf(installationId: string): Promise<string | null>;
  /** Slack user ids by e-mail address in lower case, of those who are known; takes little time, and never throws. */
  usersOf?(installationId: string, addresses: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The language of whoever reads a notice there; never throws. Cards bring theirs along. */
  textsOf?(installationId: string, channel: string): Promise<Texts>;
  userAgent?: string;
  /** For the whole call, waiting for a connection included. */
  timeoutMs?: number;
  /** Never told a token nor a message's words. */
  log?: { info: LogLine; warn: LogLine };
  onCall?(call: SlackCall): void;
}
type LogLine = (fields: object, message: string) => void;

/** What came back: an answer, or an error with whether the request may have left before it. */
export type Heard =
  | { status: number; headers: Record<string, string | string[] | undefined>; body: string }
  | { error: unknown; written: boolean };

// Slack repeats the whole message in its answer, with every character beyond ASCII as \uXXXX: six times its size at worst.
const ANSWER_MAX = 256 * 1024;
const CONNECTIONS = 32;
const DAY = 86_400_000;
const nobody: ReadonlyMap<string, string> = new Map();
const METHODS = { post: 'chat.postMessage', edit: 'chat.update', delete: 'chat.delete' } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Speaks HTTP itself instead of through Slack's SDK: a quarter of the work, and errors that tell whether the request had left. */
export function slackMessenger(options: SlackMessengerOptions): Messenger & { close(): Promise<void> } {
  const {
    apiUrl,
    tokenOf,
    usersOf,
    textsOf,
    userAgent = 'calendly-for-slack',
    timeoutMs = 10_000,
    log,
    onCall,
  } = options;
  // One request a connection at a time, so that a broken connection leaves one outcome unknown and not several.
  const pool = new Pool(apiUrl.origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: timeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const base = apiUrl.pathname.endsWith('/') ? apiUrl.pathname : `${apiUrl.pathname}/`;

  /** Only a card that calls its hosts needs to know who they are. */
  async function hostsOf({ op, installationId, content }: Write): Promise<ReadonlyMap<string, string>> {
    if (!usersOf || op === 'delete' || content.kind !== 'card') return nobody;
    try {
      if (content.card.mention.who !== 'host') return nobody;
      const addresses = content.card.hosts.map(({ email }) => email).filter((email) => email !== null);
      return addresses.length > 0 ? await usersOf(installationId, addresses) : nobody;
    } catch {
      // A card kept by an earlier version may lack a part: it is told where it is rendered.
      return nobody;
    }
  }

  /** Null for what has its own language, or needs none. */
  async function readerOf({ op, installationId, channel, content }: Write): Promise<Texts | null> {
    const isSaid = op !== 'delete' && (content.kind === 'notice' || content.kind === 'letters');
    return isSaid && textsOf ? textsOf(installationId, channel) : null;
  }

  /** Null: the message looks just so already, and Slack need not be asked. */
  async function attempt(write: Write, people: ReadonlyMap<string, string>, t: Texts | null): Promise<Outcome | null> {
    let token: string | null;
    let body: string;
    let seen: string | null;
    try {
      token = await tokenOf(write.installationId);
    } catch {
      return { kind: 'not_sent', reason: 'the bot token could not be read', retryAfterMs: null };
    }
    if (!token) return { kind: 'refused', error: 'no_token', detail: null, isUnasked: true };
    if (!/^[\x21-\x7e]+$/.test(token))
      return {
        kind: 'refused',
        error: 'invalid_auth',
        detail: 'the token has characters no token has',
        isUnasked: true,
      };
    try {
      const said = write.op === 'delete' ? null : render(write.content, { plain: write.plain, people, t });
      seen = said && hash('sha256', JSON.stringify(said), 'base64url').slice(0, 16);
      if (write.op === 'edit' && seen === write.seen) return null;
      body = JSON.stringify(bodyOf(write, said));
    } catch (error) {
      return {
        kind: 'refused',
        error: 'render_failed',
        detail: error instanceof Error ? error.name : null,
        isUnasked: true,
      };
    }
    const request: Dispatcher.DispatchOptions = {
      path: base + METHODS[write.op],
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': userAgent,
      },
      body,
    };
    const late = performance.now() + timeoutMs;
    const outcome = classify(await call(pool, request, timeoutMs, Math.min(late, write.notAfter ?? late)), write);
    return outcome.kind === 'done' && seen ? { ...outcome, seen } : outcome;
  }

  return {
    async send(write) {
      const method = METHODS[write.op];
      const people = await hostsOf(write);
      const t = await readerOf(write);
      const start = performance.now();
      const outcome = await attempt(write, people, t);
      if (!outcome)
        return {
          kind: 'done',
          ts: write.ts ?? '',
          channel: write.channel,
          isUnasked: true,
          ...(write.seen ? { seen: write.seen } : {}),
        };
      const ms = performance.now() - start;
      const why = whyOf(outcome);
      onCall?.({ method, outcome: outcome.kind, why, ms });
      if (outcome.kind !== 'done' && log) {
        const { installationId, channel, attemptId } = write;
        const detail = outcome.kind === 'refused' ? outcome.detail : null;
        const line = {
          method,
          installationId,
          channel,
          attemptId,
          outcome: outcome.kind,
          why,
          detail,
          ms: Math.round(ms),
        };
        if (outcome.kind === 'not_sent') log.info(line, 'Slack was not reached');
        else log.warn(line, 'Slack did not confirm a write');
      }
      return outcome;
    },
    async find(search) {
      const token = await tokenOf(search.installationId);
      return token
        ? findPost(search, { apiUrl, token, dispatcher: pool, timeoutMs })
        : { kind: 'unknown', reason: 'no token', retryAfterMs: null };
    },
    // Whoever closes has waited for what is under way: what still hangs is not worth waiting for.
    close: () => pool.destroy(),
  };
}

function whyOf(outcome: Outcome): string | null {
  if (outcome.kind === 'done') return null;
  return outcome.kind === 'refused' ? outcome.error : outcome.reason;
}

function bodyOf(write: Write, said: object | null): object {
  const { op, channel, ts } = write;
  if (op === 'delete') return { channel, ts };
  const message = {
    channel,
    ...said,
    parse: 'none',
    link_names: false,
  };
  // Blocks left out would stay as they were, or vanish: Slack's documentation has said both.
  if (op === 'edit') return { blocks: [], ...message, ts };
  const post = { ...message, thread_ts: write.threadTs ?? undefined, unfurl_links: false, unfurl_media: false };
  // The second try is as bare as can be, whatever it was that Slack could not read.
  if (write.plain) return post;
  return {
    ...post,
    // Whoever finds this message again knows which attempt it was. Anyone in the workspace can read it: nothing but the id.
    metadata: { event_type: 'booking_card', event_payload: { id: write.attemptId } },
    // Not documented for bots; where Slack heeds it, it refuses the same message twice.
    client_msg_id: UUID.test(write.attemptId) ? write.attemptId : undefined,
  };
}

/** undici calls `onRequestStart` right before it writes to a connected socket: an error before that means that nothing has left. */
function call(pool: Pool, request: Dispatcher.DispatchOptions, timeoutMs: number, notAfter: number): Promise<Heard> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let over = false;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    let size = 0;
    const chunks: Buffer[] = [];
    const end = (heard: Heard) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      resolve(heard);
    };
    const fail = (error: unknown) => {
      // A 429 or 503 is clear by its first line, even if the rest never comes.
      if (surelyNotDone(status)) end({ status, headers, body: '' });
      else end({ error, written: controller !== null });
    };
    const timer = setTimeout(() => {
      const late = tooLate('no answer in time');
      fail(late);
      controller?.abort(late);
    }, timeoutMs);
    try {
      pool.dispatch(request, {
        onRequestStart(started) {
          // Timed out while waiting for a connection: it must not leave any more. Where the whole process was frozen meanwhile, the timer has not told
          // yet, and by now somebody else may have sent the message.
          if (!over && performance.now() < notAfter) controller = started;
          else {
            const late = tooLate('timed out before it was sent');
            fail(late);
            started.abort(late);
          }
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(responding, chunk) {
          size += chunk.length;
          if (size <= ANSWER_MAX) return void chunks.push(chunk);
          const long = Object.assign(new Error('the answer is too long'), { code: 'TOO_LONG' });
          fail(long);
          responding.abort(long);
        },
        onResponseEnd: () => end({ status, headers, body: Buffer.concat(chunks).toString('utf8') }),
        onResponseError: (_controller, error) => fail(error),
      });
    } catch (error) {
      fail(error);
    }
  });
}

const tooLate = (words: string) => Object.assign(new Error(words), { code: 'TIMEOUT' });
const isLate = (error: unknown) => (error as { code?: unknown } | null)?.code === 'TIMEOUT';

const surelyNotDone = (status: number) => status === 429 || status === 503;

// Slack says of these that part of the work may have been done, or they speak of a message that may be there already.
const AMBIGUOUS = new Set(['internal_error', 'fatal_error', 'request_timeout', 'update_failed']);
const NOT_DONE = new Set(['ratelimited', 'rate_limited', 'service_unavailable']);

/** What an answer or an error means for this write (pure). See https://docs.slack.dev/reference/methods/chat.postMessage#errors. */
export function classify(heard: Heard, write: Pick<Write, 'op' | 'channel' | 'ts'>): Outcome {
  if ('error' in heard) {
    const reason = errorWords(heard.error);
    if (heard.written) return { kind: 'ambiguous', reason };
    const notSent = { kind: 'not_sent' as const, reason: `could not connect: ${reason}`, retryAfterMs: null };
    // Whoever waited too long, perhaps for one of our own connections, cannot say that nobody was there.
    return isLate(heard.error) ? notSent : { ...notSent, isOutage: true };
  }
  const { status } = heard;
  if (surelyNotDone(status)) return notDone(status === 429 ? 'ratelimited' : `HTTP ${status}`, heard);
  // A 408 says that the request did not come through whole; redirects and all other 5xx say nothing of what was done.
  if ((status >= 300 && status < 400) || status >= 500 || status === 408)
    return { kind: 'ambiguous', reason: `HTTP ${status}` };
  const answer = parse(heard.body);
  if (status >= 400) return { kind: 'refused', error: codeOf(answer) ?? `http_${status}`, detail: detailOf(answer) };
  if (answer?.ok === true) return done(answer, write);
  const error = answer?.ok === false ? codeOf(answer) : null;
  if (error === null)
    return { kind: 'ambiguous', reason: answer ? 'an answer of no meaning' : 'an answer that is not JSON' };
  if (NOT_DONE.has(error)) return notDone(error, heard);
  if (AMBIGUOUS.has(error) || error.startsWith('duplicate_')) return { kind: 'ambiguous', reason: error };
  return { kind: 'refused', error, detail: detailOf(answer) };
}

function done(answer: Json, write: Pick<Write, 'op' | 'channel' | 'ts'>): Outcome {
  const ts = typeof answer.ts === 'string' ? answer.ts : write.op === 'post' ? null : write.ts;
  const channel = typeof answer.channel === 'string' ? answer.channel : write.channel;
  // Shown, but nobody could ever edit it: better said than lost.
  return ts ? { kind: 'done', ts, channel } : { kind: 'ambiguous', reason: 'an answer without the message’s ts' };
}

function notDone(
  reason: string,
  { headers, status }: { headers: Record<string, string | string[] | undefined>; status: number },
): Outcome {
  const header = headers['retry-after'];
  const seconds = typeof header === 'string' && /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : null;
  // Slack always names a wait with a rate limit; where a proxy drops it, half a minute is what most of its limits need.
  const unsaid = status === 503 || reason === 'service_unavailable' ? null : 30_000;
  return {
    kind: 'not_sent',
    reason,
    retryAfterMs: seconds === null ? unsaid : Math.min(Math.ceil(seconds * 1000), DAY),
  };
}

type Json = Record<string, unknown>;

function parse(body: string): Json | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** Slack's error code; a sentence or a page in its place is none. */
function codeOf(answer: Json | null): string | null {
  const error = answer?.error;
  return typeof error === 'string' && /^[a-z0-9_.:-]{1,100}$/i.test(error) ? error : null;
}

/** `needed: …; provided: …` for missing scopes, or Slack's own notes, which name places in the blocks by JSON pointer. */
function detailOf(answer: Json | null): string | null {
  if (!answer) return null;
  const scopes = (['needed', 'provided'] as const)
    .filter((key) => typeof answer[key] === 'string')
    .map((key) => `${key}: ${answer[key]}`);
  const metadata = answer.response_metadata as Json | null | undefined;
  const messages = Array.isArray(metadata?.messages)
    ? metadata.messages.filter((each) => typeof each === 'string')
    : [];
  const detail = [...scopes, ...messages].join('; ');
  return detail === '' ? null : detail.slice(0, 500);
}

function errorWords(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code === 'TIMEOUT' || code === 'TOO_LONG') return String(message);
  return typeof code === 'string' ? code : 'the connection failed';
}
