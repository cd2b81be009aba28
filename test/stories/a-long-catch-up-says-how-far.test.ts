// A long catch-up says how far it has come, in one message that is edited; a short one only says what came of it. And status says how bookings come in, and how late.

import { describe, expect, it } from 'vitest';
import { ask, calls, paste, toldInPrivate } from './people.ts';
import { signIn, signInWorld } from './sign-in.ts';
import { eventually } from './view.ts';
import { type World, world } from './world.ts';

const env = { SLACK_CHANNEL_RATE: '100' };
const dms = (w: World) => w.slack.as('ann').dm();
const saidTo = (w: World, method: string, pattern: RegExp) =>
  w.slack.ledger.filter((call) => call.accepted && call.method === method && pattern.test(String(call.args.text)));

/** The hook is gone, and so many were booked meanwhile. */
async function gap(count: number, latencyMs = 0): Promise<World> {
  const w = await world({ env });
  await w.subscribed();
  w.calendly.deleteHook(w.calendly.hooks[0]!);
  for (let i = 0; i < count; i++) w.calendly.book({ type: 'Demo call', name: `Guest ${i}` });
  w.calendly.latencyMs = latencyMs;
  await ask(w, 'ann', 'sales', 'verify');
  return w;
}

describe('a catch-up', () => {
  it('that is long is one message from “n of 160” to what came of it, also through a restart', async () => {
    const w = await gap(160);
    const begun = await toldInPrivate(w, 'ann', /⏳ Catching up on .*Olga Larsen: \d+ of 160 meetings/);
    // Without a terminal the log has what the bar would show.
    expect(w.logs.some((line) => /"total":160,"msg":"catching up on what was missed"/.test(line))).toBe(true);
    await w.restart();
    const done = await w.slack.waitFor(
      () => dms(w).find((message) => /Caught up: 1[56]\d bookings/.test(message.text)),
      {
        what: 'the end of it',
        timeoutMs: 80_000,
      },
    );
    expect(done.ts).toBe(begun.ts);
    expect(saidTo(w, 'chat.postMessage', /Catching up on|Caught up/)).toHaveLength(1);
    const shown = saidTo(w, 'chat.update', /Catching up on/).map((call) =>
      Number(/(\d+) of 160/.exec(String(call.args.text))?.[1]),
    );
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect(shown.every((n) => n <= 160)).toBe(true);
  }, 150_000);

  it('that is short says only what came of it', async () => {
    const w = await gap(3, 500);
    await toldInPrivate(w, 'ann', /Caught up: 3 bookings/);
    expect(saidTo(w, 'chat.postMessage', /⏳/)).toEqual([]);
    expect(saidTo(w, 'chat.update', /Catching up|Caught up/)).toEqual([]);
  });
});

describe('status says', () => {
  const status = async (w: World) => (await ask(w, 'ann', 'sales', 'status')).text;

  it('that an account is a token, and that its hook brings cards at once', async () => {
    const w = await world({ env });
    await paste(w, w.calendly.tokens.olga);
    const told = await status(w);
    expect(told).toMatch(/^Access: a personal access token\.$/m);
    expect(told).toMatch(/^Mode: hook\. Calendly calls me, and a card comes within seconds\.$/m);
  });

  it('that an account is a sign-in', async () => {
    const w = await signInWorld();
    await signIn(w);
    await toldInPrivate(w, 'ann', /Connected/);
    expect(await status(w)).toMatch(/^Access: signed in with Calendly/m);
  });

  it('that it polls, and how late a card can be', async () => {
    const w = await world({ env: { ...env, PUBLIC_URL: '' } });
    await paste(w, w.calendly.tokens.olga);
    const told = await status(w);
    expect(told).toMatch(/^Mode: polling\. .*a card comes up to 2 minutes late/m);
    expect(told).not.toMatch(/^Mode: hook/m);
  });

  it('that a hook does not work just now', async () => {
    const w = await world({ env });
    await paste(w, w.calendly.tokens.olga);
    w.calendly.setRetrying(w.calendly.hooks[0]!, new Date(Date.now() - 3_600_000));
    await ask(w, 'ann', 'sales', 'verify');
    expect(await status(w)).toMatch(/^Mode: hook, which Calendly cannot reach just now/m);
  });

  it('that it waits for Calendly’s limit, and until when', async () => {
    const w = await world({ env });
    await w.subscribed();
    w.calendly.deleteHook(w.calendly.hooks[0]!);
    for (let i = 0; i < 60; i++) w.calendly.book({ type: 'Demo call', name: `Guest ${i}` });
    w.calendly.rateLimit.limit = 30;
    await ask(w, 'ann', 'sales', 'verify');
    await w.calendly.waitFor(() => calls(w, 'GET', /invitees/).length >= 3);
    const told = await eventually(async () => ((text) => /nearly used up/.test(text) && text)(await status(w)), {
      what: 'status to say that it waits',
    });
    expect(told).toMatch(/⏳ Calendly’s limit of requests is nearly used up: I go on asking <!date\^\d+/);
    expect(told).toMatch(/Bookings that the hook tells come as fast as ever/);
  });
});
