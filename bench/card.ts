// How long a card takes to render: from the folded booking to the JSON that Slack gets, in this process, each booking another one.

import { makeWebhook } from '../sandbox/calendly/payloads.ts';
import { type BookingState, emptyBooking, fold, view } from '../src/booking/booking.ts';
import { parseChange } from '../src/calendly/payload.ts';
import { cardOf } from '../src/delivery/card.ts';
import { render } from '../src/slack/messages/content.ts';
import { defaultOptions, type Kind, type Options } from '../src/subscription/subscription.ts';
import { webhookBody } from './bodies.ts';
import { type Figure, figure, number } from './figures.ts';

const type = { uri: 'https://api.calendly.com/event_types/demo', name: 'Demo call' };
const by = 'https://api.calendly.com/users/bo';
const kinds: Kind[] = ['booked', 'canceled', 'rescheduled'];

export function renderings({ quick }: { quick: boolean }): { figures: Figure[]; rows: string[][] } {
  const single = Array.from({ length: quick ? 500 : 2_000 }, (_, n) => stateOf([webhookBody(n, type, by)]));
  const groups = Array.from({ length: 3 }, (_, n) => stateOf(guestsOf(n, 300)));
  const options = (set: Partial<Options>): Options => ({ ...defaultOptions, ...set });
  const kindsOfCard: [name: string, states: BookingState[], options: Options][] = [
    ['style card', single, options({})],
    ['style compact', single, options({ style: 'compact' })],
    ['style line', single, options({ style: 'line' })],
    ['in German', single, options({ language: 'de' })],
    ['a group of 300 guests', groups, options({})],
  ];
  const measured = kindsOfCard.map(([name, states, look]) => ({
    name,
    ...measure(states, look, quick ? 4_000 : 20_000),
  }));
  const slowest = Math.max(...measured.map(({ p50 }) => p50));
  return {
    figures: [figure('rendering a card p50', 'most', [[slowest, 0.2, 0.1]], 'ms', 3)],
    rows: measured.map(({ name, p50, p99, bytes }) => [name, number(p50, 3), number(p99, 3), number(bytes)]),
  };
}

function measure(states: BookingState[], options: Options, runs: number): { p50: number; p99: number; bytes: number } {
  const frame = {
    subscription: { kinds, filter: { types: [type] }, options },
    look: null,
    ref: 'a-delivery',
    earlier: { bookings: 2, noShows: 1 },
  };
  const times: number[] = [];
  let bytes = 0;
  // The first half only warms up: in life it is the same code, card after card.
  for (let i = 0; i < runs; i++) {
    const from = performance.now();
    const card = cardOf(view(states[i % states.length]!), frame);
    bytes = card ? JSON.stringify(render({ kind: 'card', card }, { plain: false })).length : 0;
    if (i >= runs / 2) times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), bytes };
}

function stateOf(bodies: string[]): BookingState {
  return bodies.reduce((state, body) => fold(state, parseChange(JSON.parse(body))!, Date.now()), emptyBooking());
}

function guestsOf(n: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const body = JSON.parse(
      makeWebhook('invitee.created', {
        eventId: `EGROUP${n}`,
        inviteeId: `G${n}-${i}`,
        name: `Guest ${i}`,
        createdBy: by,
        type,
      }),
    );
    body.payload.scheduled_event.invitees_counter = { total: i + 1, active: i + 1, limit: 400 };
    return JSON.stringify(body);
  });
}
