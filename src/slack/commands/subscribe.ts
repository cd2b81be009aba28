// `subscribe`: by words, exactly what was named; without words, the modal.

import { z } from 'zod';
import type { Connection, EventType } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { parseWish, printWish, type TypedWish } from '../../subscription/grammar.ts';
import { defaultKinds } from '../../subscription/subscription.ts';
import { namesOf } from '../explain.ts';
import { accountLabel, buttons, listed, type Press, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import { SUBSCRIBE } from '../views/subscribe.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import { permittedConnections } from './accounts.ts';
import { checkChannel } from './channel.ts';
import { notUnderstood, outcome } from './echo.ts';
import { nearestTypes, resolveTypes } from './event-types.ts';
import { openForm, refill, searchForm, submitForm } from './subscribe-form.ts';
import { subscribe as save } from './subscribing.ts';

export const subscribe: Verb = {
  name: 'subscribe',
  aliases: ['sub', 'add', 'follow'],
  usage: '[all | "Event type" | link] [kinds]',
  summary: 'Show bookings in this channel. Without words, a window asks.',
  examples: [
    {
      text: 'subscribe "Demo call" booked canceled',
      means: 'This channel hears when a “Demo call” is booked or canceled, and of nothing else.',
    },
    {
      text: 'subscribe all',
      means:
        'Every event type: booked, canceled and rescheduled. Other kinds are `noshow` and `routed` (routing forms).',
    },
  ],
  async run(visit) {
    if (visit.rest.trim() === '') return openForm(visit, { channel: visit.channel, part: 'all' });
    const parsed = parseWish(visit.rest);
    if (!parsed.ok) return visit.answer(notUnderstood(visit, parsed.message, 'subscribe'));
    await byWords(visit, visit.channel, parsed.wish, null);
  },
  actions: {
    subscribe_as: pressed,
    which: (visit) => refill(visit, 'which'),
    connection: (visit) => refill(visit, 'connection'),
  },
  submissions: { [SUBSCRIBE]: submitForm },
  suggestions: { event_types: searchForm },
};

interface Candidate {
  connection: Connection;
  available: EventType[];
}

async function byWords(
  visit: Visit,
  channel: string,
  wish: TypedWish,
  connectionId: string | null,
  replace = false,
): Promise<void> {
  await checkChannel(visit, channel);
  const permitted = await permittedConnections(visit);
  const connections = connectionId === null ? permitted : permitted.filter((each) => each.id === connectionId);
  if (connections.length === 0)
    throw new Refusal('That Calendly account is no longer connected. Type `{command} status` to see which are.', {
      code: 'not_connected',
    });
  const candidates: Candidate[] = [];
  for (const connection of connections) {
    // Names are needed only where some were typed.
    candidates.push({ connection, available: wish.types.length > 0 ? await visit.product.eventTypes(connection) : [] });
  }
  const fitting = candidates.filter(({ available }) => resolveTypes(wish.types, available).unknown.length === 0);
  const [only] = fitting;
  if (!only) return visit.answer(unknownType(visit, wish, candidates), { replace });
  if (fitting.length > 1) return visit.answer(whichAccount(wish, fitting), { replace });
  const { found } = resolveTypes(wish.types, only.available);
  const kinds = wish.kinds.length > 0 ? wish.kinds : [...defaultKinds];
  const done = await save(visit, { connection: only.connection, channel, types: found, kinds });
  await visit.answer(outcome(visit, done, wish.kinds.length === 0), { replace });
}

/** The nearest five as buttons that subscribe at once. */
function unknownType(visit: Visit, wish: TypedWish, candidates: Candidate[]) {
  const { command } = namesOf(visit);
  const resolved = candidates.map((each) => ({ ...each, ...resolveTypes(wish.types, each.available) }));
  const best = resolved.sort((a, b) => a.unknown.length - b.unknown.length)[0]!;
  const missing = best.unknown[0] ?? '';
  const others = best.unknown.slice(1);
  const shown = listed(best.unknown.slice(0, 5).map((name) => `“${safeMrkdwn(name, 60)}”`));
  const head = `I found no event type ${shown} at Calendly. Nothing was changed.`;
  if (best.available.length === 0) {
    return say([
      head,
      `This account has no active event types I can see. \`${command} subscribe all\` also hears of those made later.`,
    ]);
  }
  const near = nearestTypes(missing, best.available);
  const kept = best.found.map((type) => type.uri);
  const presses: Press[] = near.map((type) => ({
    label: type.name,
    action: 'subscribe_as',
    value: JSON.stringify({
      c: best.connection.id,
      w: printWish({ ...wish, all: false, types: [...kept, type.uri, ...others] }),
    }),
  }));
  const fitting = presses.filter((press) => (press.value?.length ?? 0) <= 2_000);
  const ask =
    fitting.length > 0 ? 'Did you mean one of these? Click it to subscribe.' : 'Pick from the window instead.';
  const more = { label: 'Choose in a window', action: 'do', value: 'subscribe' };
  return say([head, ask], buttons([...fitting, more]));
}

function whichAccount(wish: TypedWish, fitting: Candidate[]) {
  const words = printWish(wish);
  const presses = fitting.slice(0, 20).map(({ connection }) => ({
    label: accountLabel(connection),
    action: 'subscribe_as',
    value: JSON.stringify({ c: connection.id, w: words }),
  }));
  const short = presses.filter((press) => press.value.length <= 2_000);
  if (short.length === 0)
    return say(
      'Several Calendly accounts are connected. Say it with fewer event types, or pick them in the window.',
      buttons([{ label: 'Choose in a window', action: 'do', value: 'subscribe' }]),
    );
  return say('Several Calendly accounts are connected. Which one is meant?', buttons(short));
}

const pressedValue = z.object({ c: z.string(), w: z.string() });

async function pressed(visit: ActionVisit): Promise<void> {
  const { c, w } = pressedValue.parse(JSON.parse(visit.value));
  const parsed = parseWish(w);
  if (!visit.channel || !parsed.ok)
    throw new Refusal('That button no longer works. Type `{command} subscribe` again.', { code: 'stale_button' });
  await byWords(visit, visit.channel, parsed.wish, c, true);
}
