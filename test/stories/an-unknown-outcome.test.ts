// Slack took a message and its answer got lost: a post is never sent again and shown as uncertain; an edit is simply repeated.

import { describe, expect, it } from 'vitest';
import { ask, canary, eventually, figures, follow } from './view.ts';
import { connect, world } from './world.ts';

const env = { SLACK_CHANNEL_RATE: '100' };
/** After an unknown outcome a channel rests for a while. */
const rest = 25_000;

describe('an unknown outcome', () => {
  it('on a post: uncertain, and never posted again', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const kinds = ['accept-then-500', 'accept-then-reset', 'accept-then-hang', 'html200', 'reset-before'] as const;
    const channels = [];
    for (const kind of kinds) {
      const channel = await follow(w, 'all', w.slack.addChannel({ name: kind, members: ['ann'] }));
      channels.push(channel);
      w.slack.faults.add({ method: 'chat.postMessage', channel: channel.id, kind, times: 1 });
    }
    const uncertain = async () => (await figures(w.app.url)).uncertain;
    const booking = w.calendly.book({ name: 'Ada Lovelace' });
    await eventually(async () => (await uncertain()) === kinds.length, {
      what: 'all to be uncertain',
      timeoutMs: 45_000,
    });
    // Neither what comes next, nor a change of the same booking, nor a restart sends it again.
    w.calendly.book({ name: 'Grace Hopper' });
    for (const channel of channels) await channel.shows('Grace Hopper', /./, rest);
    w.calendly.cancel(booking);
    for (const channel of channels) await canary(w, channel);
    await w.restart();
    for (const channel of channels) await canary(w, channel);
    const tries = w.slack.ledger.filter(
      ({ method, args }) => method === 'chat.postMessage' && String(args.text).includes('Ada Lovelace'),
    );
    expect(tries.map((call) => call.args.channel).sort()).toEqual(channels.map((channel) => channel.id).sort());
    expect(channels.map((channel) => channel.card('Ada Lovelace') !== undefined)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(await uncertain()).toBe(kinds.length);
    const { ephemerals } = await w.slack.as('ann').command(channels[0]!.id, 'status');
    expect(ephemerals[0]?.text).toMatch(/5 messages Slack did not say whether .*uncertain/);
  });

  it('on a post, where the setting says so: posted again, and counted as a possible duplicate', {
    timeout: 60_000,
  }, async () => {
    const w = await world({ env: { ...env, UNCERTAIN_POSTS: 'resend' } });
    await connect(w);
    const sales = await follow(w, 'all booked');
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'accept-then-500', times: 1 });
    w.calendly.book({ name: 'Ada Lovelace' });
    await w.slack.waitFor(() => sales.cards().length === 2, { what: 'the second of the two', timeoutMs: rest });
    await eventually(async () => (await figures(w.app.url)).sending === 0, { what: 'nothing to be under way' });
    expect((await figures(w.app.url)).uncertain).toBe(0);
    const { text } = await ask(`${w.app.url}/metrics`);
    expect(text).toMatch(/^slack_possible_duplicates_total 1$/m);
  });

  it.each(['accept-then-500', 'accept-then-reset', 'html200'] as const)('%s on an edit: done again', async (kind) => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w, 'all booked');
    const booking = w.calendly.book({ name: 'Grace Hopper' });
    const card = await sales.shows('Grace Hopper');
    w.slack.faults.add({ method: 'chat.update', kind, times: 2 });
    w.calendly.cancel(booking, { reason: 'all over' });
    await w.slack.waitFor(() => w.slack.ledger.filter((call) => call.method === 'chat.update').length === 3, {
      what: 'the third try',
      timeoutMs: 45_000,
    });
    await eventually(async () => (await figures(w.app.url)).sending === 0, { what: 'nothing to be under way' });
    expect(await sales.shows('Grace Hopper', /^Canceled/)).toMatchObject({ ts: card.ts });
    const after = await figures(w.app.url);
    expect([after.due, after.uncertain, after.dead]).toEqual([0, 0, 0]);
    expect(sales.cards()).toHaveLength(1);
  });

  it('blocks that Slack cannot read are sent once more as plain text', async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    w.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks', times: 1 });
    w.calendly.book({ name: 'Alan Turing' });
    const card = await sales.shows('Alan Turing', /Demo call/);
    expect(card.blocks).toBeUndefined();
    const after = await figures(w.app.url);
    expect([after.dead, after.uncertain]).toEqual([0, 0]);
  });

  it('a card somebody deleted comes back when its booking changes', async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w, 'all booked rescheduled');
    const booking = w.calendly.book({ name: 'Barbara Liskov' });
    const card = await sales.shows('Barbara Liskov');
    w.slack.faults.add({ method: 'chat.update', kind: 'error', error: 'message_not_found', times: 1 });
    w.calendly.move(booking);
    const again = await w.slack.waitFor(() => sales.cards().find((each) => each.ts !== card.ts), {
      what: 'a new card',
    });
    expect(again.text).toMatch(/^Moved/);
  });
});
