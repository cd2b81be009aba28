// Calendly repeats itself: after a lost answer, by mistake, or many times at once. People see everything once.

import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { ask, canary, eventually, figures, follow, webhook } from './view.ts';
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

  it('edits nothing where nobody could see what is new', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'booked');
    const mary = { name: 'Mary Jackson', eventId: 'EMARY', inviteeId: 'IMARY' };
    await webhook(w, makeWebhook('invitee.created', mary));
    await sales.shows('Mary Jackson', /^Booked/);
    await webhook(w, makeWebhook('invitee.canceled', mary));
    await sales.shows('Mary Jackson', /^Canceled/);
    const edits = () =>
      w.slack.ledger.filter(({ method, args }) => method === 'chat.update' && args.channel === sales.id);
    const before = edits().length;
    // A link for a meeting that nobody can join any more.
    for (const [i, link] of ['https://us05web.zoom.us/j/1', 'https://us05web.zoom.us/j/2'].entries()) {
      const late = JSON.parse(makeWebhook('invitee_no_show.deleted', mary));
      late.created_at = late.payload.updated_at = new Date(Date.now() + i * 1_000).toISOString();
      late.payload.no_show = null;
      Object.assign(late.payload.scheduled_event.location, { join_url: link });
      await webhook(w, JSON.stringify(late));
      await canary(w, sales);
      await eventually(async () => !(await figures(w.app.url)).due, { what: 'nothing left to do' });
    }
    expect(edits()).toHaveLength(before);
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
