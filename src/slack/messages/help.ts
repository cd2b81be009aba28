// Help, written from the verbs' own declarations (pure).

import type { Verb } from '../visit.ts';
import type { Message } from '../web.ts';
import { buttons, context, inWords, listed, type Names, say, section } from './answers.ts';
import { safeMrkdwn } from './text.ts';

type Described = Pick<Verb, 'name' | 'usage' | 'summary' | 'examples' | 'aliases'>;

function typed(command: string, words: string): string {
  return `\`${command} ${words}\``;
}

/** Every verb in one line each. */
export function helpForAll(verbs: readonly Described[], names: Names): Message {
  const lines = verbs.map(
    (verb) => `${typed(names.command, `${verb.name} ${verb.usage}`.trim())}  ${inWords(verb.summary, names)}`,
  );
  const head = 'I show your Calendly bookings in Slack. This is what I understand:';
  const foot = `${typed(names.command, 'help subscribe')} shows examples; it works for every word above.`;
  return { text: [head, ...lines, foot].join('\n'), blocks: [section(head), section(lines.join('\n')), context(foot)] };
}

/** One verb, with two worked examples. */
export function helpFor(verb: Described, names: Names): Message {
  const examples = verb.examples.map(
    (example) => `${typed(names.command, example.text)}\n${inWords(example.means, names)}`,
  );
  const also =
    verb.aliases.length > 0 ? [`Also understood: ${listed(verb.aliases.map((alias) => `\`${alias}\``))}.`] : [];
  return say([
    `*${typed(names.command, `${verb.name} ${verb.usage}`.trim())}*\n${inWords(verb.summary, names)}`,
    ...examples,
    ...also,
  ]);
}

/** A verb nobody knows: the nearest ones as buttons, and help. */
export function unknownVerb(word: string, near: readonly Described[], names: Names): Message {
  const shown = safeMrkdwn(word, 40) || 'that';
  const guess = near.length > 0 ? ` Did you mean ${listed(near.map((verb) => typed(names.command, verb.name)))}?` : '';
  return say(
    [`I do not know “${shown}”.${guess}`, `${typed(names.command, 'help')} lists what I understand.`],
    buttons([...near, { name: 'help' }].map((verb) => ({ label: verb.name, action: 'do', value: verb.name }))),
  );
}
