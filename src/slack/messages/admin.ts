// What is said of messages that wait for a person: to their owner, with buttons, and to admins as a list or one by one (pure).

import type { KnownBlock } from '@slack/types';
import { type Ledger, suppressedChanges } from '../../delivery/ledger.ts';
import { foundByOwner, type Incident, type Letter } from '../../delivery/letters.ts';
import { type Texts, textsFor, translated } from '../../texts/index.ts';
import type { Message } from '../web.ts';
import { buttons, inWords, moment, type Names, type Press, say, section } from './answers.ts';
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
export function ownersMessage(
  asked: Incident[],
  letters: readonly Letter[],
  more: number,
  next = 0,
  t: Texts = textsFor(null),
): Message {
  const words = t.letters;
  const now = new Map(letters.map((letter) => [letter.id, letter]));
  const l = asked.map(({ id, incident }): Asked['l'][number] => [id, incident]);
  const parts = asked.map((each, i) => {
    const letter = now.get(each.id);
    const what = letter ? `${named(letter, t)}\n${fate(letter, each.incident, t)}` : words.notKept;
    const value = JSON.stringify({ l, i, more, next } satisfies Asked);
    const presses: Press[] = [
      { label: words.there, action: 'letter_there', value },
      { label: words.again, action: 'letter_again', value },
    ];
    return { what, presses: letter && isOpen(letter, each.incident) ? presses : [] };
  });
  const left = parts.filter(({ presses }) => presses.length > 0).length + more;
  const head = left > 0 ? words.asked(left) : words.thanks;
  const rest = more > 0 ? [words.andMore(more)] : [];
  const blocks: KnownBlock[] = [section(head)];
  for (const { what, presses } of parts) blocks.push(section(what), ...(presses.length > 0 ? [buttons(presses)] : []));
  if (more > 0)
    blocks.push(
      section(rest.join()),
      buttons([{ label: t.common.showThem, action: 'letters_show', value: String(next) }]),
    );
  return { text: [head, ...parts.map(({ what }) => what), ...rest].join('\n\n').slice(0, 3_800), blocks };
}

const isOpen = (letter: Letter, incident: number) => letter.state === 'uncertain' && letter.incident === incident;

function fate(letter: Letter, incident: number, t: Texts): string {
  const words = t.letters;
  if (isOpen(letter, incident)) return words.tried(moment(letter.incident, t));
  switch (letter.state) {
    case 'shown':
      return words.shown;
    case 'due':
    case 'sending':
      return words.sending;
    case 'held':
      return words.held;
    case 'suppressed': {
      const closed = words.closed(escapeMrkdwn(letter.reason ? translated(letter.reason, t) : words.notWanted));
      return letter.kind === 'card' && letter.reason === foundByOwner ? `${closed} ${words.notEdited}` : closed;
    }
    case 'uncertain':
      return words.uncertainAgain;
    case 'dead':
      return words.refusedAgain;
  }
}

const stateOf = ({ state }: Letter, { letters }: Texts): string =>
  state === 'uncertain' || state === 'dead' ? letters[state] : state;

/** A channel's mention, or the person a direct message is for. */
function placeOf({ channelId }: Letter, { letters }: Texts): string {
  return /^[UW]/.test(channelId) ? letters.directTo(`<@${channelId}>`) : `<#${channelId}>`;
}

function named(letter: Letter, t: Texts): string {
  const { subject } = letter;
  const when = subject?.when ? `, ${span(subject.when.startsAt, subject.when.endsAt, null, undefined, t)}` : '';
  const what = subject ? `: *${safeMrkdwn(subject.title, 80) || t.card.meeting}*${when}` : '';
  return `${t.letters.named(t.letters.kinds[letter.kind], placeOf(letter, t))}${what}`;
}

export const PAGE = 10;

/** The two sums of the ledger: what became of every change, and of every message. */
export function sums(ledger: Ledger, t: Texts): string {
  const { received, shown, pending, quarantined } = ledger.changes;
  return [
    t.letters.changes(received, shown, pending, suppressedInWords(ledger, t), quarantined),
    t.letters.messages(ledger.messages),
  ].join('\n');
}

/** Each reason has its count; those that never occurred are left out. */
function suppressedInWords(ledger: Ledger, { letters }: Texts): string {
  const { unwanted, muted, halfOfMove, otherKind } = ledger.changes.suppressed;
  const reasons = [
    unwanted > 0 ? letters.unwanted(unwanted) : '',
    muted > 0 ? letters.muted(muted) : '',
    halfOfMove > 0 ? letters.halfOfMove(halfOfMove) : '',
    otherKind > 0 ? letters.otherKind(otherKind) : '',
  ].filter((words) => words !== '');
  return letters.suppressed(suppressedChanges(ledger), reasons.join(', '));
}

/** A page of the letters, newest first; `from` is where it begins. */
export function letterList(
  total: number,
  letters: readonly Letter[],
  from: number,
  ledger: Ledger,
  t: Texts = textsFor(null),
): Message {
  const words = t.letters;
  if (total === 0) return say([words.allArrived, sums(ledger, t)]);
  const range = total > letters.length ? `, ${from + 1}–${from + letters.length}` : '';
  const head = words.notShown(total, range);
  const rows = letters.map((letter) => `${stateOf(letter, t)} · ${named(letter, t)}`);
  const turn: Press[] = [
    ...(from > 0 ? [{ label: t.common.previous, action: 'admin_page', value: String(Math.max(0, from - PAGE)) }] : []),
    ...(from + letters.length < total
      ? [{ label: t.common.showMore, action: 'admin_page', value: String(from + PAGE) }]
      : []),
  ];
  return {
    text: [head, ...rows, sums(ledger, t)].join('\n').slice(0, 3_800),
    blocks: [
      section(head),
      ...rows.map(
        (row, i): KnownBlock => ({
          ...section(row),
          accessory: {
            type: 'button',
            action_id: `admin_show:${i}`,
            text: { type: 'plain_text', text: words.show },
            value: incidentValue(letters[i]!),
          },
        }),
      ),
      ...(turn.length > 0 ? [buttons(turn)] : []),
      section(sums(ledger, t)),
    ],
  };
}

const incidentValue = ({ id, incident }: Incident) => JSON.stringify({ id, incident });

/** One letter with all that is known of why, and what can be done. */
export function letterInFull(letter: Letter, names: Names): Message {
  const { t } = names;
  const words = t.letters;
  const isWaiting = letter.state === 'dead' || letter.state === 'uncertain';
  const why = inWords(letter.reason ?? words.noReason, names).replaceAll('{channel}', placeOf(letter, t));
  const value = incidentValue(letter);
  const presses: Press[] = [
    { label: words.sendAgain, action: 'admin_again', value, style: 'primary' },
    ...(letter.state === 'uncertain' ? [{ label: words.there, action: 'admin_there', value }] : []),
    { label: words.drop, action: 'admin_drop', value },
  ];
  const since = words.since(moment(letter.since, t), letter.tries);
  return say(
    [
      `${stateOf(letter, t)} · ${named(letter, t)}`,
      `${since}${letter.owner ? ` ${words.owner(`<@${letter.owner}>`)}` : ''}`,
      isWaiting ? why : fate(letter, -1, t),
    ],
    buttons([...(isWaiting ? presses : []), { label: words.backToList, action: 'admin_page', value: '0' }]),
  );
}
