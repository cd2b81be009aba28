// Shows a card in Slack: what and state, when, who, host, answers, actions, why; and the same in sentences for screen readers (pure).

import type { KnownBlock } from '@slack/types';
import type { Card } from '../../delivery/card.ts';
import { dateToken, duration, inZone, plain, safeMrkdwn, span } from './text.ts';

const SHOWN_ANSWERS = 3;
const SHOWN_HOSTS = 3;

/** A message of at most five blocks; `text` alone says the same, since screen readers and notifications read nothing else. */
export function renderCard(card: Card): { text: string; blocks: KnownBlock[] } {
  const lines = [headline(card), whenLine(card), whoLine(card), hostLine(card)].filter((line) => line !== '');
  const blocks: KnownBlock[] = [section(lines.join('\n'))];
  const answers = shownAnswers(card);
  if (answers.lines.length > 0) {
    const more = answers.more > 0 ? [`> ${moreAnswers(answers.more)}`] : [];
    blocks.push(section([...answers.lines.map(quoted), ...more].join('\n')));
  }
  const join = isOn(card) ? joinUrl(card.place?.joinUrl ?? null) : null;
  if (join) blocks.push(joinButton(join, card));
  const context = [lateWords(card, '⏱ '), plain(card.because, 300)].filter((words) => words !== '');
  if (context.length > 0) blocks.push(contextOf(context));
  return { text: sentences(card, answers), blocks };
}

const isOn = (card: Card) => card.state === 'booked' || card.state === 'moved';

// verbatim: Slack must not make links or mentions out of bare words; expand: a card is short already, "see more" would hide the host.
const section = (text: string) =>
  ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, expand: true }) satisfies KnownBlock;

const contextOf = (words: string[]) =>
  ({
    type: 'context',
    elements: words.map((text) => ({ type: 'plain_text' as const, text, emoji: false })),
  }) satisfies KnownBlock;

const joinButton = (url: string, card: Card) =>
  ({
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'join',
        text: { type: 'plain_text', text: 'Join', emoji: false },
        url,
        accessibility_label: plain(`Join ${card.title} with ${card.who.name}`, 75),
      },
    ],
  }) satisfies KnownBlock;

const titleOf = (card: Card) => safeMrkdwn(card.title, 150) || (card.state === 'routed' ? 'Form' : 'Meeting');

/** The name people go by, and the address only where it says more than the name. */
function whoOf(card: Card): { name: string; email: string } {
  const name = safeMrkdwn(card.who.name, 100);
  const email = safeMrkdwn(card.who.email ?? '', 120);
  if (name === '') return { name: email || 'Somebody', email: '' };
  return { name, email: email === name ? '' : email };
}

function headline(card: Card): string {
  const title = card.state === 'canceled' ? `~*${titleOf(card)}*~` : `*${titleOf(card)}*`;
  return `${card.test ? '*TEST* · ' : ''}${EMOJI[card.state]} ${title} · ${[stateWords(card), ...canceledWhy(card)].join(' · ')}`;
}

const EMOJI = { booked: '✅', moving: '🔁', moved: '🔁', canceled: '❌', noshow: '👻', routed: '📝' } as const;

function stateWords(card: Card): string {
  switch (card.state) {
    case 'booked':
      return 'booked';
    case 'moving':
      return 'being moved';
    case 'moved':
      return card.moves > 1 ? `moved (${ordinal(card.moves)} time)` : 'moved';
    case 'noshow':
      return card.noShowAt === null
        ? 'no-show'
        : `no-show, marked ${dateToken(card.noShowAt, '{date_short_pretty} at {time}', card.inviteeZone)}`;
    case 'routed':
      return 'form submitted';
    case 'canceled':
      return canceledWhen(card);
  }
}

function canceledWhen(card: Card): string {
  const before = card.canceled?.before ?? null;
  if (before === null) return 'canceled';
  return before >= 0 ? `canceled ${duration(before)} before` : `canceled ${duration(before)} after its start`;
}

/** By whom and why. In sentences it stands after what was canceled: no colon of ours may follow a stranger's words. */
function canceledWhy(card: Card): string[] {
  if (card.state !== 'canceled' || !card.canceled) return [];
  const by = safeMrkdwn(card.canceled.by ?? '', 100);
  const reason = safeMrkdwn(card.canceled.reason ?? '', 300);
  const host = by ? `by host ${by}` : 'by host';
  const words =
    card.canceled.byType === 'invitee' ? 'by invitee' : card.canceled.byType === 'host' ? host : by && `by ${by}`;
  return [words, reason && `“${reason}”`].filter((part) => part !== '');
}

/** Where it stood before a move: shorter, since it only has to be recognized. */
const oldTime = (startsAt: number, zone: string | null) => dateToken(startsAt, '{date_short_pretty} {time}', zone);

function whenLine(card: Card): string {
  const { when, was, inviteeZone: zone } = card;
  const old = card.state === 'moving' ? (was ?? when) : was;
  if (card.state === 'moving')
    return old ? `~${oldTime(old.startsAt, zone)}~ → new time to follow` : 'New time to follow';
  if (!when) return '';
  const now = span(when.startsAt, when.endsAt, zone);
  if (card.state === 'canceled') return `~${now}~`;
  const there = zone ? inZone(when.startsAt, zone) : null;
  const from = card.state === 'moved' && old ? `~${oldTime(old.startsAt, zone)}~ → ` : '';
  return `${from}*${now}*${there ? ` (${there})` : ''}`;
}

function whoLine(card: Card): string {
  const { name, email } = whoOf(card);
  return [`*${name}*`, email, guestWords(card, '+')].filter((words) => words !== '').join(' · ');
}

function guestWords(card: Card, sign: string): string {
  const count = card.guests.length;
  return count === 0 ? '' : `${sign}${count} ${count === 1 ? 'guest' : 'guests'}`;
}

function hostLine(card: Card): string {
  const notice = noticeWords(card);
  return [hostWords(card), placeWords(card), seatWords(card), paymentWords(card), notice && `⚠️ ${notice}`]
    .filter((words) => words !== '')
    .join(' · ');
}

function hostWords(card: Card): string {
  const names = card.hosts
    .map((host) => safeMrkdwn(host.name, 60) || safeMrkdwn(host.email ?? '', 60))
    .filter((name) => name !== '');
  if (names.length === 0) return '';
  const more = names.length > SHOWN_HOSTS ? ` +${names.length - SHOWN_HOSTS}` : '';
  return `${names.length > 1 ? 'Hosts' : 'Host'} ${names.slice(0, SHOWN_HOSTS).join(', ')}${more}`;
}

/** A link we do not know is shown, for people to judge and copy, but cannot be clicked. */
function placeWords(card: Card): string {
  if (!card.place) return '';
  const { words, joinUrl: url } = card.place;
  const unknown = isOn(card) && url && !joinUrl(url) && !words.includes(url) ? url : '';
  return [words, unknown]
    .map((part) => safeMrkdwn(part, 200, { run: 200 }))
    .filter((part) => part !== '')
    .join(' ');
}

const seatWords = (card: Card) => (card.seats ? `${card.seats.active} of ${card.seats.limit} seats` : '');
const paymentWords = (card: Card) => safeMrkdwn(card.payment ?? '', 60);
const noticeWords = (card: Card) =>
  isOn(card) && card.shortNotice !== null ? `booked ${duration(card.shortNotice)} ahead` : '';
const lateWords = (card: Card, mark: string) =>
  card.late === null ? '' : `${mark}arrived ${duration(card.late)} late`;

function shownAnswers(card: Card): { lines: { question: string; answer: string }[]; more: number } {
  const given = card.answers.filter((each) => each.answer.trim() !== '');
  const lines = given
    .slice(0, SHOWN_ANSWERS)
    .map((each) => ({ question: safeMrkdwn(each.question, 150), answer: safeMrkdwn(each.answer, 300) }))
    .filter((each) => each.answer !== '');
  return { lines, more: Math.max(0, given.length - SHOWN_ANSWERS) };
}

const quoted = ({ question, answer }: { question: string; answer: string }) =>
  `> ${question && `*${question}*  `}${answer}`;
const moreAnswers = (count: number) => `+${count} more ${count === 1 ? 'answer' : 'answers'}`;

/** The whole card in words; each part is bounded so that the sum stays below 3,000 characters. */
function sentences(card: Card, answers: ReturnType<typeof shownAnswers>): string {
  const { name, email } = whoOf(card);
  const what = `${titleOf(card)} ${card.state === 'routed' ? 'by' : 'with'} ${name}${email && ` (${email})`}`;
  const said = [
    card.test ? 'TEST, not a real booking.' : '',
    `${capital(stateWords(card))}: ${[what + whenWords(card), ...canceledWhy(card)].join(', ')}.`,
    [hostWords(card), placeWords(card), seatWords(card), guestWords(card, ''), paymentWords(card), noticeWords(card)]
      .filter(Boolean)
      .join(', '),
    answers.lines.map(({ question, answer }) => `${question && `${question} – `}${answer}`).join('; '),
    answers.more > 0 ? moreAnswers(answers.more) : '',
    capital(lateWords(card, '')),
    safeMrkdwn(card.because, 300),
  ];
  return said
    .filter((sentence) => sentence !== '')
    .map((sentence) => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
}

function whenWords(card: Card): string {
  const { when, was, inviteeZone: zone } = card;
  if (card.state === 'moving') {
    const old = was ?? when;
    return old ? `, until now ${oldTime(old.startsAt, zone)}, new time to follow` : ', new time to follow';
  }
  if (!when) return '';
  const there = zone && card.state !== 'canceled' ? inZone(when.startsAt, zone) : null;
  const from = card.state === 'moved' && was ? `, from ${oldTime(was.startsAt, zone)} to ` : ', ';
  return `${from}${span(when.startsAt, when.endsAt, zone)}${there ? ` (${there} for the invitee)` : ''}`;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function ordinal(count: number): string {
  const teens = count % 100 >= 11 && count % 100 <= 13;
  return `${count}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')}`;
}

const CONFERENCE_HOSTS = new Set([
  'zoom.us',
  'meet.google.com',
  'teams.microsoft.com',
  'teams.live.com',
  'webex.com',
  'gotomeeting.com',
  'meet.goto.com',
]);
const CONFERENCE_DOMAINS = ['.zoom.us', '.webex.com', '.gotomeeting.com'];
const CALENDLY_REDIRECT = /^\/events\/[\w-]+\/(google_meet|zoom|microsoft_teams|webex|gotomeeting|go_to_meeting)\/?$/;

/** The address behind Join, when it is https at a conference service people know; else null: place fields can be written by strangers. */
export function joinUrl(address: string | null): string | null {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.username || url.password || url.port || url.href.length > 3000) return null;
  const known =
    CONFERENCE_HOSTS.has(url.hostname) ||
    CONFERENCE_DOMAINS.some((domain) => url.hostname.endsWith(domain)) ||
    (url.hostname === 'calendly.com' && CALENDLY_REDIRECT.test(url.pathname));
  return known ? url.href : null;
}
