// The card as people see and hear it: what and state, when, who, host, answers, actions, why; in each reader's own zone.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { hears, said, words } from './people.ts';
import { type World, world } from './world.ts';

const fast = { env: { SLACK_CHANNEL_RATE: '100' } };
const day = 86_400_000;
/** Next week on the hour, in seconds as Slack's tokens have it. */
const start = () => new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 7 * day);
const seconds = (at: Date | string, minutes = 0) => new Date(at).getTime() / 1000 + minutes * 60;

async function booked(w: World) {
  const at = start();
  const booking = w.calendly.book({
    type: 'Demo call',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    start: at,
    timezone: 'Asia/Tokyo',
    guests: ['byron@example.com'],
    answers: [
      { question: 'What should we cover?', answer: 'Pricing for 40 seats' },
      { question: 'How many are you?', answer: '40' },
    ],
  });
  return { at, booking, card: await hears(w, 'sales', /Ada Lovelace/) };
}

/** Waits until the very same message says this. */
const becomes = (w: World, card: Message, pattern: RegExp) =>
  w.slack.waitFor(() => said(w, 'sales').find((m) => m.ts === card.ts && pattern.test(m.text)), {
    what: `the card says ${pattern}`,
  });
/** The event type that several people share. */
const group = (w: World) => w.calendly.eventTypes.find((type) => type.kind === 'group')!.uri;
const inOrder = (text: string, parts: (string | RegExp)[]) => {
  let from = 0;
  for (const part of parts) {
    const rest = text.slice(from);
    const at = typeof part === 'string' ? rest.indexOf(part) : rest.search(part);
    expect(at, `${part} in order in\n${text}`).toBeGreaterThanOrEqual(0);
    from += at + 1;
  }
};
/** Without Slack's tokens: what is left must not hold a time of day that is right for one zone alone. */
const withoutTokens = (text: string) => text.replace(/<!date\^[^<>]*>/g, '');

describe('the card', () => {
  it('booked: what, when, who, host, answers, Join, why, in this order', async () => {
    const w = await world(fast);
    await w.subscribed({ words: '"Demo call"' });
    const { at, card } = await booked(w);
    const token = `<!date^${seconds(at)}^{date_long_pretty} · {time}|`;
    const shown = words(card);
    inOrder(shown, [
      '✅ *Demo call* · booked',
      `*${token}`,
      `<!date^${seconds(at, 30)}^{time}|`,
      ' in Tokyo)',
      '*Ada Lovelace* · ada@example.com · +1 guest',
      'Host Olga Larsen · Zoom',
      '> *What should we cover?*  Pricing for 40 seats',
      '> *How many are you?*  40',
      'Join',
      'This channel follows Demo call',
    ]);
    expect(withoutTokens(shown).match(/\d{1,2}:\d{2}/g)).toHaveLength(1);
    expect(card.blocks?.map((block) => block.type)).toEqual(['section', 'section', 'actions', 'context']);

    inOrder(card.text, [
      'Booked: Demo call with Ada Lovelace (ada@example.com)',
      token,
      'for the invitee',
      'Host Olga Larsen, Zoom',
      '1 guest',
      'What should we cover? – Pricing for 40 seats; How many are you? – 40',
      'This channel follows Demo call.',
    ]);
  });

  it('moved: the same card, old time to new time; its thread says who moved it and why', async () => {
    const w = await world(fast);
    await w.subscribed();
    const { at, booking, card } = await booked(w);
    const later = new Date(at.getTime() + day);
    const first = w.calendly.move(booking, { start: later, by: 'invitee', reason: 'a clash' });
    const moved = await becomes(w, card, /^Moved/);
    inOrder(words(moved), [
      '🔁 *Demo call* · moved\n',
      `~<!date^${seconds(at)}^`,
      '→',
      `*<!date^${seconds(later)}^`,
      'Host',
    ]);
    inOrder(moved.text, ['Moved: Demo call', `<!date^${seconds(at)}^`, `<!date^${seconds(later)}^`]);
    const reply = await w.slack.waitFor(() => said(w, 'sales').find((m) => m.threadTs === card.ts));
    inOrder(reply.text, [
      '🔁 Moved by Ada Lovelace (invitee)',
      `<!date^${seconds(at)}^`,
      `<!date^${seconds(later)}^`,
      '“a clash”',
    ]);
    expect(said(w, 'sales').some((m) => /cancel/i.test(m.text.replace(/rescheduled|canceled and/g, '')))).toBe(false);

    w.calendly.move(first, { start: new Date(at.getTime() + 2 * day), order: 'created-first' });
    const again = await becomes(w, card, /2nd time/);
    expect(words(again)).toMatch(/· moved \(2nd time\)/);
    expect(said(w, 'sales', /Ada Lovelace/).filter((m) => !m.threadTs)).toHaveLength(1);
  });

  it('canceled: struck through, no buttons, how long before, by whom and why', async () => {
    const w = await world(fast);
    await w.subscribed();
    const { at, booking, card } = await booked(w);
    w.calendly.cancel(booking, { by: 'invitee', reason: 'no longer needed' });
    const gone = await becomes(w, card, /^Canceled/);
    inOrder(words(gone), [
      /❌ ~\*Demo call\*~ · canceled (6|7) days before · by invitee · “no longer needed”\n/,
      `~<!date^${seconds(at)}^`,
      '*Ada Lovelace*',
      'Host Olga Larsen',
    ]);
    expect(gone.blocks?.some((block) => block.type === 'actions')).toBe(false);
    expect(gone.text).toMatch(
      /^Canceled (6|7) days before: Demo call with Ada Lovelace .*by invitee, “no longer needed”/,
    );
  });

  it('canceled by the host says so by name', async () => {
    const w = await world(fast);
    await w.subscribed();
    const { booking, card } = await booked(w);
    w.calendly.cancel(booking, { by: 'host' });
    expect(words(await becomes(w, card, /^Canceled/))).toMatch(/· by host Olga Larsen\n/);
  });

  it('no-show: marked, without Join, and back again when the mark is taken back', async () => {
    const w = await world(fast);
    await w.subscribed({ words: 'all booked noshow' });
    const { booking, card } = await booked(w);
    w.calendly.markNoShow(booking);
    const marked = await becomes(w, card, /^No-show/);
    expect(words(marked)).toMatch(/^👻 \*Demo call\* · no-show, marked <!date\^\d+\^/);
    expect(JSON.stringify(marked.blocks)).not.toContain('"join"');
    await w.slack.waitFor(() => said(w, 'sales', /👻 Ada Lovelace marked as a no-show/)[0]?.threadTs === card.ts);
    w.calendly.unmarkNoShow(booking);
    expect(words(await becomes(w, card, /^Booked/))).toMatch(/^✅ \*Demo call\* · booked/);
  });

  it('canceled shortly before says that it is late', async () => {
    const w = await world(fast);
    await w.subscribed();
    const booking = w.calendly.book({ name: 'Grace Hopper', start: new Date(Date.now() + 3 * 3_600_000) });
    const card = await hears(w, 'sales', /Grace Hopper/);
    w.calendly.cancel(booking, { by: 'invitee' });
    const gone = await becomes(w, card, /^Canceled/);
    expect(words(gone)).toMatch(/· canceled (3 h|2 h \d+ min) before · ⚠️ late · by invitee\n/);
    expect(gone.text).toMatch(/^Canceled (3 h|2 h \d+ min) before, late: /);
  });

  it('more answers than there is room for: the thread has all of them, and the card says so', async () => {
    const w = await world(fast);
    await w.subscribed();
    const answers = ['One?', 'Two?', 'Three?', 'Four?'].map((question) => ({ question, answer: `${question} indeed` }));
    w.calendly.book({ name: 'Grace Hopper', answers });
    const card = await hears(w, 'sales', /^Booked.*Grace Hopper/);
    inOrder(words(card), ['*One?*  One? indeed', '*Three?*', '+1 more answer in the thread']);
    const reply = await hears(w, 'sales', /All answers/);
    expect(reply.threadTs).toBe(card.ts);
    expect(reply.text).toMatch(/\*Four\?\*\n> Four\? indeed$/);
  });

  it('somebody who comes again is told apart, and so is who did not come', async () => {
    const w = await world(fast);
    await w.subscribed();
    const first = w.calendly.book({ name: 'Grace Hopper', email: 'grace@example.com' });
    await hears(w, 'sales', /^Booked.*Grace/);
    w.calendly.markNoShow(first);
    await hears(w, 'sales', /^No-show.*Grace/);
    w.calendly.book({ name: 'Grace H.', email: 'Grace@example.com' });
    const again = await hears(w, 'sales', /Grace H\./);
    expect(words(again)).toMatch(/\*Grace H\.\* · Grace@example.com · 2nd booking, 1 earlier no-show\n/);
    expect(again.text).toContain('2nd booking, 1 earlier no-show.');
  });

  it('booked for very soon warns, and a place is named', async () => {
    const w = await world(fast);
    await w.subscribed();
    w.calendly.book({ type: 'Quarterly review', name: 'Grace Hopper', start: new Date(Date.now() + 2 * 3_600_000) });
    const card = await hears(w, 'sales', /Grace Hopper/);
    expect(words(card)).toMatch(/Host Mia Rao · .*Acme, 1 Main Street, Springfield · ⚠️ booked (2 h|1 h \d+ min) ahead/);
    expect(card.text).toMatch(/ahead/);
  });

  it('the state is said in words, not by a sign alone, and every date has a fallback with its zone named', async () => {
    const w = await world(fast);
    await w.subscribed();
    const { booking, card } = await booked(w);
    const look = (m: Message) => {
      for (const [, fallback] of `${m.text}\n${words(m)}`.matchAll(/<!date\^\d+\^[^|]*\|([^>]+)>/g))
        expect(fallback).toMatch(/\d:\d\d [AP]M/);
      expect(`${m.text}${words(m)}`).toMatch(/\((Asia\/Tokyo|UTC)\)>/);
    };
    look(card);
    expect(card.text).not.toMatch(/[✅🔁❌👻]/u);
    w.calendly.cancel(booking);
    look(await becomes(w, card, /^Canceled/));
  });
});

describe('a group meeting', () => {
  it('is one card that names its guests as they come and go', async () => {
    const w = await world(fast);
    await w.subscribed();
    const at = start();
    const seat = (name: string) => w.calendly.book({ type: group(w), name, start: at });
    seat('Ada Lovelace');
    const card = await hears(w, 'sales', /^Booked/);
    const second = seat('Grace Hopper');
    seat('Alan Turing');
    // Booked within one second, they may stand in any order.
    const guests = (m: Message) => /\n\*(\d+) of \d+ seats\* · ([^\n·]*?)(?: · (1 left))?\n/.exec(words(m))?.slice(1);
    const sorted = ([seats, names, left]: (string | undefined)[] = []) => [seats, names?.split(', ').sort(), left];
    const full = await becomes(w, card, /3 of \d+ seats: .*,.*,/);
    expect(sorted(guests(full))).toEqual(['3', ['Ada Lovelace', 'Alan Turing', 'Grace Hopper'], undefined]);
    for (const name of ['Ada Lovelace', 'Grace Hopper', 'Alan Turing']) expect(full.text).toContain(name);
    w.calendly.cancel(second, { by: 'invitee' });
    const fewer = await becomes(w, card, /1 left/);
    expect(sorted(guests(fewer)).slice(1)).toEqual([['Ada Lovelace', 'Alan Turing'], '1 left']);
    expect(said(w, 'sales').filter((m) => !m.threadTs && /^Booked/.test(m.text))).toHaveLength(1);
  });
});

describe('shorter styles', () => {
  it('compact takes two lines and line one, and both are read aloud in full', async () => {
    const w = await world(fast);
    await w.subscribed({ words: 'all --style compact' });
    const { card } = await booked(w);
    const [block, ...rest] = card.blocks ?? [];
    expect(rest).toEqual([]);
    const shown = words(card).split('\n');
    expect(shown[0]).toMatch(/^✅ \*Demo call\* · booked · \*<!date/);
    expect(shown[1]).toMatch(
      /^\*Ada Lovelace\* · ada@example.com · \+1 guest · Host Olga Larsen · Zoom · <https.*\|Join>$/,
    );
    expect(block).toMatchObject({ type: 'section', accessory: { action_id: 'more' } });
    inOrder(card.text, ['Booked: Demo call with Ada Lovelace (ada@example.com)', 'What should we cover?', 'follows']);

    await w.subscribed({ channel: w.slack.channels.demos, words: 'all --style line' });
    w.calendly.book({ name: 'Grace Hopper' });
    const line = await hears(w, 'demos', /Grace Hopper/);
    expect(words(line)).toMatch(/^✅ \*.*\* · booked · \*<!date[^\n]* · \*Grace Hopper\* · Host [^\n]*$/);
    expect(line.text).toMatch(/This channel follows/);
  });

  it('with little privacy there are initials, and nothing to open', async () => {
    const w = await world(fast);
    await w.subscribed({ words: 'all --privacy minimal' });
    w.calendly.book({
      name: 'Ada Lovelace',
      email: 'ada@private.example',
      answers: [{ question: 'Why?', answer: 'secret' }],
    });
    const card = await hears(w, 'sales', /A\. L\./);
    expect(JSON.stringify([card.text, card.blocks])).not.toMatch(/Ada|Lovelace|private|secret|Why\?|details /);
  });
});

describe('what not every booking has', () => {
  it('several hosts are all named, and of a round robin the one whose turn it is', async () => {
    const w = await world(fast);
    await w.subscribed();
    const { olga, adam, mia } = w.calendly.users;
    w.calendly.book({ name: 'Ada Lovelace', hosts: [olga, adam, mia] });
    const together = await hears(w, 'sales', /Ada Lovelace/);
    expect(words(together)).toContain('Hosts Olga Larsen, Adam Osei, Mia Rao · Zoom');
    expect(together.text).toContain('Hosts Olga Larsen, Adam Osei, Mia Rao, Zoom');
    const turns = ['Grace Hopper', 'Alan Turing'];
    for (const name of turns) w.calendly.book({ type: 'Intro call', name });
    const hosts = await Promise.all(
      turns.map(async (name) => /Hosts? ([^·]+) ·/.exec(words(await hears(w, 'sales', new RegExp(name))))?.[1]),
    );
    expect(hosts.sort()).toEqual(['Adam Osei', 'Mia Rao']);
  });

  it('what was paid is said, by amount and currency', async () => {
    const w = await world(fast);
    await w.subscribed();
    const paid = {
      external_id: 'ch_1',
      provider: 'stripe' as const,
      amount: 50,
      currency: 'USD' as const,
      terms: '',
      successful: true,
    };
    w.calendly.book({ name: 'Ada Lovelace', payment: paid });
    const card = await hears(w, 'sales', /Ada Lovelace/);
    expect(words(card)).toMatch(/Host Olga Larsen · Zoom · 50(?:\.00)? USD paid/);
    expect(card.text).toMatch(/50(?:\.00)? USD paid/);
  });

  it('Join is there for a conference service alone; any other place is words, and opens nothing', async () => {
    const w = await world(fast);
    await w.subscribed();
    const places: [string, string, boolean][] = [
      ['Ada Lovelace', 'https://us05web.zoom.us/j/812?pwd=abc', true],
      ['Grace Hopper', 'https://zoom.us.evil.example/j/812', false],
      ['Alan Turing', 'http://us05web.zoom.us/j/812', false],
    ];
    for (const [name, location, joins] of places) {
      w.calendly.book({ name, location: { type: 'zoom_conference', status: 'pushed', join_url: location } });
      const card = await hears(w, 'sales', new RegExp(name));
      const urls = JSON.stringify(card.blocks).match(/"url":"[^"]*"/g) ?? [];
      expect(urls, location).toEqual(joins ? [`"url":"${location}"`] : []);
    }
  });

  it('news that took its time says how long it took, in the card and aloud', async () => {
    const w = await world(fast);
    await w.subscribed();
    w.calendly.book({ name: 'Ada Lovelace', createdAt: new Date(Date.now() - 190 * 60_000) });
    const card = await hears(w, 'sales', /Ada Lovelace/);
    expect(words(card)).toMatch(/⏱ arrived 3 h 1\d min late/);
    expect(card.text).toMatch(/Arrived 3 h 1\d min late\./);
  });
});

describe('calling people', () => {
  it('a person named by the subscription is mentioned, for eyes and for the notification', async () => {
    const w = await world(fast);
    await w.subscribed({ words: `all --mention <@${w.slack.users.bo}>` });
    const { card } = await booked(w);
    expect(words(card)).toContain(`\ncc <@${w.slack.users.bo}>`);
    expect(card.text).toContain(`cc <@${w.slack.users.bo}>.`);
  });
});
