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
  kinds: 'Arten von Änderungen',
  atLeastOneKind: 'Wähle mindestens eine Art von Änderung.',
};
