// Every sealed value there is: its table and column, the row it is bound to, and what it is. A change of keys goes through all of them.

import { place } from './rows.ts';
import type { Schema } from './schema.ts';

type Table = keyof Schema & string;

export interface SealedColumn {
  table: Table;
  column: string;
  /** The columns that name a row, in the order of its key. */
  key: readonly string[];
  place(row: Record<string, unknown>): string;
  /** In words, for whoever reads of those that do not open. */
  what: string;
  /** Sealed with the installation's own key, as `ownerOf` tells it of the place; else with ENCRYPTION_KEY itself. */
  isPersonal?: true;
}

const text = (value: unknown) => String(value);
const id = ['installation_id', 'id'] as const;
/** Bound to the installation and the row's id. */
const byId =
  (make: (installationId: string, id: string) => string) =>
  (row: Record<string, unknown>): string =>
    make(text(row.installation_id), text(row.id));
const audit = (row: Record<string, unknown>) =>
  place.audit(text(row.installation_id), text(row.deed), text(row.subject));
const deed = ['installation_id', 'deed', 'subject'] as const;

export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'data_key',
    column: 'wrapped',
    key: ['installation_id', 'generation'],
    place: (row) => place.dataKey(text(row.installation_id), Number(row.generation)),
    what: 'key of an installation',
  },
  {
    table: 'installation',
    column: 'bot_token',
    key: ['id'],
    place: (row) => place.botToken(text(row.id)),
    what: 'bot token',
  },
  {
    table: 'installation',
    column: 'refresh_token',
    key: ['id'],
    place: (row) => place.refreshToken(text(row.id)),
    what: 'refresh token of Slack',
  },
  {
    table: 'installation_key',
    column: 'secret',
    key: ['installation_id'],
    place: (row) => place.installationKey(text(row.installation_id)),
    what: 'secret of an installation',
  },
  { table: 'connection', column: 'token', key: id, place: byId(place.token), what: 'Calendly token' },
  {
    table: 'connection',
    column: 'user_name',
    key: id,
    place: byId(place.userName),
    what: 'name of an account',
    isPersonal: true,
  },
  {
    table: 'connection',
    column: 'user_email',
    key: id,
    place: byId(place.userEmail),
    what: 'address of an account',
    isPersonal: true,
  },
  { table: 'token_pair', column: 'access', key: id, place: byId(place.pairAccess), what: 'Calendly sign-in' },
  { table: 'token_pair', column: 'refresh', key: id, place: byId(place.pairRefresh), what: 'Calendly sign-in' },
  {
    table: 'sign_in',
    column: 'verifier',
    key: ['link_hash'],
    place: (row) => place.verifier(text(row.installation_id), row.link_hash as Uint8Array),
    what: 'sign-in under way',
  },
  { table: 'hook', column: 'signing_key', key: id, place: byId(place.signingKey), what: 'signing key' },
  {
    table: 'person',
    column: 'address',
    key: ['installation_id', 'address_hash'],
    place: (row) => place.personAddress(text(row.installation_id), row.address_hash as Uint8Array),
    what: 'address of a host',
    isPersonal: true,
  },
  { table: 'audit', column: 'was', key: deed, place: audit, what: 'note', isPersonal: true },
  { table: 'audit', column: 'became', key: deed, place: audit, what: 'note', isPersonal: true },
  { table: 'delivery', column: 'body', key: id, place: byId(place.delivery), what: 'notice', isPersonal: true },
  { table: 'booking', column: 'state', key: id, place: byId(place.booking), what: 'booking', isPersonal: true },
  {
    table: 'change',
    column: 'body',
    key: ['installation_id', 'key_hash'],
    place: (row) => place.change(text(row.installation_id), text(row.id)),
    what: 'message from Calendly',
    isPersonal: true,
  },
  {
    table: 'arrivals',
    column: 'body',
    key: id,
    place: byId(place.arrivals),
    what: 'bundle of messages from Calendly',
    isPersonal: true,
  },
];

/** Those sealed with an installation's own key; each of their tables bears its id. */
export const personalColumns: readonly SealedColumn[] = sealedColumns.filter(({ isPersonal }) => isPersonal);
