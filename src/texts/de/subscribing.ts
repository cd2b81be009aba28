// Answers to whoever subscribes a channel, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const subscribing: Texts['subscribing'] = {
  allTypes: '*alle Terminarten*',
  allTypesLabel: 'Alle Terminarten',
  aSubscription: 'Abo',
  types: (names) => words.all(names),
  andMoreTypes: (names, count) =>
    `${names} und ${count} ${plural(count, { one: 'weitere Terminart', other: 'weitere Terminarten' })}`,
  wish: (types, kinds, o) =>
    `${types} (${kinds}${o.usual ? ', das Übliche, da nichts genannt war' : ''})${o.look ? `; ${o.look}` : ''}${o.account ? `; aus ${o.account}` : ''}`,
  label: (types, kinds) => `${types}: ${kinds}`,

  made: (channel, what) => `✅ Abonniert. ${channel} zeigt ab jetzt ${what}.`,
  changed: (channel, what) => `✅ Geändert. ${channel} zeigt ab jetzt ${what}.`,
  resumed: (channel, what) => `✅ Fortgesetzt. ${channel} zeigt wieder ${what}.`,
  same: (channel, what) => `✅ Nichts zu ändern: ${channel} zeigt schon ${what}.`,
  redundant: 'Dieser Channel zeigt schon alle Terminarten, das hier fügt nichts hinzu.',
  notTold: 'Slack hat mich das eben nicht im Channel sagen lassen; das Abo gilt trotzdem.',
  next: (command) => `\`${command} test\` schickt eine Musterkarte; \`${command} list\` zeigt alle Abos hier.`,
  showsExamples: (command, verb) => `\`${command} help ${verb}\` zeigt Beispiele.`,
  limited: {
    none: () => '',
    organizations: (command) =>
      `⚠️ Personen außerhalb des Workspace lesen diesen Channel mit, deshalb zeigen die Karten höchstens Geschäftliches: keine E-Mail-Adressen, keine Antworten. Ein Workspace-Admin kann mehr erlauben: \`${command} subscribe --privacy full\`.`,
    guests: (command) =>
      `⚠️ Gäste lesen diesen Channel mit, deshalb zeigen die Karten höchstens Geschäftliches: keine E-Mail-Adressen, keine Antworten. Ein Workspace-Admin kann mehr erlauben: \`${command} subscribe --privacy full\`.`,
    unknown: (command) =>
      `⚠️ Slack hat nicht gesagt, ob Gäste diesen Channel mitlesen, deshalb zeigen die Karten höchstens Geschäftliches: keine E-Mail-Adressen, keine Antworten. Für mehr tippe in ein paar Minuten: \`${command} subscribe --privacy full\`.`,
  },
  shared:
    '⚠️ Personen außerhalb des Workspace lesen diesen Channel mit, und die Karten zeigen ihnen alles: Namen, E-Mail-Adressen und Antworten.',
  sharedWithGuests:
    '⚠️ Gäste lesen diesen Channel mit, und die Karten zeigen ihnen alles: Namen, E-Mail-Adressen und Antworten.',
  sharedLess: (command) => `\`${command} subscribe --privacy business\` zeigt weniger.`,
  manyCalled: (isHost, members, command) =>
    `📣 Jede neue Karte ruft ${isHost ? 'ihren Host' : 'jemanden'}, und ${members} Mitglieder dieses Channels sehen das. \`${command} subscribe --mention none\` beendet es.`,
  idle: (kinds) => `Zu „${kinds}“ wird nichts gesagt, weil dieser Channel das nicht abonniert hat.`,

  toldMade: (who, what) => `🔔 ${who} hat für diesen Channel abonniert: ${what}.`,
  toldResumed: (who, what) => `🔔 ${who} hat hier fortgesetzt: ${what}.`,
  toldChanged: (who, what) => `🔔 ${who} hat geändert, was dieser Channel zeigt: ${what}.`,
  stopIt: (command) => `Beenden lässt es sich mit \`${command} unsubscribe\`.`,
  toldGone: (who, what) => `🔕 ${who} hat für diesen Channel abbestellt: ${what}.`,
  undoneBy: (who) => `↩️ Rückgängig gemacht von ${who}.`,
  toldUndone: (who) => `🔔 ${who} hat das rückgängig gemacht: Dieser Channel zeigt seine Buchungen wie zuvor.`,

  twin: 'Dieser Channel hat schon ein anderes Abo für genau diese Terminarten. Ändere jenes oder wähle andere.',
  changedMeanwhile:
    'Dieses Abo wurde im selben Moment geändert. Gib es noch einmal ein, damit es so wird, wie du willst.',
  changedSince:
    'Seither wurde es noch einmal geändert, darum lasse ich es so. Wie es jetzt ist, zeigt `{command} list`.',
  accountGone: 'Dieses Calendly-Konto ist nicht mehr verbunden. Welche es sind, zeigt `{command} status`.',
  gone: 'Dieses Abo gibt es nicht mehr. Die Abos dieses Channels zeigt `{command} list`.',
  alreadyGone: 'Dieses Abo ist schon weg. Die Abos dieses Channels zeigt `{command} list`.',
  removedMeanwhile:
    'Dieses Abo gibt es nicht mehr; jemand hat es inzwischen entfernt. Mit `{command} subscribe` legst du es wieder an.',
  none: 'Dieser Channel hat noch kein Abo. Mit `{command} subscribe` legst du eines an.',
  typeGone: 'Eine dieser Terminarten gibt es bei Calendly nicht mehr. Wähle neu mit `{command} subscribe`.',
  staleButton: 'Dieser Knopf geht nicht mehr. Gib noch einmal `{command} subscribe` ein.',

  notFound: {
    type: (names) => `Bei Calendly finde ich keine Terminart ${names}. Geändert wurde nichts.`,
    host: (names) => `In diesem Calendly-Konto finde ich keinen Host ${names}. Geändert wurde nichts.`,
    group: (names) => `Bei Calendly finde ich keine Gruppe ${names}. Geändert wurde nichts.`,
  },
  noneToOffer: 'Dieses Konto zeigt mir gar keine.',
  quoted: (name) => `„${name}“`,
  noTypesAtAll: (command) =>
    `Dieses Konto hat keine aktiven Terminarten, die ich sehen kann. \`${command} subscribe all\` gilt auch für spätere.`,
  didYouMean: 'Meintest du eine davon? Ein Klick abonniert sie.',
  pickFromWindow: 'Wähle stattdessen im Fenster.',
  inWindow: 'Im Fenster wählen',
  severalHere: 'Dieser Channel hat mehrere Abos. Welches ist gemeint?',
  severalAccountsFewer: 'Mehrere Calendly-Konten sind verbunden. Nenne weniger Terminarten oder wähle sie im Fenster.',
  severalAccounts: 'Mehrere Calendly-Konten sind verbunden. Welches ist gemeint?',
  noAccount: (name) =>
    `Ein Calendly-Konto „${name}“, das du benutzen kannst, gibt es hier nicht. Geändert wurde nichts.`,
  pickItInWindow: 'Wähle es stattdessen im Fenster.',

  undoExpired:
    'Rückgängig machen geht nur zehn Minuten lang. Wie es jetzt ist, zeigt `{command} list`; von dort änderst du es.',
  undoStale: 'Dieser Knopf geht nicht mehr. Wie es jetzt ist, zeigt `{command} list`.',
  undoNotConnected: 'Das Calendly-Konto dazu ist nicht mehr verbunden. Gib zuerst `{command} connect` ein.',
  undone: (channel) => `Rückgängig gemacht. ${channel} zeigt seine Buchungen wie zuvor.`,
};
