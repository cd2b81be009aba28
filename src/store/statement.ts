// Statements built once: Kysely writes the text the first time, and from then on only the values change, since building it again costs more than running it.

import { type Compilable, type CompiledQuery, RawNode, sql } from 'kysely';
import type { Db } from './database.ts';
import { EmbeddedAdapter } from './engine.ts';
import { everywhere, type HeldTo, heldTo, hold } from './held-to.ts';

/** Stands for a value while a statement is built. */
class Slot {
  readonly row: number;
  readonly name: string;
  constructor(row: number, name: string) {
    this.row = row;
    this.name = name;
  }
}

const slots = <V>(row: number): V =>
  new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? new Slot(row, name) : undefined) }) as V;

/** Beyond this many rows a text is rarely met again. */
const longestKept = 64;

/** By the adapter, which every transaction of one database shares: each engine has its own words. */
function builder<V, R>(build: (db: Db, rows: V[]) => Compilable<R>) {
  type Built = { statement: CompiledQuery<R>; held: HeldTo | null };
  const known = new WeakMap<object, Map<number, Built>>();
  return async (on: Db, rows: readonly V[]): Promise<R[]> => {
    const { adapter } = on.getExecutor();
    let bySize = known.get(adapter);
    if (!bySize) {
      bySize = new Map();
      known.set(adapter, bySize);
    }
    let built = bySize.get(rows.length);
    if (!built) {
      const compiled = build(
        on,
        rows.map((_, i) => slots<V>(i)),
      ).compile();
      // Not the whole tree it was made from.
      built = { statement: { ...compiled, query: RawNode.createWithSql(compiled.sql) }, held: heldTo(compiled) };
      if (rows.length <= longestKept) bySize.set(rows.length, built);
    }
    const { statement, held } = built;
    const filled = (each: unknown) =>
      each instanceof Slot ? (rows[each.row] as Record<string, unknown>)[each.name] : each;
    const parameters = statement.parameters.map(filled);
    // Inside a transaction the embedded database is ours alone, and answers at once: there is nobody to wait for.
    if (on.isTransaction && adapter instanceof EmbeddedAdapter) return adapter.run(statement.sql, parameters) as R[];
    const ready = { ...statement, parameters };
    if (held === null) return (await on.executeQuery<R>(ready)).rows;
    return (await on.executeQuery<R>(hold(ready, held === everywhere ? held : held.map(filled)))).rows;
  };
}

/** A limit among the values. SQLite would plan a statement anew for each other number it sees there; a sum it does not look into. */
export const upTo = (limit: number) => sql<number>`${limit} + 0`;

/** A statement about one set of values. `build` may use each of them as often as it likes, and nothing else that changes. */
export function statement<V extends object, R>(
  build: (db: Db, values: V) => Compilable<R>,
): (on: Db, values: V) => Promise<R[]> {
  const run = builder<V, R>((db, [values]) => build(db, values!));
  return (on, values) => run(on, [values]);
}

/** A statement about a list of them, built once for each length. The list must not be empty. */
export function statementOfMany<V extends object, R>(
  build: (db: Db, rows: V[]) => Compilable<R>,
): (on: Db, rows: readonly V[]) => Promise<R[]> {
  return builder(build);
}
