// Why a booking was shown in each channel, or was not, in words: the verdict step by step, and what became of each message (pure).

import { type BookingState, view } from '../../booking/booking.ts';
import { type Happened, happenedIn } from '../../booking/happened.ts';
import { cardOf, noFrame } from '../../delivery/card.ts';
import { judgeOf, type Step, type Verdict } from '../../subscription/filter.ts';
import { placeInWords, rulesInWords } from '../../subscription/filter-words.ts';
import type { Delivered } from '../../subscription/inquiry.ts';
import { plainName } from '../../subscription/nearest.ts';
import { places, placeWords, type Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { inWords, kindsInWords, moment, type Names, subscriptionInWords } from './answers.ts';
import { duration, safeMrkdwn, span } from './text.ts';

export interface AskedBooking {
  state: BookingState;
  deliveries: readonly Delivered[];
  /** Those of its account that the person may see. */
  subscriptions: readonly Subscription[];
  /** Calendly knows it, and we had not heard of it. */
  isUnheard: boolean;
  /** The person may read everything of it, not only what its card says in the channel. */
  showsAll: boolean;
}

const MOST = 15;

/** Paragraphs: the booking, then one for each subscription. */
export function whyInWords(asked: AskedBooking, names: Names, now: number): string[] {
  const { t } = names;
  const { subscriptions } = asked;
  const some = subscriptions.slice(0, MOST);
  const more = subscriptions.length - some.length;
  return [
    ...(asked.isUnheard ? [t.why.unheard(names.command)] : []),
    head(asked, t),
    ...(some.length === 0 ? [t.why.noSubscription] : some.map((each) => ofOne(each, asked, names, now))),
    ...(more > 0 ? [t.why.more(more)] : []),
  ];
}

function head({ state, subscriptions, isUnheard, showsAll }: AskedBooking, t: Texts): string {
  const booking = view(state);
  // What the channel's own card says of it, where that is all the person may read.
  const frame = showsAll ? noFrame : { ...noFrame, subscription: subscriptions[0] ?? null };
  const card = cardOf(booking, frame);
  if (!card) return t.card.meeting;
  const title = `*${safeMrkdwn(card.title, 100) || t.card.meeting}*`;
  const when = card.when ? span(card.when.startsAt, card.when.endsAt, null, undefined, t) : '';
  const who = [safeMrkdwn(card.who.name, 80), safeMrkdwn(card.who.email ?? '', 120)].filter((each) => each !== '');
  const bookedAt = booking.moves.find((move) => move.from !== null)?.from?.createdAt ?? booking.head?.createdAt;
  const heardAt = firstHeard(state);
  const heard =
    isUnheard || bookedAt === undefined || heardAt === null
      ? []
      : [t.why.heard(moment(bookedAt, t), moment(heardAt, t))];
  return [t.why.head(title, t.details.states[card.state], when, who.join(' · ')), ...heard].join('\n');
}

function firstHeard({ invitees }: BookingState): number | null {
  const all = Object.values(invitees).map((each) => each.heardAt);
  return all.length > 0 ? Math.min(...all) : null;
}

function ofOne(subscription: Subscription, asked: AskedBooking, names: Names, now: number): string {
  const { t } = names;
  const happened = happenedIn(asked.state);
  const { verdict, told } = bestOf(happened, subscription);
  const here = asked.deliveries.filter((each) => each.channelId === subscription.channelId);
  const cards = here.filter((each) => each.kind === 'card' && each.about !== 'doubled');
  const own = cards.find((each) => each.subscriptionId === subscription.id);
  const said = verdict.matches ? t.why.matches : own ? t.why.follows : t.why.doesNotMatch;
  const steps = verdict.steps.map((step) =>
    t.why.is(step.passes, stepInWords(step, told, happened, subscription, asked, t)),
  );
  const became =
    verdict.matches || own
      ? own
        ? [...cards, ...here.filter((each) => each.kind === 'reply')].map((each) => becameInWords(each, names))
        : cards.length > 0
          ? [t.why.otherCard]
          : [whyNoCard(subscription, asked, names, now)]
      : [];
  return [
    t.why.channel(
      `<#${subscription.channelId}>`,
      subscriptionInWords(subscription, t, { to: asked.showsAll ? 'person' : 'channel' }),
    ),
    said,
    ...steps,
    ...grouped(became, t),
  ].join('\n');
}

/** Of all that happened, what matches; or what came nearest. */
function bestOf(happened: readonly Happened[], asking: Subscription): { verdict: Verdict; told: Happened | null } {
  const all = happened.map((told) => ({ told, verdict: judgeOf(told, { isKept: true }).judge(asking) }));
  const failed = ({ verdict }: { verdict: Verdict }) => verdict.steps.filter((step) => !step.passes).length;
  const [best] = all.sort((a, b) => failed(a) - failed(b));
  const nothing = judgeOf({ kind: 'other', invitee: null, form: null });
  return best ?? { told: null, verdict: nothing.judge(asking) };
}

/** Lines of a thread that went as they should are counted. */
function grouped(lines: (string | null)[], t: Texts): string[] {
  const told = lines.filter((line) => line !== null);
  const shown = lines.length - told.length;
  return [...told, ...(shown > 0 ? [t.why.lines(shown)] : [])];
}

function becameInWords(each: Delivered, names: Names): string | null {
  const { t } = names;
  if (each.kind === 'reply' && each.state === 'shown') return null;
  const what = each.kind === 'reply' ? t.why.line : each.about === 'past' ? t.why.past : t.why.card;
  const reason = each.reason ? inWords(each.reason.replaceAll('{channel}', `#${each.channelId}`), names) : '';
  return t.why.became(what, t.why.states[each.state], moment(each.at, t), reason);
}

function whyNoCard(subscription: Subscription, { state }: AskedBooking, names: Names, now: number): string {
  const { t } = names;
  const { mutedUntil, createdAt, reason } = subscription;
  const heardAt = firstHeard(state);
  if (heardAt !== null && createdAt > heardAt) return t.why.madeLater(moment(createdAt, t));
  if (mutedUntil !== null && mutedUntil > now) return t.why.muted(moment(mutedUntil, t));
  if (subscription.state === 'paused') return t.why.paused(reason ? inWords(reason, names) : '');
  return t.why.noCard;
}

function stepInWords(
  { about, wanted, unwanted }: Step,
  told: Happened | null,
  happened: readonly Happened[],
  { kinds }: Subscription,
  { showsAll }: AskedBooking,
  t: Texts,
): string {
  if (about === 'kind') {
    const all = [...new Set(happened.map((each) => judgeOf(each).kind).filter((kind) => kind !== null))];
    return t.why.kind(all.length > 0 ? kindsInWords(all, t) : t.why.nothingHappened, kindsInWords(kinds, t));
  }
  const asked = rulesInWords([...wanted, ...unwanted], t, (name) => safeMrkdwn(name, 80)).join(', ');
  const found = showsAll ? foundInWords(about, told, [...wanted, ...unwanted], t) : '';
  return t.why.asked(t.preview.about[about], asked, found);
}

/** What the booking itself has there. */
function foundInWords(about: Step['about'], told: Happened | null, rules: Step['wanted'], t: Texts): string {
  const invitee = told?.invitee;
  if (!invitee) return '';
  const { meeting } = invitee;
  const list = (all: readonly string[]) => all.map((each) => safeMrkdwn(each, 80)).join(', ') || t.why.nothingGiven;
  switch (about) {
    case 'type':
      return list([meeting.name ?? '']);
    case 'host':
    case 'group':
      return list(meeting.hosts.map((host) => host.name ?? host.email ?? t.card.aHost));
    case 'domain':
      return list([invitee.email ?? '']);
    case 'answer': {
      const asked = new Set(rules.flatMap((rule) => (rule.key === 'answer' ? [plainName(rule.question)] : [])));
      return list(invitee.answers.filter((each) => asked.has(plainName(each.question))).map((each) => each.answer));
    }
    case 'utm':
      return list(Object.entries(invitee.tracking).map(([name, value]) => `${name}=${value}`));
    case 'lead':
      return duration(Math.max(0, meeting.startsAt - invitee.createdAt), t);
    case 'location': {
      const kind = meeting.place?.kind ?? '';
      const word = placeWords.find((each) => each !== 'online' && (places[each] as readonly string[]).includes(kind));
      return word ? placeInWords(word, t) : list([kind]);
    }
    case 'paid':
      return invitee.payment?.successful ? t.filters.paid : t.filters.unpaid;
    case 'kind':
      return '';
  }
}
