// Pins the check of a webhook's signature: known vectors pass, every change to them fails, and age alone never does.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifySignature } from '../../src/calendly/signature.ts';
import file from '../fixtures/calendly/signature-vectors.json' with { type: 'json' };

const key = 'calendly-test-signing-key-0001';
const body = '{"event":"invitee.created"}';
const t = 1717171717;
const v1 = '93854c0e8135abac7a86647413288cf8ff031e6ea5dd094ae1dc653ceea8a257';
const header = `t=${t},v1=${v1}`;
const now = t * 1000;

const verify = (o: Partial<Parameters<typeof verifySignature>[0]> = {}) =>
  verifySignature({ header, rawBody: Buffer.from(body), keys: [key], now, ...o });
const sign = (secret: string, at: number | string, text: string | Buffer) =>
  createHmac('sha256', secret).update(`${at}.`).update(text).digest('hex');

const vectors = [
  ...file.vectors.map((one) => ({ ...one, header: one.header })),
  { signing_key: key, t, raw_body_utf8: body, header },
];

test.each(vectors)('accepts the known signature of t=$t', ({ signing_key, t: at, raw_body_utf8, header: given }) => {
  const verdict = verify({ header: given, rawBody: Buffer.from(raw_body_utf8), keys: [signing_key], now: at * 1000 });
  expect(verdict).toEqual({ ok: true, signedAt: at * 1000, age: 'fresh', key: signing_key });
});

describe('age is told, never refused', () => {
  test.each([
    [0, 'fresh'],
    [180_000, 'fresh'],
    [180_001, 'old'],
    [25 * 3_600_000, 'old'],
    [-300_000, 'fresh'],
    [-300_001, 'future'],
  ])('%d ms after signing: %s', (later, age) => {
    expect(verify({ now: now + later })).toEqual({ ok: true, signedAt: now, age, key });
  });
});

describe('accepts', () => {
  test('one right signature among several', () => {
    expect(verify({ header: `t=${t},v1=${'0'.repeat(64)},v1=${v1}` }).ok).toBe(true);
    expect(verify({ header: `t=${t},v1=${v1},v1=${'0'.repeat(64)}` }).ok).toBe(true);
  });
  test('one right key among several', () => {
    expect(verify({ keys: ['other', key] }).ok).toBe(true);
    expect(verify({ keys: [key, 'other'] }).ok).toBe(true);
    // An empty one beside it takes nothing away.
    const both = `t=${t},v1=${v1},v1=${sign('', t, body)}`;
    for (const keys of [
      [key, ''],
      ['', key],
    ])
      expect(verify({ header: both, keys })).toMatchObject({ ok: true, key });
  });
  test('spaces between the parts, another order, and parts of a later version', () => {
    expect(verify({ header: ` v1=${v1} , t=${t}, v2=abc` }).ok).toBe(true);
  });
});

describe('refuses', () => {
  test.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty header', ''],
    ['no time', `v1=${v1}`],
    ['no signature', `t=${t}`],
    ['two times', `t=${t},t=${t},v1=${v1}`],
    ['a time that is none', `t=${t}x,v1=${v1}`],
    ['a time with a sign', `t=-${t},v1=${v1}`],
    ['half a signature', `t=${t},v1=${v1.slice(0, 63)}`],
    ['more than a signature', `t=${t},v1=${v1}0`],
    ['another name', `t=${t},v0=${v1}`],
    ['another separator', `t=${t};v1=${v1}`],
    ['an endless header', `t=${t},v1=${v1}${',v1='.repeat(400)}`],
  ])('%s', (_name, given) => {
    expect(verify({ header: given })).toEqual({ ok: false });
  });
  test('no key at all, and an empty key even when it signed', () => {
    expect(verify({ keys: [] })).toEqual({ ok: false });
    expect(verify({ keys: [''], header: `t=${t},v1=${sign('', t, body)}` })).toEqual({ ok: false });
  });
  test.each(['', 'null', `x${t}`, `${t}x`, ` ${t}`, `${t}.5`, '1234567890123'])(
    'a time of “%s”, rightly signed',
    (at) => {
      expect(verify({ header: `t=${at},v1=${sign(key, at, body)}` })).toEqual({ ok: false });
      expect(verify({ header: `v1=${sign(key, at, body)}` })).toEqual({ ok: false });
    },
  );
  test('a signature with something before its name', () => {
    expect(verify({ header: `t=${t},xv1=${v1}` })).toEqual({ ok: false });
  });
  test('one character more than 1,024', () => {
    const filled = (length: number) => `${header},${'x'.repeat(length - header.length - 1)}`;
    expect(verify({ header: filled(1_024) }).ok).toBe(true);
    expect(verify({ header: filled(1_025) })).toEqual({ ok: false });
  });
  test('the same number in another spelling: the text was signed', () => {
    expect(verify({ header: `t=0${t},v1=${v1}` })).toEqual({ ok: false });
  });
});

test('any body under any key is accepted as signed, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ minLength: 1 }).filter((secret) => secret.isWellFormed()),
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, secret, at, place, flip) => {
        const raw = Buffer.from(bytes);
        const signed = `t=${at},v1=${sign(secret, at, raw)}`;
        const ask = (o: object) => verifySignature({ header: signed, rawBody: raw, keys: [secret], now: 0, ...o }).ok;
        expect(ask({})).toBe(true);
        const changed = Buffer.concat([raw]);
        const where = raw.length === 0 ? 0 : place % raw.length;
        if (raw.length > 0) changed[where] = (changed[where] ?? 0) ^ flip;
        expect(ask({ rawBody: raw.length > 0 ? changed : Buffer.from([flip]) })).toBe(false);
        expect(ask({ keys: [`${secret}x`] })).toBe(false);
        expect(ask({ header: signed.replace(`t=${at}`, `t=${at + 1}`) })).toBe(false);
      },
    ),
  );
});

test('one changed character of the header is one too many', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: header.length - 1 }),
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }),
      (at, character) => {
        fc.pre(header[at] !== character);
        // A space beside a comma is the one change that means nothing.
        fc.pre(character.trim() !== '');
        expect(verify({ header: header.slice(0, at) + character + header.slice(at + 1) }).ok).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

test('no header makes it throw', () => {
  const bits = fc.constantFrom('t=', 'v1=', ',', '=', `${t}`, v1, ' ', '\u0000', '𝔵');
  const junk = fc.oneof(
    fc.string(),
    fc.array(bits).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(junk, (given) => {
      expect(typeof verify({ header: given }).ok).toBe('boolean');
    }),
  );
});
