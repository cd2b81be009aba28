// Ids, times and names in the form Calendly writes them.
import { randomBytes, randomUUID } from 'node:crypto';

export const uuid = (): string => randomUUID();

/** UTC ISO-8601 with microseconds, as everywhere in the API: `2026-11-24T15:00:00.000000Z`. */
export function micros(at: Date | number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

/** Like `micros`, with the last three digits a real clock would show. */
export function stamp(at: Date | number = Date.now()): string {
  const tail = String(Math.floor(Math.random() * 1000)).padStart(3, '0');
  return new Date(at).toISOString().replace('Z', `${tail}Z`);
}

/** Envelopes of real deliveries carry whole seconds, which may lie before the change's own microseconds. */
export function wholeSecond(at: number = Date.now()): string {
  return micros(Math.floor(at / 1000) * 1000);
}

/** The bare id at the end of a URI, which is what path parameters take. */
export function tail(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1);
}

export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug || 'meeting';
}

export const secret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Three base64url parts starting with `eyJ`, as long as the tokens people paste. */
export function jwtLike(subject: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'https://auth.calendly.com',
    iat: Math.floor(Date.now() / 1000),
    jti: uuid(),
    user_uuid: tail(subject),
  };
  return `${part({ kid: secret(16), typ: 'PAT', alg: 'ES256' })}.${part(claims)}.${secret(64)}`;
}
