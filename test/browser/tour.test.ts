// The demo's tour of five steps, its fault panel and its ledger, and what each person may see and do: in Chromium, by hand and by keyboard.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from './chromium.ts';
import { actAs, type Demo, parts, picture, startDemo, type } from './demo.ts';

/** A look at the webhook, and the look for what it missed, are each less than half a minute away. */
const patience = { timeout: 60_000 };

let browser: Browser;
let demo: Demo;
let page: Page;
let complaints: string[];
let at: ReturnType<typeof parts>;

beforeAll(async () => {
  [browser, demo] = await Promise.all([launch(), startDemo()]);
  ({ page, complaints } = await openPage(browser));
  await page.goto(demo.address);
  at = parts(page);
});

afterAll(async () => {
  await Promise.allSettled([browser?.close(), demo?.close()]);
});

const ledger = async () => (await demo.facts()).ledger;
/** Every meeting has one true card, and nothing waits. */
const isWhole = () =>
  expect
    .poll(async () => {
      const { booked, stands, onItsWay, missing, twice } = await ledger();
      return { missing, twice, onItsWay, left: booked - stands };
    }, patience)
    .toEqual({ missing: 0, twice: 0, onItsWay: 0, left: 0 });

describe('the tour', () => {
  it('does its first three steps for who would rather watch', async () => {
    for (const step of [1, 2, 3]) {
      expect(await page.locator('[aria-current=step]').getAttribute('data-testid')).toBe(`step-${step}`);
      await page.getByTestId('do-it').click();
      await at.done(step).waitFor(patience);
    }
    await at.messages.filter({ hasText: 'Host Olga Larsen' }).waitFor();
    await expect.poll(() => at.verdict.textContent(), patience).toContain('1 meeting stands');
  });

  it('kills the app while guests book, and shows that they wait', async () => {
    // It opens the panel by itself, when it comes to it.
    await at.trouble('killed').waitFor();
    await page.getByTestId('do-it').click();
    await at.done(4).waitFor(patience);
    expect(await demo.facts()).toMatchObject({ appState: 'killed', kills: 1 });
    await expect.poll(() => at.verdict.textContent()).toContain('The app is dead. 3 meetings wait; nothing is lost.');
    expect(await at.tiles.evaluateAll((all) => all.map((each) => each.getAttribute('data-state')))).toEqual([
      'true',
      'waiting',
      'waiting',
      'waiting',
    ]);
    await picture(page, 'broken');
  });

  it('starts it again, and everything comes, once', async () => {
    await page.getByTestId('do-it').click();
    await at.done(5).waitFor(patience);
    await isWhole();
    expect(await at.verdict.textContent()).toContain(
      'All 4 meetings stand in Slack, once each. Nothing lost, nothing twice. Killed once.',
    );
    expect((await ledger()).meetings.map(({ channels }) => channels)).toEqual(Array(4).fill(['sales']));
    await picture(page, 'mended');
  });
});

describe('the fault panel', () => {
  it('takes Slack down by keyboard, and mends it', async () => {
    const down = at.trouble('slack-down');
    await down.focus();
    await page.keyboard.press('Space');
    await expect.poll(() => down.getAttribute('aria-checked')).toBe('true');
    await at.trouble('book-3').click();
    await expect.poll(() => at.verdict.textContent()).toContain('3 are on the way');
    // Calendly was answered all the same: what waits, waits in the app.
    await expect.poll(() => page.getByTestId('ledger').textContent()).toMatch(/\d+ not shown yet/);
    await page.getByTestId('mend').click();
    await expect.poll(() => down.getAttribute('aria-checked')).toBe('false');
    await isWhole();
    expect((await ledger()).booked).toBe(7);
  });

  it('lets Calendly deliver everything twice, and the ledger counts what was dropped', async () => {
    await at.trouble('calendly-twice').click();
    await expect
      .poll(async () => (await demo.facts()).troubles.find(({ id }) => id === 'calendly-twice')?.isOn)
      .toBe(true);
    await at.trouble('book-3').click();
    await isWhole();
    await expect.poll(async () => (await ledger()).repeated).toBeGreaterThanOrEqual(3);
    await page.getByTestId('mend').click();
  });

  it('switches the webhook off: it is replaced, and what nobody told is found', async () => {
    await at.trouble('hook-disabled').click();
    await expect
      .poll(async () => (await demo.facts()).troubles.find(({ id }) => id === 'hook-disabled')?.isOn)
      .toBe(true);
    await at.trouble('book-3').click();
    await isWhole();
    expect((await ledger()).booked).toBe(13);
    await at.calendly.getByTestId('tab-webhooks').click();
    await at.calendly.getByTestId('hook-state').filter({ hasText: 'Active' }).first().waitFor();
  });

  it('eats an answer: the message is asked about, and not sent again', async () => {
    await at.trouble('slack-eats').click();
    await expect.poll(async () => (await demo.facts()).troubles.find(({ id }) => id === 'slack-eats')?.isOn).toBe(true);
    await at.trouble('book-3').click();
    await expect.poll(async () => (await ledger()).unsure, patience).toBe(1);
    await expect.poll(async () => (await ledger()).stands, patience).toBe(16);
    expect(await ledger()).toMatchObject({ booked: 16, twice: 0, missing: 0 });
    await expect.poll(() => at.verdict.textContent(), patience).toContain('the app asks Ann instead of sending again');
  });

  it('knows no trouble that is not there, and takes nothing but JSON', async () => {
    const post = (path: string, body: string, kind = 'application/json') =>
      fetch(`${demo.address}/${path}`, { method: 'POST', headers: { 'content-type': kind }, body });
    expect((await post('trouble', '{"id":"constructor","on":true}')).status).toBe(400);
    expect((await post('step', '{"step":9}')).status).toBe(400);
    expect((await post('toString', '{}')).status).toBe(404);
    expect((await post('mend', 'x=1', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await fetch(`${demo.address}/..%2fframe.ts`)).status).toBe(404);
  });
});

describe('other people', () => {
  it('a member who is no host may not cancel a meeting', async () => {
    await actAs(at.slack, 'bo');
    await at.slack.getByTestId('channel-sales').click();
    await at.messages.getByText('Cancel…').last().click();
    await at.slack.getByTestId('modal').getByText('a workspace admin or app manager can do that').waitFor();
    await picture(page, 'denied');
    await at.slack.getByTestId('modal-close').click();
    await at.slack.getByTestId('modal').waitFor({ state: 'detached' });
  });

  it('a guest reads cards, and sets up nothing', async () => {
    await actAs(at.slack, 'gil');
    await at.slack.getByTestId('channel-demos').click();
    await type(at.slack, '/calendly subscribe all');
    await at.messages.filter({ hasText: /guest/i }).waitFor();
  });

  it('Home says how things are', async () => {
    await actAs(at.slack, 'ann');
    await at.slack.getByTestId('home-tab').click();
    await at.slack.getByText('Your connection').waitFor();
    await at.slack.getByText('Olga Larsen').first().waitFor();
    await picture(page, 'home');
  });

  it('another workspace, without the app, sees nothing of it', async () => {
    await actAs(at.slack, 'workspace-globex');
    await expect.poll(() => at.slack.getByTestId('tile-globex').getAttribute('aria-current')).toBe('true');
    await at.slack.getByTestId('channel-sales').click();
    expect(await at.messages.count()).toBe(0);
    await type(at.slack, '/calendly status');
    await at.slack.getByText('/calendly is not a valid command.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('once the app is added there, it is that workspace’s own, and knows nothing of the first', async () => {
    await at.slack.getByTestId('channel-general').click();
    await picture(page, 'not-installed');
    const [added] = await Promise.all([page.context().waitForEvent('page'), at.slack.getByTestId('install').click()]);
    await added.getByRole('button', { name: 'Continue to Slack' }).click();
    await picture(added, 'allow');
    await added.getByText('Allow in Globex').click();
    await added.getByText('The app is installed').waitFor();
    await added.close();
    await at.slack.getByTestId('home-tab').click();
    await at.slack.getByTestId('tab-messages').click();
    await at.slack.getByText('Thanks for installing me').waitFor();
    await picture(page, 'welcome');
    await at.slack.getByTestId('channel-sales').click();
    await type(at.slack, '/calendly status');
    await at.slack.getByText('No Calendly account is connected yet').waitFor();
    await picture(page, 'second-workspace');
    expect(complaints).toEqual([]);
  });
});

describe('the page itself', () => {
  it.each(['light', 'dark'] as const)('fits a phone, one part at a time, in %s', async (colorScheme) => {
    const phone = await openPage(browser, { viewport: { width: 390, height: 844 }, colorScheme });
    await phone.page.goto(demo.address);
    for (const place of ['slack', 'calendly', 'troubles', 'ledger']) {
      await phone.page.getByTestId(`place-${place}`).click();
      const width = await phone.page.evaluate('document.documentElement.scrollWidth');
      expect(width, place).toBeLessThanOrEqual(390);
      await picture(phone.page, `phone-${place}-${colorScheme}`);
    }
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  it('is dark for who wants it dark, and loads nothing from elsewhere', async () => {
    const dark = await openPage(browser, { colorScheme: 'dark' });
    const asked = new Set<string>();
    dark.page.on('request', (request) => asked.add(new URL(request.url()).hostname));
    await dark.page.goto(demo.address);
    await dark.page.getByTestId('open-dock').click();
    await dark.page.getByTestId('tile').first().waitFor();
    const colour = await dark.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(colour).toBe('rgb(19, 24, 31)');
    expect([...asked]).toEqual(['127.0.0.1']);
    await picture(dark.page, 'dark');
    expect(dark.complaints).toEqual([]);
  });
});
