// Several Calendly accounts in one workspace: each has a name nobody can mistake, a channel follows the one that was chosen, and nothing of one shows under another.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { ask, bookingArrives, hears, modalSaying, paste, said, words } from './people.ts';
import { type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await paste(w, w.calendly.tokens.olga);
});

/** A second client: an organization of its own. */
const connectStudio = (who: 'ann' | 'bo' = 'ann') => paste(w, w.calendly.createToken(w.calendly.soloUser), who);

const labels = (message: Message) =>
  (message.blocks ?? [])
    .filter((block) => block.type === 'actions')
    .flatMap((block) => (block.elements as { text: { text: string } }[]).map((element) => element.text.text));

async function openForm(): Promise<View> {
  await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
  return modalSaying(w, 'ann', /What should/);
}
const hasAccounts = (view: View) => (view.blocks ?? []).some((block) => block.block_id === 'connection');

describe('one account', () => {
  it('needs no name: the window does not ask for one, and neither list nor answers have one', async () => {
    expect(hasAccounts(await openForm())).toBe(false);
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    expect(answer.text).not.toContain('Acme Sales');
    expect((await ask(w, 'ann', 'sales', 'list')).text).not.toContain('Acme Sales');
  });

  it('can be named in words all the same', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked --account "acme sales"');
    expect(answer.text).toMatch(/✅ Subscribed/);
  });
});

describe('two accounts', () => {
  beforeEach(async () => void (await connectStudio()));

  it('are listed by name in status, in the bare command and in the window', async () => {
    for (const command of ['status', '']) {
      const { text } = await ask(w, 'ann', 'sales', command);
      expect(text).toMatch(/\*Acme Sales\* · .*Olga Larsen/);
      expect(text).toMatch(/\*Sol Weaver\*/);
    }
    const view = await openForm();
    expect(hasAccounts(view)).toBe(true);
    expect(JSON.stringify(view.blocks)).toContain('Acme Sales (olga@acme.example)');
  });

  it('are chosen by name; the answer, the channel and the list say which it is', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe all booked --account "Acme Sales"');
    expect(answer.text).toMatch(/\*all event types\*: booked.* \*Acme Sales\*/);
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toContain('*Acme Sales*');
    await ask(w, 'ann', 'sales', 'subscribe all booked --account sol');
    const { text } = await ask(w, 'ann', 'sales', 'list');
    expect(text).toMatch(/1\..*\*Acme Sales\*/);
    expect(text).toMatch(/2\..*\*Sol Weaver\*/);
  });

  it('a name nobody has is answered with the nearest ones, and a click goes on; nothing is changed before', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe all booked --account "Akme Sale"');
    expect(answer.text).toMatch(/no Calendly account “Akme Sale”.*Nothing was changed/s);
    expect(labels(answer)[0]).toMatch(/^Acme Sales/);
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/no subscription/);
    await w.slack.as('ann').click(answer, labels(answer)[0]!);
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toContain('*Acme Sales*');
  });

  it('keep to themselves: event types, bookings and notices of one never show under the other', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all booked --account "Acme Sales"');
    await ask(w, 'ann', 'demos', 'subscribe all booked --account "Sol Weaver"');
    await bookingArrives(w, 'demos', 'Only Studio', 'Coaching');
    await bookingArrives(w, 'sales', 'Only Acme', 'Demo call');
    await w.calendly.idle();
    expect(said(w, 'sales', /Only Studio/)).toEqual([]);
    expect(said(w, 'demos', /Only Acme/)).toEqual([]);

    const wrong = await ask(w, 'ann', 'sales', 'subscribe "Coaching" --account "Acme Sales"');
    expect(wrong.text).toMatch(/found no event type “Coaching”/);
    expect(labels(wrong).join()).not.toMatch(/Coaching/);

    // The same person with both: no client hears how often they met another.
    w.calendly.book({ type: 'Coaching', name: 'Ada Twice', email: 'ada@both.example' });
    await hears(w, 'demos', /Ada Twice/);
    w.calendly.book({ type: 'Demo call', name: 'Ada Twice', email: 'ada@both.example' });
    expect(words(await hears(w, 'sales', /Ada Twice/))).not.toMatch(/2nd booking/);
  });

  it('event types suggested from several accounts say whose they are', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Coachin" booked');
    expect(labels(answer)[0]).toBe('Coaching · Sol Weaver');
    await w.slack.as('ann').click(answer, 'Coaching · Sol Weaver');
    expect((await hears(w, 'sales', /subscribed this channel/)).text).toMatch(/Coaching.*Sol Weaver/);
  });

  it('event types of an account that is not theirs are told to nobody', async () => {
    const answer = await ask(w, 'bo', 'sales', 'subscribe "Coachin"');
    expect(answer.text).toMatch(/Only <@\w+>, who connected/);
    expect(JSON.stringify(answer)).not.toContain('Coaching');
  });

  it('the window shows the other account’s event types once it is chosen', async () => {
    const view = await openForm();
    await w.slack.as('ann').select(view, 'connection', 'Sol Weaver (sol@studio.example)');
    const theirs = await w.slack.waitFor(() => {
      const now = w.slack.as('ann').modal();
      return now && JSON.stringify(now.blocks).includes('Coaching') ? now : null;
    });
    expect(JSON.stringify(theirs.blocks)).not.toContain('Demo call');
  });
});

describe('a name', () => {
  it('is given by whoever connected the account, or an admin, and by nobody else', async () => {
    await connectStudio('bo');
    const refused = await ask(w, 'bo', 'sales', 'rename "Acme Sales" to "Mine"');
    expect(refused.text).toMatch(
      /Only <@\w+>, who connected this account, a workspace admin or app manager can rename it/,
    );
    expect((await ask(w, 'bo', 'sales', 'rename "Sol Weaver" to "Studio Sol"')).text).toMatch(
      /now called \*Studio Sol\*/,
    );
    expect((await ask(w, 'ann', 'sales', 'rename “Studio Sol” Atelier')).text).toMatch(/now called \*Atelier\*/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/\*Atelier\* · .*Sol Weaver/);
    expect((await ask(w, 'ann', 'sales', 'subscribe all booked --account atelier')).text).toMatch(/Atelier/);
    expect((await ask(w, 'ann', 'sales', 'rename Atelier to auto')).text).toMatch(/again called \*Sol Weaver\*/);
  });

  it('of the only account needs no other: `rename "Acme"`', async () => {
    expect((await ask(w, 'ann', 'sales', 'rename "Our Calendly"')).text).toMatch(/now called \*Our Calendly\*/);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/\*Our Calendly\*/);
  });

  it('that another account has is refused, as is one that is none; each refusal says what to do', async () => {
    await connectStudio();
    expect((await ask(w, 'ann', 'sales', 'rename "Acme Sales" to "sol weaver"')).text).toMatch(
      /Another account is called “sol weaver”.*another name/s,
    );
    expect((await ask(w, 'ann', 'sales', 'rename')).text).toMatch(/rename "Acme Sales" to "/);
    expect((await ask(w, 'ann', 'sales', 'rename "Nobody Knows" to "X"')).text).toMatch(
      /no Calendly account “Nobody Knows”.*Acme Sales.*Sol Weaver/s,
    );
    expect((await ask(w, 'ann', 'sales', `rename "Acme Sales" to "${'x'.repeat(61)}"`)).text).toMatch(/60 characters/);
    const hostile = await ask(w, 'ann', 'sales', 'rename "Acme Sales" to "<!channel> *x*"');
    expect(hostile.text).not.toContain('<!channel>');
  });

  it('of two organizations that are called the same tells them apart by their people', async () => {
    w.calendly.organization.name = 'Sol Weaver';
    await paste(w, w.calendly.tokens.olga);
    await connectStudio();
    const { text } = await ask(w, 'ann', 'sales', 'status');
    expect(text).toMatch(/\*Sol Weaver \(Olga Larsen\)\*/);
    expect(text).toMatch(/\*Sol Weaver\* \(sol@/);
    const answer = await ask(w, 'ann', 'sales', 'subscribe all booked');
    expect(answer.text).toMatch(/Which one is meant/);
    expect(labels(answer).sort()).toEqual([
      'Sol Weaver (Olga Larsen) (olga@acme.example)',
      'Sol Weaver (sol@studio.example)',
    ]);
  });
});
