// A look at Calendly's list: what it is for, which part of the list it reads, how far it has come, and when the next one is due (pure).

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `poll`: Calendly cannot call us, so we ask. The others see to it that nothing stays missed where it can. */
export type Reason = 'connected' | 'start' | 'hook' | 'poll' | 'hourly' | 'nightly';

/** When Calendly's messages could not reach us, and why. */
export interface Blind {
  from: number;
  to: number;
  why: 'down' | 'hook';
}

/** Times are UTC milliseconds by the database's clock. */
export interface Wish {
  reason: Reason;
  /** Meetings that begin in this time. */
  from: number;
  to: number;
  /** No-shows of meetings that began since then are asked for too, at one call a meeting; null: not. */
  noShowsFrom: number | null;
  blind: Blind | null;
}

/** What was new to us. */
export interface Found {
  booked: number;
  moved: number;
  canceled: number;
  noshow: number;
  /** Meetings whose host, place, time or seats had changed without a word. */
  changed: number;
}

export function sum(a: Found, b: Found): Found {
  return {
    booked: a.booked + b.booked,
    moved: a.moved + b.moved,
    canceled: a.canceled + b.canceled,
    noshow: a.noshow + b.noshow,
    changed: a.changed + b.changed,
  };
}

export interface Run extends Wish {
  id: string;
  beganAt: number;
  /** Null: at the beginning. `from`: where the query of this page token begins; `reached`: the start of the last meeting dealt with. */
  cursor: { from: number; pageToken: string | null; reached: number } | null;
  found: Found;
  /** Meetings or people that could not be read. */
  unread: number;
  /** Failures in a row. */
  failures: number;
  /** What it waits for. */
  waits: { sentence: string; until: number } | null;
  /** Meetings of the pages that are done; all of them, once somebody was told how far it has come. */
  dealt?: number;
  total?: number;
}

/** The last one that came to its end. */
export type Last = Pick<Run, 'reason' | 'from' | 'to' | 'blind' | 'beganAt' | 'found' | 'unread'> & {
  endedAt: number;
  /** Where it found nothing: the last one before it that did. */
  earlier: { endedAt: number; found: Found } | null;
};

export const foundAny = (found: Found): boolean => Object.values(found).some((n) => n > 0);

export interface Times {
  connectionId: string;
  /** When the last ones of each kind began. */
  pollAt: number;
  hourlyAt: number;
  nightlyAt: number;
  last: Last | null;
}

/** Nobody books further ahead than this, and what was over longer ago is nobody's news. */
const ahead = 400 * day;
const back = 30 * day;
const near = 14 * day;
/** No-shows are marked soon after a meeting, mostly. */
const markedWithin = 2 * day;

/** How often is asked where Calendly cannot call; less often where one time round takes long, so that its limit is never used up. */
export const pollEvery = minute;
export const slowPollEvery = 2 * minute;
const slowRound = 20_000;

export const nothingFound: Found = { booked: 0, moved: 0, canceled: 0, noshow: 0, changed: 0 };

/** `keptDays`: how long bookings are remembered; what is forgotten cannot be compared. */
export function wishFor(reason: Reason, now: number, o: { blind?: Blind | null; keptDays: number }): Wish {
  const blind = o.blind ?? null;
  const backMost = now - Math.min(back, (o.keptDays - 1) * day);
  const wish = (from: number, to: number, noShowsFrom: number | null): Wish => ({
    reason,
    from: Math.max(from, backMost),
    to: now + to,
    noShowsFrom: noShowsFrom === null ? null : Math.max(noShowsFrom, backMost),
    blind,
  });
  // Booked and over within the gap, or begun before it and marked in it.
  if (blind) return wish(blind.from - day, ahead, blind.from - day);
  switch (reason) {
    case 'nightly':
      return wish(now - back, ahead, now - markedWithin);
    case 'hourly':
      return wish(now - day, near, null);
    case 'start':
    case 'poll':
      return wish(now - day, ahead, null);
    default:
      return wish(now - day, ahead, now - day);
  }
}

const weight: Record<Reason, number> = { hook: 5, start: 4, connected: 3, nightly: 2, poll: 1, hourly: 0 };

/** One look for both. */
export function both(a: Wish | null, b: Wish): Wish {
  if (!a) return b;
  return {
    reason: weight[a.reason] >= weight[b.reason] ? a.reason : b.reason,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    noShowsFrom:
      a.noShowsFrom === null || b.noShowsFrom === null
        ? (a.noShowsFrom ?? b.noShowsFrom)
        : Math.min(a.noShowsFrom, b.noShowsFrom),
    blind:
      a.blind && b.blind
        ? {
            from: Math.min(a.blind.from, b.blind.from),
            to: Math.max(a.blind.to, b.blind.to),
            why: a.blind.why === 'hook' || b.blind.why === 'hook' ? 'hook' : 'down',
          }
        : (a.blind ?? b.blind),
  };
}

/** What is due by the clock; null: nothing yet. */
export function dueLook(times: Times, now: number, polls: boolean, keptDays: number): Wish | null {
  if (times.nightlyAt < lastNight(times.connectionId, now)) return wishFor('nightly', now, { keptDays });
  const isHourly = times.hourlyAt < lastHour(times.connectionId, now);
  if (!polls) return isHourly ? wishFor('hourly', now, { keptDays }) : null;
  if (now < times.pollAt + pollPause(times.last)) return null;
  const wish = wishFor('poll', now, { keptDays });
  return isHourly ? { ...wish, noShowsFrom: Math.max(wish.from, now - day) } : wish;
}

export function nextDueAt(times: Times, now: number, polls: boolean): number {
  const { connectionId } = times;
  const slots = [lastNight(connectionId, now) + day, lastHour(connectionId, now) + hour];
  return Math.max(now, Math.min(...slots, ...(polls ? [times.pollAt + pollPause(times.last)] : [])));
}

export function pollPause(last: Last | null): number {
  const took = last?.reason === 'poll' ? last.endedAt - last.beganAt : 0;
  return took <= slowRound ? pollEvery : Math.max(slowPollEvery, 2 * took);
}

/** Each connection has its own minute of the hour and its own hour of the night, so that they do not all come at once. */
const lastHour = (connectionId: string, now: number) => slotBefore(now, hour, Math.round(share(connectionId) * hour));
const lastNight = (connectionId: string, now: number) =>
  slotBefore(now, day, hour + Math.round(share(connectionId) * 4 * hour));

const slotBefore = (now: number, period: number, offset: number) =>
  Math.floor((now - offset) / period) * period + offset;

/** From 0 to 1, always the same for one connection. */
function share(connectionId: string): number {
  let sum = 0;
  for (const sign of connectionId) sum = (sum * 31 + sign.charCodeAt(0)) % 9_973;
  return sum / 9_973;
}
