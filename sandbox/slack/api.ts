// The Web API over HTTP: who calls, with which arguments, may they, what went wrong on purpose, and the ledger of it all.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Codes } from './account.ts';
import { refuse } from './chat.ts';
import type { Fault } from './faults.ts';
import { isTeam } from './grants.ts';
import { answerJson, answerText, flatHeaders, parseObject, readBody } from './http.ts';
import type { Hub } from './hub.ts';
import { methods } from './methods.ts';
import type { Team } from './team.ts';
import type { ApiCall, Json } from './types.ts';

const HTML = '<!DOCTYPE html><html><head><title>Slack</title></head><body><h1>Server Error</h1></body></html>';

/** Arguments that travel as JSON text in form bodies. */
const NESTED = ['blocks', 'attachments', 'metadata', 'view'];

/** The decoded arguments of a request, wherever they stand; `kind` says how the body was written. */
export function readArguments(
  req: IncomingMessage,
  body: Buffer,
): { args: Json; kind: 'json' | 'form' | 'bad'; charset: boolean; basic?: Json } {
  const type = String(req.headers['content-type'] ?? '');
  const args: Json = {};
  const query = req.url?.indexOf('?') ?? -1;
  if (query >= 0) for (const [key, value] of new URLSearchParams(req.url?.slice(query))) args[key] = plainValue(value);
  if (type.startsWith('application/json')) {
    const given = body.length === 0 ? {} : parseObject(body.toString('utf8'));
    if (!given) return { args, kind: 'bad', charset: true };
    return { args: decodeNested({ ...args, ...given }), kind: 'json', charset: /charset/i.test(type) };
  }
  for (const [key, value] of new URLSearchParams(body.toString('utf8'))) args[key] = plainValue(value);
  return { args: decodeNested(args), kind: 'form', charset: true };
}

/** The app's own id and secret, as OAuth lets them travel. */
function basicAuth(req: IncomingMessage): Json {
  const text = /^Basic (.+)$/i.exec(req.headers.authorization ?? '')?.[1];
  const [id, secret] = text ? Buffer.from(text, 'base64').toString('utf8').split(':').map(decodeURIComponent) : [];
  return id && secret ? { client_id: id, client_secret: secret } : {};
}

const plainValue = (value: string): unknown => (value === 'true' ? true : value === 'false' ? false : value);

function decodeNested(args: Json): Json {
  for (const key of NESTED) {
    const value = args[key];
    if (typeof value !== 'string') continue;
    try {
      args[key] = JSON.parse(value);
    } catch {
      // Left as it came: the method says that it is not what it should be.
    }
  }
  return args;
}

export function createApi(hub: Hub, codes: Codes) {
  const buckets = new Map<string, { tokens: number; at: number }>();

  /** Slack lets a few messages through at once and then one a second in each channel. */
  function isTooFast(team: Team, args: Json): boolean {
    const key = `${team.id} ${String(args.channel)}`;
    const now = Date.now();
    const bucket = buckets.get(key) ?? { tokens: hub.limits.burst, at: now };
    bucket.tokens = Math.min(hub.limits.burst, bucket.tokens + (now - bucket.at) / 1000);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }

  /** What Slack answers; sets the status to 429 for a real rate limit. */
  function answerFor(call: ApiCall, given: ReturnType<typeof readArguments>): Json {
    const { method, token, args } = call;
    if (method === 'oauth.v2.access') return codes.exchange(hub, { ...given.basic, ...args });
    if (method === 'apps.connections.open') {
      if (token === hub.appToken) return { ok: true, url: hub.sockets.open(hub.url) };
      return refuse(!token ? 'not_authed' : hub.grants.holderOf(token) ? 'not_allowed_token_type' : 'invalid_auth');
    }
    const known = methods.get(method);
    if (!known) return refuse('unknown_method', { req_method: method });
    if (given.kind === 'bad') return refuse('invalid_json');
    if (!token) return refuse('not_authed');
    if (token === hub.appToken) return refuse('not_allowed_token_type');
    const team = hub.grants.use(token, args);
    if (!isTeam(team)) return team;
    const own = given.kind === 'json' && !known.json ? {} : args;
    const needed = known.scopes(team, own);
    if (needed.length > 0 && !needed.some((scope) => team.scopes.includes(scope))) {
      return refuse('missing_scope', { needed: needed.join(','), provided: team.scopes.join(',') });
    }
    if (method === 'chat.postMessage' && hub.limits.onePerSecondPerChannel && isTooFast(team, args)) {
      call.status = 429;
      return refuse('ratelimited');
    }
    const answer = known.run(hub, team, own);
    if (given.charset) return answer;
    const warnings = { warnings: ['missing_charset'] };
    return {
      ...answer,
      warning: 'missing_charset',
      response_metadata: { ...(answer.response_metadata as Json), ...warnings },
    };
  }

  /** Also where the token no longer works. */
  function teamIdOf(token: string, args: Json): string | null {
    const used = hub.grants.use(token, args);
    return isTeam(used) ? used.id : (hub.grants.holderOf(token)?.id ?? null);
  }

  function headersFor(call: ApiCall): Record<string, string> {
    const team = call.team ? hub.teams.get(call.team) : undefined;
    return {
      ...(team ? { 'x-oauth-scopes': team.scopes.join(',') } : {}),
      ...(call.status === 429 ? { 'retry-after': '1' } : {}),
    };
  }

  return async function handle(req: IncomingMessage, res: ServerResponse, method: string): Promise<void> {
    const body = await readBody(req);
    const given = { ...readArguments(req, body), basic: basicAuth(req) };
    const { token: inBody, ...args } = given.args;
    const bearer = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1];
    // Slack does not look for a token inside JSON.
    const token = bearer ?? (inBody && given.kind === 'form' ? String(inBody) : null);
    const call: ApiCall = {
      at: Date.now(),
      method,
      token,
      team: token ? teamIdOf(token, args) : null,
      args,
      headers: hub.keepLedger ? flatHeaders(req) : {},
      status: 200,
      answer: {},
      accepted: false,
    };
    await withFaults(
      hub,
      res,
      call,
      () => {
        call.answer = answerFor(call, given);
        call.accepted = call.answer.ok === true;
      },
      () => answerJson(res, call.status, call.answer, headersFor(call)),
    );
  };
}

/** Writes a call down, and does what it asks unless a fault stands in the way; then answers, unless a fault does. */
export async function withFaults(
  hub: Hub,
  res: ServerResponse,
  call: ApiCall,
  perform: () => void,
  answer: () => void,
): Promise<void> {
  if (hub.keepLedger) hub.ledger.push(call);
  if (hub.latencyMs > 0) await sleep(hub.latencyMs);
  const fault = hub.faults.isDown ? DOWN : hub.faults.take(call.method, call.args.channel);
  if (fault?.kind === 'delay') await sleep(fault.ms);
  if (fault && stopsBefore(fault, res, call)) {
    count(hub, call);
    hub.changed();
    return;
  }
  perform();
  count(hub, call);
  if (call.accepted && hub.faults.onAccepted) await hub.faults.onAccepted(call);
  if (fault?.kind === 'accept-then-reset') {
    call.status = 0;
    res.destroy();
  } else if (fault?.kind === 'accept-then-hang') call.status = 0;
  else if (fault?.kind === 'accept-then-500') {
    call.status = 500;
    answerText(res, 500, 'Internal Server Error');
  } else answer();
  hub.changed();
}

const DOWN: Fault = { method: '*', kind: 'http', status: 503, body: 'Service Unavailable' };

/** Faults under which Slack does nothing; true when this was one. */
function stopsBefore(fault: Fault, res: ServerResponse, call: ApiCall): boolean {
  switch (fault.kind) {
    case 'http':
      call.status = fault.status;
      answerText(res, fault.status, fault.body ?? '', 'text/plain', fault.headers);
      return true;
    case 'error':
      call.answer = { ok: false, error: fault.error, ...fault.extra };
      answerJson(res, 200, call.answer);
      return true;
    case 'ratelimited':
      call.status = 429;
      call.answer = { ok: false, error: 'ratelimited' };
      answerJson(res, 429, call.answer, { 'retry-after': String(fault.retryAfter) });
      return true;
    case 'html200':
      answerText(res, 200, HTML, 'text/html');
      return true;
    case 'reset-before':
      call.status = 0;
      res.destroy();
      return true;
    case 'hang':
      call.status = 0;
      return true;
    default:
      return false;
  }
}

function count(hub: Hub, call: ApiCall): void {
  const counted = hub.counts.get(call.method) ?? { calls: 0, accepted: 0 };
  counted.calls += 1;
  if (call.accepted) counted.accepted += 1;
  hub.counts.set(call.method, counted);
}
