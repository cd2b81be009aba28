// Holds for every message a channel can get, whatever strangers write and in every language: Slack's limits are kept, and their words stay words, in
// blocks and in text.

import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Booking, Guest } from '../../src/booking/booking.ts';
import type { Invitee } from '../../src/booking/change.ts';
import { cardOf } from '../../src/delivery/card.ts';
import type { Card, Content, Digest, Reply } from '../../src/delivery/content.ts';
import { guestsWindow, replyOf } from '../../src/delivery/reply.ts';
import { render } from '../../src/slack/messages/content.ts';
import { plain } from '../../src/slack/messages/text.ts';
import { defaultOptions, type Filter, kinds, privacies, styles } from '../../src/subscription/subscription.ts';
import { type Language, languages } from '../../src/texts/index.ts';
import { blockProblems, buttonUrls, labels, textObjects } from './blocks.ts';
import { hostile, shape } from './mrkdwn.ts';
import { nastyStrings, nastyWords } from './nasty-strings.ts';

type People = ReadonlyMap<string, string>;
interface Message {
  text: string;
  blocks?: KnownBlock[];
}

// Together more than 100,000 messages. A failure prints its seed and the smallest message that shows it.
const everything: Filter = { types: [] };
const RUNS = { cards: 24_000, heavy: 800, replies: 42_000, answers: 12_000, digests: 12_000, bookings: 12_000 };
const slow = 240_000;

const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...nastyWords) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...nastyWords), fc.constantFrom(...nastyWords)).map((p) => p.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('a ', 'Ada', ' '), fc.constantFrom(...nastyWords)).map((p) => p.join('')),
  },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
/** The whole collection, 100,000 characters and more included. */
const anyWord = fc.oneof({ weight: 30, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom(...nastyStrings) });
const maybe = fc.option(word);
const moment = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1.7e12, max: 1.9e12 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, 1e20, 8.64e15) },
);
const span = fc.record({ startsAt: moment, endsAt: moment });
const count = fc.nat({ max: 30 });
const language = fc.constantFrom(...languages);
const id = fc.oneof(
  fc.constantFrom('U012AB3CD', 'W9', 'S012AB3CD', 'U1|x', 'U1> <!channel', 'u012', '', '!channel', 'C012AB3CD', 'U'),
  word,
);
const mention: fc.Arbitrary<Card['mention']> = fc.oneof(
  fc.constantFrom({ who: 'none' as const }, { who: 'host' as const }),
  fc.record({ who: fc.constantFrom('user' as const, 'group' as const), id }),
);
const conference = 'https://us05web.zoom.us/j/1?pwd=x&y=|*_~';
const zone = fc.oneof(word, fc.constantFrom('Europe/Berlin', 'America/Argentina/ComodRivadavia', 'Asia/Tokyo'));

/** A card whose every word comes from `word`, the longest from `anyWord`; `full`: with everything a card can have. */
function cards(word: fc.Arbitrary<string>, anyWord: fc.Arbitrary<string>, full: boolean): fc.Arbitrary<Card> {
  const opt = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => (full ? arbitrary : fc.option(arbitrary));
  const half = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
  const some = (least: number, most: number) => ({ minLength: full ? least : 0, maxLength: most });
  return fc.record({
    state: fc.constantFrom<Card['state']>('booked', 'moving', 'moved', 'canceled', 'noshow', 'routed'),
    test: fc.boolean(),
    language,
    style: fc.constantFrom(...styles),
    privacy: fc.constantFrom(...privacies),
    mention,
    ref: opt(fc.constantFrom('0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', '')),
    title: anyWord,
    moves: count,
    when: opt(span),
    was: opt(span),
    inviteeZone: opt(zone),
    who: fc.record({ name: anyWord, email: opt(word) }),
    guests: fc.array(word, some(3, 3)),
    hosts: fc.array(fc.record({ name: word, email: opt(word) }), some(12, 12)),
    place: opt(
      fc.record(
        { words: word, joinUrl: opt(fc.oneof(word, fc.constant(conference))), was: word },
        { requiredKeys: full ? ['words', 'joinUrl', 'was'] : ['words', 'joinUrl'] },
      ),
    ),
    seats: opt(fc.record({ active: count, limit: count })),
    group: (full ? opt : half)(
      fc.array(
        fc.record({
          name: word,
          email: opt(word),
          state: fc.constantFrom('in' as const, 'in' as const, 'left' as const, 'moved' as const),
          noShow: fc.boolean(),
        }),
        some(12, 14),
      ),
    ),
    earlier: opt(fc.record({ bookings: count, noShows: count })),
    threadAnswers: full ? fc.constant(true) : fc.boolean(),
    payment: opt(word),
    shortNotice: opt(fc.integer()),
    answers: fc.array(fc.record({ question: word, answer: anyWord }), some(5, 5)),
    canceled: opt(
      fc.record({
        at: opt(moment),
        before: opt(fc.integer()),
        late: fc.boolean(),
        byType: fc.constantFrom('host' as const, 'invitee' as const, null),
        by: opt(word),
        reason: opt(word),
      }),
    ),
    noShowAt: opt(moment),
    late: opt(fc.integer()),
    because: word,
  });
}

/** Some hosts have an account; what stands for it may be anything. */
const withPeople = (card: fc.Arbitrary<Card>) =>
  fc
    .tuple(card, fc.array(fc.option(id), { minLength: 12, maxLength: 12 }))
    .map(([card, ids]) => ({ card, people: peopleOf(card.hosts, ids) }));
const shownCard = withPeople(cards(word, anyWord, false));
/** Nothing short in it: what is cut must be cut right, and the sum of all parts must fit. */
const heavyWords = nastyStrings.filter((text) => text.length >= 4_000 && plain(text, 5) !== '');
const heavyCard = withPeople(cards(fc.constantFrom(...heavyWords), fc.constantFrom(...heavyWords), true));

function peopleOf(hosts: Card['hosts'], ids: readonly (string | null)[]): People {
  const people = new Map<string, string>();
  for (const [i, { email }] of hosts.entries()) if (email && ids[i]) people.set(email.trim().toLowerCase(), ids[i]);
  return people;
}

/** The harmless word in a stranger's place: nothing where nothing would be left of theirs. */
const tameWord = (text: string) => (plain(text, 150) === '' ? '' : 'x');
const tameMaybe = (text: string | null) => (text === null ? null : tameWord(text));

/** A host is found by the address: those of known hosts stay apart, even where there is nothing to see in them. */
const tameEmail = (email: string, known: number | null) =>
  known === null ? tameWord(email) : (tameWord(email) ? 'y' : '\u200B').repeat(known + 1);

/** The same card in harmless words. Ids and the address of a conference are ours or judged by themselves. */
function tamed(card: Card, people: People): { card: Card; people: People } {
  const hosts = card.hosts.map(({ name, email }, i) => {
    const id = people.get(email?.trim().toLowerCase() ?? '');
    return { name: tameWord(name), email: email && tameEmail(email, id ? i : null), id: id ?? null };
  });
  const tame: Card = {
    ...card,
    title: tameWord(card.title),
    inviteeZone: null,
    who: { name: tameWord(card.who.name), email: tameMaybe(card.who.email) },
    hosts: hosts.map(({ name, email }) => ({ name, email })),
    place: card.place && {
      ...(card.place.was === undefined ? {} : { was: tameWord(card.place.was) }),
      words: tameWord(card.place.words),
      joinUrl: card.place.joinUrl === conference ? conference : tameMaybe(card.place.joinUrl),
    },
    group:
      card.group?.map((guest) => ({ ...guest, name: tameWord(guest.name), email: tameMaybe(guest.email) })) ?? null,
    payment: tameMaybe(card.payment),
    answers: card.answers.map(({ question, answer }) => ({
      question: tameWord(question),
      answer: tameWord(answer),
    })),
    canceled: card.canceled && {
      ...card.canceled,
      by: tameMaybe(card.canceled.by),
      reason: tameMaybe(card.canceled.reason),
    },
    because: tameWord(card.because),
  };
  return {
    card: tame,
    people: peopleOf(
      tame.hosts,
      hosts.map(({ id }) => id),
    ),
  };
}

/** What a message does besides being read: its lines, what formats in each, and everything in pointed brackets. */
const doings = ({ text, blocks }: Message) =>
  [text, ...textObjects(blocks).map((each) => (each.type === 'mrkdwn' ? each.text : plainDoings(each.text)))].map(
    (each) => each.split('\n').map(shape),
  );
/** In plain text nothing formats, but a line break would still break a line. */
const plainDoings = (text: string) => text.replace(/[^\n]/g, 'x');

const specials = (text: string) => [...text.matchAll(/<([^<>]*)>/g)].map(([, inside]) => inside!);
const ourDate = /^!date\^-?\d{1,14}\^[{}a-z_ ,·]+\|[A-Za-zä0-9,.:/ _+()-]+$/;
const ourJoin = /^https:\/\/us05web\.zoom\.us\/[^\s|<>]*\|(?:Join|Teilnehmen)$/;

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
/** A stranger's words between the two marks of ours that keep what stands around them in its place; nothing stands behind the end of a text. */
const fenced = /\u200E([^\u200E\n]*)(?:\u200E|…$)/g;
const unfenced = (text: string) => text.replace(fenced, (whole, inside) => (rightToLeft.test(inside) ? inside : whole));

/** Nothing calls, links or hides but what is ours: `called` are the mentions this message should have. */
function expectHarmless(message: Message, called: readonly string[]): void {
  const { text, blocks } = message;
  const objects = textObjects(blocks);
  for (const each of [text, ...objects.filter(({ type }) => type === 'mrkdwn').map(({ text }) => text)]) {
    for (const inside of specials(each))
      if (!ourDate.test(inside) && !ourJoin.test(inside) && !called.includes(inside))
        throw new Error(`<${inside}> in ${each}`);
    const bare = each.replace(/<[^<>]*>/g, '');
    if (/[<>]/.test(bare.replace(/^> /gm, ''))) throw new Error(`a bracket in ${each}`);
    if (/&(?!(?:amp|lt|gt);)/.test(bare)) throw new Error(`a bare & in ${each}`);
    if (/:\/\//.test(bare)) throw new Error(`an address in ${each}`);
    if (/(?<![a-z0-9])@(?:here|channel|everyone)/i.test(bare)) throw new Error(`a bare mention in ${each}`);
  }
  for (const each of [text, ...objects.filter(({ type }) => type === 'mrkdwn').map((object) => object.text)])
    if (rightToLeft.test(each.replace(fenced, ''))) throw new Error(`our words may jump: ${JSON.stringify(each)}`);
  for (const each of [text, ...objects.map((object) => object.text), ...labels(blocks)].map(unfenced)) {
    if (/(?!\n)[\p{Cc}\p{Cs}\u200B\u200E\u200F\u061C\u2028\u2029\u202A-\u202E\u2060-\u206F\uFEFF]/u.test(each))
      throw new Error(`a character nobody sees in ${JSON.stringify(each)}`);
    if (/SECRET/.test(each)) throw new Error(`a secret address in ${each}`);
  }
  for (const object of objects) {
    if (object.type === 'mrkdwn' && object.verbatim !== true) throw new Error('mrkdwn that is not verbatim');
    if (object.type === 'plain_text' && (object.emoji !== false || /[\n\r]|:\/\//.test(object.text)))
      throw new Error(`plain text with more than text: ${object.text}`);
  }
  for (const url of buttonUrls(blocks)) if (new URL(url).hostname !== 'us05web.zoom.us') throw new Error(url);
}

const isUser = (id: string) => /^[UW][A-Z0-9]+$/.test(id);

/** The mentions a card is meant to have, from what it says it is meant to call. */
function calledBy({ mention, hosts }: Card, people: People): string[] {
  switch (mention.who) {
    case 'none':
      return [];
    case 'host':
      return hosts
        .map(({ email }) => people.get(email?.trim().toLowerCase() ?? '') ?? '')
        .filter(isUser)
        .map((id) => `@${id}`);
    case 'user':
      return isUser(mention.id) ? [`@${mention.id}`] : [];
    case 'group':
      return /^S[A-Z0-9]+$/.test(mention.id) ? [`!subteam^${mention.id}`] : [];
  }
}

function expectGood(message: Message, called: readonly string[] = []): void {
  const problems = blockProblems(message);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  expectHarmless(message, called);
}

const same = (a: unknown, b: unknown) => {
  // Told by strings first: vitest's own comparison is many times slower, and seldom needed.
  if (JSON.stringify(a) !== JSON.stringify(b)) expect(a).toEqual(b);
};

test('any card keeps Slack’s limits and does what the same card in harmless words does, and nothing else', {
  timeout: slow,
}, () => {
  fc.assert(
    fc.property(shownCard, ({ card, people }) => {
      const message = render({ kind: 'card', card }, { plain: false, people });
      const called = calledBy(card, people);
      expectGood(message, called);
      const tame = tamed(card, people);
      same(doings(message), doings(render({ kind: 'card', card: tame.card }, { plain: false, people: tame.people })));
      // A notification is made of the text: whoever is called must be called there.
      if (card.mention.who !== 'host' && called[0] && !message.text.includes(`<${called[0]}>`))
        throw new Error('the text does not call');
      same(render({ kind: 'card', card }, { plain: true, people }), { text: message.text });
    }),
    { numRuns: RUNS.cards },
  );
});

test('the heaviest card keeps Slack’s limits, and is cut harmlessly', { timeout: slow }, () => {
  fc.assert(
    fc.property(heavyCard, ({ card, people }) => {
      expectGood(render({ kind: 'card', card }, { plain: false, people }), calledBy(card, people));
    }),
    { numRuns: RUNS.heavy },
  );
});

const lineOfThread: fc.Arbitrary<Reply> = fc.record({
  language,
  kind: fc.constantFrom<Reply['kind']>('moved', 'canceled', 'noshow', 'noshow_undone', 'guests'),
  title: word,
  who: anyWord,
  by: maybe,
  byType: fc.constantFrom('host' as const, 'invitee' as const, null),
  reason: fc.option(anyWord),
  was: fc.option(span),
  now: fc.option(span),
  before: fc.option(fc.integer()),
  joined: fc.array(word, { maxLength: 13 }),
  left: fc.array(word, { maxLength: 13 }),
  answers: fc.constant([]),
});
const reply: fc.Arbitrary<Reply> = fc
  .tuple(lineOfThread, fc.option(fc.record({ was: word, now: word })))
  .map(([line, place]) => ({ ...line, ...(place ? { place } : {}) }));
const say = (reply: Reply, broadcast = false) => render({ kind: 'reply', reply, broadcast }, { plain: false });

test('any line of a thread is one line, and does what the same in harmless words does', { timeout: slow }, () => {
  fc.assert(
    fc.property(reply, fc.boolean(), (reply, broadcast) => {
      const message = say(reply, broadcast);
      expectGood(message);
      const tame: Reply = {
        ...reply,
        title: tameWord(reply.title),
        who: tameWord(reply.who),
        by: tameMaybe(reply.by),
        reason: tameMaybe(reply.reason),
        ...(reply.place ? { place: { was: tameWord(reply.place.was), now: tameWord(reply.place.now) } } : {}),
        joined: reply.joined.map(tameWord),
        left: reply.left.map(tameWord),
      };
      same(doings(message), doings(say(tame, broadcast)));
      if (message.text.includes('\n')) throw new Error('more than one line');
    }),
    { numRuns: RUNS.replies },
  );
});

const answersOf = (answers: Reply['answers'], who: string, language: Language): Reply => ({
  language,
  kind: 'answers',
  title: '',
  who,
  by: null,
  byType: null,
  reason: null,
  was: null,
  now: null,
  before: null,
  joined: [],
  left: [],
  answers,
});

test('any answers in full: questions in bold, answers quoted line by line, 3,500 characters at most', {
  timeout: slow,
}, () => {
  const given = fc.array(fc.record({ question: word, answer: anyWord }), { maxLength: 24 });
  fc.assert(
    fc.property(given, anyWord, language, (answers, who, language) => {
      const message = say(answersOf(answers, who, language));
      expectGood(message);
      const [head, ...rest] = message.text.split('\n');
      const kinds = rest.map(shape);
      const seen = answers.filter(({ answer }) => tameWord(answer)).length;
      if (shape(head!) !== '') throw new Error(`the head does more than be read: ${head}`);
      if (message.text.length > 3_500) throw new Error(`${message.text.length} characters`);
      if (kinds.filter((kind) => kind === 'bold()').length !== Math.min(20, seen)) throw new Error('questions missing');
      const foot = seen > 20 ? kinds.pop() : undefined;
      if (foot) throw new Error('the foot does more than be read');
      if (kinds.some((kind) => kind !== 'bold()' && kind !== 'quote()')) throw new Error(`${kinds} in ${message.text}`);
      if (kinds.some((kind, i) => kind === 'bold()' && kinds[i + 1] !== 'quote()')) throw new Error('no answer');
    }),
    { numRuns: RUNS.answers },
  );
});

const digest: fc.Arbitrary<Digest> = fc.record({
  language,
  past: fc.array(
    fc.record({
      title: anyWord,
      who: word,
      when: span,
      state: fc.constantFrom('booked' as const, 'canceled' as const),
    }),
    { maxLength: 13 },
  ),
  more: fc.nat({ max: 5_000 }),
});

test('any digest has a line for each meeting it names, and does what the same in harmless words does', {
  timeout: slow,
}, () => {
  const sum = (digest: Digest) => render({ kind: 'digest', digest }, { plain: false });
  fc.assert(
    fc.property(digest, (digest) => {
      const message = sum(digest);
      expectGood(message);
      const tame = digest.past.map((each) => ({ ...each, title: tameWord(each.title), who: tameWord(each.who) }));
      same(doings(message), doings(sum({ ...digest, past: tame })));
    }),
    { numRuns: RUNS.digests },
  );
});

const uri = 'https://api.calendly.com/scheduled_events/A/invitees/B';
const invitee: fc.Arbitrary<Invitee> = fc.record({
  uri: fc.constant(uri),
  name: anyWord,
  email: maybe,
  timezone: fc.option(zone),
  active: fc.boolean(),
  createdAt: moment,
  updatedAt: moment,
  answers: fc.array(fc.record({ question: word, answer: anyWord }), { maxLength: 5 }),
  tracking: fc.dictionary(word, word, { maxKeys: 2 }),
  rescheduled: fc.boolean(),
  oldInvitee: maybe,
  newInvitee: maybe,
  cancellation: fc.option(
    fc.record({
      by: maybe,
      byType: fc.constantFrom('host' as const, 'invitee' as const, null),
      reason: maybe,
      at: fc.option(moment),
    }),
  ),
  noShow: fc.constant(null),
  payment: fc.option(fc.record({ amount: word, currency: word, successful: fc.boolean() })),
  scheduledBy: maybe,
  formSubmission: maybe,
  meeting: fc.record({
    uri: fc.constant('https://api.calendly.com/scheduled_events/A'),
    name: maybe,
    active: fc.boolean(),
    startsAt: moment,
    endsAt: moment,
    eventType: maybe,
    place: fc.option(
      fc.record({
        // Calendly's own word, from a list of theirs.
        kind: fc.constantFrom('zoom', 'physical', 'outbound_call', 'custom', 'ask_invitee', 'new_in_2027'),
        text: maybe,
        joinUrl: fc.option(fc.oneof(word, fc.constant(conference))),
      }),
    ),
    seats: fc.option(fc.record({ active: count, limit: count })),
    hosts: fc.array(fc.record({ uri: maybe, name: maybe, email: maybe }), { maxLength: 3 }),
    guests: fc.array(word, { maxLength: 3 }),
  }),
});
const guest: fc.Arbitrary<Guest> = fc.record({
  invitee,
  state: fc.constantFrom('in' as const, 'left' as const, 'moved' as const),
  noShowAt: fc.option(moment),
  heardAt: fc.constantFrom(0, 1, guestsWindow),
  goneAt: fc.constantFrom(null, 0, 1),
});
const booking: fc.Arbitrary<Booking> = fc.record({
  state: fc.constantFrom<Booking['state']>('booked', 'moving', 'canceled', 'routed'),
  head: fc.option(invitee, { freq: 8 }),
  form: fc.option(
    fc.record({
      uri: fc.constant('https://api.calendly.com/routing_form_submissions/C'),
      form: maybe,
      answers: fc.array(fc.record({ question: word, answer: anyWord }), { maxLength: 5 }),
      outcome: fc.option(fc.record({ type: word, text: maybe })),
      submitter: maybe,
      createdAt: moment,
    }),
  ),
  moves: fc.array(fc.record({ from: fc.option(invitee), to: invitee, by: fc.constant(null) }), { maxLength: 1 }),
  noShowAt: fc.option(moment),
  heardAt: fc.option(moment),
  guests: fc.option(fc.array(guest, { maxLength: 3 }), { freq: 2 }),
});
const about = ['moved', 'canceled', 'noshow', 'noshow_undone', 'answers'].map((kind) => `${kind} ${uri}`);
const typeName = fc.record({ uri: fc.constant('https://api.calendly.com/event_types/T'), name: word });

test('any booking, from what Calendly says to what the channel reads', { timeout: slow }, () => {
  const look = fc.record({ style: fc.constantFrom(...styles), privacy: fc.constantFrom(...privacies), language });
  fc.assert(
    fc.property(booking, look, fc.array(typeName, { maxLength: 2 }), (booking, { style, privacy, language }, types) => {
      const options = { ...defaultOptions, style, privacy, language };
      const subscription = { filter: { ...everything, types }, options, kinds: [...kinds] };
      const frame = { subscription, look: null, ref: 'a-delivery', earlier: { bookings: 1, noShows: 1 } };
      const card = cardOf(booking, frame);
      const replies = [...about, 'guests 0'].map((each) => replyOf(booking, each, subscription));
      const contents: (Content | null)[] = [
        card && { kind: 'card', card },
        ...replies.map((reply) => reply && ({ kind: 'reply', reply, broadcast: false } satisfies Content)),
      ];
      for (const content of contents) if (content) expectGood(render(content, { plain: false }));
    }),
    { numRuns: RUNS.bookings },
  );
});
