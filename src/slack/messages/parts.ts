// The parts of a card in words, in the order people read them; each is safe mrkdwn, and '' when there is nothing to say (pure).

import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { guestsInWords } from './group.ts';
import { joinUrl } from './join.ts';
import { dateToken, duration, inZone, SHORT_DATE, safeMrkdwn, span } from './text.ts';

/** Slack user ids by e-mail address in lower case, as far as they are known. */
export type People = ReadonlyMap<string, string>;
export const nobody: People = new Map();

/** More than Calendly lets share one meeting, but a section has an end. */
const SHOWN_HOSTS = 10;

export const joined = (words: readonly string[], by = ' · '): string => words.filter((part) => part !== '').join(by);

export const titleOf = (card: Card, t: Texts, max = 150): string =>
  safeMrkdwn(card.title, max) || (card.state === 'routed' ? t.card.form : t.card.meeting);

/** The name people go by, and the address only where it says more than the name. */
export function personOf(card: Card, t: Texts, max = 100): { name: string; email: string } {
  const name = safeMrkdwn(card.who.name, max);
  const email = safeMrkdwn(card.who.email ?? '', 120);
  if (name === '') return { name: email || t.card.somebody, email: '' };
  return { name, email: email === name ? '' : email };
}

const EMOJI = { booked: '✅', moving: '🔁', moved: '🔁', canceled: '❌', noshow: '👻', routed: '📝' } as const;

/** A group meeting stays when its last guest leaves: it is neither canceled nor booked by anybody. */
const isEmpty = (card: Card) =>
  card.state === 'booked' && card.group !== null && !card.group.some((guest) => guest.state === 'in');

export function headline(card: Card, t: Texts, max?: number): string {
  const bold = `*${titleOf(card, t, max)}*`;
  const title = card.state === 'canceled' ? `~${bold}~` : bold;
  const emoji = isEmpty(card) ? '➖' : EMOJI[card.state];
  return joined([
    card.test ? `*${t.card.sample}*` : '',
    `${emoji} ${title}`,
    stateWords(card, t),
    isLate(card) ? `⚠️ ${t.card.late}` : '',
  ]);
}

export function stateWords(card: Card, t: Texts): string {
  const words = t.card;
  switch (card.state) {
    case 'booked':
      return isEmpty(card) ? words.noGuestsLeft : words.booked;
    case 'moving':
      return words.moving;
    case 'moved':
      return card.moves > 1 ? words.movedAgain(card.moves) : words.moved;
    case 'noshow':
      return card.noShowAt === null
        ? words.noShow
        : words.noShowMarked(dateToken(card.noShowAt, t.times.moment, card.inviteeZone, t));
    case 'routed':
      return words.routed;
    case 'canceled': {
      const before = card.canceled?.before ?? null;
      if (before === null) return words.canceled;
      return before >= 0 ? words.canceledBefore(duration(before, t)) : words.canceledAfter(duration(before, t));
    }
  }
}

/** Canceled so short before that the time is lost; after its start everybody sees that. */
export const isLate = (card: Card): boolean =>
  card.state === 'canceled' && card.canceled?.late === true && (card.canceled.before ?? -1) >= 0;

/** By whom and why. In sentences it stands after what was canceled: no colon of ours may follow a stranger's words. */
export function canceledWhy(card: Card, t: Texts): string[] {
  if (card.state !== 'canceled' || !card.canceled) return [];
  const by = safeMrkdwn(card.canceled.by ?? '', 100);
  const reason = safeMrkdwn(card.canceled.reason ?? '', 300);
  const { byType } = card.canceled;
  const words = byType === 'invitee' ? t.card.byInvitee : byType === 'host' ? t.card.byHost(by) : by && t.card.by(by);
  return [words, reason && t.card.quoted(reason)].filter((part) => part !== '');
}

/** Where it stood before a move: shorter, since it only has to be recognized. */
export const oldTime = (startsAt: number, zone: string | null, t: Texts): string =>
  dateToken(startsAt, SHORT_DATE, zone, t);

/** `brief`: without the invitee's zone, which has its place where there is more room. */
export function whenWords(card: Card, t: Texts, o: { brief?: boolean; tokens?: string } = {}): string {
  const { when, was, inviteeZone: zone } = card;
  if (card.state === 'moving') {
    const old = was ?? when;
    return old ? `~${oldTime(old.startsAt, zone, t)}~ → ${t.card.newTimeToFollow}` : t.card.NewTimeToFollow;
  }
  if (!when) return '';
  const now = span(when.startsAt, when.endsAt, zone, o.tokens, t);
  if (card.state === 'canceled') return `~${now}~`;
  const there = o.brief ? null : inviteesTime(card, t);
  const from = card.state === 'moved' && was ? `~${oldTime(was.startsAt, zone, t)}~ → ` : '';
  return `${from}*${now}*${there ? ` (${there})` : ''}`;
}

/** `Tue 4:00 PM in Berlin`; null for a group, whose guests may be anywhere. */
export const inviteesTime = ({ when, inviteeZone, group }: Card, t: Texts): string | null =>
  when && inviteeZone && !group ? inZone(when.startsAt, inviteeZone, t) : null;

/** `name` is the most of a name that is shown, `named` the most guests of a group. */
export function whoWords(card: Card, t: Texts, { name: max = 100, named = 10 } = {}): string {
  if (card.group)
    return joined([`*${seatWords(card, t)}*`, ...guestsInWords(card.group, named, t), inviteeGuests(card, t)]);
  const { name, email } = personOf(card, t, max);
  return joined([`*${name}*`, email, earlierWords(card, t), inviteeGuests(card, t)]);
}

/** Calendly tells with each guest how many seats were taken then; among news of one second, the names we know may be more. */
export function seatWords({ seats, group }: Card, t: Texts): string {
  const here = group?.filter((guest) => guest.state === 'in').length ?? 0;
  if (seats) return t.card.seats(Math.max(seats.active, here), seats.limit);
  return group ? t.card.guests(here) : '';
}

/** `2nd booking, 1 earlier no-show`: a first one is nothing to tell. */
export function earlierWords({ earlier }: Card, t: Texts): string {
  if (!earlier) return '';
  const { bookings, noShows } = earlier;
  return joined(
    [bookings > 0 ? t.card.nthBooking(bookings + 1) : '', noShows > 0 ? t.card.earlierNoShows(noShows) : ''],
    ', ',
  );
}

/** Those the invitee brings along. */
export function inviteeGuests(card: Card, t: Texts, sign = '+'): string {
  const count = card.guests.length;
  return count === 0 ? '' : `${sign}${t.card.guests(count)}`;
}

/** Where the subscription calls the hosts, those with an account here by their mention: whoever is to be called must be named. */
export function hostWords(card: Card, people: People, t: Texts, most = SHOWN_HOSTS): string {
  const calls = card.mention.who === 'host';
  const names = card.hosts
    .map(({ name, email }) => {
      const id = calls && email ? people.get(email.trim().toLowerCase()) : undefined;
      return (id && mentionOf('user', id)) || safeMrkdwn(name, 60) || safeMrkdwn(email ?? '', 60);
    })
    .filter((name) => name !== '');
  if (names.length === 0) return '';
  const shown = names.slice(0, calls ? SHOWN_HOSTS : most);
  const more = names.length - shown.length;
  const all = shown.join(', ');
  return t.card.hosts(names.length, more > 0 ? t.card.andMore(all, more) : all);
}

/** Whom the subscription calls besides its hosts. */
export function callWords({ mention }: Card): string {
  if (mention.who !== 'user' && mention.who !== 'group') return '';
  const called = mentionOf(mention.who, mention.id);
  return called && `cc ${called}`;
}

/** The only place that writes a mention: an id of another form could be anything, so it is left out. */
function mentionOf(who: 'user' | 'group', id: string): string {
  if (who === 'user') return /^[UW][A-Z0-9]{1,30}$/.test(id) ? `<@${id}>` : '';
  return /^S[A-Z0-9]{1,30}$/.test(id) ? `<!subteam^${id}>` : '';
}

export const isOn = (card: Card): boolean => card.state === 'booked' || card.state === 'moved';

/** A link we do not know is shown, for people to judge and copy, but cannot be clicked. */
export function placeWords(card: Card, t: Texts): string {
  if (!card.place) return '';
  const { words, joinUrl: url, was } = card.place;
  const unknown = isOn(card) && url && !joinUrl(url) && !words.includes(url) ? url : '';
  const now = joined([words, unknown].map(placeName), ' ');
  return isOn(card) && was ? elsewhere(was, now, t) : now;
}

const placeName = (words: string): string => safeMrkdwn(words, 200, { run: 200 });

/** `Google Meet instead of Zoom`; `now` is safe already. */
function elsewhere(was: string, now: string, { card }: Texts): string {
  const old = placeName(was);
  return old && now ? card.insteadOf(now, old) : now;
}

export const placeChange = ({ was, now }: { was: string; now: string }, t: Texts): string =>
  elsewhere(was, placeName(now), t);

export const paymentWords = (card: Card): string => safeMrkdwn(card.payment ?? '', 60);

export const noticeWords = (card: Card, t: Texts): string =>
  isOn(card) && card.shortNotice !== null ? t.card.ahead(duration(card.shortNotice, t)) : '';

export const newsWords = (card: Card, t: Texts): string =>
  card.late === null ? '' : t.card.arrivedLate(duration(card.late, t));
