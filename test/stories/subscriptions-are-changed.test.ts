// What a channel hears of is changed, by words and in windows: edited, copied to other channels, several at once, listed page by page; each change undone.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, hears, modalSaying, said, sentences, words } from './people.ts';
import { eventually, inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { env: { SLACK_CHANNEL_RATE: '100' } };

async function connected(): Promise<World> {
  const w = await world(fast);
  await connect(w);
  return w;
}

/** The channel's list, as somebody reads it. */
const listed = async (w: World, room: 'sales' | 'demos' = 'sales') => words(await ask(w, 'ann', room, 'list'));

describe('edit', () => {
  it('changes what is named and keeps all else, by number and by name; Undo brings it back', async () => {
    const w = await connected();
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked canceled --style compact');
    await ask(w, 'ann', 'sales', 'subscribe "Support" booked');
    const changed = await ask(w, 'ann', 'sales', 'edit 1 noshow');
    expect(changed.text).toMatch(/Changed\..*\*Demo call\*: noshow; as compact cards/s);
    expect((await ask(w, 'ann', 'sales', 'edit "support" --privacy business')).text).toMatch(/\*Support\*: booked/);
    expect((await ask(w, 'ann', 'sales', 'edit 2 domain:acme.com')).text).toMatch(
      /\*Support\*(?!.*cancel).*acme\.com/s,
    );
    // Another event type in its place.
    expect((await ask(w, 'ann', 'sales', 'edit 2 "Demo cal"')).text).toMatch(/no event type “Demo cal”/);
    const renamed = w.slack.ephemerals('ann').at(-1)!;
    await w.slack.as('ann').click(renamed, 'Webinar');
    await eventually(async () => /2\. \*Webinar\*.*acme\.com.*booked/.test(await listed(w)), {
      what: 'the new event type',
    });
    await w.slack.as('ann').click(changed, 'Undo');
    await hears(w, 'sales', /undid that/);
    expect(await listed(w)).toMatch(/1\. \*Demo call\*: booked and canceled; as compact cards/);
    expect((await ask(w, 'ann', 'sales', 'edit booked')).text).toMatch(/Which one should change\?/);
    expect((await ask(w, 'bo', 'sales', 'edit 1 booked')).text).toMatch(/Only <@\w+>/);
  });

  it('several at once with one Undo, which leaves alone what was changed again since', async () => {
    const w = await connected();
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    await ask(w, 'ann', 'sales', 'subscribe "Support" booked');
    const both = await ask(w, 'ann', 'sales', 'edit 1-2 --thread off');
    expect(await listed(w)).toMatch(/1\..*no threads.*2\..*no threads/s);
    await w.slack.as('ann').click(both, 'Undo');
    await hears(w, 'sales', /undid that/);
    expect(await listed(w)).not.toMatch(/no threads/);
    const again = await ask(w, 'ann', 'sales', 'edit all noshow');
    await ask(w, 'ann', 'sales', 'edit 2 canceled');
    const before = w.slack.ephemerals('ann').length;
    await w.slack.as('ann').click(again, 'Undo', { stale: true });
    await w.slack.waitFor(() =>
      w.slack
        .ephemerals('ann')
        .slice(before)
        .some(({ text }) => /changed again since/.test(text)),
    );
    expect(await listed(w)).toMatch(/1\. \*Demo call\*: noshow.*2\. \*Support\*: canceled/s);
    expect((await ask(w, 'ann', 'sales', 'edit all "Demo call"')).text).toMatch(/one subscription at a time/);
  });

  it('in the window, and refuses kindly where there is nothing to change', async () => {
    const w = await connected();
    await w.slack.as('ann').command(w.slack.channels.sales, 'edit');
    await modalSaying(w, 'ann', /This channel has no subscription yet/);
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    await ask(w, 'ann', 'sales', 'subscribe "Support" booked');
    await w.slack.as('ann').command(w.slack.channels.sales, 'edit 2');
    const form = await modalSaying(w, 'ann', /What should .* hear of/);
    await w.slack.as('ann').submit(form, { kinds: ['canceled'] });
    expect(sentences(await modalSaying(w, 'ann', /Changed/))).toMatch(/\*Support\*: canceled/);
    const done = w.slack.as('ann').modal()!;
    await w.slack.as('ann').click(done, 'Undo');
    await eventually(async () => /2\. \*Support\*: booked/.test(await listed(w)), { what: 'the old kinds' });
  });
});

describe('copy', () => {
  it('several to several channels, with their look; again it is a success; one Undo takes all back', async () => {
    const w = await connected();
    const { demos, general } = w.slack.channels;
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked --style line');
    await ask(w, 'ann', 'sales', 'subscribe "Support" booked');
    const copied = await ask(w, 'ann', 'sales', `copy 1,2 to <#${demos}|demos> <#${general}|general>`);
    expect(copied.text).toMatch(/Copied 2 subscriptions to <#\w+> and <#\w+>/);
    expect(await listed(w, 'demos')).toMatch(/1\. \*Demo call\*: booked; as single lines.*2\. \*Support\*: booked/s);
    await hears(w, 'demos', /subscribed this channel to \*Support\*/);
    expect((await ask(w, 'ann', 'sales', `copy 1 to <#${demos}|demos>`)).text).toMatch(/Copied 1 subscription/);
    expect(said(w, 'demos', /subscribed this channel/)).toHaveLength(2);
    await w.slack.as('ann').click(copied, 'Undo');
    await hears(w, 'general', /undid that/);
    expect(await listed(w, 'demos')).toMatch(/no subscription/);
    expect(await listed(w)).toMatch(/2 subscriptions/);
  });

  it('asks for a channel, and brings nothing into a private one to whoever is not in it', async () => {
    const w = await connected();
    await ask(w, 'ann', 'sales', 'subscribe all booked');
    expect((await ask(w, 'ann', 'sales', 'copy 1 to demos')).text).toMatch(/pick it from the list that Slack shows/);
    expect((await ask(w, 'ann', 'sales', `copy 1 to <#${w.slack.channels.sales}|sales>`)).text).toMatch(
      /this very channel/,
    );
    const secret = w.slack.addChannel({ name: 'secret', isPrivate: true, members: ['bo'] });
    expect((await ask(w, 'ann', 'sales', `copy 1 to <#${secret}>`)).text).toMatch(/⚠️ <#\w+>: .*(invite|private)/is);
    await w.slack.invite(secret, w.slack.botUserId);
    expect((await ask(w, 'ann', 'sales', `copy 1 to <#${secret}>`)).text).toMatch(/You are not in it/);
    expect(w.slack.messages(secret).filter((message) => /subscribed this channel/.test(message.text))).toEqual([]);
  });

  it('in the window, from the menu of a list', async () => {
    const w = await connected();
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    await ask(w, 'ann', 'sales', 'subscribe "Support" booked');
    const list = await ask(w, 'ann', 'sales', 'list');
    await w.slack.as('ann').click(list, 'list_row:1', { option: 'Copy…' });
    const form = await modalSaying(w, 'ann', /in other channels as well/);
    await w.slack.as('ann').submit(form, { copy_to: [w.slack.channels.demos] });
    await modalSaying(w, 'ann', /Copied 1 subscription/);
    expect(await listed(w, 'demos')).toMatch(/1 subscription.*\*Support\*/s);
    await w.slack.as('ann').click(list, 'list_row:0', { option: 'Unsubscribe' });
    await eventually(async () => /1 subscription\b/.test(await listed(w)), { what: 'the first one to go' });
  });
});

it('list shows who made each, since when, its last card and why it is quiet, and turns pages past 500', async () => {
  const w = await connected();
  await ask(w, 'ann', 'sales', 'subscribe all booked');
  expect(await listed(w)).toMatch(/1\. \*all event types\*: booked\nby <@\w+> · since <!date\^\d+\^.* · no card yet/);
  w.calendly.book({ name: 'Ada Lovelace' });
  await hears(w, 'sales', /Ada/);
  await ask(w, 'ann', 'sales', 'mute 2h');
  await eventually(async () => /last card <!date\^\d+\^.*🔕 Muted until <!date/s.test(await listed(w)), {
    what: 'the last card',
  });
  // As many as a large workspace has, made the way the first one was.
  const columns = 'installation_id, connection_id, kinds, filter, options, made_by, state, reason, updated_at';
  await inDatabase(
    w.storage,
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < 520)
     insert into subscription (id, channel_id, created_at, ${columns})
     select 'made-' || i, 'C' || (1000 + i), created_at + i, ${columns} from subscription, n`,
  );
  let page: Message = await ask(w, 'ann', 'sales', 'list workspace');
  expect(page.text).toMatch(/521 subscriptions, 1–10/);
  await w.slack.as('ann').click(page, 'Last page');
  await w.slack.waitFor(() => /521–521/.test(w.slack.ephemerals('ann').at(-1)!.text), { what: 'the last page' });
  page = w.slack.ephemerals('ann').at(-1)!;
  await w.slack.as('ann').click(page, 'Previous');
  await w.slack.waitFor(() => /511–520/.test(w.slack.ephemerals('ann').at(-1)!.text), { what: 'the page before' });
  page = w.slack.ephemerals('ann').at(-1)!;
  expect(page.blocks!.length).toBeLessThanOrEqual(50);
  expect(words(page).length).toBeLessThan(12_000);
});
