// To which installations a statement is held: read where it is built, and told to PostgreSQL with it when it is sent (see postgres-driver.ts).

import type { CompiledQuery } from 'kysely';

/** What `across` asks for. */
export const everywhere = '*';
/** Installations by their ids; whatever cannot be one is left out, for nothing belongs to it. */
export type HeldTo = typeof everywhere | readonly unknown[];

/** Properties that nobody else's objects have: to which installations it is held; and that it is about no others from then on. */
const to = Symbol('to');
const alone = Symbol('alone');
interface Marked {
  [to]?: HeldTo;
  [alone]?: true;
}

/** The same tree a statement is written from, or the same statement, which says so. A property, since whatever is kept beside its object costs the collector. */
export const hold = <T extends object>(statement: T, installations: HeldTo): T & Marked => ({
  ...statement,
  [to]: installations,
});

/** From this statement on the transaction is about this installation alone, even where it saw all before. */
export const narrow = <T extends object>(statement: T, installationId: string): T & Marked => ({
  ...hold(statement, [installationId]),
  [alone]: true,
});

export const isNarrowing = (statement: CompiledQuery & Marked): boolean => statement[alone] === true;

/** Null where nothing is anybody's in it, or nobody has read it. */
export const heldTo = (statement: CompiledQuery & Marked): HeldTo | null =>
  statement[to] ?? (statement.query as Marked)[to] ?? null;

const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w-]+$/.test(value);

/** As the policies read it, see migrations/023-row-security.ts: every installation, or a list of ids. */
export function scopeOf(statement: CompiledQuery): string | null {
  const held = heldTo(statement);
  if (held === null || held === everywhere) return held;
  if (held.length === 1) return isId(held[0]) ? held[0] : '';
  return [...new Set(held.filter(isId))].join(',');
}
