// In front of Bolt: is a request really from Slack, and is its body something that can be answered at all?

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';

export interface Incoming {
  headers: IncomingHttpHeaders;
  rawBody: Buffer;
  secret: string;
  /** UTC milliseconds. */
  now: number;
}

/** `pass`: on to Bolt, as this content type. Otherwise this answer, and nobody else sees the request. */
export type Verdict = { pass: true; contentType: string } | { pass: false; status: number; error: string | null };

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const TOLERANCE_SECONDS = 5 * 60;

const stop = (status: number, error: string | null = null): Verdict => ({ pass: false, status, error });

export function admit(incoming: Incoming): Verdict {
  // Bolt wants the bare media type: with a charset behind it a form is read as JSON.
  const contentType = (incoming.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (contentType !== FORM && contentType !== JSON_TYPE) return stop(415, 'unsupported media type');
  const form = contentType === FORM ? parse(incoming.rawBody.toString('utf8')) : null;
  const isCheck = form?.ssl_check !== undefined;
  // Slack's certificate check comes unsigned. It says nothing else; with anything else in it, it must be signed like all the rest.
  const isBareCheck = isCheck && Object.keys(form).every((key) => key === 'ssl_check' || key === 'token');
  if (!isBareCheck && !isSigned(incoming)) return stop(401, 'unauthorized');
  if (isCheck) return stop(200);
  const body = form ? formBody(form) : json(incoming.rawBody.toString('utf8'));
  if (body === null) return stop(400, 'malformed body');
  // What neither Bolt nor we know is taken and dropped: Slack would only repeat it.
  return isKnown(body)
    ? { pass: true, contentType }
    : stop(isBroken(body) ? 400 : 200, isBroken(body) ? 'malformed body' : null);
}

/** Slack's v0 signature over the raw bytes, not older and not newer than five minutes; compared in constant time. */
function isSigned({ headers, rawBody, secret, now }: Incoming): boolean {
  const timestamp = String(headers['x-slack-request-timestamp'] ?? '');
  const given = Buffer.from(String(headers['x-slack-signature'] ?? ''));
  const expected = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`,
  );
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  const isFresh = /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
  return secret !== '' && same && isFresh;
}

type Body = Record<string, unknown>;

function formBody(form: Body): Body | null {
  if (form.payload === undefined) return form;
  return typeof form.payload === 'string' ? json(form.payload) : null;
}

function json(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const interactions = new Set([
  'block_actions',
  'interactive_message',
  'dialog_submission',
  'shortcut',
  'message_action',
  'view_submission',
  'view_closed',
  'block_suggestion',
]);

/** The shapes Bolt takes without stumbling over a missing part. */
function isKnown(body: Body): boolean {
  if (body.type === 'url_verification') return typeof body.challenge === 'string';
  if (body.event !== undefined)
    return isObject(body.event) && typeof body.event.type === 'string' && hasPlainParts(body.event);
  if (body.command !== undefined)
    return typeof body.command === 'string' && typeof body.team_id === 'string' && typeof body.user_id === 'string';
  if (!interactions.has(String(body.type)) || !isObject(body.user)) return false;
  if (body.type === 'view_submission' || body.type === 'view_closed')
    return isObject(body.view) && typeof body.view.callback_id === 'string';
  if (body.type === 'block_actions')
    return Array.isArray(body.actions) && isObject(body.actions[0]) && typeof body.actions[0].action_id === 'string';
  if (body.type === 'block_suggestion') return typeof body.action_id === 'string';
  if (body.type === 'interactive_message') return Array.isArray(body.actions) && isObject(body.actions[0]);
  return typeof body.callback_id === 'string';
}

/** Bolt looks into both. */
function hasPlainParts({ channel, user }: Body): boolean {
  return [channel, user].every((part) => part === undefined || typeof part === 'string' || isObject(part));
}

/** One of ours by its name, but not by its parts. */
function isBroken(body: Body): boolean {
  return (
    body.event !== undefined ||
    body.command !== undefined ||
    interactions.has(String(body.type)) ||
    body.type === 'url_verification'
  );
}
