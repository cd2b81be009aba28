// The look of a channel's cards in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

export const look: Texts['look'] = {
  styles: { card: '', compact: 'als kompakte Karten', line: 'als einzelne Zeilen' },
  privacies: { full: '', business: 'zeigt keine Kontaktdaten und Antworten', minimal: 'zeigt nur Initialen' },
  callsHost: 'ruft den Host',
  calls: (who) => `ruft ${who}`,
  callsAGroup: 'ruft eine Benutzergruppe',
  noThreads: 'führt keine Threads',
  threadsOnly: (kinds) => `führt Threads nur für ${kinds}`,
  noThreadsFor: (kinds) => `führt keine Threads für ${kinds}`,
  repeats: 'sagt Neues auch im Channel',
  repeatsFor: (kinds) => `sagt Neues auch im Channel bei ${kinds}`,
  inLanguage: (language) => `auf ${words.language(language)}`,

  kinds: {
    booked: 'gebucht',
    canceled: 'abgesagt',
    rescheduled: 'verschoben',
    noshow: 'nicht erschienen',
    routed: 'Formular',
  },
  kindLabels: {
    booked: 'Gebucht',
    canceled: 'Abgesagt',
    rescheduled: 'Verschoben',
    noshow: 'Nicht erschienen',
    routed: 'Routing-Formular abgeschickt',
  },
  style: 'Stil',
  styleLabels: {
    card: 'Karte: alles, was man wissen muss',
    compact: 'Kompakt: zwei Zeilen',
    line: 'Zeile: eine Zeile',
  },
  threads: 'Threads',
  threadLabels: {
    on: 'An: was später geschieht, steht im Thread der Karte',
    off: 'Aus: die Karte ändert sich, gesagt wird nichts',
    broadcast: 'Auch im Channel: im Thread und im Channel',
  },
  exceptions: 'Threads einzelner Arten',
  exceptionsHint: 'Nur wo eine Art von der Wahl oben abweichen soll.',
  noExceptions: 'Keine Ausnahmen',
  exception: (kind, mode) => `${kind}: ${mode}`,
  exceptionLabels: { on: 'im Thread', off: 'nicht gesagt', broadcast: 'im Thread und im Channel' },
  mention: 'Wer gerufen wird',
  mentionHint: (command) =>
    `Wer in jeder neuen Karte erwähnt wird. Andere oder eine Gruppe mit: ${command} subscribe --mention @Name.`,
  nobody: 'Niemand',
  theHost: 'Der Host des Termins',
  me: 'Ich',
  asNowGroup: 'Wie jetzt: die zuvor genannte Benutzergruppe',
  asNowPerson: 'Wie jetzt: die zuvor genannte Person',
  privacy: 'Was Karten zeigen',
  privacyLabels: {
    full: 'Alles: Namen, E-Mail-Adressen, Antworten',
    business: 'Geschäftlich: keine Kontaktdaten und Antworten',
    minimal: 'Minimal: nur Initialen',
  },
  outsidersHint: {
    none: '',
    organizations:
      'Personen außerhalb des Workspace lesen diesen Channel mit: mehr als „Geschäftlich“ geht nur, wenn ein Workspace-Admin „Alles“ wählt.',
    guests: 'Gäste lesen diesen Channel mit: mehr als „Geschäftlich“ geht nur, wenn ein Workspace-Admin „Alles“ wählt.',
    unknown: 'Slack hat nicht gesagt, ob Gäste diesen Channel mitlesen: mehr als „Geschäftlich“ geht gerade nicht.',
  },
  language: 'Sprache',
  languageName: words.ownName,
  languageInWords: words.language,

  chooseMention: 'Wähle, wer gerufen wird, oder „Niemand“.',
  chooseOneFor: (kind) => `Wähle eines für „${kind}“, nicht mehrere.`,
  chooseStyle: 'Wähle einen Stil.',
  chooseOne: 'Wähle eines davon.',
  threadsAreOff: 'Threads sind für alle Arten aus. Nimm diese weg oder schalte Threads ein.',

  unknownPerson:
    'Slack kennt die Person nicht, die erwähnt werden soll. Tippe noch einmal @ und wähle den Namen aus der Liste, die Slack zeigt.',
};
