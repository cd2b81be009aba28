// What the gallery shows: every state in every style, the odd and the hostile, and what the app says beside the cards.

import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import type { Card, Content, GroupGuest, Reply } from '../../src/delivery/content.ts';
import { confinedCard } from '../../src/delivery/privacy.ts';
import { sampleCard } from '../../src/delivery/sample.ts';
import { verbs } from '../../src/slack/commands/index.ts';
import { letterInFull, letterList, ownersMessage } from '../../src/slack/messages/admin.ts';
import { agendaMessage, agendaTitle } from '../../src/slack/messages/agenda.ts';
import { render } from '../../src/slack/messages/content.ts';
import { helpFor, helpForAll, unknownVerb } from '../../src/slack/messages/help.ts';
import { guestHomeView, homeView } from '../../src/slack/messages/home.ts';
import { privacies, styles } from '../../src/subscription/subscription.ts';
import { type Language, type Texts, textsFor } from '../../src/texts/index.ts';

/** A window, as Slack is told of it. */
export type Modal = Pick<ModalView, 'type' | 'title' | 'blocks' | 'submit' | 'close'>;

export interface Specimen {
  room: string;
  name: string;
  message?: { text: string; blocks?: KnownBlock[] };
  home?: HomeView;
  modal?: Modal;
  /** What its fields complain of, by their blocks. */
  errors?: Record<string, string>;
  /** A page of the web, as HTML. */
  page?: string;
  ephemeral?: boolean;
}

const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;
const people = new Map([
  ['bo@example.com', 'U0BO'],
  ['cy@example.com', 'U0CY'],
]);

/** All in one language: cards as a channel of it gets them, answers as its people do. */
export function specimens(now: number, language: Language): Specimen[] {
  const t = textsFor(language);
  const cards = makeCards(now, t);
  return [
    ...styles.flatMap((style) =>
      Object.entries(cards.states).map(([name, card]) => shown(`Style ${style}`, name, { ...card, style })),
    ),
    ...styles.flatMap((style) =>
      Object.entries(cards.groups).map(([name, card]) =>
        shown('Group meetings', `${name}, ${style}`, { ...card, style }),
      ),
    ),
    ...privacies.flatMap((privacy) =>
      [cards.busy, cards.states.canceled!, cards.groups.some!].map((card) =>
        shown('Privacy', `${privacy}: ${card.title}, ${card.state}`, confinedCard({ ...card, privacy })),
      ),
    ),
    ...styles.flatMap((style) =>
      Object.entries(cards.calling).map(([name, card]) =>
        shown('Calling people', `${name}, ${style}`, { ...card, style }),
      ),
    ),
    ...styles.flatMap((style) =>
      Object.entries(cards.odd).map(([name, card]) => shown(`Odd and hostile ${style}`, name, { ...card, style })),
    ),
    ...threads(now, t),
    ...answers(now, t),
    ...homes(t),
  ];
}

const shown = (room: string, name: string, card: Card): Specimen => said(room, name, { kind: 'card', card });
const said = (room: string, name: string, content: Content): Specimen => ({
  room,
  name,
  message: render(content, { plain: false, people }),
});

const guest = (name: string, more: Partial<GroupGuest> = {}): GroupGuest => ({
  name,
  email: `${name.toLowerCase().replace(/\W+/g, '.')}@example.com`,
  state: 'in',
  noShow: false,
  ...more,
});

function makeCards(now: number, { code, card: words }: Texts) {
  const startsAt = Math.ceil(now / HOUR) * HOUR + 3 * DAY;
  const when = { startsAt, endsAt: startsAt + 30 * MIN };
  const was = { startsAt: startsAt - DAY, endsAt: startsAt - DAY + 30 * MIN };
  const soon = { startsAt: now + 2 * HOUR, endsAt: now + 2.5 * HOUR };
  const booked: Card = {
    ...sampleCard('booked', now, code),
    test: false,
    ref: '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    when,
    place: { words: 'Zoom', joinUrl: 'https://us05web.zoom.us/j/81234567890?pwd=abc' },
    because: words.follows('Demo call'),
  };
  const busy: Card = {
    ...booked,
    when: soon,
    earlier: { bookings: 1, noShows: 1 },
    guests: ['byron@example.com', 'mary@example.com'],
    hosts: ['Bo Berg', 'Cy Chen', 'Di Drake', 'Ed Eng'].map((name) => ({
      name,
      email: `${name.slice(0, 2)}@example.com`,
    })),
    payment: words.paid('50.00', 'USD'),
    shortNotice: 2 * HOUR,
    late: 3 * HOUR + 10 * MIN,
    answers: [
      { question: 'What should we cover?', answer: 'Pricing for 40 seats, and whether we can start in January' },
      { question: 'How many are you?', answer: '40' },
      { question: 'Tell us about your company', answer: 'We make looms that weave algebraical patterns. '.repeat(12) },
      { question: 'How did you hear of us?', answer: 'From a friend' },
      { question: 'Anything else?', answer: 'No' },
    ],
  };
  const canceled = (card: Card, before: number, byType: 'host' | 'invitee', reason: string | null): Card => ({
    ...card,
    state: 'canceled',
    canceled: {
      at: startsAt - before,
      before,
      late: before < DAY,
      byType,
      by: byType === 'host' ? 'Bo Berg' : 'Ada Lovelace',
      reason,
    },
  });
  const workshop: Card = {
    ...booked,
    title: 'Onboarding workshop',
    who: { name: '', email: null },
    answers: [],
    seats: { active: 5, limit: 12 },
    group: [
      guest('Ada Lovelace'),
      guest('Grace Hopper'),
      guest('Alan Turing', { noShow: true }),
      guest('Edsger Dijkstra', { state: 'left' }),
      guest('Barbara Liskov'),
      guest('Donald Knuth'),
      guest('Tony Hoare', { state: 'moved' }),
    ],
    because: words.follows('Onboarding workshop'),
  };
  const states: Record<string, Card> = {
    booked,
    'booked, with everything there is to say': busy,
    moved: { ...booked, state: 'moved', moves: 1, was },
    'moved for the third time': { ...booked, state: 'moved', moves: 3, was },
    'being moved': { ...booked, state: 'moving', was: null },
    canceled: canceled(booked, 2 * DAY + HOUR, 'host', null),
    'canceled late': canceled(booked, 40 * MIN, 'invitee', 'A conflict came up'),
    'canceled after its start': canceled(booked, -10 * MIN, 'invitee', null),
    'no-show': { ...booked, state: 'noshow', noShowAt: now, when: was },
    'form submitted': {
      ...sampleCard('routed', now, code),
      test: false,
      ref: booked.ref,
      because: words.followsAll,
    },
    'sample of the test command': sampleCard('booked', now, code),
    'in person': {
      ...booked,
      place: { words: `${words.places.physical}: Acme, 1 Main Street, Springfield`, joinUrl: null },
    },
  };
  const groups: Record<string, Card> = {
    some: workshop,
    'thirty guests': {
      ...workshop,
      seats: { active: 30, limit: 40 },
      group: Array.from({ length: 30 }, (_, i) => guest(`Guest Number ${i + 1}`, { noShow: i === 3 || i > 26 })),
    },
    'nobody left': { ...workshop, seats: { active: 0, limit: 12 }, group: [guest('Ada Lovelace', { state: 'left' })] },
    'all canceled': canceled(workshop, 5 * HOUR, 'host', 'The trainer is ill'),
  };
  const calling: Record<string, Card> = {
    'the host': { ...booked, mention: { who: 'host' }, hosts: [{ name: 'Bo Berg', email: 'Bo@example.com' }] },
    'two hosts, one without an account': {
      ...booked,
      mention: { who: 'host' },
      hosts: [
        { name: 'Bo Berg', email: 'bo@example.com' },
        { name: 'Zoe Zorn', email: 'zoe@example.com' },
      ],
    },
    'a person': { ...booked, mention: { who: 'user', id: 'U0CY' } },
    'a user group': { ...booked, mention: { who: 'group', id: 'S0SALES' } },
  };
  const nasty = '<!channel> *bold* _it_ `code` :tada: https://evil.example/login @here\n> quote';
  const named = (name: string, email = 'someone@example.com'): Card => ({
    ...booked,
    title: `${name} call`,
    who: { name, email },
    earlier: { bookings: 2, noShows: 0 },
    hosts: [{ name, email: null }],
    answers: [{ question: name, answer: `${name} ${name}` }],
  });
  const long = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(4);
  const odd: Record<string, Card> = {
    hostile: {
      ...named(nasty, `${nasty}@evil.example`),
      place: { words: nasty, joinUrl: 'https://evil.example/zoom.us' },
      payment: nasty,
      because: words.follows(nasty),
    },
    'hostile reason': canceled(named('Ada'), 40 * MIN, 'invitee', nasty),
    'long names': named(`Hubert Blaine ${long}`),
    Hebrew: named('עדה לאבלייס 42'),
    Arabic: named('آدا لوفليس'),
    'right-to-left override': named('Ada \u202Eecalevol'),
    Japanese: named('エイダ・ラブレス様とのお打ち合わせ'),
    'emoji and marks': named('👩‍💻 Ada 🏳️‍🌈 Z̸̢̛͍͉̭͖͇̤̩̓̏a̵̛̼̩̹͗̓l̷̰̈́g̶̞͛o̶̖̎'),
    'nothing known': {
      ...booked,
      title: '',
      who: { name: '', email: null },
      hosts: [],
      place: null,
      answers: [],
      when: null,
      because: '',
    },
  };
  return { states, groups, calling, odd, busy };
}

function threads(now: number, { code, subscribing, look }: Texts): Specimen[] {
  const was = { startsAt: now + DAY, endsAt: now + DAY + 30 * MIN };
  const base: Reply = {
    language: code,
    kind: 'moved',
    title: 'Demo call',
    who: 'Ada Lovelace',
    by: 'Ada Lovelace',
    byType: 'invitee',
    reason: 'A conflict came up',
    was,
    now: { startsAt: was.startsAt + DAY, endsAt: was.endsAt + DAY },
    before: 40 * MIN,
    joined: [],
    left: [],
    answers: [],
  };
  const bare = { by: null, byType: null, reason: null };
  const names = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus', 'Hal', 'Ida', 'Jo', 'Kim', 'Lou'];
  const replies: Record<string, Reply> = {
    moved: base,
    'moved, no reason': { ...base, ...bare },
    canceled: { ...base, kind: 'canceled' },
    'no-show': { ...base, ...bare, kind: 'noshow' },
    'no-show taken back': { ...base, ...bare, kind: 'noshow_undone' },
    'guests came and went': { ...base, ...bare, kind: 'guests', joined: ['Ada', 'Bo', 'Cy'], left: ['Di'] },
    'many guests came': { ...base, ...bare, kind: 'guests', joined: names },
    'hostile words': { ...base, who: '<!channel>', by: '<@U0BO> *Bo*', reason: 'https://evil.example\n*✅ booked*' },
    'all answers': {
      ...base,
      ...bare,
      kind: 'answers',
      answers: [
        { question: 'What should we cover?', answer: 'Pricing for 40 seats' },
        {
          question: 'Tell us about your company',
          answer: `${'We make looms that weave algebraical patterns. '.repeat(9)}\n\n- punched cards\n- *bold* claims\n> quotes`,
        },
        { question: 'How did you hear of us?', answer: 'From a friend' },
        { question: 'A link?', answer: 'https://example.com/a/rather/long/address?with=parameters&and=more' },
      ],
    },
  };
  const past = (title: string, who: string, days: number, state: 'booked' | 'canceled' = 'booked') => ({
    title,
    who,
    when: { startsAt: now - days * DAY, endsAt: now - days * DAY + 30 * MIN },
    state,
  });
  return [
    ...Object.entries(replies).map(([name, reply]) =>
      said('In threads', name, { kind: 'reply', reply, broadcast: false }),
    ),
    said('Digests and notices', 'three that were over', {
      kind: 'digest',
      digest: {
        language: code,
        past: [past('Demo call', 'Ada Lovelace', 1), past('Demo call', 'Bo', 2, 'canceled'), past('Workshop', '', 3)],
        more: 0,
      },
    }),
    said('Digests and notices', 'many', {
      kind: 'digest',
      digest: {
        language: code,
        past: Array.from({ length: 10 }, (_, i) => past('Demo call', names[i]!, i + 1)),
        more: 31,
      },
    }),
    said('Digests and notices', 'a notice', {
      kind: 'notice',
      text: subscribing.toldMade('<@U0ANN>', subscribing.wish('*Demo call*', look.kinds.booked, noMore)),
    }),
  ];
}

const noMore = { usual: false, look: '', account: '' };
const namesIn = (t: Texts) => ({ command: '/calendly', botUserId: 'U0BOT', t });

function answers(now: number, t: Texts): Specimen[] {
  const names = namesIn(t);
  const room = 'Answers only you see';
  const answer = (name: string, message: { text: string; blocks?: KnownBlock[] }): Specimen => ({
    room,
    name,
    message,
    ephemeral: true,
  });
  const letter = {
    id: 'd1',
    incident: now - HOUR,
    channelId: 'C0SALES',
    kind: 'card' as const,
    state: 'dead' as const,
    since: now - HOUR,
    tries: 3,
    reason: 'Slack answered invalid_blocks.',
    owner: 'U0ANN',
    subject: { title: 'Demo call', when: { startsAt: now + DAY, endsAt: now + DAY + 30 * MIN } },
  };
  const partly = { cards: [], more: 3, left: ['Bo *Berg*'], from: now, to: now + DAY, zone: 'Europe/Berlin' };
  const ledger = {
    changes: {
      received: 212,
      shown: 180,
      pending: 0,
      quarantined: 0,
      suppressed: { unwanted: 20, muted: 0, halfOfMove: 10, otherKind: 2 },
    },
    messages: { received: 230, shown: 228, pending: 0, held: 0, suppressed: 1, uncertain: 0, dead: 1 },
  };
  return [
    answer('help', helpForAll(verbs, names)),
    ...verbs.slice(0, 4).map((verb) => answer(`help ${verb.name}`, helpFor(verb, names))),
    answer('an unknown word', unknownVerb('subscirbe', verbs.slice(3, 4), names)),
    answer('letters', letterList(1, [letter], 0, ledger, t)),
    answer('one letter', letterInFull(letter, names)),
    answer(
      'asked about messages of unknown outcome',
      ownersMessage([letter], [{ ...letter, state: 'uncertain' }], 2, 0, t),
    ),
    answer(
      'one of them was found',
      ownersMessage(
        [letter],
        [{ ...letter, state: 'suppressed', reason: 'its owner found it in the channel' }],
        0,
        0,
        t,
      ),
    ),
    answer('an agenda that is not all there is', agendaMessage(agendaTitle(partly, t), partly, t)),
  ];
}

function homes(t: Texts): Specimen[] {
  const now = Date.UTC(2026, 10, 24, 15);
  const names = namesIn(t);
  const account = {
    id: '0192-olga',
    name: '*Olga Larsen*',
    line: `*Olga Larsen* (olga@example.com) · ${t.status.connected}`,
    isBroken: false,
    isUnwell: false,
  };
  const meeting = {
    ...{ name: 'Demo call', invitee: 'Ada Lovelace', seats: null, joinUrl: 'https://zoom.us/j/1' },
    ...{ startsAt: now + DAY, endsAt: now + DAY + 30 * MIN },
  };
  const facts = {
    mine: [account],
    others: 1,
    meetings: [meeting, { ...meeting, name: 'Webinar', invitee: null, seats: 12, joinUrl: null }],
    channels: ['• <#C0SALES>  *Demo call*'],
    moreChannels: 0,
    admin: null,
  };
  const none = { mine: [], others: 0, meetings: null, channels: [], moreChannels: 0, admin: null };
  const admin = {
    problems: [t.status.paused(1, names.command)],
    accounts: [{ ...account, isBroken: true }],
    moreAccounts: 0,
    channels: t.home.channelsHear(3, t.common.subscriptions(5)),
    paused: [],
    letters: 2,
    recent: [t.home.did.subscribe('<@U0ANN>', '<#C0SALES>', '*Demo call*')],
  };
  return [
    { room: 'Home', name: 'all set up', home: homeView(facts, names) },
    { room: 'Home', name: 'an admin', home: homeView({ ...facts, admin }, names) },
    { room: 'Home', name: 'nothing connected', home: homeView(none, names) },
    { room: 'Home', name: 'a guest', home: guestHomeView(names.t) },
  ];
}
