// Jemanden vergessen, auf Deutsch: was ich finde, was ich getan habe, und was anderen bleibt.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const counted = (count: number, one: string, other: string) => `${count} ${plural(count, { one, other })}`;

export const erasing: Texts['erasing'] = {
  admins: 'Nur Workspace-Admins und App-Manager können Daten einer Person löschen lassen. Frag bitte dort nach.',
  usage: 'Gib die E-Mail-Adresse der Person ein, deren Daten gehen sollen: `{command} admin erase ada@example.com`.',
  nothing: (address) => `Ich habe nichts von ${address}.`,
  found: (address, { bookings, bodies, cards, lines, notes }) =>
    `Von ${address} habe ich ${counted(bookings, 'Buchung', 'Buchungen')}, ${counted(bodies, 'Nachricht', 'Nachrichten')} von Calendly und ${counted(notes, 'Notiz', 'Notizen')} dazu, wer was geändert hat. In Slack sind es ${counted(cards, 'Karte', 'Karten')} zum Bearbeiten und ${counted(lines, 'Zeile', 'Zeilen')} in Threads oder Listen zum Wegnehmen.`,
  cannotUndo:
    'Das lässt sich nicht rückgängig machen. Die Termine bleiben, ohne mit wem. Was Calendly von Buchungen bis jetzt noch erzählt, bleibt draußen; neue Buchungen dieser Person werden gezeigt.',
  erase: 'Löschen',
  eraseThere: 'Löschen, auch bei Calendly',
  done: (address, at) => `✅ Gelöscht: was ich von ${address} aus der Zeit vor ${at} hatte.`,
  receipt: ({ bookings, bodies, cards, lines, notes }) =>
    `${counted(bookings, 'Buchung', 'Buchungen')}, ${counted(bodies, 'Nachricht', 'Nachrichten')} von Calendly und ${counted(notes, 'Notiz', 'Notizen')}; in Slack ${counted(cards, 'Karte', 'Karten')} zum Bearbeiten und ${counted(lines, 'Zeile', 'Zeilen')} zum Wegnehmen.`,
  allEdited: 'In Slack steht nichts mehr davon.',
  stillToEdit: (count) =>
    `⏳ ${counted(count, 'Nachricht wartet', 'Nachrichten warten')} in Slack noch, bis sie an der Reihe ${plural(count, { one: 'ist', other: 'sind' })} oder der Channel nicht mehr pausiert. \`{command} status\` zählt, was fällig ist.`,
  unread: (count) =>
    `⚠️ ${counted(count, 'Buchung lässt', 'Buchungen lassen')} sich mit dem jetzigen ENCRYPTION_KEY nicht öffnen. Was darin steht, weiß ich nicht.`,
  filters: (channels) =>
    `Filter von Abos in ${channels} nennen diese Adresse. Zuständig ist, wer sie gemacht hat: \`{command} list\` im Channel.`,
  accounts: 'Ein verbundenes Calendly-Konto hat diese Adresse. `{command} disconnect` beendet das.',
  hosts:
    'Ein Admin hat eingestellt, wer der Host mit dieser Adresse ist: `{command} admin host` mit `auto` nimmt das zurück.',
  backups:
    'Ältere Backups enthalten es noch, versiegelt. Was damit zu tun ist, findet, wer diese App betreibt, in docs/privacy.md.',
  there: (account) =>
    `Calendly hat die Anfrage für ${account} angenommen. Es löscht innerhalb einer Woche und meldet sich dazu nicht.`,
  notThere: (account, problem) => `Calendly hat die Anfrage für ${account} nicht angenommen: ${problem}`,
  nobodyThere: 'Kein verbundenes Konto funktioniert, also habe ich Calendly nicht gefragt.',
};
