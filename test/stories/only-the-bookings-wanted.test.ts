// Filters by words: a channel gets the bookings it asked for and no others, and a card that is shown stays true whatever a move makes of it.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, hears, said } from './people.ts';
import { watch } from './view.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
});

const day = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * day);
const buttonsOf = (message: Message) =>
  (message.blocks ?? [])
    .filter((block) => block.type === 'actions')
    .flatMap((block) => (block.elements as { text: { text: string } }[]).map((element) => element.text.text));
const sub = (words: string, who: 'ann' | 'bo' = 'ann', room: 'sales' | 'demos' = 'sales') =>
  ask(w, who, room, `subscribe ${words}`);

describe('what a filter names', () => {
  it('is all that comes, with every key at once, and is said back and in the channel', async () => {
    const answer = await sub(
      '“Demo call” -type:Support host:olga@acme.example domain:acme.com,beta.io -domain:spam@acme.com lead:>1d answer."Team size":40 utm.source:linkedin location:online -paid:yes booked',
    );
    const understood =
      /\*Demo call\*, not Support, host Olga Larsen, from acme\.com or beta\.io, not from spam@acme\.com, “Team size” answered with “40”, utm source “linkedin”, booked 24h or more ahead, place video call, not paid: booked\./;
    expect(answer.text).toMatch(understood);
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toMatch(understood);

    const right = {
      type: 'Demo call',
      email: 'ada@eu.acme.com',
      start: inDays(3),
      answers: [{ question: 'Team size?', answer: 'about 40' }],
      tracking: { utm_source: 'LinkedIn' },
    };
    const wrong: [string, object][] = [
      ['Other Type', { type: 'Onboarding' }],
      ['Other Host', { host: w.calendly.users.adam }],
      ['Other Domain', { email: 'x@gamma.io' }],
      ['Ruled Out', { email: 'spam@acme.com' }],
      ['Too Soon', { start: inDays(0.5) }],
      ['Other Answer', { answers: [{ question: 'Team size?', answer: '400' }] }],
      ['Other Source', { tracking: { utm_source: 'google' } }],
      ['Other Place', { location: { type: 'physical', location: 'Here' } }],
      [
        'Paid',
        {
          payment: { external_id: 'x', provider: 'stripe', amount: 5, currency: 'EUR', terms: null, successful: true },
        },
      ],
    ];
    for (const [name, differs] of wrong) w.calendly.book({ ...right, name, ...differs } as never);
    await w.calendly.idle();
    w.calendly.book({ ...right, name: 'Just Right' });
    const card = await hears(w, 'sales', /Just Right/);
    expect(card.text).toMatch(
      /This channel follows Demo call, not Support, host Olga Larsen, from acme\.com or beta\.io/,
    );
    expect(said(w, 'sales', /Demo call with|Onboarding with/)).toHaveLength(1);
    const { text } = await ask(w, 'ann', 'sales', 'list');
    expect(text).toMatch(/host Olga Larsen, from acme\.com/);
  });

  it('may be somebody in Slack, by what an admin said, and a group with whoever joins it later', async () => {
    await ask(w, 'ann', 'sales', 'admin host adam@acme.example @bo');
    expect((await sub('@bo booked')).text).toMatch(/\*all event types\*, host Adam Osei: booked/);
    expect((await sub('group:"sales team" booked', 'ann', 'demos')).text).toMatch(/hosts of Sales team: booked/);
    w.calendly.book({ type: 'Demo call', name: 'With Olga' });
    w.calendly.book({ type: 'Onboarding', name: 'With Adam' });
    await hears(w, 'sales', /With Adam/);
    await hears(w, 'demos', /With Adam/);
    expect([...said(w, 'sales', /With Olga/), ...said(w, 'demos', /With Olga/)]).toEqual([]);

    w.calendly.joinGroup(w.calendly.users.olga);
    await ask(w, 'ann', 'general', 'verify');
    w.calendly.book({ type: 'Demo call', name: 'Olga Joined' });
    await hears(w, 'demos', /Olga Joined/);
  });

  it('that is not there brings the nearest as buttons, and one click subscribes', async () => {
    const host = await sub('host:"Olga Larson" lead:<24h booked');
    expect(host.text).toMatch(/no host “Olga Larson” in this Calendly account\. Nothing was changed/);
    expect(buttonsOf(host)[0]).toBe('Olga Larsen (olga@acme.example)');
    await w.slack.as('ann').click(host, 'Olga Larsen (olga@acme.example)');
    expect((await hears(w, 'sales', /subscribed/)).text).toMatch(
      /host Olga Larsen, booked less than 24h ahead: booked/,
    );

    const unknown = await sub('@cy');
    expect(unknown.text).toMatch(/no host “@U\w+” in this/);
    expect(buttonsOf(unknown)).toContain('Mia Rao (mia@acme.example)');
    expect(buttonsOf(await sub('group:slaes'))[0]).toBe('Sales team');
    expect(buttonsOf(await sub('-type:"Suport"'))[0]).toBe('Support');
    expect((await sub('hots:bo')).text).toMatch(/no filter “hots[:∶]bo”\. Did you mean host[:∶]\?/);
  });

  it('makes a subscription of its own; typed again it is the same one', async () => {
    await sub('"Demo call" booked');
    await sub('"Demo call" domain:acme.com booked');
    expect((await sub('domain:Acme.com type:"Demo call" booked')).text).toMatch(/Nothing to change/);
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/: 2 subscriptions/);
    // Taken away and brought back, it is what it was.
    const gone = await ask(w, 'ann', 'sales', 'unsubscribe 2');
    await w.slack.as('ann').click(gone, 'Undo');
    await hears(w, 'sales', /undid that/);
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/Demo call\*, from acme\.com: booked/);
  });
});

it('a move that no filter matches leaves no card behind: it is edited, and its thread goes on', async () => {
  await sub('lead:<2d');
  const channel = watch(w, w.slack.channels.sales);
  const soon = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace', start: inDays(1) });
  const card = await channel.shows(/Ada Lovelace/);
  const moved = w.calendly.move(soon, { start: inDays(20) });
  await w.slack.waitFor(() => channel.thread(card).find((line) => /^🔁|^Moved/.test(line.text)), {
    what: 'the move told',
  });
  expect(channel.card(/Ada Lovelace/)?.text).toMatch(/^Moved/);
  w.calendly.cancel(moved, { by: 'invitee' });
  await channel.shows(/Ada Lovelace/, /^Canceled/);
  await w.slack.waitFor(() => channel.thread(card).length === 2, { what: 'the end told' });

  // And one that comes to match is shown from then on.
  const late = w.calendly.book({ type: 'Demo call', name: 'Grace Hopper', start: inDays(30) });
  w.calendly.book({ type: 'Demo call', name: 'Canary', start: inDays(1) });
  await channel.shows('Canary');
  expect(channel.card(/Grace Hopper/)).toBeUndefined();
  w.calendly.move(late, { start: inDays(1) });
  expect((await channel.shows(/Grace Hopper/)).text).toMatch(/^Moved/);
});
