// A port for an app that is told its own: below those the system gives to outgoing connections, any of which could take it before the app does.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const [from, to] = [10_240, 32_768];

export async function freePort(): Promise<number> {
  const port = randomInt(from, to);
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
