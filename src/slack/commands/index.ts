// The verbs of the command, in the order help shows them; whatever is typed finds its way from here.

import { slipsOf } from '../../subscription/nearest.ts';
import { explain, namesOf } from '../explain.ts';
import { helpFor, helpForAll, unknownVerb } from '../messages/help.ts';
import type { ActionVisit, CommandVisit, SubmitVisit, SuggestVisit, Verb } from '../visit.ts';
import { admin } from './admin.ts';
import { agenda } from './agenda.ts';
import { connect, holdsToken, tokenInText } from './connect.ts';
import { copy } from './copy.ts';
import { disconnect } from './disconnect.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { homeActions } from './home.ts';
import { list } from './list.ts';
import { cardActions, cardSubmissions } from './meeting.ts';
import { mute, unmute } from './mute.ts';
import { rename } from './rename.ts';
import { share } from './share.ts';
import { stand } from './stand.ts';
import { status } from './status.ts';
import { subscribe } from './subscribe.ts';
import { test } from './test.ts';
import { unsubscribe } from './unsubscribe.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';

const help: Verb = {
  name: 'help',
  aliases: ['?', '--help', '-h', 'commands'],
  examples: ['help', 'help subscribe'],
  async run(visit) {
    const [word = ''] = visit.rest.trim().split(/\s+/, 1);
    if (word === '') return visit.answer(helpForAll(verbs, namesOf(visit)));
    const verb = verbOf(word);
    await visit.answer(verb ? helpFor(verb, namesOf(visit)) : unknownVerb(word, nearVerbs(word), namesOf(visit)));
  },
};

export const verbs: readonly Verb[] = [
  connect,
  disconnect,
  status,
  subscribe,
  events,
  list,
  edit,
  copy,
  mute,
  unmute,
  unsubscribe,
  agenda,
  share,
  rename,
  why,
  verify,
  test,
  admin,
  help,
];

/** Runs what was typed after the command's name; every failure is answered. */
export async function runCommand(visit: Omit<CommandVisit, 'rest'>, text: string): Promise<void> {
  try {
    // A token is refused whatever the verb, before anything else looks at the text.
    if (holdsToken(text)) return await visit.answer(tokenInText(visit));
    const trimmed = text.trim();
    const [word = ''] = trimmed.split(/\s+/, 1);
    const rest = trimmed.slice(word.length);
    if (word === '') return await stand({ ...visit, rest });
    const verb = verbOf(word);
    visit.log.info({ verb: verb?.name ?? 'unknown' }, 'command');
    if (verb) visit.doing = verb.name;
    await (verb ? verb.run({ ...visit, rest }) : visit.answer(unknownVerb(word, nearVerbs(word), namesOf(visit))));
  } catch (error) {
    await visit.answer(explain(error, visit));
  }
}

export function verbOf(word: string): Verb | undefined {
  const typed = word.toLowerCase().replace(/[.!,;:]+$/, '') || word;
  return verbs.find((verb) => verb.name === typed || verb.aliases.includes(typed));
}

/** At most three; an alias that is near stands for its verb. */
function nearVerbs(word: string): Verb[] {
  const near = slipsOf(
    word,
    verbs.flatMap((verb) => [verb.name, ...verb.aliases.filter((alias) => alias.length > 2)]),
  );
  const found = near.map(verbOf).filter((verb) => verb !== undefined);
  return [...new Set(found)].slice(0, 3);
}

export function actionOf(name: string): ((visit: ActionVisit) => Promise<void>) | undefined {
  return own([...verbs.map((verb) => verb.actions), homeActions(verbs), cardActions], name);
}

export function submissionOf(callbackId: string): ((visit: SubmitVisit) => Promise<void>) | undefined {
  return own([...verbs.map((verb) => verb.submissions), cardSubmissions], callbackId);
}

export function shortcutOf(callbackId: string): ((visit: ActionVisit) => Promise<void>) | undefined {
  return own(
    verbs.map((verb) => verb.shortcuts),
    callbackId,
  );
}

export function suggestionOf(
  actionId: string,
): ((visit: SuggestVisit) => ReturnType<NonNullable<Verb['suggestions']>[string]>) | undefined {
  return own(
    verbs.map((verb) => verb.suggestions),
    actionId,
  );
}

/** Names come from outside: only a table's own entries count. */
function own<T>(tables: readonly (Record<string, T> | undefined)[], name: string): T | undefined {
  const table = tables.find((each) => each && Object.hasOwn(each, name));
  return table?.[name];
}
