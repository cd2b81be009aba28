// The window to subscribe a channel in German.

import type { Texts } from '../texts.ts';

export const form: Texts['form'] = {
  title: 'Abonnieren',
  titleKinds: 'Arten von Änderungen',
  submit: 'Abonnieren',
  save: 'Speichern',
  saving: 'Wird gespeichert…',
  fetching: 'Ich hole deine Terminarten von Calendly…',
  question: (channel) => `Was soll ${channel} zeigen?`,
  newOne: 'Ein neues Abo',
  which: 'Abo',
  account: 'Calendly-Konto',
  types: 'Terminarten',
  anEventType: 'Terminart',
  allTypes: 'Alle Terminarten',
  typesHint: 'Leer heißt alle, auch solche, die es später gibt.',
  hosts: 'Hosts',
  anyHost: 'Jeder Host',
  domains: 'Firma oder E-Mail der eingeladenen Person',
  filters: 'Weitere Filter',
  filtersHint:
    'Wie im Befehl: lead: location: answer."Frage": utm: group: paid: type: host: – mit einem - davor schließen sie aus.',
  filtersOnly: 'Hier nur Filter, etwa lead:<24h oder -host:"Bo". Alles andere hat sein eigenes Feld.',
  noneSuch: (sentence, near) => `${sentence}${near ? ` Meintest du ${near}?` : ''}`,
  kinds: 'Arten von Änderungen',
  atLeastOneKind: 'Wähle mindestens eine Art von Änderung.',
};
