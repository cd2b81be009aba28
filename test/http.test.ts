// The server's door: whoever knocked before it was closed is let in.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { answer, listen } from '../src/http.ts';
import { logger } from '../src/log.ts';

const calls = 20;
/** Calls many times at once as soon as it is told to, and prints what came of each. */
const caller = `
  const { request } = require('node:http');
  process.stdin.once('data', (url) => {
    for (let i = 0; i < ${calls}; i++)
      request(String(url), { agent: false }, (res) => console.log(res.resume().statusCode)).on('error', ({ code }) => console.log(code)).end();
    process.stdin.destroy();
  });
  process.stderr.write('waiting');
`;

it('a stop takes in whoever waits at the door', async () => {
  const server = await listen({
    port: 0,
    host: '127.0.0.1',
    routes: [{ method: 'GET', path: '/', handle: async ({ res }) => answer(res, 200, 'here') }],
    log: logger('silent'),
  });
  const child = spawn(process.execPath, ['-e', caller]);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child.stderr, 'data');
  child.stdin.write(`${server.url}/`);
  // Nothing can be taken meanwhile, as when the app is busy.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  await server.stop(5_000);
  await once(child, 'close');
  expect(said.trim().split('\n')).toEqual(Array.from({ length: calls }, () => '200'));
});

it('the silent make room for whoever asks, and whoever has asked stays', async () => {
  const answers: (() => void)[] = [];
  const server = await listen({
    port: 0,
    host: '127.0.0.1',
    routes: [
      {
        method: 'POST',
        path: '/long',
        handle: async ({ res }) => {
          await new Promise<void>((resolve) => answers.push(resolve));
          answer(res, 200, 'at last');
        },
      },
      { method: 'GET', path: '/', handle: async ({ res }) => answer(res, 200, 'here') },
    ],
    log: logger('silent'),
    connectionsLimit: 10,
  });
  const { port } = new URL(server.url);
  const sockets: Socket[] = [];
  const knock = async (words: string) => {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(words);
    return socket;
  };
  const heard = async (socket: Socket) => String((await once(socket, 'data'))[0]).slice(9, 12);
  try {
    const asked = await knock('POST /long HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
    const again = await knock('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await heard(again)).toBe('200');
    for (let i = 0; i < 60; i++)
      await knock(i % 2 ? 'GET / HTTP/1.1\r\nhost' : 'POST /long HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1234');
    expect(await heard(await knock('GET / HTTP/1.1\r\nhost: x\r\n\r\n'))).toBe('200');
    const open = () => sockets.filter((socket) => !socket.closed).length;
    await expect.poll(open).toBeLessThanOrEqual(10);
    // The first of all has asked, and was not the one to go.
    answers[0]!();
    expect(await heard(asked)).toBe('200');
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop(1_000);
  }
});
