// The window about a booking in German.

import type { Texts } from '../texts.ts';

const roles = { host: 'Host', invitee: 'der eingeladenen Person' };

export const details: Texts['details'] = {
  title: 'Details',
  states: {
    booked: 'gebucht',
    moving: 'wird verschoben',
    moved: 'gebucht, verschoben',
    canceled: 'abgesagt',
    noshow: 'nicht erschienen',
    routed: 'Formular abgeschickt',
  },
  history: 'Verlauf',
  answers: 'Antworten',
  routingForm: 'Routing-Formular',
  tracking: 'Herkunft',
  seated: 'Wer einen Platz hat oder hatte',

  fact: (label, words) => `*${label}:* ${words}`,
  sentBy: 'Abgeschickt von',
  invitee: 'Eingeladene Person',
  timeZone: 'Deren Zeitzone',
  guest: 'Gast',
  host: 'Host',
  place: 'Ort',
  seats: 'Plätze',
  seatsTaken: (taken, limit) => `${taken} von ${limit} belegt`,
  payment: 'Zahlung',
  formFilledIn: 'Formular ausgefüllt',
  formLedTo: 'Formular führte zu',
  booked: 'Gebucht',
  byAHost: (at) => `${at} von einem Host`,
  heard: 'Ich habe davon erfahren',
  canceled: 'Abgesagt',
  noShow: 'Nicht erschienen',
  marked: (at) => `vermerkt ${at}`,
  why: 'Warum das hier steht',

  atUnknown: 'zu einer Zeit, die ich nicht kenne',
  unknownTime: 'eine Zeit, die ich nicht kenne',
  byRole: (role, name) => `von ${roles[role]} ${name}`.trim(),
  movedAt: (at) => `verschoben ${at}`,
  guestMoved: 'zu einem anderen Termin gewechselt',
  guestLeft: 'abgemeldet',
  guestHeard: (what, at) => `${what}, erfahren ${at}`,
  guestBooked: (at) => `gebucht ${at}`,
  noShowMark: 'nicht erschienen',
  noQuestion: 'Eine Frage ohne Worte',
  gone: 'Die Details dieser Buchung habe ich nicht mehr. Sieh sie dir bei Calendly an.',
  withheld:
    'Dieser Channel zeigt seine Buchungen ohne Details. Das hat festgelegt, wer das Abo angelegt hat; sieh dir die Buchung bei Calendly an.',
  noRoom: 'Es gibt mehr, als hier in Slack Platz hat. Sieh dir die Buchung bei Calendly an.',
};
