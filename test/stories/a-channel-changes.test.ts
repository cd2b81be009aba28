// A channel gets another name, another id, other readers, or loses the person who subscribed it: its bookings go on, and somebody hears what to do.

import { describe, expect, it } from 'vitest';
import { words } from './people.ts';
import { canary, eventually, figures, follow, inDatabase, type Watched, watch } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { SLACK_CHANNEL_RATE: '100' };

async function following(): Promise<{ w: World; sales: Watched }> {
  const w = await world({ env: fast });
  await connect(w);
  return { w, sales: await follow(w) };
}

/** What the app told somebody in private. */
const told = (w: World, who: string) =>
  w.slack
    .as(who)
    .dm()
    .filter((message) => message.user === w.slack.botUserId)
    .map((message) => message.text);

const clean = async (w: World) => {
  const now = await eventually(
    async () => {
      const figure = await figures(w.app.url);
      return figure.due === 0 && figure.sending === 0 && figure;
    },
    { what: 'everything to be written' },
  );
  expect([now.held, now.uncertain, now.dead]).toEqual([0, 0, 0]);
};

describe('a channel is another, and the same', () => {
  it('renamed: everything goes on, and it is called by its new name', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    await w.slack.rename('sales', 'revenue');
    w.calendly.cancel(ada);
    expect(await sales.shows('Ada', /^Canceled/)).toMatchObject({ ts: card.ts });
    await canary(w, sales);
    const { ephemerals } = await w.slack.as('ann').command(w.slack.channels.demos, 'list workspace');
    // Slack writes the name that the channel has when somebody looks.
    expect(words(ephemerals[0])).toContain(`<#${sales.id}>`);
    expect(words(ephemerals[0])).not.toContain('sales');
    expect(told(w, 'ann')).toEqual([]);
  });

  it('made private with the app in it: everything goes on', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada');
    w.slack.makePrivate('sales');
    w.calendly.cancel(ada);
    await sales.shows('Ada', /^Canceled/);
    await canary(w, sales);
    expect(told(w, 'ann')).toEqual([]);
  });

  it('made private and the app put out of it: its owner is told to invite it, and then it goes on', async () => {
    const { w, sales } = await following();
    w.slack.makePrivate('sales');
    await w.slack.kick('sales');
    w.calendly.book({ name: 'Ada Lovelace' });
    await w.slack.waitFor(() => told(w, 'ann').length > 0, { what: 'the owner to be told' });
    expect(told(w, 'ann')).toEqual([expect.stringMatching(/removed.*\/invite/)]);
    await w.slack.invite('sales');
    await sales.shows('Ada');
    await clean(w);
  });
});

describe('news that come late', () => {
  it.each(['channel_left', 'member_left_channel', 'channel_archive'])(
    '%s, when somebody has put it right already, stops nothing',
    async (type) => {
      const { w, sales } = await following();
      const user = type === 'member_left_channel' ? w.slack.botUserId : w.slack.users.ann;
      await w.slack.event({ type, channel: sales.id, user });
      await eventually(async () => w.logs.some((line) => line.includes('late news of a lost channel')), {
        what: 'it to be found out',
      });
      w.calendly.book({ name: 'Ada Lovelace' });
      await sales.shows('Ada');
      await clean(w);
      expect(told(w, 'ann')).toEqual([]);
    },
  );
});

describe('a channel gets another id', () => {
  it('cards, lines and bookings follow it, and nothing is shown twice', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    const id = await w.slack.changeId('sales');
    const now = watch(w, id);
    w.calendly.cancel(ada, { reason: 'all over' });
    expect(await now.shows('Ada', /^Canceled.*all over/)).toMatchObject({ ts: card.ts });
    await w.slack.waitFor(() => now.thread(card).length === 1, { what: 'the line under the same card' });
    w.calendly.book({ name: 'Grace Hopper' });
    await now.shows('Grace');
    await clean(w);
    expect(now.cards().filter((each) => /Ada|Grace/.test(each.text))).toHaveLength(2);
    expect(w.slack.ledger.filter((call) => call.args.channel === sales.id && !call.accepted)).toEqual([]);
    const { ephemerals } = await w.slack.as('ann').command(id, 'list');
    expect(words(ephemerals[0])).toMatch(/1 subscription/);
    expect(told(w, 'ann')).toEqual([]);
  });

  it('what a post found out first is put right: it goes on in its order, told once', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada');
    const id = await w.slack.changeId('sales', { tell: false });
    w.calendly.cancel(ada);
    for (const name of ['Grace Hopper', 'Alan Turing']) w.calendly.book({ name });
    await eventually(async () => (await figures(w.app.url)).held === 4, { what: 'it to be held' });
    await w.slack.event({ type: 'channel_id_changed', old_channel_id: sales.id, new_channel_id: id });
    const now = watch(w, id);
    expect(await now.shows('Ada', /^Canceled/)).toMatchObject({ ts: card.ts });
    await now.shows('Alan');
    const names = now.cards().map((each) => /Ada|Grace|Alan/.exec(each.text)?.[0]);
    expect(names.filter(Boolean)).toEqual(['Ada', 'Grace', 'Alan']);
    await clean(w);
    expect(told(w, 'ann')).toHaveLength(1);
  });

  it('a post that is under way meanwhile is neither lost nor repeated, and nobody waits for it long', async () => {
    const { w, sales } = await following();
    const slow = w.slack.faults.add({
      method: 'chat.postMessage',
      channel: sales.id,
      kind: 'delay',
      ms: 700,
      times: 1,
    });
    w.calendly.book({ name: 'Ada Lovelace' });
    await eventually(async () => (await figures(w.app.url)).sending === 1, { what: 'the post to be under way' });
    const id = await w.slack.changeId('sales');
    slow.remove();
    const now = watch(w, id);
    w.calendly.book({ name: 'Grace Hopper' });
    await now.shows('Ada');
    await now.shows('Grace');
    await clean(w);
    expect(now.cards().filter((each) => /Ada|Grace/.test(each.text))).toHaveLength(2);
    expect(told(w, 'ann')).toEqual([]);
    const rows = await inDatabase(w.storage, 'select state from subscription');
    expect(rows.map((row) => row.state)).toEqual(['active']);
  });

  it('a channel subscribed anew under its new id keeps one card for each booking', async () => {
    const { w, sales } = await following();
    const ada = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada');
    const id = await w.slack.changeId('sales', { tell: false });
    const now = await follow(w, 'all', id);
    w.calendly.cancel(ada);
    await w.slack.waitFor(() => now.cards().some((each) => /^Canceled.*Ada/.test(each.text)), { what: 'a card' });
    await w.slack.event({ type: 'channel_id_changed', old_channel_id: sales.id, new_channel_id: id });
    await w.slack.waitFor(() => now.cards().filter((each) => each.text.includes('Ada')).length === 1, {
      what: 'one card alone',
    });
    await canary(w, now);
    await clean(w);
  });
});

describe('a channel is shared with another organization', () => {
  const full = /ada\.lovelace@example\.com/;
  const privacies = async (w: World) =>
    (await inDatabase(w.storage, 'select options from subscription order by id')).map(
      (row) => (JSON.parse(String(row.options ?? '{}')) as { privacy?: string }).privacy ?? 'full',
    );

  it('shows less from now on and says so once; nothing widens by itself, and the owner hears how to', async () => {
    const { w, sales } = await following();
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada', full);
    await w.slack.share('sales');
    const said = await sales.shows(/shared with another organization/);
    expect(said.text).toMatch(/--privacy full/);
    expect(said.text).not.toMatch(/\{\w+\}/);
    // What is still to come is narrowed as well, since those who read along now see it.
    expect(await sales.shows('Ada', /^(?!.*lovelace@)/)).toMatchObject({ ts: card.ts });
    w.calendly.book({ name: 'Grace Hopper' });
    expect((await sales.shows('Grace')).text).not.toContain('hopper@');
    await w.slack.share('sales');
    await canary(w, sales);
    expect(sales.cards().filter((each) => /shared with/.test(each.text))).toHaveLength(1);
    expect(await privacies(w)).toEqual(['business']);

    await w.slack.unshare('sales');
    await w.slack.waitFor(() => told(w, 'ann').length > 0, { what: 'the owner to be told' });
    expect(told(w, 'ann')).toEqual([expect.stringMatching(/no longer shared.*--privacy full/)]);
    expect(told(w, 'ann')[0]).not.toMatch(/\{\w+\}/);
    w.calendly.book({ name: 'Alan Turing' });
    expect((await sales.shows('Alan')).text).not.toContain('turing@');
    expect(await privacies(w)).toEqual(['business']);

    // The same story once more.
    await inDatabase(w.storage, `update subscription set options = null`);
    await w.slack.share('sales');
    await w.slack.waitFor(() => sales.cards().filter((each) => /shared with/.test(each.text)).length === 2, {
      what: 'the second time to be said',
    });
    expect(await privacies(w)).toEqual(['business']);
    await clean(w);
  });

  it.each(['before', 'after'])(
    'a private one that gets its new id %s that shows less too, and says it once',
    async (when) => {
      const w = await world({ env: fast });
      await connect(w);
      await w.slack.invite('deals');
      const deals = await follow(w, 'all', w.slack.channels.deals);
      w.calendly.book({ name: 'Ada Lovelace' });
      const card = await deals.shows('Ada', full);
      if (when === 'after') {
        // Slack's news in the other order: of the sharing first, under an id nobody knows yet.
        const id = await w.slack.changeId('deals', { tell: false });
        await w.slack.share('deals');
        await w.slack.event({ type: 'channel_id_changed', old_channel_id: deals.id, new_channel_id: id });
      } else {
        await w.slack.changeId('deals');
        await w.slack.share('deals');
      }
      const now = watch(w, w.slack.channels.deals);
      await now.shows(/shared with another organization/);
      expect(await now.shows('Ada', /^(?!.*lovelace@)/)).toMatchObject({ ts: card.ts });
      await canary(w, now);
      expect(now.cards().filter((each) => /shared with/.test(each.text))).toHaveLength(1);
      expect(await privacies(w)).toEqual(['business']);
    },
  );

  it('keeps what an admin allowed there, when one more organization joins', async () => {
    const { w, sales } = await following();
    await w.slack.share('sales');
    await sales.shows(/shared with another organization/);
    await inDatabase(w.storage, `update subscription set options = null`);
    await w.slack.share('sales');
    w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada', full);
    expect(await privacies(w)).toEqual(['full']);
  });

  it('is still shared with one organization when another leaves: nobody is told anything', async () => {
    const { w, sales } = await following();
    await w.slack.share('sales');
    await sales.shows(/shared with another organization/);
    await w.slack.event({ type: 'channel_unshared', channel: sales.id, is_ext_shared: true });
    await canary(w, sales);
    expect(told(w, 'ann')).toEqual([]);
  });
});

describe('a guest comes into a channel', () => {
  const full = /ada\.lovelace@example\.com/;
  const said = (sales: Watched) => sales.cards().filter((each) => /A guest can read/.test(each.text)).length;
  const guestComes = async (w: World, name: string) => {
    const { id } = w.slack.addUser({ name, isGuest: true });
    await w.slack.invite('sales', id);
    return id;
  };
  const allowAgain = (w: World) => inDatabase(w.storage, 'update subscription set options = null');

  it('which shows less from now on and says so; an admin’s word stands for more guests, and not for those after them', async () => {
    const { w, sales } = await following();
    w.calendly.book({ name: 'Ada Lovelace' });
    const card = await sales.shows('Ada', full);
    await w.slack.invite('sales', w.slack.addUser({ name: 'dee' }).id);
    const gus = await guestComes(w, 'gus');
    const sentence = await sales.shows(/A guest can read this channel/);
    expect(sentence.text).toMatch(/--privacy full/);
    expect(sentence.text).not.toMatch(/\{\w+\}/);
    expect(await sales.shows('Ada', /^(?!.*lovelace@)/)).toMatchObject({ ts: card.ts });
    await allowAgain(w);
    const gil = await guestComes(w, 'gil');
    w.calendly.book({ name: 'Grace Hopper' });
    await sales.shows('Grace', /hopper@/);
    expect(said(sales)).toBe(1);
    await w.slack.kick('sales', gus);
    await w.slack.kick('sales', gil);
    await guestComes(w, 'gia');
    await w.slack.waitFor(() => said(sales) === 2, { what: 'the second time to be said' });
    w.calendly.book({ name: 'Alan Turing' });
    expect((await sales.shows('Alan')).text).not.toContain('turing@');
    // Nobody from another organization was allowed anything.
    await allowAgain(w);
    await w.slack.share('sales');
    await sales.shows(/shared with another organization/);
    await clean(w);
  });
});

describe('whoever should be told has left', () => {
  const dora = (w: World) => w.slack.addUser({ name: 'dora', isAdmin: true }).id;
  const doraFollows = async (w: World, channel: string) => {
    const id = dora(w);
    await w.slack.invite(channel, id);
    await w.slack.as(id).command(channel, 'subscribe all');
    await w.slack.waitFor(() => w.slack.messages(channel).some((message) => message.user === w.slack.botUserId), {
      what: 'the channel to be told',
    });
    return id;
  };

  it('subscriptions of somebody who left go on; trouble is told to whoever connected the account', async () => {
    const w = await world({ env: fast });
    await connect(w);
    const sales = watch(w, w.slack.channels.sales);
    const id = await doraFollows(w, sales.id);
    await w.slack.changeUser(id, { isDeleted: true });
    w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada');
    await w.slack.archive('sales');
    await w.slack.waitFor(() => told(w, 'ann').length > 0, { what: 'somebody to be told' });
    expect(told(w, 'ann')).toEqual([expect.stringMatching(/paused.*archived/)]);
    expect(told(w, id)).toEqual([]);
    await w.slack.unarchive('sales');
    await canary(w, sales);
    expect(told(w, 'ann')).toHaveLength(1);
  });

  it('trouble of an account is told to those who subscribed channels to it, once whoever connected it has left', async () => {
    const { w } = await following();
    const id = await doraFollows(w, w.slack.channels.demos);
    await w.slack.changeUser('ann', { isDeleted: true });
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await w.slack.as(id).command(w.slack.channels.demos, 'verify');
    await w.slack.waitFor(() => told(w, id).length > 0, { what: 'somebody to be told' });
    expect(told(w, 'ann')).toEqual([]);
    expect(told(w, id)).toHaveLength(1);
  });

  it('with nobody left it is said in the channel', async () => {
    const { w, sales } = await following();
    await w.slack.changeUser('ann', { isDeleted: true });
    w.calendly.revokeToken(w.calendly.tokens.olga);
    const id = dora(w);
    await w.slack.invite('sales', id);
    await w.slack.as(id).command(sales.id, 'verify');
    const said = await sales.shows(/connect/i);
    expect(said.text).not.toMatch(/\{\w+\}/);
    expect(told(w, 'ann')).toEqual([]);
  });

  it('what nobody can be told stays a dead letter, which admins see', async () => {
    const { w } = await following();
    await w.slack.changeUser('ann', { isDeleted: true });
    await w.slack.archive('sales');
    // To her, and in the channel.
    await eventually(async () => (await figures(w.app.url)).dead === 2, { what: 'the dead letters' });
    const id = dora(w);
    await w.slack.invite('general', id);
    const { ephemerals } = await w.slack.as(id).command(w.slack.channels.general, 'admin dead');
    expect(words(ephemerals.at(-1))).toMatch(/direct message to/);
  });
});
