// The kinds of a subscription decide what makes a card and what is said in its thread; a card that is there stays true all the same.

import { describe, expect, it } from 'vitest';
import { canary, follow, webhook } from './view.ts';
import { connect, world } from './world.ts';

describe('exactly the kinds named', () => {
  it('each channel hears of its own kinds, and of nothing else by a new message', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    const { slack, calendly } = w;
    await connect(w);
    const add = (name: string) => slack.addChannel({ name, members: ['ann', 'bo'] });
    const everything = await follow(w, 'all booked canceled rescheduled noshow', add('everything'));
    const booked = await follow(w, 'all booked', add('booked'));
    const canceled = await follow(w, 'all canceled', add('canceled'));
    const rescheduled = await follow(w, 'all rescheduled', add('rescheduled'));
    const noshow = await follow(w, 'all noshow', add('noshow'));

    const ada = calendly.book({ name: 'Ada Lovelace' });
    await everything.shows('Ada', /^Booked/);
    await booked.shows('Ada', /^Booked/);
    const adaMoved = calendly.move(ada, { reason: 'a clash' });
    await everything.shows('Ada', /^Moved/);
    await booked.shows('Ada', /^Moved/);
    await rescheduled.shows('Ada', /^Moved/);
    calendly.markNoShow(adaMoved);
    for (const each of [everything, booked, rescheduled, noshow]) await each.shows('Ada', /^No-show/);
    calendly.unmarkNoShow(adaMoved);
    for (const each of [everything, booked, rescheduled, noshow]) await each.shows('Ada', /^Moved/);
    expect(canceled.cards()).toEqual([]);
    calendly.cancel(adaMoved, { reason: 'all over' });
    for (const each of [everything, booked, canceled, rescheduled, noshow]) await each.shows('Ada', /^Canceled/);

    calendly.cancel(calendly.book({ name: 'Grace Hopper' }));
    await canceled.shows('Grace', /^Canceled/);
    await everything.shows('Grace', /^Canceled/);
    await canary(w, everything);
    await canary(w, booked);

    const names = (channel: typeof booked) =>
      channel.cards().map((each) => /Ada|Grace|Canary/.exec(each.text)?.[0] ?? each.text);
    expect(names(booked)).toEqual(['Ada', 'Grace', 'Canary', 'Canary']);
    expect(names(canceled)).toEqual(['Ada', 'Grace']);
    expect(names(rescheduled)).toEqual(['Ada']);
    expect(names(noshow)).toEqual(['Ada']);
    // Threads: what was named, beyond what made the card.
    const lines = (channel: typeof booked) => channel.thread(channel.card('Ada')!).length;
    await slack.waitFor(() => lines(everything) === 4, { what: 'moved, no-show, undone and canceled in the thread' });
    expect([lines(booked), lines(canceled), lines(rescheduled), lines(noshow)]).toEqual([0, 0, 0, 1]);
  });

  it('marked, unmarked, marked and unmarked again: the card says what is true each time', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'all booked noshow');
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada', /^Booked/);
    const { invitee, event } = w.calendly.bookings[0]!;
    const at = (second: number) => new Date(Date.parse(invitee.created_at) + second * 1000).toISOString();
    const tell = (kind: 'created' | 'deleted', second: number, no_show: object | null) =>
      webhook(
        w,
        JSON.stringify({
          event: `invitee_no_show.${kind}`,
          created_at: `${at(second).slice(0, 19)}.000000Z`,
          created_by: null,
          payload: { ...invitee, no_show, scheduled_event: event },
        }),
      );
    expect(ada.inviteeUri).toBe(invitee.uri);
    await tell('created', 10, { uri: `${invitee.uri}/n1`, created_at: at(10) });
    await sales.shows('Ada', /^No-show/);
    await tell('deleted', 20, null);
    await sales.shows('Ada', /^Booked/);
    await tell('created', 30, { uri: `${invitee.uri}/n2`, created_at: at(30) });
    await sales.shows('Ada', /^No-show/);
    await tell('deleted', 40, null);
    await sales.shows('Ada', /^Booked/);
    await w.slack.waitFor(() => sales.thread(card).length === 4, { what: 'all four in the thread' });
  });

  it('a routing form makes a card where forms were asked for', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const demos = await follow(w, 'all booked', w.slack.channels.demos);
    const sales = await follow(w, 'all routed', w.slack.channels.sales);
    w.calendly.submitRoutingForm({ answers: [{ question: 'How many people?', answer: 'Forty two' }] });
    await sales.shows(/Forty two/);
    w.calendly.book({ name: 'Ada Lovelace' });
    await demos.shows('Ada');
    expect(demos.cards()).toHaveLength(1);
    expect(sales.cards()).toHaveLength(1);
  });
});
