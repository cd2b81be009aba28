// Shows a card in Slack: what and state, when, who, host, answers, actions, why; and the same in sentences for screen readers (pure).

import type { KnownBlock } from '@slack/types';
import type { Card } from '../../delivery/content.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { type ShownAnswers, shownAnswers } from './answers-shown.ts';
import { briefBlocks } from './brief.ts';
import { cardButtons } from './card-actions.ts';
import {
  callWords,
  canceledWhy,
  headline,
  hostWords,
  joined,
  newsWords,
  nobody,
  noticeWords,
  type People,
  paymentWords,
  placeWords,
  seatWords,
  whenWords,
  whoWords,
} from './parts.ts';
import { sentences } from './sentences.ts';
import { plain } from './text.ts';

/** A message of at most five blocks; `text` alone says the same, since screen readers and notifications read nothing else. */
export function renderCard(card: Card, people: People = nobody): { text: string; blocks: KnownBlock[] } {
  const t = textsFor(card.language);
  const answers = shownAnswers(card, t);
  return {
    text: sentences(card, people, answers, t),
    blocks: card.style === 'card' ? fullBlocks(card, people, answers, t) : briefBlocks(card, people, t),
  };
}

function fullBlocks(card: Card, people: People, { shown, more }: ShownAnswers, t: Texts): KnownBlock[] {
  const head = joined([headline(card, t), ...canceledWhy(card, t)]);
  const lines = [head, whenWords(card, t), whoWords(card, t), hostLine(card, people, t), callWords(card)];
  const blocks: KnownBlock[] = [section(joined(lines, '\n'))];
  if (shown.length > 0) blocks.push(section(joined([...shown.map(quoted), more && `> ${more}`], '\n')));
  const buttons = cardButtons(card, t);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  const news = newsWords(card, t);
  const why = [news && `⏱ ${news}`, plain(card.because, 300)].filter((words) => words !== '');
  if (why.length > 0) blocks.push(contextOf(why));
  return blocks;
}

// verbatim: Slack must not make links or mentions out of bare words; expand: a card is short already, "see more" would hide the host.
const section = (text: string) =>
  ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, expand: true }) satisfies KnownBlock;

const contextOf = (words: string[]) =>
  ({
    type: 'context',
    elements: words.map((text) => ({ type: 'plain_text' as const, text, emoji: false })),
  }) satisfies KnownBlock;

function hostLine(card: Card, people: People, t: Texts): string {
  const notice = noticeWords(card, t);
  const seats = card.group ? '' : seatWords(card, t);
  return joined([hostWords(card, people, t), placeWords(card, t), seats, paymentWords(card), notice && `⚠️ ${notice}`]);
}

const quoted = ({ question, answer }: ShownAnswers['shown'][number]) => `> ${question && `*${question}*  `}${answer}`;
