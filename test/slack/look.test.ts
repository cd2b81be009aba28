// How a channel's cards look, chosen by words and in the window: what is kept, what is said of it, and what outsiders may read.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { optionsInWords } from '../../src/slack/messages/answers.ts';
import { readLook } from '../../src/slack/views/look.ts';
import { parseWish } from '../../src/subscription/grammar.ts';
import { withWish } from '../../src/subscription/options.ts';
import { defaultOptions, type Options } from '../../src/subscription/subscription.ts';
import { addConnection, openDoor, type Stage } from './fake-product.ts';

type Who = 'ann' | 'bo' | 'cy';

const optionsOf = (words: string): Options => {
  const parsed = parseWish(words);
  if (!parsed.ok) throw new Error(parsed.message);
  return withWish(defaultOptions, parsed.wish.options);
};

describe('in words', () => {
  test.each([
    ['', ''],
    ['--style card --thread on --mention none --privacy full', ''],
    ['--style compact', 'as compact cards'],
    ['--style line', 'as single lines'],
    ['--mention host', 'calls the host'],
    ['--mention <@U1>', 'calls <@U1>'],
    ['--privacy business', 'shows no contact data or answers'],
    ['--privacy minimal', 'shows initials only'],
    ['--thread off', 'keeps no threads'],
    ['--thread noshow:off', 'keeps no threads for noshow'],
    ['--thread booked:off,rescheduled:off,noshow:off,routed:off', 'keeps threads only for canceled'],
    ['--thread broadcast', 'says what is new in the channel too'],
    ['--thread canceled:broadcast', 'says what is new in the channel too for canceled'],
    ['--thread broadcast,noshow:off', 'keeps no threads for noshow, says what is new in the channel too'],
    [
      '--style line --mention host --thread canceled:broadcast --privacy minimal',
      'as single lines, calls the host, says what is new in the channel too for canceled, shows initials only',
    ],
  ])('%s', (words, said) => {
    expect(optionsInWords(optionsOf(words))).toBe(said);
  });

  test('a user group is named to the person, and not in the channel, where that would call everybody in it', () => {
    const options = optionsOf('--mention <!subteam^S1>');
    expect(optionsInWords(options, 'person')).toBe('calls <!subteam^S1>');
    expect(optionsInWords(options, 'channel')).toBe('calls a user group');
  });
});

let stage: Stage;
beforeEach(async () => {
  stage = await openDoor();
  for (const who of ['ann', 'bo'] as const) connect(who);
});
afterEach(() => stage.stop());

function connect(by: Who, set = {}) {
  return addConnection(stage.product, {
    installationId: stage.installationId,
    connectedBy: stage.slack.users[by],
    ...(by === 'ann' ? {} : { scope: 'user' }),
    userName: by,
    ...set,
  });
}
const saved = () => [...stage.product.saved.values()];
const looks = () => saved().map((each) => each.options);
/** Types it and answers with what the person is told. Ann has two accounts to choose from, being an admin: hers is taken. */
const type = async (who: Who, channel: string, text: string): Promise<Message> => {
  const id = stage.slack.channels[channel as 'sales'] ?? channel;
  const { ephemerals } = await stage.slack.as(who).command(id, text);
  return ephemerals.at(-1)!;
};
const told = (channel: string) => stage.slack.messages(channel).at(-1)!.text;
const heard = (who: Who, words: string) =>
  stage.slack.waitFor(() => stage.slack.ephemerals(who).find((message) => message.text.includes(words)), {
    what: `“${words}” said to ${who}`,
  });
const shows = (view: View | null) => JSON.stringify(view?.blocks ?? null);
const modalWith = (who: Who, words: string) =>
  stage.slack.waitFor(
    () => {
      const view = stage.slack.as(who).modal();
      return shows(view).includes(words) ? view : null;
    },
    { what: `a modal with “${words}”` },
  );
/** Only Ann's own account, so that nobody is asked which. */
const onlyAnn = () => void stage.product.kept.delete('connection-2');

describe('by words', () => {
  beforeEach(onlyAnn);

  test('what is not named is as usual, and nothing is said of it', async () => {
    const answer = await type('ann', 'sales', 'subscribe all booked');
    expect(looks()).toEqual([defaultOptions]);
    expect(answer.text).toContain('*all event types*: booked.');
    expect(told('sales')).toContain('*all event types*: booked. Stop it');
  });

  test('what is named is kept, answered and told to the channel', async () => {
    const answer = await type(
      'ann',
      'sales',
      'subscribe “Demo call” booked —style compact —thread on,canceled:broadcast —mention @bo —privacy minimal',
    );
    expect(saved()[0]?.kinds).toEqual(['booked']);
    expect(looks()).toEqual([
      {
        style: 'compact',
        thread: { all: 'on', but: { canceled: 'broadcast' } },
        mention: { who: 'user', id: stage.slack.users.bo },
        privacy: 'minimal',
      },
    ]);
    const words = `*Demo call*: booked; as compact cards, calls <@${stage.slack.users.bo}>, says what is new in the channel too for canceled, shows initials only.`;
    expect(answer.text).toContain(words);
    expect(told('sales')).toContain(words);
  });

  test('the usual kinds are said as such beside options', async () => {
    expect((await type('ann', 'sales', 'subscribe all --style line')).text).toContain(
      'booked, canceled and rescheduled (the usual kinds, as none was named); as single lines.',
    );
  });

  test('again, only what is named changes: neither the other options nor the kinds', async () => {
    await type('ann', 'sales', 'subscribe all noshow --style compact --mention host');
    const changed = await type('ann', 'sales', 'subscribe all --thread off');
    expect(changed.text).toMatch(/✅ Changed\..*: noshow; as compact cards, calls the host, keeps no threads\./);
    expect(changed.text).not.toContain('usual kinds');
    expect(told('sales')).toContain('changed what this channel hears of to');
    expect(saved()).toMatchObject([
      { kinds: ['noshow'], options: { style: 'compact', thread: { all: 'off', but: {} }, mention: { who: 'host' } } },
    ]);
    await type('ann', 'sales', 'subscribe all booked');
    expect(saved()).toMatchObject([
      { kinds: ['booked'], options: { style: 'compact', thread: { all: 'off', but: {} }, mention: { who: 'host' } } },
    ]);
    await type('ann', 'sales', 'subscribe all --thread canceled:on');
    expect(looks()[0]?.thread).toEqual({
      all: 'on',
      but: { booked: 'off', rescheduled: 'off', noshow: 'off', routed: 'off' },
    });
  });

  test('the same again changes nothing and tells nobody; a single difference is a change', async () => {
    await type('ann', 'sales', 'subscribe all booked --style compact --thread canceled:off');
    expect((await type('ann', 'sales', 'subscribe all booked')).text).toContain('Nothing to change');
    const same = await type('ann', 'sales', 'subscribe all --style COMPACT --thread canceled:off');
    expect(same.text).toMatch(/already hears of .*: booked; as compact cards, keeps no threads for canceled\./);
    expect(stage.slack.messages('sales')).toHaveLength(1);
    for (const one of ['--style line', '--thread on', '--mention host', '--privacy minimal'])
      expect((await type('ann', 'sales', `subscribe all ${one}`)).text).toContain('✅ Changed.');
  });

  test('options alone are for what is here, whatever its event types; of several, it asks which', async () => {
    await type('ann', 'sales', 'subscribe "Demo call" noshow');
    await type('ann', 'sales', 'subscribe --style line');
    expect(saved()).toMatchObject([
      { kinds: ['noshow'], filter: { types: [{ name: 'Demo call' }] }, options: { style: 'line' } },
    ]);
    await type('ann', 'sales', 'subscribe all booked');
    const which = await type('ann', 'sales', 'subscribe --mention host');
    expect(which.text).toContain('several subscriptions');
    await stage.slack.as('ann').click(which, 'Demo call: noshow');
    await heard('ann', 'as single lines, calls the host');
    const again = await type('ann', 'sales', 'subscribe --privacy minimal');
    await stage.slack.as('ann').click(again, 'All event types: booked');
    await heard('ann', 'shows initials only');
    expect(saved()).toMatchObject([
      { kinds: ['noshow'], options: { style: 'line', mention: { who: 'host' }, privacy: 'full' } },
      { kinds: ['booked'], options: { style: 'card', mention: { who: 'none' }, privacy: 'minimal' } },
    ]);
    await type('ann', 'general', 'subscribe --style line');
    expect(saved()[2]).toMatchObject({ filter: { types: [] }, kinds: ['booked', 'canceled', 'rescheduled'] });
  });

  test('somebody else’s subscription keeps its look', async () => {
    await type('ann', 'sales', 'subscribe all booked');
    Object.assign(stage.product.kept.get('connection-1')!, { connectedBy: stage.slack.users.bo, scope: 'user' });
    expect((await type('bo', 'sales', 'subscribe all --style line')).text).toContain('who made this subscription');
    expect(looks()).toEqual([defaultOptions]);
  });

  test('what Slack does not let me announce is taken back, the look too', async () => {
    await type('ann', 'sales', 'subscribe all --style compact');
    stage.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'restricted_action' });
    await type('ann', 'sales', 'subscribe all --style line');
    expect(looks()).toMatchObject([{ style: 'compact' }]);
  });

  test.each([
    ['--mention @nobody', 'cannot tell who “＠nobody” is', /@nobody|＠nobody/],
    ['--mention @here', 'never call a whole channel', /--mention host/],
    ['--styl compact', 'Did you mean --style?', /--styl/],
    ['--style compakt', 'Did you mean compact?', /compakt/],
  ])('%s is refused in words, and nothing changes', async (words, says, quotes) => {
    const answer = await type('ann', 'sales', `subscribe all ${words}`);
    expect(answer.text.replace('@nobody', '＠nobody')).toContain(says);
    expect(answer.text).toMatch(quotes);
    expect(saved()).toEqual([]);
  });

  test('a person Slack does not know is no mention', async () => {
    const answer = await type('ann', 'sales', 'subscribe all --mention <@U0NOBODY|ghost>');
    expect(answer.text).toContain('Slack does not know the person to mention');
    expect(saved()).toEqual([]);
  });

  test('a user group is kept, named to the person, and not called by the announcement', async () => {
    const answer = await type('ann', 'sales', 'subscribe all --mention <!subteam^S123|@sales-team>');
    expect(looks()).toMatchObject([{ mention: { who: 'group', id: 'S123' } }]);
    expect(answer.text).toContain('calls <!subteam^S123>');
    const gone = await type('ann', 'sales', 'unsubscribe');
    expect(gone.text).toContain('calls <!subteam^S123>');
    const toChannel = JSON.stringify(stage.slack.posts('sales').map((post) => post.args));
    expect(toChannel).toContain('calls a user group');
    expect(toChannel).not.toContain('subteam');
  });

  test('options come along when the event type is picked from the nearest, or the account is', async () => {
    const asked = await type('ann', 'sales', 'subscribe "Demo cal" booked --style line --mention host');
    await stage.slack.as('ann').click(asked, 'Demo call');
    await stage.slack.waitFor(() => saved().length === 1);
    expect(looks()).toMatchObject([{ style: 'line', mention: { who: 'host' } }]);
    connect('ann', { id: 'second', userName: 'Second' });
    const which = await type('ann', 'general', 'subscribe all --thread off');
    await stage.slack.as('ann').click(which, 'Acme (Second) (ada@acme.example)');
    await stage.slack.waitFor(() => saved().length === 2);
    expect(looks()[1]).toMatchObject({ thread: { all: 'off', but: {} } });
  });

  test('a kind that the channel does not hear of has no thread to say anything in', async () => {
    const idle = /Of canceled nothing is said, since this channel does not hear of it/;
    expect((await type('ann', 'sales', 'subscribe all booked --thread canceled:broadcast')).text).toMatch(idle);
    expect((await type('ann', 'sales', 'subscribe all booked canceled')).text).not.toMatch(idle);
  });

  test('list and the bare command say what is unusual', async () => {
    await type('ann', 'sales', 'subscribe all booked --style compact');
    expect((await type('ann', 'sales', 'list')).text).toContain('*all event types*: booked; as compact cards\nby');
    expect((await type('ann', 'sales', '')).text).toContain('*all event types*: booked; as compact cards');
  });

  test('events sets kinds alone, and says where options go', async () => {
    await type('ann', 'sales', 'subscribe all booked --style compact');
    const answer = await type('ann', 'sales', 'events noshow --style line');
    expect(answer.text).toContain('Options go with subscribe, as in: subscribe all --style line');
    expect(saved()).toMatchObject([{ kinds: ['booked'], options: { style: 'compact' } }]);
    await type('ann', 'sales', 'events noshow');
    expect(saved()).toMatchObject([{ kinds: ['noshow'], options: { style: 'compact' } }]);
  });
});

describe('Undo of unsubscribe', () => {
  beforeEach(onlyAnn);
  const everything =
    'subscribe all booked --style line --thread broadcast,noshow:off --mention <!subteam^S1> --privacy minimal';

  test('brings the look back', async () => {
    await type('ann', 'sales', everything);
    const [before] = looks();
    await stage.slack.as('ann').click(await type('ann', 'sales', 'unsubscribe'), 'Undo');
    await heard('ann', 'Undone');
    expect(looks()).toEqual([before]);
  });
});

describe('a channel that outsiders can read', () => {
  const shared = (set: object = { isExtShared: true }, members = ['ann', 'bo', 'cy']) =>
    stage.slack.addChannel({ name: 'with-acme', members, ...set });
  const limited = /People outside this workspace can read this channel, so its cards show business details at most/;
  const open = /People outside this workspace can read this channel, and its cards show them everything/;

  test.each([{ isExtShared: true }, { isPendingExtShared: true }])(
    'where they are of another organization, a member brings nothing new: %o',
    async (set) => {
      const channel = shared(set);
      const answer = await type('bo', channel, 'subscribe all booked --privacy minimal');
      expect(answer.text).toMatch(/of another organization read this channel.*only workspace admins and app managers/);
      expect(looks()).toEqual([]);
    },
  );

  test('shows business at most to a member’s subscription, and says so', async () => {
    const channel = shared({ isOrgShared: true });
    const answer = await type('bo', channel, 'subscribe all booked');
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    expect(answer.text).toMatch(limited);
    expect(answer.text).toContain('shows no contact data or answers');
    expect(told(channel)).toContain('shows no contact data or answers');
    const insisting = await type('bo', channel, 'subscribe all --privacy full');
    expect(insisting.text).toMatch(limited);
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    await type('bo', channel, 'subscribe all --privacy minimal');
    expect(looks()).toMatchObject([{ privacy: 'minimal' }]);
  });

  test('an admin gets full only by saying so, with a warning to all', async () => {
    onlyAnn();
    const channel = shared();
    expect((await type('ann', channel, 'subscribe all booked')).text).toMatch(limited);
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    const answer = await type('ann', channel, 'subscribe all --privacy full');
    expect(looks()).toMatchObject([{ privacy: 'full' }]);
    expect(answer.text).toMatch(open);
    expect(answer.text).not.toMatch(limited);
    expect(told(channel)).toMatch(open);
    // It was said: another option named later does not take it back.
    await type('ann', channel, 'subscribe all --style line');
    await type('ann', channel, 'events noshow');
    expect(looks()).toMatchObject([{ privacy: 'full', style: 'line' }]);
  });

  test('a subscription from before it was shared becomes business when its maker touches it', async () => {
    for (const touch of ['subscribe all --style line', 'events noshow', 'subscribe all booked']) {
      const channel = shared({}, ['bo']);
      await type('bo', channel, 'subscribe all booked');
      expect(saved().at(-1)?.options.privacy).toBe('full');
      // Slack shares it.
      await stage.slack.share(channel);
      expect((await type('bo', channel, touch)).text).toMatch(limited);
      expect(saved().at(-1)?.options.privacy).toBe('business');
    }
  });

  test('Undo brings back no more than may be shown there now', async () => {
    for (const [who, privacy] of [
      ['bo', 'business'],
      ['ann', 'full'],
    ] as const) {
      if (who === 'ann') onlyAnn();
      const channel = shared({}, [who]);
      await type(who, channel, 'subscribe all booked');
      const gone = await type(who, channel, 'unsubscribe');
      await stage.slack.share(channel);
      await stage.slack.as(who).click(gone, 'Undo');
      const answer = await heard(who, 'Undone');
      expect(answer.text).toMatch(who === 'bo' ? limited : open);
      expect(saved().at(-1)).toMatchObject({ channelId: channel, options: { privacy } });
    }
  });

  test('elsewhere full is the usual, and nothing is said of it', async () => {
    const answer = await type('bo', 'sales', 'subscribe all booked --privacy full');
    expect(looks()).toMatchObject([{ privacy: 'full' }]);
    expect(answer.text).not.toContain('People outside');
  });

  test('the window offers no more than may be chosen', async () => {
    const channel = shared({ isOrgShared: true });
    await stage.slack.as('bo').command(channel, 'subscribe');
    const his = await modalWith('bo', 'Business is the most');
    expect(shows(his)).not.toContain('"full"');
    await stage.slack.as('bo').submit(his, { kinds: ['booked'] });
    await modalWith('bo', 'Subscribed');
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    onlyAnn();
    await stage.slack.as('ann').command(channel, 'subscribe');
    const hers = await modalWith('ann', 'Business is the most');
    await stage.slack.as('ann').submit(hers, { kinds: ['canceled'], privacy: 'full' });
    expect(shows(await modalWith('ann', 'Subscribed'))).toMatch(open);
    expect(looks().map((each) => each.privacy)).toEqual(['business', 'full']);
  });
});

describe('a channel that guests can read', () => {
  const withGuest = (members: string[] = ['ann', 'bo']) => {
    const gus = stage.slack.addUser({ name: 'gus', isGuest: true });
    return stage.slack.addChannel({ name: 'with-gus', members: [...members, gus.id] });
  };
  const limited = /Guests can read this channel, so its cards show business details at most/;
  const open = /Guests can read this channel, and its cards show them everything/;

  test('shows business at most to a member’s subscription, and says so', async () => {
    const channel = withGuest();
    const answer = await type('bo', channel, 'subscribe all booked');
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    expect(answer.text).toMatch(limited);
    expect(answer.text).toMatch(/admin can allow more: `\/calendly subscribe --privacy full`/);
    expect((await type('bo', channel, 'subscribe all --privacy full')).text).toMatch(limited);
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
  });

  test('shows all where an admin says so, with a warning to all', async () => {
    onlyAnn();
    const channel = withGuest();
    expect((await type('ann', channel, 'subscribe all booked --privacy full')).text).toMatch(open);
    expect(told(channel)).toMatch(open);
    expect(looks()).toMatchObject([{ privacy: 'full' }]);
  });

  test('becomes one when its maker touches a subscription from before, and by Undo', async () => {
    const channel = stage.slack.addChannel({ name: 'quiet', members: ['bo'] });
    await type('bo', channel, 'subscribe all booked');
    expect(looks()).toMatchObject([{ privacy: 'full' }]);
    const gus = stage.slack.addUser({ name: 'gus', isGuest: true });
    await stage.slack.invite(channel, gus.id);
    expect((await type('bo', channel, 'events noshow')).text).toMatch(limited);
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
  });

  test('the window offers no more than may be chosen', async () => {
    const channel = withGuest();
    await stage.slack.as('bo').command(channel, 'subscribe');
    const his = await modalWith('bo', 'Guests can read this channel: Business is the most');
    expect(shows(his)).not.toContain('"full"');
  });

  test('where Slack does not say who is in it, it shows less, and says what to do', async () => {
    const channel = stage.slack.addChannel({ name: 'unsaid', members: ['bo'] });
    stage.slack.faults.add({ method: 'conversations.members', kind: 'error', error: 'internal_error', times: 1 });
    const answer = await type('bo', channel, 'subscribe all booked');
    expect(answer.text).toMatch(/did not tell me whether guests read this channel.*in a few minutes.*--privacy full/);
    expect(looks()).toMatchObject([{ privacy: 'business' }]);
    expect((await type('bo', channel, 'subscribe all --privacy full')).text).not.toMatch(/guests/i);
    expect(looks()).toMatchObject([{ privacy: 'full' }]);
    // What is shown already is not taken away because Slack is silent for a moment.
    stage.slack.faults.add({ method: 'conversations.members', kind: 'error', error: 'internal_error', times: 1 });
    await type('bo', channel, 'subscribe all --style line');
    expect(looks()).toMatchObject([{ privacy: 'full', style: 'line' }]);
  });

  test('nobody is looked at where nothing more is shown anyway', async () => {
    const channel = withGuest();
    const looked = () => stage.slack.counts.get('conversations.members')?.calls ?? 0;
    await type('bo', channel, 'subscribe all booked --privacy minimal');
    expect(looked()).toBe(0);
  });

  describe('since a moment ago', () => {
    const shared = () => stage.product.calls.filter((call) => call.name === 'channelShared').map((call) => call.args);
    async function joined(words: string) {
      const channel = stage.slack.addChannel({ name: 'quiet', members: ['bo'] });
      await type('bo', channel, words);
      const join = async (set = {}) => {
        const user = stage.slack.addUser({ name: 'new', ...set });
        await stage.slack.invite(channel, user.id);
        await new Promise((resolve) => setTimeout(resolve, 200));
      };
      return { channel, join };
    }

    test('shows less from now on; another member changes nothing', async () => {
      const { channel, join } = await joined('subscribe all booked');
      await join();
      expect(shared()).toEqual([]);
      await join({ isGuest: true });
      const said = expect.stringMatching(/^🔒 A guest can read this channel.*--privacy full/);
      expect(shared()).toEqual([[stage.installationId, channel, said, { guests: 'first' }]]);
      await join({ isGuest: true });
      expect(shared()[1]?.at(-1)).toEqual({ guests: 'more' });
    });

    test('is nothing new where no more is shown', async () => {
      const { join } = await joined('subscribe all booked --privacy business');
      await join({ isGuest: true });
      expect(shared()).toEqual([]);
    });
  });
});

describe('a mention in a big channel', () => {
  const big = (count: number) => {
    const crowd = Array.from({ length: count - 1 }, (_, i) => stage.slack.addUser({ name: `p${i}` }).id);
    return stage.slack.addChannel({ name: `of-${count}`, members: ['ann', ...crowd] });
  };
  beforeEach(onlyAnn);

  test('is allowed from more than a hundred people on, and says how many see it', async () => {
    const seen = /Each new card calls its host, and this channel has 102 members to see it/;
    const channel = big(101);
    expect((await type('ann', channel, 'subscribe all booked')).text).not.toMatch(/members to see it/);
    expect((await type('ann', channel, 'subscribe all --mention host')).text).toMatch(seen);
    expect(looks()).toMatchObject([{ mention: { who: 'host' } }]);
    expect((await type('ann', channel, 'subscribe all --mention none')).text).not.toMatch(/members to see it/);
  });

  test('is nothing special among a hundred', async () => {
    expect((await type('ann', big(100), 'subscribe all --mention host')).text).not.toMatch(/members to see it/);
  });
});

describe('in the window', () => {
  beforeEach(onlyAnn);
  const chosenIn = (view: View) =>
    Object.fromEntries(
      Object.values(view.state.values)
        .flatMap((block) => Object.entries(block))
        .map(([action, state]) => {
          const { selected_option: one, selected_options: many } = state as {
            selected_option?: { value: string };
            selected_options?: { value: string }[];
          };
          return [action, one ? one.value : (many ?? []).map((each) => each.value)];
        }),
    );
  const open = async (who: Who = 'ann', channel = 'sales') => {
    await type(who, channel, 'subscribe').catch(() => undefined);
    return modalWith(who, 'What cards show');
  };

  test('starts with what is usual', async () => {
    expect(chosenIn(await open())).toMatchObject({
      style: 'card',
      thread: 'on',
      thread_but: [],
      mention: 'none',
      privacy: 'full',
    });
    await stage.slack.as('ann').submit(stage.slack.as('ann').modal()!);
    await modalWith('ann', 'Subscribed');
    expect(looks()).toEqual([defaultOptions]);
  });

  test('saves what was chosen, says it, and shows it when it is opened again', async () => {
    const chosen = {
      style: 'compact',
      thread: 'broadcast',
      thread_but: ['noshow:off', 'canceled:on'],
      mention: 'host',
      privacy: 'minimal',
    };
    await stage.slack.as('ann').submit(await open(), { kinds: ['booked'], ...chosen });
    const result = shows(await modalWith('ann', 'Subscribed'));
    expect(looks()).toEqual([
      {
        style: 'compact',
        thread: { all: 'broadcast', but: { noshow: 'off', canceled: 'on' } },
        mention: { who: 'host' },
        privacy: 'minimal',
      },
    ]);
    for (const words of ['as compact cards', 'calls the host', 'keeps no threads for noshow', 'shows initials only']) {
      expect(result).toContain(words);
      expect(told('sales')).toContain(words);
    }
    const again = await open();
    expect(chosenIn(again)).toMatchObject({ ...chosen, thread_but: ['canceled:on', 'noshow:off'] });
    await stage.slack.as('ann').submit(again);
    await modalWith('ann', 'Nothing to change');
  });

  test('whom words named stays a choice; Me is who opened it', async () => {
    await type('ann', 'sales', 'subscribe all --mention <!subteam^S1|@sales>');
    let view = await open();
    expect(chosenIn(view).mention).toBe('<!subteam^S1>');
    await stage.slack.as('ann').submit(view, { style: 'line' });
    await modalWith('ann', 'Changed');
    expect(looks()).toMatchObject([{ mention: { who: 'group', id: 'S1' }, style: 'line' }]);
    view = await open();
    await stage.slack.as('ann').submit(view, { mention: 'Me' });
    await modalWith('ann', `calls <@${stage.slack.users.ann}>`);
    expect(looks()).toMatchObject([{ mention: { who: 'user', id: stage.slack.users.ann } }]);
    expect(shows(await open())).not.toContain('As now');
  });

  test('what contradicts itself is said under its own field, and nothing is saved', async () => {
    const view = await open();
    const blockOf = (action: string) =>
      view.blocks.find((block) => (block.element as { action_id?: string } | undefined)?.action_id === action)!
        .block_id!;
    const silent = await stage.slack.as('ann').submit(view, { thread: 'off', thread_but: ['canceled:broadcast'] });
    expect(silent.errors).toEqual({
      [blockOf('thread_but')]: expect.stringContaining('Threads are off for every kind'),
    });
    const twice = await stage.slack.as('ann').submit(view, { thread_but: ['canceled:broadcast', 'canceled:off'] });
    expect(twice.errors).toEqual({ [blockOf('thread_but')]: expect.stringContaining('Choose one for “Canceled”') });
    expect(saved()).toEqual([]);
  });

  test('for events has the kinds alone, and leaves the look', async () => {
    await type('ann', 'sales', 'subscribe all --style compact');
    await type('ann', 'sales', 'events');
    const view = await modalWith('ann', 'Kinds of change');
    expect(shows(view)).not.toContain('What cards show');
    await stage.slack.as('ann').submit(view, { kinds: ['noshow'] });
    await modalWith('ann', 'Changed');
    expect(looks()).toMatchObject([{ style: 'compact' }]);
  });

  const entered = (values: Record<string, string[]>) => ({
    text: () => '',
    chosen: (action: string) => values[action] ?? [],
    moment: () => null,
    blockOf: (action: string) => action,
  });
  test('a window of before there were options names none', () => {
    expect(readLook(entered({}))).toEqual({ ok: true, wish: {} });
  });
  test.each<[string, Record<string, string[]>]>([
    ['style', { style: ['huge'] }],
    ['thread', { thread: ['maybe'] }],
    ['thread_but', { thread_but: ['never:off'] }],
    ['thread_but', { thread_but: ['canceled'] }],
    ['mention', { mention: ['<!channel>'] }],
    ['mention', { mention: ['<@u1>'] }],
    ['privacy', { privacy: ['none'] }],
  ])('%s takes nothing that was not offered', (field, values) => {
    const read = readLook(entered(values));
    expect(read.ok ? {} : read.errors).toEqual({ [field]: expect.stringMatching(/\w{4}/) });
  });
});
