// What an operator watches tells the truth: alive, ready, and the figures; and it gives nobody's secrets away.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { processWorld } from './process.ts';
import { ask, eventually, follow, inDatabase, webhook } from './view.ts';
import { connect, world } from './world.ts';

describe('metrics and health', () => {
  it('count what happened, without a name or a secret', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w);
    const body = makeWebhook('invitee.created', { name: 'Ada Lovelace', email: 'ada@canary.example' });
    await webhook(w, body);
    await webhook(w, body);
    await webhook(w, body, { key: 'wrong' });
    await sales.shows('Ada Lovelace');
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'is_archived' });
    await webhook(w, makeWebhook('invitee.created'));
    const page = await eventually(
      async () => {
        const found = await ask(`${w.app.url}/metrics`);
        return found.text.includes('deliveries{state="held"} 1') && found;
      },
      { what: 'one to be held' },
    );
    expect(page).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/plain; version=0\.0\.4/) });
    expect(page.text).toMatch(/^calendly_webhooks_total\{status="200"\} 3$/m);
    expect(page.text).toMatch(/^calendly_webhooks_total\{status="401"\} 1$/m);
    expect(page.text).toMatch(/^calendly_changes_kept_total\{new="yes"\} 2$/m);
    expect(page.text).toMatch(/^calendly_changes_kept_total\{new="no"\} 1$/m);
    expect(page.text).toMatch(/^slack_writes_total\{op="post",outcome="done"\} \d+$/m);
    expect(page.text).toMatch(/^slack_writes_total\{op="post",outcome="refused"\} \d+$/m);
    for (const state of ['due', 'held', 'uncertain', 'suppressed', 'dead'])
      expect(page.text).toMatch(new RegExp(`^deliveries\\{state="${state}"\\} \\d+$`, 'm'));
    expect(page.text).toMatch(/^calendly_requests_total\{method="GET",status="200"\} \d+$/m);
    expect(page.text).toMatch(/^card_lag_seconds_count 1$/m);
    expect(page.text).toMatch(/^hooks\{state="active"\} 1$/m);
    expect(page.text).toMatch(/^connections\{state="active"\} 1$/m);
    expect(page.text).toMatch(/^calendly_for_slack_info\{version="\d+\.\d+\.\d+",node="\d+\.\d+\.\d+"\} 1$/m);
    // From the webhook to the call at Slack, by ids.
    const lines = w.logs.map((line) => JSON.parse(line) as Record<string, string>);
    const arrived = lines.filter(({ msg }) => msg === 'a change was kept');
    expect(arrived).toHaveLength(2);
    const [again, ...more] = lines.filter(({ msg }) => msg === 'a change was known already');
    expect([again?.mark, more]).toEqual([arrived[0]!.mark, []]);
    const folded = lines.filter(({ change, msg }) => msg === 'a change was folded' && change === arrived[0]!.change);
    expect(folded).toEqual([expect.objectContaining({ became: 'shown' })]);
    const asked = lines.filter(({ booking, msg }) => msg === 'Slack was asked' && booking === folded[0]!.booking);
    expect(asked).toEqual([expect.objectContaining({ op: 'post', outcome: 'done', channel: sales.id })]);
    const everywhere = page.text + w.logs.join('\n');
    const secrets = [
      w.slack.botToken,
      w.slack.signingSecret,
      ...Object.values(w.calendly.tokens),
      w.calendly.hooks[0]!.signing_key!,
    ];
    for (const secret of [
      ...secrets,
      'Lovelace',
      'canary.example',
      w.calendly.hooks[0]!.callback_url.split('/').at(-1)!,
    ])
      expect(everywhere).not.toContain(secret);
  });

  it('ready while it can keep, alive in any case', async () => {
    const w = await world();
    const ready = () => ask(`${w.app.url}/readyz`);
    await eventually(async () => (await ready()).status === 200, { what: 'it to be ready' });
    expect(JSON.parse((await ready()).text)).toMatchObject({
      ready: true,
      database: 'ok',
      slack: 'ok',
      queue: 'running',
    });
    expect(await ask(`${w.app.url}/healthz`)).toMatchObject({ status: 200 });
    // Slack's outage is no reason to take the app out of service: webhooks must still be kept.
    w.slack.faults.down();
    expect((await ready()).status).toBe(200);
    if (w.storage.url) {
      const name = new URL(w.storage.url).pathname.slice(1);
      const server = { ...w.storage, url: new URL('/postgres', w.storage.url).href };
      await inDatabase(server, `alter database ${name} allow_connections false`);
      await inDatabase(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
      await eventually(async () => (await ready()).status === 503, { what: 'it to be not ready', timeoutMs: 45_000 });
      expect((await ready()).text).toMatch(/"ready":false.*"database":"not reached"/);
      expect((await ask(`${w.app.url}/healthz`)).status).toBe(200);
      await inDatabase(server, `alter database ${name} allow_connections true`);
      await eventually(async () => (await ready()).status === 200, { what: 'it to be ready again', timeoutMs: 45_000 });
    }
    w.slack.faults.clear();
    await w.slack.faults.up();
    await connect(w);
    const sales = await follow(w);
    w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada Lovelace');
  });

  it('never a 2xx before it can keep: a start says 200 and means it', { timeout: 40_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    await app.kill9();
    const names: string[] = [];
    const starting = w.start();
    let done = false;
    void starting.finally(() => (done = true));
    for (let i = 0; !done || names.length < 3; i++) {
      const name = `Guest ${i}.`;
      const answer = await webhook(w, makeWebhook('invitee.created', { name })).catch(() => null);
      if (answer?.status === 200) names.push(name);
      else expect(answer === null || answer.status === 503).toBe(true);
    }
    await starting;
    for (const name of names) await sales.shows(name, /./, 45_000);
    expect(sales.cards()).toHaveLength(names.length);
  });

  it('a port that speaks no HTTP at the other end does no harm', async () => {
    const server = createServer((socket) => socket.end('no http\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100', SLACK_API_URL: `http://127.0.0.1:${port}/api/` } });
    expect((await ask(`${w.app.url}/healthz`)).status).toBe(200);
    await eventually(async () => (await ask(`${w.app.url}/readyz`)).text.includes('not reached yet'), {
      what: 'it to say so',
    });
    server.close();
  });
});
