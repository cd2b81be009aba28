// Both pages of the sandbox show hostile text on purpose: none of it may become markup, a link that runs, or a request.

import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { launch, openPage } from './chromium.ts';

// At most 75 characters: Slack takes no longer text in a button.
const markup = '<img src="/stolen" onerror="owned=1"><script>owned=1</script><b>?</b>';
const escaped = markup.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const links = ['javascript:owned=1', 'data:text/html,<script>owned=1</script>', 'vbscript:x'];

let browser: Browser;
let slack: SlackSandbox;
let calendly: CalendlySandbox;

beforeAll(async () => {
  [browser, slack, calendly] = await Promise.all([launch(), startSlack(), startCalendly()]);
});

afterAll(async () => {
  await Promise.allSettled([browser?.close(), slack?.stop(), calendly?.stop()]);
});

async function api(method: string, args: object): Promise<void> {
  const response = await fetch(new URL(method, slack.apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(args),
  });
  const answer = (await response.json()) as { ok: boolean };
  expect(answer, JSON.stringify(answer)).toMatchObject({ ok: true });
}

/** Opens an address with the page's own protection switched off, so that only its code stands between the text and the browser. */
async function visit(address: string) {
  const { page, complaints } = await openPage(browser, { bypassCSP: true });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(address);
  return { page, complaints, asked };
}

async function isHarmless(place: Locator): Promise<void> {
  expect(await place.locator('script, iframe, object, b, img[onerror]').count()).toBe(0);
  const addresses = await place.locator('a').evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? ''));
  expect(addresses.filter((each) => !/^https?:/.test(each))).toEqual([]);
  expect(await place.page().evaluate('window.owned')).toBeUndefined();
}

describe('hostile text stays text', () => {
  it('in messages of every kind', async () => {
    const channel = slack.channels.sales;
    await api('conversations.join', { channel });
    const mrkdwn = [markup, ...links.map((link) => `<${link}|click me>`), '<!channel> <@U0000> <#C0000|x>'].join('\n');
    await api('chat.postMessage', { channel, text: mrkdwn });
    await api('chat.postMessage', { channel, text: escaped });
    await api('chat.postMessage', {
      channel,
      text: 'blocks',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: markup } },
        { type: 'section', text: { type: 'mrkdwn', text: mrkdwn }, fields: [{ type: 'mrkdwn', text: markup }] },
        { type: 'context', elements: [{ type: 'mrkdwn', text: `\`${markup}\` *${markup}*` }] },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: markup, style: { code: true } },
                ...links.map((url) => ({ type: 'link', url, text: 'click me' })),
              ],
            },
          ],
        },
        { type: 'actions', elements: [{ type: 'button', action_id: 'b', text: { type: 'plain_text', text: markup } }] },
      ],
    });

    const { page, complaints, asked } = await visit(`${slack.url}/?channel=sales`);
    const messages = page.getByTestId('messages');
    await messages.getByRole('button', { name: '<img' }).waitFor();
    await page.getByTestId('composer').fill(markup);
    await page.getByTestId('composer').press('Enter');
    await messages.getByTestId('message').nth(3).waitFor();

    await isHarmless(messages);
    expect(await messages.getByTestId('message').nth(1).textContent()).toContain(markup);
    expect(asked).not.toContain('/stolen');
    expect(complaints).toEqual([]);
  });

  it('on the booking page', async () => {
    const booking = calendly.book({ name: markup, email: 'x"onmouseover=owned=1@example.com' });
    calendly.cancel(booking, { by: 'invitee', reason: markup });
    const { page, complaints, asked } = await visit(`${calendly.url}/#meetings`);
    const row = page.getByTestId('meeting-row').first();
    await row.waitFor();

    await isHarmless(page.locator('#main'));
    expect(await row.textContent()).toContain(markup);
    expect(asked).not.toContain('/stolen');
    expect(complaints).toEqual([]);
  });
});
