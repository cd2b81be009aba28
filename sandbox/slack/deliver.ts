// Brings what happened in Slack to the app, over HTTP or Socket Mode, and reports how the app answered.
import * as http from 'node:http';
import * as https from 'node:https';
import { isObject } from './checks.ts';
import { orgOf } from './grants.ts';
import type { Hub } from './hub.ts';
import { signatureHeaders } from './signature.ts';
import type { Team } from './team.ts';
import { makeId } from './team.ts';
import type { Ack, Answered, Json } from './types.ts';

const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

export interface RawAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Sends one request; an idle connection that the app had just closed is not held against it. */
export function send(
  url: string,
  o: { method?: string; headers: Record<string, string>; body: string | Buffer; signal?: AbortSignal },
): Promise<RawAnswer> {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const req = (secure ? https : http).request(
      target,
      {
        method: o.method ?? 'POST',
        headers: { ...o.headers, 'content-length': Buffer.byteLength(o.body) },
        agent: secure ? agents['https:'] : agents['http:'],
        ...(o.signal ? { signal: o.signal } : {}),
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (req.reusedSocket && error.code === 'ECONNRESET') resolve(send(url, o));
      else reject(error);
    });
    req.end(o.body);
  });
}

type Kind = Answered['kind'];

/** One delivery: waits for the app's acknowledgement, no longer than Slack would. */
export async function deliver(
  hub: Hub,
  kind: Kind,
  payload: Json,
  retry?: { num: number; reason: string },
): Promise<Ack> {
  const started = performance.now();
  const ms = () => performance.now() - started;
  const abort = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort.abort();
  }, hub.ackTimeoutMs);
  try {
    if (hub.sockets.connections > 0) {
      const more = kind === 'events_api' ? { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' } : {};
      const late = new Promise<never>((_, reject) => {
        abort.signal.addEventListener('abort', () => reject(abort.signal.reason));
      });
      const answer = await Promise.race([hub.sockets.send(kind, payload, more), late]);
      const empty = typeof answer !== 'object' || answer === null || Object.keys(answer).length === 0;
      return keepAnswer(hub, kind, { status: 200, body: empty ? '' : answer, ms: ms(), timedOut });
    }
    if (!hub.appUrl) return { status: 0, body: '', ms: ms(), timedOut };
    const { body, contentType } = encode(kind, payload);
    const answer = await send(`${hub.appUrl}/slack/events`, {
      headers: {
        'content-type': contentType,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        accept: '*/*',
        ...signatureHeaders(hub.signingSecret, body),
        ...(retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {}),
      },
      body,
      signal: abort.signal,
    });
    return keepAnswer(hub, kind, {
      status: answer.status,
      body: decode(answer),
      ms: ms(),
      timedOut,
      ...noRetry(answer),
    });
  } catch {
    return { status: 0, body: '', ms: ms(), timedOut };
  } finally {
    clearTimeout(timer);
  }
}

function keepAnswer(hub: Hub, kind: Kind, ack: Ack): Ack {
  const said = typeof ack.body === 'string' && ack.body ? { text: ack.body } : ack.body;
  if (hub.keepLedger && ack.status === 200 && isObject(said)) hub.answers.push({ kind, body: said });
  return ack;
}

const noRetry = (answer: RawAnswer) => (answer.headers['x-slack-no-retry'] === '1' ? { noRetry: true } : {});

function encode(kind: Kind, payload: Json): { body: string; contentType: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
  return { body: new URLSearchParams(fields).toString(), contentType: 'application/x-www-form-urlencoded' };
}

function decode(answer: RawAnswer): unknown {
  if (!String(answer.headers['content-type']).includes('json')) return answer.body;
  try {
    return JSON.parse(answer.body);
  } catch {
    return answer.body;
  }
}

/** Wraps an inner event and sends it; with `retry` it is sent again, later, until the app answers 2xx. */
export async function sendEvent(
  hub: Hub,
  team: Team,
  inner: Json,
  o: {
    retry?: boolean;
    eventId?: string /** It was installed in the whole organization. */;
    ofOrg?: boolean;
    at?: number;
  } = {},
): Promise<Ack> {
  const at = o.at ?? Date.now();
  const { enterprise_id, is_enterprise_install: installedInAll } = orgOf(team);
  const is_enterprise_install = o.ofOrg || installedInAll;
  const payload: Json = {
    token: 'sandbox-verification-token',
    team_id: team.id,
    context_team_id: team.id,
    ...(enterprise_id ? { enterprise_id } : {}),
    context_enterprise_id: enterprise_id,
    api_app_id: hub.appId,
    event: { event_ts: `${(at / 1000).toFixed(3)}000`, ...inner },
    type: 'event_callback',
    event_id: o.eventId ?? makeId('Ev'),
    event_time: Math.floor(at / 1000),
    is_ext_shared_channel: false,
    event_context: '4-sandbox',
    authorizations: [{ enterprise_id, team_id: team.id, user_id: team.botUserId, is_bot: true, is_enterprise_install }],
  };
  const first = await deliver(hub, 'events_api', payload);
  if (o.retry) again(hub, payload, first, 1);
  return first;
}

function again(hub: Hub, payload: Json, last: Ack & { noRetry?: boolean }, num: number): void {
  const wait = hub.eventRetryMs[num - 1];
  if ((last.status >= 200 && last.status < 300) || last.noRetry || wait === undefined) return;
  if (!hub.appUrl && hub.sockets.connections === 0) return;
  const reason = last.timedOut ? 'http_timeout' : last.status === 0 ? 'connection_failed' : 'http_error';
  hub.later(wait, () => {
    void deliver(hub, 'events_api', payload, { num, reason }).then((next) => again(hub, payload, next, num + 1));
  });
}
