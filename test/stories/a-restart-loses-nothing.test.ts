// Deploys, full disks and an absent Slack: what is under way is answered, the process ends by itself, and nothing that was promised is lost.

import { connect as openSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import { processWorld } from './process.ts';
import { ask, eventually, figures, follow, hookOf, inDatabase, webhook } from './view.ts';
import { connect } from './world.ts';

describe('a restart loses nothing', () => {
  it('SIGTERM: what is under way is answered and recorded, and the process ends with 0', {
    timeout: 60_000,
  }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    const hook = hookOf(w);
    const body = makeWebhook('invitee.created', { name: 'Ada Lovelace' });
    const { port, pathname } = new URL(hook.callback_url);
    let said = '';
    const socket = openSocket(Number(port), '127.0.0.1');
    socket.on('data', (chunk) => (said += String(chunk))).on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n` +
        `calendly-webhook-signature: ${sign(hook.signing_key!, body)}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`,
    );
    await eventually(async () => said.includes('100 Continue'), { what: 'the server to wait for the body' });
    // And a message on its way to Slack, which takes its time.
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'delay', ms: 800, times: 1 });
    w.calendly.book({ name: 'Grace Hopper' });
    await w.slack.waitFor(() => w.slack.ledger.some(({ args }) => String(args.text).includes('Grace')), {
      what: 'a post on its way',
    });

    const asked = Date.now();
    app.child.kill('SIGTERM');
    await eventually(async () => app.logged('stopping'), { what: 'it to say that it stops' });
    socket.write(body);
    await closed;
    expect(said).toMatch(/HTTP\/1\.1 200 OK/);
    expect(await app.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(app.stderr()).toBe('');

    await w.start();
    await sales.shows('Ada Lovelace');
    await sales.shows('Grace Hopper');
    const after = await figures(w.url);
    expect([after.due, after.uncertain, after.dead]).toEqual([0, 0, 0]);
    expect(w.slack.posts(sales.id).filter(({ args }) => String(args.text).includes('Grace'))).toHaveLength(1);
  });

  it('SIGTERM with a client that hangs and a Slack that hangs: it ends within ten seconds', {
    timeout: 60_000,
  }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    await follow(w);
    const socket = openSocket(Number(new URL(w.url).port), '127.0.0.1').on('error', () => {});
    socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'hang' });
    w.calendly.book({ name: 'Ada Lovelace' });
    await w.slack.waitFor(() => w.slack.ledger.some(({ args }) => String(args.text).includes('Ada')), {
      what: 'a post',
    });
    const asked = Date.now();
    app.child.kill('SIGTERM');
    expect(await app.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - asked).toBeLessThan(10_500);
    socket.destroy();
  });

  it('a start while Slack is down takes webhooks at once, and the cards come when Slack is back', {
    timeout: 60_000,
  }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    app.child.kill('SIGTERM');
    expect((await app.ended).code).toBe(0);
    await w.slack.faults.refuse();
    await w.start({}, { until: 'listening' });
    for (const name of ['Ada Lovelace', 'Grace Hopper'])
      expect((await webhook(w, makeWebhook('invitee.created', { name }))).status).toBe(200);
    await w.slack.faults.up();
    await sales.shows('Ada Lovelace', /./, 20_000);
    await sales.shows('Grace Hopper', /./, 20_000);
    const after = await figures(w.url);
    expect([after.due, after.uncertain]).toEqual([0, 0]);
  });

  it('a start while Slack does not answer who we are takes webhooks and shows them', { timeout: 60_000 }, async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    await app.kill9();
    const hang = w.slack.faults.add({ method: 'auth.test', kind: 'hang' });
    await w.start({}, { until: 'listening' });
    expect((await webhook(w, makeWebhook('invitee.created', { name: 'Ada Lovelace' }))).status).toBe(200);
    await sales.shows('Ada Lovelace');
    hang.remove();
  });

  it('a disk that is full is said to Calendly, which repeats; what was acknowledged is there', {
    timeout: 60_000,
  }, async () => {
    const w = await processWorld();
    const first = await w.start();
    await connect(w);
    const sales = await follow(w);
    w.slack.faults.down();
    w.calendly.retryPolicy.firstMs = 600_000;
    let app = first;
    if (w.storage.engine === 'sqlite') {
      app.child.kill('SIGTERM');
      await app.ended;
      // No file may grow beyond 1 MB: to SQLite the same as a full disk.
      app = await w.start({}, { until: 'listening', command: ['bash', '-c', 'ulimit -f 1000; exec "$@"', 'bash'] });
    } else {
      await inDatabase(w.storage, 'alter table change add constraint full_disk check (length(body) < 4000) not valid');
    }
    const filler = 'x'.repeat(5_000);
    for (let i = 0; i < 400 && !w.calendly.deliveries.some((each) => each.status === 503); i++) {
      w.calendly.book({ name: `Guest ${i}`, ...(i > 0 ? { answers: [{ question: 'Why?', answer: filler }] } : {}) });
      await w.calendly.idle();
    }
    const statuses = w.calendly.deliveries.map((each) => each.status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect((await ask(`${w.url}/healthz`)).status).toBe(200);

    if (w.storage.engine === 'sqlite') {
      await app.kill9();
      await w.slack.faults.up();
      await w.start();
    } else {
      await inDatabase(w.storage, 'alter table change drop constraint full_disk');
      await w.slack.faults.up();
    }
    await w.calendly.retryNow(hookOf(w));
    // Killed with no room left, the app could not write down what Slack answered to the one being sent: whether it was shown is asked, not guessed.
    const unwritten = w.storage.engine === 'sqlite' ? 1 : 0;
    const shownOrAsked = async () => {
      const { uncertain = 0 } = await figures(w.url);
      return uncertain <= unwritten && sales.cards().length + uncertain === statuses.length;
    };
    await expect.poll(shownOrAsked, { timeout: 40_000 }).toBe(true);
    expect(w.calendly.deliveries.at(-1)?.status).toBe(200);
  });
});
