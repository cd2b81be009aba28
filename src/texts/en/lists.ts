// Lists of subscriptions, taking one away, and which kinds one hears of.

import { words } from './words.ts';

const { plural } = words;

export const lists = {
  canList: (wheres: string, typed: string) => `I can list ${wheres}, but not “${typed}”.`,
  titles: { here: 'This channel', workspace: 'The whole workspace', mine: 'Made by you' },
  head: (title: string, count: number, range: string) =>
    `${title}: ${count} ${plural(count, { one: 'subscription', other: 'subscriptions' })}${range}.`,
  foot: (command: string) =>
    `\`${command} edit 1\`, \`mute 1 2h\`, \`copy 1 to #other\` and \`unsubscribe 1\` are about the first one; \`${command} subscribe\` adds.`,
  subscribe: 'Subscribe',
  listHere: 'List this channel',
  paused: (reason: string) => `⏸ Paused. ${reason}`.trimEnd(),
  madeBy: (who: string) => `by ${who}`,
  noneHere: (command: string) => `This channel has no subscription. \`${command} subscribe\` makes one.`,
  noneOfYours: 'You have made no subscription yet.',
  noneAtAll: 'No channel of this workspace has a subscription yet.',

  nothingToTake: (command: string) =>
    `This channel has no subscription, so there is nothing to take away. \`${command} list mine\` shows those you made elsewhere.`,
  whichGoes: 'Which one should go?',
  notFound: (name: string) => `This channel has no subscription “${name}”. Did you mean one of these?`,
  allOfThem: 'All of them',
  unsubscribed: (channel: string, what: string) => `Unsubscribed. ${channel} no longer hears of ${what}.`,
  couldNotTell: 'I could not tell the channel; the change stands.',
  setsUpAgain: (command: string) => `\`${command} subscribe\` sets it up again.`,

  kindsAlone: (words: string) =>
    `I set the kinds alone here, and changed nothing. Options go with subscribe, as in: subscribe all ${words}`,
  nameKinds: (kinds: string) => `Name the kinds of change you want: ${kinds}.`,
  whichHears: (kinds: string) => `This channel has several subscriptions. Which one should hear of exactly: ${kinds}?`,
  noAccount: (name: string) =>
    `There is no Calendly account “${name}” here. Type \`{command} list\` to see which there are.`,

  noSample: (typed: string) => `I have no sample “${typed}”. Choose one:`,
  samples: {
    booked: 'new booking',
    rescheduled: 'moved',
    canceled: 'canceled',
    noshow: 'no-show',
    routed: 'routing form',
  },
  sampleSent: (kind: string, channel: string, command: string) =>
    `A sample card (${kind}) is on its way to ${channel}, marked TEST. If it does not come within a minute, \`${command} status\` shows why.`,
};
