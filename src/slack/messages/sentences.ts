// A card in sentences: what screen readers, notifications and a Slack that could not read the blocks get (pure).

import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import type { ShownAnswers } from './answers-shown.ts';
import { guestsInWords } from './group.ts';
import {
  callWords,
  canceledWhy,
  earlierWords,
  hostWords,
  inviteeGuests,
  inviteesTime,
  isLate,
  joined,
  newsWords,
  noticeWords,
  oldTime,
  type People,
  paymentWords,
  personOf,
  placeWords,
  seatWords,
  stateWords,
  titleOf,
} from './parts.ts';
import { clipped, safeMrkdwn, span, TEXT_MAX } from './text.ts';

/** The whole card in words, the most needed first: whom it calls must be in here, or a notification would not reach them. */
export function sentences(card: Card, people: People, answers: ShownAnswers, t: Texts): string {
  const said = [
    card.test ? t.card.sampleSaid : '',
    `${capital(joined([stateWords(card, t), isLate(card) ? t.card.late : ''], ', '))}: ${joined([whatWords(card, t) + whenSaid(card, t), ...canceledWhy(card, t)], ', ')}.`,
    callWords(card),
    guestSentence(card, t),
    capital(earlierWords(card, t)),
    joined(
      [
        hostWords(card, people, t),
        placeWords(card, t),
        card.group ? '' : seatWords(card, t),
        inviteeGuests(card, t, ''),
        paymentWords(card),
        noticeWords(card, t),
      ],
      ', ',
    ),
    answers.shown.map(({ question, answer }) => `${question && `${question} – `}${answer}`).join('; '),
    answers.more,
    capital(newsWords(card, t)),
    safeMrkdwn(card.because, 300),
  ];
  const text = said
    .filter((sentence) => sentence !== '')
    .map((sentence) => (/[.!?…]\u200E?$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
  return clipped(text, TEXT_MAX);
}

function whatWords(card: Card, t: Texts): string {
  const title = titleOf(card, t);
  if (card.group) return title;
  const { name, email } = personOf(card, t);
  const who = `${name}${email && ` (${email})`}`;
  return card.state === 'routed' ? t.card.sentBy(title, who) : t.card.with(title, who);
}

function guestSentence(card: Card, t: Texts): string {
  if (!card.group) return '';
  const guests = guestsInWords(card.group, 10, t).join(', ');
  return `${seatWords(card, t)}${guests && `: ${guests}`}`;
}

function whenSaid(card: Card, t: Texts): string {
  const { when, was, inviteeZone: zone } = card;
  if (card.state === 'moving') {
    const old = was ?? when;
    const soFar = old ? `, ${t.card.untilNow(oldTime(old.startsAt, zone, t))}` : '';
    return `${soFar}, ${t.card.newTimeToFollow}`;
  }
  if (!when) return '';
  const there = card.state === 'canceled' ? null : inviteesTime(card, t);
  const from = card.state === 'moved' && was ? t.card.fromTo(oldTime(was.startsAt, zone, t)) : '';
  const now = span(when.startsAt, when.endsAt, zone, undefined, t);
  return `, ${from}${now}${there ? ` (${t.card.forTheInvitee(there)})` : ''}`;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
