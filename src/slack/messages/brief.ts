// Shows a card in two lines (compact) or one (line), for channels with many of them (pure). Its text still says everything.

import type { Button, KnownBlock, Overflow } from '@slack/types';
import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { cardMenu } from './card-actions.ts';
import { joinButton, joinLink, joinOf } from './join.ts';
import {
  callWords,
  canceledWhy,
  headline,
  hostWords,
  joined,
  newsWords,
  noticeWords,
  type People,
  personOf,
  placeWords,
  seatWords,
  whenWords,
  whoWords,
} from './parts.ts';
import { SHORT_DATE } from './text.ts';

/** Names this long would make more lines than the style has; the text has them whole. */
const TITLE = 60;
const NAME = 40;
const HOSTS = 3;

export function briefBlocks(card: Card, people: People, t: Texts): KnownBlock[] {
  return [card.style === 'line' ? line(card, people, t) : compact(card, people, t)];
}

/** A section takes one accessory: the menu, with Join as a link in the text; on a sample, or where the address is too long, Join. */
function compact(card: Card, people: People, t: Texts): KnownBlock {
  const url = joinOf(card);
  const menu = cardMenu(card, t);
  const link = url && menu ? joinLink(url, t) : '';
  const accessory = url && !link ? joinButton(url, card, t) : menu;
  const second = [
    whoWords(card, t, { name: NAME, named: 3 }),
    hostWords(card, people, t, HOSTS),
    placeWords(card, t),
    ...canceledWhy(card, t),
    ...notes(card, t),
    link,
  ];
  return section(
    `${joined([headline(card, t, TITLE), whenWords(card, t, { brief: true })])}\n${joined(second)}`,
    accessory,
  );
}

function line(card: Card, people: People, t: Texts): KnownBlock {
  const url = joinOf(card);
  const name = card.group ? `*${seatWords(card, t)}*` : `*${personOf(card, t, NAME).name}*`;
  const when = whenWords(card, t, { brief: true, tokens: SHORT_DATE });
  return section(
    joined([
      headline(card, t, TITLE),
      when,
      name,
      hostWords(card, people, t, HOSTS),
      ...notes(card, t),
      url ? joinLink(url, t) : '',
    ]),
    null,
  );
}

/** What somebody should know before they look closer. */
function notes(card: Card, t: Texts): string[] {
  const notice = noticeWords(card, t);
  const news = newsWords(card, t);
  return [notice && `⚠️ ${notice}`, news && `⏱ ${news}`, callWords(card)];
}

const section = (text: string, accessory: Button | Overflow | null) =>
  ({
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
    expand: true,
    ...(accessory ? { accessory } : {}),
  }) satisfies KnownBlock;
