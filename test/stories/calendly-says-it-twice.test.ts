// Calendly repeats itself: after a lost answer, by mistake, or many times at once. People see everything once.

import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { ask, canary, follow, webhook } from './view.ts';
import { connect, world } from './world.ts';

describe('calendly says it twice', () => {
  it('shows one card and one line in its thread for each thing that happened', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'booked canceled rescheduled noshow');
    await w.calendly.setMode('twice');

    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace', /^Booked/);
    const moved = w.calendly.move(booking, { reason: 'a clash' });
    await sales.shows('Ada Lovelace', /^Moved/);
    w.calendly.cancel(moved);
    await sales.shows('Ada Lovelace', /^Canceled/);
    await w.calendly.idle();
    await w.calendly.setMode('normal');
    await canary(w, sales);

    expect(w.calendly.deliveries.map((each) => each.status)).toEqual(w.calendly.deliveries.map(() => 200));
    expect(sales.cards().filter((each) => each.text.includes('Ada'))).toHaveLength(1);
    await w.slack.waitFor(() => sales.thread(card).length === 2, { what: 'the move and the end in the thread' });
    expect((await ask(`${w.app.url}/metrics`)).text).toMatch(/calendly_changes_kept_total\{new="no"\} 4/);
  });

  it('writes nothing to Slack when everything comes once more, also after a restart', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'booked canceled rescheduled noshow');
    const grace = w.calendly.book({ name: 'Grace Hopper' });
    const alan = w.calendly.book({ name: 'Alan Turing' });
    await sales.shows('Grace Hopper');
    const card = await sales.shows('Alan Turing');
    w.calendly.markNoShow(grace);
    w.calendly.move(alan);
    await sales.shows('Grace Hopper', /^No-show/);
    await sales.shows('Alan Turing', /^Moved/);
    await w.slack.waitFor(() => sales.thread(card).length === 1, { what: 'the move in the thread' });
    await canary(w, sales);

    const before = w.slack.ledger.filter((call) => call.method.startsWith('chat.')).length;
    await w.calendly.resend('all');
    await w.calendly.resend('all', { resign: true });
    await w.restart();
    const again = await w.calendly.resend('all');
    expect(again.map((each) => each.status)).toEqual(again.map(() => 200));
    await canary(w, sales);
    const after = w.slack.ledger.filter((call) => call.method.startsWith('chat.'));
    expect(after.slice(before).map((call) => [call.method, String(call.args.text).slice(0, 30)])).toHaveLength(1);
  });

  it('keeps one of fifty that come in the same moment', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w);
    const body = makeWebhook('invitee.created', { name: 'Katherine Johnson' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => webhook(w, body)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    await sales.shows('Katherine Johnson');
    await canary(w, sales);
    expect(sales.cards()).toHaveLength(2);
    expect(w.slack.posts(sales.id).filter((call) => String(call.args.text).includes('Katherine'))).toHaveLength(1);
    expect((await ask(`${w.app.url}/metrics`)).text).toMatch(/calendly_changes_kept_total\{new="no"\} 49/);
  });
});
