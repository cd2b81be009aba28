// A channel is muted for a while, by words and in a window: nothing new appears, what is there stays true, it ends by itself, and Undo takes it all back.

import { describe, expect, it } from 'vitest';
import { ask, hears, modalSaying, said, sentences } from './people.ts';
import { canary, eventually, figures, follow, inDatabase, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const fast = { env: { SLACK_CHANNEL_RATE: '100' } };

/** Booked and dealt with: by the next change that is looked at, this one was. */
async function bookedQuietly(w: World, name: string) {
  const before = (await changes(w)).muted ?? 0;
  const booking = w.calendly.book({ name });
  await eventually(async () => ((await changes(w)).muted ?? 0) > before, { what: `${name} to be left out` });
  return booking;
}

async function changes(w: World): Promise<Record<string, number>> {
  const page = await (await fetch(`${w.app.url}/metrics`)).text();
  const found = [...page.matchAll(/^changes\{state="(\w+)"\} (\d+)$/gm)].map(([, state, n]) => [state, Number(n)]);
  return Object.fromEntries(found);
}

const endsNow = (w: World) =>
  inDatabase(w.storage, 'update subscription set muted_until = 1 where muted_until is not null');

async function muted(): Promise<{ w: World; sales: Watched }> {
  const w = await world(fast);
  await connect(w);
  return { w, sales: await follow(w, 'all') };
}

describe('mute', () => {
  it('shows nothing new, keeps true what is there, counts what it leaves out, and unmute ends it', async () => {
    const { w, sales } = await muted();
    const before = w.calendly.book({ name: 'Ada Lovelace' });
    await sales.shows('Ada');
    const answer = await ask(w, 'ann', 'sales', 'mute 2h');
    expect(answer.text).toMatch(/🔕 Muted\. <#\w+> hears nothing new of \*all event types\*.* until <!date\^\d+\^/);
    await hears(w, 'sales', /🔕 <@\w+> muted .* here until <!date/);
    await bookedQuietly(w, 'Bob Left-Out');
    w.calendly.cancel(before);
    await sales.shows('Ada', /Canceled/);
    expect(sales.thread(sales.card('Ada')!)).toEqual([]);
    expect(sales.everSaid().join()).not.toContain('Bob');
    expect((await ask(w, 'ann', 'sales', 'admin dead')).text).toMatch(/\b2 while muted/);
    expect((await ask(w, 'ann', 'sales', 'subscribe all')).text).toMatch(/already hears of.*🔕 It is muted/s);

    expect((await ask(w, 'ann', 'sales', 'unmute')).text).toMatch(/🔔 Unmuted/);
    await hears(w, 'sales', /🔔 <@\w+> unmuted/);
    await canary(w, sales);
    expect(sales.everSaid().join()).not.toContain('Bob');
    expect((await ask(w, 'ann', 'sales', 'unmute')).text).toMatch(/Nothing is muted here/);
  });

  it('ends by itself and says so once, in the language of the channel', async () => {
    const { w, sales } = await muted();
    await ask(w, 'ann', 'sales', 'subscribe --language de');
    await ask(w, 'ann', 'sales', 'mute until monday 9:00');
    await bookedQuietly(w, 'Bob Left-Out');
    await endsNow(w);
    await hears(w, 'sales', /🔔 Die Stummschaltung ist vorbei/);
    await canary(w, sales);
    expect(said(w, 'sales', /Stummschaltung ist vorbei/)).toHaveLength(1);
    const { held, uncertain, dead, suppressed } = await figures(w.app.url);
    expect({ held, uncertain, dead, suppressed }).toEqual({ held: 0, uncertain: 0, dead: 0, suppressed: 1 });
  });

  it('is undone from the channel: what was left out is shown after all, once', async () => {
    const { w, sales } = await muted();
    await ask(w, 'ann', 'sales', 'mute 3 days');
    await bookedQuietly(w, 'Bob Left-Out');
    const told = await hears(w, 'sales', /muted/);
    await w.slack.as('ann').click(told, 'Undo');
    await sales.shows('Bob');
    await hears(w, 'sales', /↩️ Undone by <@/);
    await canary(w, sales);
    expect(JSON.stringify(said(w, 'sales', /muted/).at(-1)?.blocks)).not.toContain('button');
  });

  it('in a window: some of them, and a moment that was picked', async () => {
    const { w, sales } = await muted();
    await ask(w, 'ann', 'sales', 'subscribe "Demo call" noshow');
    await w.slack.as('ann').command(sales.id, 'mute');
    const form = await modalSaying(w, 'ann', /Until when should nothing new appear/);
    const past = await w.slack.as('ann').submit(form, { mute_until: 1_000_000 });
    expect(JSON.stringify(past.errors)).toMatch(/That moment is over/);
    const picked = Math.floor(Date.now() / 1000) + 86_400;
    await w.slack
      .as('ann')
      .submit(form, { mute_which: ['All event types: booked, canceled, rescheduled'], mute_until: picked });
    const answer = sentences(await modalSaying(w, 'ann', /🔕 Muted/));
    expect(answer).toMatch(new RegExp(`all event types.*until <!date\\^${picked}\\^`));
    await bookedQuietly(w, 'Bob Left-Out');
    expect(sales.everSaid().join()).not.toContain('Bob');
  });

  it('leaves alone what others made, asks for a time, and knows none that is over', async () => {
    const { w } = await muted();
    expect((await ask(w, 'bo', 'sales', 'mute 1h')).text).toMatch(/Only <@\w+>, who made this subscription/);
    expect((await ask(w, 'ann', 'sales', 'mute until whenever')).text).toMatch(
      /I do not understand “until whenever” as a time/,
    );
    expect((await ask(w, 'ann', 'sales', 'mute until today 0:00')).text).toMatch(/is over already/);
    expect((await ask(w, 'ann', 'sales', 'mute 7 2h')).text).toMatch(/no subscription “7”.*Did you mean/);
    const asked = await ask(w, 'ann', 'sales', 'mute all');
    expect(asked.text).toMatch(/How long should/);
    await w.slack.as('ann').click(asked, 'Until tomorrow');
    await hears(w, 'sales', /🔕 <@\w+> muted/);
  });
});
