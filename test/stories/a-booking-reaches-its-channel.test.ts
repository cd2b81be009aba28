// The main job: a person connects Calendly, subscribes a channel, and every booking is one card there that stays true.

import { describe, expect, it } from 'vitest';
import { connect, world } from './world.ts';

describe('a booking reaches its channel', () => {
  it('from /calendly connect to a card that moves and ends', async () => {
    const w = await world();
    const { slack, calendly } = w;
    const ann = slack.as('ann');
    const sales = slack.channels.sales;

    expect(await connect(w)).toMatch(/Acme Sales/);
    expect(calendly.hooks.filter((hook) => hook.state === 'active')).toHaveLength(1);

    await ann.command(sales, 'subscribe "Demo call" booked canceled rescheduled');
    const told = await slack.waitFor(() => slack.messages(sales).find((m) => m.user === slack.botUserId), {
      what: 'the channel is told',
    });
    expect(told.text).toMatch(/Demo call/);

    const booking = calendly.book({ type: 'Demo call', name: 'Ada Lovelace', email: 'ada@example.com' });
    const card = await slack.waitFor(() => slack.messages(sales).find((m) => m.text.includes('Ada Lovelace')), {
      what: 'the card',
    });
    expect(card.text).toMatch(/Demo call/);

    const moved = calendly.move(booking, { by: 'invitee', reason: 'a clash' });
    await slack.waitFor(() => slack.messages(sales).find((m) => m.ts === card.ts && /moved/i.test(m.text)), {
      what: 'the moved card',
    });

    calendly.cancel(moved, { by: 'invitee', reason: 'no longer needed' });
    await slack.waitFor(() => slack.messages(sales).find((m) => m.ts === card.ts && /canceled/i.test(m.text)), {
      what: 'the canceled card',
    });

    calendly.book({ type: 'Support', name: 'Not For Sales' });
    await calendly.idle();
    const cards = slack.messages(sales).filter((m) => !m.threadTs && m.user === slack.botUserId && m.ts !== told.ts);
    expect(cards.map((m) => m.ts)).toEqual([card.ts]);
  });
});
