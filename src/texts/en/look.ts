// How a channel's cards look, in words: what is said of a subscription, and the fields of its window.

import { words } from './words.ts';

export const look = {
  /** Said where it is not as usual. */
  styles: { card: '', compact: 'as compact cards', line: 'as single lines' },
  privacies: { full: '', business: 'shows no contact data or answers', minimal: 'shows initials only' },
  callsHost: 'calls the host',
  calls: (who: string) => `calls ${who}`,
  callsAGroup: 'calls a user group',
  noThreads: 'keeps no threads',
  threadsOnly: (kinds: string) => `keeps threads only for ${kinds}`,
  noThreadsFor: (kinds: string) => `keeps no threads for ${kinds}`,
  repeats: 'says what is new in the channel too',
  repeatsFor: (kinds: string) => `says what is new in the channel too for ${kinds}`,
  inLanguage: (language: string) => `in ${words.language(language)}`,

  kinds: { booked: 'booked', canceled: 'canceled', rescheduled: 'rescheduled', noshow: 'noshow', routed: 'routed' },
  kindLabels: {
    booked: 'Booked',
    canceled: 'Canceled',
    rescheduled: 'Rescheduled',
    noshow: 'Marked as no-show',
    routed: 'Routing form submitted',
  },
  style: 'Style',
  styleLabels: {
    card: 'Card: everything there is to know',
    compact: 'Compact: two lines',
    line: 'Line: one line',
  },
  threads: 'Threads',
  threadLabels: {
    on: 'On: what happens later is said in the card’s thread',
    off: 'Off: the card changes, and nothing is said',
    broadcast: 'Broadcast: in the thread and in the channel',
  },
  exceptions: 'Threads of single kinds',
  exceptionsHint: 'Only where a kind is to differ from the choice above.',
  noExceptions: 'No exceptions',
  exception: (kind: string, mode: string) => `${kind}: ${mode}`,
  exceptionLabels: { on: 'in the thread', off: 'not said', broadcast: 'in the thread and the channel' },
  mention: 'Who is called',
  mentionHint: (command: string) =>
    `Who is mentioned in each new card. Another person or a user group by words: ${command} subscribe --mention @name.`,
  nobody: 'Nobody',
  theHost: 'The host of the meeting',
  me: 'Me',
  asNowGroup: 'As now: the user group named before',
  asNowPerson: 'As now: the person named before',
  privacy: 'What cards show',
  privacyLabels: {
    full: 'Full: names, e-mail addresses, answers',
    business: 'Business: no contact data, no answers',
    minimal: 'Minimal: initials only',
  },
  /** By who else reads the channel. */
  outsidersHint: {
    none: '',
    organizations:
      'People outside this workspace can read this channel: Business is the most, unless a workspace admin chooses Full.',
    guests: 'Guests can read this channel: Business is the most, unless a workspace admin chooses Full.',
    unknown: 'Slack did not tell me whether guests read this channel: Business is the most for now.',
  },
  language: 'Language',
  languageName: words.ownName,
  languageInWords: words.language,

  chooseMention: 'Choose who is called, or Nobody.',
  chooseOneFor: (kind: string) => `Choose one for “${kind}”, not several.`,
  chooseStyle: 'Choose a style.',
  chooseOne: 'Choose one of these.',
  threadsAreOff: 'Threads are off for every kind. Take these away, or turn threads on.',

  unknownPerson:
    'Slack does not know the person to mention. Type the @ again and pick the name from the list that Slack shows.',
};
