// Finds a post of unknown outcome again in a channel's history, by the opaque attempt id in its metadata.

import { type Pool, request } from 'undici';
import { z } from 'zod';
import type { Found, Search } from '../delivery/write.ts';

/** Slack's clock and the database's may differ by this much, milliseconds. */
const skew = 120_000;
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
 * Reads the channel (or the thread) from shortly before the attempt. `absent` only after reading to the end; anything less is `unknown`.
 * https://docs.slack.dev/reference/methods/conversations.history (scope channels:history or groups:history)
 */
export async function findPost(
  search: Search,
  slack: { apiUrl: URL; token: string; dispatcher?: Pool; timeoutMs: number; searchMs?: number },
): Promise<Found> {
  const end = performance.now() + (slack.searchMs ?? wholeSearchMs);
  const tooSlow: Found = { kind: 'unknown', reason: 'the search took too long', retryAfterMs: null };
  let cursor = '';
  for (let read = 0; read < mostPages; read++) {
    const left = Math.floor(end - performance.now());
    if (left <= 0) return tooSlow;
    const form = new URLSearchParams({
      channel: search.channel,
      oldest: String((search.triedAt - skew) / 1_000),
      include_all_metadata: 'true',
      limit: String(perPage),
      ...(search.threadTs ? { ts: search.threadTs } : {}),
      ...(cursor ? { cursor } : {}),
    });
    const method = search.threadTs ? 'conversations.replies' : 'conversations.history';
    const { status, retryAfterMs, body } = await ask(new URL(method, slack.apiUrl), form, {
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
    cursor = response_metadata?.next_cursor ?? '';
    if (!has_more || !cursor)
      return has_more
        ? { kind: 'unknown', reason: 'the history ended too soon', retryAfterMs: null }
        : { kind: 'absent' };
  }
  return { kind: 'unknown', reason: 'the history is too long', retryAfterMs: null };
}

async function ask(
  url: URL,
  form: URLSearchParams,
  slack: { token: string; dispatcher?: Pool; timeoutMs: number },
): Promise<{ status: number; retryAfterMs: number | null; body: unknown }> {
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
    const text = await response.body.text();
    return { status: response.statusCode, retryAfterMs, body: response.statusCode === 200 ? jsonOf(text) : null };
  } catch {
    return { status: 0, retryAfterMs: null, body: null };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
