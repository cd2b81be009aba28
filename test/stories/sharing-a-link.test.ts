// Promise: a link to book is one line or one window away, for a single booking where outsiders read along; nobody shares what is not theirs.

import { describe, expect, it } from 'vitest';
import { ask, calls, hears, modalSaying, said, words } from './people.ts';
import { canary, follow } from './view.ts';
import { connect, type World, world } from './world.ts';

const links = (w: World) => calls(w, 'POST', /scheduling_links/).length;

async function staged(token?: string) {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w, token);
  return w;
}

describe('sharing by words', () => {
  it('gives the page of the event type, or a link for one booking, and posts it once', async () => {
    const w = await staged();
    const page = await ask(w, 'ann', 'sales', 'share “demo call” reusable');
    expect(page.text).toMatch(/The link to book \*Demo call\*:\n\n`http:\/\/\S+\/demo-call`/);
    expect(links(w)).toBe(0);
    const once = await ask(w, 'ann', 'sales', 'share Demo call once');
    expect(once.text).toMatch(/A link to book \*Demo call\* once:\n\n`http:\/\/[^/]+\/d\//);
    expect(links(w)).toBe(1);
    expect(said(w, 'sales')).toEqual([]);
    const press = () => w.slack.as('ann').click(once, 'Post it here', { stale: true });
    await Promise.all([press(), press()]);
    const told = await hears(w, 'sales', /shares a link to book \*Demo call\*, for one booking: <http:\/\/[^/]+\/d\//);
    expect(told.text).toContain(`<@${w.slack.as('ann').id}>`);
    const sales = await follow(w);
    await canary(w, sales);
    expect(said(w, 'sales', /shares a link/)).toHaveLength(1);
  });

  it('is for one booking where people from outside read the channel, unless somebody says otherwise', async () => {
    const w = await staged();
    expect((await ask(w, 'ann', 'sales', 'share "Demo call"')).text).toMatch(/^The link/);
    const among = await ask(w, 'ann', 'demos', 'share "Demo call"');
    expect(among.text).toMatch(/^A link to book \*Demo call\* once:.*People from outside.*`reusable`/s);
    expect((await ask(w, 'ann', 'demos', 'share "Demo call" reusable')).text).toMatch(/^The link/);
  });

  it('names the nearest event types, and takes one of them by a press', async () => {
    const w = await staged();
    const near = await ask(w, 'ann', 'sales', 'share dmeo cal once');
    expect(near.text).toMatch(/no event type “dmeo cal”.*one of these/);
    await w.slack.as('ann').click(near, 'Demo call');
    await w.slack.waitFor(() =>
      w.slack.ephemerals('ann').some(({ text }) => /^A link to book \*Demo call\* once/.test(text)),
    );
    expect(links(w)).toBe(1);
  });

  it('is refused to guests and to whoever has no account here, and a missing scope is named with its cure', async () => {
    const scopes = ['users:read', 'organizations:read', 'scheduled_events:write', 'event_types:read', 'webhooks:write'];
    const w = await world();
    await connect(w, w.calendly.createToken(w.calendly.users.olga, { scopes }));
    expect((await ask(w, 'gil', 'demos', 'share "Demo call"')).text).toMatch(/^Guests/);
    expect((await ask(w, 'bo', 'sales', 'share "Demo call"')).text).toMatch(
      /^Only <@\w+>, who connected .*\/calendly connect/,
    );
    expect((await ask(w, 'ann', 'sales', 'share "Demo call" once')).text).toMatch(
      /lacks permission to make a single-use link.*and also scheduling_links:write/,
    );
    expect((await ask(w, 'ann', 'sales', 'share "Demo call" reusable')).text).toMatch(/^The link/);
  });
});

describe('sharing in the window', () => {
  it('opens from the command, and posts what it gives where that is ticked', async () => {
    const w = await staged();
    await w.slack.as('ann').command(w.slack.channels.sales, 'share');
    const form = await modalSaying(w, 'ann', /Event type/);
    await w.slack.as('ann').submit(form, { share_type: 'Onboarding', how: 'once', post: ['post'] });
    expect(words(await modalSaying(w, 'ann', /A link to book/))).toMatch(/\*Onboarding\* once.*It is posted in/s);
    await hears(w, 'sales', /shares a link to book \*Onboarding\*, for one booking/);
    expect(links(w)).toBe(1);
  });

  it('opens from the shortcut anywhere in Slack, for one booking unless told otherwise', async () => {
    const w = await staged();
    expect((await w.slack.as('ann').shortcut('share')).status).toBe(200);
    const form = await modalSaying(w, 'ann', /Event type/);
    expect(words(form)).not.toContain('Post it');
    await w.slack.as('ann').submit(form, { share_type: 'Demo call' });
    expect(words(await modalSaying(w, 'ann', /A link to book/))).toMatch(/\*Demo call\* once:\n`http:\/\/[^/]+\/d\//);
    await w.slack.as('bo').shortcut('share');
    await modalSaying(w, 'bo', /Only <@\w+>, who connected/);
  });
});
