// Help, written from the verbs' own declarations (pure).

import { version } from '../../version.ts';
import type { Verb } from '../visit.ts';
import type { Message } from '../web.ts';
import { buttons, context, inWords, type Names, say, section } from './answers.ts';
import { safeMrkdwn } from './text.ts';

type Described = Pick<Verb, 'name' | 'examples' | 'aliases'>;

function typed(command: string, words: string): string {
  return `\`${command} ${words}\``;
}

/** Every verb in one line each. */
export function helpForAll(verbs: readonly Described[], names: Names): Message {
  const { help } = names.t;
  const lines = verbs.map(({ name }) => {
    const { usage, summary } = help.verbs[name];
    return `${typed(names.command, `${name} ${usage}`.trim())}  ${inWords(summary, names)}`;
  });
  const foot = `${help.foot(typed(names.command, 'help subscribe'))} ${help.version(version)}`;
  return {
    text: [help.head, ...lines, foot].join('\n'),
    blocks: [section(help.head), section(lines.join('\n')), context(foot)],
  };
}

/** One verb, with two worked examples. */
export function helpFor({ name, examples, aliases }: Described, names: Names): Message {
  const { help } = names.t;
  const { usage, summary, first, second } = help.verbs[name];
  const example = (text: string, means: string) => `${typed(names.command, text)}\n${inWords(means, names)}`;
  return say([
    `*${typed(names.command, `${name} ${usage}`.trim())}*\n${inWords(summary, names)}`,
    example(examples[0], first),
    example(examples[1], second),
    ...(aliases.length > 0 ? [help.alsoUnderstood(aliases.map((alias) => `\`${alias}\``))] : []),
  ]);
}

/** A verb nobody knows: the nearest ones as buttons, and help. */
export function unknownVerb(word: string, near: readonly Described[], { command, t }: Names): Message {
  const { help } = t;
  const guess = near.length > 0 ? ` ${help.didYouMean(near.map((verb) => typed(command, verb.name)))}` : '';
  return say(
    [`${help.unknown(safeMrkdwn(word, 40) || help.that)}${guess}`, help.lists(typed(command, 'help'))],
    buttons([...near, { name: 'help' }].map((verb) => ({ label: verb.name, action: 'do', value: verb.name }))),
  );
}
