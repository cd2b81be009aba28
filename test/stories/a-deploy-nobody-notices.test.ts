// A new version is put in place under load: whoever calls gets an answer, and every booking shows up once. On PostgreSQL one process after
// the other is exchanged; on SQLite the only one is, and the proxy lets callers wait.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { freePort } from '../free-port.ts';
import { processWorld, type Running } from './process.ts';
import { ask, eventually, figures, follow, hookOf, webhook } from './view.ts';
import { connect } from './world.ts';

const waitsMs = 30_000;

describe('a deploy nobody notices', () => {
  it('no call is lost, and no booking is shown twice or never', { timeout: 120_000 }, async () => {
    const w = await processWorld();
    const ports = [Number(new URL(w.url).port), ...(w.storage.url ? [await freePort()] : [])];
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const isReady = async (url: string) => (await ask(`${url}/readyz`).catch(() => null))?.status === 200;
    const running: Running[] = [];
    for (const [i, url] of urls.entries()) {
      running[i] = await w.start({ PORT: String(ports[i]), PUBLIC_URL: w.url }, { until: 'listening' });
      await eventually(() => isReady(url), { what: `${url} to be ready` });
    }
    await connect(w);
    const sales = await follow(w);
    const hook = hookOf(w);

    let over = false;
    let answered = false;
    const healthy = new Set(urls);
    const watching = urls.map(async (url) => {
      while (!answered) {
        if (await isReady(url)) healthy.add(url);
        else healthy.delete(url);
        await pause(200);
      }
    });
    let turn = 0;
    /** What deploy/haproxy.cfg tells the proxy: whoever is not ready gets nothing, connections are not kept, and who cannot be reached is passed over. */
    async function throughProxy(body: string): Promise<number> {
      for (const end = Date.now() + waitsMs; ; await pause(50)) {
        const [url] = [...healthy].slice(turn++ % (healthy.size || 1));
        if (!url && Date.now() < end) continue;
        if (!url) throw new Error(`no process was ready for ${waitsMs / 1000} s`);
        const callback = new URL(new URL(hook.callback_url).pathname, url).href;
        try {
          return (await webhook(w, body, { hook: { ...hook, callback_url: callback } })).status;
        } catch (error) {
          if ((error as { code?: string }).code !== 'ECONNREFUSED' || Date.now() > end) throw error;
        }
      }
    }

    const answers: Promise<number>[] = [];
    const calling = (async () => {
      while (!over) {
        answers.push(throughProxy(makeWebhook('invitee.created', { name: `Guest ${answers.length} of the deploy` })));
        answers.at(-1)!.catch(() => {});
        await pause(50);
      }
    })();
    for (const [i, url] of urls.entries()) {
      const before = answers.length;
      await eventually(async () => answers.length > before + 10, { what: 'calls to be under way' });
      running[i]!.child.kill('SIGTERM');
      expect(await running[i]!.ended).toEqual({ code: 0, signal: null });
      running[i] = await w.start({ PORT: String(ports[i]), PUBLIC_URL: w.url }, { until: 'listening' });
      await eventually(() => isReady(url), { what: `${url} to be ready again` });
    }
    over = true;
    await calling;
    const statuses = await Promise.all(answers).finally(() => (answered = true));
    await Promise.all(watching);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await eventually(
      async () => {
        const { due, sending } = await figures(w.url);
        return due === 0 && sending === 0 && sales.cards().length >= answers.length;
      },
      { what: 'all to be shown', timeoutMs: 60_000 },
    );
    const shown = sales.cards().map(({ text }) => /Guest \d+ of/.exec(text)?.[0]);
    expect(new Set(shown).size).toBe(answers.length);
    expect(shown).toHaveLength(answers.length);
    const after = await figures(w.url);
    expect([after.uncertain, after.dead, after.held]).toEqual([0, 0, 0]);
  });
});
