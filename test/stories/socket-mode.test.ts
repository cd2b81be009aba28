// Without a public address for Slack: everything over Socket Mode, through refreshes, cut connections and an absent Slack.

import { describe, expect, it } from 'vitest';
import { ask, canary, eventually, figures, follow } from './view.ts';
import { connect, type World, world } from './world.ts';

async function overSocket(): Promise<World> {
  const w = await world({ start: false });
  await w.restart({ SLACK_APP_TOKEN: w.slack.appToken, SLACK_SIGNING_SECRET: '', SLACK_CHANNEL_RATE: '100' });
  await w.slack.waitFor(() => w.slack.sockets.connections === 1, { what: 'the socket' });
  return w;
}

async function helps(w: World): Promise<void> {
  const { ephemerals } = await w.slack.as('ann').command(w.slack.channels.sales, 'help');
  expect(ephemerals[0]?.text).toMatch(/connect/);
}

describe('socket mode', () => {
  it('from connect to a card, modals and buttons, and no door over HTTP', async () => {
    const w = await overSocket();
    expect(await connect(w)).toMatch(/Acme Sales/);
    const sales = await follow(w);
    await canary(w, sales);
    await w.slack.archive('sales');
    w.calendly.book({ name: 'Ada Lovelace' });
    await eventually(async () => (await figures(w.app.url)).held === 1, { what: 'it to be held' });
    await w.slack.unarchive('sales');
    await sales.shows('Ada Lovelace');
    expect((await ask(`${w.app.url}/slack/events`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await w.slack.raw({ body: 'command=/calendly' })).status).toBe(404);
    expect((await ask(`${w.app.url}/readyz`)).status).toBe(200);
  });

  it('comes back when Slack refreshes the connection or cuts it, and answers again', { timeout: 60_000 }, async () => {
    const w = await overSocket();
    await connect(w);
    const sales = await follow(w);
    const opened = () =>
      w.slack.ledger.filter((call) => call.method === 'apps.connections.open' && call.accepted).length;
    for (const end of [() => w.slack.sockets.disconnect('refresh_requested'), () => w.slack.sockets.cut()]) {
      const before = opened();
      end();
      await w.slack.waitFor(() => opened() > before && w.slack.sockets.connections === 1, {
        what: 'a new connection',
        timeoutMs: 45_000,
      });
      await helps(w);
      await canary(w, sales);
    }
  });

  it('waits for a Slack that is away, and takes webhooks meanwhile', { timeout: 60_000 }, async () => {
    const w = await overSocket();
    await connect(w);
    const sales = await follow(w);
    await w.slack.faults.refuse();
    w.calendly.book({ name: 'Grace Hopper' });
    await w.calendly.idle();
    expect(w.calendly.deliveries.map((each) => each.status)).toEqual([200]);
    await eventually(async () => w.logs.some((line) => line.includes('Slack was not reached')), { what: 'a try' });
    await w.slack.faults.up();
    await sales.shows('Grace Hopper', /./, 20_000);
    await w.slack.waitFor(() => w.slack.sockets.connections === 1, { what: 'the socket again', timeoutMs: 40_000 });
    await helps(w);
  });
});
