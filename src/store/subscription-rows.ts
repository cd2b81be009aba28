// A subscription as the memory keeps it, read.

import {
  defaultOptions,
  type Filter,
  type Kind,
  type Options,
  type Subscription,
} from '../subscription/subscription.ts';
import type { Schema } from './schema.ts';

/** Every fold reads its connection's subscriptions, and few differ: what was parsed once is shared, so nobody may change it. */
const known = new Map<string, unknown>();
const knownAtMost = 2_000;

function parsed(text: string): unknown {
  const found = known.get(text);
  if (found !== undefined) return found;
  const value: unknown = JSON.parse(text);
  if (known.size >= knownAtMost) known.clear();
  known.set(text, value);
  return value;
}

export function toSubscription(row: Schema['subscription']): Subscription {
  return {
    installationId: row.installation_id,
    id: row.id,
    connectionId: row.connection_id,
    channelId: row.channel_id,
    kinds: parsed(row.kinds) as Kind[],
    filter: parsed(row.filter) as Filter,
    options: (row.options === null ? defaultOptions : parsed(row.options)) as Options,
    madeBy: row.made_by,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    mutedUntil: row.muted_until,
  };
}
