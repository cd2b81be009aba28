// The one checker: compares what was sent, acknowledged, kept, intended and posted, and names every promise that was broken.

import { unpacked } from '../../src/store/arrivals.ts';
import { keyIdFor, type Seal, sealer } from '../../src/store/seal.ts';
import type { FaultWorld } from './harness.ts';
import { canary, guestIn } from './mail.ts';

export interface Finding {
  sent: number;
  acked: number;
  kept: number;
  /** Acknowledged and not kept, or kept and nowhere to be seen: neither posted nor waiting nor put aside with a reason. */
  lost: number;
  /** Messages in Slack beyond the one that each is to be. */
  duplicates: number;
  /** Cards by state. */
  states: Record<string, number>;
  uncertain: number;
  /** I1 … I6, a few examples of each. */
  violations: string[];
}

export interface CheckOptions {
  /** Nothing may be waiting or under way any more; true by default. */
  settled?: boolean;
  /** The channels that show booking `n`; by default the one of its event type. */
  channelsOf?: (n: number) => readonly string[];
  /** Duplicates that the chosen policy allows, such as one for each ambiguous attempt. */
  allowDuplicates?: number;
}

/** One message as Slack accepted it, with all its texts. */
export interface Posted {
  n: number;
  channel: string;
  ts: string;
  threadTs: string | null;
  /** Texts in the order Slack accepted them, the post's first. */
  texts: { text: string; at: number }[];
  deleted: boolean;
}

const examples = 5;

/** I1 acked ⊆ kept · I2 every change one verdict, every delivery one state · I3 one post each · I4 in order · I5 the right workspace · I6 no secrets in logs. */
export async function check(world: FaultWorld, o: CheckOptions = {}): Promise<Finding> {
  const { settled = true, channelsOf = (n) => [world.channels[n % world.channels.length]!] } = o;
  const found = new Map<string, string[]>();
  const violation = (which: string, words: string) => {
    const list = found.get(which) ?? [];
    list.push(words);
    found.set(which, list);
  };
  const acked = new Set(world.senders.flatMap((each) => [...each.acked.keys()]));
  const sent = new Map(world.senders.flatMap((each) => [...each.sent]));

  // I1 and I2: what was acknowledged is there, once, readable, folded.
  const { kept, guests } = await readChanges(world, settled, violation);
  let lost = 0;
  for (const key of acked) {
    if (kept.has(key)) continue;
    lost += 1;
    violation('I1', `acknowledged and not kept: ${key.slice(0, 30)}… (Guest ${sent.get(key)?.n})`);
  }

  const givenUp = world.senders.flatMap((each) => [...each.givenUp]).filter((key) => !acked.has(key));
  if (givenUp.length > 0) violation('I1', `${givenUp.length} were never acknowledged, however often they were sent`);

  // I2 and I3: each kept booking has its card, in one state; shown means that Slack has it.
  const posted = postsOf(world);
  const byPlace = Map.groupBy(
    posted.filter((each) => !each.deleted && each.threadTs === null),
    (each) => `${each.n} ${each.channel}`,
  );
  const cards = await readCards(world, violation);
  const states: Record<string, number> = {};
  for (const card of cards) states[card.state] = (states[card.state] ?? 0) + 1;
  const cardAt = new Map(cards.map((card) => [`${card.n} ${card.channel}`, card]));
  if (cardAt.size < cards.length) violation('I2', `${cards.length - cardAt.size} cards are intended twice`);
  for (const n of guests) {
    for (const channel of channelsOf(n)) {
      const card = cardAt.get(`${n} ${channel}`);
      const visible = byPlace.has(`${n} ${channel}`);
      if (!card && settled) {
        lost += 1;
        violation('I2', `kept without a card: Guest ${n} in ${channel}`);
      } else if (card?.state === 'shown' && !visible) {
        lost += 1;
        violation('I2', `said to be shown and not in Slack: Guest ${n} in ${channel}`);
      } else if (settled && (card?.state === 'due' || card?.state === 'sending'))
        violation('I2', `still ${card.state} at rest: Guest ${n} in ${channel}`);
    }
  }

  let duplicates = 0;
  for (const [place, list] of byPlace) {
    const [n, channel] = place.split(' ') as [string, string];
    if (!channelsOf(Number(n)).includes(channel)) violation('I3', `posted where nobody asked for it: Guest ${place}`);
    duplicates += list.length - 1;
    if (list.length > 1) violation('I3', `${list.length} posts: Guest ${place}`);
  }
  const replies = posted.filter((each) => !each.deleted && each.threadTs !== null);
  for (const [what, list] of Map.groupBy(replies, (each) => `${each.threadTs} ${each.texts[0]?.text}`)) {
    duplicates += list.length - 1;
    if (list.length > 1) violation('I3', `${list.length} times in a thread: ${what.slice(0, 60)}`);
  }
  if (duplicates <= (o.allowDuplicates ?? 0)) found.delete('I3');

  for (const words of await miscounted(world)) violation('I2', words);
  for (const words of world.unbalanced) violation('I2', words);
  for (const words of disorder(posted)) violation('I4', words);
  for (const call of world.slack.ledger)
    if (call.accepted && call.method.startsWith('chat.') && call.team !== world.slack.team.id)
      violation('I5', `${call.method} with the token of ${call.team}`);
  for (const words of leaks(world)) violation('I6', words);

  return {
    sent: sent.size,
    acked: acked.size,
    kept: kept.size,
    lost,
    duplicates,
    states,
    uncertain: states.uncertain ?? 0,
    violations: [...found].flatMap(([which, list]) => [
      ...list.slice(0, examples).map((words) => `${which}: ${words}`),
      ...(list.length > examples ? [`${which}: and ${list.length - examples} more`] : []),
    ]),
  };
}

/** Lets the world come to rest, ends the app, checks everything, and removes the world. */
export async function conclude(world: FaultWorld, o: CheckOptions & { restMs?: number } = {}): Promise<Finding> {
  const { restMs = 300_000, ...rest } = o;
  const atRest = await world.settled(restMs);
  await world.stopApps();
  const found = await check(world, rest);
  if (!atRest) found.violations.unshift(`I2: not at rest after ${restMs / 1_000} s`);
  await world.close();
  return found;
}

type Say = (which: string, words: string) => void;

/** Every change opened and read again: what cannot be read was not kept. */
async function readChanges(
  world: FaultWorld,
  settled: boolean,
  violation: Say,
): Promise<{ kept: Set<string>; guests: Set<number> }> {
  const seal = await sealerOf(world);
  const kept = new Set<string>();
  const guests = new Set<number>();
  for (let after = ''; ; ) {
    const rows = await world.memory.rows<{
      installation_id: string;
      id: string;
      body: Uint8Array;
      folded_at: number | null;
      verdict: string | null;
    }>('select installation_id, id, body, folded_at, verdict from change where id > ? order by id limit 2000', after);
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    for (const row of rows) {
      let body: Told;
      try {
        body = JSON.parse(seal.open(row.body, `change.body/${row.installation_id}/${row.id}`));
      } catch (error) {
        violation('I1', `a kept change cannot be read: ${String(error)}`);
        continue;
      }
      const key = keyIn(body);
      if (kept.has(key)) violation('I2', `kept twice: ${key}`);
      kept.add(key);
      const n = guestIn(body.payload.name);
      if (n !== null) guests.add(n);
      if ((row.folded_at === null) !== (row.verdict === null)) violation('I2', `half folded: ${key}`);
      if (settled && row.folded_at === null) violation('I2', `not folded at rest: ${key}`);
      if (row.verdict?.startsWith('quarantined')) violation('I2', `${row.verdict}: ${key}`);
    }
  }
  // Of a flood: kept as they came, and not told apart yet, so that one may be there twice.
  for (const row of await world.memory.rows<{ installation_id: string; id: string; body: Uint8Array }>(
    'select installation_id, id, body from arrivals',
  )) {
    if (settled) violation('I2', `not told apart at rest: ${row.id}`);
    try {
      for (const { raw } of unpacked(seal.openBytes(row.body, `arrivals.body/${row.installation_id}/${row.id}`))) {
        const body: Told = JSON.parse(Buffer.from(raw).toString());
        kept.add(keyIn(body));
        const n = guestIn(body.payload.name);
        if (n !== null) guests.add(n);
      }
    } catch (error) {
      violation('I1', `changes kept together cannot be read: ${String(error)}`);
    }
  }
  return { kept, guests };
}

interface Told {
  event: string;
  payload: { uri: string; name?: string; no_show?: { uri: string } | null };
}

const keyIn = ({ event, payload }: Told) =>
  `${event} ${payload.uri}${event.startsWith('invitee_no_show.') ? ` ${payload.no_show?.uri}` : ''}`;

export interface CardRow {
  n: number;
  channel: string;
  state: string;
  ts: string | null;
  reason: string | null;
}

/** The bookings' cards as the app means them. */
export async function readCards(world: FaultWorld, violation: Say = () => {}): Promise<CardRow[]> {
  const seal = await sealerOf(world);
  const known = new Set(['due', 'sending', 'shown', 'held', 'uncertain', 'suppressed', 'dead']);
  const numbers = new Map<string, number>();
  for (let after = ''; ; ) {
    const rows = await world.memory.rows<{ installation_id: string; id: string; state: Uint8Array }>(
      'select installation_id, id, state from booking where id > ? order by id limit 2000',
      after,
    );
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    for (const row of rows) {
      const n = guestIn(seal.open(row.state, `booking.state/${row.installation_id}/${row.id}`));
      if (n !== null) numbers.set(row.id, n);
    }
  }
  const rows = await world.memory.rows<{
    booking_id: string;
    channel_id: string;
    state: string;
    ts: string | null;
    reason: string | null;
  }>(
    `select booking_id, channel_id, state, ts, reason from delivery where kind = 'card' and booking_id is not null and about is null`,
  );
  const cards: CardRow[] = [];
  for (const row of rows) {
    const n = numbers.get(row.booking_id);
    if (!known.has(row.state)) violation('I2', `a delivery in a state nobody knows: ${row.state}`);
    if (n !== undefined) cards.push({ n, channel: row.channel_id, state: row.state, ts: row.ts, reason: row.reason });
  }
  return cards;
}

/** Every message about a booking that Slack accepted, those whose answers were lost included. */
export function postsOf(world: FaultWorld): Posted[] {
  const byTs = new Map<string, Posted>();
  for (const { method, accepted, args, answer, at } of world.slack.ledger) {
    if (!accepted) continue;
    const ts = `${String(answer.channel ?? args.channel)} ${String(answer.ts)}`;
    if (method === 'chat.postMessage') {
      const n = guestIn(args.text);
      if (n === null) continue;
      byTs.set(ts, {
        n,
        channel: String(answer.channel),
        ts: String(answer.ts),
        threadTs: args.thread_ts === undefined || args.thread_ts === null ? null : String(args.thread_ts),
        texts: [{ text: String(args.text), at }],
        deleted: false,
      });
    } else if (method === 'chat.update') byTs.get(ts)?.texts.push({ text: String(args.text), at });
    else if (method === 'chat.delete') {
      const gone = byTs.get(ts);
      if (gone) gone.deleted = true;
    }
  }
  return [...byTs.values()];
}

/** The ledger's figures beside the rows they count. */
async function miscounted(world: FaultWorld): Promise<string[]> {
  const told = await world.memory.rows<{ what: string; state: string; n: number | string }>(
    'select what, state, sum(n) as n from tally group by what, state',
  );
  const changes = await world.memory.rows<{ verdict: string | null }>('select verdict from change');
  const messages = await world.memory.rows<{ state: string }>('select state from delivery');
  const counted = new Map<string, number>();
  const count = (key: string) => counted.set(key, (counted.get(key) ?? 0) + 1);
  for (const { verdict } of changes) {
    count('change received');
    count(`change ${verdict === null ? 'pending' : verdict.split(':')[0]}`);
  }
  for (const { state } of messages) {
    count('message received');
    count(`message ${state}`);
  }
  const figures = new Map(told.map(({ what, state, n }) => [`${what} ${state}`, Number(n)]));
  return [...new Set([...counted.keys(), ...figures.keys()])].flatMap((key) => {
    const [is, says] = [counted.get(key) ?? 0, figures.get(key) ?? 0];
    return is === says ? [] : [`the ledger says ${says} × ${key}, and there are ${is}`];
  });
}

/** I4: once a booking's card has said that it is canceled, none of its cards there says that it is on. */
function disorder(posted: readonly Posted[]): string[] {
  const wrong: string[] = [];
  const cards = posted.filter((each) => each.threadTs === null);
  for (const [place, list] of Map.groupBy(cards, (each) => `${each.n} ${each.channel}`)) {
    const texts = list.flatMap((each) => each.texts).sort((a, b) => a.at - b.at);
    const end = texts.findIndex(({ text }) => /^Canceled\b/.test(text));
    if (end >= 0 && texts.slice(end).some(({ text }) => /^(Booked|Moved)\b/.test(text)))
      wrong.push(`booked after canceled: Guest ${place}`);
  }
  return wrong;
}

function* leaks(world: FaultWorld): Generator<string> {
  const secrets = {
    'an invitee’s address': canary,
    'the Calendly token': world.calendly.tokens.olga,
    'a signing key': world.hook.signingKey,
    'the bot token': world.slack.botToken,
    'Slack’s signing secret': world.slack.signingSecret,
    ENCRYPTION_KEY: world.env.ENCRYPTION_KEY ?? '',
    'a hook’s secret path': world.hook.path,
  };
  for (const log of world.logs())
    for (const [what, secret] of Object.entries(secrets))
      if (secret !== '' && log.includes(secret)) yield `the log holds ${what}`;
}

/** With ENCRYPTION_KEY, and the workspaces' own keys as they stand in the database. */
async function sealerOf(world: FaultWorld): Promise<Seal> {
  const masters = [Buffer.from(world.env.ENCRYPTION_KEY ?? '', 'base64')];
  const master = sealer(masters);
  const own = new Map<string, Buffer>();
  for (const row of await world.memory.rows<{ installation_id: string; generation: number; wrapped: Uint8Array }>(
    'select installation_id, generation, wrapped from data_key',
  )) {
    const place = `data_key.wrapped/${row.installation_id}/${row.generation}`;
    const key = Buffer.from(master.open(row.wrapped, place), 'base64');
    own.set(`${row.installation_id} ${keyIdFor(key).readUInt32BE()}`, key);
  }
  return sealer(masters, { sealing: () => null, opening: (id, name) => own.get(`${id} ${name}`) ?? null });
}
