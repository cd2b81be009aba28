// Socket Mode: Bolt's receiver with settings of its own, kept from ending the process when Slack is away for long.

import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { newReference } from './explain.ts';
import { boltLogger } from './web.ts';

export interface Socket {
  receiver: SocketModeReceiver;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const REST_MS = 60_000;
const CLOSE_MS = 3_000;

export function connectSocket(
  Receiver: typeof SocketModeReceiver,
  { appToken, apiUrl, log }: { appToken: string; apiUrl: URL; log: Logger },
): Socket {
  const receiver = new Receiver({
    appToken,
    logger: boltLogger(log),
    // The client writes into these options, so they are its own and nobody else's. Only `apps.connections.open` is called with
    // them: safe to repeat, and giving up would leave the app deaf.
    installerOptions: {
      clientOptions: {
        slackApiUrl: apiUrl.href,
        timeout: 10_000,
        retryConfig: { forever: true, factor: 1.5, maxTimeout: 30_000 },
      },
    },
    processEventErrorHandler: async ({ error }) => {
      log.error({ err: error, reference: newReference() }, 'a request failed');
      return true;
    },
  });
  const { client } = receiver;
  const connect = client.start.bind(client);
  let stopped = false;
  let isUp = false;
  let rest: NodeJS.Timeout | undefined;
  // The client reconnects by calling its own `start`, and nobody hears when that fails: an unhandled rejection, and no further try.
  client.start = async () => {
    try {
      return await connect();
    } catch (error) {
      if (!isUp) throw error;
      log.error({ err: error }, 'Socket Mode could not reconnect; trying again in a minute');
      if (!stopped) rest = setTimeout(() => void client.start(), REST_MS);
      return {} as Awaited<ReturnType<typeof connect>>;
    }
  };
  return {
    receiver,
    async start() {
      await receiver.start();
      isUp = true;
    },
    async stop() {
      stopped = true;
      clearTimeout(rest);
      // The client resolves when the other side has closed too, which a dead connection never does.
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_MS);
      await Promise.race([client.disconnect(), late]);
      clearTimeout(timer);
    },
  };
}
