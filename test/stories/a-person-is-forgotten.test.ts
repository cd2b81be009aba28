// Promise: an admin can have one person's data erased: out of the database, off the cards and threads, and it does not come back by a webhook or a look at
// Calendly's list; whoever books with them, and what they book later, is untouched.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, paste, words } from './people.ts';
import { unsealed } from './unsealed.ts';
import { canary, eventually, follow, inDatabase, type Watched, webhook } from './view.ts';
import { connect, type World, world } from './world.ts';

const day = 86_400_000;
const inDays = (days: number, hour = 12) =>
  new Date(Math.floor(Date.now() / day) * day + days * day + hour * 3_600_000);
const ada = { name: 'Ada Lovelace', email: 'Ada.Lovelace@Analytical.example' };
const typed = 'ada.lovelace@analytical.example';
const traces = /lovelace|analytical|555 0100|engine of mine|babbage/i;

async function staged() {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return { w, sales: await follow(w, 'all booked canceled rescheduled noshow --thread on') };
}

/** Presses the button below what was found, and waits for the receipt. */
async function erase(w: World, found: Message, button = 'Erase'): Promise<string> {
  await w.slack.as('ann').click(found, button);
  return w.slack.waitFor(() => w.slack.ephemerals('ann').find(({ text }) => /^✅ Erased/.test(text))?.text, {
    what: 'the receipt',
    timeoutMs: 45_000,
  });
}

const everything = ({ slack }: World, channel: Watched) =>
  slack.messages(channel.id).filter((message) => message.user === slack.botUserId);

/** Whatever Slack would show of a channel: texts and blocks, threads included. */
const shown = (w: World, channel: Watched) => JSON.stringify(everything(w, channel));

async function look(w: World): Promise<void> {
  const last = async () => (await inDatabase(w.storage, 'select last from backfill'))[0]?.last;
  const before = await last();
  await inDatabase(w.storage, 'update backfill set nightly_at = 0, due_at = 0');
  await eventually(async () => (await last()) !== before, { what: 'a look at the list', timeoutMs: 45_000 });
}

describe('erasing', () => {
  it('takes a person out of cards, threads and the database, and says what it did', async () => {
    const { w, sales } = await staged();
    const first = w.calendly.book({
      ...ada,
      start: inDays(5),
      answers: [{ question: 'What about?', answer: 'The engine of mine' }],
      guests: ['charles@babbage.example'],
      location: { type: 'outbound_call', location: '+1 555 0100' },
    });
    w.calendly.book({ name: 'Grace Hopper', email: 'grace@navy.example', start: inDays(6) });
    await sales.shows('Grace Hopper');
    const moved = w.calendly.move(first, { start: inDays(7), by: 'invitee', reason: 'The engine of mine is late' });
    await sales.shows('Ada Lovelace', /moved/i);
    await w.slack.waitFor(() => sales.thread(sales.card('Ada Lovelace')!).length > 0);
    expect(await unsealed(w.storage, w.key)).toMatch(traces);

    // Whoever is no admin learns nothing of it, not even whether there is something.
    for (const who of ['bo', 'gil'] as const)
      expect((await ask(w, who, who === 'gil' ? 'demos' : 'sales', `admin erase ${typed}`)).text).toMatch(
        who === 'bo' ? /^Only workspace admins/ : /^Guests/,
      );
    const found = await ask(w, 'ann', 'sales', `admin erase ${ada.email}`);
    expect(found.text).toMatch(/I keep 1 booking, 3 messages from Calendly.*1 card.*1 line/s);
    expect(shown(w, sales)).toMatch(traces);

    const receipt = await erase(w, found);
    expect(receipt).toMatch(/1 booking, 3 messages from Calendly and 0 notes; 1 card to edit and 1 line/);
    expect(receipt).toMatch(/Slack shows none of it any more/);
    expect(receipt).toMatch(/docs\/privacy.md/);
    expect(shown(w, sales)).not.toMatch(traces);
    expect(await unsealed(w.storage, w.key)).not.toMatch(traces);
    // The meeting is still there, at its time, and so is everybody else.
    const card = await sales.shows('Erased person', /moved/i);
    expect(sales.thread(card)).toEqual([]);
    await sales.shows('Grace Hopper', /^Booked/);

    // What comes of it later is shown, and does not bring the person back.
    w.calendly.cancel(moved, { by: 'invitee', reason: 'engine of mine broke' });
    await sales.shows('Erased person', /^Canceled/);
    await canary(w, sales);
    expect(shown(w, sales)).not.toMatch(traces);
    expect(await unsealed(w.storage, w.key)).not.toMatch(traces);
    expect(w.logs.join('\n')).not.toMatch(traces);

    // Asked again, there is nothing, and the record says who did it, and not of whom.
    expect((await ask(w, 'ann', 'sales', `admin erase ${typed}`)).text).toMatch(/^I keep nothing of/);
    const record = await inDatabase(w.storage, `select who, what, result from audit where what = 'erase'`);
    expect(record).toMatchObject([{ who: w.slack.users.ann, result: 'done' }]);
  });

  it('nothing older comes back: not by a late webhook, not by a look at the list; what they book anew is shown', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ ...ada, start: inDays(3) });
    await sales.shows('Ada Lovelace');
    // Booked, but no webhook told of it.
    const silent = w.calendly.book({ ...ada, start: inDays(4), type: 'Support', deliver: false });
    await erase(w, await ask(w, 'ann', 'sales', `admin erase ${typed}`));

    await look(w);
    await eventually(async () => sales.cards().some(({ text }) => /Support.*Erased person/s.test(text)), {
      what: 'the meeting that was missed',
      timeoutMs: 30_000,
    });
    const payload = { ...silent.invitee, email: ada.email.toUpperCase(), scheduled_event: silent.event };
    for (const event of ['invitee.created', 'invitee.canceled'])
      await webhook(w, JSON.stringify({ event, created_at: new Date().toISOString(), created_by: '', payload }));
    await canary(w, sales);
    await look(w);
    expect(shown(w, sales)).not.toMatch(traces);
    expect(await unsealed(w.storage, w.key)).not.toMatch(traces);
    // Looks find nothing new in what is not kept: no change a look.
    const seen = async () => (await inDatabase(w.storage, `select count(*) as n from change`))[0]?.n;
    const before = await seen();
    await look(w);
    expect(await seen()).toBe(before);

    w.calendly.book({ ...ada, start: inDays(9), type: 'Intro call' });
    await sales.shows('Ada Lovelace', /Intro call/);
  });

  it('one guest of a group leaves the others, and one that was brought along or named is gone from theirs', async () => {
    const { w, sales } = await staged();
    const group = w.calendly.eventTypes.find((type) => type.name === 'Webinar')!;
    const seat = w.calendly.book({ ...ada, type: group.name, start: inDays(3) });
    w.calendly.join(seat.event.uri, { name: 'Bo Diddley', email: 'bo@blues.example' });
    w.calendly.book({
      name: 'Grace Hopper',
      email: 'grace@navy.example',
      start: inDays(4),
      guests: [typed, 'third@navy.example'],
      answers: [
        { question: 'Who sent you?', answer: `It was ${ada.email}.` },
        { question: 'Why?', answer: 'Compilers' },
      ],
    });
    await sales.shows('Grace Hopper', /2 guests/);
    await sales.shows('Bo Diddley');
    const receipt = await erase(w, await ask(w, 'ann', 'sales', `admin erase ${typed}`));
    expect(receipt).toMatch(/^.*2 bookings/m);
    expect(await unsealed(w.storage, w.key)).not.toMatch(traces);
    expect(shown(w, sales)).not.toMatch(traces);
    await sales.shows('Bo Diddley');
    await sales.shows('Grace Hopper', /2 guests/);
    expect(await unsealed(w.storage, w.key)).toMatch(/Compilers/);
    const before = (await inDatabase(w.storage, `select count(*) as n from change`))[0]?.n;
    await look(w);
    expect((await inDatabase(w.storage, `select count(*) as n from change`))[0]?.n).toBe(before);
  });

  it('asks Calendly as well where that is wanted, and says what Calendly answered', async () => {
    const { w, sales } = await staged();
    w.calendly.book({ ...ada, start: inDays(3) });
    await sales.shows('Ada Lovelace');
    const refused = await erase(w, await ask(w, 'ann', 'sales', `admin erase ${typed}`), 'Erase, and ask Calendly to');
    expect(refused).toMatch(/Calendly has not taken the request for .*Enterprise plan/);
    expect(w.calendly.deletionAsked).toEqual([]);
    w.calendly.plan = 'enterprise';
    const before = w.slack.ephemerals('ann').length;
    await w.slack.as('ann').click(await ask(w, 'ann', 'sales', `admin erase ${typed}`), 'Erase, and ask Calendly to');
    await w.slack.waitFor(
      () =>
        w.slack
          .ephemerals('ann')
          .slice(before - 1)
          .find(({ text }) => /has taken the request/.test(text)),
      { what: 'what Calendly said', timeoutMs: 30_000 },
    );
    expect(w.calendly.deletionAsked).toEqual([typed]);
  });

  it('names what belongs to others: filters, accounts and hosts stay', async () => {
    const { w } = await staged();
    await paste(w, w.calendly.tokens.mia, 'bo');
    await ask(w, 'ann', 'sales', 'admin host mia@acme.example <@U0BO>'.replace('U0BO', w.slack.users.bo));
    const found = await ask(w, 'ann', 'sales', 'admin erase mia@acme.example');
    expect(words(found)).toMatch(/A connected Calendly account has this address/);
    expect(words(found)).toMatch(/An admin set who the host with this address is/);
    expect((await ask(w, 'ann', 'sales', 'admin erase')).text).toMatch(/admin erase ada@example.com/);
  });
});
