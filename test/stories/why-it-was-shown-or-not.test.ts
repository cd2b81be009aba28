// `why` tells of any booking what each subscription says of it and what became of it; and to nobody more than they may know.

import { beforeEach, expect, it } from 'vitest';
import { ask, hears, paste, said } from './people.ts';
import { eventually } from './view.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
});

const why = async (of: string, who: 'ann' | 'bo' | 'gil' = 'ann', room: 'sales' | 'demos' = 'sales') =>
  (await ask(w, who, room, `why ${of}`)).text;
const linkOf = (room: 'sales' | 'demos', ts: string) =>
  `https://acme.slack.com/archives/${w.slack.channels[room]}/p${ts.replace('.', '')}`;

it('says step by step what each subscription makes of it, and what became of each message', async () => {
  await ask(w, 'ann', 'sales', 'subscribe "Demo call" domain:acme.com lead:<2d');
  await ask(w, 'ann', 'demos', 'subscribe "Demo call" host:adam@acme.example booked');
  const start = new Date(Date.now() + 24 * 3_600_000);
  const booking = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace', email: 'ada@acme.com', start });
  const card = await hears(w, 'sales', /Ada Lovelace/);
  const moved = w.calendly.move(booking, { start: new Date(Date.now() + 20 * 24 * 3_600_000) });
  await w.slack.waitFor(() => w.slack.messages(w.slack.channels.sales).some((m) => m.threadTs === card.ts), {
    what: 'the move told',
  });

  const told = await eventually(
    async () => {
      const text = await why('ada@acme.com');
      return /1 line in the thread/.test(text) && text;
    },
    { what: 'the line in the thread to count as shown' },
  );
  expect(told).toMatch(/^\*Demo call\* · booked, moved\n.*Ada Lovelace · ada@acme\.com\nBooked .*, heard of /s);
  expect(told).toMatch(
    /<#\w+> follows \*Demo call\*, from acme\.com, booked less than 2d ahead: booked, canceled and rescheduled/,
  );
  expect(told).toMatch(
    /Verdict: it matches\.\n✓ kind of change: .*\n✓ the event type: Demo call; here: Demo call\n✓ the domain of the invitee: from acme\.com; here: ada@acme\.com/,
  );
  expect(told).toMatch(/Card: shown, .*\n1 line in the thread/);
  expect(told).toMatch(
    /Verdict: it does not match\.\n✓ kind.*\n✓ the event type.*\n✗ the host: host Adam Osei; here: Olga Larsen/,
  );

  // The same by the card's link, by the links that Calendly hands out, and by those of its API.
  const [id, invitee] = [moved.eventUri.split('/').at(-1), moved.inviteeUri.split('/').at(-1)];
  for (const link of [
    linkOf('sales', card.ts),
    moved.inviteeUri,
    `https://calendly.com/app/scheduled_events/user/me?uuid=${id}`,
    `https://calendly.com/cancellations/${invitee}`,
    `https://calendly.com/reschedulings/${invitee}`,
  ])
    expect(await why(link)).toBe(told);
  expect(await why('')).toMatch(/^Which booking\?.*`\/calendly why` and paste/);
  expect(await why('nonsense')).toMatch(/^Which booking\?/);
});

it('works for bookings that were never shown, or never heard of', async () => {
  w.calendly.book({ type: 'Demo call', name: 'Grace Hopper', email: 'grace@acme.com' });
  await w.calendly.idle();
  expect(await why('grace@acme.com')).toMatch(/No channel follows this Calendly account/);
  await ask(w, 'ann', 'sales', 'subscribe all');
  await ask(w, 'ann', 'demos', 'subscribe location:phone');
  const later = await why('grace@acme.com');
  expect(later).toMatch(/Verdict: it matches\..*The subscription was made after it/s);
  expect(later).toMatch(/✗ the place: place phone; here: Zoom/);

  const lost = w.calendly.book({ type: 'Support', name: 'Lost One', email: 'lost@acme.com', deliver: false });
  const unheard = await why('lost@acme.com');
  expect(unheard).toMatch(/⚠️ Calendly knows this booking, and no word of it has reached me\. `\/calendly verify`/);
  expect(unheard).toMatch(/\*Support\* · booked.*Lost One.*Verdict: it matches\./s);
  expect(await why(lost.eventUri)).toMatch(/no word of it has reached me/);
  expect(await why('nobody@acme.com')).toMatch(/^I know of no such booking that you may ask about/);
});

const none = /^I know of no such booking that you may ask about/;

it('tells what was held back, and to nobody more than they may know', async () => {
  await ask(w, 'ann', 'sales', 'subscribe all --privacy minimal');
  await ask(w, 'ann', 'demos', 'subscribe all');
  await ask(w, 'ann', 'demos', 'mute 2h');
  w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace', email: 'ada@acme.com' });
  const card = await hears(w, 'sales', /A\. L\./);
  expect(await why('ada@acme.com')).toMatch(/Verdict: it matches.*(muted|left out)/s);

  // Bo reads the card in its channel, and is told no more than it says, nor of other channels.
  const bos = await eventually(
    async () => {
      const text = await why(linkOf('sales', card.ts), 'bo');
      return !none.test(text) && text;
    },
    { what: 'Bo to be told of the card once its message is on record' },
  );
  expect(bos).toMatch(/^\*Demo call\* · booked\n.*A\. L\./s);
  expect(bos).toMatch(/Verdict: it matches/);
  expect(bos).not.toMatch(/Ada|acme\.com/);
  expect(bos).not.toContain(w.slack.channels.demos);
  expect(await why('ada@acme.com', 'bo')).toMatch(none);
  expect(await why(linkOf('sales', card.ts), 'bo', 'demos')).toMatch(none);
  expect(await why('ada@acme.com', 'gil', 'demos')).toMatch(/^Guests/);
  // An account of his own shows him its own bookings alone.
  await paste(w, w.calendly.tokens.mia, 'bo');
  expect(await why('ada@acme.com', 'bo')).toMatch(none);
  expect(said(w, 'sales', /Verdict/)).toEqual([]);
});
