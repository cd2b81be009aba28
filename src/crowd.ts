// Room at the door: where too many connections are open, the one that has kept us waiting longest for a request makes way for whoever comes.

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Crowd {
  /** Its request is whole: it stays until it is answered. */
  asked(socket: Socket): void;
  /** It may ask again, and waits in line like one that has just come. */
  answered(socket: Socket): void;
}

/**
 * Slow and silent clients take places that Calendly and Slack need, and turning newcomers away would help whoever took them. Behind a proxy there are never so many.
 * @param most connections that may be open before one has to go
 */
export function crowd(server: Server, most: number): Crowd {
  /** Those of whom nothing whole has come, longest first. */
  const waiting = new Set<Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    open += 1;
    waiting.add(socket);
    socket.once('close', () => {
      open -= 1;
      waiting.delete(socket);
    });
    if (open <= most) return;
    const [longest] = waiting;
    if (!longest) return;
    waiting.delete(longest);
    longest.destroy();
  });
  return {
    asked: (socket) => void waiting.delete(socket),
    answered: (socket) => void (socket.destroyed || waiting.add(socket)),
  };
}
