// How a channel's cards look when something of it is asked for: what was named changes, all else stays (pure).

import { type Language, usualLanguage } from '../texts/index.ts';
import {
  defaultOptions,
  type Kind,
  kinds,
  type Mention,
  type Options,
  type Privacy,
  type Style,
  type ThreadMode,
  threadMode,
} from './subscription.ts';

/** What was asked for; what is absent was not named. */
export interface OptionsWish {
  style?: Style;
  thread?: ThreadWish;
  mention?: Mention;
  privacy?: Privacy;
  language?: Language;
}

/** `all` for every kind; `but` for single ones. Always in its shortest form: see `shortest`. */
export interface ThreadWish {
  all?: ThreadMode;
  but: Partial<Record<Kind, ThreadMode>>;
}

export const namesNothing = (wish: OptionsWish): boolean => Object.keys(wish).length === 0;

export function withWish(before: Options, wish: OptionsWish): Options {
  const { thread, language = languageIn(before), ...others } = wish;
  const { language: _, ...rest } = before;
  return {
    ...rest,
    ...others,
    ...(thread ? { thread: threadAfter(before, thread) } : {}),
    ...(language === usualLanguage ? {} : { language }),
  };
}

/** The wish that makes these options of the usual ones. */
export function wishFor(options: Options): OptionsWish {
  const thread = collected(each((kind) => threadMode(options, kind)));
  return {
    ...(options.style === defaultOptions.style ? {} : { style: options.style }),
    ...(kinds.every((kind) => threadMode(options, kind) === threadMode(defaultOptions, kind)) ? {} : { thread }),
    ...(sameMention(options.mention, defaultOptions.mention) ? {} : { mention: options.mention }),
    ...(options.privacy === defaultOptions.privacy ? {} : { privacy: options.privacy }),
    ...(languageIn(options) === usualLanguage ? {} : { language: languageIn(options) }),
  };
}

/** Whether a channel would see any difference. */
export function sameOptions(a: Options, b: Options): boolean {
  return (
    a.style === b.style &&
    a.privacy === b.privacy &&
    languageIn(a) === languageIn(b) &&
    sameMention(a.mention, b.mention) &&
    kinds.every((kind) => threadMode(a, kind) === threadMode(b, kind))
  );
}

export function sameMention(a: Mention, b: Mention): boolean {
  return a.who === b.who && idOf(a) === idOf(b);
}

export const languageIn = ({ language }: Pick<Options, 'language'>): Language => language ?? usualLanguage;

export const idOf = (mention: Mention): string | null => ('id' in mention ? mention.id : null);

/** Exceptions that say nothing are left out: those equal to all, and any beside `off`, which is off for all kinds. */
export function shortest({ all, but }: ThreadWish): ThreadWish {
  if (all === undefined) return { but };
  const left = all === 'off' ? [] : entries(but).filter(([, mode]) => mode !== all);
  return { all, but: Object.fromEntries(left) };
}

/** What outsiders can read shows `business` at most, unless a workspace admin says otherwise in so many words. */
export function privacyHere(
  wanted: Privacy,
  here: { isShared: boolean /** An admin named it, now or earlier. */; adminSaysSo: boolean },
): Privacy {
  return here.isShared && wanted === 'full' && !here.adminSaysSo ? 'business' : wanted;
}

/** A kind named alone changes alone: where threads were off, the other kinds stay off. */
function threadAfter(before: Options, wish: ThreadWish): Options['thread'] {
  const { all, but } = shortest(wish);
  if (all !== undefined) return { all, but };
  return collected(each((kind) => but[kind] ?? threadMode(before, kind)));
}

type Modes = Record<Kind, ThreadMode>;

function each(modeOf: (kind: Kind) => ThreadMode): Modes {
  return {
    booked: modeOf('booked'),
    canceled: modeOf('canceled'),
    rescheduled: modeOf('rescheduled'),
    noshow: modeOf('noshow'),
    routed: modeOf('routed'),
  };
}

/** `off` for all is said only where it is so for all: beside it no exception would count. */
function collected(modes: Modes): Options['thread'] {
  const [first] = kinds;
  if (kinds.every((kind) => modes[kind] === modes[first])) return { all: modes[first], but: {} };
  const broadcasts = kinds.filter((kind) => modes[kind] === 'broadcast').length;
  const ons = kinds.filter((kind) => modes[kind] === 'on').length;
  const all = broadcasts > ons ? 'broadcast' : 'on';
  return { all, but: Object.fromEntries(entries(modes).filter(([, mode]) => mode !== all)) };
}

/** In the order of `kinds`. */
export function entries(but: Partial<Modes>): [Kind, ThreadMode][] {
  return kinds.flatMap((kind) => (but[kind] === undefined ? [] : [[kind, but[kind]]]));
}
