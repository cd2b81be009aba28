// Was ansteht, auf Deutsch.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const weekdays = ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'];

export const agenda: Texts['agenda'] = {
  title: (days, meetings) => `🗓 *${days}* · ${meetings}`,
  fromTo: (first, last) => `${first} – ${last}`,
  meetings: (count) =>
    count === 0 ? 'keine Termine' : `${count} ${plural(count, { one: 'Termin', other: 'Termine' })}`,
  empty: 'Es steht nichts an.',
  more: (count) => `… und ${count} weitere. Sieh sie dir bei calendly.com an.`,
  tooMany: 'mehr, als ich auf einmal ansehe. Sieh sie dir bei calendly.com an.',
  notAsked: (names) =>
    `⚠️ Ohne die Termine von ${names}: Diese Verbindung zu Calendly geht nicht. Von wem sie ist, kann sie neu verbinden.`,
  notLooked: '… und mehr, als ich auf einmal ansehe. Sieh sie dir bei calendly.com an.',
  spans: { today: 'Heute', tomorrow: 'Morgen', week: 'Woche' },
  setUp: 'Dem Channel sagen…',
  ofChannel: 'Das sind die Buchungen, denen dieser Channel folgt.',
  ofYours: 'Dieser Channel folgt nichts, also sind das die Termine der Calendly-Konten, die du benutzen darfst.',
  ofHost: (name) => `Nur die mit ${name} als Host.`,
  nothingYours: (command) =>
    `Dieser Channel folgt keinen Buchungen, und von dir ist kein Calendly-Konto verbunden. \`${command} connect\` verbindet deines; mit \`${command} subscribe\` folgt dieser Channel Buchungen.`,
  noHost: (name) => `Einen Host „${name}“ kenne ich bei Calendly nicht.`,
  notUnderstood: (typed) =>
    `„${typed}“ verstehe ich hier nicht. Ich kann \`today\`, \`tomorrow\` oder \`week\` zeigen, mit @jemand für einen Host; oder es dem Channel von selbst sagen, wie mit \`daily 9:00\`, \`weekly monday 8:30\`, \`daily off\`.`,

  windowTitle: 'Was hier ansteht',
  intro: (channel) => `Wann soll ich ${channel} sagen, was ansteht? Jedes lässt sich für sich ausschalten.`,
  daily: 'Jeden Tag, dessen Termine',
  weekly: 'Jede Woche, die nächsten sieben Tage',
  weekdayLabel: 'Wochentag',
  weekdays,
  off: 'Aus',
  zone: 'Zeitzone',
  zoneHint: 'Wie Europe/Berlin. Uhren, die vor- oder zurückgehen, gehen mit.',
  badZone: (typed) => `„${typed}“ ist keine Zeitzone, die ich kenne. Schreib sie wie Europe/Berlin.`,
  whenEmpty: 'Wenn es keine Termine gibt',
  line: 'Das in einer Zeile sagen',
  silence: 'Nichts sagen',
  save: 'Speichern',
  needsTime: (every) =>
    every === 'day'
      ? 'Um wie viel Uhr? Wie mit `daily 9:00`, oder `daily off`.'
      : 'Wann? Wie mit `weekly monday 9:00`, oder `weekly off`.',
  dayAt: (time, zone) => `jeden Tag um ${time} (${zone})`,
  weekAt: (weekday, time, zone) => `jeden ${weekdays[weekday - 1]} um ${time} (${zone})`,
  set: (channel, when, silent) =>
    `${channel} hört ${when}, was ansteht.${silent ? ' Ohne Termine sage ich nichts.' : ''}`,
  unset: (channel, every) => `${channel} hört nicht mehr ${every === 'day' ? 'jeden Tag' : 'jede Woche'}, was ansteht.`,
  wasNot: (channel, every) =>
    `${channel} hört ${every === 'day' ? 'nicht täglich' : 'nicht wöchentlich'}, was ansteht; es gibt also nichts auszuschalten.`,
  turnOff: (every) => (every === 'day' ? 'Täglich ausschalten' : 'Wöchentlich ausschalten'),
  toldSet: (who, when) => `🔔 ${who} hat eingestellt, dass ich hier sage, was ansteht: ${when}.`,
  toldUnset: (who, every) =>
    `🔕 ${who} hat ausgeschaltet, dass ich hier ${every === 'day' ? 'täglich' : 'wöchentlich'} sage, was ansteht.`,
  same: 'Nichts ist anders als vorher.',
  followsNothing: (command) =>
    `Dieser Channel folgt keinen Buchungen, es gibt also nichts zu sagen. Zuerst \`${command} subscribe\`.`,
  notYours:
    'Das einstellen kann nur, von wem ein Abo dieses Channels ist, ein Workspace-Admin oder App-Manager. Frag dort nach; wer das ist, zeigt `{command} list`.',
};
