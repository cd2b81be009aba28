// The sandbox Slack against the real Bolt: over HTTP, and over Socket Mode with its reconnections.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';

let slack: SlackSandbox;
const cleanUp: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await slack.stop();
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const view = {
  type: 'modal' as const,
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: plain('Name'),
      element: { type: 'plain_text_input' as const, action_id: 'v' },
    },
  ],
};

/** Registers the same listeners whichever way requests come in. */
function register(app: App, events: string[]) {
  app.command('/calendly', async ({ command, ack, client, respond }) => {
    await ack();
    if (command.text === 'form') await client.views.open({ trigger_id: command.trigger_id, view });
    else await respond(`You said ${command.text}`);
  });
  app.view('form', async ({ ack, view: sent }) => {
    const name = sent.state.values.name?.v?.value;
    if (name === 'bad') await ack({ response_action: 'errors', errors: { name: 'Not that one.' } });
    else await ack();
  });
  app.event('member_joined_channel', async ({ event }) => {
    events.push(`${event.type} ${event.channel}`);
  });
}

async function exercise(events: string[]) {
  const ann = slack.as('ann');
  const { ephemerals } = await ann.command(slack.channels.sales, 'hello');
  expect(ephemerals.map((message) => message.text)).toEqual(['You said hello']);
  await ann.command(slack.channels.sales, 'form');
  expect((await ann.submit(ann.modal()!, { name: 'bad' })).errors).toEqual({ name: 'Not that one.' });
  await ann.submit(ann.modal()!, { name: 'good' });
  expect(ann.modal()).toBeNull();
  await slack.invite('sales');
  await slack.waitFor(() => events.includes(`member_joined_channel ${slack.channels.sales}`), { what: 'the event' });
}

const clientOptions = () => ({ slackApiUrl: slack.apiUrl });

test('a Bolt app over HTTP', async () => {
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(),
    logLevel: LogLevel.ERROR,
  });
  const events: string[] = [];
  register(app, events);
  const server = createServer((req, res) => receiver.requestListener(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  slack.setAppUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await exercise(events);
  expect((await slack.raw({ body: 'command=%2Fcalendly', secret: 'wrong' })).status).toBe(401);
});

test('a Bolt app over Socket Mode, which comes back when Slack sends it away', async () => {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    clientPingTimeout: 500,
    installerOptions: { clientOptions: clientOptions() },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(),
    logLevel: LogLevel.ERROR,
  });
  const events: string[] = [];
  register(app, events);
  await app.start();
  cleanUp.push(async () => {
    await app.stop();
    await slack.waitFor(() => slack.sockets.connections === 0, { what: 'the goodbye' });
  });
  await slack.waitFor(() => slack.sockets.connections === 1, { what: 'a connection' });
  await exercise(events);

  const opened = () => slack.counts.get('apps.connections.open')?.accepted ?? 0;
  expect(opened()).toBe(1);
  slack.sockets.disconnect();
  await slack.waitFor(() => opened() === 2 && slack.sockets.connections === 1, {
    what: 'a new connection',
    timeoutMs: 10_000,
  });
  const { ephemerals } = await slack.as('ann').command(slack.channels.sales, 'again');
  expect(ephemerals.map((message) => message.text)).toEqual(['You said again']);
});

test('a bot token opens no connection', async () => {
  const response = await fetch(`${slack.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}` },
  });
  expect(await response.json()).toMatchObject({ ok: false, error: 'not_allowed_token_type' });
});
