// What is said of words that could not be understood, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const or = (all: readonly string[]) => all.join(' oder ');
const kindOfMention = 'eine Person oder Benutzergruppe wie @ann';

export const understanding: Texts['understanding'] = {
  quoted: (word) => `„${word}“`,
  tooLong: 'Das ist mir zu lang für einen einzigen Befehl. Wähle die Terminarten im Fenster.',
  tooManyTypes: (most) =>
    `Das nennt mehr als ${most} Terminarten. Sag all für alle Terminarten oder wähle sie im Fenster.`,
  allOrTypes: 'Sag entweder all oder die Terminarten, die du willst, nicht beides.',
  noOption: (word, kinds) =>
    `Eine Option ${word} kenne ich nicht. Ich verstehe: all, Namen von Terminarten in Anführungszeichen, ${kinds} und Optionen wie --style compact.`,
  noFilterBy: (word) =>
    `Nach ${word} kann ich nicht filtern. Nenne Terminarten, zum Beispiel "Demo call", oder sag all.`,
  noFilter: (word) => `Einen Filter ${word} kenne ich nicht.`,
  unknownWord: (word, near) =>
    `${word} kenne ich nicht. Meintest du ${or(near)}? Ist es eine Terminart, dann setze sie in Anführungszeichen.`,

  choices: (all) => words.any(all),
  threadChoices: (modes) => `${modes}, für eine einzelne Art etwa canceled:broadcast`,
  mentionChoices: `none, host oder ${kindOfMention}`,
  accountChoices: 'der Name eines Calendly-Kontos, etwa --account "Acme"',
  sayAfter: (flag, usage) => `Sag nach ${flag}, was du willst: ${usage}.`,
  didYouMean: (near) => `Meintest du ${or(near)}?`,
  noKind: (word) => `Eine Art von Änderung ${word} kenne ich nicht.`,
  theKinds: (all) => `Die Arten sind ${words.all(all)}.`,
  unknownOption: (word) => `Eine Option ${word} kenne ich nicht.`,
  theOptions: (all) => `Die Optionen sind ${words.all(all)}.`,
  partOfName: 'Gehört es zum Namen einer Terminart, dann setze den Namen in Anführungszeichen.',
  cannotBe: (flag, word) => `${flag} kann nicht ${word} sein.`,
  itCanBe: (usage) => `Möglich ist ${usage}.`,
  neverWholeChannel: `Einen ganzen Channel rufe ich nie. Sag --mention host oder ${kindOfMention}.`,
  whoIsThat: (word) =>
    `Wer ${word} ist, kann ich nicht erkennen. Tippe noch einmal @ und wähle den Namen aus der Liste, die Slack zeigt, damit daraus eine Erwähnung wird; oder sag --mention host oder --mention none.`,
};
