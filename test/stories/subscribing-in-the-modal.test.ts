// Subscribing a channel in the window: a few event types or many, a new subscription or one that is there, and the channels that need an invitation.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Block, View } from '../../sandbox/slack/types.ts';
import {
  ask,
  bookingArrives,
  calls,
  hears,
  modalSaying,
  paste,
  said,
  sentences,
  toldInPrivate,
  words,
} from './people.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
});

type Field = { type: string; action_id: string; options?: { text: { text: string } }[]; initial_options?: unknown[] };
const field = (view: View, actionId: string): Field => {
  const found = view.blocks.map((block: Block) => block.element as Field | undefined);
  const one = found.find((element) => element?.action_id === actionId);
  if (!one) throw new Error(`no ${actionId} in the window`);
  return one;
};
const namesIn = (options: { text: { text: string } }[] | undefined) => (options ?? []).map((each) => each.text.text);

const open = async (room: 'sales' | 'deals' = 'sales', typed = 'subscribe') => {
  await w.slack.as('ann').command(w.slack.channels[room], typed);
  return modalSaying(w, 'ann', /Kinds of change/);
};
const listHere = async (room: 'sales' | 'deals' = 'sales') => (await ask(w, 'ann', room, 'list')).text;

describe('the window', () => {
  it('opens before Calendly is asked, and offers the active event types by name and the usual kinds', async () => {
    const before: number[] = [];
    w.slack.faults.onAccepted = (call) => {
      if (call.method === 'views.open') before.push(calls(w, 'GET', /event_types/).length);
    };
    const view = await open();
    expect(before).toEqual([0]);
    expect(field(view, 'event_types').type).toBe('multi_static_select');
    expect(namesIn(field(view, 'event_types').options)).toEqual([
      'Demo call',
      'Intro call',
      'Onboarding',
      'Quarterly review',
      'Support',
      'Webinar',
    ]);
    expect(namesIn(field(view, 'kinds').initial_options as { text: { text: string } }[])).toEqual([
      'Booked',
      'Canceled',
      'Rescheduled',
    ]);
  });

  it('saves exactly what was chosen, says it, and tells the channel', async () => {
    await w.slack.as('ann').submit(await open(), { event_types: ['Demo call', 'Support'], kinds: ['booked'] });
    expect(sentences(await modalSaying(w, 'ann', /Subscribed/))).toMatch(/\*Demo call\* and \*Support\*: booked\./);
    const told = await hears(w, 'sales', /subscribed this channel/);
    expect(told.text).toContain(`<@${w.slack.users.ann}>`);
    expect(told.text).toMatch(/\*Demo call\* and \*Support\*: booked\./);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Support');
    w.calendly.book({ type: 'Onboarding', name: 'Not For Sales' });
    await w.calendly.idle();
    await bookingArrives(w, 'sales', 'Alan Turing', 'Demo call');
    expect(said(w, 'sales', /Not For Sales/)).toEqual([]);
  });

  it('with no event type chosen means all of them, those made later included', async () => {
    await w.slack.as('ann').submit(await open(), { kinds: ['booked'] });
    await hears(w, 'sales', /\*all event types\*: booked\./);
    const [later] = w.calendly.addEventTypes(1);
    await bookingArrives(w, 'sales', 'Grace Hopper', later!.name);
  });

  it('asks for at least one kind', async () => {
    const ack = await w.slack.as('ann').submit(await open(), { kinds: [] });
    expect(Object.values(ack.errors ?? {}).join()).not.toBe('');
    expect(await listHere()).toMatch(/no subscription/);
  });

  it('finds one among 150 event types by name', async () => {
    w.calendly.addEventTypes(144);
    const view = await open();
    expect(field(view, 'event_types').type).toBe('multi_external_select');
    const ann = w.slack.as('ann');
    expect(await ann.suggest(view, 'event_types', '')).toHaveLength(100);
    expect(namesIn((await ann.suggest(view, 'event_types', 'type 13')) as never)).toEqual(
      [13, ...Array.from({ length: 10 }, (_, i) => 130 + i)].map((n) => `Event type ${n}`),
    );
    expect(namesIn((await ann.suggest(view, 'event_types', 'DEMO')) as never)).toEqual(['Demo call']);
    expect(await ann.suggest(view, 'event_types', 'nothing like it')).toEqual([]);
    await ann.submit(view, { event_types: ['Event type 137', 'Demo call'], kinds: ['booked', 'noshow'] });
    await hears(w, 'sales', /\*Event type 137\* and \*Demo call\*: booked and noshow\./);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Event type 137');
  });

  it('shows what is there, changes it, and makes no second one', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    const view = await open();
    expect(namesIn(field(view, 'event_types').initial_options as { text: { text: string } }[])).toEqual(['Demo call']);
    expect(namesIn(field(view, 'kinds').initial_options as { text: { text: string } }[])).toEqual(['Booked']);
    await w.slack.as('ann').submit(view, { event_types: ['Support'], kinds: ['canceled', 'noshow'] });
    await hears(w, 'sales', /changed what this channel hears of to \*Support\*: canceled and noshow/);
    expect(await listHere()).toMatch(/^This channel: 1 subscription\.\n1\. \*Support\*: canceled and noshow/);
  });

  it('adds a second one beside the first, when that is chosen', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    await w.slack.as('ann').select(await open(), 'which', 'A new subscription');
    const fresh = await w.slack.waitFor(() => {
      const view = w.slack.as('ann').modal();
      return view && !field(view, 'event_types').initial_options ? view : null;
    });
    await w.slack.as('ann').submit(fresh, { event_types: ['Support'], kinds: ['noshow'] });
    await hears(w, 'sales', /subscribed this channel to \*Support\*/);
    expect(await listHere()).toMatch(/^This channel: 2 subscriptions\.\n1\. \*Demo call\*: booked.*\n2\. \*Support\*/s);
  });

  it('for events shows the kinds alone', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    const view = await open('sales', 'events');
    expect(() => field(view, 'event_types')).toThrow();
    await w.slack.as('ann').submit(view, { kinds: ['rescheduled'] });
    await hears(w, 'sales', /\*Demo call\*: rescheduled/);
    expect(await listHere()).toMatch(/1 subscription.*\*Demo call\*: rescheduled/s);
  });

  it('asks which account, where there are several', async () => {
    await paste(w, w.calendly.tokens.mia);
    const view = await open();
    await w.slack.as('ann').select(view, 'connection', 'Mia Rao (mia@acme.example)');
    const hers = await w.slack.waitFor(() => {
      const now = w.slack.as('ann').modal();
      const names = now ? namesIn(field(now, 'event_types').options) : [];
      return names.includes('Support') && !names.includes('Demo call') ? now : null;
    });
    await w.slack.as('ann').submit(hers, { event_types: ['Support'] });
    await hears(w, 'sales', /\*Support\*/);
  });
});

describe('a channel the app is not in', () => {
  it('private: says /invite instead of a form, and saves nothing', async () => {
    await w.slack.as('ann').command(w.slack.channels.deals, 'subscribe');
    const view = await modalSaying(w, 'ann', /invite/);
    expect(words(view)).toContain(`Type \`/invite\` <@${w.slack.botUserId}> here, then try again.`);
    expect(view.submit ?? null).toBeNull();
    expect(await listHere('deals')).toMatch(/no subscription/);
    await w.slack.invite('deals');
    await w.slack.as('ann').submit(await open('deals'));
    await hears(w, 'deals', /subscribed this channel/);
  });

  it('public: joins on saving, not before', async () => {
    const view = await open();
    const joined = () => w.slack.ledger.filter((call) => call.method === 'conversations.join').length;
    expect(joined()).toBe(0);
    await w.slack.as('ann').submit(view);
    await hears(w, 'sales', /subscribed this channel/);
    expect(joined()).toBe(1);
  });

  it('public, but joining is not allowed: says /invite and saves nothing', async () => {
    w.slack.scopes = w.slack.scopes.filter((scope) => scope !== 'channels:join');
    await w.slack.as('ann').submit(await open());
    expect(words(await modalSaying(w, 'ann', /invite/))).toContain(`<@${w.slack.botUserId}>`);
    expect(await listHere()).toMatch(/no subscription/);
  });
});

describe('what may go wrong in the window', () => {
  it('Calendly does not answer: the window says so', async () => {
    await w.calendly.faults.down('refuse');
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
    expect(words(await modalSaying(w, 'ann', /cannot reach Calendly/))).toMatch(/Try again in a minute/);
  });

  it('no account is connected: the window says how to connect one', async () => {
    w = await world();
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
    expect(words(await modalSaying(w, 'ann', /connected/))).toMatch(/`\/calendly connect`/);
  });

  it('the person has no right: said, and nothing is saved', async () => {
    await w.slack.as('bo').command(w.slack.channels.sales, 'subscribe');
    const view = await modalSaying(w, 'bo', /(?:)/);
    if (view.submit) await w.slack.as('bo').submit(view);
    expect(words(await modalSaying(w, 'bo', /Only/))).toContain(`<@${w.slack.users.ann}>`);
    expect(await listHere()).toMatch(/no subscription/);
  });

  it('the subscription was removed meanwhile: said, and not made anew', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    const view = await open();
    await ask(w, 'ann', 'sales', 'unsubscribe');
    await w.slack.as('ann').submit(view, { kinds: ['noshow'] });
    expect(words(await modalSaying(w, 'ann', /is gone/))).toMatch(/`\/calendly subscribe`/);
    expect(await listHere()).toMatch(/no subscription/);
  });

  it('the window is closed before the result: it comes as a direct message', async () => {
    const ann = w.slack.as('ann');
    const view = await open();
    w.slack.faults.add({ method: 'conversations.join', kind: 'delay', ms: 300, times: 1 });
    await ann.submit(view, { kinds: ['booked'] });
    await ann.close(ann.modal()!);
    expect((await toldInPrivate(w, 'ann', /Subscribed/)).text).toMatch(/all event types/);
  });
});
