// Slack's errors as our three: what a failed call of the Web API means to the person who waits for it.

import type { Logger } from 'pino';
import { Gone, Outage, Refusal } from '../errors.ts';

/** Slack's refusals, in words. `{command}` and `{bot}` are filled in where they are shown. */
const refusals: Record<string, string> = {
  expired_trigger_id: 'Slack closed the window before I could open it. Please try again.',
  exchanged_trigger_id: 'That click was already used. Please try again.',
  invalid_trigger_id: 'Slack closed the window before I could open it. Please try again.',
  channel_not_found: 'I cannot see this channel. Type `/invite` {bot} here, then try again.',
  not_in_channel: 'I am not in this channel. Type `/invite` {bot} here, then try again.',
  is_archived: 'This channel is archived. Unarchive it, or use another channel.',
  restricted_action: 'This channel does not let apps post. A workspace admin can change its posting permissions.',
  restricted_action_read_only_channel:
    'This channel is read-only for apps. A workspace admin can change its posting permissions.',
  method_not_supported_for_channel_type:
    'I cannot join this channel by myself. Type `/invite` {bot} here, then try again.',
  user_not_found:
    'Slack does not know you in this workspace. Please try again from the workspace where I am installed.',
  not_found: 'That window is no longer open. Please try again.',
};

/** Answers to a token that is no good. */
export const broken = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);
const unwell = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'org_login_required',
  'accesslimited',
]);

/** What a failed call means. The SDK's errors are told apart by their code, not by their class: a 429 without Retry-After has none. */
export function failureOf(method: string, error: unknown, log: Logger): Refusal | Outage | Gone {
  const { code, data, retryAfter } = (error ?? {}) as {
    code?: string;
    data?: Record<string, unknown>;
    retryAfter?: number;
  };
  const said = code === 'slack_webapi_platform_error' && typeof data?.error === 'string' ? data.error : null;
  // A page of HTML with status 200 also arrives as an "error string": only short names are Slack's own words.
  const name = said !== null && /^[a-z_]{1,60}$/.test(said) ? said : null;
  if (name === null || unwell.has(name)) {
    log.warn({ method, code, slackError: name }, 'Slack did not answer a call');
    const wait = typeof retryAfter === 'number' ? retryAfter * 1000 : null;
    return new Outage('Slack did not answer me just now. Please try again in a minute.', {
      code: name ?? 'slack_unreachable',
      cause: error,
      retryAfterMs: wait,
    });
  }
  if (broken.has(name)) {
    log.error({ method, slackError: name }, 'Slack no longer accepts the bot token');
    return new Gone(
      'Slack no longer accepts my access to this workspace. A workspace admin needs to install me again.',
      { code: name, cause: error },
    );
  }
  if (name === 'missing_scope') {
    const needed =
      typeof data?.needed === 'string' && /^[a-z:._,]{1,200}$/.test(data.needed) ? data.needed : 'one more';
    log.error({ method, needed }, 'the Slack app lacks a permission');
    return new Refusal(
      `My Slack app lacks the permission \`${needed}\`. A workspace admin can add it and reinstall me.`,
      { code: name, cause: error },
    );
  }
  if (!Object.hasOwn(refusals, name))
    log.error({ method, slackError: name, hints: hintsOf(data) }, 'Slack refused a call');
  const sentence = Object.hasOwn(refusals, name)
    ? refusals[name]!
    : `Slack refused this (${name}). Please try again; if it stays, tell whoever runs this app.`;
  return new Refusal(sentence, { code: name, cause: error });
}

function hintsOf(data: Record<string, unknown> | undefined): unknown {
  return (data?.response_metadata as { messages?: unknown } | undefined)?.messages;
}
