// The Home tab and the bare command in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const home: Texts['home'] = {
  title: 'Deine Calendly-Buchungen in Slack',
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

  yourConnection: '*Deine Verbindung*',
  noneOfYours: 'Du hast kein eigenes Calendly-Konto verbunden.',
  othersConnected: (count) =>
    `${count} ${plural(count, { one: 'Konto ist', other: 'Konten sind' })} hier von anderen verbunden.`,
  welcome:
    'Ich zeige jede Calendly-Buchung einmal, in den Slack-Channels, die du wählst, und halte sie wahr, wenn sie verschoben oder abgesagt wird. Zwei Schritte zum Anfang: dein Konto verbinden, dann einen Channel abonnieren.',
  checkNow: 'Jetzt prüfen',
  repairNow: 'Jetzt reparieren',
  checking: 'Wird geprüft…',
  checkTitle: 'Prüfung',
  yourMeetings: '*Deine nächsten Termine*',
  noMeetings: 'Soweit ich weiß, ist kein Termin mit dir gebucht.',
  connectForMeetings: 'Hier stehen sie, sobald dein Konto verbunden ist.',
  seats: (count) => `${count} ${plural(count, { one: 'Gast', other: 'Gäste' })}`,
  joinOf: (meeting) => `Teilnehmen: ${meeting}`,
  yourChannels: '*Deine Channels*',
  noChannels: (command) =>
    `Du hast noch keinen Channel abonniert. Gib in dem, der Buchungen zeigen soll, \`${command} subscribe\` ein.`,
  isMuted: (what) => `${what} (stumm)`,
  moreChannels: (count) => `… und ${count} weitere`,
  yourSubscriptions: 'Deine Abos',
  helpHead: '*Hilfe*',
  helpMore: (command) =>
    `Gib in einem Channel \`${command}\` ein, um zu sehen, was er zeigt, und \`${command} help\` für alles, was ich verstehe.`,
  helpTitle: 'Hilfe',
  admins: 'Für Workspace-Admins',
  allInOrder: '✅ Alles in Ordnung.',
  doesNotWork: (account) => `${account} geht nicht.`,
  noneYet: 'Noch zeigt kein Channel Buchungen.',
  connections: '*Verbindungen anderer*',
  connectionLine: (account, state, hooks, more) =>
    [
      `${account} · ${state}
Hook: ${hooks}`,
      ...more,
    ].join(' · '),
  connectedBy: (who) => `verbunden von ${who}`,
  hookUnwell: (account) => `Der Hook von ${account} geht nicht. *Jetzt reparieren* daneben behebt das.`,
  checkedAt: (when) => `letzte Prüfung ${when}`,
  notChecked: 'noch nicht geprüft',
  moreConnections: (count, command) => `… und ${count} weitere: \`${command} status\` zeigt sie.`,
  allChannels: '*Alle Channels*',
  pausedCount: (count) => `${count} pausiert`,
  mutedCount: (count) => `${count} stumm`,
  channelsHear: (channels, subscriptions) =>
    plural(channels, {
      one: `${channels} Channel zeigt Buchungen, durch ${subscriptions}`,
      other: `${channels} Channels zeigen Buchungen, durch ${subscriptions}`,
    }),
  allSubscriptions: 'Alle Abos',
  listTitle: 'Abos',
  letters: '*Nachrichten, die nicht ankamen*',
  lettersTitle: 'Nachrichten',
  noLetters: 'Jede Nachricht ist angekommen.',
  someLetters: (count) =>
    `${count} ${plural(count, { one: 'Nachricht wurde', other: 'Nachrichten wurden' })} aufgegeben oder ist vielleicht nicht angekommen.`,
  showThem: 'Zeigen',
  recent: '*Letzte Änderungen*',
  noRecent: 'Noch wurde nichts geändert.',
  theApp: 'Ich',
  did: {
    subscribe: (who, where, what) => `${who} hat ${where} abonniert: ${what}`,
    change: (who, where, what) => `${who} hat in ${where} geändert: ${what}`,
    resume: (who, where, what) => `${who} hat in ${where} wieder aufgenommen: ${what}`,
    unsubscribe: (who, where, what) => `${who} hat in ${where} abbestellt: ${what}`,
    copy: (who, where, what) => `${who} hat nach ${where} kopiert: ${what}`,
    mute: (who, where, what) => `${who} hat in ${where} stummgeschaltet: ${what}`,
    unmute: (who, where, what) => `${who} hat in ${where} die Stummschaltung beendet: ${what}`,
    mute_over: (_who, where, what) => `Die Stummschaltung in ${where} ist vorbei: ${what}`,
    undo: (who, where, what) => `${who} hat in ${where} rückgängig gemacht: ${what}`,
    take_back: (_who, where, what) => `Slack hat ${where} abgelehnt, darum wurde es zurückgenommen: ${what}`,
    connect: (who, _where, what) => `${who} hat ${what} verbunden`,
    disconnect: (who, _where, what) => `${who} hat ${what} getrennt`,
    rename: (who, _where, what) => `${who} hat ${what} umbenannt`,
    admin_channel: (who, where, _what) =>
      where ? `${who} hat ${where} als Admin-Channel gewählt` : `${who} hat den Admin-Channel abgeschaltet`,
    resend: (who, where, _what) => `${who} hat eine Nachricht nach ${where} noch einmal gesendet`,
    drop: (who, where, _what) => `${who} hat eine Nachricht nach ${where} verworfen`,
    found: (who, where, _what) => `${who} hat eine Nachricht in ${where} gefunden`,
    erase: (who, _where, _what) => `${who} hat die Daten einer Person löschen lassen`,
    host: (who, _where, _what) => `${who} hat eingestellt, wer ein Host in Slack ist`,
    agenda: (who, where, _what) => `${who} hat die Agenda von ${where} geändert`,
    cancel: (who, where, _what) => `${who} hat einen Termin von seiner Karte in ${where} aus abgesagt`,
    noshow: (who, where, _what) => `${who} hat von einer Karte in ${where} aus ein Nichterscheinen vermerkt`,
    noshow_undo: (who, where, _what) => `${who} hat von einer Karte in ${where} aus ein Nichterscheinen zurückgenommen`,
    links: (who, where, _what) => `${who} hat von einer Karte in ${where} aus die Links eines Gastes angesehen`,
    share: (who, where, _what) => `${who} hat in ${where} einen Buchungslink geteilt`,
    denied: (who, where, what) =>
      where ? `${who} durfte nicht: ${what}, in ${where}` : `${who} durfte nicht: ${what}`,
  },
  tooLate: 'jemand anderes war zuerst da',
  record: (total, range) => `*Wer was getan hat*, ${range} von ${total}, das Neueste zuerst:`,
};
