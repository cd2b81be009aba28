// Lists of subscriptions in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const lists: Texts['lists'] = {
  canList: (wheres, typed) => `Auflisten kann ich ${wheres}, aber nicht „${typed}“.`,
  titles: { here: 'Dieser Channel', workspace: 'Der ganze Workspace', mine: 'Von dir angelegt' },
  head: (title, count, range) => `${title}: ${count} ${plural(count, { one: 'Abo', other: 'Abos' })}${range}.`,
  foot: (command) =>
    `\`${command} edit 1\`, \`mute 1 2h\`, \`copy 1 to #anderer\` und \`unsubscribe 1\` gelten dem ersten; \`${command} subscribe\` ergänzt.`,
  subscribe: 'Abonnieren',
  listHere: 'Diesen Channel auflisten',
  paused: (reason) => `⏸ Pausiert. ${reason}`.trimEnd(),
  madeBy: (who) => `von ${who}`,
  noneHere: (command) => `Dieser Channel hat kein Abo. \`${command} subscribe\` legt eines an.`,
  noneOfYours: 'Du hast noch kein Abo angelegt.',
  noneAtAll: 'In diesem Workspace hat noch kein Channel ein Abo.',

  nothingToTake: (command) =>
    `Dieser Channel hat kein Abo, da gibt es nichts wegzunehmen. \`${command} list mine\` zeigt, was du anderswo angelegt hast.`,
  whichGoes: 'Welches soll weg?',
  notFound: (name) => `Dieser Channel hat kein Abo „${name}“. Meintest du eines davon?`,
  allOfThem: 'Alle',
  unsubscribed: (channel, what) => `Abbestellt. ${channel} zeigt nicht mehr ${what}.`,
  couldNotTell: 'Im Channel konnte ich es nicht sagen; die Änderung gilt.',
  setsUpAgain: (command) => `\`${command} subscribe\` richtet es wieder ein.`,

  kindsAlone: (words) =>
    `Hier stelle ich nur die Arten ein, und ich habe nichts geändert. Optionen gehören zu subscribe, etwa: subscribe all ${words}`,
  nameKinds: (kinds) => `Nenne die Arten von Änderungen, die du willst: ${kinds}.`,
  whichHears: (kinds) => `Dieser Channel hat mehrere Abos. Welches soll genau das zeigen: ${kinds}?`,
  noAccount: (name) => `Ein Calendly-Konto „${name}“ gibt es hier nicht. Welche es gibt, zeigt \`{command} list\`.`,

  noSample: (typed) => `Ein Muster „${typed}“ habe ich nicht. Wähle eines:`,
  samples: {
    booked: 'neue Buchung',
    rescheduled: 'verschoben',
    canceled: 'abgesagt',
    noshow: 'nicht erschienen',
    routed: 'Routing-Formular',
  },
  sampleSent: (kind, channel, command) =>
    `Eine Musterkarte (${kind}) ist unterwegs nach ${channel}, als TEST gekennzeichnet. Kommt sie nicht binnen einer Minute, zeigt \`${command} status\`, warum.`,
};
