// The server's door: whoever knocked before it was closed is let in.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
