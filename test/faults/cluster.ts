// A PostgreSQL server of the faults' own, in a temporary folder on a free port, so that it can be crashed; never the machine's server.

import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../free-port.ts';

const run = promisify(execFile);

export interface Cluster {
  /** The server's address, database postgres. */
  url: string;
  folder: string;
  /** The process that is the server. */
  pid(): number;
  start(): Promise<void>;
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** Kills the server's first process and nothing else: its children end by themselves. */
  kill9(): Promise<void>;
  /** Makes an empty database; answers its address. */
  database(): Promise<string>;
  sql(statement: string, url?: string): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** @param o.folder an empty folder for its data, such as a small disk @param o.settings of postgresql.conf */
export async function ownCluster(
  o: { folder?: string; settings?: Record<string, string | number> } = {},
): Promise<Cluster> {
  const bin = binaries();
  const home = mkdtempSync(join(o.folder ?? tmpdir(), 'faults-pg-'));
  // PostgreSQL refuses to run as root.
  const who = asPostgres();
  if (who.uid !== undefined) chownSync(home, who.uid, who.gid ?? who.uid);
  const data = join(home, 'data');
  const port = await freePort();
  const sockets = mkdtempSync(join(tmpdir(), 'faults-pg-run-'));
  if (who.uid !== undefined) chownSync(sockets, who.uid, who.gid ?? who.uid);
  const act = (program: string, ...words: string[]) => run(join(bin, program), words, { ...who, cwd: sockets });
  await act('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N');

  const settings = {
    port,
    unix_socket_directories: sockets,
    listen_addresses: '127.0.0.1',
    logging_collector: 'off',
    // What a commit did not wait for stays unwritten for long: a server told not to wait then loses it for sure.
    wal_writer_delay: '10s',
    wal_writer_flush_after: 0,
    ...o.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;

  const sql = async (statement: string, at = url) => {
    const client = new pg.Client({ connectionString: at });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows as Record<string, unknown>[];
    } finally {
      await client.end().catch(() => {});
    }
  };

  let databases = 0;
  const cluster: Cluster = {
    url,
    folder: home,
    pid: () => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    async start() {
      // After a kill -9 the old children need a moment to go; until then the server refuses to start.
      for (let attempt = 1; ; attempt++) {
        try {
          await act('pg_ctl', '-D', data, '-w', '-t', '60', '-l', join(sockets, 'log'), '-o', flags.join(' '), 'start');
          return;
        } catch (error) {
          if (attempt === 50) throw error;
          await pause(100);
        }
      }
    },
    async stop(how) {
      await act('pg_ctl', '-D', data, '-w', '-m', how, 'stop');
    },
    async kill9() {
      const pid = cluster.pid();
      process.kill(pid, 'SIGKILL');
      while (existsSync(`/proc/${pid}`) && !isZombie(pid)) await pause(5);
    },
    async database() {
      databases += 1;
      // Several goals may ask at the same time.
      const name = `faults_${databases}`;
      await sql(`create database ${name}`);
      return url.replace(/postgres$/, name);
    },
    sql,
    async remove() {
      clusters.delete(cluster);
      await cluster.stop('immediate').catch(() => {});
      rmSync(home, { recursive: true, force: true });
      rmSync(sockets, { recursive: true, force: true });
    },
  };
  clusters.add(cluster);
  try {
    await cluster.start();
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  return cluster;
}

const clusters = new Set<Cluster>();
let shared: Promise<Cluster> | null = null;

/** The server for goals that do not harm it: one for the whole run. */
export const sharedCluster = (): Promise<Cluster> => {
  shared ??= ownCluster({ settings: { max_connections: 200 } });
  return shared;
};

/** Ends every server that was started here and removes what it left. */
export async function removeClusters(): Promise<void> {
  await shared?.catch(() => null);
  shared = null;
  await Promise.all([...clusters].map((cluster) => cluster.remove()));
}

function binaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ].find((folder) => existsSync(join(folder, 'initdb')));
  if (!found)
    throw new Error('PostgreSQL 15 or newer is needed here (initdb, pg_ctl); on Debian: apt-get install postgresql');
  return found;
}

function asPostgres(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
