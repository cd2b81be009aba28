// The door of the API and of OAuth: faults, outages, rate limits and the ledger of calls stand here, before any endpoint.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, internal } from './answers.ts';
import type { makeApi } from './api.ts';
import { edgePage, type Faults } from './faults.ts';
import { type Answer, type Json, parseObject, readText, send } from './http.ts';
import { makeLimiter, type RateLimit } from './limits.ts';
import type { OAuth } from './oauth.ts';
import type { TokenBook } from './tokens.ts';

/** One request as it came in. `status` stays 0 while unanswered, and for good when a fault swallowed the answer. */
export type ApiCall = {
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  token: string | null;
  user: string | null;
  body: Json;
  status: number;
};

export type Front = {
  api: ReturnType<typeof makeApi>;
  oauth: OAuth;
  tokens: TokenBook;
  faults: Faults;
  rateLimit: RateLimit;
  calls: ApiCall[];
  latencyMs: () => number;
  isDown: () => boolean;
  changed: (isWrite: boolean) => void;
};

const unavailable: Answer = { status: 503, body: edgePage };

export function makeFront(front: Front) {
  const count = makeLimiter(front.rateLimit);

  return async function serve(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const method = req.method ?? 'GET';
    const text = await readText(req);
    const call = note(method, url, req, text);
    const fault = front.isDown() ? undefined : front.faults.take(method, url.pathname);
    if (fault === 'hang') return;
    if (fault === 'reset') return void req.socket.resetAndDestroy();
    const delay = front.latencyMs() + (typeof fault === 'object' && 'delayMs' in fault ? fault.delayMs : 0);
    if (delay > 0) await sleep(delay);
    const { answer, headers } = decide(call, req, url, text, fault);
    if (fault === 'reset-after') {
      front.changed(true);
      return void req.socket.resetAndDestroy();
    }
    call.status = answer.status;
    send(res, answer, headers);
    front.changed(method !== 'GET');
  };

  function note(method: string, url: URL, req: IncomingMessage, text: string): ApiCall {
    const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? null;
    const form = req.headers['content-type']?.includes('urlencoded');
    const call: ApiCall = {
      at: Date.now(),
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      token,
      user: token === null ? null : (front.tokens.find(token)?.user ?? null),
      body: form ? Object.fromEntries(new URLSearchParams(text)) : parseObject(text),
      status: 0,
    };
    front.calls.push(call);
    front.changed(false);
    return call;
  }

  function decide(call: ApiCall, req: IncomingMessage, url: URL, text: string, fault: unknown) {
    if (front.isDown()) return { answer: unavailable, headers: {} };
    if (call.path.startsWith('/oauth/') || call.path.startsWith('/.well-known/')) {
      return { answer: faulty(fault) ?? signIn(call, req, url, text), headers: {} };
    }
    const { allowed, headers } = count(call.user ?? call.token ?? 'nobody');
    const spoiled = faulty(fault);
    if (spoiled) return { answer: spoiled, headers };
    // Only the status and the headers of a 429 are documented; nobody has seen a body.
    if (!allowed) return { answer: { status: 429 }, headers };
    return { answer: attempt(call, url), headers };
  }

  function attempt(call: ApiCall, url: URL): Answer {
    const { method, path, body, token: bearer } = call;
    try {
      return front.api({ method, path, query: url.searchParams, body, bearer });
    } catch (error) {
      if (error instanceof ApiError) return error.answer;
      console.error(error);
      return internal().answer;
    }
  }

  function signIn(call: ApiCall, req: IncomingMessage, url: URL, text: string): Answer {
    const form = new URLSearchParams(text);
    switch (`${call.method} ${call.path}`) {
      case 'GET /oauth/authorize':
        return front.oauth.authorizePage(url.searchParams);
      case 'POST /oauth/authorize':
        return front.oauth.decide(
          new URLSearchParams(form.get('request') ?? ''),
          form.get('user') ?? '',
          form.get('answer') === 'allow',
        );
      case 'POST /oauth/token':
        return front.oauth.token(form, req.headers.authorization);
      case 'POST /oauth/revoke':
        return front.oauth.revoke(form);
      case 'POST /oauth/introspect':
        return front.oauth.introspect(form);
      case 'GET /.well-known/oauth-authorization-server':
        return front.oauth.discovery();
      default:
        return { status: 404, body: { error: 'not_found' } };
    }
  }
}

/** The answer a fault gives in place of the real one. */
function faulty(fault: unknown): Answer | undefined {
  if (fault === 'html') return { status: 502, body: edgePage };
  return typeof fault === 'object' && fault !== null && 'status' in fault ? (fault as Answer) : undefined;
}
