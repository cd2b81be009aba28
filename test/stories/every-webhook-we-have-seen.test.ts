// Every message of Calendly's that we have, observed, documented or pieced together, with a real signature: kept, and shown where it is a booking.

import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, figures, follow, inDatabase, webhook } from './view.ts';
import { connect, world } from './world.ts';

interface Payload {
  uri: string;
  name: string | null;
  first_name?: string | null;
  last_name?: string | null;
  no_show?: { uri: string } | null;
  rescheduled?: boolean;
  old_invitee?: string | null;
  new_invitee?: string | null;
  scheduled_event: { uri: string; name: string; start_time: string; end_time: string };
}
interface Envelope {
  event: string;
  payload: Payload;
}

const folder = new URL('../fixtures/calendly/webhooks/', import.meta.url).pathname;
const files = globSync(`${folder}*/*.json`).sort();
const messages = files
  .map((path) => ({ file: path.slice(folder.length), json: JSON.parse(readFileSync(path, 'utf8')) as Envelope }))
  .filter(({ json }) => typeof json.event === 'string');

/** What the card's first word must be. */
function stateOf({ event, payload }: Envelope): RegExp {
  if (event === 'invitee_no_show.created') return /^No-show/;
  if (event === 'invitee.canceled') return payload.rescheduled ? /^Being moved/ : /^Canceled/;
  return payload.old_invitee ? /^Moved/ : /^Booked/;
}

const twentyYears = 20 * 365 * 86_400_000;
const inTheFuture = (time: string) => new Date(Date.parse(time) + twentyYears).toISOString();

/** Several files speak of one booking; here each is a booking of its own, with a name of its own. */
function own(json: Envelope, i: number): string {
  const body = JSON.stringify(json).replaceAll(
    /\/(scheduled_events|invitees|invitee_no_shows)\/([A-Za-z0-9-]+)/g,
    `/$1/$2-${i}`,
  );
  const copy = JSON.parse(body) as Envelope;
  // They were recorded years ago; a meeting that is over would get no card.
  const { scheduled_event: meeting } = copy.payload;
  meeting.start_time = inTheFuture(meeting.start_time);
  meeting.end_time = inTheFuture(meeting.end_time);
  copy.payload.name = `Invitee No ${i}.`;
  if (copy.payload.first_name) copy.payload.first_name = `Invitee No ${i}.`;
  return JSON.stringify(copy);
}

describe('every webhook we have seen', () => {
  it('there are some of each source', () => {
    expect(new Set(messages.map(({ file }) => file.split('/')[0]))).toEqual(
      new Set(['examples', 'observed', 'reconstructed']),
    );
    expect(messages.length).toBeGreaterThanOrEqual(25);
  });

  it('as it came: 200, and all of them once more', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    await follow(w, 'all booked canceled rescheduled noshow routed');
    for (let round = 0; round < 2; round++) {
      for (const { file } of messages) {
        const raw = readFileSync(folder + file);
        expect([file, (await webhook(w, raw)).status]).toEqual([file, 200]);
      }
    }
    for (const path of files.filter((each) => !messages.some(({ file }) => each.endsWith(file))))
      expect([basename(path), (await webhook(w, readFileSync(path))).status]).toEqual([basename(path), 400]);
    const kept = await inDatabase(w.storage, 'select verdict, count(*) as n from change group by verdict');
    // Every booking among them was heard of once.
    const bookings = new Set(
      messages.map(({ json }) => `${json.event} ${json.payload?.uri} ${json.payload?.no_show?.uri}`),
    );
    expect(kept.reduce((sum, row) => sum + Number(row.n), 0)).toBeGreaterThanOrEqual(bookings.size);
    expect(kept.filter((row) => /quarantined/.test(String(row.verdict)))).toEqual([]);
  });

  it('each as a booking of its own: a card with its invitee, its type and its state', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'all booked canceled rescheduled noshow routed');
    const invitees = messages.filter(({ json }) => json.event.startsWith('invitee'));
    for (const [i, { file, json }] of invitees.entries()) {
      // Where only a move's old half is told, the booking must have been heard of, or there is no card to move.
      if (json.event === 'invitee.canceled' && json.payload.rescheduled) {
        const before = { status: 'active', rescheduled: false, new_invitee: null, cancellation: undefined };
        const booked = { ...json, event: 'invitee.created', payload: { ...json.payload, ...before } };
        expect([file, (await webhook(w, own(booked, i))).status]).toEqual([file, 200]);
      }
      expect([file, (await webhook(w, own(json, i))).status]).toEqual([file, 200]);
    }
    for (const [i, { file, json }] of invitees.entries()) {
      const card = await sales.shows(`Invitee No ${i}.`, stateOf(json), 10_000);
      expect([file, card.text]).toEqual([file, expect.stringContaining(json.payload.scheduled_event.name)]);
      expect([file, card.text]).toEqual([file, expect.not.stringMatching(/undefined|null|NaN|\[object/)]);
      const blocks = JSON.stringify(card.blocks);
      expect([file, blocks]).toEqual([
        file,
        expect.not.stringMatching(/undefined|NaN|\[object|cancellations\/|reschedulings\//),
      ]);
    }
    const after = await eventually(async () => ((await figures(w.app.url)).due === 0 ? figures(w.app.url) : null), {
      what: 'all to be shown',
    });
    expect([after.uncertain, after.dead, after.held]).toEqual([0, 0, 0]);
    expect(sales.cards()).toHaveLength(invitees.length);
  });

  it('routing forms are shown, the rest is kept in silence', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'all booked canceled rescheduled noshow routed');
    const forms = messages.filter(({ json }) => json.event.startsWith('routing_form_submission'));
    const others = messages.filter(({ json }) => !/^(invitee|routing_form)/.test(json.event));
    expect([forms.length, others.length]).toEqual([expect.any(Number), expect.any(Number)]);
    for (const { file } of others)
      expect([file, (await webhook(w, readFileSync(folder + file))).status]).toEqual([file, 200]);
    for (const [i, { json }] of forms.entries())
      await webhook(w, JSON.stringify(json).replaceAll(/(routing_form_submissions\/[A-Za-z0-9-]+)/g, `$1-${i}`));
    await w.slack.waitFor(() => sales.cards().length === forms.length, { what: 'a card for each form' });
    for (const card of sales.cards()) expect(card.text).toMatch(/^Form submitted: .*/);
    const kept = await inDatabase(w.storage, "select count(*) as n from change where verdict like 'kept%'");
    // Two of the examples are one event type's, told twice.
    expect(Number(kept[0]?.n)).toBe(others.length - 1);
  });
});
