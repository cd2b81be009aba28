// Promise: whoever asks sees what is coming in their own zone, and no more than the channel shows; a channel is told by itself at its hour, once.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, hears, modalSaying, said, words } from './people.ts';
import { canary, eventually, follow, inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

const hour = 3_600_000;
const zone = 'Europe/Berlin';
/** So many days from now, at this hour where Ann is. */
const at = (days: number, clock: number) =>
  new Date(Temporal.Now.zonedDateTimeISO(zone).startOfDay().add({ days }).with({ hour: clock }).epochMilliseconds);

async function staged(o: { words?: string } = {}) {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return { w, sales: await follow(w, o.words ?? 'all') };
}

const lines = (message: Message) => message.text.split('\n').filter((line) => line.startsWith('•'));

describe('asked for', () => {
  it('shows the meetings of the day that this channel follows, booked before it followed or since, and none that is canceled', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    // Before anybody connected: no webhook has told of it.
    w.calendly.book({ name: 'Early Bird', start: at(1, 9) });
    await connect(w);
    const sales = await follow(w, 'all');
    w.calendly.book({ name: 'Ada Lovelace', start: at(1, 11) });
    w.calendly.book({ type: 'Support', name: 'Grace Hopper', start: at(1, 10) });
    w.calendly.cancel(w.calendly.book({ name: 'Gone Again', start: at(1, 14) }));
    w.calendly.book({ name: 'Day After', start: at(2, 9) });
    await sales.shows('Ada Lovelace');
    const tomorrow = await ask(w, 'ann', 'sales', 'agenda tomorrow');
    expect(lines(tomorrow).map((line) => /Early Bird|Ada Lovelace|Grace Hopper|Gone|After/.exec(line)?.[0])).toEqual([
      'Early Bird',
      'Grace Hopper',
      'Ada Lovelace',
    ]);
    expect(tomorrow.text).toMatch(/3 meetings/);
    expect(tomorrow.text).toMatch(/<!date\^\d+\^\{time\}/);
    expect(JSON.stringify(tomorrow.blocks)).toContain('|Join>');
    // The week has a heading for each day.
    const week = await ask(w, 'ann', 'sales', 'agenda week');
    expect(lines(week).length).toBeGreaterThanOrEqual(4);
    expect(week.text.match(/^\*<!date\^\d+\^\{date_long_pretty\}/gm)?.length).toBeGreaterThanOrEqual(2);
    // One host alone, by mention and by name.
    for (const typed of ['agenda tomorrow mia', 'agenda tomorrow host:mia@acme.example'])
      expect(lines(await ask(w, 'ann', 'sales', typed)).map((line) => /Grace/.exec(line)?.[0])).toEqual(['Grace']);
    expect((await ask(w, 'ann', 'sales', 'agenda sometime')).text).toMatch(/do not understand “sometime”.*`today`/);
    expect((await ask(w, 'gil', 'demos', 'agenda')).text).toMatch(/^Guests/);
    // The buttons turn to other days.
    await w.slack.as('ann').click(tomorrow, 'Week');
    await w.slack.waitFor(() => /Early Bird.*Day After/s.test(w.slack.ephemerals('ann').at(-1)?.text ?? ''));
  });

  it('the day is that of whoever asks, and a filter or privacy of the channel counts', async () => {
    const { w, sales } = await staged({ words: '"Demo call" --privacy minimal' });
    // Its first and its last hours where Cy is (Singapore): not both are of one day elsewhere.
    const there = Temporal.Now.zonedDateTimeISO('Asia/Singapore').startOfDay().add({ days: 1 });
    const start = (clock: number) => new Date(there.with({ hour: clock }).epochMilliseconds);
    w.calendly.book({ name: 'Ada Lovelace', start: start(1) });
    w.calendly.book({ type: 'Support', name: 'Grace Hopper', start: start(2) });
    w.calendly.book({ name: 'Alan Turing', start: start(23) });
    await sales.shows('A. T.');
    const shown = await ask(w, 'cy', 'sales', 'agenda tomorrow');
    expect(lines(shown).map((line) => /A\. [LT]\./.exec(line)?.[0])).toEqual(['A. L.', 'A. T.']);
    expect(shown.text).not.toMatch(/Lovelace|Turing|Grace|Support/);
    // A channel that follows nothing shows people their own accounts, and nobody else’s.
    expect((await ask(w, 'ann', 'deals', 'agenda week')).text).toMatch(/Grace Hopper/);
    expect((await ask(w, 'bo', 'deals', 'agenda week')).text).toMatch(/follows no bookings.*\/calendly connect/);
  });

  it('Calendly’s trouble is said in words', async () => {
    const { w } = await staged();
    w.calendly.faults.add({
      match: 'GET /scheduled_events',
      kind: { status: 429, headers: { 'x-ratelimit-reset': '12' } },
    });
    expect((await ask(w, 'ann', 'sales', 'agenda')).text).toMatch(/slow down.*Try again in/);
  });
});

describe('told by itself', () => {
  const daily = async (w: World, minutesAgo: number, more = '') => {
    const now = Temporal.Now.zonedDateTimeISO('UTC').subtract({ minutes: minutesAgo });
    await ask(w, 'ann', 'sales', `agenda daily ${now.hour}:${String(now.minute).padStart(2, '0')} UTC ${more}`);
  };
  /** As if it had been set up the day before. */
  const since = (w: World) => inDatabase(w.storage, `update digest set last_period = 'day 2000-01-01'`);
  const told = (w: World) => said(w, 'sales', /^🗓/);

  it('at its hour, once, also after a restart; never for an hour that was past when it was set up', async () => {
    const { w, sales } = await staged();
    // On the day that it is about, whatever the hour.
    const day = Temporal.Now.zonedDateTimeISO('UTC').subtract({ minutes: 1 }).startOfDay();
    w.calendly.book({ name: 'Ada Lovelace', start: new Date(day.epochMilliseconds + 23.9 * hour) });
    await daily(w, 1);
    await hears(w, 'sales', /set it up that I tell you here what is coming, every day at/);
    const [row] = await inDatabase(w.storage, 'select last_period from digest');
    expect(row?.last_period).toBe(`day ${day.toPlainDate()}`);
    await w.restart();
    await canary(w, sales);
    expect(told(w)).toEqual([]);
    await since(w);
    await w.restart();
    const agenda = await hears(w, 'sales', /^🗓/);
    expect(agenda.text).toMatch(/Ada Lovelace/);
    // What was told for a day is told, whatever became of the note that it was.
    await since(w);
    await w.restart();
    await eventually(
      async () => (await inDatabase(w.storage, 'select last_period from digest'))[0]?.last_period !== 'day 2000-01-01',
      { what: 'the agenda is looked at again' },
    );
    await canary(w, sales);
    expect(told(w)).toHaveLength(1);
  });

  it('goes on without an account that does not work, and says so', async () => {
    const { w } = await staged({ words: 'all' });
    await connect(w, w.calendly.createToken(w.calendly.users.mia));
    await ask(w, 'ann', 'sales', 'subscribe all --account mia');
    const day = Temporal.Now.zonedDateTimeISO('UTC').subtract({ minutes: 1 }).startOfDay();
    w.calendly.book({ name: 'Ada Lovelace', start: new Date(day.epochMilliseconds + 23.9 * hour) });
    await daily(w, 1);
    await since(w);
    await inDatabase(w.storage, `update connection set state = 'broken' where scope = 'user'`);
    await w.restart();
    const agenda = await hears(w, 'sales', /^🗓/);
    expect(agenda.text).toMatch(/Ada Lovelace/);
    expect(agenda.text).toMatch(/Without the meetings of Mia [^:]+: that connection to Calendly does not work/);
  });

  it('an empty day is a line, or silence, as was chosen; an old one and one that was turned off say nothing', async () => {
    const { w, sales } = await staged();
    const settled = () =>
      eventually(
        async () =>
          (await inDatabase(w.storage, 'select last_period from digest')).every(
            (row) => row.last_period !== 'day 2000-01-01',
          ),
        { what: 'every agenda was looked at' },
      );
    await daily(w, 1, 'silent');
    await since(w);
    await w.restart();
    await settled();
    await daily(w, 300);
    await since(w);
    await w.restart();
    await settled();
    expect(told(w)).toEqual([]);
    await daily(w, 1);
    await since(w);
    await ask(w, 'ann', 'sales', 'agenda daily off');
    await hears(w, 'sales', /turned the daily agenda of this channel off/);
    expect((await ask(w, 'ann', 'sales', 'agenda daily off')).text).toMatch(/no daily agenda/);
    await w.restart();
    await canary(w, sales);
    expect(told(w)).toEqual([]);
    await daily(w, 1);
    await since(w);
    await w.restart();
    expect((await hears(w, 'sales', /^🗓/)).text).toMatch(/\n• .*Canary|Nothing is planned/);
  });

  it('is set up in a window as well, each alone, by whoever subscribed the channel', async () => {
    const { w } = await staged();
    await w.slack.as('bo').command(w.slack.channels.sales, 'agenda digest');
    await modalSaying(w, 'bo', /Only whoever made a subscription/);
    await w.slack.as('ann').command(w.slack.channels.sales, 'agenda digest');
    const form = await modalSaying(w, 'ann', /Each can be turned off alone/);
    const wrong = await w.slack.as('ann').submit(form, { daily: '9:00', zone: 'Mars/Olympus' });
    expect(JSON.stringify(wrong.errors)).toMatch(/“Mars\/Olympus” is no time zone/);
    const filled = { daily: '9:00', weekly: '8:30', weekday: 'Monday', zone: 'Europe/Berlin', empty: 'silence' };
    await w.slack.as('ann').submit(form, filled);
    expect(words(await modalSaying(w, 'ann', /told its agenda/))).toMatch(
      /every day at 9:00 \(Europe\/Berlin\).*every Monday at 8:30/s,
    );
    await hears(w, 'sales', /every Monday at 8:30 \(Europe\/Berlin\)/);
    await ask(w, 'ann', 'sales', 'agenda weekly off');
    const left = await inDatabase(w.storage, 'select every, minute, zone, empty from digest');
    expect(left).toEqual([{ every: 'day', minute: 540, zone: 'Europe/Berlin', empty: 'silence' }]);
  });
});
