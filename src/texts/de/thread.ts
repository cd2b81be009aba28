// The lines of a card’s thread in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const roles = { host: 'Host', invitee: 'eingeladene Person' };
const byRoles = { host: ' vom Host', invitee: ' von der eingeladenen Person' };

export const thread: Texts['thread'] = {
  moved: (by) => `🔁 Verschoben${by}`,
  canceled: (by) => `❌ Abgesagt${by}`,
  canceledBefore: (duration, by) => `❌ Abgesagt ${duration} vor Beginn${by}`,
  canceledAfter: (duration, by) => `❌ Abgesagt ${duration} nach Beginn${by}`,
  noShow: (who, by) => `👻 ${who} als nicht erschienen vermerkt${by}`,
  noShowUndone: (who, by) => `↩️ Vermerk „nicht erschienen“ für ${who} zurückgenommen${by}`,
  theInvitee: 'die eingeladene Person',
  by: (name, role) => ` von ${name}${role ? ` (${roles[role]})` : ''}`,
  byRole: (role) => byRoles[role],
  joined: (count, names) => `${count} dazugekommen: ${names}`,
  left: (count, names) => `${count} abgemeldet: ${names}`,
  more: (count) => `+${count} weitere`,
  sameGuests: 'Die Gäste sind dieselben wie zuvor',

  allAnswers: '📝 Alle Antworten',
  allAnswersOf: (who) => `📝 Alle Antworten von ${who}`,
  answer: 'Antwort',

  overBeforeHeard: (count) =>
    words.plural(count, {
      one: `⏱ ${count} Termin war schon vorbei, bevor ich davon erfahren habe:`,
      other: `⏱ ${count} Termine waren schon vorbei, bevor ich davon erfahren habe:`,
    }),
};
