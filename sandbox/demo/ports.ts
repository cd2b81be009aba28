// Ports of this machine that nobody has yet.
import { createServer, type Server } from 'node:net';

/** The wanted port, or any free one when somebody has it or none is wanted. */
export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const probe = createServer();
    const isFree = await listens(probe, port);
    const address = probe.address();
    probe.close();
    if (isFree && typeof address === 'object' && address) return address.port;
  }
  throw new Error('This machine has no free port.');
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
