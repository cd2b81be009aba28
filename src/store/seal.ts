// Secrets and invitees' data at rest: AES-256-GCM, with a key id for rotation and the row's place as associated data. What is personal is sealed with a key of
// its installation's own (see data-keys.ts), the rest with ENCRYPTION_KEY.
//
// Layout: version (1 byte: 1, or 3 when the data is compressed) | key id (4) | nonce (12) | tag (16) | data. The associated data says where the value belongs, so a sealed value copied
// to another row, column or workspace does not open.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ownerOf } from './rows.ts';

const version = 1;
const compressed = 3;
/**
 * What most bookings have in common, so that each need not say it again: a fifth smaller, and two fit on a page of the database. It belongs to version 3 and
 * may never change: what was written with it can be read with nothing else.
 */
const dictionary = Buffer.from(
  '{"invitees":{"https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA/invitees/AAAAAAAAAAAAAAAA":{"invitee":{"uri":"https://api.calendly.com/scheduled_events/","name":"","email":"@gmail.com","timezone":"America/New_York","active":true,"createdAt":17,"updatedAt":17,"answers":[{"question":"Please share anything that will help prepare for our meeting.","answer":""}],"tracking":{"utm_campaign":"","utm_source":"","utm_medium":"","utm_content":"","utm_term":""},"rescheduled":false,"oldInvitee":null,"newInvitee":null,"cancellation":null,"noShow":null,"payment":null,"scheduledBy":null,"formSubmission":null,"meeting":{"uri":"https://api.calendly.com/scheduled_events/","name":"30 Minute Meeting","active":true,"startsAt":17,"endsAt":17,"eventType":"https://api.calendly.com/event_types/","place":{"kind":"zoom","text":null,"joinUrl":"https://zoom.us/j/"},"seats":{"active":1,"limit":1},"hosts":[{"uri":"https://api.calendly.com/users/","name":"","email":""}],"guests":[]}},"markedAt":null,"unmarkedAt":null,"heardAt":17}},"form":null}',
);
/** Small tables: a few kilobytes need no more, and filling larger ones would cost more than the work itself. */
const quickly = {
  dictionary,
  // What comes out is smaller than this; the default would take 16 KB for each.
  chunkSize: 4_096,
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_windowLog]: 13,
    [constants.ZSTD_c_hashLog]: 12,
  },
};
/**
 * Hundreds of kilobytes, in which what one has in common with another lies a few thousand bytes apart. With a longer window the outcome is a third smaller, but
 * the room for it is of a size that the C library gets from the system, and gives back, each time, which takes five times as long as the compressing.
 */
const together = {
  chunkSize: 16_384,
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_windowLog]: 15,
    [constants.ZSTD_c_hashLog]: 12,
  },
};
const headLength = 1 + 4 + 12 + 16;

export interface Seal {
  /** Seals text for one place, such as `connection.token/<installation>/<id>`. */
  close(text: string | Uint8Array, place: string): Buffer;
  /** The same, compressed first: less than half the size for a booking's JSON. */
  pack(text: string, place: string): Buffer;
  /** Many of them in one, which have more in common with each other. */
  packMany(bytes: Uint8Array, place: string): Buffer;
  /** Throws when the key is unknown, the place is another, or a bit has changed. */
  open(sealed: Uint8Array, place: string): string;
  /** The same, as bytes. */
  openBytes(sealed: Uint8Array, place: string): Buffer;
  /** The same value, sealed with the key that seals there now. Throws as `open` does. */
  reseal(sealed: Uint8Array, place: string): Buffer;
  /** The name of the first key, as sealed values have it: 4 bytes, which tell nothing of the key itself. */
  keyId: Buffer;
}

/** The name of the key a value was sealed with; null where it is no sealed value. */
export const keyIdOf = (sealed: Uint8Array): Buffer | null =>
  sealed.length < headLength ? null : Buffer.from(sealed.subarray(1, 5));

export const keyIdFor = (key: Uint8Array): Buffer => createHash('sha256').update(key).digest().subarray(0, 4);

export interface NamedKey {
  key: Uint8Array;
  /** As sealed values have it. */
  id: Buffer;
}

/** The keys of the installations' own. */
export interface OwnKeys {
  /** Seals what is personal there at this moment; null: ENCRYPTION_KEY does. */
  sealing(installationId: string): NamedKey | null;
  /** The one of this name (its four bytes as a number); null where there is none. */
  opening(installationId: string, id: number): Uint8Array | null;
}

/**
 * @param keys 32 bytes each, as ENCRYPTION_KEY has them; the first seals, all open.
 * @param own without it everything is sealed with those, and nothing else opens.
 */
export function sealer(keys: readonly Uint8Array[], own?: OwnKeys): Seal {
  const ring = keys.map((key) => ({ key, id: keyIdFor(key) }));
  const byName = new Map(ring.map(({ key, id }) => [id.readUInt32BE(), key]).reverse() as [number, Uint8Array][]);
  const first = ring[0];
  if (!first) throw new Error('sealer needs at least one key');
  // One draw of randomness serves many nonces: asking the kernel for each would cost more than the cipher.
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  const nonce = () => {
    if (used === pool.length) {
      pool = randomBytes(12 * 256);
      used = 0;
    }
    used += 12;
    return pool.subarray(used - 12, used);
  };
  function close(text: string | Uint8Array, place: string, kind = version): Buffer {
    const iv = nonce();
    const owner = own === undefined ? null : ownerOf(place);
    const { key, id } = (owner !== null && own?.sealing(owner)) || first!;
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(bound(kind, place));
    const data = typeof text === 'string' ? cipher.update(text, 'utf8') : cipher.update(text);
    cipher.final();
    return Buffer.concat([Buffer.of(kind), id, iv, cipher.getAuthTag(), data]);
  }

  return {
    close: (text, place) => close(text, place),
    pack: (text, place) => close(zstdCompressSync(Buffer.from(text), quickly), place, compressed),
    packMany: (bytes, place) => close(zstdCompressSync(bytes, together), place, compressed),
    open: (sealed, place) => openBytes(sealed, place).toString('utf8'),
    openBytes,
    reseal(sealed, place) {
      const { kind, data } = opened(sealed, place);
      return close(data, place, kind);
    },
    keyId: first.id,
  };

  function openBytes(sealed: Uint8Array, place: string): Buffer {
    const { kind, data } = opened(sealed, place);
    return kind === compressed ? zstdDecompressSync(data, { dictionary }) : data;
  }

  /** As it was sealed: still compressed, where it was. */
  function opened(sealed: Uint8Array, place: string): { kind: number; data: Buffer } {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes.length < headLength || (bytes[0] !== version && bytes[0] !== compressed))
      throw new SealError('not a sealed value of a known version');
    const id = bytes.readUInt32BE(1);
    const owner = own === undefined ? null : ownerOf(place);
    const theirs = owner === null ? null : own?.opening(owner, id);
    const ours = byName.get(id);
    if (!theirs && !ours) throw new SealError(owner === null ? lacking : gone, { isUnknownKey: true });
    // Two keys may have one name, if hardly ever.
    if (theirs && ours)
      try {
        return openedWith(theirs, bytes, place);
      } catch {
        return openedWith(ours, bytes, place);
      }
    return openedWith((theirs ?? ours)!, bytes, place);
  }
}

const lacking = 'sealed with a key that ENCRYPTION_KEY does not hold; add the earlier key after a comma';
const gone =
  'sealed with a key that is not here: that of its workspace was destroyed or did not come with a backup, or ENCRYPTION_KEY does not hold an earlier one';

function openedWith(key: Uint8Array, bytes: Buffer, place: string): { kind: number; data: Buffer } {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(5, 17));
  decipher.setAAD(bound(bytes[0], place));
  decipher.setAuthTag(bytes.subarray(17, headLength));
  try {
    return { kind: bytes[0]!, data: Buffer.concat([decipher.update(bytes.subarray(headLength)), decipher.final()]) };
  } catch (cause) {
    throw new SealError('the sealed value was changed or belongs to another place', { cause });
  }
}

/** The kind is bound as well: compressed data must not pass for text. */
const bound = (kind: number | undefined, place: string) => Buffer.from(kind === compressed ? `packed ${place}` : place);

export class SealError extends Error {
  /** Nobody here has the key; else the value is not what was sealed. */
  readonly isUnknownKey: boolean;
  constructor(message: string, { cause, isUnknownKey = false }: { cause?: unknown; isUnknownKey?: boolean } = {}) {
    super(message, { cause });
    this.name = 'SealError';
    this.isUnknownKey = isUnknownKey;
  }
}
