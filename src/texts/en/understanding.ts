// What is said of words that were typed and could not be understood: the mistake, and what would work.

import { words } from './words.ts';

const or = (all: readonly string[]) => all.join(' or ');
const kindOfMention = 'a person or user group such as @ann';

export const understanding = {
  quoted: (word: string) => `“${word}”`,
  tooLong: 'That is too long for me to read as one command. Pick the event types in the window.',
  tooManyTypes: (most: number) =>
    `That names more than ${most} event types. Say all for every event type, or pick them in the window.`,
  allOrTypes: 'Say either all or the event types you want, not both.',
  noOption: (word: string, kinds: string) =>
    `I know no option ${word}. What I understand: all, event type names in quotes, ${kinds}, and options such as --style compact.`,
  noFilterBy: (word: string) => `I cannot filter by ${word}. Name event types, such as "Demo call", or say all.`,
  noFilter: (word: string) => `I know no filter ${word}.`,
  unknownWord: (word: string, near: readonly string[]) =>
    `I do not know ${word}. Did you mean ${or(near)}? If it is an event type, put it in quotes.`,

  choices: (all: readonly string[]) => words.any(all),
  threadChoices: (modes: string) => `${modes}, for one kind as in canceled:broadcast`,
  mentionChoices: `none, host, or ${kindOfMention}`,
  accountChoices: 'the name of a Calendly account, as in --account "Acme"',
  sayAfter: (flag: string, usage: string) => `Say what you want after ${flag}: ${usage}.`,
  didYouMean: (near: readonly string[]) => `Did you mean ${or(near)}?`,
  noKind: (word: string) => `I know no kind of change ${word}.`,
  theKinds: (all: readonly string[]) => `The kinds are ${words.any(all)}.`,
  unknownOption: (word: string) => `I know no option ${word}.`,
  theOptions: (all: readonly string[]) => `The options are ${words.all(all)}.`,
  partOfName: "If it is part of an event type's name, put the name in quotes.",
  cannotBe: (flag: string, word: string) => `${flag} cannot be ${word}.`,
  itCanBe: (usage: string) => `It can be ${usage}.`,
  neverWholeChannel: `I never call a whole channel. Say --mention host, or ${kindOfMention}.`,
  whoIsThat: (word: string) =>
    `I cannot tell who ${word} is. Type the @ again and pick the name from the list that Slack shows, so that it becomes a mention; or say --mention host or --mention none.`,
};
