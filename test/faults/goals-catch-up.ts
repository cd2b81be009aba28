// R41 and R42: Calendly could not reach the app, and what it missed is caught up from the list: all of it, once, although calls fail and a process is killed.

import type { Booking } from '../../sandbox/calendly/model.ts';
import { cardsOfGuests } from './bond.ts';
import { check } from './checker.ts';
import type { Goal, Row, Run } from './goal.ts';
import { engines, type FaultWorld, startFaultWorld } from './harness.ts';
import type { EngineName } from './memory.ts';
import { eventually } from './process.ts';

const hour = 3_600_000;
/** Of what happened meanwhile, by the five hundred bookings of the promise. */
const canceledPart = 0.2;
const movedPart = 0.1;
const groupsPart = 0.04;
const overPart = 0.04;
const guestsOfOne = 3;

export const catchUpGoals: readonly Goal[] = [
  {
    id: 'R41',
    title: 'Calendly could not reach the app for 24 and 72 hours',
    fullOnly: true,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run))
        for (const hours of run.scale === 'control' ? [24] : [24, 72]) rows.push(await away(run, name, engine, hours));
      return rows;
    },
  },
  {
    id: 'R42',
    title: 'the list can hardly be read',
    fullOnly: true,
    async run(run) {
      const rows: Row[] = [];
      for (const [name, engine] of engines(run)) rows.push(await hardlyReadable(run, name, engine));
      return rows;
    },
  },
];

/** As if the app had last run so many hours ago, and all had been connected and subscribed long before. */
async function goneFor({ memory }: FaultWorld, hours: number): Promise<void> {
  const [gap, before] = [hours * hour, 2 * hours * hour];
  await memory.change(`update cron_run set ran_at = ran_at - ${gap} where name = 'clock'`);
  await memory.change(`update backfill set since = since - ${before}`);
  for (const table of ['connection', 'subscription'])
    await memory.change(`update ${table} set created_at = created_at - ${before}`);
}

/** Up to a day Calendly goes on trying, and what it still brings comes while the list is read; after that it has switched the hook off. */
async function away(run: Run, name: string, engine: EngineName, hours: number): Promise<Row> {
  const bookings = run.pick({ full: 500, fast: 100, control: 30 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 1, env: { SLACK_CHANNEL_RATE: '100' } });
  const { calendly, slack, channels } = world;
  if (run.scale !== 'full') calendly.rateLimit.limit = 100_000;
  await world.subscribe(channels[0]!, '"Webinar" booked canceled rescheduled');
  await world.settled(10_000);
  await world.stopApps();
  await goneFor(world, hours);
  const isTrying = hours <= 24;
  calendly.hold();
  if (!isTrying) for (const hook of calendly.hooks) calendly.setHookState(hook, 'disabled');

  const now = Date.now();
  const type = world.types[0]!.name;
  // Every other one is among what Calendly still tries to bring.
  const told = (i: number) => ({ deliver: isTrying && i % 2 === 0 });
  const at = (i: number) => new Date(now - hours * hour + Math.floor((i / bookings) * hours * hour));
  const made = Array.from({ length: bookings }, (_, i) =>
    calendly.book({ type, name: `Guest ${i}`, start: new Date(now + (1 + i) * hour), createdAt: at(i), ...told(i) }),
  );
  const canceled = made.slice(0, bookings * canceledPart);
  const moved = made.slice(canceled.length, canceled.length + bookings * movedPart);
  for (const [i, one] of canceled.entries()) calendly.cancel(one, told(i));
  for (const [i, one] of moved.entries()) calendly.move(one, { start: new Date(now + (2_000 + i) * hour), ...told(i) });
  const groups = Math.max(1, bookings * groupsPart);
  const rooms: Booking[] = Array.from({ length: groups }, (_, i) =>
    calendly.book({
      type: 'Webinar',
      name: `Seat ${i}`,
      start: new Date(now + (3_000 + i) * hour),
      createdAt: at(i),
      ...told(i),
    }),
  );
  for (const [i, room] of rooms.entries())
    for (let n = 1; n < guestsOfOne; n++) calendly.join(room.eventUri, { name: `Seat ${i}.${n}`, ...told(i + n) });
  const over = Math.max(2, bookings * overPart);
  for (let i = 0; i < over; i++)
    calendly.book({
      type,
      name: `Past ${i}`,
      start: new Date(now - (hours - 2 - i / over) * hour),
      createdAt: at(0),
      deliver: false,
    });

  const since = calendly.calls.length;
  const began = Date.now();
  await world.start(0);
  await eventually(
    () => calendly.calls.slice(since).some(({ path }) => path.endsWith('/invitees')),
    run.pick({ full: 60_000, fast: 60_000, control: 8_000 }),
    5,
  );
  void calendly.release();
  const top = () =>
    slack.messages(channels[0]!).filter((each) => !each.threadTs && !each.deleted && each.user === slack.botUserId);
  const shown = () => new Set(cardsOfGuests(world)).size;
  const webinars = () => top().filter(({ text }) => /Webinar/.test(text) && /Seat|\d+ of 25/.test(text)).length;
  const digests = () => top().filter(({ text }) => /over before I heard/.test(text)).length;
  const marked = (word: RegExp) => top().filter(({ text }) => /Guest \d+/.test(text) && word.test(text)).length;
  const isAll = () =>
    shown() === bookings &&
    webinars() === groups &&
    digests() > 0 &&
    marked(/canceled/i) === canceled.length &&
    marked(/moved/i) === moved.length;
  await eventually(isAll, run.pick({ full: 600_000, fast: 300_000, control: 15_000 }), 100);
  const seconds = (Date.now() - began) / 1_000;
  const drained = await world.settled(run.pick({ full: 120_000, fast: 60_000, control: 10_000 }));
  const calls = calendly.calls.slice(since);
  const most = busiestMinute(calls);
  await world.stopApps();
  const found = await check(world);
  const cards = cardsOfGuests(world).length;
  const asNew = top().filter(({ text }) => /Past \d+/.test(text) && !/over before I heard/.test(text)).length;
  const figure = `shown ${shown()} on ${cards} cards, canceled ${marked(/canceled/i)}, moved ${marked(/moved/i)}, group meetings ${webinars()}, past ones as ${digests()} line and ${asNew} cards, duplicates ${found.duplicates}, ${seconds.toFixed(0)} s, ${calls.length} calls, at most ${most} a minute`;
  const ok =
    drained &&
    isAll() &&
    cards === bookings &&
    asNew === 0 &&
    digests() === 1 &&
    found.duplicates === 0 &&
    seconds <= 600;
  await world.close();
  return {
    what: `${name}, ${hours} h; ${isTrying ? 'Calendly’s own retries come as well' : 'the hook switched off'}`,
    trials: bookings,
    figure,
    limit: `${bookings} on ${bookings}, ${canceled.length}, ${moved.length}, ${groups}, 1 and 0, 0, ≤ 600 s${run.scale === 'full' ? ', ≤ 300 a minute' : ''}`,
    ok: ok && (run.scale !== 'full' || most <= 300),
    why: found.violations,
  };
}

const busiestMinute = (calls: readonly { at: number }[]): number =>
  Math.max(0, ...calls.map(({ at }) => calls.filter((each) => each.at >= at && each.at < at + 60_000).length));

/** Three calls in ten fail, for a while all of them, the limit is used up once, and a process is killed in the middle of a page. */
async function hardlyReadable(run: Run, name: string, engine: EngineName): Promise<Row> {
  const bookings = run.pick({ full: 300, fast: 120, control: 40 });
  const world = await startFaultWorld({ engine, srcDir: run.srcDir, channels: 1, env: { SLACK_CHANNEL_RATE: '100' } });
  const { calendly } = world;
  calendly.rateLimit.limit = 100_000;
  await world.stopApps();
  for (const hook of calendly.hooks) calendly.setHookState(hook, 'disabled');
  const start = Date.now() + hour;
  for (let i = 0; i < bookings; i++)
    calendly.book({
      type: world.types[0]!.name,
      name: `Guest ${i}`,
      start: new Date(start + i * hour),
      deliver: false,
    });
  const flaky = () => {
    calendly.faults.add({ match: 'GET /scheduled_events*', kind: { status: 503 }, share: 0.15 });
    calendly.faults.add({ match: 'GET /scheduled_events*', kind: 'html', share: 0.1 });
    calendly.faults.add({ match: 'GET /scheduled_events*', kind: 'reset', share: 0.1 });
  };
  flaky();
  const since = calendly.calls.length;
  const asked = () =>
    calendly.calls.slice(since).filter(({ path, status }) => path.endsWith('/invitees') && status === 200);
  const until = (part: number) =>
    eventually(
      () => asked().length >= bookings * part,
      run.pick({ full: 120_000, fast: 120_000, control: 20_000 }),
      10,
    );
  const app = await world.start(0);
  await until(0.2);
  // All of it, for longer than a call is tried again.
  calendly.faults.clear();
  calendly.faults.add({ match: 'GET /scheduled_events*', kind: { status: 503 } });
  const isWaiting = async () =>
    (await world.memory.rows<{ run: string | null }>('select run from backfill')).some((row) =>
      /"waits":\{/.test(row.run ?? ''),
    );
  const waited = await eventually(isWaiting, 60_000, 100);
  calendly.faults.clear();
  flaky();
  calendly.faults.add({
    match: 'GET /scheduled_events*',
    times: 1,
    kind: { status: 429, headers: { 'X-RateLimit-Reset': '5' } },
  });
  await until(0.6);
  await app.kill9();
  await world.start(0);
  const shown = () => new Set(cardsOfGuests(world)).size;
  await eventually(() => shown() === bookings, run.pick({ full: 300_000, fast: 300_000, control: 20_000 }));
  await world.settled(run.pick({ full: 60_000, fast: 60_000, control: 10_000 }));
  const twice = asked().length - bookings;
  const rows = await world.memory.rows<{ last: string | null }>('select last from backfill');
  const before = rows.some((row) => /"booked":[1-9]/.test(row.last ?? ''));
  const cards = cardsOfGuests(world).length;
  await world.close();
  return {
    what: `${name}, three calls in ten fail, then all, then 429; kill -9 in the middle of a page`,
    trials: bookings,
    figure: `shown ${shown()} on ${cards} cards, ${waited ? 'waited' : 'DID NOT WAIT'} while nothing could be read, asked again for ${twice} meetings, ended ${before ? 'complete' : 'early'}`,
    limit: `${bookings} on ${bookings}, waited, ≤ 110 (a page, and what was under way), complete`,
    ok: shown() === bookings && cards === bookings && waited && twice <= 110 && before,
  };
}
