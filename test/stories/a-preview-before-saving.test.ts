// What a subscription would have posted is said before it is saved, by words and in the window: from our own memory, or from Calendly's.

import { beforeEach, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { ask, hears, modalSaying, said, words } from './people.ts';
import { inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
});

const ago = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);
const buttonsOf = (message: Message) =>
  (message.blocks ?? [])
    .filter((block) => block.type === 'actions')
    .flatMap((block) => (block.elements as { text: { text: string } }[]).map((element) => element.text.text));
const book = (o: object) => w.calendly.book({ type: 'Demo call', deliver: false, ...o });
const nothingHere = async () => expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/no subscription/);

it('asks Calendly where we have not been for long, saves nothing, and one click does', async () => {
  for (const [i, email] of ['ada@acme.com', 'bob@gamma.io', 'cy@eu.acme.com'].entries())
    book({ name: `Guest ${i}`, email, createdAt: ago(i + 2) });
  book({ name: 'Long Ago', email: 'x@acme.com', createdAt: ago(40) });
  await connect(w);

  const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call" domain:acme.com booked --preview');
  expect(answer.text).toMatch(
    /^A preview; nothing is saved yet\. <#\w+> would hear of \*Demo call\*, from acme\.com: booked\./,
  );
  expect(answer.text).toMatch(
    /In the last 30 days it would have posted 2 of 3 bookings, less than one a week\. Here are 2:/,
  );
  expect(answer.text).toMatch(/• \*Demo call\* · Guest 0 · .*\n• \*Demo call\* · Guest 2 · /);
  await nothingHere();
  expect(said(w, 'sales')).toEqual([]);

  await w.slack.as('ann').click(answer, 'Subscribe');
  expect((await hears(w, 'sales', /subscribed this channel/)).text).toMatch(/\*Demo call\*, from acme\.com: booked/);
  const done = await w.slack.waitFor(() => w.slack.ephemerals('ann').find((m) => /✅ Subscribed/.test(m.text)));
  expect(done.text).toMatch(/would have posted 2 of 3 bookings/);
  // Whoever may not subscribe learns nothing of what was booked.
  expect((await ask(w, 'bo', 'sales', 'subscribe all --preview')).text).toMatch(/^Only <@/);
  expect((await ask(w, 'gil', 'demos', 'subscribe all --preview')).text).toMatch(/^Guests/);
});

it('looks into our own memory once that goes back far enough, also while Calendly is away', async () => {
  await connect(w);
  await ask(w, 'ann', 'demos', 'subscribe all');
  w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace', email: 'ada@acme.com' });
  w.calendly.cancel(w.calendly.book({ type: 'Support', name: 'Grace Hopper' }), {});
  await hears(w, 'demos', /Ada Lovelace/);
  await hears(w, 'demos', /^Canceled.*Grace Hopper/);
  await inDatabase(w.storage, `update connection set created_at = created_at - ${31 * 24 * 3_600_000}`);
  await w.calendly.faults.down('refuse');
  const one = await ask(w, 'ann', 'sales', 'subscribe domain:acme.com --preview');
  expect(one.text).toMatch(
    /In the last 30 days it would have posted 1 of 2 bookings, less than one a week\. Here is one:\n• \*Demo call\* · Ada Lovelace/,
  );
  const canceled = await ask(w, 'ann', 'sales', 'subscribe all canceled --preview');
  expect(canceled.text).toMatch(/1 of 2 bookings.*Grace Hopper/s);
  const none = await ask(w, 'ann', 'sales', 'subscribe location:phone domain:acme.com --preview');
  expect(none.text).toMatch(
    /it would have posted none of 2 bookings\. What stood in the way most often: the (domain|place)/,
  );
});

it('warns of what cannot match, of questions nobody asks, of too much a day and of who reads along', async () => {
  for (let i = 0; i < 20; i++) book({ name: `Guest ${i}`, createdAt: ago(3) });
  await connect(w);
  const sub = (typed: string) => ask(w, 'ann', 'sales', `subscribe ${typed}`);
  expect((await sub('host:olga@acme.example -group:"Sales team" --preview')).text).not.toMatch(/can ever match/);
  expect((await sub('domain:eu.acme.com -domain:acme.com --preview')).text).toMatch(
    /⚠️ No booking can ever match: for the domain of the invitee/,
  );
  const asked = w.calendly.eventTypes.find((type) => type.name === 'Demo call')!.custom_questions[0]!.name;
  const slip = `${asked.slice(0, -2)}zz`;
  expect((await sub(`"Demo call" answer."${slip}":40 --preview`)).text).toMatch(
    /None of these event types asks “.*zz”.*Did you mean “/,
  );
  expect((await sub(`"Demo call" answer."${asked}" --preview`)).text).not.toMatch(/None of these/);

  const busy = await sub('"Demo call" booked --preview');
  expect(busy.text).toMatch(/On its busiest day that would have been 20 posts here/);
  expect(buttonsOf(busy)).toEqual(['Subscribe', 'Compact cards', 'Single lines', 'A daily digest']);
  await w.slack.as('ann').click(busy, 'A daily digest');
  await modalSaying(w, 'ann', /agenda|day/i);
  await w.slack.as('ann').click(busy, 'Single lines');
  expect((await hears(w, 'sales', /subscribed this channel/)).text).toMatch(/as single lines/);

  await w.slack.share('demos');
  const shared = await ask(w, 'ann', 'demos', 'subscribe all --privacy full --preview');
  expect(shared.text).toMatch(/People outside this workspace can read this channel/);
});

it('is the same in the window, where the filters have their fields', async () => {
  book({
    name: 'Right One',
    email: 'ada@acme.com',
    createdAt: ago(2),
    host: w.calendly.users.adam,
    type: 'Onboarding',
  });
  book({ name: 'Other Host', email: 'ada@acme.com', createdAt: ago(3) });
  await connect(w);
  const ann = w.slack.as('ann');
  await ann.command(w.slack.channels.sales, 'subscribe');
  const form = await modalSaying(w, 'ann', /What should/);
  expect(words(form)).toMatch(/Hosts.*Invitee’s company or e-mail.*More filters/s);

  await ann.select(form, 'hosts', ['Adam Osei']);
  await ann.select(form, 'domains', 'acme.com');
  await ann.select(form, 'filters', 'lead:>soon');
  await ann.click(form, 'Preview');
  await modalSaying(w, 'ann', /lead.* cannot be “&gt;soon”/);
  await ann.select(ann.modal() as View, 'filters', 'lead:>1h -location:phone');
  await ann.click(ann.modal() as View, 'Preview');
  const tried = await modalSaying(w, 'ann', /it would have posted 1 of 2 bookings/);
  expect(words(tried)).toMatch(/Right One/);
  await nothingHere();
  await ann.submit(tried, { kinds: ['booked'] });
  const told = /\*all event types\*, host Adam Osei, from acme\.com, booked 1h or more ahead, not place phone: booked/;
  expect((await hears(w, 'sales', /subscribed/)).text).toMatch(told);

  // Opened again it shows what is there, and saving it changes nothing; what is no filter is refused in its field.
  await ann.command(w.slack.channels.sales, 'subscribe');
  const again = await modalSaying(w, 'ann', /What should/);
  expect(JSON.stringify(again)).toContain('"initial_value":"acme.com"');
  expect(JSON.stringify(again)).toContain('"initial_value":"lead:>1h -location:phone"');
  const refused = await ann.submit(again, { filters: 'booked' });
  expect(JSON.stringify(refused)).toMatch(/Only filters here/);
  await ann.submit(again, { filters: 'lead:>1h -location:phone' });
  await modalSaying(w, 'ann', /Nothing to change/);
});
