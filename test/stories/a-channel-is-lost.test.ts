// A channel closes its door: its subscriptions are paused with the reason, their owner hears of it once, and what was held is shown later.

import { describe, expect, it } from 'vitest';
import { eventually, figures, follow, inDatabase, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { SLACK_CHANNEL_RATE: '100' };

async function followed(): Promise<{ w: World; sales: Watched; demos: Watched }> {
  const w = await world({ env: fast });
  await connect(w);
  return {
    w,
    sales: await follow(w, 'all', w.slack.channels.sales),
    demos: await follow(w, 'all', w.slack.channels.demos),
  };
}

const ways = {
  'archived, and the event arrives': { lose: (w: World) => w.slack.archive('sales'), reason: /archived/i },
  'the bot is removed, and the event arrives': { lose: (w: World) => w.slack.kick('sales'), reason: /removed|not in/i },
  'found out by a post: archived': { lose: refusing('is_archived'), reason: /archived/i },
  'found out by a post: not in the channel': { lose: refusing('not_in_channel'), reason: /not in/i },
  'found out by a post: deleted': { lose: refusing('channel_not_found'), reason: /deleted|cannot see/i },
  'found out by a post: frozen': { lose: restricted('frozen'), reason: /archived/i },
  'found out by a post: restricted': { lose: restricted('restricted_action'), reason: /do not let me post/i },
  'found out by a post: threads only': {
    lose: restricted('restricted_action_thread_only_channel'),
    reason: /replies in threads only/i,
  },
  'found out by a post: read-only': { lose: restricted('restricted_action_read_only_channel'), reason: /read-only/i },
};

function refusing(error: string) {
  return async (w: World) =>
    void w.slack.faults.add({ method: 'chat.postMessage', channel: w.slack.channels.sales, kind: 'error', error });
}

function restricted(how: Parameters<World['slack']['restrict']>[1]) {
  return async (w: World) => w.slack.restrict('sales', how);
}

describe('a channel is lost', () => {
  it.each(Object.entries(ways))('%s', async (_, { lose, reason }) => {
    const { w, sales, demos } = await followed();
    const ann = w.slack.as('ann');
    const told = () => ann.dm().filter((each) => each.user === w.slack.botUserId);
    await lose(w);
    for (const name of ['Ada Lovelace', 'Grace Hopper', 'Alan Turing']) {
      w.calendly.book({ name });
      await w.calendly.idle();
      await demos.shows(name);
    }
    await w.slack.waitFor(() => told().length > 0, { what: 'the owner to be told' });
    await eventually(async () => (await figures(w.app.url)).held === 3, { what: 'three to be held' });
    expect(sales.cards()).toEqual([]);

    const { ephemerals } = await ann.command(demos.id, 'list workspace');
    expect(ephemerals[0]?.text).toMatch(/Paused/);
    expect(ephemerals[0]?.text).toMatch(reason);
    expect(ephemerals[0]?.text).not.toMatch(/\{(bot|channel|command|person)\b/);

    // It comes back, and what was held is shown, in order.
    w.slack.faults.clear();
    w.slack.restrict('sales', null);
    await w.slack.unarchive('sales');
    await ann.command(sales.id, 'subscribe all');
    await w.slack.waitFor(() => sales.cards().filter((each) => /Ada|Grace|Alan/.test(each.text)).length === 3, {
      what: `what was held; there is ${JSON.stringify(sales.cards().map((each) => each.text))}`,
      timeoutMs: 45_000,
    });
    expect(
      sales
        .cards()
        .map((each) => /Ada|Grace|Alan/.exec(each.text)?.[0])
        .filter(Boolean),
    ).toEqual(['Ada', 'Grace', 'Alan']);
    const after = await figures(w.app.url);
    expect([after.held, after.uncertain, after.dead]).toEqual([0, 0, 0]);
    expect(told()).toHaveLength(1);
    expect(told()[0]?.text).toMatch(reason);
    expect(told()[0]?.text).not.toMatch(/\{\w+\}/);
    const rows = await inDatabase(w.storage, 'select state, reason from subscription');
    expect(rows.map((row) => [row.state, row.reason])).toEqual([
      ['active', null],
      ['active', null],
    ]);
  });

  it('goes on by itself when the channel is unarchived, or the bot invited again', async () => {
    const { w, sales, demos } = await followed();
    const held = () => eventually(async () => (await figures(w.app.url)).held === 1, { what: 'it to be held' });
    await w.slack.archive('sales');
    w.calendly.book({ name: 'Ada Lovelace' });
    await demos.shows('Ada Lovelace');
    await held();
    await w.slack.unarchive('sales');
    await sales.shows('Ada Lovelace');
    await w.slack.kick('sales');
    w.calendly.book({ name: 'Grace Hopper' });
    await demos.shows('Grace Hopper');
    await held();
    await w.slack.invite('sales');
    await sales.shows('Grace Hopper');
  });

  it('a card in a lost channel is brought up to date when the channel is back', async () => {
    const { w, sales, demos } = await followed();
    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    await w.slack.archive('sales');
    w.calendly.cancel(booking, { reason: 'all over' });
    await demos.shows('Ada Lovelace', /^Canceled/);
    await eventually(async () => (await figures(w.app.url)).held === 2, { what: 'the edit and the reply to be held' });
    await w.slack.unarchive('sales');
    expect(await sales.shows('Ada Lovelace', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
  });

  it('found out by an edit, in a frozen channel: the card and its line wait for it to be open', async () => {
    const { w, sales, demos } = await followed();
    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada Lovelace');
    w.slack.restrict('sales', 'frozen');
    w.calendly.cancel(booking, { reason: 'all over' });
    await demos.shows('Ada Lovelace', /^Canceled/);
    await eventually(async () => (await figures(w.app.url)).held === 2, { what: 'the edit and the reply to be held' });
    w.slack.restrict('sales', null);
    await w.slack.as('ann').command(sales.id, 'subscribe all');
    expect(await sales.shows('Ada Lovelace', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
    await w.slack.waitFor(() => sales.thread(card).length === 1, { what: 'the line under it' });
  });

  it('what was held for more than three days is no news any more, unless its meeting changes', async () => {
    const { w, sales, demos } = await followed();
    const shownBefore = w.calendly.book({ name: 'Mary Shelley' });
    const card = await sales.shows('Mary Shelley');
    await w.slack.archive('sales');
    // Two that nobody ever tried to post, and one that was the first to be refused.
    const names = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Emmy Noether'];
    const bookings = [];
    for (const name of names) {
      bookings.push(w.calendly.book({ name }));
      await demos.shows(name);
    }
    w.calendly.cancel(shownBefore);
    await demos.shows('Mary Shelley', /^Canceled/);
    await eventually(async () => (await figures(w.app.url)).held === 6, { what: 'all to be held' });
    const hours = async (name: string, n: number) => {
      const at = (
        await inDatabase(
          w.storage,
          `select id from delivery where state = 'held' and kind = 'card' and ts is null order by created_at`,
        )
      )[names.indexOf(name)];
      await inDatabase(
        w.storage,
        `update delivery set first_due_at = first_due_at - ${n * 3_600_000} where id = '${at?.id}'`,
      );
    };
    await hours('Ada Lovelace', 73);
    await hours('Grace Hopper', 74);
    await hours('Alan Turing', 71);
    await hours('Emmy Noether', 1);
    // Ada's was tried, as the one that finds out that a channel is lost.
    await inDatabase(
      w.storage,
      `update delivery set tried_at = created_at, attempts = 1 where state = 'held' and first_due_at < ${Date.now() - 72.5 * 3_600_000}`,
    );
    await inDatabase(
      w.storage,
      `update delivery set first_due_at = first_due_at - ${80 * 3_600_000} where ts = '${card.ts}'`,
    );
    await w.slack.unarchive('sales');
    await sales.shows('Emmy Noether');
    // The card that was there is put right, however late.
    expect(await sales.shows('Mary Shelley', /^Canceled/)).toMatchObject({ ts: card.ts });
    const shown = () => sales.cards().map((each) => /Ada|Grace|Alan|Emmy/.exec(each.text)?.[0]);
    expect(shown().filter(Boolean)).toEqual(['Alan', 'Emmy']);
    const reasons = await inDatabase(w.storage, `select reason from delivery where state = 'suppressed'`);
    expect(reasons.map((row) => row.reason)).toEqual(Array(2).fill('held for more than three days'));
    // A cancellation is news all the same.
    w.calendly.cancel(bookings[0]!);
    await sales.shows('Ada Lovelace', /^Canceled/);
    await w.calendly.idle();
    expect(shown().filter(Boolean)).toEqual(['Alan', 'Emmy', 'Ada']);
  });

  it('a deleted channel is told to its owner; the others go on', async () => {
    const { w, demos } = await followed();
    await w.slack.deleteChannel('sales');
    w.calendly.book({ name: 'Ada Lovelace' });
    await demos.shows('Ada Lovelace');
    const ann = w.slack.as('ann');
    const [told] = await w.slack.waitFor(
      () => {
        const found = ann.dm().filter((each) => each.user === w.slack.botUserId);
        return found.length > 0 && found;
      },
      { what: 'the owner to be told' },
    );
    expect(told?.text).toMatch(/deleted/);
  });

  it('a revoked token stops everything and loses nothing; after a start with a good one everything goes out', async () => {
    const { w, sales, demos } = await followed();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada Lovelace', /^Booked/);
    await demos.shows('Ada Lovelace', /^Booked/);
    const fault = w.slack.faults.add({ method: '*', kind: 'error', error: 'token_revoked' });
    // An edit, which no pace slows down, and a post.
    w.calendly.markNoShow(ada);
    w.calendly.book({ name: 'Grace Hopper' });
    await w.calendly.idle();
    await eventually(
      async () => (await inDatabase(w.storage, 'select state from installation'))[0]?.state === 'broken',
      { what: 'the installation to be known as broken' },
    );
    expect(w.calendly.deliveries.map((each) => each.status)).toEqual([200, 200, 200]);
    await eventually(async () => (await figures(w.app.url)).sending === 0, { what: 'nothing to be under way' });
    const tries = () => w.slack.ledger.filter((call) => call.accepted === false && call.args.text !== undefined).length;
    const before = tries();
    // One for each channel that did not know yet: nobody hammers at a closed door.
    expect(before).toBeLessThanOrEqual(2);
    w.calendly.book({ name: 'Alan Turing' });
    w.calendly.cancel(ada);
    await w.calendly.idle();
    await eventually(async () => ((await figures(w.app.url)).due ?? 0) >= 6, { what: 'it to wait' });
    expect(tries()).toBe(before);
    fault.remove();
    await w.restart();
    for (const channel of [sales, demos]) {
      await channel.shows('Alan Turing');
      await channel.shows('Ada Lovelace', /^Canceled|^No-show/);
      expect(channel.cards().map((each) => /Ada|Grace|Alan/.exec(each.text)?.[0])).toEqual(['Ada', 'Grace', 'Alan']);
    }
    const after = await eventually(async () => ((await figures(w.app.url)).due === 0 ? figures(w.app.url) : null), {
      what: 'nothing to be due',
    });
    expect([after.due, after.held, after.uncertain, after.dead]).toEqual([0, 0, 0, 0]);
    const rows = await inDatabase(w.storage, 'select state from subscription');
    expect(rows.map((row) => row.state)).toEqual(['active', 'active']);
  });
});
