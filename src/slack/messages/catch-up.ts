// What `status` says of looking for what no webhook told (pure).

import type { Held } from '../../connection/backfill-store.ts';
import { foundInWords } from '../../connection/caught-up.ts';
import { pollPause } from '../../connection/look.ts';
import type { Texts } from '../../texts/index.ts';
import { inWords, moment, type Names } from './answers.ts';

export interface CatchUpState {
  /** Calendly cannot call us: we ask. */
  polls: boolean;
  /** Null: never looked yet. */
  held: Held | null;
  /** Calendly's limit is nearly used up, so what nobody waits for goes on then (UTC ms); null: it need not wait. */
  limitedUntil: number | null;
}

/** One line each: how changes come in, if not by a hook; the look under way; the last one. */
export function catchUpInWords({ polls, held, limitedUntil }: CatchUpState, names: Names): string[] {
  const { t } = names;
  return [
    ...(polls ? [t.status.catchUp.polls(Math.round(pollPause(held?.last ?? null) / 60_000))] : []),
    ...(limitedUntil === null ? [] : [limitedLine(limitedUntil, polls, t)]),
    ...(held?.run ? [runLine(held.run, names)] : []),
    ...(held?.last ? [lastLine(held.last, t)] : polls ? [] : [t.status.catchUp.nothingYet]),
  ];
}

function limitedLine(until: number, polls: boolean, t: Texts): string {
  const { limited, limitedPolls } = t.status.catchUp;
  return (polls ? limitedPolls : limited)(moment(until, t));
}

function runLine({ from, to, cursor, found, waits }: NonNullable<Held['run']>, names: Names): string {
  const { t } = names;
  const { day } = t.times;
  const words = t.status.catchUp;
  const what = words.running(day(from), day(to), cursor ? day(cursor.reached) : '', foundInWords(found, t));
  return waits ? `${what} ${words.waits(moment(waits.until, t), inWords(waits.sentence, names))}` : what;
}

function lastLine({ reason, from, to, endedAt, found, unread, earlier }: NonNullable<Held['last']>, t: Texts): string {
  const { day } = t.times;
  const words = t.status.catchUp;
  return [
    words.last(moment(endedAt, t), words.reasons[reason], day(from), day(to), foundInWords(found, t)),
    ...(earlier ? [words.before(moment(earlier.endedAt, t), foundInWords(earlier.found, t))] : []),
    ...(unread > 0 ? [words.unread(unread)] : []),
  ].join(' ');
}
