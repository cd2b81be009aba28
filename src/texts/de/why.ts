// Why a booking was shown in a channel, or was not, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;

export const why: Texts['why'] = {
  sayWhich: (command) =>
    `Welche Buchung? Sag \`${command} why\` und füge den Link ihrer Karte oder der Buchung ein, oder die E-Mail-Adresse der eingeladenen Person.`,
  notFound:
    'Ich kenne keine solche Buchung, nach der du fragen darfst. Buchungen eines Kontos erfährt, wer es verbunden hat, und Workspace-Admins; alle anderen können nach einer Karte in dem Channel fragen, in dem sie steht.',
  unanswered: 'Calendly hat nicht rechtzeitig geantwortet; frag in einer Minute noch einmal, ob es mehr weiß.',
  unheard: (command) =>
    `⚠️ Calendly kennt diese Buchung, aber mich hat keine Nachricht davon erreicht. \`${command} verify\` sucht, was gefehlt hat. Das würde daraus:`,
  head: (what, state, when, who) => [`${what} · ${state}`, when, who].filter((each) => each !== '').join('\n'),
  heard: (booked, heard) => `Gebucht ${booked}, davon erfahren ${heard}.`,
  noSubscription: 'Kein Channel folgt diesem Calendly-Konto, also gab es keinen Ort, sie zu zeigen.',
  more: (count) => `Es gibt noch ${count} weitere; nenne eine mit ihrem Link.`,
  channel: (channel, what) => `${channel} zeigt ${what}`,
  matches: 'Urteil: passt.',
  doesNotMatch: 'Urteil: passt nicht.',
  follows: 'Urteil: Die Karte steht schon hier und bleibt wahr, was immer der Filter jetzt sagt.',
  kind: (happened, kinds) => `Art der Änderung: ${happened}; verlangt: ${kinds}`,
  nothingHappened: 'nichts, das für sich gezeigt wird',
  is: (passes, what) => `${passes ? '✓' : '✗'} ${what}`,
  asked: (what, wanted, found) => `${what}: ${wanted}${found ? `; hier: ${found}` : ''}`,
  nothingGiven: 'keine Angabe',
  paused: (reason) => `Das Abo ist angehalten. ${reason}`.trimEnd(),
  muted: (until) => `Der Channel ist stumm bis ${until}.`,
  madeLater: (at) => `Das Abo wurde erst danach angelegt, ${at}; was davor war, wird nicht als neu gezeigt.`,
  noCard: 'Hier wurde keine Nachricht dafür gemacht.',
  otherCard: 'Die Karte gehört auch zu einem anderen Abo dieses Channels.',
  card: 'Karte',
  past: 'Zeile unter Terminen, die vorbei waren',
  line: 'Zeile im Thread',
  states: {
    due: 'wartet darauf, gesendet zu werden',
    sending: 'wird gesendet',
    shown: 'gezeigt',
    held: 'zurückgehalten',
    uncertain: 'gesendet, und Slack hat nicht gesagt, ob sie ankam',
    suppressed: 'weggelassen',
    dead: 'aufgegeben',
  },
  became: (what, state, at, reason) => `${what}: ${state}, ${at}${reason ? ` – ${reason}` : ''}`,
  lines: (count) => `${count} ${plural(count, { one: 'Zeile', other: 'Zeilen' })} im Thread`,
};
