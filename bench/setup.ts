// Connects and subscribes through the front door, as a person does it: 100 channels, each with an event type of its own, and 20 that share one more.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startCalendly } from '../sandbox/calendly/server.ts';
import { type SlackSandbox, startSlack } from '../sandbox/slack/server.ts';
import type { EventTypeName } from './bodies.ts';
import type { Memory } from './memory.ts';
import { freePort, startOurs } from './ours.ts';

/** What every later run on a copy of this memory needs to know. */
export interface Prepared {
  memory: Memory;
  env: Record<string, string>;
  /** Where Calendly believes the app to be: another one would look like a lost hook. */
  port: number;
  workspace: { team: string; botUser: string };
  /** The hook: its path, its key, and who made it. */
  hook: { path: string; signingKey: string; createdBy: string };
  /** `types[i]` is shown in `channels[i]` alone. */
  types: EventTypeName[];
  channels: string[];
  /** Shown in the first 20 channels. */
  shared: EventTypeName;
  /** Ends Calendly, which answers the app’s checks until then. */
  stop(): Promise<void>;
}

export const channelCount = 100;
export const sharedBy = 20;

export async function prepare(memory: Memory): Promise<Prepared> {
  const slack = await startSlack();
  const calendly = await startCalendly();
  const port = await freePort();
  const settings = {
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_CHANNEL_RATE: '100',
    CALENDLY_API_URL: calendly.url,
    CALENDLY_AUTH_URL: calendly.url,
    VERIFY_SCHEDULE: '0 0 1 1 *',
    ...memory.env,
  };
  const logPath = join(memory.env.DATA_DIR ?? '', 'app.log');
  const app = startOurs({ env: { ...settings, SLACK_API_URL: slack.apiUrl }, port, logPath });
  try {
    slack.setAppUrl(`http://127.0.0.1:${port}`);
    await app.ready();
    const [shared, ...types] = calendly.addEventTypes(channelCount + 1);
    if (!shared) throw new Error('no event types were made');
    await connect(slack, calendly.tokens.olga);
    const channels: string[] = [];
    for (const [i, type] of types.entries()) {
      const channel = slack.addChannel({ name: `team-${i + 1}`, members: ['ann'] });
      channels.push(channel);
      await subscribe(slack, channel, i < sharedBy ? [type.name, shared.name] : [type.name]);
    }
    const hook = calendly.hooks.find((each) => each.state === 'active');
    if (!hook?.signing_key) throw new Error('the app registered no hook');
    return {
      memory,
      env: settings,
      port,
      stop: calendly.stop,
      workspace: { team: slack.team.id, botUser: slack.botUserId },
      hook: {
        path: new URL(hook.callback_url).pathname,
        signingKey: hook.signing_key,
        createdBy: hook.creator ?? calendly.users.olga.uri,
      },
      types: types.map(({ uri, name }) => ({ uri, name })),
      channels,
      shared: { uri: shared.uri, name: shared.name },
    };
  } catch (error) {
    await calendly.stop();
    throw error;
  } finally {
    await app.stop();
    await slack.stop();
  }
}

async function connect(slack: SlackSandbox, token: string): Promise<void> {
  const ann = slack.as('ann');
  await ann.command(slack.channels.general, 'connect');
  const modal = ann.modal();
  if (!modal) throw new Error('/calendly connect opened no modal');
  await ann.submit(modal, { token });
  await slack.waitFor(() => JSON.stringify(ann.modal()?.blocks ?? []).includes('Acme Sales'), {
    what: 'the account to be connected',
  });
}

async function subscribe(slack: SlackSandbox, channel: string, types: string[]): Promise<void> {
  const words = types.map((name) => `"${name}"`).join(' ');
  const { ephemerals } = await slack.as('ann').command(channel, `subscribe ${words} booked canceled rescheduled`);
  const answer = ephemerals.map((each) => each.text).join(' ');
  if (!answer.includes('Subscribed')) throw new Error(`subscribe was answered with: ${answer || 'nothing'}`);
}
