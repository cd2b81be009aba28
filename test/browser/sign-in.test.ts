// Signing in with a real browser: the pages' own rules let its button lead to Calendly and back, and the cookie travels across sites.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toldInPrivate } from '../stories/people.ts';
import { link, signInWorld } from '../stories/sign-in.ts';
import { launch, openPage } from './chromium.ts';

let chromium: Browser;
beforeAll(async () => {
  chromium = await launch();
});
afterAll(() => chromium?.close());

test.each(['light', 'dark'] as const)('from the link to the last page, in %s', async (colorScheme) => {
  const w = await signInWorld();
  // localhost and 127.0.0.1 are two sites to a browser, as the app and Calendly are.
  await w.restart({ ...w.env, PUBLIC_URL: w.app.url.replace('127.0.0.1', 'localhost') });
  const { page, complaints } = await openPage(chromium, { colorScheme, javaScriptEnabled: false });
  const keep = async (name: string) => {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `sign-in-${name}-${colorScheme}.png`) });
  };
  await page.goto(await link(w));
  expect(await page.textContent('main')).toMatch(/Acme.*Ann Archer/s);
  const colors = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  expect(colors).toBe(colorScheme === 'light' ? 'rgb(244, 246, 249)' : 'rgb(18, 22, 28)');
  await keep('confirm');
  await page.click('button');
  await page.waitForURL(/oauth\/authorize/);
  expect(new URL(page.url()).hostname).toBe('127.0.0.1');
  await page.click('[data-testid=oauth-allow]');
  await page.waitForURL(/calendly\/callback/);
  expect(new URL(page.url()).hostname).toBe('localhost');
  expect(await page.textContent('h1')).toBe('Calendly is connected');
  await keep('done');
  await toldInPrivate(w, 'ann', /Connected/);
  // A reload, as browsers do when they are started again.
  await page.reload();
  expect(await page.textContent('h1')).toBe('Calendly is connected');
  expect(complaints).toEqual([]);
});
