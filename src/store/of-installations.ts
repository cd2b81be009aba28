// The tables that hold what belongs to one installation: what no statement may look at across them, and what goes when the app is removed. And the few others.

import type { Schema } from './schema.ts';

/** Every table that bears an installation's id, with the rest of its key; those that others name come after them. A test holds it complete. */
export const ofInstallations: readonly (readonly [keyof Schema, ...string[]])[] = [
  ['hook', 'id'],
  ['subscription', 'id'],
  ['backfill', 'connection_id'],
  ['sign_in', 'link_hash'],
  ['named', 'address_hash', 'delivery_id'],
  ['delivery', 'id'],
  ['booking_uri', 'uri_hash'],
  ['booking', 'id'],
  ['arrivals', 'id'],
  ['change', 'key_hash'],
  ['connection', 'id'],
  ['token_pair', 'id'],
  ['lane', 'channel_id'],
  ['told', 'person'],
  ['person', 'address_hash'],
  ['digest', 'channel_id'],
  ['audit', 'deed', 'subject'],
  ['audit_head'],
  ['erased', 'address_hash'],
  ['installation_key'],
  // Goes with the installation itself, see purge.ts.
  ['data_key', 'generation'],
  // Counted by triggers on the tables above.
  ['tally', 'what', 'state', 'slot'],
];

/** Every other table of the app's. A test holds it complete. */
export const ofNobody: readonly (keyof Schema)[] = ['installation', 'install_state', 'cron_run'];
