// Where somebody stands and what their next step is: the Home tab and the bare command.

import { words } from './words.ts';

const { plural } = words;

export const home = {
  title: 'Your Calendly bookings in Slack',
  none: 'No channel hears of bookings yet.',
  channels: (channels: number, subscriptions: string) =>
    plural(channels, {
      one: `${channels} channel hears of bookings, by ${subscriptions}.`,
      other: `${channels} channels hear of bookings, by ${subscriptions}.`,
    }),
  paused: (count: number, command: string) => `${count} of them paused: \`${command} list workspace\` says why.`,
  nextConnect: '*Next:* connect a Calendly account.',
  nextAgain: '*Next:* connect the account that stopped working again.',
  nextSubscribe: (command: string) =>
    `*Next:* in the channel that should hear of bookings, type \`${command} subscribe\`.`,
  nextMore: (command: string) =>
    `*Next:* type \`${command} subscribe\` in another channel, or \`${command} status\` to see how all is going.`,
  help: (command: string) => `\`${command} help\` in any channel shows everything I understand.`,
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
};
