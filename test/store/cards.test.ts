// Which cards and lines a channel gets: groups, threads as wished, people who come again, and meetings that were over before we heard of them.

import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import type { Content } from '../../src/delivery/content.ts';
import type { Job } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { later, memory } from './memory.ts';

type Remembered = Awaited<ReturnType<typeof memory>>;

const hour = 3_600_000;
const began = Date.now() - hour;
/** In the order they were first named. */
const seated: string[] = [];

/** Tells of somebody's seat in the one webinar. */
function seat(kind: WebhookKind, name: string, active: number, o: WebhookOptions & { over?: boolean } = {}): string {
  if (!seated.includes(name)) seated.push(name);
  const createdAt = began + seated.indexOf(name) * 1_000;
  const body = JSON.parse(
    makeWebhook(kind, { eventId: 'EWEBINAR', inviteeId: name, name, email: `${name}@example.com`, createdAt, ...o }),
  );
  // What ended later is newer.
  body.payload.updated_at = new Date(kind === 'invitee.created' ? createdAt : Date.now()).toISOString();
  const event = body.payload.scheduled_event;
  event.invitees_counter = { total: active, active, limit: 50 };
  event.status = o.over ? 'canceled' : 'active';
  return JSON.stringify(body);
}

async function tell(m: Remembered, ...bodies: string[]): Promise<void> {
  await m.changes.keep(bodies.map((body) => m.arrival(body)));
  await m.changes.foldNext(100);
}

let posted = 0;
/** Shows all there is; answers what each call did. */
async function showAll(m: Remembered): Promise<Job[]> {
  const done: Job[] = [];
  let jobs = (await m.lanes.advance([], 50)).jobs as Job[];
  while (jobs.length > 0) {
    done.push(...jobs);
    const results = jobs.map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? `1.${++posted}` } }));
    jobs = (await m.lanes.advance(results, 50)).jobs as Job[];
  }
  return done;
}

const cardIn = ({ content }: { content: Content }) => (content.kind === 'card' ? content.card : undefined);
const replyIn = ({ content }: { content: Content }) => (content.kind === 'reply' ? content.reply : undefined);

describe('a group meeting', () => {
  it('is one card; forty who join in a minute are one line in its thread', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await tell(m, seat('invitee.created', 'G0', 1));
    const [first] = await showAll(m);
    expect(cardIn(first!)).toMatchObject({ state: 'booked', seats: { active: 1, limit: 50 }, group: [{ name: 'G0' }] });
    for (let i = 1; i <= 40; i++) await tell(m, seat('invitee.created', `G${i}`, i + 1));
    await later(m);
    const done = await showAll(m);
    expect(done.filter((job) => job.kind === 'card').map((job) => job.op)).toEqual(['edit']);
    expect(cardIn(done.find((job) => job.kind === 'card')!)?.group).toHaveLength(41);
    const lines = done.filter((job) => job.kind === 'reply');
    // The minute may have ended in between.
    expect(lines.length).toBeLessThanOrEqual(2);
    expect(lines.flatMap((job) => replyIn(job)!.joined)).toHaveLength(40);
    expect(lines.flatMap((job) => replyIn(job)!.joined)).not.toContain('G0');
  });

  it('tells who left, who moved to another one, and its end once', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'canceled', 'rescheduled']);
    await tell(m, ...['Ada', 'Bo', 'Cy'].map((name, i) => seat('invitee.created', name, i + 1)));
    await later(m);
    await showAll(m);
    await tell(
      m,
      seat('invitee.canceled', 'Ada', 2),
      seat('invitee.canceled', 'Bo', 1, {
        newInvitee: 'https://api.calendly.com/scheduled_events/EOTHER/invitees/Bo2',
      }),
    );
    await later(m);
    const [card, line] = await showAll(m);
    expect(cardIn(card!)?.group).toMatchObject([{ state: 'left' }, { state: 'moved' }, { name: 'Cy', state: 'in' }]);
    expect(replyIn(line!)?.left.sort()).toEqual(['Ada', 'Bo']);
    const host = { canceler_type: 'host' as const, canceled_by: 'Olga', reason: 'ill' };
    await tell(m, seat('invitee.canceled', 'Cy', 0, { over: true, cancellation: host }));
    await later(m);
    const end = await showAll(m);
    expect(cardIn(end[0]!)).toMatchObject({ state: 'canceled', canceled: { by: 'Olga', reason: 'ill' } });
    expect(end.slice(1).map((job) => replyIn(job)?.kind)).toEqual(['canceled']);
  });

  it('gets no card where only a guest left it for another one', async () => {
    const m = await memory();
    await m.subscribe('C1', ['rescheduled']);
    await tell(
      m,
      seat('invitee.canceled', 'Ada', 2, {
        newInvitee: 'https://api.calendly.com/scheduled_events/EOTHER/invitees/A2',
      }),
    );
    expect(await showAll(m)).toEqual([]);
  });
});

describe('threads', () => {
  const canceled = (o: WebhookOptions = {}) =>
    makeWebhook('invitee.canceled', { eventId: 'E1', inviteeId: 'A', cancellation: { canceler_type: 'host' }, ...o });
  const booked = (o: WebhookOptions = {}) => makeWebhook('invitee.created', { eventId: 'E1', inviteeId: 'A', ...o });
  const long = { answers: [{ question: 'Why?', answer: 'because '.repeat(100) }] };

  it.each([
    ['on', { all: 'on', but: {} }, [false]],
    ['off for all', { all: 'off', but: { canceled: 'on' } }, []],
    ['off for this kind', { all: 'on', but: { canceled: 'off' } }, []],
    ['said in the channel as well', { all: 'on', but: { canceled: 'broadcast' } }, [true]],
  ] as const)('%s', async (_name, thread, lines) => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'canceled'], [], { thread });
    await tell(m, booked());
    await showAll(m);
    await tell(m, canceled());
    const done = await showAll(m);
    expect(done.filter((job) => job.op === 'edit')).toHaveLength(1);
    expect(done.flatMap(({ content }) => (content.kind === 'reply' ? [content.broadcast] : []))).toEqual(lines);
  });

  it.each([
    ['has all answers where the card has no room', {}, 1],
    ['but not where the channel wants no threads', { thread: { all: 'off', but: {} } }, 0],
    ['nor where it may not read them', { privacy: 'business' }, 0],
    ['nor where cards show none', { style: 'compact' }, 0],
  ] as const)('%s', async (_name, options, lines) => {
    const m = await memory();
    await m.subscribe('C1', ['booked'], [], options);
    await tell(m, booked(long));
    const replies = (await showAll(m)).flatMap((job) => replyIn(job) ?? []);
    expect(replies.map((reply) => reply.kind)).toEqual(Array(lines).fill('answers'));
    if (lines > 0) expect(replies[0]!.answers[0]!.answer.length).toBeGreaterThan(700);
  });

  it('never run ahead of their card, also while it rests between two edits', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'noshow']);
    const first = booked();
    await tell(m, first);
    await showAll(m);
    const mark = (event: WebhookKind, n: number) => {
      const body = JSON.parse(makeWebhook(event, {}));
      const uri = `https://api.calendly.com/invitee_no_shows/N${n}`;
      body.payload = { ...JSON.parse(first).payload, no_show: { uri, created_at: new Date(began + n).toISOString() } };
      return JSON.stringify(body);
    };
    const did = (jobs: Job[]) => jobs.map((job) => `${job.op} ${job.kind}`);
    await tell(m, mark('invitee_no_show.created', 1));
    expect(did(await showAll(m))).toEqual(['edit card', 'post reply']);
    await tell(m, mark('invitee_no_show.created', 5_000));
    expect(did(await showAll(m))).toEqual([]);
    await later(m);
    expect(did(await showAll(m))).toEqual(['edit card', 'post reply']);
  });

  it('say no more than the card above them, whoever else follows the booking there', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'canceled'], [], { privacy: 'minimal' });
    await m.subscribe('C1', ['booked', 'canceled']);
    await tell(m, booked({ name: 'Ada Lovelace', ...long }));
    await tell(m, canceled({ name: 'Ada Lovelace', cancellation: { canceler_type: 'invitee' } }));
    await later(m);
    const done = await showAll(m);
    await later(m);
    done.push(...(await showAll(m)));
    expect(done.length).toBeGreaterThan(0);
    expect(JSON.stringify(done.map(({ content }) => content))).not.toMatch(/Lovelace|because because/);
  });

  it('keep what happened while the channel was paused', async () => {
    const m = await memory();
    const id = await m.subscribe('C1', ['booked', 'canceled']);
    await tell(m, booked());
    await showAll(m);
    await m.subscriptions.updateSubscription(m.installationId, id, { state: 'paused', reason: 'archived' });
    await tell(m, canceled());
    const held = (await m.deliveries()).find((row) => row.kind === 'reply');
    expect(held?.state).toBe('held');
  });
});

describe('a card', () => {
  const booking = (name: string, o: WebhookOptions) => makeWebhook('invitee.created', { inviteeId: name, ...o });

  it('knows what came of the same person’s bookings before', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'noshow']);
    const t = Date.now();
    const first = booking('A1', { email: 'Ada@Example.com', createdAt: t - 9 * hour });
    await tell(m, first, booking('B1', { email: 'bo@example.com', createdAt: t - 8 * hour }));
    const noShow = JSON.parse(makeWebhook('invitee_no_show.created', {}));
    const { payload } = JSON.parse(first);
    noShow.payload = {
      ...payload,
      no_show: { uri: 'https://api.calendly.com/invitee_no_shows/N1', created_at: payload.created_at },
    };
    await tell(m, JSON.stringify(noShow));
    await showAll(m);
    await tell(m, booking('A2', { email: 'ada@example.com ', createdAt: t }));
    const [again] = await showAll(m);
    expect(cardIn(again!)?.earlier).toEqual({ bookings: 1, noShows: 1 });
  });

  it('stays as private and as small as it was when nobody follows it any more', async () => {
    const m = await memory();
    const id = await m.subscribe('C1', ['booked'], [], { privacy: 'minimal', style: 'line' });
    await tell(m, makeWebhook('invitee.created', { eventId: 'E1', inviteeId: 'A', name: 'Ada Lovelace' }));
    expect(cardIn((await showAll(m))[0]!)).toMatchObject({ who: { name: 'A. L.', email: null }, style: 'line' });
    await m.subscriptions.removeSubscription(m.installationId, id);
    await tell(m, makeWebhook('invitee.canceled', { eventId: 'E1', inviteeId: 'A', name: 'Ada Lovelace' }));
    const [edit] = await showAll(m);
    expect(cardIn(edit!)).toMatchObject({ state: 'canceled', who: { name: 'A. L.', email: null }, style: 'line' });
    expect(JSON.stringify(edit!.content)).not.toMatch(/Lovelace|ada@/);
  });
});

describe('meetings that were over before we heard of them', () => {
  const past = (name: string, days: number) =>
    makeWebhook('invitee.created', {
      name,
      inviteeId: name,
      eventId: `E${name}`,
      createdAt: Date.now() - (days + 2) * 24 * hour,
      start: new Date(Date.now() - days * 24 * hour),
    });

  it('are one line for all of them, however many, and no card is new', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.subscribe('C2');
    for (let i = 0; i < 25; i++) await tell(m, past(`P${i}`, i + 1));
    await later(m);
    const done = await showAll(m);
    expect(done.map((job) => [job.channelId, job.op, job.content.kind]).sort()).toEqual([
      ['C1', 'post', 'digest'],
      ['C2', 'post', 'digest'],
    ]);
    const { content } = done[0]!;
    const digest = content.kind === 'digest' ? content.digest : null;
    expect(digest?.past.map((each) => each.who)).toEqual(Array.from({ length: 10 }, (_, i) => `P${i}`));
    expect(digest?.more).toBe(15);
    const rows = await m.deliveries();
    expect(rows.filter((row) => row.state === 'shown')).toHaveLength(2);
    expect(rows.filter((row) => row.state === 'suppressed')).toHaveLength(48);
    // Each is told once, also when more of them come.
    await tell(m, past('P25', 1));
    await later(m);
    const more = await showAll(m);
    expect(more.map(({ content: c }) => c.kind === 'digest' && c.digest.past.map((each) => each.who))).toEqual([
      ['P25'],
      ['P25'],
    ]);
  });

  it('tell the one that is due now, however many older ones wait, and pass over what does not open', async () => {
    const m = await memory();
    await m.subscribe('C1');
    for (let i = 0; i < 3; i++) await tell(m, past(`Q${i}`, i + 1));
    const [sick] = await across(m.database.db, 'operator')
      .selectFrom('booking')
      .select('id')
      .orderBy('ends_at')
      .limit(1)
      .execute();
    await across(m.database.db, 'operator')
      .updateTable('booking')
      .set({ state: Buffer.from('x') })
      .where('id', '=', sick!.id)
      .execute();
    await later(m);
    const [message] = await showAll(m);
    expect(message?.content.kind === 'digest' && message.content.digest.past.map((each) => each.who)).toEqual([
      'Q0',
      'Q1',
    ]);
  });

  it('get a card after all when somebody is marked as a no-show', async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'noshow']);
    const body = past('Ada', 1);
    await tell(m, body);
    await later(m);
    await showAll(m);
    const noShow = JSON.parse(makeWebhook('invitee_no_show.created', {}));
    noShow.payload = {
      ...JSON.parse(body).payload,
      no_show: { uri: 'https://api.calendly.com/invitee_no_shows/N', created_at: new Date().toISOString() },
    };
    await tell(m, JSON.stringify(noShow));
    expect((await showAll(m)).map((job) => cardIn(job)?.state)).toEqual(['noshow']);
  });
});

it('many changes to one booking in a moment are at most two writes a second, and end with the truth', async () => {
  const m = await memory();
  await m.subscribe('C1', ['booked', 'canceled']);
  const writes: number[] = [];
  let last: Job | undefined;
  const show = async () => {
    for (const job of (await showAll(m)).filter((each) => each.kind === 'card')) {
      const row = (await m.deliveries()).find((each) => each.id === job.deliveryId);
      writes.push(row!.tried_at!);
      last = job;
    }
  };
  await tell(m, seat('invitee.created', 'N0', 1));
  await show();
  const names = Array.from({ length: 50 }, (_, i) => `N${i + 1}`);
  for (const [i, name] of names.entries()) {
    await tell(m, seat('invitee.created', name, i + 2));
    await show();
  }
  const end = Date.now() + 5_000;
  while (cardIn(last!)?.group?.length !== 51 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await show();
  }
  expect(cardIn(last!)?.group).toHaveLength(51);
  for (const [i, at] of writes.slice(2).entries()) expect(at - writes[i]!).toBeGreaterThanOrEqual(1_000);
});
