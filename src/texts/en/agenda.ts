// Agendas: what is coming in some days, and the ones a channel is told by itself.

import { words } from './words.ts';

const { plural } = words;
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const agenda = {
  title: (days: string, meetings: string) => `🗓 *${days}* · ${meetings}`,
  fromTo: (first: string, last: string) => `${first} – ${last}`,
  meetings: (count: number) =>
    count === 0 ? 'no meetings' : `${count} ${plural(count, { one: 'meeting', other: 'meetings' })}`,
  empty: 'Nothing is planned.',
  more: (count: number) => `… and ${count} more. See them at calendly.com.`,
  tooMany: 'more than I look at in one go. See them at calendly.com.',
  notAsked: (names: string) =>
    `⚠️ Without the meetings of ${names}: that connection to Calendly does not work. Whoever connected it can connect it again.`,
  notLooked: '… and more than I look at in one go. See them at calendly.com.',
  spans: { today: 'Today', tomorrow: 'Tomorrow', week: 'Week' },
  setUp: 'Tell the channel…',
  ofChannel: 'These are the bookings this channel follows.',
  ofYours: 'This channel follows nothing, so these are the meetings of the Calendly accounts you may use.',
  ofHost: (name: string) => `Only those with ${name} as host.`,
  nothingYours: (command: string) =>
    `This channel follows no bookings, and you have connected no Calendly account. \`${command} connect\` connects yours; \`${command} subscribe\` makes this channel follow bookings.`,
  noHost: (name: string) => `I know no host “${name}” at Calendly.`,
  notUnderstood: (typed: string) =>
    `I do not understand “${typed}” here. I can show \`today\`, \`tomorrow\` or \`week\`, with @somebody for one host; or tell the channel by itself, as in \`daily 9:00\`, \`weekly monday 8:30\`, \`daily off\`.`,

  windowTitle: 'Agenda here',
  intro: (channel: string) => `When shall I tell ${channel} what is coming? Each can be turned off alone.`,
  daily: 'Every day, its meetings',
  weekly: 'Every week, the next seven days',
  weekdayLabel: 'Day of the week',
  weekdays,
  off: 'Off',
  zone: 'Time zone',
  zoneHint: 'As in Europe/Berlin. Clocks that go forward or back are followed.',
  badZone: (typed: string) => `“${typed}” is no time zone I know. Write it as in Europe/Berlin.`,
  whenEmpty: 'When there are no meetings',
  line: 'Say so in one line',
  silence: 'Say nothing',
  save: 'Save',
  needsTime: (every: 'day' | 'week'): string =>
    every === 'day'
      ? 'At what time? As in `daily 9:00`, or `daily off`.'
      : 'When? As in `weekly monday 9:00`, or `weekly off`.',
  dayAt: (time: string, zone: string) => `every day at ${time} (${zone})`,
  weekAt: (weekday: number, time: string, zone: string) => `every ${weekdays[weekday - 1]} at ${time} (${zone})`,
  set: (channel: string, when: string, silent: boolean) =>
    `${channel} is told its agenda ${when}.${silent ? ' Without meetings I say nothing.' : ''}`,
  unset: (channel: string, every: 'day' | 'week') =>
    `${channel} is no longer told its ${every === 'day' ? 'daily' : 'weekly'} agenda.`,
  wasNot: (channel: string, every: 'day' | 'week') =>
    `${channel} has no ${every === 'day' ? 'daily' : 'weekly'} agenda, so there is nothing to turn off.`,
  turnOff: (every: 'day' | 'week'): string => (every === 'day' ? 'Turn the daily one off' : 'Turn the weekly one off'),
  toldSet: (who: string, when: string) => `🔔 ${who} set it up that I tell you here what is coming, ${when}.`,
  toldUnset: (who: string, every: 'day' | 'week') =>
    `🔕 ${who} turned the ${every === 'day' ? 'daily' : 'weekly'} agenda of this channel off.`,
  same: 'Nothing is different from before.',
  followsNothing: (command: string) =>
    `This channel follows no bookings, so there is no agenda to tell. \`${command} subscribe\` first.`,
  notYours:
    'Only whoever made a subscription of this channel, a workspace admin or app manager can set up its agenda. Ask one of them; `{command} list` names them.',
};
