// What is said of messages that wait for a person: to their owner, with buttons, and to admins as a list or one by one (pure).

import type { KnownBlock } from '@slack/types';
import { type Ledger, suppressedChanges } from '../../delivery/ledger.ts';
import type { Incident, Letter } from '../../delivery/letters.ts';
import type { Message } from '../web.ts';
import { buttons, counted, inWords, moment, type Names, type Press, say, section } from './answers.ts';
import { escapeMrkdwn, safeMrkdwn, span } from './text.ts';

/** What a button of the owner's message carries: all letters of that message, the one it is for, and how many more there are. */
export interface Asked {
  l: [id: string, incident: number][];
  i: number;
  more: number;
  /** Where the next ones begin. */
  next: number;
}

/** The message to an owner: each letter as it is now. `letters` may have moved on since they were `asked` about. */
export function ownersMessage(asked: Incident[], letters: readonly Letter[], more: number, next = 0): Message {
  const now = new Map(letters.map((letter) => [letter.id, letter]));
  const l = asked.map(({ id, incident }): Asked['l'][number] => [id, incident]);
  const parts = asked.map((each, i) => {
    const letter = now.get(each.id);
    const words = letter ? `${named(letter)}\n${fate(letter, each.incident)}` : 'A message that I no longer keep.';
    const value = JSON.stringify({ l, i, more, next } satisfies Asked);
    const presses: Press[] = [
      { label: 'It is there', action: 'letter_there', value },
      { label: 'Send it again', action: 'letter_again', value },
    ];
    return { words, presses: letter && isOpen(letter, each.incident) ? presses : [] };
  });
  const left = parts.filter(({ presses }) => presses.length > 0).length + more;
  const head =
    left > 0
      ? `⚠️ Slack did not say whether ${counted(left, 'message')} of mine arrived. I do not send ${left === 1 ? 'it' : 'them'} again by myself, so that nothing shows up twice. Please look in the channel, and tell me.`
      : 'Thank you. This is what came of it:';
  const rest = more > 0 ? [`… and ${more} more.`] : [];
  const blocks: KnownBlock[] = [section(head)];
  for (const { words, presses } of parts)
    blocks.push(section(words), ...(presses.length > 0 ? [buttons(presses)] : []));
  if (more > 0)
    blocks.push(section(rest.join()), buttons([{ label: 'Show them', action: 'letters_show', value: String(next) }]));
  return { text: [head, ...parts.map(({ words }) => words), ...rest].join('\n\n').slice(0, 3_800), blocks };
}

const isOpen = (letter: Letter, incident: number) => letter.state === 'uncertain' && letter.incident === incident;

function fate(letter: Letter, incident: number): string {
  if (isOpen(letter, incident)) return `Tried ${moment(letter.incident)}.`;
  switch (letter.state) {
    case 'shown':
      return '✅ Sent again: it is there now.';
    case 'due':
    case 'sending':
      return '🔁 I am sending it again.';
    case 'held':
      return '⏸ It waits: its channel is paused.';
    case 'suppressed':
      return `✅ Closed: ${escapeMrkdwn(letter.reason ?? 'it is no longer wanted')}.`;
    case 'uncertain':
      return '⚠️ Sent again, and once more Slack did not say whether it arrived. I ask you anew about that.';
    case 'dead':
      return '❌ Sent again, but Slack refused it. A workspace admin can see why.';
  }
}

const kinds = { card: 'Card', reply: 'Line in a card’s thread', notice: 'Notice' } as const;
const states: Partial<Record<Letter['state'], string>> = { uncertain: '⚠️ uncertain', dead: '❌ dead' };

/** A channel's mention, or the person a direct message is for. */
function placeOf({ channelId }: Letter): string {
  return /^[UW]/.test(channelId) ? `a direct message to <@${channelId}>` : `<#${channelId}>`;
}

function named(letter: Letter): string {
  const { subject } = letter;
  const when = subject?.when ? `, ${span(subject.when.startsAt, subject.when.endsAt)}` : '';
  const what = subject ? `: *${safeMrkdwn(subject.title, 80) || 'Meeting'}*${when}` : '';
  return `${kinds[letter.kind]} in ${placeOf(letter)}${what}`;
}

export const PAGE = 10;

/** The two sums of the ledger: what became of every change, and of every message. */
export function sums(ledger: Ledger): string {
  const { changes, messages } = ledger;
  return [
    `Changes: ${changes.received} received = ${changes.shown} for a channel + ${changes.pending} pending + ${suppressedInWords(ledger)} + ${changes.quarantined} quarantined`,
    `Messages: ${messages.received} to send = ${messages.shown} shown + ${messages.pending} due + ${messages.held} held + ${messages.suppressed} suppressed + ${messages.uncertain} uncertain + ${messages.dead} dead`,
  ].join('\n');
}

/** Each reason has its count; those that never occurred are left out. */
function suppressedInWords(ledger: Ledger): string {
  const { unwanted, halfOfMove, otherKind } = ledger.changes.suppressed;
  const reasons = [
    unwanted > 0 ? `${unwanted} that no subscription wants` : '',
    halfOfMove > 0 ? `${halfOfMove} that told half of a move` : '',
    otherKind > 0 ? `${otherKind} of a kind that is not shown` : '',
  ].filter((words) => words !== '');
  return `${suppressedChanges(ledger)} suppressed${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`;
}

/** A page of the letters, newest first; `from` is where it begins. */
export function letterList(total: number, letters: readonly Letter[], from: number, ledger: Ledger): Message {
  if (total === 0) return say(['✅ Every message arrived: none is dead, none uncertain.', sums(ledger)]);
  const range = total > letters.length ? `, ${from + 1}–${from + letters.length}` : '';
  const head = `${counted(total, 'message')} could not be shown for certain${range}. Newest first:`;
  const rows = letters.map((letter) => `${states[letter.state] ?? letter.state} · ${named(letter)}`);
  const turn: Press[] = [
    ...(from > 0 ? [{ label: 'Previous', action: 'admin_page', value: String(Math.max(0, from - PAGE)) }] : []),
    ...(from + letters.length < total
      ? [{ label: 'Show more', action: 'admin_page', value: String(from + PAGE) }]
      : []),
  ];
  return {
    text: [head, ...rows, sums(ledger)].join('\n').slice(0, 3_800),
    blocks: [
      section(head),
      ...rows.map(
        (row, i): KnownBlock => ({
          ...section(row),
          accessory: {
            type: 'button',
            action_id: `admin_show:${i}`,
            text: { type: 'plain_text', text: 'Show' },
            value: incidentValue(letters[i]!),
          },
        }),
      ),
      ...(turn.length > 0 ? [buttons(turn)] : []),
      section(sums(ledger)),
    ],
  };
}

const incidentValue = ({ id, incident }: Incident) => JSON.stringify({ id, incident });

/** One letter with all that is known of why, and what can be done. */
export function letterInFull(letter: Letter, names: Names): Message {
  const isWaiting = letter.state === 'dead' || letter.state === 'uncertain';
  const why = inWords(letter.reason ?? 'No reason was kept.', names).replaceAll('{channel}', placeOf(letter));
  const value = incidentValue(letter);
  const presses: Press[] = [
    { label: 'Send again', action: 'admin_again', value, style: 'primary' },
    ...(letter.state === 'uncertain' ? [{ label: 'It is there', action: 'admin_there', value }] : []),
    { label: 'Drop', action: 'admin_drop', value },
  ];
  return say(
    [
      `${states[letter.state] ?? letter.state} · ${named(letter)}`,
      `Since ${moment(letter.since)}, after ${counted(letter.tries, 'try', 'tries')}.${letter.owner ? ` Its owner is <@${letter.owner}>.` : ''}`,
      isWaiting ? why : fate(letter, -1),
    ],
    buttons([...(isWaiting ? presses : []), { label: 'Back to the list', action: 'admin_page', value: '0' }]),
  );
}
