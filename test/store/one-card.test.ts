// Of two cards of one booking in one channel the one that people see stays, whichever row was first.

import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind, type WebhookOptions } from '../../sandbox/calendly/payloads.ts';
import { across } from '../../src/store/handle.ts';
import type { DeliveryTable } from '../../src/store/schema.ts';
import { later, memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

const start = Date.UTC(2027, 0, 5, 9);
const uri = (id: string) => `https://api.calendly.com/scheduled_events/E-${id}/invitees/${id}`;
const say = async (m: Memory, kind: WebhookKind, id: string, o: WebhookOptions = {}) => {
  const body = makeWebhook(kind, { eventId: `E-${id}`, inviteeId: id, name: 'Ada', start: new Date(start), ...o });
  await m.changes.keep([m.arrival(body)]);
  await m.changes.foldNext(10);
};
/** Shows all there is; answers what each call did to which message. */
let posted = 0;
const showAll = async (m: Memory) => {
  const did: string[] = [];
  for (;;) {
    const jobs = writes((await m.lanes.advance([], 10)).jobs);
    if (jobs.length === 0) return did;
    const results = jobs.map((job) => {
      const ts = job.ts ?? `1.${++posted}`;
      did.push(`${job.op} ${job.kind}`);
      return { job, settled: { do: 'shown' as const, ts } };
    });
    await m.lanes.advance(results, 0, true);
  }
};
const cards = async (m: Memory) => (await m.deliveries()).filter((row) => row.kind === 'card' && row.about === null);
const set = (m: Memory, row: DeliveryTable, to: Partial<DeliveryTable>) =>
  across(m.database.db, 'operator').updateTable('delivery').set(to).where('id', '=', row.id).execute();
const leftOut = { state: 'suppressed', due_at: null, ts: null, tried_at: null } as const;
const closed = { state: 'suppressed', due_at: null, ts: null, tried_at: 5 } as const;
const dead = { state: 'dead', due_at: null, ts: null, tried_at: 5 } as const;

describe('a channel gets a new id under which it was subscribed already', () => {
  /** One booking with a card under each id: shown under the old one. */
  const both = async () => {
    const m = await memory();
    await m.subscribe('C1');
    await say(m, 'invitee.created', 'x', { createdAt: start - 9_000_000 });
    await showAll(m);
    const fresh = await m.subscribe('C2', ['noshow', 'canceled']);
    const [old] = await cards(m);
    const id = `${old!.id.slice(1)}0`;
    await m.database.db
      .insertInto('delivery')
      .values({ ...old!, id, channel_id: 'C2', subscription_id: fresh, created_at: old!.created_at + 1 })
      .execute();
    const other = (await cards(m)).find((row) => row.id === id)!;
    return { m, old: old!, other };
  };
  const move = (m: Memory) => m.installations.channelRenamed(m.installationId, 'C1', 'C2');

  it.each([
    ['left out before it was tried', leftOut],
    ['closed by a person', closed],
    ['given up', dead],
  ])('a card there that was %s does not take the visible one away', async (_name, row) => {
    const { m, old, other } = await both();
    await set(m, other, row);
    await move(m);
    expect(await cards(m)).toMatchObject([{ id: old.id, channel_id: 'C2', ts: old.ts }]);
    expect(await showAll(m)).toEqual([]);
    await say(m, 'invitee.canceled', 'x', { createdAt: start - 9_000_000 });
    await later(m);
    expect(await showAll(m)).toEqual(['edit card', 'post reply']);
  });

  it.each([
    ['visible', { ts: '2.2' }],
    ['waiting', { state: 'due', due_at: 1, ts: null }],
    ['held', { state: 'held', ts: null }],
    ['of unknown outcome', { state: 'uncertain', ts: null }],
  ] as const)('one there that is %s stays, and the old one is taken away', async (_name, row) => {
    const { m, other } = await both();
    await set(m, other, row);
    await move(m);
    expect(await cards(m)).toMatchObject([{ id: other.id }]);
    expect(await showAll(m)).toContain('delete card');
  });

  it.each([
    ['closed by a person', closed],
    ['given up', dead],
    ['of unknown outcome', { state: 'uncertain', due_at: null, ts: null, tried_at: 5 } as const],
  ])('an old one that was %s steps aside for the visible one', async (_name, row) => {
    const { m, old, other } = await both();
    await set(m, other, { ts: '2.2' });
    await set(m, old, row);
    await move(m);
    expect(await showAll(m)).toEqual([]);
    expect(await cards(m)).toMatchObject([{ id: other.id, ts: '2.2' }]);
  });
});

describe('two bookings are found to be one', () => {
  /** Two cards in one channel; the middle of their chain comes last. */
  const two = async () => {
    const m = await memory();
    await m.subscribe('C1', ['booked', 'rescheduled', 'canceled']);
    await say(m, 'invitee.created', 'x', { createdAt: start - 9_000_000 });
    await say(m, 'invitee.created', 'z', { createdAt: start - 7_000_000, oldInvitee: uri('y') });
    await later(m);
    await showAll(m);
    return { m, rows: await cards(m) };
  };
  const middle = (m: Memory) =>
    say(m, 'invitee.created', 'y', { createdAt: start - 8_000_000, oldInvitee: uri('x'), newInvitee: uri('z') });

  it.each([0, 1])('the one that people see stays (the other one is row %i)', async (unseen) => {
    for (const row of [leftOut, closed, dead]) {
      const { m, rows } = await two();
      const seen = rows[1 - unseen]!;
      await set(m, rows[unseen]!, row);
      await middle(m);
      await later(m);
      expect(await showAll(m)).not.toContain('delete card');
      expect(await cards(m)).toMatchObject([{ id: seen.id, ts: seen.ts, state: 'shown' }]);
    }
  });

  it('both visible, one is taken away', async () => {
    const { m } = await two();
    await middle(m);
    await later(m);
    expect(await showAll(m)).toContain('delete card');
    expect(await cards(m)).toHaveLength(1);
  });

  it('what stepped aside is there again when it is wanted anew', async () => {
    for (const unseen of [0, 1]) {
      const { m, rows } = await two();
      await set(m, rows[unseen]!, leftOut);
      await middle(m);
      // The other one is left out as well, before anybody saw it.
      await set(m, rows[1 - unseen]!, leftOut);
      await say(m, 'invitee.canceled', 'z', { createdAt: start - 7_000_000, oldInvitee: uri('y') });
      await later(m);
      expect(await showAll(m)).toContain('post card');
      expect(await cards(m)).toMatchObject([{ state: 'shown' }]);
    }
  });
});
