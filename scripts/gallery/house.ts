// The whole app between a Slack and a Calendly of the sandbox, to walk through: started as in life, on a memory that is gone afterwards.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { logger } from '../../src/log.ts';
import type { Language } from '../../src/texts/index.ts';

export interface House {
  slack: SlackSandbox;
  calendly: CalendlySandbox;
  app: App;
  /** What people and their browsers speak. */
  language: Language;
  quietMs: number;
  /** Pages of the web that were seen, to be drawn as well. */
  pages: { name: string; html: string }[];
  stop(): Promise<void>;
}

export async function openHouse(language: Language): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  const slack = await startSlack();
  const calendly = await startCalendly();
  const port = await freePort();
  const read = readConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: folder,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    CALENDLY_CLIENT_ID: calendly.app.clientId,
    CALENDLY_CLIENT_SECRET: calendly.app.clientSecret,
    CALENDLY_WEBHOOK_SIGNING_KEY: calendly.app.signingKey,
    VERIFY_SCHEDULE: '0 0 1 1 *',
    SLACK_CHANNEL_RATE: '100',
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const app = await startApp(read.config, logger('error', { write: () => {} }));
  slack.setAppUrl(app.url);
  return {
    slack,
    calendly,
    app,
    language,
    quietMs: 40,
    pages: [],
    async stop() {
      await app.stop();
      await slack.stop();
      await calendly.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
