// What a subscription is going to bring, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const inDays = (days: number) => plural(days, { one: 'am letzten Tag', other: `in den letzten ${days} Tagen` });
const atDays = (days: number) => plural(days, { one: 'Am letzten Tag', other: `In den letzten ${days} Tagen` });
const ofBookings = (total: number) => plural(total, { one: 'einer Buchung', other: `${total} Buchungen` });

export const preview: Texts['preview'] = {
  button: 'Vorschau',
  head: (channel, what) => `Eine Vorschau, noch ist nichts gespeichert. ${channel} würde zeigen: ${what}.`,
  trying: 'Ich probiere es an dem aus, was zuletzt gebucht wurde…',
  subscribe: 'Abonnieren',
  would: (would, total, days, week) =>
    `${atDays(days)} hätte es ${would} von ${ofBookings(total)} gezeigt, ${week === null ? 'weniger als eine' : `etwa ${week}`} in der Woche.`,
  hereAre: (count) => plural(count, { one: 'Hier ist eine:', other: `Hier sind ${count}:` }),
  noneBooked: (days) => `Es wurde ${inDays(days)} nichts gebucht, an dem es sich ausprobieren ließe.`,
  none: (total, days) => `⚠️ ${atDays(days)} hätte es keine von ${ofBookings(total)} gezeigt.`,
  obstacle: (what) => `Was am häufigsten im Weg stand: ${what}.`,
  about: {
    kind: 'die Art der Änderung',
    type: 'die Terminart',
    host: 'der Host',
    group: 'die Gruppe des Hosts',
    domain: 'die Domain der eingeladenen Person',
    answer: 'die Antwort',
    utm: 'woher sie kam (utm)',
    lead: 'wie lange im Voraus gebucht war',
    location: 'der Ort',
    paid: 'die Zahlung',
  },
  isPart: 'Ich konnte nur einen Teil davon lesen.',
  never: (what) =>
    `⚠️ Keine Buchung kann je passen (${what}): Alles Verlangte ist wieder ausgeschlossen, oder es ist niemand darin.`,
  notAsked: (question, near) =>
    `⚠️ Keine dieser Terminarten fragt „${question}“, also kann niemand es beantworten.${near ? ` Meintest du „${near}“?` : ''}`,
  busy: (most) =>
    `⚠️ Am vollsten Tag wären das hier ${most} Beiträge gewesen. Kürzere Karten lassen mehr Platz zum Reden; eine Übersicht am Tag sagt, was kommt.`,
  compact: 'Kompakte Karten',
  lines: 'Einzelne Zeilen',
  digest: 'Eine Übersicht am Tag',
};
