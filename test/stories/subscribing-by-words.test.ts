// Subscribing a channel by typed words: exactly what was named, the channel is told, and everything can be taken back.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, bookingArrives, hears, paste, said, words } from './people.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
});

const subscriptionsHere = async (room: 'sales' | 'demos' | 'deals' = 'sales') =>
  (await ask(w, 'ann', room, 'list here')).text;
const nothingHere = async (room: 'sales' | 'demos' | 'deals' = 'sales') =>
  expect(await subscriptionsHere(room)).toMatch(/^This channel has no subscription/);
const isIn = (room: 'sales' | 'deals') =>
  w.slack.ledger.some((call) => call.method === 'conversations.join' && call.args.channel === w.slack.channels[room]);

const buttonsOf = (message: Message) =>
  (message.blocks ?? [])
    .filter((block) => block.type === 'actions')
    .flatMap((block) => (block.elements as { text: { text: string } }[]).map((element) => element.text.text));

describe('what was named', () => {
  it('is what the channel gets, and nothing else', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    expect(answer.text).toMatch(/✅ Subscribed\. <#\w+> now hears of \*Demo call\*: booked\./);
    const told = await hears(w, 'sales', /subscribed this channel/);
    expect(told.text).toContain(`<@${w.slack.users.ann}>`);
    expect(told.text).toMatch(/to \*Demo call\*: booked\. Stop it with `\/calendly unsubscribe`/);

    const booking = w.calendly.book({ type: 'Demo call', name: 'Grace Hopper' });
    const card = await hears(w, 'sales', /Grace Hopper/);
    w.calendly.cancel(booking, { by: 'invitee' });
    // A card that is shown stays true, but a kind that was not named says nothing new.
    await w.slack.waitFor(() => said(w, 'sales').find((m) => m.ts === card.ts && /^Canceled/.test(m.text)), {
      what: 'the card struck through',
    });
    w.calendly.book({ type: 'Support', name: 'Not For Sales' });
    await w.calendly.idle();
    await bookingArrives(w, 'sales', 'Alan Turing');
    expect(said(w, 'sales').map((message) => message.threadTs)).toEqual([undefined, undefined, undefined]);
    expect(said(w, 'sales', /Not For Sales/)).toEqual([]);
  });

  it('canceled alone shows a card when a booking ends, and none before', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all canceled');
    const booking = w.calendly.book({ name: 'Grace Hopper' });
    await w.calendly.idle();
    w.calendly.cancel(booking, { by: 'invitee', reason: 'a clash' });
    expect((await hears(w, 'sales', /Grace Hopper/)).text).toMatch(/^Canceled/);
    expect(said(w, 'sales', /Grace Hopper/)).toHaveLength(1);
  });

  it('that a subscription to all event types covers already is said to add nothing, and only then', async () => {
    const addsNothing = /already hears of every event type, so this adds nothing/;
    expect((await ask(w, 'ann', 'sales', 'subscribe all')).text).not.toMatch(addsNothing);
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked')).text).toMatch(addsNothing);
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" noshow')).text).not.toMatch(addsNothing);
    expect((await ask(w, 'ann', 'sales', 'subscribe all booked')).text).not.toMatch(addsNothing);
    expect((await ask(w, 'ann', 'demos', 'subscribe "Demo call" booked')).text).not.toMatch(addsNothing);
  });

  it('without kinds means booked, canceled and rescheduled, and says so', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe all');
    expect(answer.text).toMatch(/\*all event types\*: booked, canceled and rescheduled \(the usual kinds/);
  });

  it.each([
    ['smart quotes', '“Demo call” canceled'],
    ['low quotes', '„Demo call“ cancelled'],
    ['guillemets and commas', '«Demo call», canceled'],
    ['no quotes', 'Demo call canceled'],
    ['another case', '"DEMO CALL" Canceled'],
    ['the slug', 'demo-call canceled'],
  ])('is understood with %s', async (_how, typed) => {
    const answer = await ask(w, 'ann', 'sales', `subscribe ${typed}`);
    expect(answer.text).toMatch(/now hears of \*Demo call\*: canceled\./);
  });

  it('is understood as the address people share, and as several at once', async () => {
    const link = w.calendly.eventTypes.find((type) => type.name === 'Onboarding')!.scheduling_url;
    const answer = await ask(w, 'ann', 'sales', `subscribe ${link}?month=2026-12 "Support" booked`);
    expect(answer.text).toMatch(/\*Onboarding\* and \*Support\*: booked\./);
    await bookingArrives(w, 'sales', 'Grace Hopper', 'Support');
  });

  it('can be routing forms, which need a hook of their own', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all routed');
    expect(w.calendly.hooks.map((hook) => hook.events)).toContainEqual(['routing_form_submission.created']);
    w.calendly.submitRoutingForm({ answers: [{ question: 'Your name', answer: 'Grace Hopper' }] });
    await hears(w, 'sales', /^Form submitted.*Grace Hopper/);
  });

  it.each([
    ['a kind with a slip', '"Demo call" boked', /do not know “boked”\. Did you mean booked\?/],
    ['a filter there is none of', 'color:red', /know no filter “color[:∶]red”/],
    ['an option nobody has built', 'all --loud', /know no option “--loud”/],
    ['all and a name', 'all "Demo call"', /either all or the event types/],
  ])('is refused when it is %s, and nothing changes', async (_what, typed, says) => {
    const answer = await ask(w, 'ann', 'sales', `subscribe ${typed}`);
    expect(answer.text).toMatch(says);
    expect(answer.text).toMatch(/`\/calendly help subscribe` shows examples/);
    await nothingHere();
    expect(said(w, 'sales')).toEqual([]);
  });
});

describe('an event type that is not there', () => {
  it('brings the five nearest as buttons, and one click subscribes', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo cal" booked');
    expect(answer.text).toMatch(/found no event type “Demo cal” at Calendly\. Nothing was changed/);
    const offered = buttonsOf(answer);
    expect(offered[0]).toBe('Demo call');
    expect(offered).toHaveLength(6);
    expect(offered).not.toContain('Old pricing call');
    expect(offered).not.toContain('Coaching');
    await nothingHere();

    await w.slack.as('ann').click(answer, 'Demo call');
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toMatch(/\*Demo call\*: booked\./);
    const now = await w.slack.waitFor(() => w.slack.ephemerals('ann').find((m) => /✅ Subscribed/.test(m.text)));
    expect(now.ts).toBe(answer.ts);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('keeps what was right beside it', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Support" "Onbording" noshow');
    await w.slack.as('ann').click(answer, 'Onboarding');
    const told = await hears(w, 'sales', /subscribed this channel/);
    expect(told.text).toMatch(/\*Support\* and \*Onboarding\*: noshow/);
  });
});

describe('the same channel again', () => {
  it('is a success that shows the present state, and there is still one subscription', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked')).text).toMatch(
      /✅ Nothing to change: <#\w+> already hears of \*Demo call\*: booked\./,
    );
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call" noshow')).text).toMatch(/✅ Changed.*: noshow\./s);
    await hears(w, 'sales', /changed what this channel hears of to \*Demo call\*: noshow/);
    expect(await subscriptionsHere()).toMatch(/^This channel: 1 subscription\.\n1\. \*Demo call\*: noshow\nby <@/);
    expect(said(w, 'sales')).toHaveLength(2);
  });

  it('with other event types has two subscriptions, and a booking still shows once', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    await ask(w, 'ann', 'sales', 'subscribe all booked');
    expect(await subscriptionsHere()).toMatch(/^This channel: 2 subscriptions/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await bookingArrives(w, 'sales', 'Alan Turing');
    expect(said(w, 'sales', /Grace Hopper/)).toHaveLength(1);
  });
});

describe('where and who', () => {
  it('joins a public channel before it says anything there', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all');
    const methods = w.slack.ledger
      .filter((call) => call.args.channel === w.slack.channels.sales)
      .map((call) => call.method);
    expect(methods.indexOf('conversations.join')).toBeGreaterThanOrEqual(0);
    expect(methods.indexOf('conversations.join')).toBeLessThan(methods.indexOf('chat.postMessage'));
  });

  it('says /invite where it may not join, saves nothing, and works once it is invited', async () => {
    w.slack.scopes = w.slack.scopes.filter((scope) => scope !== 'channels:join');
    const answer = await ask(w, 'ann', 'sales', 'subscribe all');
    expect(answer.text).toContain(`Type \`/invite\` <@${w.slack.botUserId}> here, then try again.`);
    await nothingHere();
    await w.slack.invite('sales');
    expect((await ask(w, 'ann', 'sales', 'subscribe all')).text).toMatch(/✅ Subscribed/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('says /invite in a private channel it is not in, saves nothing, and works once it is invited', async () => {
    const answer = await ask(w, 'ann', 'deals', 'subscribe all');
    expect(answer.text).toContain(`/invite\` <@${w.slack.botUserId}>`);
    await nothingHere('deals');
    expect(isIn('deals')).toBe(false);
    await w.slack.invite('deals');
    expect((await ask(w, 'ann', 'deals', 'subscribe all')).text).toMatch(/✅ Subscribed/);
    await bookingArrives(w, 'deals', 'Grace Hopper');
  });

  it('refuses a direct message kindly', async () => {
    const answer = await fetch(`${w.slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${w.slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: w.slack.users.ann, text: 'hello' }),
    });
    const { channel } = (await answer.json()) as { channel: string };
    for (const typed of ['subscribe all', 'test']) {
      const refusal = await ask(w, 'ann', channel, typed);
      expect(refusal.text).toMatch(/into channels, not into direct messages\. Type this in the channel/);
    }
  });

  it('takes nothing of a subscription that Slack does not let it announce', async () => {
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'restricted_action', times: 1 });
    const answer = await ask(w, 'ann', 'sales', 'subscribe all');
    expect(answer.text).toMatch(/does not let apps post\. A workspace admin can change/);
    await nothingHere();
  });

  it('keeps a subscription whose announcement met a Slack that is unwell, and says that', async () => {
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 503, times: 1 });
    const answer = await ask(w, 'ann', 'sales', 'subscribe all');
    expect(answer.text).toMatch(/✅ Subscribed.*did not let me tell the channel just now; the subscription stands/s);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('is for those who connected the account, and for admins; the others hear whom to ask', async () => {
    const answer = await ask(w, 'bo', 'sales', 'subscribe all');
    expect(answer.text).toMatch(new RegExp(`Only <@${w.slack.users.ann}>.*connect your own account`, 's'));
    expect((await ask(w, 'gil', 'demos', 'subscribe all')).text).toMatch(/Guests can read booking cards/);
    await nothingHere();
    await paste(w, w.calendly.tokens.mia, 'bo');
    expect((await ask(w, 'bo', 'sales', 'subscribe all')).text).toMatch(/✅ Subscribed/);
  });

  it('says what is missing when no account is connected', async () => {
    w = await world();
    expect((await ask(w, 'ann', 'sales', 'subscribe all')).text).toMatch(/connected yet\. Type `\/calendly connect`/);
  });

  it('says so when Calendly does not answer, and changes nothing', async () => {
    await w.calendly.faults.down('refuse');
    expect((await ask(w, 'ann', 'sales', 'subscribe "Demo call"')).text).toMatch(/cannot reach Calendly right now/);
    await nothingHere();
  });
});

describe('events, list, unsubscribe', () => {
  it('events sets exactly the kinds named', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    expect((await ask(w, 'ann', 'sales', 'events booked noshow')).text).toMatch(/\*Demo call\*: booked and noshow/);
    await hears(w, 'sales', /changed what this channel hears of to \*Demo call\*: booked and noshow/);
    expect((await ask(w, 'ann', 'sales', 'events boked')).text).toMatch(/Did you mean booked/);
    expect(await subscriptionsHere()).toMatch(/\*Demo call\*: booked and noshow/);
  });

  it('events asks which, where there are several, and a click decides', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    await ask(w, 'ann', 'sales', 'subscribe "Support"');
    const asked = await ask(w, 'ann', 'sales', 'events noshow');
    expect(words(asked)).toMatch(/Which one should hear of exactly: noshow/);
    await w.slack.as('ann').click(asked, 'Support: booked, canceled, rescheduled');
    await hears(w, 'sales', /to \*Support\*: noshow/);
    expect(await subscriptionsHere()).toMatch(/\*Demo call\*: booked, canceled and rescheduled.*\*Support\*: noshow/s);
  });

  it('list knows here, workspace and mine', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    await ask(w, 'ann', 'demos', 'subscribe all booked');
    expect((await ask(w, 'bo', 'sales', 'list')).text).toMatch(/^This channel: 1 subscription/);
    expect((await ask(w, 'bo', 'sales', 'list workspace')).text).toMatch(/^The whole workspace: 2 subscriptions/);
    expect((await ask(w, 'bo', 'sales', 'list mine')).text).toMatch(/You have made no subscription yet/);
    expect((await ask(w, 'ann', 'sales', 'list mine')).text).toContain(`<#${w.slack.channels.demos}>`);
    expect((await ask(w, 'ann', 'sales', 'list mien')).text).toMatch(/not “mien”/);
  });

  it('unsubscribe tells the channel, stops, and one click on Undo brings it back', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    const gone = await ask(w, 'ann', 'sales', 'unsubscribe');
    expect(gone.text).toMatch(/Unsubscribed\. <#\w+> no longer hears of \*Demo call\*: booked\./);
    const told = await hears(w, 'sales', /unsubscribed this channel from \*Demo call\*: booked/);
    expect(told.text).toContain(`<@${w.slack.users.ann}>`);
    await nothingHere();
    w.calendly.book({ name: 'Not Shown' });
    // Answered is not yet looked at: Undo comes after that.
    await expect
      .poll(async () => (await ask(w, 'ann', 'sales', 'admin')).text, { timeout: 30_000 })
      .toMatch(/1 that no subscription wants/);

    await w.slack.as('ann').click(gone, 'Undo');
    await hears(w, 'sales', /undid that/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect(said(w, 'sales', /Not Shown/)).toEqual([]);
    expect(await subscriptionsHere()).toMatch(/^This channel: 1 subscription\.\n1\. \*Demo call\*: booked/);
  });

  it('unsubscribe names what is there where it must ask, and takes one away by its number', async () => {
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    await ask(w, 'ann', 'sales', 'subscribe "Support"');
    expect(words(await ask(w, 'ann', 'sales', 'unsubscribe'))).toMatch(/Which one should go\?.*Demo call.*Support/s);
    await ask(w, 'ann', 'sales', 'unsubscribe 2');
    expect(await subscriptionsHere()).toMatch(/^This channel: 1 subscription\.\n1\. \*Demo call\*/);
  });

  it('a card that stands goes on being true after its channel was unsubscribed', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all');
    const booking = w.calendly.book({ name: 'Grace Hopper' });
    const card = await hears(w, 'sales', /Grace Hopper/);
    await ask(w, 'ann', 'sales', 'unsubscribe');
    w.calendly.cancel(booking, { by: 'invitee' });
    await w.slack.waitFor(() => said(w, 'sales').find((m) => m.ts === card.ts && /^Canceled/.test(m.text)));
  });

  it('what one person made, another cannot take away, unless an admin', async () => {
    await paste(w, w.calendly.tokens.mia, 'bo');
    await ask(w, 'bo', 'sales', 'subscribe all');
    expect((await ask(w, 'cy', 'sales', 'unsubscribe')).text).toContain(`Only <@${w.slack.users.bo}>`);
    expect((await ask(w, 'cy', 'sales', 'events booked')).text).toContain(`Only <@${w.slack.users.bo}>`);
    expect((await ask(w, 'ann', 'sales', 'unsubscribe')).text).toMatch(/Unsubscribed/);
  });
});
