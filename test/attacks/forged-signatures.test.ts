// S1, S2, S4: of 100,000 changes to a signed message, for Calendly and for Slack each, none is accepted; nor is an empty key, nor Slack's yesterday or tomorrow.

import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../src/calendly/signature.ts';
import { admit } from '../../src/slack/gate.ts';
import { type Random, randomFrom } from './random.ts';

const rounds = 100_000;
const now = 1_795_000_000_000;
const seconds = now / 1000;
const hmac = (key: string, ...parts: (string | Buffer)[]) => {
  const sum = createHmac('sha256', key);
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
};

/** Changes a text so that it is another one for whoever reads it byte by byte. */
const textChanges: ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random(text.length)) + text.slice(random(text.length)),
  (text, random) => {
    const at = random(text.length);
    return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random(7))) + text.slice(at + 1);
  },
  (text) => text.toUpperCase(),
  (text) => text.replace(/\d/, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  (text) => text.replace(/\d/, (digit) => String.fromCharCode(0x0660 + Number(digit))),
  (text) => `${text}00`,
  (text) => text.slice(0, -1),
  (text) => text.replace('=', '=\u200b'),
  (text) => text.replace(/[a-f]/, 'g'),
  (text) => text.split('').reverse().join(''),
  () => '',
  () => '=',
  (_text, random) => 'v1='.repeat(1 + random(400)),
];

function flipped(body: Buffer, random: Random): Buffer {
  const copy = Buffer.from(body);
  const at = random(copy.length);
  copy[at] = copy[at]! ^ (1 << random(8));
  return copy;
}

const bodyChanges: ((body: Buffer, random: Random) => Buffer)[] = [
  flipped,
  (body) => Buffer.concat([body, Buffer.from('\n')]),
  (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  (body) => Buffer.from(`${JSON.stringify(JSON.parse(body.toString()), null, 1)}`),
  (body, random) => body.subarray(0, random(body.length)),
  () => Buffer.alloc(0),
  (body) => Buffer.from(body.toString('utf16le')),
  (body, random) => Buffer.concat([body, body.subarray(random(body.length - 1))]),
];
const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)]!;

describe('Calendly', () => {
  const key = 'a-signing-key-of-thirty-two-chars';
  const rawBody = Buffer.from(JSON.stringify({ event: 'invitee.created', payload: { name: 'Ada Lövelace', n: 1 } }));
  const header = `t=${seconds},v1=${hmac(key, `${seconds}.`, rawBody)}`;
  const accepted = (given: { header: string; rawBody: Buffer; keys: string[] }) =>
    verifySignature({ ...given, now }).ok;

  it(`accepts the message itself, and none of ${rounds.toLocaleString('en')} others`, () => {
    expect(accepted({ header, rawBody, keys: [key] })).toBe(true);
    const random = randomFrom(1);
    const wrong: unknown[] = [];
    const [time, signature] = header.split(',') as [string, string];
    for (let i = 0; i < rounds; i++) {
      const kind = i % 5;
      let given: { header: string; rawBody: Buffer; keys: string[] } = { header, rawBody, keys: [key] };
      if (kind === 0) given = { ...given, rawBody: pick(bodyChanges, random)(rawBody, random) };
      if (kind === 1) given = { ...given, header: `${time},${pick(textChanges, random)(signature, random)}` };
      if (kind === 2) given = { ...given, header: `${pick(textChanges, random)(time, random)},${signature}` };
      // Signed well, for another time, or with another key: of a neighbour, of no length, cut short.
      if (kind === 3) given = { ...given, header: `t=${seconds + 1 + random(1_000_000)},${signature}` };
      if (kind === 4) {
        const other = pick(['', ' ', key.slice(1), `${key}\n`, key.toUpperCase(), String(random(1e9))], random);
        given = { ...given, header: `t=${seconds},v1=${hmac(other, `${seconds}.`, rawBody)}` };
      }
      const isSame = given.header === header && given.rawBody.equals(rawBody);
      if (!isSame && accepted(given)) wrong.push({ i, header: given.header });
    }
    expect(wrong).toEqual([]);
  });

  it.each(['', ' ', '\n'])('an empty key never opens, whoever signed with it: %j', (empty) => {
    const signed = `t=${seconds},v1=${hmac('', `${seconds}.`, rawBody)}`;
    expect(accepted({ header: signed, rawBody, keys: [empty] })).toBe(false);
    expect(accepted({ header: signed, rawBody, keys: [] })).toBe(false);
    expect(accepted({ header: signed, rawBody, keys: ['', key] })).toBe(false);
  });
});

describe('Slack', () => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';
  const rawBody = Buffer.from('command=%2Fcalendly&team_id=T1&user_id=U1&channel_id=C1&text=list');
  const signed = (body: Buffer, at: string, by = secret): IncomingHttpHeaders => ({
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${hmac(by, `v0:${at}:`, body)}`,
  });
  const opened = (headers: IncomingHttpHeaders, body: Buffer, by = secret) => {
    const verdict = admit({ headers, rawBody: body, secret: by, now });
    return verdict.pass || verdict.status === 200;
  };
  const right = signed(rawBody, String(seconds));

  it(`opens to the request itself, and to none of ${rounds.toLocaleString('en')} others`, () => {
    expect(opened(right, rawBody)).toBe(true);
    const random = randomFrom(2);
    const wrong: unknown[] = [];
    const formChanges = bodyChanges.filter((change) => !change.toString().includes('JSON'));
    for (let i = 0; i < rounds; i++) {
      const kind = i % 5;
      let headers = right;
      let body: Buffer = rawBody;
      if (kind === 0) body = pick(formChanges, random)(rawBody, random);
      if (kind === 1)
        headers = {
          ...right,
          'x-slack-signature': pick(textChanges, random)(String(right['x-slack-signature']), random),
        };
      if (kind === 2)
        headers = { ...right, 'x-slack-request-timestamp': pick(textChanges, random)(String(seconds), random) };
      if (kind === 3) {
        const off = 301 + random(1_000_000);
        headers = signed(rawBody, String(seconds + (random(2) === 0 ? off : -off)));
      }
      if (kind === 4)
        headers = signed(
          rawBody,
          String(seconds),
          pick(['', ' ', secret.slice(1), `${secret} `, String(random(1e9))], random),
        );
      const isSame =
        body.equals(rawBody) &&
        headers['x-slack-signature'] === right['x-slack-signature'] &&
        headers['x-slack-request-timestamp'] === right['x-slack-request-timestamp'];
      if (!isSame && opened(headers, body)) wrong.push({ i, headers, body: body.toString() });
    }
    expect(wrong).toEqual([]);
  });

  it('is open five minutes on both sides, and not a second more', () => {
    const at = (off: number) => opened(signed(rawBody, String(seconds + off)), rawBody);
    expect([-301, -300, 0, 300, 301].map(at)).toEqual([false, true, true, true, false]);
  });

  it('an empty secret never opens', () =>
    expect(opened(signed(rawBody, String(seconds), ''), rawBody, '')).toBe(false));

  it.each([
    'ssl_check=1&payload=%7B%22type%22%3A%22block_actions%22%7D',
    'ssl_check[]=1&command=%2Fcalendly',
    'ssl_check=1&ssl_check=1&command=%2Fcalendly',
    'payload=%7B%7D&ssl_check=1',
    '%73sl_check=1&text=x',
    'ssl_check=1&token=x&token=y&payload=',
  ])('nothing rides on the check of the certificate: %s', (text) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(opened(headers, Buffer.from(text))).toBe(false);
    expect(opened({ 'content-type': 'application/json' }, Buffer.from('{"ssl_check":1}'))).toBe(false);
    expect(opened({ 'content-type': 'multipart/form-data' }, Buffer.from(text))).toBe(false);
  });
});
