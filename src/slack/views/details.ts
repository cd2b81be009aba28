// The modal with everything that is known of a booking, for one person who asked for it (pure). All of it is hostile text.

import type { KnownBlock, ModalView } from '@slack/types';
import type { Guest, Move } from '../../booking/booking.ts';
import type { Answer } from '../../booking/change.ts';
import type { CardBooking } from '../../delivery/details.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { section } from '../messages/answers.ts';
import { dateToken, inZone, plain, safeMrkdwn, span } from '../messages/text.ts';
import { modal } from './modal.ts';

type Known = Pick<CardBooking, 'card' | 'booking'>;

export function detailsView(known: Known, t = textsFor(null)): ModalView {
  const { head, form, guests, moves } = known.booking;
  const words = t.details;
  const blocks = [
    ...packed(headLines(known, t)),
    ...packed(factLines(known, t)),
    ...titled(
      words.history,
      moves.map((move, i) => moveLine(move, i, t)),
    ),
    ...answers(words.answers, known.card.answers, t),
    ...(head ? answers(words.routingForm, form?.answers ?? [], t) : []),
    ...titled(words.tracking, trackingLines(known)),
    ...titled(
      words.seated,
      (guests ?? []).map((guest, i) => guestLine(guest, i, t)),
    ),
  ];
  return modal({ title: words.title, blocks: fitting(blocks, t) }, t);
}

function headLines({ card }: Known, t: Texts): string[] {
  const name = safeMrkdwn(card.title, 200) || (card.state === 'routed' ? t.card.form : t.card.meeting);
  const { when, inviteeZone: zone } = card;
  const there = when && zone ? inZone(when.startsAt, zone, t) : null;
  const time = when ? span(when.startsAt, when.endsAt, zone, undefined, t) : '';
  return [`*${name}* · ${t.details.states[card.state]}`, `${time}${there ? ` (${there})` : ''}`];
}

type Fact = [label: string, words: string];

function factLines({ card, booking }: Known, t: Texts): string[] {
  const { head, form } = booking;
  const words = t.details;
  const booked = head ? at(first(booking.moves)?.createdAt ?? head.createdAt, t) : '';
  const who = card.group ? '' : person(card.who.name, card.who.email, t);
  const facts: Fact[] = [
    [card.state === 'routed' ? words.sentBy : words.invitee, who],
    [words.timeZone, safeMrkdwn(card.inviteeZone ?? '', 60)],
    ...card.guests.map((guest): Fact => [words.guest, safeMrkdwn(guest, 120)]),
    ...card.hosts.map((host): Fact => [words.host, person(host.name, host.email, t)]),
    [words.place, safeMrkdwn(card.place?.words ?? '', 500, { run: 200 })],
    [words.seats, card.seats ? words.seatsTaken(card.seats.active, card.seats.limit) : ''],
    [words.payment, safeMrkdwn(card.payment ?? '', 60)],
    [words.formFilledIn, form ? at(form.createdAt, t) : ''],
    [words.formLedTo, form?.outcome ? safeMrkdwn([form.outcome.type, form.outcome.text ?? ''].join(' '), 300) : ''],
    [words.booked, head?.scheduledBy ? words.byAHost(booked) : booked],
    [words.heard, booking.heardAt === null ? '' : at(booking.heardAt, t)],
    [words.canceled, canceled(card.canceled, t)],
    [words.noShow, card.noShowAt === null ? '' : words.marked(at(card.noShowAt, t))],
    [words.why, safeMrkdwn(card.because, 300)],
  ];
  return facts.filter(([, said]) => said !== '').map(([label, said]) => words.fact(label, said));
}

const first = (moves: Move[]) => moves[0]?.from ?? null;
const at = (ms: number, t: Texts) => dateToken(ms, t.times.moment, null, t);

function person(name: string, email: string | null, t: Texts): string {
  const called = safeMrkdwn(name, 120);
  const address = safeMrkdwn(email ?? '', 120);
  if (called === '' || called === address) return address || t.card.somebody;
  return [called, address].filter(Boolean).join(' · ');
}

function canceled(done: Known['card']['canceled'], t: Texts): string {
  if (!done) return '';
  return [done.at === null ? t.details.atUnknown : at(done.at, t), ...whoAndWhy(done, t)].join(' · ');
}

function whoAndWhy(
  done: { by: string | null; byType: 'host' | 'invitee' | null; reason: string | null },
  t: Texts,
): string[] {
  const name = safeMrkdwn(done.by ?? '', 120);
  const who = done.byType ? t.details.byRole(done.byType, name) : name && t.card.by(name);
  const why = safeMrkdwn(done.reason ?? '', 1_500);
  return [who, why && t.card.quoted(why)].filter((words) => words !== '');
}

function moveLine({ from, to, by }: Move, i: number, t: Texts): string {
  const time = ({ meeting }: typeof to) => span(meeting.startsAt, meeting.endsAt, null, undefined, t);
  const who = by ?? { by: null, byType: to.scheduledBy ? ('host' as const) : null, reason: null };
  const when = `${from ? time(from) : t.details.unknownTime} → ${time(to)}`;
  return `${i + 1}. ${[when, t.details.movedAt(at(to.createdAt, t)), ...whoAndWhy(who, t)].join(' · ')}`;
}

function guestLine({ invitee, state, noShowAt, goneAt }: Guest, i: number, t: Texts): string {
  const left = state === 'moved' ? t.details.guestMoved : t.details.guestLeft;
  const words = [
    person(invitee.name, invitee.email, t),
    t.details.guestBooked(at(invitee.createdAt, t)),
    state === 'in' ? '' : goneAt === null ? left : t.details.guestHeard(left, at(goneAt, t)),
    noShowAt === null ? '' : t.details.noShowMark,
  ];
  return `${i + 1}. ${words.filter((each) => each !== '').join(' · ')}`;
}

/** What is known of a booking from where it came; when a host moves a meeting, Calendly may leave it out of the new half. */
function trackingLines({ booking: { head, moves } }: Known): string[] {
  const all = [head, ...moves.map((move) => move.from).reverse()].map((invitee) =>
    Object.entries(invitee?.tracking ?? {}),
  );
  const given = all.map((pairs) => pairs.filter(([, value]) => value.trim() !== '')).find((pairs) => pairs.length > 0);
  return (given ?? []).map(([name, value]) => `${safeMrkdwn(name, 60)}: ${safeMrkdwn(value, 500, { run: 500 })}`);
}

function titled(heading: string, lines: string[]): KnownBlock[] {
  return lines.length > 0 ? [{ type: 'divider' }, ...packed([`*${heading}*`, ...lines])] : [];
}

/** Each answer whole, as plain text, in as many blocks as it takes. */
function answers(heading: string, given: Answer[], t: Texts): KnownBlock[] {
  const told = given.filter(({ answer }) => answer.trim() !== '');
  if (told.length === 0) return [];
  return [
    { type: 'divider' },
    section(`*${heading}*`),
    ...told.flatMap(({ question, answer }) => [
      section(`*${safeMrkdwn(question, 1_000) || t.details.noQuestion}*`),
      ...inFull(answer).map(
        (text): KnownBlock => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } }),
      ),
    ]),
  ];
}

/** Slack's limit for the text of a section is 3,000; ours leaves room for nothing to be cut within a line. */
const PACK = 2_800;

/** Lines of mrkdwn in as few sections as they fit in; no line is as long as a section. */
function packed(lines: string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines.filter((each) => each !== '')) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length < PACK) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}

const BLOCKS = 100;
/** Of Slack's 250 KB for a view, as much as is surely left when it writes each character beyond ASCII as \uXXXX. */
const WEIGHT = 200_000;
const weightOf = (block: KnownBlock) => JSON.stringify(block).replace(/[^\x20-\x7e]/g, '\\uXXXX').length;

/** As many as a view takes; what has no room is not left out in silence. */
function fitting(blocks: KnownBlock[], t: Texts): KnownBlock[] {
  let weight = 0;
  const room = blocks.length > BLOCKS ? BLOCKS - 1 : BLOCKS;
  const end = blocks.findIndex((block, i) => {
    weight += weightOf(block);
    return i >= room || weight > WEIGHT;
  });
  if (end < 0) return blocks;
  return [...blocks.slice(0, end), section(t.details.noRoom)];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const CHUNK = 3_000;
/** `plain` reads no further than 5,000; a longer text is cleaned in parts. */
const PART = 4_900;
/** No language writes so long a word; two units each, it is shorter than a part. */
const longWord = /(?<![^\s\p{Lo}])[^\s\p{Lo}]{2001,}/gu;

/** A stranger's text, harmless and whole, in parts of at most 3,000 characters that end between graphemes. */
export function inFull(text: string): string[] {
  return parts(text)
    .map((part) => plain(part, PART + 1, { oneLine: false, run: CHUNK }))
    .flatMap(chunks)
    .filter((chunk) => chunk !== '');
}

/**
 * Cut where nothing is torn that cleaning has to see whole, such as a link: before a space, or a letter of a script without spaces. What is one long word
 * without either is cut short.
 */
function parts(text: string): string[] {
  let rest = text.toWellFormed().replace(longWord, (word) => `${word.slice(0, borderIn(word, 2_000))}…`);
  const found: string[] = [];
  while (rest.length > PART) {
    const border = rest.slice(0, PART + 1).search(/[\s\p{Lo}][^\s\p{Lo}]*$/u);
    const end = border > 0 ? border : borderIn(rest, PART);
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...found, rest];
}

function chunks(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > CHUNK) {
    const space = rest.slice(0, CHUNK + 1).lastIndexOf(' ');
    const end = space > CHUNK - 200 ? space : borderIn(rest, CHUNK);
    found.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...found, rest];
}

/** The last border between two graphemes of a longer text that is not beyond `max`; a single one without end is cut between characters. */
function borderIn(text: string, max: number): number {
  const head = text.slice(0, max + 1);
  const border = graphemes.segment(head).containing(max)?.index ?? 0;
  if (border > 0) return border;
  return /[\uD800-\uDBFF]$/.test(text.slice(0, max)) ? max - 1 : max;
}
