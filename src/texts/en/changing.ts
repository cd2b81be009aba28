// Changing what is there: editing a subscription, copying some to other channels, and what stands in a list beside each.

import { words } from './words.ts';

const { plural } = words;

export const changing = {
  nothingNamed: (command: string) =>
    `Say what should change, as in \`${command} edit 2 booked canceled\` or \`${command} edit 2 --style compact\`; \`${command} edit 2\` opens a window.`,
  which: 'This channel has several subscriptions. Which one should change?',
  oneByOne:
    'Event types and filters are changed one subscription at a time. Name a single one, such as `{command} edit 2 …`.',

  copyTitle: 'Copy',
  copySubmit: 'Copy',
  copyQuestion: (channel: string) => `Which subscriptions of ${channel} should be made in other channels as well?`,
  copyWhich: 'Subscriptions',
  copyTo: 'To which channels',
  copyToHint: 'Kinds, filters and look are the same there. Into a private channel, invite me first.',
  copying: 'Copying…',
  chooseSome: 'Choose at least one subscription.',
  chooseChannel: 'Choose at least one other channel.',
  nowhere: (command: string) =>
    `Name the channel with #, and pick it from the list that Slack shows: \`${command} copy 2 to #other\`.`,
  sameChannel: 'That is this very channel. Name another one.',
  tooMany: (most: number) => `That would make more than ${most} subscriptions at once. Do it in smaller steps.`,
  notIn: 'You are not in it. Join it first, or ask somebody who is in it to type `{command} subscribe` there.',
  copied: (count: number, places: string) =>
    `✅ Copied ${count} ${plural(count, { one: 'subscription', other: 'subscriptions' })} to ${places}.`,
  copyFailed: (channel: string, reason: string) => `⚠️ ${channel}: ${reason}`,

  madeOn: (when: string) => `since ${when}`,
  lastPost: (when: string) => `last card ${when}`,
  noPost: 'no card yet',
  edit: 'Edit…',
  mute: 'Mute…',
  unmute: 'Unmute',
  copy: 'Copy…',
  unsubscribe: 'Unsubscribe',
  firstPage: 'First page',
  lastPage: 'Last page',
};
