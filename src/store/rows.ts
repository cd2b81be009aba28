// Names for rows that are made from what the row is, so that the same thing cannot be written twice.

import { hash } from 'node:crypto';

/**
 * The idempotency key of a change, with its connection, as 16 bytes. It begins with the moment the key ends with (seconds), where it does, so that the keys of
 * one day lie together on the disk: keys without any order would each touch a page of their own.
 */
export function changeHash(connectionId: string, key: string): Buffer {
  const bytes = hash('sha256', `${connectionId} ${key}`, 'buffer').subarray(0, 16);
  const seconds = Math.floor(Date.parse(key.slice(key.lastIndexOf(' ') + 1)) / 1_000);
  bytes.writeUIntBE(seconds > 0 && seconds < 2 ** 40 ? seconds : 0, 0, 5);
  return bytes;
}

export function uriHash(uri: string): Buffer {
  return hash('sha256', uri, 'buffer').subarray(0, 16);
}

/** Somebody's e-mail address within a connection: what one client of an agency knows of a person is not another's. */
export function personHash(connectionId: string, email: string): Buffer {
  return hash('sha256', `${connectionId} ${email.trim().toLowerCase()}`, 'buffer').subarray(0, 16);
}

/** A delivery's id: the same booking and channel have one card, the same card and event one reply, the same key one notice. */
export function deliveryId(kind: 'card' | 'reply' | 'notice', ...parts: string[]): string {
  return hash('sha256', [kind, ...parts].join('\n'), 'hex').slice(0, 32);
}

/** Where sealed bodies belong: the associated data of each. */
export const place = {
  dataKey: (installationId: string, generation: number) => `data_key.wrapped/${installationId}/${generation}`,
  installationKey: (installationId: string) => `installation_key.secret/${installationId}`,
  botToken: (installationId: string) => `installation.bot_token/${installationId}`,
  refreshToken: (installationId: string) => `installation.refresh_token/${installationId}`,
  token: (installationId: string, id: string) => `connection.token/${installationId}/${id}`,
  pairAccess: (installationId: string, id: string) => `token_pair.access/${installationId}/${id}`,
  pairRefresh: (installationId: string, id: string) => `token_pair.refresh/${installationId}/${id}`,
  verifier: (installationId: string, linkHash: Uint8Array) =>
    `sign_in.verifier/${installationId}/${Buffer.from(linkHash).toString('hex')}`,
  userName: (installationId: string, id: string) => `connection.user_name/${installationId}/${id}`,
  userEmail: (installationId: string, id: string) => `connection.user_email/${installationId}/${id}`,
  signingKey: (installationId: string, id: string) => `hook.signing_key/${installationId}/${id}`,
  change: (installationId: string, id: string) => `change.body/${installationId}/${id}`,
  arrivals: (installationId: string, id: string) => `arrivals.body/${installationId}/${id}`,
  booking: (installationId: string, id: string) => `booking.state/${installationId}/${id}`,
  delivery: (installationId: string, id: string) => `delivery.body/${installationId}/${id}`,
  audit: (installationId: string, deed: string, subject: string) => `audit/${installationId}/${deed}/${subject}`,
  personAddress: (installationId: string, hash: Uint8Array) =>
    `person.address/${installationId}/${Buffer.from(hash).toString('hex')}`,
};

/** The kinds of place whose values are personal: of whoever books, hosts, or connected an account. */
const personal: ReadonlySet<string> = new Set([
  'connection.user_name',
  'connection.user_email',
  'arrivals.body',
  'change.body',
  'booking.state',
  'delivery.body',
  'audit',
  'person.address',
]);

/** The installation whose own key seals what belongs there; null where ENCRYPTION_KEY itself does. */
export function ownerOf(place: string): string | null {
  const kind = place.indexOf('/');
  if (!personal.has(place.slice(0, kind))) return null;
  const end = place.indexOf('/', kind + 1);
  return place.slice(kind + 1, end === -1 ? undefined : end);
}
