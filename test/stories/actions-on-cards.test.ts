// Promise: a meeting can be canceled, and who did not come marked, from its card, by its host or an admin and nobody else; the card then shows what
// Calendly says, once, whoever tells it.

import { describe, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { ask, calls, modalSaying, type Who, words } from './people.ts';
import { canary, follow, inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

const all = 'all booked canceled rescheduled noshow';

async function staged(token?: string) {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w, token);
  return { w, sales: await follow(w, all) };
}

/** Presses, and waits for the window to say this. */
async function press(w: World, who: Who, card: Message, what: string, says: RegExp): Promise<View> {
  await w.slack.as(who).click(card, what);
  return modalSaying(w, who, says);
}

/** Presses what opens no window, and waits for the words that only this person sees. */
async function pressed(w: World, who: Who, card: Message, what: string): Promise<string> {
  const before = w.slack.ephemerals(who).length;
  await w.slack.as(who).click(card, what, { stale: true });
  return w.slack.waitFor(
    () =>
      w.slack
        .ephemerals(who)
        .slice(before)
        .findLast((message) => !message.text.startsWith('⏳'))?.text,
    { what: `an answer to ${what}` },
  );
}

const keptChanges = async (w: World, event: string) =>
  Number((await inDatabase(w.storage, `select count(*) as n from change where event = '${event}'`))[0]?.n);

describe('canceling', () => {
  it('asks first, takes a reason, and the card shows what Calendly says before and after its webhook', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ name: 'Ada Lovelace', email: 'ada@example.com' });
    const card = await sales.shows('Ada Lovelace');
    // No webhook for a while: what was done here is known all the same.
    w.calendly.hold();
    const form = await press(w, 'ann', card, 'Cancel…', /cannot be undone/);
    expect(words(form)).toMatch(/Demo call\* with Ada Lovelace/);
    expect(calls(w, 'POST', /cancellation/)).toEqual([]);
    await w.slack.as('ann').submit(form, { reason: 'The room is flooded <!channel>' });
    await modalSaying(w, 'ann', /It is canceled at Calendly/);
    const gone = await sales.shows('Ada Lovelace', /^Canceled .*by host.*“The room is flooded/);
    expect(JSON.stringify(gone.blocks)).not.toMatch(/"type":"(button|overflow)"|<!channel>/);
    await w.calendly.release();
    await canary(w, sales);
    // One change, one card, one line in its thread.
    expect(await keptChanges(w, 'invitee.canceled')).toBe(1);
    expect(sales.thread(gone).filter(({ text }) => /Canceled/.test(text))).toHaveLength(1);
  });

  it('pressed and submitted twice cancels once, and says so twice', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    const first = await press(w, 'ann', card, 'Cancel…', /cannot be undone/);
    await w.slack.as('bo').click(card, 'Cancel…');
    await modalSaying(w, 'bo', /Only Olga Larsen, a workspace admin/);
    await Promise.all(
      [w.slack.as('ann').submit(first), w.slack.as('ann').submit(first)].map((each) => each.catch(() => {})),
    );
    await modalSaying(w, 'ann', /It is canceled at Calendly/);
    await sales.shows('Ada Lovelace', /^Canceled/);
    // An answer that never came may have been a yes: it is looked up, and not said to have failed.
    w.calendly.book({ name: 'Alan Turing' });
    const third = await press(w, 'ann', await sales.shows('Alan Turing'), 'Cancel…', /cannot be undone/);
    w.calendly.faults.add({ match: 'POST /scheduled_events/*/cancellation', times: 1, kind: 'reset-after' });
    await w.slack.as('ann').submit(third);
    await modalSaying(w, 'ann', /It is canceled at Calendly/);
    // Somebody at Calendly was quicker than the one whose window is open.
    const again = w.calendly.book({ name: 'Grace Hopper' });
    const other = await sales.shows('Grace Hopper');
    const late = await press(w, 'ann', other, 'Cancel…', /cannot be undone/);
    w.calendly.cancel(again, { by: 'invitee', reason: 'Ill' });
    await w.slack.as('ann').submit(late, { reason: 'Mine' });
    await modalSaying(w, 'ann', /It is canceled at Calendly/);
    await sales.shows('Grace Hopper', /by invitee, “Ill”/);
  });

  it('what the token may not do is named with its cure, and nothing is said to be done', async () => {
    const read = ['users:read', 'organizations:read', 'scheduled_events:read', 'event_types:read', 'webhooks:write'];
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w, w.calendly.createToken(w.calendly.users.olga, { scopes: read }));
    const sales = await follow(w, all);
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    await w.slack.as('ann').submit(await press(w, 'ann', card, 'Cancel…', /cannot be undone/));
    const refused = words(await modalSaying(w, 'ann', /lacks permission to cancel this meeting/));
    expect(refused).toMatch(/all scopes of the present one and also scheduled_events:write.*\/calendly connect/s);
    expect(await pressed(w, 'ann', card, 'No-show')).toMatch(/lacks permission to mark who did not come/);
    await canary(w, sales);
    await sales.shows('Ada Lovelace', /^Booked/);
  });
});

describe('no-show and undo', () => {
  it('by its host, whose account it is, and by nobody else; the card has Undo, and the thread tells each once', async () => {
    const { w, sales } = await staged();
    // Bo connects his own account, which makes him the host of his meetings here.
    await w.slack.as('bo').command(w.slack.channels.general, 'connect');
    await w.slack
      .as('bo')
      .submit(await modalSaying(w, 'bo', /Personal access token/), { token: w.calendly.tokens.mia });
    await modalSaying(w, 'bo', /connected/i);
    w.calendly.book({ name: 'Ada Lovelace', type: 'Support' });
    const card = await sales.shows('Ada Lovelace');
    expect(await pressed(w, 'cy', card, 'No-show')).toMatch(
      /^Only Mia .*, a workspace admin or app manager can do that/,
    );
    expect(await pressed(w, 'gil', card, 'No-show')).toMatch(/^Guests/);
    expect(calls(w, 'POST', /invitee_no_shows/)).toEqual([]);
    const before = performance.now();
    expect(await pressed(w, 'bo', card, 'No-show')).toMatch(/^Ada Lovelace is marked as a no-show/);
    expect(performance.now() - before).toBeLessThan(3_000);
    const marked = await sales.shows('Ada Lovelace', /no-show/i);
    expect(await pressed(w, 'bo', card, 'No-show')).toMatch(/is marked as a no-show/);
    expect(await pressed(w, 'bo', marked, 'Undo no-show')).toMatch(/is no longer marked/);
    const undone = await sales.shows('Ada Lovelace', /^Booked/);
    expect(await pressed(w, 'bo', marked, 'Undo no-show')).toMatch(/is no longer marked/);
    await canary(w, sales);
    expect(sales.thread(undone).filter(({ text }) => /marked as a no-show/.test(text))).toHaveLength(1);
    expect(sales.thread(undone).filter(({ text }) => /taken back/.test(text))).toHaveLength(1);
    // Once more: the second mark is another one than the first.
    expect(await pressed(w, 'bo', undone, 'No-show')).toMatch(/is marked/);
    await sales.shows('Ada Lovelace', /no-show/i);
  });

  it('of a group, one guest at a time', async () => {
    const { w, sales } = await staged();
    const start = new Date(Date.now() + 86_400_000);
    for (const name of ['Ada Lovelace', 'Grace Hopper']) w.calendly.book({ type: 'Webinar', name, start });
    const card = await sales.shows('Webinar', /Grace Hopper/);
    const form = await press(w, 'ann', card, 'No-show…', /Who did not come/);
    await w.slack.as('ann').submit(form, { guest: 'Grace Hopper' });
    await modalSaying(w, 'ann', /Grace Hopper is marked/);
    await sales.shows('Webinar', /Grace Hopper \(no-show\)/);
    const again = await press(w, 'ann', card, 'No-show…', /Who did not come/);
    await w.slack.as('ann').submit(again, { guest: 'Grace Hopper (no-show; take back)' });
    await modalSaying(w, 'ann', /Grace Hopper is no longer marked/);
    await sales.shows('Webinar', /^(?!.*no-show)/);
    const cancel = await press(w, 'ann', card, 'Cancel…', /whole meeting \(2 guests\)/);
    await w.slack.as('ann').submit(cancel);
    await sales.shows('Webinar', /^Canceled/);
  });

  it('a slow Calendly is waited for in words', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    w.calendly.faults.add({ match: 'POST /invitee_no_shows', kind: { delayMs: 2_600 } });
    const before = w.slack.ephemerals('ann').length;
    expect(await pressed(w, 'ann', card, 'No-show')).toMatch(/is marked/);
    expect(
      w.slack
        .ephemerals('ann')
        .slice(before)
        .map(({ text }) => text[0]),
    ).toContain('⏳');
  });
});

describe('for one person alone', () => {
  it('the invitee’s links are shown to the host or an admin, and stand nowhere else', async () => {
    const { w, sales } = await staged();
    const { invitee } = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    const shown = words(await press(w, 'ann', card, 'Copy invitee’s link', /Move it/));
    expect(shown).toContain(`\`${invitee.reschedule_url}\``);
    expect(shown).toContain(`\`${invitee.cancel_url}\``);
    const refused = words(await press(w, 'bo', card, 'Copy invitee’s link', /Only Olga Larsen/));
    expect(refused).not.toContain(invitee.cancel_url);
    const posted = JSON.stringify(
      w.slack.ledger.filter(({ method }) => method.startsWith('chat.')).map(({ args }) => args),
    );
    for (const url of [invitee.cancel_url, invitee.reschedule_url]) {
      expect(posted).not.toContain(url.split('/').at(-1));
      expect(w.logs.join('')).not.toContain(url.split('/').at(-1));
    }
  });

  it('“Why here?” names the subscription and who made it, to any member', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    const shown = words(await press(w, 'cy', card, 'Why here?', /by this subscription/));
    expect(shown).toContain(`<@${w.slack.as('ann').id}>`);
    expect(shown).toMatch(/follows .*Verdict: it matches\..*✓ kind of change.*Card: (?:shown|is being sent)/s);
    await ask(w, 'ann', 'sales', 'unsubscribe all');
    expect(words(await press(w, 'cy', card, 'Why here?', /subscription that brought it here is gone/))).toBeTruthy();
  });
});
