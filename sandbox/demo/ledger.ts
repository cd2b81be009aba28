// Counts what was booked at the sandbox's Calendly against what stands in the sandbox's Slack: nobody asks the app whether it did well.
import type { CalendlySandbox } from '../calendly/server.ts';
import type { SlackSandbox } from '../slack/server.ts';
import type { Message } from '../slack/types.ts';
import type { Figures } from './metrics.ts';

/** What may be on its way for longer than this, with nothing broken and nothing waiting, is missing. */
const PATIENCE_MS = 30_000;

/**
 * `true`: each channel has its card, and it says how things are now. `behind`: a card stands, but tells of an earlier state. `waiting`: no card yet.
 * `unwanted`: the app says that no channel follows it. `twice`: a channel has two cards. `missing`: nothing waits, and no card is there.
 */
type MeetingState = 'true' | 'behind' | 'waiting' | 'unwanted' | 'twice' | 'missing';

type Meeting = {
  key: string;
  title: string;
  who: string;
  start: string;
  /** Every start it ever had, seconds. */
  starts: number[];
  names: string[];
  isGroup: boolean;
  isCanceled: boolean;
  bookedAt: number;
};

export type Ledger = ReturnType<typeof count>;

type Parts = {
  slack: SlackSandbox;
  calendly: CalendlySandbox;
  figures: Figures;
  /** Only what was booked since then: a channel is told of nothing from before it subscribed. */
  since: number;
  isAppUp: boolean;
  isBroken: boolean;
};

export function count({ slack, calendly, figures, since, isAppUp, isBroken }: Parts) {
  const messages = figures.deliveries;
  const changes = figures.changes;
  const webhooks = toldOf(calendly, since);
  const underWay = {
    calendly: webhooks.waiting,
    /** Null while nobody can say. */
    app: isAppUp ? (changes.pending ?? 0) + (messages.due ?? 0) + (messages.sending ?? 0) + (messages.held ?? 0) : null,
  };
  const meetings = meetingsSince(calendly, since);
  const cards = cardsOf(slack);
  const isQuiet = isAppUp && !isBroken && underWay.calendly === 0 && underWay.app === 0 && figures.catchingUp === 0;
  const rows = meetings.map((meeting) => ({ meeting, ...standing(meeting, cards) }));
  const nobody = rows.filter((row) => row.state === 'waiting').length;
  const unwanted = (changes.suppressed ?? 0) + (changes.muted ?? 0) + (changes.kept ?? 0);
  const listed = rows.map(({ meeting, state, channels }) => ({
    key: meeting.key,
    title: meeting.title,
    who: meeting.who,
    start: meeting.start,
    isCanceled: meeting.isCanceled,
    channels,
    state: state === 'waiting' && isQuiet ? judged(meeting, nobody <= unwanted) : state,
  }));
  const inState = (...wanted: MeetingState[]) => listed.filter(({ state }) => wanted.includes(state)).length;
  return {
    booked: meetings.length,
    acknowledged: webhooks.acknowledged,
    underWay,
    kept: changes.received ?? 0,
    repeated: webhooks.repeated,
    cards: listed.reduce((sum, { channels }) => sum + channels.length, 0),
    stands: inState('true', 'behind'),
    onItsWay: inState('waiting', 'behind'),
    unwanted: inState('unwanted'),
    unsure: messages.uncertain ?? 0,
    givenUp: (messages.dead ?? 0) + (changes.quarantined ?? 0),
    missing: inState('missing'),
    twice: inState('twice'),
    meetings: listed,
  };
}

function judged(meeting: Meeting, isExplained: boolean): MeetingState {
  if (isExplained) return 'unwanted';
  return Date.now() - meeting.bookedAt > PATIENCE_MS ? 'missing' : 'waiting';
}

/** Webhooks by what they tell of, not by how often they were sent. */
function toldOf(calendly: CalendlySandbox, since: number) {
  const told = new Map<string, { times: number; isAcknowledged: boolean }>();
  for (const { at, event, body, status } of calendly.deliveries) {
    if (at < since) continue;
    const { payload } = JSON.parse(body) as { payload: { uri?: string; no_show?: { uri?: string } | null } };
    const key = `${event} ${payload.uri} ${payload.no_show?.uri ?? ''}`;
    const entry = told.get(key) ?? { times: 0, isAcknowledged: false };
    entry.times += status === 200 ? 1 : 0;
    entry.isAcknowledged ||= status !== null && status >= 200 && status < 300;
    told.set(key, entry);
  }
  const all = [...told.values()];
  const acknowledged = all.filter((each) => each.isAcknowledged).length;
  const repeated = all.reduce((sum, { times }) => sum + Math.max(0, times - 1), 0);
  return { acknowledged, waiting: all.length - acknowledged, repeated };
}

/** A moved booking is one meeting with all the times it had; the guests of a group share theirs. */
function meetingsSince(calendly: CalendlySandbox, since: number): Meeting[] {
  const meetings = new Map<string, Meeting>();
  const keyOf = new Map<string, string>();
  for (const { event, eventUri, invitee, inviteeUri } of calendly.bookings) {
    const bookedAt = Date.parse(invitee.created_at);
    if (bookedAt < since) continue;
    const isGroup = event.invitees_counter.limit > 1;
    const key = isGroup ? eventUri : (keyOf.get(invitee.old_invitee ?? '') ?? inviteeUri);
    keyOf.set(inviteeUri, key);
    const known = meetings.get(key);
    const at = Date.parse(event.start_time) / 1000;
    const names = [...(known?.names ?? []), invitee.name];
    meetings.set(key, {
      key,
      title: event.name ?? 'Meeting',
      who: isGroup ? `${event.invitees_counter.active} of ${event.invitees_counter.limit} seats` : invitee.name,
      start: event.start_time,
      starts: [...(known?.starts ?? []), at],
      names,
      isGroup,
      isCanceled: event.status === 'canceled',
      bookedAt: known?.bookedAt ?? bookedAt,
    });
  }
  return [...meetings.values()];
}

type Card = { channel: string; text: string; canBeCanceled: boolean };

/** Cards by their mark in the message's metadata; a card is at top level, its thread holds its history. */
function cardsOf(slack: SlackSandbox): Card[] {
  return Object.entries(slack.channels).flatMap(([name, id]) =>
    slack
      .messages(id)
      .filter((message) => isCard(message) && !message.threadTs)
      .map((message) => {
        const text = JSON.stringify([message.text, message.blocks]);
        return { channel: name, text, canBeCanceled: text.includes('"cancel_meeting"') };
      }),
  );
}

function isCard({ metadata }: Message): boolean {
  return (metadata as { event_type?: string } | undefined)?.event_type === 'booking_card';
}

function standing(meeting: Meeting, cards: Card[]): { state: MeetingState; channels: string[] } {
  const shows = (card: Card, at: number) => card.text.includes(`<!date^${at}^`) && card.text.includes(meeting.title);
  const isOurs = (card: Card) =>
    meeting.starts.some((at) => shows(card, at)) &&
    (meeting.isGroup || meeting.names.some((name) => card.text.includes(name)));
  const own = cards.filter(isOurs);
  const channels = own.map(({ channel }) => channel);
  if (own.length === 0) return { state: 'waiting', channels };
  if (new Set(channels).size < channels.length) return { state: 'twice', channels };
  const latest = meeting.starts.at(-1) ?? 0;
  const isTrue = own.every((card) => shows(card, latest) && !(meeting.isCanceled && card.canBeCanceled));
  return { state: isTrue ? 'true' : 'behind', channels };
}
