// Is this really from Calendly: checks a webhook's signature over the raw bytes (pure).

import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedMessage {
  /** The header `Calendly-Webhook-Signature`, as it came. */
  header: string | undefined;
  /** The body's bytes, before any parsing: a re-serialised body has another signature. */
  rawBody: Buffer;
  /** The keys the hook may be signed with; empty ones never match. */
  keys: readonly string[];
  /** UTC milliseconds. */
  now: number;
}

/**
 * `age` is a remark, never a verdict: nobody knows whether Calendly renews `t` when it repeats a message, and a refused repeat would
 * end in a disabled hook. What was seen already is told by the change's key. `key`: the last of those it was signed with.
 */
export type Verdict = { ok: true; signedAt: number; age: 'fresh' | 'old' | 'future'; key: string } | { ok: false };

const oldAfterMs = 3 * 60_000;
const futureAfterMs = 5 * 60_000;
/** One signature is 64 digits; anything much longer than a handful of them is not Calendly's. */
const longestHeader = 1024;
const refused: Verdict = { ok: false };

/**
 * Verifies `t=<unix seconds>,v1=<hex>` with v1 = HMAC-SHA256(key as UTF-8 text, t + "." + raw body); several `v1` are accepted, so that a
 * rotation at Calendly's side cannot lock us out. Never throws. Source: developer.calendly.com, webhook signatures.
 */
export function verifySignature({ header, rawBody, keys, now }: SignedMessage): Verdict {
  const parts = parseHeader(header);
  if (parts === null) return refused;
  // Every key meets every signature, whatever was found before: the time taken tells nothing about which one matched.
  let matched = '';
  for (const key of keys) {
    // As the text it is sent as: a third quicker than bytes, which Node makes outside of its heap.
    const expected = Buffer.from(createHmac('sha256', key).update(`${parts.t}.`).update(rawBody).digest('hex'));
    for (const signature of parts.signatures) {
      matched = timingSafeEqual(expected, signature) && key !== '' ? key : matched;
    }
  }
  if (matched === '') return refused;
  const signedAt = Number(parts.t) * 1000;
  return { ok: true, signedAt, age: ageOf(signedAt, now), key: matched };
}

function ageOf(signedAt: number, now: number): 'fresh' | 'old' | 'future' {
  if (now - signedAt > oldAfterMs) return 'old';
  return signedAt - now > futureAfterMs ? 'future' : 'fresh';
}

/** `t` stays the text it was: it is part of what was signed. */
function parseHeader(header: string | undefined): { t: string; signatures: Buffer[] } | null {
  if (typeof header !== 'string' || header.length > longestHeader) return null;
  let t: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const text = part.trim();
    if (text.startsWith('t=')) {
      if (t !== null || !/^\d{1,12}$/.test(text.slice(2))) return null;
      t = text.slice(2);
    } else if (/^v1=[0-9a-f]{64}$/.test(text)) {
      signatures.push(Buffer.from(text.slice(3)));
    }
  }
  return t === null ? null : { t, signatures };
}
