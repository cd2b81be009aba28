// Messages that wait for a person, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const messages = (count: number) => `${count} ${plural(count, { one: 'Nachricht', other: 'Nachrichten' })}`;

export const letters: Texts['letters'] = {
  notKept: 'Eine Nachricht, die ich nicht mehr habe.',
  there: 'Ist angekommen',
  again: 'Noch einmal senden',
  asked: (count) =>
    `⚠️ Slack hat nicht gesagt, ob ${messages(count)} von mir angekommen ${plural(count, { one: 'ist', other: 'sind' })}. Ich sende sie nicht von selbst noch einmal, damit nichts doppelt erscheint. Sieh bitte im Channel nach und sag es mir.`,
  thanks: 'Danke. Das ist daraus geworden:',
  andMore: (count) => `… und ${count} weitere.`,
  tried: (at) => `Versucht ${at}.`,
  shown: '✅ Noch einmal gesendet: Jetzt ist sie da.',
  sending: '🔁 Ich sende sie noch einmal.',
  held: '⏸ Wartet: Der Channel dafür ist pausiert.',
  closed: (reason) => `✅ Erledigt: ${reason}.`,
  notEdited: 'Diese Karte kann ich nicht ändern; Neues zu ihrem Termin kommt als neue Karte.',
  notWanted: 'sie wird nicht mehr gebraucht',
  uncertainAgain:
    '⚠️ Noch einmal gesendet, und wieder hat Slack nicht gesagt, ob sie angekommen ist. Ich frage dich dazu neu.',
  refusedAgain:
    '❌ Noch einmal gesendet, aber Slack hat sie abgelehnt. Ein Workspace-Admin oder App-Manager sieht, warum.',
  kinds: { card: 'Karte', reply: 'Zeile im Thread einer Karte', notice: 'Mitteilung' },
  uncertain: '⚠️ ungewiss',
  dead: '❌ aufgegeben',
  directTo: (who) => `einer Direktnachricht an ${who}`,
  named: (kind, place) => `${kind} in ${place}`,
  changes: (received, shown, pending, suppressed, quarantined) =>
    `Änderungen: ${received} erfahren = ${shown} für einen Channel + ${pending} in Arbeit + ${suppressed} + ${quarantined} in Quarantäne`,
  messages: (m) =>
    `Nachrichten: ${m.received} zu senden = ${m.shown} gezeigt + ${m.pending} fällig + ${m.held} zurückgehalten + ${m.suppressed} nicht nötig + ${m.uncertain} ungewiss + ${m.dead} aufgegeben`,
  unwanted: (count) => `${count} ohne passendes Abo`,
  muted: (count) => `${count} während einer Stummschaltung`,
  halfOfMove: (count) => `${count} als halbe Verschiebung`,
  otherKind: (count) => `${count} von einer Art, die nicht gezeigt wird`,
  suppressed: (count, reasons) => `${count} nicht nötig${reasons ? ` (${reasons})` : ''}`,
  allArrived: '✅ Alle Nachrichten sind angekommen: keine aufgegeben, keine ungewiss.',
  notShown: (count, range) =>
    `${messages(count)} ${plural(count, { one: 'wurde', other: 'wurden' })} nicht sicher gezeigt${range}. Das Neueste zuerst:`,
  show: 'Zeigen',
  noReason: 'Ein Grund ist nicht bekannt.',
  sendAgain: 'Noch einmal senden',
  drop: 'Verwerfen',
  since: (at, tries) => `Seit ${at}, nach ${tries} ${plural(tries, { one: 'Versuch', other: 'Versuchen' })}.`,
  owner: (who) => `Zuständig ist ${who}.`,
  backToList: 'Zurück zur Liste',
  iKnow: (known, typed) => `Ich kenne ${words.all(known)}, aber nicht „${typed}“.`,
  gone: 'Diese Nachricht habe ich nicht mehr. Die wartenden zeigt `{command} admin dead`.',
  noneOfYours: 'Keine Nachricht deiner Abos wartet auf dich. Die anderen sieht ein Workspace-Admin oder App-Manager.',
  tooOld: 'Dieser Knopf ist zu alt. Was wartet, zeigt `{command} status`.',

  usage:
    'Gib eine E-Mail-Adresse ein und wer das ist, etwa `{command} admin host ada@example.com @ada`. Statt des Namens geht auch: `none`, nie rufen; `auto`, wieder nach der E-Mail-Adresse suchen.',
  noAddress: (usage) => `Das beginnt nicht mit einer E-Mail-Adresse. ${usage}`,
  notAGroup:
    'Ein Host ist eine einzelne Person, keine Gruppe. Um eine Gruppe zu rufen, abonniere mit `--mention` und ihrem Namen.',
  whoIsMeant: (usage) =>
    `Wer gemeint ist, kann ich nicht erkennen. Beginne mit @ und wähle eine Person aus der Liste, die Slack zeigt. ${usage}`,
  nobody: 'niemand: wird nie gerufen',
  mayLookUp: 'Alle anderen finde ich über die E-Mail-Adresse, die Slack bestätigt hat.',
  missingScope: (scope) =>
    `⚠️ Sonst kann ich niemanden suchen: Meiner Slack-App fehlt die Berechtigung \`${scope}\`. Ergänze sie auf api.slack.com/apps → *OAuth & Permissions* → *Bot Token Scopes* und installiere mich neu. Bis dahin nennen Karten diese Hosts, ohne sie zu rufen.`,
  mayBe:
    '⚠️ Slack sagt mir gerade nicht, ob ich nach Personen suchen darf. Versuch es bitte in einer Minute noch einmal.',
  unreadable: 'Eine Adresse, die ich nicht mehr lesen kann',
  pair: (address, who, by) => `${address} → ${who} (eingestellt von ${by})`,
  noHosts: 'Kein Host ist von einem Admin eingestellt.',
  hosts: (count) => `${count} ${plural(count, { one: 'Host', other: 'Hosts' })}, von Admins eingestellt:`,
  howTo: (command) =>
    `Einstellen geht mit \`${command} admin host ada@example.com @ada\`. Mit \`none\` statt des Namens wird nie gerufen, mit \`auto\` wieder nach der E-Mail-Adresse gesucht.`,
  unknownHost: (address) => `Wer ${address} ist, weiß ich nicht.`,
  nobodyHas: (address) => `Niemand in diesem Workspace, der gerufen werden kann, hat die Adresse ${address}.`,
  setByAdmin: (address, who, by) => `${address} ist ${who}. Das hat ein Admin eingestellt (${by}).`,
  confirmed: (address, who) => `${address} ist ${who}. Slack hat diese Adresse bestätigt.`,
  neverCalled: (address) => `✅ ${address} rufe ich nie: Karten zeigen den Namen.`,
  set: (address, who) => `✅ ${address} ist ${who}. Karten, die ihren Host erwähnen, rufen ab der nächsten.`,
  foundAgain: (address) => `✅ ${address} wird wieder über die E-Mail-Adresse gefunden.`,
  foundAlready: (address) =>
    `✅ ${address} wird schon über die E-Mail-Adresse gefunden: Kein Admin hatte es eingestellt.`,
};
