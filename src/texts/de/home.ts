// The Home tab and the bare command in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const home: Texts['home'] = {
  title: 'Deine Calendly-Buchungen in Slack',
  none: 'Noch zeigt kein Channel Buchungen.',
  channels: (channels, subscriptions) =>
    plural(channels, {
      one: `${channels} Channel zeigt Buchungen, durch ${subscriptions}.`,
      other: `${channels} Channels zeigen Buchungen, durch ${subscriptions}.`,
    }),
  paused: (count, command) =>
    `${count} davon ${plural(count, { one: 'pausiert', other: 'pausieren' })}: \`${command} list workspace\` zeigt, warum.`,
  nextConnect: '*Als Nächstes:* ein Calendly-Konto verbinden.',
  nextAgain: '*Als Nächstes:* das Konto neu verbinden, das nicht mehr geht.',
  nextSubscribe: (command) =>
    `*Als Nächstes:* Gib in dem Channel, der Buchungen zeigen soll, \`${command} subscribe\` ein.`,
  nextMore: (command) =>
    `*Als Nächstes:* Gib in einem weiteren Channel \`${command} subscribe\` ein, oder \`${command} status\`, um zu sehen, wie alles läuft.`,
  help: (command) => `\`${command} help\` zeigt in jedem Channel, was ich alles verstehe.`,
  connect: 'Calendly verbinden',
  connectAgain: 'Neu verbinden',

  noneConnected: 'Noch ist kein Calendly-Konto verbunden.',
  disconnected: (account) => `Dein Calendly-Konto ${account} ist getrennt.`,
  allDisconnected: 'Deine Calendly-Konten sind getrennt.',
  account: (account, state, hooks) => `${account} · ${state} · Hook: ${hooks}`,
  hereNothing: 'Dieser Channel zeigt keine Buchungen.',
  here: 'Dieser Channel zeigt:',
  isPaused: (what) => `${what} (pausiert)`,
  andMore: (count) => `… und ${count} weitere`,
  buttonHelp: 'Hilfe',
  goOn: (command) => `Gib \`${command} connect\` ein, um weiterzumachen.`,
  connectOne: (command) => `Als Nächstes: Verbinde eines mit \`${command} connect\`.`,
  connectItAgain: (command) => `Als Nächstes: Verbinde es neu mit \`${command} connect\`.`,
  showHere: (command) => `Als Nächstes: Zeig hier Buchungen mit \`${command} subscribe\`.`,
  subscribeHere: 'Diesen Channel abonnieren',
  seeWhy: (command) => `Als Nächstes: \`${command} list\` zeigt, warum.`,
  list: 'Auflisten',
  allSet: (command) => `Alles bereit. Eine Musterkarte schickt dir \`${command} test\`.`,
  sendSample: 'Ein Muster schicken',
};
