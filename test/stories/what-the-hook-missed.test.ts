// What Calendly's webhooks did not bring is found in its list, filed once, and shown once; a webhook that comes after all changes nothing.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Booking } from '../../sandbox/calendly/model.ts';
import { ask, calls, paste, toldInPrivate } from './people.ts';
import { processWorld } from './process.ts';
import { canary, eventually, follow, hookOf, inDatabase, type Watched, webhook } from './view.ts';
import { connect, type World, world } from './world.ts';

const quick = { SLACK_CHANNEL_RATE: '100' };
const silently = { deliver: false } as const;
const day = 86_400_000;
const at = (days: number, hours = 12) => new Date(Math.floor(Date.now() / day) * day + days * day + hours * 3_600_000);

/** Lets the app look for what was missed, and waits until it has. */
async function look(w: World, period: 'poll_at' | 'hourly_at' | 'nightly_at' = 'nightly_at'): Promise<void> {
  const before = await looked(w);
  await inDatabase(w.storage, `update backfill set ${period} = 0, due_at = 0`);
  await eventually(async () => (await looked(w)) !== before, { what: 'a look at the list', timeoutMs: 45_000 });
}

async function looked(w: World): Promise<unknown> {
  const [row] = await inDatabase(w.storage, 'select last from backfill');
  return row?.last;
}

async function row(w: World): Promise<Record<string, unknown>> {
  return (await inDatabase(w.storage, 'select * from backfill'))[0] ?? {};
}
const idle = async (w: World) => (await row(w)).run === null && (await row(w)).wish === null;
const count = async (w: World, table: string) =>
  Number((await inDatabase(w.storage, `select count(*) as n from ${table}`))[0]!.n);
const versions = async (w: World) =>
  Number((await inDatabase(w.storage, 'select sum(version) as n from booking'))[0]!.n);
const written = (w: World) => w.slack.ledger.filter(({ method }) => method.startsWith('chat.')).length;
/** Until all that was to be written is: the line about a meeting's guests would wait for the end of its minute, whenever that is. */
async function atRest(w: World): Promise<void> {
  await inDatabase(w.storage, "update delivery set due_at = 1 where state = 'due'");
  await inDatabase(w.storage, 'update lane set due_at = 1 where due_at is not null');
  const waiting = () => inDatabase(w.storage, "select id from delivery where state in ('due', 'sending')");
  await eventually(async () => (await waiting()).length === 0, { what: 'nothing left to write', timeoutMs: 45_000 });
}
const asked = (w: World) => calls(w, 'GET', /scheduled_events/).length;

/** What the channel was told of gaps. */
const here = (channel: Watched) =>
  channel.everSaid().filter((text) => /nothing from Calendly could reach me/.test(text));

/** The webhooks of a booking, after all. */
async function tellLate(w: World, { event, invitee }: Booking): Promise<void> {
  for (const kind of ['invitee.created', ...(invitee.status === 'canceled' ? ['invitee.canceled'] : [])]) {
    const payload = { ...invitee, scheduled_event: event };
    const body = JSON.stringify({ event: kind, created_at: new Date().toISOString(), created_by: '', payload });
    expect((await webhook(w, body)).status).toBe(200);
  }
}

async function connected(words = 'all', env: Record<string, string> = {}): Promise<{ w: World; channel: Watched }> {
  const w = await world({ env: { ...quick, ...env } });
  w.calendly.rateLimit.limit = 100_000;
  await paste(w, w.calendly.tokens.olga);
  const channel = await follow(w, words);
  return { w, channel };
}

describe('what a hook that was switched off has missed', () => {
  it('comes in when it is replaced: bookings, cancellations, moves, guests, no-shows; each once, and told to its owner', async () => {
    const { w, channel } = await connected();
    const before = ['Kept Kim', 'Canceled Cy', 'Moved Mo'].map((name) => w.calendly.book({ name }));
    const room = w.calendly.book({ type: 'Webinar', name: 'First Fay', start: at(3) });
    w.calendly.join(room.eventUri, { name: 'Second Sam' });
    await eventually(async () => channel.cards().length === 4, { what: 'four cards' });

    const hook = hookOf(w);
    w.calendly.setHookState(hook, 'disabled');
    w.calendly.book({ name: 'New Ned' });
    w.calendly.cancel(before[1]!, { reason: 'ill' });
    w.calendly.move(before[2]!, { start: at(9) });
    const both = w.calendly.book({ name: 'Both Bea' });
    w.calendly.cancel(both, { by: 'host' });
    w.calendly.move(w.calendly.book({ name: 'Far Fox', start: at(2) }), { start: at(60) });
    w.calendly.join(room.eventUri, { name: 'Third Tia' });
    w.calendly.cancel(w.calendly.bookings.find(({ invitee }) => invitee.name === 'Second Sam')!);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/looking for what happened meanwhile/);

    const told = await toldInPrivate(w, 'ann', /Caught up/);
    expect(told.text).toMatch(/From .* UTC to .* UTC nothing from the Calendly account of Olga Larsen could reach me/);
    expect(told.text).toMatch(/Caught up: 4 bookings, 2 moves, 3 cancellations/);
    await channel.shows('New Ned');
    await channel.shows('Canceled Cy', /canceled/i);
    await channel.shows('Moved Mo', /moved/i);
    await channel.shows('Both Bea', /canceled/i);
    await channel.shows('Far Fox', /moved/i);
    await canary(w, channel);
    expect(channel.cards()).toHaveLength(8);
    expect(channel.everSaid().filter((text) => /Both Bea|Far Fox/.test(text) && !/canceled|moved/i.test(text))).toEqual(
      [],
    );
    await channel.shows('Webinar', /2 of 25/);

    // What comes late after all is a repetition.
    await channel.shows('Webinar', /Third Tia/);
    await atRest(w);
    const cards = channel.cards().map(({ text }) => text);
    const posts = written(w);
    const changes = await count(w, 'change');
    for (const booking of w.calendly.bookings) await tellLate(w, booking);
    await pause(1_500);
    expect(channel.cards().map(({ text }) => text)).toEqual(cards);
    expect(written(w)).toBe(posts);
    expect(await count(w, 'change')).toBe(changes);
  });

  it('meetings that are over are one line together, not news', async () => {
    const { w, channel } = await connected();
    for (const name of ['Past Pat', 'Past Pia', 'Past Per']) w.calendly.book({ name, start: at(-1), ...silently });
    w.calendly.book({ name: 'Coming Cat', ...silently });
    await look(w);
    await channel.shows('Coming Cat');
    await w.slack.waitFor(() => channel.cards().length === 2, { what: 'a line for the past', timeoutMs: 45_000 });
    const line = channel.cards().find(({ text }) => text.includes('Past Pat'))!;
    expect(line.text).toMatch(/Past Pia/);
    expect(line.text).toMatch(/Past Per/);
  });
});

describe('a look at the list', () => {
  it('finds what changed without a word, and edits the card without a new line', async () => {
    const { w, channel } = await connected('all booked canceled rescheduled noshow');
    const demo = w.calendly.book({ name: 'Hosted Hal', start: at(5) });
    const card = await channel.shows('Hosted Hal', /Host Olga Larsen/);
    const { adam } = w.calendly.users;
    demo.event.event_memberships[0]!.user = adam.uri;
    demo.event.event_memberships[0]!.user_name = adam.name;
    demo.event.event_memberships[0]!.user_email = adam.email;
    await look(w);
    await channel.shows('Hosted Hal', /Host Adam Osei/);
    demo.event.location = { type: 'physical', location: '7 New Street' };
    await look(w);
    await channel.shows('Hosted Hal', /7 New Street/);
    // There and back and there again.
    for (const { user, says } of [
      { user: w.calendly.users.olga, says: /Olga/ },
      { user: adam, says: /Adam/ },
    ]) {
      demo.event.event_memberships[0]!.user = user.uri;
      demo.event.event_memberships[0]!.user_name = user.name;
      demo.event.event_memberships[0]!.user_email = user.email;
      await look(w);
      await channel.shows('Hosted Hal', says);
    }
    expect(channel.thread(card)).toEqual([]);
    expect(channel.cards()).toHaveLength(1);
    const changes = await count(w, 'change');
    await look(w);
    expect(await count(w, 'change')).toBe(changes);
  });

  it('finds no-shows, and those taken back', async () => {
    const { w, channel } = await connected('all booked noshow');
    const began = w.calendly.book({ name: 'Absent Abe', start: new Date(Date.now() - 600_000) });
    await channel.shows('Absent Abe');
    w.calendly.markNoShow(began, silently);
    await look(w);
    await channel.shows('Absent Abe', /no-show/i);
    w.calendly.unmarkNoShow(began, silently);
    await look(w);
    const card = await w.slack.waitFor(
      () => channel.cards().find(({ text }) => text.includes('Absent Abe') && !/no-show/i.test(text)),
      { what: 'the mark to go' },
    );
    const changes = await count(w, 'change');
    await look(w);
    expect(await count(w, 'change')).toBe(changes);
    expect(channel.thread(card)).toHaveLength(1);
  });

  it('costs next to nothing where nothing is new: one call for a hundred meetings, and no write', async () => {
    const { w, channel } = await connected();
    const names = Array.from({ length: 150 }, (_, i) => `Guest ${String(i).padStart(3, '0')}`);
    for (const name of names) w.calendly.book({ name });
    w.calendly.book({ type: 'Webinar', name: 'First Fay', start: at(3) });
    await w.slack.waitFor(() => channel.cards().length === 151, { what: 'all cards', timeoutMs: 45_000 });
    const before = [await count(w, 'change'), await versions(w), written(w)];
    w.calendly.calls.length = 0;
    // Calendly makes the rooms of video calls a moment after; what it tells of that is looked at once.
    await look(w);
    expect(asked(w)).toBe(2);
    await pause(500);
    expect([await count(w, 'change'), await versions(w), written(w)]).toEqual(before);
  });

  it('never shows what was booked before the account was connected, but does show what becomes of it', async () => {
    const w = await world({ env: quick });
    w.calendly.rateLimit.limit = 100_000;
    const old = ['Old Ola', 'Older Ole', 'Oldest Oli', 'Absent Abe'].map((name) =>
      w.calendly.book({ name, start: name === 'Absent Abe' ? new Date(Date.now() - 600_000) : at(4) }),
    );
    const room = w.calendly.book({ type: 'Webinar', name: 'Early Ed', start: at(3) });
    w.calendly.cancel(old[2]!);
    await pause(20);
    await paste(w, w.calendly.tokens.olga);
    const channel = await follow(w);
    await look(w);
    await canary(w, channel);
    expect(channel.cards()).toHaveLength(1);
    const asks = asked(w);
    await look(w);
    // The list itself, and the one meeting whose no-show could have been marked.
    expect(asked(w) - asks).toBe(2);

    w.calendly.cancel(old[0]!, silently);
    w.calendly.move(old[1]!, { start: at(6), ...silently });
    w.calendly.join(room.eventUri, { name: 'Late Lu', ...silently });
    await look(w);
    await channel.shows('Old Ola', /canceled/i);
    await channel.shows('Older Ole', /moved/i);
    await channel.shows('Webinar', /2 of 25/);
    await canary(w, channel);
    expect(channel.cards()).toHaveLength(5);
    expect(channel.everSaid().join()).not.toContain('Oldest Oli');
  });

  it('goes on where it was when the app stops in the middle, and when three calls in ten fail', {
    timeout: 90_000,
  }, async () => {
    const { w, channel } = await connected();
    const names = Array.from({ length: 130 }, (_, i) => `Guest ${String(i).padStart(3, '0')}`);
    for (const [i, name] of names.entries())
      w.calendly.book({ name, start: at(1 + Math.floor(i / 40), i % 20), ...silently });
    w.calendly.faults.add({ match: '*', kind: { status: 503 }, share: 0.3 });
    const pages = () => w.calendly.calls.filter(({ path, status }) => path === '/scheduled_events' && status === 200);
    w.calendly.calls.length = 0;
    await inDatabase(w.storage, 'update backfill set nightly_at = 0, due_at = 0');
    await w.calendly.waitFor(() => pages().length >= 1, { what: 'the first page', timeoutMs: 30_000 });
    await pause(1_000);
    await w.restart();
    await eventually(async () => (await looked(w)) && (await idle(w)), {
      what: 'the end of the look',
      timeoutMs: 60_000,
    });
    await w.slack.waitFor(() => channel.cards().length === 130, { what: 'all cards', timeoutMs: 45_000 });
    expect(new Set(channel.cards().map(({ text }) => /Guest \d{3}/.exec(text)?.[0])).size).toBe(130);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Last catch-up: .*\d bookings/s);
  });

  it('waits where Calendly refuses, says so in the status, and goes on once it may', { timeout: 60_000 }, async () => {
    const { w, channel } = await connected();
    w.calendly.book({ name: 'Waiting Wu', ...silently });
    w.calendly.faults.add({ match: 'GET /scheduled_events', kind: { status: 503 } });
    await inDatabase(w.storage, 'update backfill set nightly_at = 0, due_at = 0');
    await eventually(async () => /"waits":\{/.test(String((await row(w)).run)), {
      what: 'it to wait',
      timeoutMs: 45_000,
    });
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Catching up: .*Waiting until .*not well right now/s);
    expect((await row(w)).last).toBeNull();
    w.calendly.faults.clear();
    await inDatabase(w.storage, 'update backfill set due_at = 0');
    await channel.shows('Waiting Wu');
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Last catch-up: .*1 booking\./s);
  });

  it('a dead token ends it until there is a new one: told once, and then it goes on', { timeout: 60_000 }, async () => {
    const { w, channel } = await connected();
    w.calendly.book({ name: 'Waiting Wu', ...silently });
    w.calendly.revokeToken(w.calendly.tokens.olga);
    // The preview of the subscription has read the list as well.
    const before = w.calendly.calls.length;
    await inDatabase(w.storage, 'update backfill set nightly_at = 0, due_at = 0');
    await toldInPrivate(w, 'ann', /token was revoked/);
    await pause(4_500);
    expect(w.calendly.calls.slice(before).filter(({ path }) => path === '/scheduled_events').length).toBe(1);
    await paste(w, w.calendly.createToken(w.calendly.users.olga));
    await channel.shows('Waiting Wu', /./, 10_000);
    expect(w.slack.as('ann').dm()).toHaveLength(1);
  });

  it('after a time without the app: what was missed is told with from and to', async () => {
    const { w, channel } = await connected();
    await w.stopApp();
    await inDatabase(w.storage, `update cron_run set ran_at = ran_at - 7200000 where name = 'clock'`);
    w.calendly.book({ name: 'Nightly Nell', start: at(40), ...silently });
    await w.restart();
    await channel.shows('Nightly Nell', /./, 45_000);
    expect((await toldInPrivate(w, 'ann', /Caught up/)).text).toMatch(
      /From .* to .*: I was not running\.\nCaught up: 1 booking\./,
    );
    await eventually(async () => here(channel).length === 1, { what: 'the channel being told' });
    expect(here(channel)[0]).toMatch(
      /^From .* to .* nothing from Calendly could reach me: I was not running\.\nCaught up for all channels: 1 booking\. This channel shows what it follows\.$/,
    );
  });

  it('killed in the middle: whoever starts next goes on, and each is shown once', { timeout: 120_000 }, async () => {
    const w = await processWorld();
    // A card that was on its way when the process died is looked up, and not left to a person.
    w.slack.scopes = [...w.slack.scopes, 'channels:history'];
    w.calendly.rateLimit.limit = 100_000;
    const app = await w.start();
    await connect(w);
    const channel = await follow(w);
    const names = Array.from({ length: 150 }, (_, i) => `Guest ${String(i).padStart(3, '0')}`);
    for (const [i, name] of names.entries()) w.calendly.book({ name, start: at(1 + i), ...silently });
    // The preview of the subscription has read the list as well.
    const before = w.calendly.calls.length;
    await inDatabase(w.storage, 'update backfill set nightly_at = 0, due_at = 0');
    await w.calendly.waitFor(() => w.calendly.calls.filter(({ path }) => path.endsWith('/invitees')).length > 60, {
      what: 'the middle of the first page',
      timeoutMs: 45_000,
    });
    await app.kill9();
    await w.start();
    await w.slack.waitFor(() => channel.cards().length === 150, { what: 'all cards', timeoutMs: 90_000 });
    expect(new Set(channel.cards().map(({ text }) => /Guest \d{3}/.exec(text)?.[0])).size).toBe(150);
    const seen = w.slack.posts(channel.id).map(({ args }) => /Guest \d{3}/.exec(String(args.text))?.[0]);
    expect(seen.filter(Boolean)).toHaveLength(150);
    const pages = w.calendly.calls.slice(before).filter(({ path }) => path === '/scheduled_events');
    // The page it died on, twice; then the second page; and the look that each start takes.
    expect(pages.length).toBeLessThanOrEqual(5);
  });
});
