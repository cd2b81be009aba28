// Words of many places: buttons, frames of windows, and what is said when something went wrong on our side.

import { words } from './words.ts';

const { plural } = words;

export const common = {
  all: words.all,
  any: words.any,
  close: 'Close',
  cancel: 'Cancel',
  choose: 'Choose',
  oneMoment: 'One moment…',
  undo: 'Undo',
  previous: 'Previous',
  showMore: 'Show more',
  showThem: 'Show them',
  tryAgain: 'Try again',
  sorry: (reference: string) =>
    `Sorry, something went wrong on my side. Please try again; if it stays, tell whoever runs this app: reference \`${reference}\`.`,
  notInstalled: 'I am not installed in this workspace any more. A workspace admin can install me again.',
  outdated: (command: string) =>
    `That belongs to an earlier version of me and no longer works. Type \`${command} help\` to see what does.`,
  forGuests: 'Guests can read booking cards, but not set them up. Ask a full member of this workspace to do it.',
  channels: (count: number) => `${count} ${plural(count, { one: 'channel', other: 'channels' })}`,
  subscriptions: (count: number) => `${count} ${plural(count, { one: 'subscription', other: 'subscriptions' })}`,
  messages: (count: number) => `${count} ${plural(count, { one: 'message', other: 'messages' })}`,
  accounts: (count: number) => `${count} ${plural(count, { one: 'Calendly account', other: 'Calendly accounts' })}`,
};
