// Names for rows that are made from what the row is, so that the same thing cannot be written twice.

import { createHash } from 'node:crypto';

/** The idempotency key of a change, with its connection, as 16 bytes. */
export function changeHash(connectionId: string, key: string): Buffer {
  return createHash('sha256').update(`${connectionId} ${key}`).digest().subarray(0, 16);
}

export function uriHash(uri: string): Buffer {
  return createHash('sha256').update(uri).digest().subarray(0, 16);
}

/** A delivery's id: the same booking and channel have one card, the same card and event one reply, the same key one notice. */
export function deliveryId(kind: 'card' | 'reply' | 'notice', ...parts: string[]): string {
  return createHash('sha256')
    .update([kind, ...parts].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

/** Where sealed bodies belong: the associated data of each. */
export const place = {
  botToken: (installationId: string) => `installation.bot_token/${installationId}`,
  token: (installationId: string, id: string) => `connection.token/${installationId}/${id}`,
  userName: (installationId: string, id: string) => `connection.user_name/${installationId}/${id}`,
  userEmail: (installationId: string, id: string) => `connection.user_email/${installationId}/${id}`,
  signingKey: (installationId: string, id: string) => `hook.signing_key/${installationId}/${id}`,
  change: (installationId: string, id: string) => `change.body/${installationId}/${id}`,
  booking: (installationId: string, id: string) => `booking.state/${installationId}/${id}`,
  delivery: (installationId: string, id: string) => `delivery.body/${installationId}/${id}`,
};
