// One statement that is sent behind others, in a single write and with a single wait: until the Sync at its end the server takes them for one transaction
// (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).

import pg from 'pg';

/** What goes before a statement. What it answers is nobody's business. */
export interface Before {
  text: string;
  values: readonly string[];
}

/** What pg’s own query does beyond what its types tell (lib/query.js of the version in package.json). */
interface Wire {
  parse(message: { text: string }): void;
  bind(message: { values: readonly string[] }): void;
  execute(message: object): void;
}
interface Query extends pg.Submittable {
  prepare(wire: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}
type Config = {
  text: string;
  values: unknown[];
  queryMode: 'extended';
  callback: (error: Error | null, result: pg.QueryResult) => void;
};
const PgQuery = pg.Query as unknown as new (config: Config) => Query;

class QueryAfter extends PgQuery {
  readonly #before: readonly Before[];
  #unanswered: number;
  constructor(before: readonly Before[], config: Config) {
    super(config);
    this.#before = before;
    this.#unanswered = before.length;
  }
  override prepare(wire: Wire): void {
    for (const { text, values } of this.#before) {
      wire.parse({ text });
      wire.bind({ values });
      wire.execute({});
    }
    super.prepare(wire);
  }
  override handleDataRow(message: unknown): void {
    if (this.#unanswered === 0) super.handleDataRow(message);
  }
  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#unanswered === 0) super.handleCommandComplete(message, wire);
    else this.#unanswered -= 1;
  }
}

/** Sends all of them; answers what the last one does. Outside a transaction each is undone where a later one fails. */
export function queryAfter(
  client: pg.PoolClient,
  before: readonly Before[],
  statement: { sql: string; parameters: readonly unknown[] },
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(
      new QueryAfter(before, {
        ...{ text: statement.sql, values: [...statement.parameters], queryMode: 'extended' },
        callback(error, result) {
          if (error) reject(error);
          else resolve(result);
        },
      }),
    );
  });
}
