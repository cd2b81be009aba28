// Ruhe für eine Weile, auf Deutsch.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const muting: Texts['muting'] = {
  title: 'Stummschalten',
  submit: 'Stummschalten',
  question: (channel) =>
    `Bis wann soll in ${channel} nichts Neues erscheinen? Karten, die schon da sind, bleiben wahr. Was inzwischen kommt, wird ausgelassen.`,
  which: 'Abos',
  howLong: 'Wie lange',
  oneHour: '1 Stunde',
  fourHours: '4 Stunden',
  tomorrow: 'Bis morgen',
  monday: 'Bis Montag',
  oneWeek: '1 Woche',
  until: 'Oder bis',
  untilHint: 'In deiner eigenen Zeitzone. Gilt vor dem, was oben gewählt ist.',
  chooseSome: 'Wähle mindestens ein Abo.',
  chooseTime: 'Wähle, wie lange, oder einen Tag mit Uhrzeit.',
  tooEarly: 'Dieser Moment ist vorbei. Wähle einen späteren.',
  tooFar: 'Das ist mehr als ein Jahr hin. Wähle einen früheren Moment.',
  inWindow: 'Im Fenster wählen',
  saving: 'Wird stummgeschaltet…',

  howLongFor: (what) => `Wie lange soll ${what} stumm sein?`,
  unclear: (typed) =>
    `„${typed}“ verstehe ich nicht als Zeit. Sag es wie \`2h\`, \`3 Tage\`, \`bis montag\`, \`bis morgen 9:00\` oder \`bis 24.12.\`.`,
  past: (typed) => `„${typed}“ ist schon vorbei. Nenne einen späteren Moment, etwa \`bis morgen 9:00\`.`,
  tooLong: (typed, command) =>
    `„${typed}“ ist mehr als ein Jahr hin. Für immer ist \`${command} unsubscribe\` das bessere Wort.`,
  muted: (channel, what, until) =>
    `🔕 Stummgeschaltet. ${channel} zeigt bis ${until} nichts Neues von: ${what}. Es endet von selbst.`,
  staysTrue: 'Karten, die schon da sind, bleiben wahr. Was inzwischen kommt, wird ausgelassen und im Status gezählt.',
  othersStay: (count, makers) =>
    `${count} ${plural(count, { one: 'Abo hier ist', other: 'Abos hier sind' })} von ${makers} und ${plural(count, { one: 'bleibt, wie es ist', other: 'bleiben, wie sie sind' })}: Ändern kann das nur, wer es angelegt hat, ein Workspace-Admin oder App-Manager.`,
  unmuted: (channel, what) => `🔔 Nicht mehr stumm. ${channel} zeigt wieder ${what}.`,
  notMuted: (channel) => `Hier ist nichts stumm: ${channel} zeigt seine Buchungen wie üblich.`,
  stillMuted: (channel, until, command) =>
    `🔕 Es ist stumm: In ${channel} erscheint bis ${until} nichts Neues. \`${command} unmute\` beendet das.`,
  mutedUntil: (until) => `🔕 Stumm bis ${until}`,

  toldMuted: (who, what, until) =>
    `🔕 ${who} hat hier bis ${until} stummgeschaltet: ${what}. Bis dahin erscheint nichts Neues; Karten, die schon da sind, bleiben wahr.`,
  toldUnmuted: (who, what) => `🔔 ${who} hat die Stummschaltung beendet: Dieser Channel zeigt wieder ${what}.`,
  toldOver: (what) => `🔔 Die Stummschaltung ist vorbei: Dieser Channel zeigt wieder ${what}.`,
};
