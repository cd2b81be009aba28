// The demo's ledger turns red when something is wrong, whatever the app says of itself: there is no app here at all.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { count } from '../../sandbox/demo/ledger.ts';
import type { Figures } from '../../sandbox/demo/metrics.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';

type Booked = ReturnType<CalendlySandbox['book']>;

let slack: SlackSandbox;
let calendly: CalendlySandbox;
beforeEach(async () => {
  [slack, calendly] = await Promise.all([startSlack(), startCalendly()]);
  await api('conversations.join', { channel: slack.channels.sales });
});
afterEach(async () => {
  await Promise.all([slack.stop(), calendly.stop()]);
});

async function api(method: string, args: object): Promise<void> {
  const answer = await fetch(new URL(method, slack.apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(args),
  });
  expect(await answer.json()).toMatchObject({ ok: true });
}

const post = ({ event, invitee }: Booked) =>
  api('chat.postMessage', {
    channel: slack.channels.sales,
    text: `${event.name} with ${invitee.name}, <!date^${Date.parse(event.start_time) / 1000}^{time}|then>`,
    metadata: { event_type: 'booking_card', event_payload: { id: '1' } },
  });

const all = { isAppUp: true, isBroken: false, since: 0 };
const look = (figures: Partial<Figures> = {}, more: Partial<typeof all> = {}) =>
  count({ slack, calendly, figures: { changes: {}, deliveries: {}, catchingUp: 0, ...figures }, ...all, ...more });
const states = (ledger: ReturnType<typeof count>) => ledger.meetings.map(({ state }) => state);
const longAgo = () => new Date(Date.now() - 60_000);

it('a card for each meeting, and each is true', async () => {
  await post(calendly.book());
  await post(calendly.book());
  expect(look()).toMatchObject({ booked: 2, stands: 2, cards: 2, onItsWay: 0, missing: 0, twice: 0 });
});

it('a meeting without a card is on its way at first, and missing when nothing waits any more', () => {
  calendly.book();
  expect(states(look())).toEqual(['waiting']);
  calendly.book({ createdAt: longAgo() });
  expect(states(look())).toEqual(['waiting', 'missing']);
  // While something is broken, or waits, nobody can call it lost.
  expect(states(look({}, { isBroken: true }))).toEqual(['waiting', 'waiting']);
  expect(states(look({}, { isAppUp: false }))).toEqual(['waiting', 'waiting']);
  expect(states(look({ deliveries: { due: 1 } }))).toEqual(['waiting', 'waiting']);
});

it('the app may say that no channel follows a meeting, but not of more than it has left out', () => {
  calendly.book({ createdAt: longAgo() });
  calendly.book({ createdAt: longAgo() });
  expect(states(look({ changes: { suppressed: 2 } }))).toEqual(['unwanted', 'unwanted']);
  expect(look({ changes: { suppressed: 1 } }).missing).toBe(2);
});

it('two cards in one channel are seen, whoever posted the second', async () => {
  const booked = calendly.book();
  await post(booked);
  await post(booked);
  expect(look()).toMatchObject({ twice: 1, stands: 0 });
});

it('a card that tells of an earlier time is behind, until it is edited', async () => {
  const booked = calendly.book();
  await post(booked);
  const moved = calendly.move(booked);
  expect(states(look())).toEqual(['behind']);
  expect(look().onItsWay).toBe(1);
  const [card] = slack.messages('sales');
  const text = `Demo call with ${moved.invitee.name}, <!date^${Date.parse(moved.event.start_time) / 1000}^{time}|then>`;
  await api('chat.update', { channel: card?.channel, ts: card?.ts, text, metadata: card?.metadata });
  expect(states(look())).toEqual(['true']);
});
