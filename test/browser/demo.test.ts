// The demo as a person meets it: `npm run demo`, one page, and the whole story by mouse and keyboard.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from './chromium.ts';

interface DemoFacts {
  slack: string;
  calendly: string;
  app: string;
  token: string;
}

let browser: Browser;
let folder: string;
let demo: ChildProcess;
let said = '';

/** What was put into the demo's own folder for temporary files. */
const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith('calendly-demo-'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  // A group of its own, so that Ctrl-C can reach all of it, as it does in a terminal.
  demo = spawn('npm', ['run', 'demo'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEMO_PORT: '0', TMPDIR: folder },
  });
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on('data', (data) => {
      said += data;
    });
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  if (demo?.pid && demo.exitCode === null && demo.signalCode === null) {
    const ended = once(demo, 'close');
    process.kill(-demo.pid, 'SIGINT');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

describe('npm run demo', () => {
  it('takes a person from connect to a card that moves and ends, and is gone after Ctrl-C', async () => {
    const address = await expect
      .poll(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0], { timeout: 40_000, message: said })
      .toBeTruthy()
      .then(() => String(/http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]));
    const facts = (await (await fetch(`${address}/demo.json`)).json()) as DemoFacts;
    const { page, complaints } = await openPage(browser);
    await page.goto(address);
    const slack = page.frameLocator('#slack');
    const calendly = page.frameLocator('#calendly');

    await type(slack, '/calendly connect');
    const token = slack.getByTestId('modal').getByLabel('Personal access token');
    await token.fill(facts.token);
    await token.press('Enter');
    await slack.getByTestId('modal').getByText('Connected').waitFor();
    await slack.getByTestId('modal-close').click();
    await slack.getByTestId('modal').waitFor({ state: 'detached' });

    // Nobody has invited the app: it joins a public channel by itself.
    await slack.getByTestId('channel-sales').click();
    await type(slack, '/calendly subscribe');
    await slack.getByTestId('modal-submit').click();
    const inSales = slack.getByTestId('messages').getByTestId('message');
    await inSales.filter({ hasText: 'subscribed this channel' }).waitFor();
    if (await slack.getByTestId('modal').isVisible()) await page.keyboard.press('Escape');
    await slack.getByTestId('modal').waitFor({ state: 'detached' });

    await book(calendly, 'Ada Lovelace', 'Pricing for 40 seats');
    const card = inSales.filter({ hasText: 'Ada Lovelace' });
    await card.getByText('booked').waitFor();
    expect(await card.textContent()).toMatch(/Demo call.*ada@example\.com.*Olga Larsen.*Pricing for 40 seats/s);
    await card.getByText('Join', { exact: true }).waitFor();
    await page.getByText('It works.').waitFor();

    await calendly.getByTestId('tab-meetings').click();
    const meeting = calendly.getByTestId('meeting-row').filter({ hasText: 'ada@example.com' }).first();
    await meeting.getByTestId('move').click();
    await calendly.getByTestId('reason').fill('A clash with our board meeting');
    await calendly.getByTestId('dialog-submit').click();
    await card.getByText('moved').first().waitFor();
    await card.getByTestId('thread').click();
    await slack.getByTestId('thread-pane').getByText('A clash with our board meeting').waitFor();
    await slack.getByTestId('close-thread').click();

    await meeting.getByTestId('cancel').click();
    await calendly.getByTestId('reason').fill('No longer needed');
    await calendly.getByTestId('dialog-submit').click();
    await card.getByText('canceled').first().waitFor();
    expect(await card.getByText('Join', { exact: true }).count()).toBe(0);
    expect(await card.count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();

    expect(await leftovers()).toHaveLength(1);
    const ended = once(demo, 'close');
    process.kill(-demo.pid!, 'SIGINT');
    await ended;
    expect(await leftovers()).toEqual([]);
    for (const part of [address, facts.slack, facts.calendly, facts.app])
      await expect(fetch(part), `${part} after Ctrl-C`).rejects.toThrow('fetch failed');
  });
});

async function type(slack: FrameLocator, text: string): Promise<void> {
  await slack.getByTestId('composer').fill(text);
  await slack.getByTestId('composer').press('Enter');
}

/** The day after tomorrow, where every time is still free. */
async function book(calendly: FrameLocator, name: string, answer: string): Promise<void> {
  await calendly.getByTestId('book-type').filter({ hasText: 'Demo call' }).click();
  await calendly.getByTestId('book-day').nth(2).click();
  await calendly.getByTestId('book-slot').nth(3).click();
  await calendly.getByTestId('book-name').fill(name);
  await calendly.getByTestId('book-email').fill('ada@example.com');
  await calendly.getByTestId('book-answer').fill(answer);
  await calendly.getByTestId('book-submit').click();
  await calendly.getByTestId('book-done').waitFor();
}
