// How long the worker's two questions take, which lane and which message are next, and whether their plans read a whole table.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CompiledQuery, sql } from 'kysely';
import type * as DatabaseFile from '../../src/store/database.ts';
import type * as HandleFile from '../../src/store/handle.ts';
import type * as LanesFile from '../../src/store/lanes.ts';
import type * as NextJobFile from '../../src/store/next-job.ts';
import type { FaultWorld } from './harness.ts';
import { quantile } from './sender.ts';

export interface Asked {
  /** p99, milliseconds. */
  claimMs: number;
  nextMs: number;
  /** What a plan reads that it need not. */
  scans: string[];
}

/** Thrown to undo what was written for the questions' sake. */
class Undo extends Error {}

/** Asks them `times` times over a backlog in every channel, in a transaction that is undone; the app must be stopped. */
export async function askWorkersQuestions(world: FaultWorld, srcDir: string, times: number): Promise<Asked> {
  const store = <T>(file: string) => import(pathToFileURL(join(srcDir, 'store', file)).href) as Promise<T>;
  const { openDatabase } = await store<typeof DatabaseFile>('database.ts');
  const { across } = await store<typeof HandleFile>('handle.ts');
  const { claimLanes } = await store<typeof LanesFile>('lanes.ts');
  const { firstDue } = await store<typeof NextJobFile>('next-job.ts');
  const database = await openDatabase({
    url: world.memory.url,
    folder: world.memory.folder,
    keys: [Buffer.from(world.env.ENCRYPTION_KEY!, 'base64')],
  });
  const { engine } = database;
  const claims: number[] = [];
  const nexts: number[] = [];
  const scans: string[] = [];
  try {
    await database.db.transaction().execute(async (tx) => {
      const said: CompiledQuery[] = [];
      const heard = overheard(tx, said);
      const now = await engine.readNow(tx);
      const channels = sql.join(world.channels);
      const wide = across(tx, 'operator');
      for (const channel of world.channels)
        await sql`update delivery set state = 'due', due_at = ${now - 1} where (installation_id, id) in
          (select installation_id, id from delivery where channel_id = ${channel} limit 200)`.execute(wide);
      for (let i = 0; i < times; i++) {
        // Each as in a transaction of its own: what the rounds before have written would be read past, since nothing of it can be forgotten until the end.
        await sql`savepoint round`.execute(tx);
        await sql`update lane set due_at = ${now - 1}, lease_until = 0, not_before = 0 where installation_id is not null and channel_id in (${channels})`.execute(
          wide,
        );
        const from = performance.now();
        const lanes = await claimLanes(heard, engine, { limit: world.channels.length, now, leaseUntil: now + 30_000 });
        claims.push(performance.now() - from);
        if (lanes.length !== world.channels.length) throw new Error(`${lanes.length} lanes were claimed`);
        for (const lane of lanes) {
          const asked = performance.now();
          if ((await firstDue(heard, lane)) === null) throw new Error('nothing was due');
          nexts.push(performance.now() - asked);
        }
        await sql`rollback to savepoint round`.execute(tx);
      }
      const texts = new Map(said.map((query) => [query.sql, query]));
      await sql`update lane set due_at = ${now - 1}, lease_until = 0, not_before = 0 where installation_id is not null and channel_id in (${channels})`.execute(
        wide,
      );
      for (const query of texts.values()) {
        const how = engine.name === 'sqlite' ? 'explain query plan' : 'explain (analyze, format json)';
        const { rows } = await tx.executeQuery(CompiledQuery.raw(`${how} ${query.sql}`, [...query.parameters]));
        scans.push(...(engine.name === 'sqlite' ? scansOfSqlite(rows) : scansOfPostgres(rows)));
      }
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  } finally {
    await database.close();
  }
  return { claimMs: quantile(claims, 0.99), nextMs: quantile(nexts, 0.99), scans };
}

/** The transaction, and every statement it is given. */
function overheard(tx: DatabaseFile.Tx, said: CompiledQuery[]): DatabaseFile.Tx {
  return new Proxy(tx, {
    get(target, name) {
      // The embedded database's short way past Kysely could not be overheard.
      if (name === 'isTransaction') return false;
      if (name === 'executeQuery')
        return (query: CompiledQuery) => {
          said.push(query);
          return target.executeQuery(query);
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** There is one installation: to search by it alone is to read everything. */
function scansOfSqlite(rows: unknown[]): string[] {
  return (rows as { detail: string }[])
    .map((row) => row.detail)
    .filter(
      (detail) =>
        /^SCAN (change|delivery|booking|booking_uri|lane)\b/.test(detail) ||
        /^SEARCH (change|delivery|booking|booking_uri|lane)\b.*\(installation_id=\?\)$/.test(detail),
    );
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** More rows looked at than the backlog is long, whatever the plan calls it. */
function scansOfPostgres(rows: unknown[]): string[] {
  const found: string[] = [];
  const visit = (node: PlanNode) => {
    const looked = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
    const table = node['Relation Name'];
    if (table && table !== 'installation' && (node['Node Type'] === 'Seq Scan' || looked > 1_000))
      found.push(`${node['Node Type']} of ${table} ${node['Index Name'] ?? ''}: ${looked} rows`);
    for (const child of node.Plans ?? []) visit(child);
  };
  for (const row of rows as { 'QUERY PLAN': { Plan: PlanNode }[] }[]) visit(row['QUERY PLAN'][0]!.Plan);
  return found;
}
