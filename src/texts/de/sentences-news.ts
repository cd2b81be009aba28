// How the connections are, what was missed and who stands in for whom, in German: see sentences.ts.

import { status as english } from '../en/status.ts';
import { status } from './status.ts';

const months = (locale: string) => {
  const short = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, i) => short.format(Date.UTC(2026, i, 3)).replace('3', '{n}'));
};

/** As `3 Nov, 09:05 UTC`. */
const moments = months('en-GB').map((day, i): [string, string] => [
  `${day}, {clock} UTC`,
  `${months('de-DE')[i]}, {clock} UTC`,
]);

/** What was found: `1 move`, `2 moves`. */
const found = (['booked', 'moved', 'canceled', 'noshow', 'changed'] as const).flatMap((kind): [string, string][] => {
  const [said, inGerman] = [english.catchUp.found[kind], status.catchUp.found[kind]];
  return [
    [said(1), inGerman(1)],
    [said(2).replace('2', '{n}'), inGerman(2).replace('2', '{n}')],
  ];
});

export const newsSentences: readonly (readonly [english: string, german: string])[] = [
  ...moments,
  ...found,
  ['1 subscription', '1 Abo'],
  ['{n} subscriptions', '{n} Abos'],
  ['1 channel', '1 Channel'],
  ['{n} channels', '{n} Channels'],
  ['the Calendly account', 'das Calendly-Konto'],

  // The admins' channel: what, since when, what is lost, what was done, what can be done.
  ['🔴 {news}', '🔴 {news}'],
  ['🟠 {news}', '🟠 {news}'],
  ['🟢 {news}', '🟢 {news}'],
  ['*Since:* {since}', '*Seit:* {since}'],
  ['<!date^{n}^{date_short_pretty} at {time}|{1}>', '<!date^{n}^{date_short_pretty} um {time}|{1}>'],
  ['*Lost:* {lost}', '*Verloren:* {lost}'],
  ['*Done:* {done}', '*Getan:* {done}'],
  ['*You can:* {cure}', '*Zu tun:* {cure}'],
  ['leave it; nothing has to be done.', 'nichts; du kannst es so lassen.'],
  ['{account}:', '{Account}:'],
  ['Nothing.', 'Nichts.'],
  [
    'Nothing as long as its hook works; but I cannot see to that hook now.',
    'Nichts, solange sein Hook funktioniert; aber um den kann ich mich gerade nicht kümmern.',
  ],
  ['I try again at every check.', 'Ich versuche es bei jeder Prüfung wieder.'],
  ['Calendly accepts the access of {account} again.', 'Calendly nimmt den Zugang wieder an: {account}.'],
  [
    'Nothing that Calendly still lists: I look for what came meanwhile.',
    'Nichts, was Calendly noch auflistet: Ich suche, was inzwischen kam.',
  ],
  ['I see to its hook again.', 'Ich kümmere mich wieder um seinen Hook.'],
  ['Calendly no longer accepts the access of {account}.', 'Calendly nimmt den Zugang nicht mehr an: {account}.'],
  ['Calendly does not let me check {account}.', 'Calendly lässt mich {account} nicht prüfen.'],
  ['I cannot check {account}.', 'Ich kann {account} nicht prüfen.'],
  ['Calendly has trouble reaching {host} for {account}.', 'Calendly erreicht {host} schlecht, für {account}.'],
  [
    'Nothing yet: Calendly tries for 24 hours, and I read its list meanwhile.',
    'Noch nichts: Calendly versucht es 24 Stunden lang, und inzwischen lese ich seine Liste.',
  ],
  ['I tried the way in myself.', 'Ich habe den Weg herein selbst versucht.'],
  ['Calendly reaches me again for {account}.', 'Calendly erreicht mich wieder für {account}.'],
  ['The hook stays as it is.', 'Der Hook bleibt, wie er ist.'],
  ['I registered a new hook.', 'Ich habe einen neuen Hook angemeldet.'],
  [
    'Nothing for good: until a hook works I find bookings in Calendly’s list, up to an hour late.',
    'Nichts auf Dauer: Bis ein Hook funktioniert, finde ich Buchungen in Calendlys Liste, bis zu eine Stunde später.',
  ],
  [
    'I could not register a new hook, and try again at every check.',
    'Ich konnte keinen neuen Hook anmelden und versuche es bei jeder Prüfung wieder.',
  ],
  ['{account} does not work as it should, for {days} now.', '{Account} funktioniert nicht, wie es soll, seit {days}.'],
  ['a day', 'einem Tag'],
  ['{n} days', '{n} Tagen'],
  ['Perhaps what no working hook has told.', 'Vielleicht, was kein funktionierender Hook gemeldet hat.'],
  ['{account}: the gap is closed.', '{Account}: Die Lücke ist geschlossen.'],
  ['I caught up: {found}.', 'Ich habe nachgeholt: {found}.'],
  [
    'I compared the list at Calendly: nothing was missed.',
    'Ich habe die Liste bei Calendly verglichen: Nichts hat gefehlt.',
  ],
  [
    '1 that I could not read; please look at those in Calendly.',
    'Einer, den ich nicht lesen konnte; sieh ihn dir bitte in Calendly an.',
  ],
  [
    '{n} that I could not read; please look at those in Calendly.',
    '{n}, die ich nicht lesen konnte; sieh sie dir bitte in Calendly an.',
  ],
  ['Calendly does not let me read the list of {account}.', 'Calendly lässt mich die Liste nicht lesen: {account}.'],
  [
    'What its hook does not tell; I cannot look for that now.',
    'Was sein Hook nicht meldet; danach kann ich gerade nicht suchen.',
  ],
  ['I try again every quarter of an hour.', 'Ich versuche es jede Viertelstunde wieder.'],

  // What the checks find.
  [
    'Calendly has trouble reaching {host} since {moment}. It tries for 24 hours and then switches the hook off.',
    'Calendly erreicht {host} schlecht, seit {moment}. Es versucht es 24 Stunden lang und schaltet den Hook dann ab.',
  ],
  [
    'Please see that this address can be reached from the internet.',
    'Sorg bitte dafür, dass diese Adresse aus dem Internet erreichbar ist.',
  ],
  [
    'Calendly does not complain, but my own try failed.',
    'Calendly beschwert sich nicht, aber mein eigener Versuch ist gescheitert.',
  ],
  ['But the way in is still closed:', 'Aber der Weg herein ist weiter zu:'],
  ['The hook needed care.', 'Um den Hook war etwas zu tun.'],
  ['The hook needs care.', 'Um den Hook ist etwas zu tun.'],
  [
    'There is no Calendly connection here to check. Type {command} connect.',
    'Hier ist keine Verbindung zu Calendly zu prüfen. Gib {command} connect ein.',
  ],
  [
    'Whoever connected {account} has left Slack. It still works. Let somebody else type {command} connect, so that somebody hears when it stops.',
    'Wer {account} verbunden hat, ist nicht mehr bei Slack. Es funktioniert noch. Lass jemand anderes {command} connect eingeben, damit jemand erfährt, wenn es aufhört.',
  ],
  [
    'Reminder: {days} ago I told you of this, and it is still so.',
    'Erinnerung: Das habe ich dir vor {days} gesagt, und es ist noch so.',
  ],
  [
    'I do not remind you again; {command} status keeps saying it.',
    'Ich erinnere dich nicht noch einmal; {command} status sagt es weiterhin.',
  ],

  // The way in.
  [
    '{host} redirects instead of answering (HTTP {n}), and Calendly does not follow. Set PUBLIC_URL to the address that answers by itself.',
    '{host} leitet weiter, statt zu antworten (HTTP {n}), und Calendly folgt dem nicht. Setz PUBLIC_URL auf die Adresse, die selbst antwortet.',
  ],
  [
    'My database cannot keep messages at this moment. The log says why.',
    'Meine Datenbank kann gerade keine Nachrichten aufbewahren. Warum, steht im Protokoll.',
  ],
  [
    'Another app of this kind answers at {host} (HTTP {n}). See that PUBLIC_URL leads to this one, with this database.',
    'Unter {host} antwortet eine andere App dieser Art (HTTP {n}). Sorg dafür, dass PUBLIC_URL zu dieser führt, mit dieser Datenbank.',
  ],
  [
    'Something in front of me at {host} asks for a password or refuses strangers (HTTP {n}). Let it pass requests to /calendly/webhooks/ untouched.',
    'Etwas vor mir unter {host} verlangt ein Passwort oder weist Fremde ab (HTTP {n}). Es muss Anfragen an /calendly/webhooks/ unverändert durchlassen.',
  ],
  [
    'Something in front of me at {host} answers HTTP {n}. See that it leads to the port I listen on.',
    'Etwas vor mir unter {host} antwortet mit HTTP {n}. Sorg dafür, dass es zu dem Port führt, auf dem ich lausche.',
  ],
  [
    'Something else answers at {host}. See that PUBLIC_URL leads to me.',
    'Unter {host} antwortet etwas anderes. Sorg dafür, dass PUBLIC_URL zu mir führt.',
  ],
  [
    '{host} answers {what} (HTTP {n}). See that PUBLIC_URL leads to me, path included.',
    '{host} antwortet {what} (HTTP {n}). Sorg dafür, dass PUBLIC_URL zu mir führt, samt Pfad.',
  ],
  ['with a web page', 'mit einer Webseite'],
  ['something else', 'etwas anderes'],
  [
    'The name {host} is not known (DNS). See that PUBLIC_URL is spelled right and its record is published.',
    'Der Name {host} ist nicht bekannt (DNS). Sorg dafür, dass PUBLIC_URL richtig geschrieben und der Eintrag veröffentlicht ist.',
  ],
  [
    'Nobody listens at {host}. See that the proxy or tunnel runs.',
    'Unter {host} lauscht niemand. Sorg dafür, dass der Proxy oder Tunnel läuft.',
  ],
  [
    'The certificate of {host} is not valid ({1}), so Calendly will not talk to it. Renew it.',
    'Das Zertifikat von {host} ist nicht gültig ({1}), deshalb spricht Calendly nicht damit. Erneuere es.',
  ],
  [
    '{host} did not answer within {n} seconds. See that its firewall lets requests from the internet in.',
    '{host} hat binnen {n} Sekunden nicht geantwortet. Sorg dafür, dass die Firewall Anfragen aus dem Internet hereinlässt.',
  ],
  [
    '{host} could not be reached ({1}). See that it can be reached from the internet.',
    '{host} war nicht erreichbar ({1}). Sorg dafür, dass es aus dem Internet erreichbar ist.',
  ],

  // A gap, and how far the look for it has come.
  [
    '⏳ Catching up on {account}: {1} of {2} meetings looked at. This message says when it is done.',
    '⏳ Ich hole nach, für {account}: {1} von {2} Terminen angesehen. Diese Nachricht sagt, wenn es fertig ist.',
  ],
  [
    'From {moment} to {until} nothing from {account} could reach me: {why}.',
    'Vom {moment} bis zum {until} konnte mich nichts erreichen, was {account} angeht: {Why}.',
  ],
  ['I was not running', 'ich lief nicht'],
  ['the hook did not work', 'der Hook funktionierte nicht'],
  [
    'Calendly’s list of meetings leads back to where I have been. I try again by myself.',
    'Calendlys Terminliste führt dahin zurück, wo ich schon war. Ich versuche es von selbst noch einmal.',
  ],
  ['Caught up: {found}.', 'Nachgeholt: {found}.'],
  [
    'From {moment} to {until} nothing from Calendly could reach me: {why}.',
    'Vom {moment} bis zum {until} konnte mich nichts von Calendly erreichen: {Why}.',
  ],
  [
    'Caught up for all channels: {found}. This channel shows what it follows.',
    'Für alle Channels nachgeholt: {found}. Dieser Channel zeigt, was er abonniert hat.',
  ],
  [
    'I have compared the list at Calendly: nothing was missed.',
    'Ich habe die Liste bei Calendly verglichen: Nichts hat gefehlt.',
  ],
  [
    'I have compared the list of {account} at Calendly: nothing was missed.',
    'Ich habe die Liste bei Calendly verglichen, für {account}: Nichts hat gefehlt.',
  ],
  [
    '1 I could not read; please look at those in Calendly.',
    'Einen konnte ich nicht lesen; sieh ihn dir bitte in Calendly an.',
  ],
  [
    '{n} I could not read; please look at those in Calendly.',
    '{n} konnte ich nicht lesen; sieh sie dir bitte in Calendly an.',
  ],
  [
    'I cannot look for what I may have missed in the Calendly list of {account}.',
    'Ich kann in der Liste bei Calendly nicht suchen, was mir entgangen sein mag, und zwar für {account}.',
  ],
  [
    'Something went wrong on my side; the log has the details.',
    'Bei mir ist etwas schiefgegangen; im Protokoll steht mehr.',
  ],

  // Another account takes over.
  ['Calendly no longer accepts its access', 'Calendly nimmt seinen Zugang nicht mehr an'],
  ['it has left the Calendly organization', 'es hat die Calendly-Organisation verlassen'],
  ['it may no longer see the whole Calendly organization', 'es darf nicht mehr die ganze Calendly-Organisation sehen'],
  ['it may no longer see the whole group', 'es darf nicht mehr die ganze Gruppe sehen'],
  ['whoever connected it has left Slack', 'wer es verbunden hat, ist nicht mehr bei Slack'],
  ['{account}: {loss}.', '{Account}: {Loss}.'],
  [
    '{account}: {loss}, and no other connected account can take over.',
    '{Account}: {Loss}, und kein anderes verbundenes Konto kann übernehmen.',
  ],
  [
    'To have {account} do it again, connect it again with {command} connect.',
    'Soll {account} es wieder tun, verbinde es neu mit {command} connect.',
  ],
  ['{account} brings in its bookings by itself again.', '{Account} bringt seine Buchungen wieder selbst herein.'],
  [
    '{account} brings in its bookings by itself again, in your place: {loss}.',
    '{Account} bringt seine Buchungen wieder selbst herein, an deiner Stelle: {Loss}.',
  ],
  [
    'Whoever stood in for it no longer can: {loss}. You need not do anything.',
    'Was es vertreten hat, kann das nicht mehr: {Loss}. Du brauchst nichts zu tun.',
  ],
  [
    '{account}, of the same organization, has taken over its {subscriptions} in {channels}.',
    '{Account}, aus derselben Organisation, hat übernommen: {subscriptions} in {channels}.',
  ],
  [
    '{account} of the same organization has taken over for {other}.',
    '{Account} aus derselben Organisation hat übernommen, für {other}.',
  ],
  [
    'Nothing: the hook stays, and whatever came meanwhile is looked for.',
    'Nichts: Der Hook bleibt, und was inzwischen kam, wird gesucht.',
  ],
  [
    '{account} stopped working: {loss}. {other}, which you connected, has taken over its {subscriptions} in {channels}, since both belong to the same organization. Nothing is lost or shown twice.',
    '{Account} funktioniert nicht mehr: {Loss}. {Other}, das du verbunden hast, hat übernommen: {subscriptions} in {channels}, denn beide gehören zur selben Organisation. Nichts geht verloren oder erscheint doppelt.',
  ],
  ['You need not do anything.', 'Du brauchst nichts zu tun.'],
  [
    'Your channels go on as before; nothing is lost or shown twice.',
    'Deine Channels gehen weiter wie zuvor; nichts geht verloren oder erscheint doppelt.',
  ],
  [
    'Ask an owner or admin of this Calendly organization to type {command} connect: their account then takes over by itself.',
    'Bitte einen Owner oder Admin dieser Calendly-Organisation, {command} connect einzugeben: Das Konto übernimmt dann von selbst.',
  ],
  [
    'Ask another admin of this group, or an owner or admin of the Calendly organization, to type {command} connect: their account then takes over by itself.',
    'Bitte einen anderen Admin dieser Gruppe, oder einen Owner oder Admin der Calendly-Organisation, {command} connect einzugeben: Das Konto übernimmt dann von selbst.',
  ],
  [
    'Its meetings are heard of by that account alone: please have {command} connect typed for it again, or unsubscribe its channels.',
    'Von seinen Terminen erfahre ich nur durch dieses Konto: Lass dafür bitte wieder {command} connect eingeben, oder bestell seine Channels ab.',
  ],
  [
    'Nothing: it goes on. But nobody would hear if it stopped.',
    'Nichts: Es geht weiter. Aber niemand würde erfahren, wenn es aufhört.',
  ],
  [
    'Nothing yet where its hook still works; I cannot see to that hook any more.',
    'Noch nichts, wo sein Hook noch funktioniert; um den kann ich mich nicht mehr kümmern.',
  ],
  ['I looked for another account.', 'Ich habe ein anderes Konto gesucht.'],
  [
    'This Calendly account has left its organization, so I no longer hear of that organization through it. Ask an owner or admin there to type {command} connect.',
    'Dieses Calendly-Konto hat seine Organisation verlassen, deshalb erfahre ich dadurch nichts mehr von ihr. Bitte dort einen Owner oder Admin, {command} connect einzugeben.',
  ],
];
