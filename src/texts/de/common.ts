// Words of many places in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const common: Texts['common'] = {
  all: words.all,
  any: words.any,
  close: 'Schließen',
  cancel: 'Abbrechen',
  choose: 'Auswählen',
  oneMoment: 'Einen Moment…',
  undo: 'Rückgängig',
  previous: 'Zurück',
  showMore: 'Mehr zeigen',
  showThem: 'Zeig sie mir',
  tryAgain: 'Noch einmal versuchen',
  sorry: (reference) =>
    `Tut mir leid, bei mir ist etwas schiefgegangen. Versuch es bitte noch einmal; wenn es dabei bleibt, sag denen Bescheid, die diese App betreiben: Kennung \`${reference}\`.`,
  notInstalled:
    'Ich bin in diesem Workspace nicht mehr installiert. Ein Workspace-Admin kann mich wieder installieren.',
  outdated: (command) =>
    `Das gehört zu einer früheren Version von mir und geht nicht mehr. Was geht, zeigt \`${command} help\`.`,
  forGuests:
    'Gäste können Buchungskarten lesen, aber nicht einrichten. Bitte ein volles Mitglied dieses Workspace darum.',
  channels: (count) => `${count} ${plural(count, { one: 'Channel', other: 'Channels' })}`,
  subscriptions: (count) => `${count} ${plural(count, { one: 'Abo', other: 'Abos' })}`,
  messages: (count) => `${count} ${plural(count, { one: 'Nachricht', other: 'Nachrichten' })}`,
  accounts: (count) => `${count} ${plural(count, { one: 'Calendly-Konto', other: 'Calendly-Konten' })}`,
};
