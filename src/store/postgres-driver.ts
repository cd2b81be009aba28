// PostgreSQL's driver: along with each statement it says as which role it runs and whose rows it may see, so that nobody waits for that. Neither outlives its
// transaction, wherever a pool between us and the server takes the connection next.

import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import type { Ask } from './engine.ts';
import { everywhere, isNarrowing, scopeOf } from './held-to.ts';
import { type Before, queryAfter } from './query-after.ts';
import { sharedPool } from './shared-pool.ts';

interface Connection extends DatabaseConnection {
  begin(settings: TransactionSettings): void;
  /** Throws where a statement before it had failed, so that nothing was kept. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): void;
}

/**
 * `role`: whom to run as at this moment; null: as whoever logged in. `before`: what has to be done before a connection is used; what it asks may be of every
 * installation.
 */
export function postgresDriver(
  pool: pg.Pool,
  role: () => string | null,
  before: (ask: Ask) => Promise<void> | void,
): Driver {
  const ours = (connection: DatabaseConnection) => connection as Connection;
  const shared = sharedPool(pool);
  return {
    init: async () => {},
    async acquireConnection() {
      const client = await shared.take();
      try {
        const started = before(
          async (text) =>
            (await queryAfter(client, [settingsFor(role(), everywhere)], { sql: text, parameters: [] })).rows,
        );
        if (started) await started;
      } catch (error) {
        // Nobody knows what became of it.
        shared.giveBack(client, true);
        throw error;
      }
      return connectionOn(client, role, (isBroken) => shared.giveBack(client, isBroken));
    },
    beginTransaction: async (connection, settings) => ours(connection).begin(settings),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    releaseConnection: async (connection) => ours(connection).release(),
    destroy: () => pool.end(),
  };
}

function connectionOn(
  client: pg.PoolClient,
  roleNow: () => string | null,
  giveBack: (isBroken: boolean) => void,
): Connection {
  /** A transaction is begun along with its first statement. */
  let state: 'outside' | 'beginning' | 'inside' = 'outside';
  let beginning = 'begin';
  /** Whose rows the transaction sees at this moment. */
  let scope: string | null = null;
  /** Nobody knows what it holds: it goes back to no pool. */
  let isBroken = false;

  /** Null where it sees enough already. */
  function changeFor(statement: CompiledQuery): string | null {
    const wanted = scopeOf(statement);
    return wanted === scope || (scope === everywhere && !isNarrowing(statement)) ? null : wanted;
  }

  function before(change: string | null): Before[] {
    const role = state === 'inside' ? null : roleNow();
    return [
      ...(state === 'beginning' ? [{ text: beginning, values: [] }] : []),
      ...(role === null && change === null ? [] : [settingsFor(role, change)]),
    ];
  }

  async function end(word: 'commit' | 'rollback'): Promise<string> {
    const isBegun = state === 'inside';
    state = 'outside';
    scope = null;
    if (!isBegun) return '';
    try {
      return (await client.query(word)).command;
    } catch (error) {
      isBroken = true;
      throw error;
    }
  }

  return {
    async executeQuery<R>(statement: CompiledQuery): Promise<QueryResult<R>> {
      const change = changeFor(statement);
      const first = before(change);
      if (state !== 'outside') {
        state = 'inside';
        scope = change ?? scope;
      }
      const { command, rowCount, rows } =
        first.length === 0
          ? await client.query(statement.sql, [...statement.parameters])
          : await queryAfter(client, first, statement);
      return changing.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
    },
    streamQuery() {
      throw new Error('rows are read all at once');
    },
    begin({ isolationLevel, accessMode }) {
      state = 'beginning';
      beginning = ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode]
        .filter((word) => word)
        .join(' ');
    },
    async commit() {
      if ((await end('commit')) === 'ROLLBACK') throw new AbortedTransactionError();
    },
    async rollback() {
      await end('rollback');
    },
    release: () => giveBack(isBroken),
  };
}

const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Both until the transaction ends (`true`), whether it was begun by a word or is only this write. */
function settingsFor(role: string | null, scope: string | null): Before {
  const set = Object.entries({ role, 'calendly.scope': scope }).filter(([, value]) => value !== null);
  return {
    text: `select ${set.map(([name], i) => `set_config('${name}', $${i + 1}, true)`).join(', ')}`,
    values: set.map(([, value]) => value ?? ''),
  };
}
