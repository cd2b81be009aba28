// What a filter asks of a booking, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

export const filters: Texts['filters'] = {
  usage: {
    type: 'der Name einer Terminart, etwa -type:"Demo call"',
    host: 'eine Person, etwa host:@bo oder host:"Bo Berg"',
    group: 'eine Gruppe bei Calendly, etwa group:"Sales"',
    domain: 'eine Domain oder E-Mail-Adresse, etwa domain:acme.com',
    answer: 'eine Frage und eine Antwort, etwa answer."Teamgröße":40',
    utm: 'woher eine Buchung kam, etwa utm:linkedin oder utm.campaign:spring',
    lead: 'eine Zeit wie <24h, >7d oder 1d-7d',
    location: 'zoom, meet, teams, webex, gotomeeting, online, phone, in-person, invitee oder custom',
    paid: 'yes oder no',
  },
  theKeys: (keys) => `Die Filter sind ${words.all(keys)}; mit einem - davor schließen sie aus.`,
  noUtm: (part, parts) => `Ein utm.${part} gibt es nicht. Möglich ist ${parts}.`,
  tooMany: (most) => `Das sind mehr als ${most} Filter. Mehrere Abos passen vielleicht besser.`,
  bothWays: (rule) => `${rule} ist zugleich verlangt und ausgeschlossen. Sag eines von beiden.`,
  leadsCoverAll:
    'Diese Vorlaufzeiten zusammen sind alle Buchungen, da eine davon genügt. Für das, was dazwischen liegt, sag es in einem: lead:1d-7d.',
  slackGroup: (name) =>
    `${name} ist eine Gruppe in Slack; ich kenne die bei Calendly. Sag group:"Sales" oder nenne die Hosts.`,
  whoseAddress: (address) =>
    `Wessen Adresse ist ${address}? Sag domain:${address} für die eingeladene Person oder host:${address} für den Host.`,

  rules: {
    type: (names) => words.any(names),
    host: (names) => `Host ${words.any(names)}`,
    group: (names) => `Hosts aus ${words.any(names)}`,
    domain: (names) => `von ${words.any(names)}`,
    answer: (answers) => words.any(answers),
    utm: (sources) => words.any(sources),
    lead: (times) => `gebucht ${words.any(times)} im Voraus`,
    location: (names) => `Ort ${words.any(names)}`,
    paid: (states) => words.any(states),
  },
  except: (what) => `nicht ${what}`,
  answered: (question, answer) =>
    answer === null ? `„${question}“ beantwortet` : `„${question}“ beantwortet mit „${answer}“`,
  came: (name, value) =>
    value === null ? `irgendein utm${name ? ` ${name}` : ''}` : `utm${name ? ` ${name}` : ''} „${value}“`,
  lessThan: (time) => `weniger als ${time}`,
  atLeast: (time) => `${time} oder mehr`,
  between: (from, to) => `${from} bis ${to}`,
  places: {
    online: 'Videoanruf',
    phone: 'Telefon',
    'in-person': 'vor Ort',
    invitee: 'von der eingeladenen Person genannt',
    custom: 'anderer',
  },
  paid: 'bezahlt',
  unpaid: 'nicht bezahlt',
};
