// `status`: the connection, its hook, the checks and the figures, as they really are, problems first.

import { describe, expect, it } from 'vitest';
import { ask, bookingArrives, hears, modalSaying, paste, said, toldInPrivate } from './people.ts';
import { type World, world } from './world.ts';

const rate = { SLACK_CHANNEL_RATE: '100' };
const status = async (w: World) => (await ask(w, 'bo', 'sales', 'status')).text;
/** The numbers of one line of the ledger, by the word behind them. */
const numbersOf = (line: string): Record<string, number> =>
  Object.fromEntries(
    [...line.replace(/\([^()]*\)|<[^<>]*>/g, '').matchAll(/(\d+) ([a-z]+)/g)].map(([, count, what]) => [
      what,
      Number(count),
    ]),
  );
async function ledger(w: World) {
  const told = (await ask(w, 'ann', 'sales', 'admin')).text;
  const changes = numbersOf(/^Changes: (.*)/m.exec(told)?.[1] ?? '');
  const messages = numbersOf(/^Messages: (.*)/m.exec(told)?.[1] ?? '');
  // Whatever came in is somewhere: nothing is lost between the columns.
  for (const line of [changes, messages]) {
    const [whole, ...parts] = Object.values(line);
    expect(
      parts.reduce((sum, each) => sum + each, 0),
      told,
    ).toBe(whole);
  }
  return { changes, messages };
}
/** Slack shows it in the reader's own zone. */
const moment = /<!date\^\d{10}\^\{date_short_pretty\} at \{time\}\|[^<>]+UTC\)>/.source;

describe('status', () => {
  it('before anything: says so, and what to do', async () => {
    expect(await status(await world())).toBe('No Calendly account is connected yet. `/calendly connect` does it.');
  });

  it('names account, role, reach, hook, who connected it, and when it was and will be checked', async () => {
    const w = await world({ env: { ...rate, VERIFY_SCHEDULE: '*/10 * * * *' } });
    await w.subscribed();
    const fresh = await status(w);
    expect(fresh).toMatch(/\*Olga Larsen\* \(olga@acme\.example\) · ✅ connected/);
    expect(fresh).toContain(`connected by <@${w.slack.users.ann}>`);
    expect(fresh).toMatch(/Role owner, hears of every meeting of the organization \*Acme Sales\*/);
    expect(fresh).toMatch(/^Hook: bookings ✅ active/m);
    expect(fresh).toMatch(/Last change heard: none yet\nLast check: not yet/);
    expect(fresh).toMatch(new RegExp(`Next check: ${moment}`));
    expect(fresh).toMatch(/Subscriptions: 1 active, 0 paused/);
    expect(fresh).not.toMatch(/⚠️/);

    await bookingArrives(w, 'sales', 'Grace Hopper');
    await ask(w, 'ann', 'sales', 'verify');
    const later = await status(w);
    expect(later).toMatch(new RegExp(`Last change heard: ${moment}\nLast check: ${moment}\\. All is well`));
  });

  it('counts what was kept, shown, suppressed and could not be shown', async () => {
    const w = await world({ env: rate });
    await w.subscribed({ words: '"Demo call" booked' });
    expect(await ledger(w)).toMatchObject({ changes: { received: 0 }, messages: { to: 0, shown: 0 } });
    await bookingArrives(w, 'sales', 'Grace Hopper');
    w.calendly.book({ type: 'Support', name: 'Not For Sales' });
    await w.calendly.idle();
    await bookingArrives(w, 'sales', 'Alan Turing');
    // Shown is what Slack confirmed, which is written down a moment later.
    await expect
      .poll(() => ledger(w), { timeout: 30_000 })
      .toMatchObject({
        changes: { received: 3, for: 2, pending: 0, suppressed: 1, quarantined: 0 },
        messages: { shown: 2, due: 0, held: 0, uncertain: 0, dead: 0 },
      });
    expect((await ask(w, 'ann', 'sales', 'admin')).text).toMatch(/1 suppressed \(1 that no subscription wants\)/);
    const told = await status(w);
    expect(told).toMatch(/^2 messages shown, nothing waiting\.$/m);
    expect(told).not.toMatch(/⚠️|suppressed|quarantined|held|dead/);
  });

  it('says of a message whose fate Slack did not tell that it is uncertain, and does not send it twice', async () => {
    const w = await world({ env: rate });
    await w.subscribed();
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'accept-then-500', times: 1 });
    w.calendly.book({ name: 'Grace Hopper' });
    await hears(w, 'sales', /Grace Hopper/);
    await bookingArrives(w, 'sales', 'Alan Turing');
    await toldInPrivate(w, 'ann', /Slack did not say whether 1 message/);
    // Alan’s card, and the question.
    await expect
      .poll(() => ledger(w), { timeout: 30_000 })
      .toMatchObject({ messages: { shown: 2, uncertain: 1, due: 0 } });
    expect(await status(w)).toMatch(/⚠️ For 1 message Slack did not say whether it arrived.*nothing shows up twice/s);
    expect(said(w, 'sales', /Grace Hopper/)).toHaveLength(1);
  });

  it('shows what waits while Slack is down, and that it was shown afterwards', async () => {
    const w = await world({ env: rate });
    await w.subscribed();
    const fault = w.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 503 });
    w.calendly.book({ name: 'Grace Hopper' });
    await w.calendly.idle();
    await expect
      .poll(() => ledger(w), { timeout: 30_000 })
      .toMatchObject({ changes: { received: 1 }, messages: { shown: 0, due: 1 } });
    const since = new RegExp(`0 messages shown, 1 waiting \\(oldest since ${moment}\\)`);
    await expect.poll(() => status(w), { timeout: 30_000 }).toMatch(since);
    const [, second] = /oldest since <!date\^(\d+)/.exec(await status(w)) ?? [];
    expect(Number(second)).toBeLessThanOrEqual(Date.now() / 1000);
    fault.remove();
    await w.slack.waitFor(() => said(w, 'sales', /Grace Hopper/).length > 0, { what: 'the card', timeoutMs: 45_000 });
    await expect.poll(() => ledger(w), { timeout: 30_000 }).toMatchObject({ messages: { shown: 1, due: 0 } });
  });

  it('puts a paused subscription first, and `list` says why', async () => {
    const w = await world({ env: rate });
    await w.subscribed();
    await w.slack.kick('sales');
    await w.slack.waitFor(() => w.slack.as('ann').dm().length > 0, { what: 'the owner is told' });
    expect(await status(w)).toMatch(/^⚠️ 1 subscription is paused; `\/calendly list workspace` says why\./);
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(
      /⏸ Paused\. I was removed from this channel\. Type `\/invite`/,
    );
    await w.slack.invite('sales');
    await w.slack.waitFor(() => w.slack.messages('sales').length > 0);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect(await status(w)).toMatch(/Subscriptions: 1 active, 0 paused/);
  });

  it('shows a hook that Calendly disabled, once a check has found it and could not mend it', async () => {
    const w = await world({ env: rate });
    await w.subscribed();
    w.calendly.setHookState(w.calendly.hooks[0]!, 'disabled');
    w.calendly.faults.add({ match: 'POST /webhook_subscriptions', kind: { status: 503 } });
    await ask(w, 'ann', 'sales', 'verify');
    const told = await status(w);
    expect(told).toMatch(/^Hook: bookings ⚠️ disabled by Calendly; the next check replaces it/m);
    expect(told).toMatch(/Last check: .*could not register a new one/);
  });

  it('shows broken accounts before those that work, and disconnected ones last', async () => {
    const w = await world({ env: rate });
    await paste(w, w.calendly.tokens.olga);
    await paste(w, w.calendly.tokens.adam);
    await paste(w, w.calendly.tokens.mia);
    w.calendly.revokeToken(w.calendly.tokens.mia);
    await ask(w, 'ann', 'sales', 'verify');
    await w.slack.as('ann').command(w.slack.channels.general, 'disconnect');
    const form = await modalSaying(w, 'ann', /Which/);
    await w.slack.as('ann').submit(form, { account: 'Acme Sales (Olga Larsen) (olga@acme.example)' });
    await modalSaying(w, 'ann', /Disconnected/);
    const told = await status(w);
    const order = ['Mia Rao', 'Adam Osei', 'Olga Larsen'].map((name) => told.indexOf(name));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(told.slice(told.indexOf('Olga Larsen'))).not.toMatch(/hears of/);
    expect(told).toMatch(/Mia Rao.*not working\. This Calendly token was revoked/s);
  });
});
