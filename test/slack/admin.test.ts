// Messages about messages: within Slack's limits, with no button for what is settled, and no life in strangers' words.

import { describe, expect, it } from 'vitest';
import type { Letter } from '../../src/delivery/letters.ts';
import { letterInFull, letterList, ownersMessage, PAGE } from '../../src/slack/messages/admin.ts';
import { textsFor } from '../../src/texts/index.ts';

const letter = (set: Partial<Letter> = {}): Letter => ({
  id: 'f'.repeat(32),
  incident: 1_795_000_000_000,
  channelId: 'C0123456789',
  kind: 'card',
  state: 'uncertain',
  since: 1_795_000_000_000,
  tries: 1,
  reason: 'HTTP 500: look in {channel}, {bot}, `{command}`.',
  owner: 'U1',
  subject: { title: 'Demo call', when: { startsAt: 1_795_000_000_000, endsAt: 1_795_001_800_000 } },
  ...set,
});
const names = { command: '/calendly', botUserId: 'UBOT', t: textsFor('en') };
const json = (value: unknown) => JSON.stringify(value);

describe('the message to an owner', () => {
  it('is within Slack’s limits with the longest titles, and counts the rest', () => {
    const five = Array.from({ length: 5 }, (_, i) =>
      letter({ id: `${i}`.repeat(32), subject: { title: 'x <!channel> '.repeat(500), when: null } }),
    );
    const message = ownersMessage(five, five, 1_234);
    expect(message.text.length).toBeLessThan(3_900);
    expect(json(message)).not.toContain('<!channel>');
    expect(message.text).toContain('1239 messages of mine');
    expect(json(message.blocks)).toContain('… and 1234 more.');
    for (const [value] of json(message.blocks).matchAll(/"value":"(?:[^"\\]|\\.)*"/g))
      expect(value.length).toBeLessThan(2_000);
  });

  it('has buttons for what is open only, at the trouble it was about', () => {
    const asked = [
      { id: 'a', incident: 1 },
      { id: 'b', incident: 1 },
      { id: 'c', incident: 1 },
      { id: 'd', incident: 1 },
    ];
    const now = [
      letter({ id: 'a', incident: 1 }),
      letter({ id: 'b', incident: 2 }),
      letter({ id: 'c', incident: 2, state: 'shown' }),
    ];
    const message = ownersMessage(asked, now, 0);
    expect(json(message.blocks).match(/letter_again/g)).toHaveLength(1);
    expect(message.text).toMatch(/once more Slack did not say.*✅ Sent again.*no longer keep/s);
    expect(ownersMessage(asked.slice(2), now, 0).text).toMatch(/^Thank you/);
  });
});

const ledger = {
  changes: {
    received: 9,
    shown: 4,
    pending: 0,
    suppressed: { unwanted: 2, muted: 0, halfOfMove: 3, otherKind: 0 },
    quarantined: 0,
  },
  messages: { received: 40, shown: 5, pending: 0, held: 0, suppressed: 0, uncertain: 0, dead: 35 },
};

describe('for admins', () => {
  it('a page of the list turns both ways, and says how many there are', () => {
    const ten = Array.from({ length: PAGE }, () => letter({ state: 'dead' }));
    const middle = letterList(35, ten, 10, ledger);
    expect(middle.text).toMatch(/^35 messages could not be shown for certain, 11–20\./);
    expect(json(middle.blocks)).toMatch(/Previous.*"value":"0".*Show more.*"value":"20"/);
    expect(json(letterList(10, ten, 0, ledger).blocks)).not.toMatch(/Previous|Show more/);
    expect(letterList(0, [], 0, ledger).text).toMatch(/^✅ Every message arrived/);
    expect(letterList(0, [], 0, ledger).text).toContain(
      '5 suppressed (2 that no subscription wants, 3 that told half of a move)',
    );
    expect(middle.text).toMatch(
      /^Messages: 40 to send = 5 shown \+ 0 due \+ 0 held \+ 0 suppressed \+ 0 uncertain \+ 35 dead$/m,
    );
    expect(json(middle.blocks)).toContain('Messages: 40 to send');
  });

  it('one is shown with its reason, and a person’s direct message as such', () => {
    const shown = letterInFull(letter({ state: 'dead', kind: 'notice', channelId: 'U77', subject: null }), names);
    expect(shown.text).toMatch(/^❌ dead · Notice in a direct message to <@U77>/);
    expect(shown.text).toContain('HTTP 500: look in a direct message to <@U77>, <@UBOT>, `/calendly`.');
    expect(json(shown.blocks)).toMatch(/Send again.*Drop.*Back to the list/);
    expect(json(letterInFull(letter({ state: 'shown' }), names).blocks)).not.toMatch(/Send again|Drop/);
  });
});
