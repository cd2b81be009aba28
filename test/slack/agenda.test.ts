// What an agenda says of what it did not look at: never that nothing is planned where nobody knows.

import { expect, it } from 'vitest';
import { agendaMessage, agendaTitle } from '../../src/slack/messages/agenda.ts';
import { textsFor } from '../../src/texts/index.ts';

const from = Date.UTC(2027, 0, 5);
const facts = { cards: [], from, to: from + 86_400_000, zone: 'UTC' };
const said = (of: { more: number; left: string[] }, language?: 'de') => {
  const t = textsFor(language);
  return agendaMessage(agendaTitle({ ...facts, ...of }, t), { ...facts, ...of }, t).text;
};

it('a day without meetings is said to be one', () => {
  expect(said({ more: 0, left: [] })).toMatch(/no meetings\nNothing is planned\.$/);
});

it('a day with more than was looked at is not', () => {
  expect(said({ more: 3, left: [] })).not.toMatch(/no meetings|Nothing/);
  expect(said({ more: 3, left: [] })).toMatch(/more than I look at/);
});

it('accounts that could not be asked are named, and cannot format it', () => {
  expect(said({ more: 0, left: ['Bo *Berg*', 'Acme'] })).toMatch(/⚠️ Without the meetings of .*Acme: /);
  expect(said({ more: 0, left: ['<!channel>'] })).not.toContain('<!channel>');
  expect(said({ more: 0, left: ['Acme'] }, 'de')).toMatch(/Ohne die Termine von Acme/);
});
