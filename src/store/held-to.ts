// To which installations a statement is held: read where it is built, and told to PostgreSQL with it when it is sent (see postgres-driver.ts).

import type { CompiledQuery } from 'kysely';

/** What `across` asks for. */
export const everywhere = '*';
/** Installations by their ids; whatever cannot be one is left out, for nothing belongs to it. */
export type HeldTo = typeof everywhere | readonly unknown[];

const known = new WeakMap<object, HeldTo>();

/** Of the tree a statement is written from, or of the statement itself. */
export function hold<T extends object>(statement: T, to: HeldTo): T {
  known.set(statement, to);
  return statement;
}

const narrowing = new WeakSet<object>();

/** From this statement on the transaction is about this installation alone, even where it saw all before. */
export function narrow<T extends object>(statement: T, installationId: string): T {
  narrowing.add(statement);
  return hold(statement, [installationId]);
}

export const isNarrowing = (statement: CompiledQuery): boolean => narrowing.has(statement);

/** Null where nothing is anybody's in it, or nobody has read it. */
export const heldTo = (statement: CompiledQuery): HeldTo | null =>
  known.get(statement) ?? known.get(statement.query) ?? null;

const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w-]+$/.test(value);

/** As the policies read it, see migrations/023-row-security.ts: every installation, or a list of ids. */
export function scopeOf(statement: CompiledQuery): string | null {
  const held = heldTo(statement);
  if (held === null || held === everywhere) return held;
  return [...new Set(held.filter(isId))].join(',');
}
