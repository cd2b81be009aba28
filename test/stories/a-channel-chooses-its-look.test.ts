// A channel chooses how its cards look: by words and in the window, each with what the other chose; seen in what is kept, in the answers and in the cards.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { ask, bookingArrives, hears, modalSaying, paste, said, sentences } from './people.ts';
import { inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
});

interface Kept {
  style: string;
  thread: { all: string; but: Record<string, string> };
  mention: { who: string; id?: string };
  privacy: string;
}
/** What the app remembers of each subscription, oldest first. */
const kept = async (): Promise<Kept[]> => {
  const rows = await inDatabase(w.storage, 'select options from subscription order by created_at, id');
  return rows.map((row) => JSON.parse(String(row.options)) as Kept);
};
const usual: Kept = { style: 'card', thread: { all: 'on', but: {} }, mention: { who: 'none' }, privacy: 'full' };

const open = async (who: 'ann' | 'bo' = 'ann', channel: string = w.slack.channels.sales) => {
  await w.slack.as(who).command(channel, 'subscribe');
  return modalSaying(w, who, /What cards show/);
};
/** The values that stand in the window as it opens. */
const standing = (view: View, action: string): string[] => {
  const state = Object.values(view.state.values).find((block) => action in block)?.[action] as
    | { selected_option?: { value: string }; selected_options?: { value: string }[] }
    | undefined;
  const one = state?.selected_option;
  return one ? [one.value] : (state?.selected_options ?? []).map((each) => each.value);
};

describe('by words', () => {
  it('what is named is kept, echoed to the person and told to the channel', async () => {
    const words = '“Demo call” booked —style compact —thread off —mention host —privacy business';
    const answer = await ask(w, 'ann', 'sales', `subscribe ${words}`);
    const look =
      '*Demo call*: booked; as compact cards, calls the host, keeps no threads, shows no contact data or answers.';
    expect(answer.text).toContain(look);
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toContain(look);
    expect(await kept()).toEqual([
      { style: 'compact', thread: { all: 'off', but: {} }, mention: { who: 'host' }, privacy: 'business' },
    ]);
    expect((await ask(w, 'bo', 'sales', 'list')).text).toContain('calls the host');
  });

  it('what is not named is as usual, and not worth a word', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe all booked');
    expect(answer.text).toMatch(/\*all event types\*: booked\.\n/);
    expect(await kept()).toEqual([usual]);
  });

  it('people and user groups are taken as Slack writes them; a name it did not know is refused', async () => {
    const group = w.slack.addGroup('sales-team', ['ann', 'bo']);
    expect((await ask(w, 'ann', 'sales', 'subscribe all --mention @bo')).text).toContain(
      `calls <@${w.slack.users.bo}>`,
    );
    expect((await ask(w, 'ann', 'sales', 'subscribe --mention @sales-team')).text).toContain(
      `calls <!subteam^${group}>`,
    );
    expect(await kept()).toEqual([{ ...usual, mention: { who: 'group', id: group } }]);
    expect(JSON.stringify(said(w, 'sales'))).not.toContain('subteam');
    expect((await ask(w, 'ann', 'sales', 'subscribe --mention @sails-team')).text).toMatch(
      /cannot tell who “@sails-team” is.*pick the name from the list/s,
    );
    w.slack.shouldEscape = false;
    expect((await ask(w, 'ann', 'sales', 'subscribe --mention @bo')).text).toMatch(/cannot tell who “@bo” is/);
    expect(await kept()).toEqual([{ ...usual, mention: { who: 'group', id: group } }]);
  });

  it('said again changes what is named, and nothing else', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" noshow --style compact --thread on,canceled:broadcast');
    const changed = await ask(w, 'ann', 'sales', 'subscribe "Demo call" --privacy minimal');
    expect(changed.text).toMatch(/✅ Changed.*: noshow; as compact cards, .*for canceled, shows initials only\./);
    await hears(w, 'sales', /changed what this channel hears of to \*Demo call\*: noshow; as compact cards/);
    expect(await kept()).toEqual([
      { ...usual, style: 'compact', thread: { all: 'on', but: { canceled: 'broadcast' } }, privacy: 'minimal' },
    ]);
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" noshow')).text).toMatch(/Nothing to change/);
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" --style card')).text).toMatch(/✅ Changed/);
    expect(await kept()).toMatchObject([{ style: 'card', privacy: 'minimal' }]);
    // Without a name it is about what is here, not about every event type.
    expect((await ask(w, 'ann', 'sales', 'subscribe --style line')).text).toMatch(
      /\*Demo call\*: noshow; as single lines/,
    );
    expect(await kept()).toMatchObject([{ style: 'line', privacy: 'minimal' }]);
  });

  it('a slip is refused with what would work, and nothing changes', async () => {
    for (const [typed, says] of [
      ['all --styl compact', /Did you mean --style\?/],
      ['all --style compakt', /Did you mean compact\?/],
      ['all --thread canceld:off', /Did you mean canceled\?/],
      ['all --privacy', /after --privacy: full, business or minimal/],
      ['all --mention @here', /never call a whole channel/],
    ] as const) {
      const answer = await ask(w, 'ann', 'sales', `subscribe ${typed}`);
      expect(answer.text).toMatch(says);
      expect(answer.text).toMatch(/`\/calendly help subscribe` shows examples/);
    }
    expect(await kept()).toEqual([]);
    expect(said(w, 'sales')).toEqual([]);
  });

  it('help shows them at work', async () => {
    const help = await ask(w, 'bo', 'sales', 'help subscribe');
    for (const words of ['--style compact', '--thread on,canceled:broadcast', '--privacy full|business|minimal'])
      expect(help.text).toContain(words);
    const typed = /`\/calendly (subscribe all [^`]*)`/.exec(help.text)![1]!;
    expect((await ask(w, 'ann', 'sales', typed)).text).toMatch(/✅ Subscribed.*as compact cards, calls the host/s);
  });

  it('unsubscribe and Undo bring the same look back', async () => {
    await ask(
      w,
      'ann',
      'sales',
      'subscribe all booked --style line --thread noshow:off --mention @bo --privacy minimal',
    );
    const before = await kept();
    const gone = await ask(w, 'ann', 'sales', 'unsubscribe');
    expect(await kept()).toEqual([]);
    await w.slack.as('ann').click(gone, 'Undo');
    await hears(w, 'sales', /undid that/);
    expect(await kept()).toEqual(before);
  });
});

describe('in the window', () => {
  it('what was chosen is kept, said, and stands there when it is opened again', async () => {
    const chosen = {
      style: 'Compact: two lines',
      thread: 'on',
      thread_but: ['Canceled: in the thread and the channel', 'Marked as no-show: not said'],
      mention: 'The host of the meeting',
      privacy: 'Minimal: initials only',
    };
    await w.slack.as('ann').submit(await open(), { kinds: ['booked', 'canceled', 'noshow'], ...chosen });
    const look =
      'booked, canceled and noshow; as compact cards, calls the host, keeps no threads for noshow, says what is new in the channel too for canceled, shows initials only.';
    expect(sentences(await modalSaying(w, 'ann', /Subscribed/))).toContain(look);
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toContain(look);
    expect(await kept()).toEqual([
      {
        style: 'compact',
        thread: { all: 'on', but: { canceled: 'broadcast', noshow: 'off' } },
        mention: { who: 'host' },
        privacy: 'minimal',
      },
    ]);
    const again = await open();
    expect(standing(again, 'style')).toEqual(['compact']);
    expect(standing(again, 'thread')).toEqual(['on']);
    expect(standing(again, 'thread_but')).toEqual(['canceled:broadcast', 'noshow:off']);
    expect(standing(again, 'mention')).toEqual(['host']);
    expect(standing(again, 'privacy')).toEqual(['minimal']);
    await w.slack.as('ann').submit(again, { style: 'card', thread_but: [], mention: 'none', privacy: 'full' });
    await modalSaying(w, 'ann', /Changed/);
    expect(await kept()).toEqual([usual]);
  });

  it('stands as words left it, and leaves what is not touched', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all booked --style line --thread broadcast --mention @bo');
    const before = await kept();
    const view = await open();
    expect(standing(view, 'style')).toEqual(['line']);
    expect(standing(view, 'thread')).toEqual(['broadcast']);
    await w.slack.as('ann').submit(view, { kinds: ['booked', 'noshow'] });
    await modalSaying(w, 'ann', /Changed/);
    expect(await kept()).toEqual(before);
  });

  it('what contradicts itself is said in the window, which stays open', async () => {
    const view = await open();
    const { errors } = await w.slack.as('ann').submit(view, { thread: 'off', thread_but: ['canceled:broadcast'] });
    expect(Object.values(errors ?? {})).toEqual([expect.stringContaining('Threads are off for every kind')]);
    expect(w.slack.as('ann').modal()?.id).toBe(view.id);
    expect(await kept()).toEqual([]);
  });
});

describe('where outsiders read along', () => {
  const limited = /People outside this workspace can read this channel, so its cards show business details at most/;
  const open_ = /People outside this workspace can read this channel, and its cards show them everything/;
  let channel = '';
  beforeEach(() => {
    channel = w.slack.addChannel({ name: 'with-acme', members: ['ann', 'bo'], isExtShared: true });
  });

  it('a member’s cards show business at most, by words and in the window, and that is said', async () => {
    await paste(w, w.calendly.tokens.mia, 'bo');
    // Another workspace of the same Enterprise organization: where it is another organization, a member brings nothing at all.
    channel = w.slack.addChannel({ name: 'with-branch', members: ['ann', 'bo'], isOrgShared: true });
    const answer = await ask(w, 'bo', channel, 'subscribe all booked --privacy full');
    expect(answer.text).toMatch(limited);
    expect(await kept()).toEqual([{ ...usual, privacy: 'business' }]);
    const view = await open('bo', channel);
    expect(JSON.stringify(view.blocks)).not.toContain('"full"');
    expect(standing(view, 'privacy')).toEqual(['business']);
  });

  it('an admin shows all only by saying so, and everybody is warned', async () => {
    expect((await ask(w, 'ann', channel, 'subscribe all booked')).text).toMatch(limited);
    expect(await kept()).toEqual([{ ...usual, privacy: 'business' }]);
    const answer = await ask(w, 'ann', channel, 'subscribe --privacy full');
    expect(answer.text).toMatch(open_);
    expect(await kept()).toEqual([usual]);
    const told = w.slack.messages(channel).filter((message) => open_.test(message.text));
    expect(told).toHaveLength(1);
  });
});

describe('a mention', () => {
  it('of the host in a channel of more than a hundred says how many see it', async () => {
    const crowd = Array.from({ length: 120 }, (_, i) => w.slack.addUser({ name: `colleague-${i}` }).id);
    const channel = w.slack.addChannel({ name: 'everybody', members: ['ann', ...crowd] });
    expect((await ask(w, 'ann', channel, 'subscribe all')).text).not.toMatch(/members to see it/);
    expect((await ask(w, 'ann', channel, 'subscribe --mention host')).text).toMatch(
      /Each new card calls its host, and this channel has 12\d members to see it/,
    );
    expect(await kept()).toMatchObject([{ mention: { who: 'host' } }]);
  });
});

describe('the cards', () => {
  it('are smaller where compact was chosen', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all booked');
    await ask(w, 'ann', 'demos', 'subscribe all booked --style compact');
    const size = (message: Message) => message.blocks?.length ?? 0;
    const whole = await bookingArrives(w, 'sales', 'Grace Hopper');
    const small = await hears(w, 'demos', /Grace Hopper/);
    expect(size(small)).toBeLessThan(size(whole));
  });
});
