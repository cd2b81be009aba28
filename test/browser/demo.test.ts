// The demo as a person meets it: `npm run demo`, one page, and the whole story by mouse and keyboard.

import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, openPage } from './chromium.ts';
import { type Demo, parts, picture, startDemo, type } from './demo.ts';

let browser: Browser;
let demo: Demo;

beforeAll(async () => {
  [browser, demo] = await Promise.all([launch(), startDemo()]);
});

afterAll(async () => {
  await Promise.allSettled([browser?.close(), demo?.close()]);
});

it('takes a person from connect to a card that moves and ends, and is gone after Ctrl-C', async () => {
  const facts = await demo.facts();
  const { page, complaints } = await openPage(browser);
  await page.goto(demo.address);
  const { slack, calendly, messages, done } = parts(page);

  await type(slack, '/calendly connect');
  const token = slack.getByTestId('modal').getByLabel('Personal access token');
  await token.waitFor();
  await picture(page, 'connect');
  await token.fill(facts.token);
  await token.press('Enter');
  await slack.getByTestId('modal').getByText('Connected').waitFor();
  await slack.getByTestId('modal-close').click();
  await slack.getByTestId('modal').waitFor({ state: 'detached' });
  await done(1).waitFor();

  // Nobody has invited the app: it joins a public channel by itself.
  await slack.getByTestId('channel-sales').click();
  await type(slack, '/calendly subscribe');
  await slack.getByTestId('modal-submit').waitFor();
  await picture(page, 'subscribe');
  await slack.getByTestId('modal-submit').click();
  await messages.filter({ hasText: 'subscribed this channel' }).waitFor();
  if (await slack.getByTestId('modal').isVisible()) await page.keyboard.press('Escape');
  await slack.getByTestId('modal').waitFor({ state: 'detached' });
  await done(2).waitFor();

  await book(calendly, 'Ada Lovelace', 'Pricing for 40 seats');
  const card = messages.filter({ hasText: 'Ada Lovelace' });
  await card.getByText('booked').waitFor();
  expect(await card.textContent()).toMatch(/Demo call.*ada@example\.com.*Olga Larsen.*Pricing for 40 seats/s);
  await card.getByText('Join', { exact: true }).waitFor();
  await done(3).waitFor();
  await picture(page, 'booked');

  await calendly.getByTestId('tab-meetings').click();
  const meeting = calendly.getByTestId('meeting-row').filter({ hasText: 'ada@example.com' }).first();
  await meeting.getByTestId('move').click();
  await calendly.getByTestId('reason').fill('A clash with our board meeting');
  await calendly.getByTestId('dialog-submit').click();
  await card.getByText('moved').first().waitFor();
  await card.getByTestId('thread').click();
  await slack.getByTestId('thread-pane').getByText('A clash with our board meeting').waitFor();
  await picture(page, 'moved');
  await slack.getByTestId('close-thread').click();

  await meeting.getByTestId('cancel').click();
  await calendly.getByTestId('reason').fill('No longer needed');
  await calendly.getByTestId('dialog-submit').click();
  await card.getByText('canceled').first().waitFor();
  expect(await card.getByText('Join', { exact: true }).count()).toBe(0);
  expect(await card.count()).toBe(1);
  await expect
    .poll(async () => (await demo.facts()).ledger.meetings)
    .toMatchObject([{ state: 'true', channels: ['sales'] }]);
  expect(complaints).toEqual([]);
  await page.close();

  expect(await demo.leftovers()).toHaveLength(1);
  await demo.interrupt();
  expect(await demo.leftovers()).toEqual([]);
  for (const part of [demo.address, facts.slack, facts.calendly, facts.app])
    await expect(fetch(part), `${part} after Ctrl-C`).rejects.toThrow('fetch failed');
});

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
