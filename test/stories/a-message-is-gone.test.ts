// A card was deleted, cannot be edited, or its thread takes no reply: the truth is told once, and nobody who deleted a card is nagged.

import { describe, expect, it } from 'vitest';
import { canary, eventually, figures, follow, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { SLACK_CHANNEL_RATE: '100' };

async function following(words = 'all'): Promise<{ w: World; sales: Watched }> {
  const w = await world({ env: fast });
  await connect(w);
  return { w, sales: await follow(w, words) };
}

/** Everything that was to be written has been. */
async function settled(w: World, sales: Watched): Promise<void> {
  await w.calendly.idle();
  await canary(w, sales);
  const rest = await eventually(
    async () => {
      const now = await figures(w.app.url);
      return now.due === 0 && now.sending === 0 && now;
    },
    { what: 'everything to be written', timeoutMs: 45_000 },
  );
  expect([rest.uncertain, rest.dead, rest.held]).toEqual([0, 0, 0]);
}

const posts = (w: World, words: RegExp) =>
  w.slack.posts('sales').filter((call) => call.args.thread_ts === undefined && words.test(String(call.args.text)));
const lines = (w: World, words: RegExp) =>
  w.slack.posts('sales').filter((call) => call.args.thread_ts !== undefined && words.test(String(call.args.text)));

describe('a card that somebody deleted', () => {
  it('stays gone for a mere edit, and comes back once for news', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    w.slack.removeMessage(await sales.shows('Ada'));
    // Not a kind this channel asked for.
    w.calendly.markNoShow(ada);
    await settled(w, sales);
    expect(sales.card('Ada')).toBeUndefined();

    w.calendly.unmarkNoShow(ada);
    const again = w.calendly.move(ada);
    const card = await sales.shows('Ada', /moved/i);
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);
    expect(sales.thread(card).map((line) => line.text)).toEqual([expect.stringMatching(/^🔁 Moved/)]);

    w.calendly.cancel(again, { reason: 'all over' });
    expect(await sales.shows('Ada', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);
  });

  it('is not said in a thread of its own either, and deleted twice it comes back for the next news only', async () => {
    const { w, sales } = await following('all booked canceled noshow');
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    w.slack.removeMessage(await sales.shows('Ada'));
    w.calendly.markNoShow(ada);
    const second = await sales.shows('Ada', /no-show/i);
    await settled(w, sales);
    expect(sales.thread(second)).toHaveLength(1);
    w.slack.removeMessage(second);
    w.calendly.move(ada);
    await settled(w, sales);
    expect(sales.card('Ada')).toBeUndefined();
    expect(posts(w, /Ada/)).toHaveLength(2);
    expect(lines(w, /Moved/)).toEqual([]);
  });

  it('stays gone where its channel asked for bookings only', async () => {
    const { w, sales } = await following('all booked');
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    w.slack.removeMessage(await sales.shows('Ada'));
    w.calendly.cancel(ada);
    await settled(w, sales);
    expect(sales.card('Ada')).toBeUndefined();
    expect(posts(w, /Ada/)).toHaveLength(1);
  });

  it('comes back for news in a channel without threads too', async () => {
    const { w, sales } = await following('all --thread off');
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    w.slack.removeMessage(await sales.shows('Ada'));
    w.calendly.markNoShow(ada);
    await settled(w, sales);
    expect(sales.card('Ada')).toBeUndefined();
    w.calendly.cancel(ada);
    await sales.shows('Ada', /^Canceled|no-show/i);
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);
    expect(lines(w, /./)).toEqual([]);
  });

  it('comes back once when it was deleted between its edit and the line of its thread', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const first = await sales.shows('Ada');
    w.slack.faults.onAccepted = (call) => {
      if (call.method === 'chat.update' && call.args.ts === first.ts) w.slack.removeMessage(first);
    };
    w.calendly.cancel(ada);
    const card = await w.slack.waitFor(
      () => sales.cards().find((each) => each.text.includes('Ada') && each.ts !== first.ts),
      { what: 'the card to be back' },
    );
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);
    expect(sales.thread(card).map((line) => line.text)).toEqual([expect.stringMatching(/^❌ Canceled/)]);
  });

  it('does not make card after card where every thread is refused', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada');
    const take = w.slack.faults.take;
    w.slack.faults.take = (method, channel) =>
      method === 'chat.postMessage' && w.slack.ledger.at(-1)?.args.thread_ts !== undefined
        ? { method, kind: 'error', error: 'thread_not_found' }
        : take.call(w.slack.faults, method, channel);
    w.calendly.cancel(ada);
    await w.slack.waitFor(() => posts(w, /Ada/).length === 2, { what: 'a second card' });
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);
  });
});

describe('a thread that takes no replies', () => {
  it('is left alone: the card says the same', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    w.slack.lockThread(card);
    w.calendly.cancel(ada, { reason: 'all over' });
    expect(await sales.shows('Ada', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
    await settled(w, sales);
    expect(sales.thread(card)).toEqual([]);
    expect(posts(w, /Ada/)).toHaveLength(1);
    expect(w.slack.as('ann').dm()).toEqual([]);
  });

  it.each(['cannot_reply_to_message', 'restricted_action_non_threadable_channel'])('%s as well', async (error) => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    if (error === 'restricted_action_non_threadable_channel') w.slack.restrict('sales', error);
    else w.slack.faults.add({ method: 'chat.postMessage', channel: sales.id, kind: 'error', error, times: 1 });
    w.calendly.cancel(ada, { reason: 'all over' });
    expect(await sales.shows('Ada', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(1);
    expect(sales.thread(card)).toEqual([]);
  });
});

describe.each(['edit_window_closed', 'cant_update_message'] as const)('a card that cannot be edited: %s', (why) => {
  it('says the change in its thread, once, and is edited again when that works', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    w.slack.forbidEdits('sales', why);
    const again = w.calendly.move(ada);
    await w.slack.waitFor(() => sales.thread(card).length === 1, { what: 'the line of the thread' });
    await settled(w, sales);
    expect(sales.card('Ada')?.text).toBe(card.text);
    expect(lines(w, /Moved/)).toHaveLength(1);
    // A kind nobody asked for: the card would be untrue for ever, so this is said as well.
    w.calendly.markNoShow(again);
    await w.slack.waitFor(() => lines(w, /no-show/i).length === 1, { what: 'the no-show in the thread' });
    await settled(w, sales);

    w.slack.forbidEdits('sales', null);
    w.calendly.cancel(again, { reason: 'all over' });
    expect(await sales.shows('Ada', /all over/)).toMatchObject({ ts: card.ts });
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(1);
    expect(lines(w, /./).map((call) => String(call.args.text).split(' ', 2)[1])).toEqual(['Moved', 'Ada', 'Canceled']);
  });

  it('gets a successor where its thread is locked, or its channel has no threads', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    w.slack.forbidEdits('sales', why);
    w.slack.lockThread(card);
    w.calendly.cancel(ada);
    await w.slack.waitFor(() => posts(w, /^Canceled.*Ada/).length === 1, { what: 'a new card' });
    await settled(w, sales);
    expect(posts(w, /Ada/)).toHaveLength(2);

    const demos = await follow(w, 'all --thread off', w.slack.channels.demos);
    const grace = w.calendly.book({ name: 'Grace Hopper' });
    await demos.shows('Grace');
    w.slack.forbidEdits('demos', why);
    w.calendly.cancel(grace);
    await w.slack.waitFor(() => demos.cards().some((each) => /^Canceled.*Grace/.test(each.text)), {
      what: 'a new card',
    });
    await settled(w, sales);
    expect(demos.cards().filter((each) => each.text.includes('Grace'))).toHaveLength(2);
  });
});
