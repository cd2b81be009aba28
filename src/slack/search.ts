// Finds a post of unknown outcome again in a channel's history, by the opaque attempt id in its metadata.

import { type Pool, request } from 'undici';
import { z } from 'zod';
import type { Found, Search } from '../delivery/write.ts';

/** The servers of Slack that stamp messages and answers may differ, and a try may leave a while after it was noted; milliseconds. */
const margin = 120_000;
const perPage = 100;
const mostPages = 10;
/** A look-up holds its channel's lease, which ends after 30 s: the search gives up well before, milliseconds. */
const wholeSearchMs = 12_000;

const page = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z.object({ event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
      }),
    )
    .optional(),
  has_more: z.boolean().optional(),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Codes that will be the same at the next try. */
const forbidden = new Set([
  'missing_scope',
  'not_in_channel',
  'channel_not_found',
  'no_permission',
  'access_denied',
  'ekm_access_denied',
  'not_allowed_token_type',
  'method_not_supported_for_channel_type',
]);

/**
 * Reads the channel from its newest message back (a thread from its first one on). `absent` only after reading to the end, or surely to before the
 * attempt by Slack's own clock; anything less is `unknown`.
 * https://docs.slack.dev/reference/methods/conversations.history (scope channels:history or groups:history)
 */
export async function findPost(
  search: Search,
  slack: { apiUrl: URL; token: string; dispatcher?: Pool; timeoutMs: number; searchMs?: number },
): Promise<Found> {
  const start = performance.now();
  const end = start + (slack.searchMs ?? wholeSearchMs);
  const tooSlow: Found = { kind: 'unknown', reason: 'the search took too long', retryAfterMs: null };
  let from: number | null = null;
  let cursor = '';
  for (let read = 0; read < mostPages; read++) {
    const left = Math.floor(end - performance.now());
    if (left <= 0) return tooSlow;
    // Without `oldest`: Slack's time, which says how far back to read, comes with the first page only. It is also what makes the newest come first.
    const form = new URLSearchParams({
      channel: search.channel,
      include_all_metadata: 'true',
      limit: String(perPage),
      ...(search.threadTs ? { ts: search.threadTs } : {}),
      ...(cursor ? { cursor } : {}),
    });
    const method = search.threadTs ? 'conversations.replies' : 'conversations.history';
    const { status, retryAfterMs, slackNow, body } = await ask(new URL(method, slack.apiUrl), form, {
      ...slack,
      timeoutMs: Math.min(slack.timeoutMs, left),
    });
    if (status === 0 && performance.now() >= end) return tooSlow;
    if (status === 429)
      return {
        kind: 'unknown',
        reason: 'Slack limits how often a channel may be read',
        retryAfterMs: retryAfterMs ?? 60_000,
      };
    const answer = page.safeParse(body);
    if (!answer.success) return { kind: 'unknown', reason: `Slack answered ${status} to the search`, retryAfterMs };
    const { ok, error = 'unknown_error', messages = [], has_more, response_metadata } = answer.data;
    if (!ok)
      return forbidden.has(error)
        ? { kind: 'forbidden', reason: `I may not read this channel to look for the message (${error}).` }
        : { kind: 'unknown', reason: error, retryAfterMs: null };
    const found = messages.find((message) => message.metadata?.event_payload?.id === search.attemptId);
    if (found) return { kind: 'found', ts: found.ts };
    if (!has_more) return { kind: 'absent' };
    from ??= windowStart(search, slackNow, performance.now() - start);
    // A thread's oldest come first: it is read whole.
    if (!search.threadTs && messages.some((message) => Number(message.ts) * 1_000 < from!)) return { kind: 'absent' };
    cursor = response_metadata?.next_cursor ?? '';
    if (!cursor) return { kind: 'unknown', reason: 'the history ended too soon', retryAfterMs: null };
  }
  // It only grows: the next search would not come further.
  return { kind: 'forbidden', reason: 'Too much was written in this channel since to look for the message.' };
}

/**
 * Slack's time, UTC milliseconds, that is surely before the attempt. Counted back from Slack's own now, so that no two clocks need to agree; never later
 * than our clock said at the attempt, in case it was set back since. Where Slack does not say its time, nothing is sure: the beginning.
 */
function windowStart({ triedAt, ageMs }: Search, slackNow: number | null, elapsedMs: number): number {
  if (slackNow === null) return 0;
  return Math.min(slackNow - elapsedMs - ageMs, triedAt) - margin;
}

async function ask(
  url: URL,
  form: URLSearchParams,
  slack: { token: string; dispatcher?: Pool; timeoutMs: number },
): Promise<{ status: number; retryAfterMs: number | null; slackNow: number | null; body: unknown }> {
  try {
    const response = await request(url, {
      method: 'POST',
      ...(slack.dispatcher ? { dispatcher: slack.dispatcher } : {}),
      headers: { authorization: `Bearer ${slack.token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal: AbortSignal.timeout(slack.timeoutMs),
    });
    const seconds = Number(response.headers['retry-after']);
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
    const date = Date.parse(String(response.headers.date));
    const slackNow = Number.isNaN(date) ? null : date;
    const text = await response.body.text();
    const body = response.statusCode === 200 ? jsonOf(text) : null;
    return { status: response.statusCode, retryAfterMs, slackNow, body };
  } catch {
    return { status: 0, retryAfterMs: null, slackNow: null, body: null };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
