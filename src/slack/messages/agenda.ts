// An agenda in words: one line for each meeting, under its day where there are several (pure).

import type { KnownBlock } from '@slack/types';
import type { Card } from '../../delivery/content.ts';
import { noonOf } from '../../subscription/agenda.ts';
import type { Texts } from '../../texts/index.ts';
import type { Message } from '../web.ts';
import { section } from './answers.ts';
import { joinLink, joinOf } from './join.ts';
import { hostWords, joined, nobody, personOf, seatWords, titleOf } from './parts.ts';
import { dateToken, safeMrkdwn, span } from './text.ts';

export interface AgendaFacts {
  cards: readonly Card[];
  /** Not looked at. */
  more: number;
  /** The accounts that could not be asked, by name. */
  left: readonly string[];
  from: number;
  to: number;
  /** Whose days they are. */
  zone: string;
}

const DAY = 86_400_000;
/** Slack's limit for a message that people are notified of; and for one section, with room for its end. */
const TEXT = 3_600;
const SECTION = 2_800;

export function agendaMessage(title: string, facts: AgendaFacts, t: Texts, ...more: KnownBlock[]): Message {
  const lines = [title, ...linesOf(facts, t)];
  const { text, left } = fitting(lines, TEXT);
  const said = left > 0 ? `${text}\n${t.agenda.more(left)}` : text;
  return { text: said, blocks: [...sections(said), ...more] };
}

/** `*Agenda of Saturday …* · 3 meetings`; of several days, from the first to the last. */
export function agendaTitle({ cards, more, from, to, zone }: AgendaFacts, t: Texts): string {
  const day = (at: number) => dateToken(noonOf(at, zone), '{date_long_pretty}', zone, t);
  const days = to - from > 1.5 * DAY ? t.agenda.fromTo(day(from), day(to - 1)) : day(from);
  return t.agenda.title(days, cards.length === 0 && more > 0 ? t.agenda.tooMany : t.agenda.meetings(cards.length));
}

function linesOf({ cards, more, left, from, to, zone }: AgendaFacts, t: Texts): string[] {
  const lines: string[] = [];
  let day: number | null = null;
  for (const card of cards) {
    const noon = noonOf(card.when?.startsAt ?? 0, zone);
    if (to - from > 1.5 * DAY && noon !== day) lines.push(`*${dateToken(noon, '{date_long_pretty}', zone, t)}*`);
    day = noon;
    lines.push(lineOf(card, zone, t));
  }
  if (cards.length === 0 && more === 0) lines.push(t.agenda.empty);
  // Without any, the title says so.
  if (cards.length > 0 && more > 0) lines.push(t.agenda.notLooked);
  if (left.length > 0) lines.push(t.agenda.notAsked(left.map((name) => safeMrkdwn(name, 60)).join(', ')));
  return lines;
}

function lineOf(card: Card, zone: string, t: Texts): string {
  const { when } = card;
  const url = joinOf(card);
  return `• ${joined([
    when ? span(when.startsAt, when.endsAt, zone, '{time}', t) : '',
    `*${titleOf(card, t, 60)}*`,
    card.group ? seatWords(card, t) : personOf(card, t, 40).name,
    hostWords(card, nobody, t),
    safeMrkdwn(card.place?.words ?? '', 60),
    url ? joinLink(url, t) : '',
  ])}`;
}

/** Whole lines only. */
function fitting(lines: readonly string[], most: number): { text: string; left: number } {
  let text = '';
  for (const [i, line] of lines.entries()) {
    if (text.length + line.length >= most) return { text, left: lines.length - i };
    text = i === 0 ? line : `${text}\n${line}`;
  }
  return { text, left: 0 };
}

function sections(text: string): KnownBlock[] {
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + line.length < SECTION) parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts.map(section);
}
