// Quiet for a while: what is said of a mute, its end, and the window for it.

import { words } from './words.ts';

const { plural } = words;

export const muting = {
  title: 'Mute',
  submit: 'Mute',
  question: (channel: string) =>
    `Until when should nothing new appear in ${channel}? Cards that are there already stay true. What comes meanwhile is left out.`,
  which: 'Subscriptions',
  howLong: 'How long',
  oneHour: '1 hour',
  fourHours: '4 hours',
  tomorrow: 'Until tomorrow',
  monday: 'Until Monday',
  oneWeek: '1 week',
  until: 'Or until',
  untilHint: 'In your own time zone. It goes before what is chosen above.',
  chooseSome: 'Choose at least one subscription.',
  chooseTime: 'Choose how long, or a day and time.',
  tooEarly: 'That moment is over. Choose a later one.',
  tooFar: 'That is more than a year ahead. Choose an earlier moment.',
  inWindow: 'Choose in a window',
  saving: 'Muting…',

  howLongFor: (what: string) => `How long should ${what} be muted?`,
  unclear: (typed: string) =>
    `I do not understand “${typed}” as a time. Say it like \`2h\`, \`3 days\`, \`until monday\`, \`until tomorrow 9:00\` or \`until 2026-12-24\`.`,
  past: (typed: string) => `“${typed}” is over already. Name a later moment, such as \`until tomorrow 9:00\`.`,
  tooLong: (typed: string, command: string) =>
    `“${typed}” is more than a year ahead. For good, \`${command} unsubscribe\` is the better word.`,
  muted: (channel: string, what: string, until: string) =>
    `🔕 Muted. ${channel} hears nothing new of ${what} until ${until}. It ends by itself.`,
  staysTrue: 'Cards that are there already stay true. What comes meanwhile is left out, and counted in the status.',
  othersStay: (count: number, makers: string) =>
    `${count} ${plural(count, { one: 'subscription here was', other: 'subscriptions here were' })} made by ${makers} and left as ${plural(count, { one: 'it is', other: 'they are' })}: only they, a workspace admin or app manager can change that.`,
  unmuted: (channel: string, what: string) => `🔔 Unmuted. ${channel} hears of ${what} again.`,
  notMuted: (channel: string) => `Nothing is muted here: ${channel} hears of its bookings as usual.`,
  stillMuted: (channel: string, until: string, command: string) =>
    `🔕 It is muted: nothing new appears in ${channel} until ${until}. \`${command} unmute\` ends that.`,
  mutedUntil: (until: string) => `🔕 Muted until ${until}`,

  /** In the channel, by whom. */
  toldMuted: (who: string, what: string, until: string) =>
    `🔕 ${who} muted ${what} here until ${until}. Nothing new appears until then; cards that are here stay true.`,
  toldUnmuted: (who: string, what: string) => `🔔 ${who} unmuted ${what}: this channel hears of it again.`,
  toldOver: (what: string) => `🔔 The mute is over: this channel hears of ${what} again.`,
};
