// S21: where the app listens, as the system sees it and not as the app says.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { expect, it } from 'vitest';
import { processWorld } from '../stories/process.ts';
import { connect } from '../stories/world.ts';

/** `address:port` of each socket on which this process waits for others, UDP included. */
function doorsOf(pid: number): string[] {
  if (platform() === 'linux') return doorsInProc(pid);
  const said = execFileSync('lsof', ['-nP', '-a', '-p', String(pid), '-i', '-Fn'], { encoding: 'utf8' });
  // A connection has an arrow between its two ends.
  return said.split('\n').flatMap((line) => (line.startsWith('n') && !line.includes('->') ? [line.slice(1)] : []));
}

/** https://docs.kernel.org/networking/proc_net_tcp.html */
function doorsInProc(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const mine = new Set(
    readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) => {
    const lines = readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trim().split('\n').slice(1);
    return lines.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      // 0A: listening. UDP knows no such state: each of its sockets may be spoken to.
      if (!mine.has(inode) || (kind.startsWith('tcp') && state !== '0A')) return [];
      const [address = '', port = ''] = local.split(':');
      const host = address === '0100007F' ? '127.0.0.1' : address;
      return [`${host}:${Number.parseInt(port, 16)}`];
    });
  });
}

const ways = [
  { way: 'by HTTP', socket: false },
  { way: 'in Socket Mode', socket: true },
];

it.each(ways)('the app waits at one port, $way', async ({ socket }) => {
  const w = await processWorld();
  const app = await w.start(socket ? { SLACK_APP_TOKEN: w.slack.appToken, SLACK_SIGNING_SECRET: '' } : {});
  if (socket) await w.slack.waitFor(() => w.slack.sockets.connections === 1, { what: 'the socket' });
  const open = [new URL(w.url).host];
  expect(doorsOf(app.child.pid!)).toEqual(open);
  // At work as well.
  await connect(w);
  expect(doorsOf(app.child.pid!)).toEqual(open);
});
