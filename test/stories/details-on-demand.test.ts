// Promise: whoever reads a card can see all that is known of its booking, for themselves alone; and nobody sees more than their channel may.

import { describe, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { hears, modalSaying, words } from './people.ts';
import { eventually, follow, inDatabase, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const kinds = 'booked canceled rescheduled noshow';
const long = 'We would like to talk about pricing for forty seats. '.repeat(180).trim();

async function staged(subscribe = `all ${kinds}`) {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return { w, sales: await follow(w, subscribe) };
}

/** The window that opens on a press, once it is more than a promise. */
async function opened(w: World, who: string, press: () => Promise<unknown>): Promise<View> {
  const before = w.slack.as(who).modal()?.id;
  await press();
  return w.slack.waitFor(
    () => {
      const modal = w.slack.as(who).modal();
      return modal && modal.id !== before && !words(modal).startsWith('⏳') ? modal : null;
    },
    { what: `a window for ${who}` },
  );
}

const details = async (w: World, who: string, card: Message): Promise<string> =>
  words(await opened(w, who, () => w.slack.as(who).click(card, 'Details')));

/** The same press with other parts, as somebody could make it by hand. */
function pressed(w: World, who: string, card: Message, o: { value?: string; channel?: string }): Promise<View> {
  const value = o.value ?? refOf(card);
  const actions = [{ type: 'button', action_id: 'details', value, text: { type: 'plain_text', text: 'Details' } }];
  const blocks = [{ type: 'actions', block_id: 'b', elements: actions }];
  const forged = { ...card, channel: o.channel ?? card.channel, blocks };
  return opened(w, who, () => w.slack.as(who).click(forged, 'details', { stale: true }));
}

const refOf = (card: Message) => /"value":"details ([0-9a-f]{32})"/.exec(JSON.stringify(card.blocks))?.[1] ?? '';
const hasButton = (card: Message) => JSON.stringify(card.blocks).includes('"value":"details ');
/** The card's row, wherever it is shown. */
async function idOf(w: World, sales: Watched): Promise<string> {
  const rows = await inDatabase(
    w.storage,
    `select id from delivery where kind = 'card' and channel_id = '${sales.id}'`,
  );
  return String(rows[0]?.id);
}

const rich = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  answers: [
    { question: 'What should we cover?', answer: long },
    ...Array.from({ length: 6 }, (_, i) => ({ question: `Question ${i + 1}?`, answer: `Answer number ${i + 1}` })),
  ],
  location: { type: 'physical', location: 'Room 5, Main Street 1' } as const,
  guests: ['grace@example.com', 'alan@example.com'],
  tracking: { utm_source: 'newsletter', utm_campaign: 'autumn' },
  timezone: 'Europe/Berlin',
};

describe('details', () => {
  it('tell a member everything, and nobody else anything', async () => {
    const { w, sales } = await staged();
    const booking = w.calendly.book(rich);
    await sales.shows('Ada Lovelace');
    const moved = w.calendly.move(booking, { by: 'invitee', reason: 'A train is late' });
    const card = await sales.shows('Ada Lovelace', /Moved/);
    const shown = await details(w, 'bo', card);
    for (const part of [
      'Ada Lovelace',
      'ada@example.com',
      'Question 6?',
      'Answer number 6',
      'grace@example.com',
      'alan@example.com',
      'utm_source: newsletter',
      'utm_campaign: autumn',
      'Room 5, Main Street 1',
      'Olga Larsen · olga@acme.example',
      'Europe/Berlin',
      '“A train is late”',
      'by invitee',
    ])
      expect(shown).toContain(part);
    expect(shown.replace(/\s+/g, ' ')).toContain(long.slice(0, 2_900));
    expect(shown.replace(/\s+/g, '')).toContain(long.replace(/\s+/g, ''));
    expect(shown).toMatch(/\*Booked:\* <!date\^\d+/);
    expect(shown).toMatch(/\*I heard of it:\* <!date\^\d+/);
    expect(shown).toMatch(/1\. <!date\^.*→ <!date\^.*moved <!date\^/);
    // A window of his own: nothing was said anywhere, and nobody else has one.
    expect(JSON.stringify(w.slack.posts().map(({ args }) => args))).not.toContain('newsletter');
    expect(w.slack.as('cy').modal()).toBeNull();
    expect(words(w.slack.as('ann').modal())).not.toContain('History');
    const sent = JSON.stringify(w.slack.ledger.map(({ args }) => args));
    for (const { invitee } of [booking, moved])
      for (const url of [invitee.cancel_url, invitee.reschedule_url]) expect(sent).not.toContain(url.split('/').at(-1));
    expect(w.logs.join('')).toContain('somebody was shown the details of a booking');
    expect(w.logs.join('')).not.toMatch(/ada@example|newsletter|Answer number/);
  });

  it('open at once, however slow Slack is with what is asked of it meanwhile', async () => {
    const { w, sales } = await staged();
    w.calendly.book(rich);
    const card = await sales.shows('Ada Lovelace');
    w.slack.faults.add({ method: 'users.info', kind: 'delay', ms: 3_500 });
    const start = performance.now();
    await w.slack.as('cy').click(card, 'Details');
    await w.slack.waitFor(() => w.slack.as('cy').modal());
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(words(w.slack.as('cy').modal())).toMatch(/^⏳/);
    expect(words(await modalSaying(w, 'cy', /Invitee/))).toContain('Answer number 6');
  });

  it('say who has a seat in a group meeting, and who left it', async () => {
    const { w, sales } = await staged();
    const start = new Date(Date.now() + 5 * 86_400_000);
    const seat = async (name: string, email: string) => {
      const booking = w.calendly.book({ type: 'Webinar', name, email, start });
      await sales.shows('Webinar', new RegExp(name));
      return booking;
    };
    const first = await seat('Ada Lovelace', 'ada@example.com');
    await seat('Grace Hopper', 'grace@example.com');
    await seat('Alan Turing', 'alan@example.com');
    w.calendly.cancel(first, { by: 'invitee' });
    const card = await sales.shows('Webinar', /^(?!.*Ada Lovelace)/);
    const shown = await details(w, 'ann', card);
    expect(shown).toMatch(/\d\. Ada Lovelace · ada@example\.com · booked .* · left/);
    expect(shown).toMatch(/\d\. Grace Hopper · grace@example\.com · booked [^·]*$/m);
    expect(shown).toMatch(/\d\. Alan Turing/);
  });

  it('are only words, whatever strangers wrote', async () => {
    const { w, sales } = await staged();
    const evil = '<!channel> <@U012AB3CD> *bold* https://evil.example/x :tada: `code` {command} \u202Etxt';
    const booking = w.calendly.book({
      name: `Ada ${evil}`,
      email: 'ada@example.com',
      answers: [{ question: `Q ${evil}`, answer: `A ${evil}` }],
      location: { type: 'physical', location: evil },
      guests: [`x ${evil}@example.com`],
      tracking: { utm_source: evil },
      timezone: evil,
    });
    await sales.shows('Ada');
    const { cancel_url } = booking.invitee;
    const secret = cancel_url.split('/').at(-1)!;
    w.calendly.move(booking, { reason: `${evil} ${cancel_url}` });
    const card = await sales.shows('Ada', /Moved/);
    const view = await opened(w, 'bo', () => w.slack.as('bo').click(card, 'Details'));
    expect(words(view)).toContain('History');
    const texts = view.blocks.map(
      (block) => (block.text ?? {}) as { type?: string; text?: string; verbatim?: boolean; emoji?: boolean },
    );
    for (const { type, text = '', verbatim, emoji } of texts) {
      expect(text).not.toMatch(/:\/\/|[\u202A-\u202E]/);
      if (type === 'plain_text') expect(emoji).toBe(false);
      else if (type) {
        expect(verbatim).toBe(true);
        expect(text.replace(/<!date\^\d+\^[^|<>]*\|[^<>]*>/g, '')).not.toMatch(/[<>]|\*bold\*|`code`|:tada:/);
      }
    }
    expect(JSON.stringify(view)).not.toContain(secret);
  });
});

describe('nobody sees more than they may', () => {
  it('a guest and somebody of another workspace are refused, and told so', async () => {
    const { w } = await staged();
    // Guests read this channel, so its cards offer no details unless an admin says so.
    const demos = await follow(w, 'all', w.slack.channels.demos);
    w.calendly.book({ name: 'Grace Hopper' });
    expect(hasButton(await demos.shows('Grace Hopper'))).toBe(false);
    await w.slack.as('ann').command(demos.id, 'subscribe all --privacy full');
    await hears(w, 'demos', /show them everything/);
    w.calendly.book(rich);
    const card = await demos.shows('Ada Lovelace');
    const guest = await details(w, 'gil', card);
    expect(guest).toMatch(/Guests can read booking cards/);
    expect(guest).not.toMatch(/utm_|Answer number|grace@example/);
    const far = w.slack.addUser({ name: 'far', teamId: 'T0ELSE' });
    const view = await opened(w, far.id, () => w.slack.as(far.id).click(card, 'Details'));
    expect(words(view)).not.toMatch(/utm_|Answer number|grace@example|ada@example/);
  });

  it.each(['business', 'minimal'])(
    'privacy %s: there is no button, and a press made by hand tells nothing',
    async (privacy) => {
      const { w, sales } = await staged(`all --privacy ${privacy}`);
      w.calendly.book(rich);
      const card = await w.slack.waitFor(() => sales.cards()[0]);
      expect(hasButton(card)).toBe(false);
      const value = await idOf(w, sales);
      const view = await pressed(w, 'ann', card, { value });
      expect(words(view)).toMatch(/without details/);
      expect(JSON.stringify(view)).not.toMatch(/Lovelace|example\.com|utm_|Answer|Room 5|newsletter/);
    },
  );

  it('a channel that came to show less tells less at once, on the cards it has already', async () => {
    const { w, sales } = await staged();
    w.calendly.book(rich);
    const card = await sales.shows('Ada Lovelace');
    expect(await details(w, 'bo', card)).toContain('Answer number 6');
    await w.slack.as('ann').command(sales.id, 'subscribe all --privacy business');
    await eventually(
      async () =>
        (await inDatabase(w.storage, 'select options from subscription')).some((row) =>
          String(row.options).includes('business'),
        ),
      { what: 'the subscription shows less' },
    );
    expect(words(await pressed(w, 'bo', card, {}))).toMatch(/without details/);
  });

  it('a press made by hand in another channel, of nothing, or of another workspace’s card tells nothing', async () => {
    const { w, sales } = await staged();
    w.calendly.book(rich);
    const card = await sales.shows('Ada Lovelace');
    const elsewhere = await pressed(w, 'bo', card, { channel: w.slack.channels.deals });
    expect(words(elsewhere)).toMatch(/no longer keep the details/);
    for (const value of ['', 'f'.repeat(32), `${'x'.repeat(500)}`, "' or 1=1 --"])
      expect(words(await pressed(w, 'bo', card, { value }))).toMatch(/no longer keep the details/);
    // All that the card stands on becomes another workspace’s, which the card then belongs to.
    for (const [table, change] of [
      ['installation', `id = 'another', team_id = 'T0OTHER'`],
      ['connection', `installation_id = 'another'`],
      ['booking', `installation_id = 'another'`],
    ])
      for (const statement of [
        `create table copied as select * from ${table}`,
        `update copied set ${change}`,
        `insert into ${table} select * from copied`,
        'drop table copied',
      ])
        await inDatabase(w.storage, statement);
    await inDatabase(w.storage, `update delivery set installation_id = 'another'`);
    expect(words(await pressed(w, 'bo', card, {}))).toMatch(/no longer keep the details/);
  });

  it('a booking that is no longer kept is said to be so', async () => {
    const { w, sales } = await staged();
    w.calendly.book(rich);
    const card = await sales.shows('Ada Lovelace');
    for (const statement of ['update delivery set booking_id = null', 'delete from booking_uri', 'delete from booking'])
      await inDatabase(w.storage, statement);
    expect(await details(w, 'bo', card)).toMatch(/no longer keep.*See it at Calendly/);
  });
});
