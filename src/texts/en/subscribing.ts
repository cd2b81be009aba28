// What is answered to whoever subscribes a channel, changes that or takes it back, and what the channel hears of it.

import { words } from './words.ts';

const { plural } = words;

export const subscribing = {
  allTypes: '*all event types*',
  allTypesLabel: 'All event types',
  aSubscription: 'Subscription',
  types: (names: readonly string[]) => words.all(names),
  andMoreTypes: (names: string, count: number) =>
    `${names} and ${count} more event ${plural(count, { one: 'type', other: 'types' })}`,
  /** What a channel hears of; `look` and `account` are '' where there is nothing to say. */
  wish: (types: string, kinds: string, o: { usual: boolean; look: string; account: string }) =>
    `${types}: ${kinds}${o.usual ? ' (the usual kinds, as none was named)' : ''}${o.look ? `; ${o.look}` : ''}${o.account ? `; from ${o.account}` : ''}`,
  label: (types: string, kinds: string) => `${types}: ${kinds}`,

  made: (channel: string, what: string) => `✅ Subscribed. ${channel} now hears of ${what}.`,
  changed: (channel: string, what: string) => `✅ Changed. ${channel} now hears of ${what}.`,
  resumed: (channel: string, what: string) => `✅ Resumed. ${channel} hears of ${what} again.`,
  same: (channel: string, what: string) => `✅ Nothing to change: ${channel} already hears of ${what}.`,
  redundant: 'This channel already hears of every event type, so this adds nothing.',
  notTold: 'Slack did not let me tell the channel just now; the subscription stands.',
  next: (command: string) =>
    `\`${command} test\` sends a sample card; \`${command} list\` shows all subscriptions here.`,
  showsExamples: (command: string, verb: string) => `\`${command} help ${verb}\` shows examples.`,
  /** By who else reads the channel. */
  limited: {
    none: (_command: string) => '',
    organizations: (command: string) =>
      `⚠️ People outside this workspace can read this channel, so its cards show business details at most: no e-mail addresses, no answers. A workspace admin can allow more: \`${command} subscribe --privacy full\`.`,
    guests: (command: string) =>
      `⚠️ Guests can read this channel, so its cards show business details at most: no e-mail addresses, no answers. A workspace admin can allow more: \`${command} subscribe --privacy full\`.`,
    unknown: (command: string) =>
      `⚠️ Slack did not tell me whether guests read this channel, so its cards show business details at most: no e-mail addresses, no answers. To show more, type this in a few minutes: \`${command} subscribe --privacy full\`.`,
  },
  shared:
    '⚠️ People outside this workspace can read this channel, and its cards show them everything: names, e-mail addresses and answers.',
  sharedWithGuests:
    '⚠️ Guests can read this channel, and its cards show them everything: names, e-mail addresses and answers.',
  sharedLess: (command: string) => `\`${command} subscribe --privacy business\` shows less.`,
  manyCalled: (isHost: boolean, members: number, command: string) =>
    `📣 Each new card calls ${isHost ? 'its host' : 'somebody'}, and this channel has ${members} members to see it. \`${command} subscribe --mention none\` stops that.`,
  idle: (kinds: string, count: number) =>
    `Of ${kinds} nothing is said, since this channel does not hear of ${plural(count, { one: 'it', other: 'them' })}.`,

  /** In the channel, by whom. */
  toldMade: (who: string, what: string) => `🔔 ${who} subscribed this channel to ${what}.`,
  toldResumed: (who: string, what: string) => `🔔 ${who} resumed here ${what}.`,
  toldChanged: (who: string, what: string) => `🔔 ${who} changed what this channel hears of to ${what}.`,
  stopIt: (command: string) => `Stop it with \`${command} unsubscribe\`.`,
  toldGone: (who: string, what: string) => `🔕 ${who} unsubscribed this channel from ${what}.`,
  undoneBy: (who: string) => `↩️ Undone by ${who}.`,
  toldUndone: (who: string) => `🔔 ${who} undid that: this channel hears of its bookings as before.`,

  twin: 'This channel already has another subscription to just these event types. Change that one, or choose others.',
  changedMeanwhile: 'This subscription was changed at the same moment. Type it again to have it your way.',
  changedSince: 'It was changed again since then, so I leave it as it is. Type `{command} list` to see how it stands.',
  accountGone: 'That Calendly account is no longer connected. Type `{command} status` to see which are.',
  gone: 'That subscription is gone. Type `{command} list` to see those of this channel.',
  alreadyGone: 'That subscription is already gone. Type `{command} list` to see those of this channel.',
  removedMeanwhile:
    'That subscription is gone; somebody removed it meanwhile. Type `{command} subscribe` to make it again.',
  none: 'This channel has no subscription yet. Type `{command} subscribe` to make one.',
  typeGone: 'One of these event types is no longer at Calendly. Type `{command} subscribe` to choose again.',
  staleButton: 'That button no longer works. Type `{command} subscribe` again.',

  notFound: {
    type: (names: string) => `I found no event type ${names} at Calendly. Nothing was changed.`,
    host: (names: string) => `I found no host ${names} in this Calendly account. Nothing was changed.`,
    group: (names: string) => `I found no group ${names} at Calendly. Nothing was changed.`,
  },
  noneToOffer: 'This account shows me none at all.',
  quoted: (name: string) => `“${name}”`,
  noTypesAtAll: (command: string) =>
    `This account has no active event types I can see. \`${command} subscribe all\` also hears of those made later.`,
  didYouMean: 'Did you mean one of these? Click it to subscribe.',
  pickFromWindow: 'Pick from the window instead.',
  inWindow: 'Choose in a window',
  severalHere: 'This channel has several subscriptions. Which one is meant?',
  severalAccountsFewer:
    'Several Calendly accounts are connected. Say it with fewer event types, or pick them in the window.',
  severalAccounts: 'Several Calendly accounts are connected. Which one is meant?',
  noAccount: (name: string) => `There is no Calendly account “${name}” here that you can use. Nothing was changed.`,
  pickItInWindow: 'Pick it in the window instead.',

  undoExpired: 'Undo works for ten minutes only. Type `{command} list` to see how it stands, and change it from there.',
  undoStale: 'That button no longer works. Type `{command} list` to see how it stands.',
  undoNotConnected: 'Its Calendly account is no longer connected. Type `{command} connect` first.',
  undone: (channel: string) => `Undone. ${channel} hears of its bookings as before.`,
};
