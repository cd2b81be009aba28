// Where somebody stands and what their next step is: the Home tab and the bare command.

import { words } from './words.ts';

const { plural } = words;

export const home = {
  title: 'Your Calendly bookings in Slack',
  connect: 'Connect Calendly',
  connectAgain: 'Connect again',

  noneConnected: 'No Calendly account is connected yet.',
  disconnected: (account: string) => `Your Calendly account ${account} is disconnected.`,
  allDisconnected: 'Your Calendly accounts are disconnected.',
  account: (account: string, state: string, hooks: string) => `${account} · ${state} · hook: ${hooks}`,
  hereNothing: 'This channel hears of no bookings.',
  here: 'This channel hears of:',
  isPaused: (what: string) => `${what} (paused)`,
  andMore: (count: number) => `… and ${count} more`,
  buttonHelp: 'Help',
  goOn: (command: string) => `Type \`${command} connect\` to go on.`,
  connectOne: (command: string) => `Next: connect one with \`${command} connect\`.`,
  connectItAgain: (command: string) => `Next: connect it again with \`${command} connect\`.`,
  showHere: (command: string) => `Next: show bookings here with \`${command} subscribe\`.`,
  subscribeHere: 'Subscribe this channel',
  seeWhy: (command: string) => `Next: see why with \`${command} list\`.`,
  list: 'List',
  allSet: (command: string) => `All set. Try \`${command} test\` for a sample card.`,
  sendSample: 'Send a sample',

  yourConnection: '*Your connection*',
  noneOfYours: 'You have not connected a Calendly account of your own.',
  othersConnected: (count: number) =>
    `${count} ${plural(count, { one: 'account is', other: 'accounts are' })} connected by others here.`,
  welcome:
    'I show each Calendly booking once, in the Slack channels you choose, and keep it true when it moves or is canceled. Two steps to begin: connect your account, then subscribe a channel.',
  checkNow: 'Check now',
  repairNow: 'Repair now',
  checking: 'Checking…',
  checkTitle: 'Check',
  yourMeetings: '*Your next meetings*',
  noMeetings: 'No meeting of yours is booked, as far as I know.',
  connectForMeetings: 'They appear here once your account is connected.',
  seats: (count: number) => `${count} ${plural(count, { one: 'guest', other: 'guests' })}`,
  joinOf: (meeting: string) => `Join ${meeting}`,
  yourChannels: '*Your channels*',
  noChannels: (command: string) =>
    `You have not subscribed a channel yet. In the one that should hear of bookings, type \`${command} subscribe\`.`,
  isMuted: (what: string) => `${what} (muted)`,
  moreChannels: (count: number) => `… and ${count} more`,
  yourSubscriptions: 'Your subscriptions',
  helpHead: '*Help*',
  helpMore: (command: string) =>
    `Type \`${command}\` in a channel to see what it hears of, \`${command} help\` for everything I understand.`,
  helpTitle: 'Help',
  admins: 'For workspace admins',
  allInOrder: '✅ Everything is in order.',
  doesNotWork: (account: string) => `${account} does not work.`,
  noneYet: 'No channel hears of bookings yet.',
  connections: '*Connections of others*',
  connectionLine: (account: string, state: string, hooks: string, more: readonly string[]) =>
    [
      `${account} · ${state}
Hook: ${hooks}`,
      ...more,
    ].join(' · '),
  connectedBy: (who: string) => `connected by ${who}`,
  hookUnwell: (account: string) => `The hook of ${account} does not work. *Repair now* beside it mends that.`,
  checkedAt: (when: string) => `last check ${when}`,
  notChecked: 'not checked yet',
  moreConnections: (count: number, command: string) => `… and ${count} more: \`${command} status\` shows them.`,
  allChannels: '*Channels*',
  pausedCount: (count: number) => `${count} paused`,
  mutedCount: (count: number) => `${count} muted`,
  channelsHear: (channels: number, subscriptions: string) =>
    plural(channels, {
      one: `${channels} channel hears of bookings, by ${subscriptions}`,
      other: `${channels} channels hear of bookings, by ${subscriptions}`,
    }),
  allSubscriptions: 'All subscriptions',
  listTitle: 'Subscriptions',
  letters: '*Messages that did not arrive*',
  lettersTitle: 'Messages',
  noLetters: 'Every message arrived.',
  someLetters: (count: number) =>
    `${count} ${plural(count, { one: 'message was', other: 'messages were' })} given up, or may or may not have arrived.`,
  showThem: 'Show them',
  recent: '*Recent changes*',
  noRecent: 'Nothing was changed yet.',
  theApp: 'I',
  did: {
    subscribe: (who: string, where: string, what: string) => `${who} subscribed ${where} to ${what}`,
    change: (who: string, where: string, what: string) => `${who} changed in ${where}: ${what}`,
    resume: (who: string, where: string, what: string) => `${who} resumed in ${where}: ${what}`,
    unsubscribe: (who: string, where: string, what: string) => `${who} unsubscribed ${where} from ${what}`,
    copy: (who: string, where: string, what: string) => `${who} copied to ${where}: ${what}`,
    mute: (who: string, where: string, what: string) => `${who} muted in ${where}: ${what}`,
    unmute: (who: string, where: string, what: string) => `${who} unmuted in ${where}: ${what}`,
    mute_over: (_who: string, where: string, what: string) => `The mute in ${where} ended: ${what}`,
    undo: (who: string, where: string, what: string) => `${who} undid a change in ${where}: ${what}`,
    take_back: (_who: string, where: string, what: string) => `Slack refused ${where}, so it was taken back: ${what}`,
    connect: (who: string, _where: string, what: string) => `${who} connected ${what}`,
    disconnect: (who: string, _where: string, what: string) => `${who} disconnected ${what}`,
    rename: (who: string, _where: string, what: string) => `${who} renamed ${what}`,
    admin_channel: (who: string, where: string, _what: string) =>
      where ? `${who} chose ${where} as the admin channel` : `${who} switched the admin channel off`,
    resend: (who: string, where: string, _what: string) => `${who} sent a message to ${where} again`,
    drop: (who: string, where: string, _what: string) => `${who} dropped a message to ${where}`,
    found: (who: string, where: string, _what: string) => `${who} found a message in ${where}`,
  },
  tooLate: 'somebody else was first',
};
