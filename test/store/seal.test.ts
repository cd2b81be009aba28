// Sealed values: what they look like, which keys and places open them, and that no nonce is ever used twice.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyIdFor, keyIdOf, SealError, sealer } from '../../src/store/seal.ts';

const first = randomBytes(32);
const earlier = randomBytes(32);
const seal = sealer([first, earlier]);
const head = 33;
const nonceOf = (sealed: Uint8Array) => Buffer.from(sealed.subarray(5, 17)).toString('hex');

/** Like a booking's, as far as the dictionary knows it. */
const booking = JSON.stringify({
  invitees: {
    'https://api.calendly.com/scheduled_events/AAAA/invitees/BBBB': {
      invitee: {
        uri: 'https://api.calendly.com/scheduled_events/AAAA/invitees/BBBB',
        name: 'Ada Lovelace',
        email: 'ada@gmail.com',
        timezone: 'Europe/Berlin',
        answers: [{ question: 'Please share anything that will help prepare for our meeting.', answer: 'Grüße! 🙂' }],
      },
    },
  },
});

describe('a sealed value', () => {
  it('is its version, the name of its key, a nonce, a tag and as many bytes as were sealed', () => {
    const sealed = seal.close('grüße', 'p');
    expect(sealed[0]).toBe(1);
    expect(sealed.subarray(1, 5)).toEqual(keyIdFor(first));
    expect(sealed).toHaveLength(head + Buffer.byteLength('grüße'));
    expect(seal.pack(booking, 'p')[0]).toBe(3);
    expect(seal.keyId).toEqual(keyIdFor(first));
  });

  it('is read for ever: as an earlier version wrote it', () => {
    const old = sealer([Buffer.alloc(32, 7)]);
    const text = Buffer.from('AUuwb44sT+KXAGdPSs/ql9/3ZtVGHWd6p7YqOmnoiTkUiH0wsR6O4g==', 'base64');
    expect(old.open(text, 'p/1')).toBe('grüße');
    const packed = Buffer.from(
      'A0uwb461B89rKUvNr2jmIJe1ziX9qc6Fhq33S2n+c5UNcWAhoQYGugRo1vMLMqES+BZWVguczBEg7Aoj2ByUtO7EVA==',
      'base64',
    );
    expect(JSON.parse(old.open(packed, 'p/2'))).toMatchObject({ invitees: expect.anything() });
    expect(keyIdOf(text)?.toString('hex')).toBe('4bb06f8e');
  });

  it('never has the nonce of another, nor an empty one', () => {
    const nonces = Array.from({ length: 2_000 }, (_, i) => nonceOf(i % 2 ? seal.close('x', 'p') : seal.pack('x', 'p')));
    // Two values under one nonce would give away both, and the key of the tags.
    expect(new Set(nonces).size).toBe(2_000);
    for (const nonce of nonces) expect(nonce).not.toMatch(/0{12}/);
    // Another sealer with the same key draws its own.
    const other = sealer([first]);
    for (let i = 0; i < 300; i++) expect(nonces).not.toContain(nonceOf(other.close('x', 'p')));
  });

  it('names its key; what is too short for one names none', () => {
    expect(keyIdOf(seal.close('', 'p'))).toEqual(keyIdFor(first));
    expect(keyIdOf(new Uint8Array(head - 1))).toBeNull();
    expect(keyIdOf(new Uint8Array(head))).toEqual(Buffer.alloc(4));
    expect(keyIdFor(first)).toHaveLength(4);
    expect(keyIdFor(first)).not.toEqual(keyIdFor(earlier));
  });
});

describe('opening', () => {
  it.each(['', 'x', 'grüße', booking])('gives back what was sealed or packed: %j', (text) => {
    for (const sealed of [seal.close(text, 'p'), seal.close(Buffer.from(text), 'p'), seal.pack(text, 'p')]) {
      expect(seal.open(sealed, 'p')).toBe(text);
      // As a database may hand it over: a view into something larger.
      const larger = new Uint8Array([9, 9, 9, ...sealed, 9]);
      expect(seal.open(larger.subarray(3, 3 + sealed.length), 'p')).toBe(text);
    }
  });

  it('says what is wrong', () => {
    const refused = (sealed: Uint8Array, place = 'p', by = seal) => {
      try {
        return by.open(sealed, place);
      } catch (error) {
        expect(error).toBeInstanceOf(SealError);
        return error as SealError;
      }
    };
    const unknown = expect.objectContaining({ name: 'SealError', message: 'not a sealed value of a known version' });
    for (const kind of [0, 2, 4])
      expect(refused(Buffer.of(kind, ...seal.close('x', 'p').subarray(1)))).toEqual(unknown);
    expect(refused(seal.close('', 'p').subarray(0, head - 1))).toEqual(unknown);
    expect(refused(new Uint8Array())).toEqual(unknown);
    const changed = expect.objectContaining({ message: expect.stringContaining('belongs to another place') });
    for (const sealed of [seal.close(booking, 'p'), seal.pack(booking, 'p')]) {
      expect(refused(sealed, 'q')).toEqual(changed);
      expect((refused(sealed, 'q') as SealError).cause).toBeInstanceOf(Error);
      // Text must not pass for packed, nor the other way round.
      expect(refused(Buffer.of(sealed[0] === 1 ? 3 : 1, ...sealed.subarray(1)))).toEqual(changed);
      expect(refused(sealed, 'p', sealer([earlier]))).toMatchObject({
        message: expect.stringContaining('add the earlier key after a comma'),
      });
    }
  });
});

describe('keys', () => {
  it('the first seals, all open, and resealing moves a value to the first as it is', () => {
    const before = sealer([earlier]);
    for (const sealed of [before.close(booking, 'p'), before.pack(booking, 'p')]) {
      expect(seal.open(sealed, 'p')).toBe(booking);
      const again = seal.reseal(sealed, 'p');
      expect([again[0], again.length]).toEqual([sealed[0], sealed.length]);
      expect(keyIdOf(again)).toEqual(keyIdFor(first));
      expect(sealer([first]).open(again, 'p')).toBe(booking);
      expect(() => seal.reseal(sealed, 'q')).toThrow(SealError);
    }
  });

  it('there has to be one', () => {
    expect(() => sealer([])).toThrow('at least one key');
  });
});

describe('packing', () => {
  it('makes a booking much smaller, by what all bookings have in common', () => {
    const packed = seal.pack(booking, 'p').length - head;
    expect(packed).toBeLessThan(Buffer.byteLength(booking) / 2);
  });
});
