// The card of a booking in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const answers = (count: number) => `+${count} ${plural(count, { one: 'weitere Antwort', other: 'weitere Antworten' })}`;

export const card: Texts['card'] = {
  sample: 'TEST',
  sampleSaid: 'TEST, keine echte Buchung.',
  meeting: 'Termin',
  form: 'Formular',
  routingForm: 'Routing-Formular',
  somebody: 'Jemand',
  erased: 'Gelöschte Person',
  aHost: 'Host',

  booked: 'gebucht',
  noGuestsLeft: 'keine Gäste mehr',
  moving: 'wird verschoben',
  moved: 'verschoben',
  movedAgain: (times) => `zum ${times}. Mal verschoben`,
  noShow: 'nicht erschienen',
  noShowMarked: (at) => `nicht erschienen, vermerkt ${at}`,
  routed: 'Formular abgeschickt',
  canceled: 'abgesagt',
  canceledBefore: (duration) => `abgesagt ${duration} vor Beginn`,
  canceledAfter: (duration) => `abgesagt ${duration} nach Beginn`,
  late: 'kurzfristig',
  byInvitee: 'von der eingeladenen Person',
  byHost: (name) => (name ? `von Host ${name}` : 'vom Host'),
  by: (name) => `von ${name}`,
  quoted: (reason) => `„${reason}“`,

  newTimeToFollow: 'neue Zeit folgt',
  NewTimeToFollow: 'Neue Zeit folgt',
  untilNow: (old) => `bisher ${old}`,
  fromTo: (old) => `von ${old} auf `,
  forTheInvitee: (time) => `${time} für die eingeladene Person`,
  with: (meeting, who) => `${meeting} mit ${who}`,
  sentBy: (form, who) => `${form} von ${who}`,

  seats: (taken, limit) => `${taken} von ${limit} ${plural(limit, { one: 'Platz', other: 'Plätzen' })}`,
  guests: (count) => `${count} ${plural(count, { one: 'Gast', other: 'Gäste' })}`,
  guestNoShow: (name) => `${name} (nicht erschienen)`,
  moreGuests: (count) => `+${count} weitere`,
  moreGuestsOfThem: (count, noShows) => `+${count} weitere (${noShows} nicht erschienen)`,
  left: (count) => `${count} abgemeldet`,
  movedAway: (count) => `${count} zu einer anderen Zeit gewechselt`,
  nthBooking: (count) => `${count}. Buchung`,
  earlierNoShows: (count) => `zuvor ${count}-mal nicht erschienen`,
  hosts: (count, names) => `${plural(count, { one: 'Host', other: 'Hosts' })} ${names}`,
  andMore: (names, count) => `${names} und ${count} weitere`,
  paid: (amount, currency) => `${words.amount(amount)} ${currency} bezahlt`,
  notPaid: (amount, currency) => `${words.amount(amount)} ${currency} nicht bezahlt`,
  ahead: (duration) => `erst ${duration} vor Beginn gebucht`,
  arrivedLate: (duration) => `Nachricht kam ${duration} zu spät`,

  places: {
    physical: 'Vor Ort',
    outbound_call: 'Anruf',
    inbound_call: 'Anruf der eingeladenen Person',
    ask_invitee: 'Ort nach Wahl der eingeladenen Person',
  },
  insteadOf: (place: string, old: string) => `${place} statt ${old}`,
  placeToBeAgreed: 'Ort noch offen',

  wholeInThread: ' (ganz im Thread)',
  moreAnswers: answers,
  moreAnswersInThread: (count) => `${answers(count)} im Thread`,

  join: 'Teilnehmen',
  joinOf: (meeting) => `Teilnehmen an ${meeting}`,
  details: 'Details',
  detailsOf: (meeting) => `Details zu ${meeting}`,

  noLongerFollowed: 'Dieser Channel folgt dem nicht mehr',
  followsAll: 'Dieser Channel folgt allen Terminarten',
  follows: (types) => `Dieser Channel folgt ${types}`,
  asked: 'Ein Muster, angefordert mit dem Befehl test; niemand hat das gebucht',
  question: 'Worum soll es gehen?',
  answer: 'Preise für 40 Plätze',
  conflict: 'Mir kam etwas dazwischen',
};
