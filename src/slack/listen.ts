// Slack's front door: Bolt behind a gate of ours, over HTTP or Socket Mode; whatever comes in, somebody answers.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Receiver } from '@slack/bolt';
import { caller, deskMaker } from './callers.ts';
import { newReference } from './explain.ts';
import { admit } from './gate.ts';
import { homeKeeper } from './home.ts';
import { jobs } from './jobs.ts';
import type { Product } from './product.ts';
import { register } from './routes.ts';
import { connectSocket, type Socket } from './socket.ts';
import { boltLogger } from './web.ts';

export interface DoorOptions {
  product: Product;
  /** Where Slack's Web API is, with a trailing slash. */
  apiUrl: URL;
  /** Null only with an app token. */
  signingSecret: string | null;
  /** Turns Socket Mode on; then nothing is taken over HTTP. */
  appToken: string | null;
}

export interface SlackDoor {
  /** Answers `POST /slack/events`; the body was read already, and its size limited. Never throws, always answers. */
  handle(req: IncomingMessage, res: ServerResponse, rawBody: Buffer): Promise<void>;
  /** Connects over Socket Mode; rejects when Slack refuses the app token. Without an app token there is nothing to do. */
  startSocket(): Promise<void>;
  /** Takes nothing new over the socket, and waits for what is being done, at most 10 s. */
  stop(): Promise<void>;
}

const ENDPOINT = '/slack/events';

export async function slackDoor(options: DoorOptions): Promise<SlackDoor> {
  const { product, apiUrl, signingSecret, appToken } = options;
  const log = product.log.child({ part: 'slack' });
  const bolt = await import('@slack/bolt');
  const logger = boltLogger(log);
  const work = jobs();
  let socket: Socket | null = null;
  let listener: ((req: IncomingMessage, res: ServerResponse) => void) | null = null;
  let receiver: Receiver;
  if (appToken !== null) {
    socket = connectSocket(bolt.SocketModeReceiver, { appToken, apiUrl, log });
    receiver = socket.receiver;
  } else {
    if (!signingSecret)
      throw new Error('SLACK_SIGNING_SECRET is missing: without it no request can be told to be from Slack.');
    const http = new bolt.HTTPReceiver({
      signingSecret,
      endpoints: ENDPOINT,
      logger,
      unhandledRequestHandler: ({ response }) => fail(response, 'nobody answered a request in 3 s'),
      processEventErrorHandler: async ({ error, response }) => {
        fail(response, 'a request failed', error);
        return false;
      },
    });
    listener = http.requestListener;
    receiver = http;
  }

  function fail(response: ServerResponse, what: string, error?: unknown): void {
    const reference = newReference();
    log.error({ err: error, reference }, what);
    if (!response.headersSent) reply(response, 500, `something went wrong, reference ${reference}`);
  }

  const app = new bolt.App({
    receiver,
    authorize: async ({ teamId, enterpriseId, isEnterpriseInstall }) => {
      const where = { team: teamId ?? null, organization: isEnterpriseInstall ? (enterpriseId ?? null) : null };
      return { ...(await caller(product, where)), teamId: teamId ?? '' };
    },
    clientOptions: {
      slackApiUrl: apiUrl.href,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
    },
    convoStore: false,
    logger,
  });
  const homes = homeKeeper(log);
  register(app, options, await deskMaker(options), work.track, homes);
  app.error(async (error) => {
    throw error;
  });

  return {
    async handle(req, res, rawBody) {
      const done = new Promise<void>((resolve) => res.once('close', resolve));
      try {
        if (!listener || !signingSecret) return reply(res, 404, 'this app listens over Socket Mode');
        const verdict = admit({ headers: req.headers, rawBody, secret: signingSecret, now: product.clock.now() });
        if (!verdict.pass) return reply(res, verdict.status, verdict.error);
        req.headers['content-type'] = verdict.contentType;
        // Our server may mount this anywhere; Bolt knows one address.
        req.url = ENDPOINT;
        listener(Object.assign(req, { rawBody }), res);
        await done;
      } catch (error) {
        fail(res, 'a request could not be handed over', error);
      }
    },
    async startSocket() {
      await socket?.start();
    },
    async stop() {
      await socket?.stop();
      await homes.stop();
      await work.settled(10_000);
    },
  };
}

function reply(res: ServerResponse, status: number, error: string | null): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(error === null ? '' : JSON.stringify({ error }));
}
