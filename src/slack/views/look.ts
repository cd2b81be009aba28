// How a channel's cards look, as fields of the subscribe modal, and what was chosen there: the twin of the options as typed.

import type { InputBlock, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { printMention } from '../../subscription/flags.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { entries, languageIn, type OptionsWish, privacyHere, shortest } from '../../subscription/options.ts';
import {
  defaultOptions,
  type Kind,
  kinds,
  type Mention,
  type Options,
  privacies,
  styles,
  type ThreadMode,
  threadModes,
} from '../../subscription/subscription.ts';
import { type Language, languages, type Texts, textsFor, usualLanguage } from '../../texts/index.ts';
import type { Outsiders } from '../guests.ts';
import type { Entered } from '../visit.ts';

export interface LookFacts {
  /** Of the subscription being edited; null for a new one. */
  before: Options | null;
  outsiders: Outsiders;
  /** What the channel's people read; null where nobody says. */
  language: Language | null;
  person: { id: string; leads: boolean };
  command: string;
  blockId: (name: string) => string;
}

export function lookFields(
  { before, outsiders, language, person, command, blockId }: LookFacts,
  t: Texts,
): InputBlock[] {
  const words = t.look;
  const isShared = outsiders !== 'none';
  const now = before ?? defaultOptions;
  const privacy = privacyHere(now.privacy, { isShared, adminSaysSo: person.leads && before !== null });
  const offered = privacies.filter((each) => each !== 'full' || !isShared || person.leads);
  const exceptions = kinds.flatMap((kind) =>
    threadModes.map((mode) =>
      option(words.exception(words.kindLabels[kind], words.exceptionLabels[mode]), `${kind}:${mode}`),
    ),
  );
  const chosen = entries(shortest(now.thread).but).map(([kind, mode]) => `${kind}:${mode}`);
  const initial = exceptions.filter((each) => chosen.includes(each.value));
  const spoken = before ? languageIn(before) : (language ?? usualLanguage);
  const called = mentions(now.mention, person.id, t);
  return [
    select(blockId('style'), 'style', words.style, labelled(styles, words.styleLabels), now.style),
    select(blockId('thread'), 'thread', words.threads, labelled(threadModes, words.threadLabels), now.thread.all),
    {
      type: 'input',
      block_id: blockId('thread_but'),
      optional: true,
      label: text(words.exceptions),
      hint: text(words.exceptionsHint),
      element: {
        type: 'multi_static_select',
        action_id: 'thread_but',
        placeholder: text(words.noExceptions),
        options: exceptions,
        ...(initial.length > 0 ? { initial_options: initial } : {}),
      },
    },
    {
      ...select(blockId('mention'), 'mention', words.mention, called, printMention(now.mention)),
      hint: text(words.mentionHint(command)),
    },
    {
      ...select(blockId('privacy'), 'privacy', words.privacy, labelled(offered, words.privacyLabels), privacy),
      ...(isShared ? { hint: text(words.outsidersHint[outsiders]) } : {}),
    },
    select(
      blockId('language'),
      'language',
      words.language,
      languages.map((each) => option(words.languageName(each), each)),
      spoken,
    ),
  ];
}

/** Whoever is called now stays a choice; Slack shows no name in an option. */
function mentions(now: Mention, me: string, { look }: Texts): Choice[] {
  const fixed = [option(look.nobody, 'none'), option(look.theHost, 'host'), option(look.me, `<@${me}>`)];
  const value = printMention(now);
  if (fixed.some((each) => each.value === value)) return fixed;
  return [...fixed, option(now.who === 'group' ? look.asNowGroup : look.asNowPerson, value)];
}

const chosenMention = ({ look }: Texts) =>
  z.string().transform((value, context): Mention => {
    const parsed = parseWish(`--mention ${value}`);
    if (parsed.ok && parsed.wish.options.mention) return parsed.wish.options.mention;
    context.addIssue({ code: 'custom', message: look.chooseMention });
    return z.NEVER;
  });

const exceptions = ({ look }: Texts) =>
  z
    .array(z.templateLiteral([z.enum(kinds), ':', z.enum(threadModes)]))
    .transform((values, context): Partial<Record<Kind, ThreadMode>> => {
      const but: Partial<Record<Kind, ThreadMode>> = {};
      for (const kind of kinds) {
        const [mode, another] = threadModes.filter((each) => values.includes(`${kind}:${each}`));
        if (another) context.addIssue({ code: 'custom', message: look.chooseOneFor(look.kindLabels[kind]) });
        else if (mode) but[kind] = mode;
      }
      return but;
    });

/** A window opened by an earlier version of the app has none of these fields. */
const shape = (t: Texts) =>
  z
    .object({
      style: z.enum(styles, t.look.chooseStyle).optional(),
      thread: z.enum(threadModes, t.look.chooseOne).optional(),
      thread_but: exceptions(t),
      mention: chosenMention(t).optional(),
      privacy: z.enum(privacies, t.look.chooseOne).optional(),
      language: z.enum(languages, t.look.chooseOne).optional(),
    })
    .superRefine(({ thread, thread_but }, context) => {
      if (thread === 'off' && entries(thread_but).some(([, mode]) => mode !== 'off'))
        context.addIssue({ code: 'custom', path: ['thread_but'], message: t.look.threadsAreOff });
    });

export type ReadLook = { ok: true; wish: OptionsWish } | { ok: false; errors: Record<string, string> };

/** What was chosen, or what must be put right, by action_id. */
export function readLook(entered: Entered, t: Texts = textsFor(null)): ReadLook {
  const one = (name: string) => entered.chosen(name)[0];
  const read = shape(t).safeParse({
    style: one('style'),
    thread: one('thread'),
    thread_but: entered.chosen('thread_but'),
    mention: one('mention'),
    privacy: one('privacy'),
    language: one('language'),
  });
  if (!read.success) {
    const errors = read.error.issues.map(({ path, message }) => [String(path[0]), message]);
    return { ok: false, errors: Object.fromEntries(errors) };
  }
  const { style, thread, thread_but, mention, privacy, language } = read.data;
  return {
    ok: true,
    wish: {
      ...(style ? { style } : {}),
      ...(thread ? { thread: shortest({ all: thread, but: thread_but }) } : {}),
      ...(mention ? { mention } : {}),
      ...(privacy ? { privacy } : {}),
      ...(language ? { language } : {}),
    },
  };
}

type Choice = PlainTextOption & { value: string };

function select(block: string, action: string, label: string, options: Choice[], value: string): InputBlock {
  const initial = options.find((each) => each.value === value) ?? options[0]!;
  return {
    type: 'input',
    block_id: block,
    label: text(label),
    element: { type: 'static_select', action_id: action, options, initial_option: initial },
  };
}

function labelled<T extends string>(values: readonly T[], labels: Record<T, string>): Choice[] {
  return values.map((value) => option(labels[value], value));
}

export function option(label: string, value: string): Choice {
  return { text: text(label), value };
}

function text(words: string): { type: 'plain_text'; text: string } {
  return { type: 'plain_text', text: words };
}
