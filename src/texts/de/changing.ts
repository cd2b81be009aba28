// Ändern, was da ist: ein Abo bearbeiten, einige in andere Channels kopieren, und was in einer Liste neben jedem steht.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const changing: Texts['changing'] = {
  nothingNamed: (command) =>
    `Sag, was sich ändern soll, etwa \`${command} edit 2 booked canceled\` oder \`${command} edit 2 --style compact\`; \`${command} edit 2\` öffnet ein Fenster.`,
  which: 'Dieser Channel hat mehrere Abos. Welches soll sich ändern?',
  oneByOne:
    'Terminarten und Filter ändern sich nur bei einem Abo auf einmal. Nenne ein einzelnes, etwa `{command} edit 2 …`.',

  copyTitle: 'Kopieren',
  copySubmit: 'Kopieren',
  copyQuestion: (channel) => `Welche Abos von ${channel} soll es auch in anderen Channels geben?`,
  copyWhich: 'Abos',
  copyTo: 'In welche Channels',
  copyToHint: 'Arten, Filter und Aussehen sind dort dieselben. In einen privaten Channel lade mich vorher ein.',
  copying: 'Wird kopiert…',
  chooseSome: 'Wähle mindestens ein Abo.',
  chooseChannel: 'Wähle mindestens einen anderen Channel.',
  nowhere: (command) =>
    `Nenne den Channel mit # und wähle ihn aus der Liste, die Slack zeigt: \`${command} copy 2 to #anderer\`.`,
  sameChannel: 'Das ist genau dieser Channel. Nenne einen anderen.',
  tooMany: (most) => `Das gäbe mehr als ${most} Abos auf einmal. Mach es in kleineren Schritten.`,
  notIn:
    'Du bist nicht darin. Tritt ihm bei, oder bitte jemanden, der darin ist, dort `{command} subscribe` einzugeben.',
  copied: (count, places) => `✅ ${count} ${plural(count, { one: 'Abo', other: 'Abos' })} nach ${places} kopiert.`,
  copyFailed: (channel, reason) => `⚠️ ${channel}: ${reason}`,

  madeOn: (when) => `seit ${when}`,
  lastPost: (when) => `letzte Karte ${when}`,
  noPost: 'noch keine Karte',
  edit: 'Bearbeiten…',
  mute: 'Stummschalten…',
  unmute: 'Nicht mehr stumm',
  copy: 'Kopieren…',
  unsubscribe: 'Abbestellen',
  firstPage: 'Erste Seite',
  lastPage: 'Letzte Seite',
};
