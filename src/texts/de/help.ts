// Help in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

export const help: Texts['help'] = {
  verbs: {
    connect: {
      usage: '[forms] [cards] [links] [groups]',
      summary: 'Ein Calendly-Konto verbinden. Ein Fenster führt dich hindurch.',
      first:
        'Öffnet ein Fenster mit den Wegen, sich zu verbinden. Dort steht auch, woher du ein Token bekommst. Gib es noch einmal ein, wenn der Zugang nicht mehr geht; die Abos bleiben.',
      second:
        'Dasselbe, mit mehr Berechtigungen, nach denen nur gefragt wird, wo jemand sie braucht: Routing-Formulare lesen, von Karten aus absagen und „nicht erschienen“ vermerken, Links für eine einzelne Buchung erstellen, nach Gruppen filtern und von einer Gruppe erfahren, deren Admin sich verbindet.',
    },
    disconnect: {
      usage: '',
      summary: 'Ein Calendly-Konto trennen. Vorher steht da, was dann aufhört.',
      first: 'Zeigt, wie viele Channels und Abos betroffen sind, und fragt, bevor etwas geschieht.',
      second: 'Dasselbe. Wird das Konto wieder verbunden, gehen seine Abos weiter.',
    },
    rename: {
      usage: '["Konto" to] "neuer Name"',
      summary: 'Einem Calendly-Konto einen eigenen Namen geben. Nützlich, wenn mehrere verbunden sind.',
      first: 'Ab jetzt heißt dieses Konto hier Acme: in Listen, in Fenstern und in `--account "Acme"`.',
      second: 'Es heißt wieder so, wie Calendly es nennt.',
    },
    status: {
      usage: '',
      summary: 'Die Verbindung zu Calendly, ihr Hook, die letzte Prüfung, und was gezeigt wurde.',
      first:
        'Erst die Probleme, dann jedes Konto mit Rolle, Hook, letzter Buchung und Prüfungen. „Wovon ich erfahre“ wählt, von wessen Terminen ein Konto erzählt.',
      second: 'Prüft sofort, statt auf die nächste Prüfung zu warten.',
    },
    subscribe: {
      usage: '[all | "Terminart" | Link | @host] [Arten] [Filter] [Optionen]',
      summary: 'Buchungen in diesem Channel zeigen. Ohne weitere Wörter fragt ein Fenster.',
      first:
        'Dieser Channel erfährt, wenn jemand von acme.com einen „Demo call“ bucht oder absagt, dessen Host nicht Bo ist, und sonst nichts. Ohne Arten gilt: booked, canceled und rescheduled; außerdem gibt es `noshow` (nicht erschienen) und `routed` (Routing-Formulare). Filter: `type:` `host:` `group:` `domain:` `answer."Frage":` `utm:` `lead:1d-7d` `location:` `paid:`, jeder auch mit `-`, dann schließt er aus. Alle müssen zutreffen; von mehreren mit demselben Wort genügt einer.',
      second:
        'Alle Terminarten, als kompakte Karten, die ihren Host rufen; eine Absage steht im Thread und im Channel. Optionen: `--style card|compact|line`, `--thread on|off|broadcast` für alle oder wie in `noshow:off` für eine Art, `--mention none|host|@person|@usergroup`, `--privacy full|business|minimal` (`business` zeigt keine Kontaktdaten und Antworten, `minimal` nur Initialen), `--language en|de`, und `--account "Acme"`, wenn mehrere Calendly-Konten verbunden sind. `--preview` speichert nichts und sagt, was es in den letzten 30 Tagen gezeigt hätte. Beim nächsten Mal ändert sich nur, was du nennst.',
    },
    events: {
      usage: '[Arten]',
      summary: 'Wählen, welche Arten von Änderungen dieser Channel zeigt.',
      first: 'Ab jetzt genau diese zwei: kein Wort mehr von verschobenen Terminen.',
      second: 'Öffnet ein Fenster mit allen Arten zum Ankreuzen: booked, canceled, rescheduled, noshow, routed.',
    },
    list: {
      usage: '[here | workspace | mine]',
      summary: 'Die Abos dieses Channels, des Workspace oder deine eigenen.',
      first: 'Was dieser Channel zeigt, mit Nummern; `{command} unsubscribe 2` nimmt das zweite weg.',
      second: 'Die Abos, die du angelegt hast, in allen Channels.',
    },
    edit: {
      usage: '[Name | Nummer | all] [was sich ändert]',
      summary: 'Ein Abo dieses Channels ändern. Ohne weitere Wörter zeigt ein Fenster alles davon.',
      first: 'Ab jetzt zeigt das zweite aus `{command} list` genau diese Arten. Alles andere daran bleibt.',
      second:
        'Nur sein Aussehen ändert sich. Zehn Minuten lang lässt es sich rückgängig machen; `{command} edit 2` öffnet ein Fenster.',
    },
    copy: {
      usage: '[Name | Nummer | all] to #channel',
      summary: 'Ein Abo dieses Channels auch in anderen Channels anlegen.',
      first:
        'Dieser Channel zeigt dieselben Buchungen auf dieselbe Art. Mehrere Nummern und mehrere Channels gehen auch.',
      second: 'Alle Abos dieses Channels. Zehn Minuten lang lässt es sich rückgängig machen.',
    },
    mute: {
      usage: '[Name | Nummer | all] [2h | until monday]',
      summary: 'In diesem Channel eine Weile nichts Neues zeigen. Es endet von selbst.',
      first:
        'Zwei Stunden lang erscheint hier nichts Neues; Karten, die schon da sind, bleiben wahr. `{command} unmute` beendet es vorher.',
      second:
        'Nur dieses Abo, bis Montag um neun in deiner eigenen Zeitzone. Auch: `3 tage`, `bis morgen`, `bis 17:30`, `bis 24.12.`. Zehn Minuten lang lässt es sich rückgängig machen.',
    },
    unmute: {
      usage: '[Name | Nummer | all]',
      summary: 'Eine Stummschaltung jetzt beenden.',
      first: 'Dieser Channel zeigt seine Buchungen wieder.',
      second: 'Nur das zweite aus `{command} list` wird wieder gezeigt.',
    },
    unsubscribe: {
      usage: '[Name | Nummer | all]',
      summary: 'Ein Abo dieses Channels wegnehmen.',
      first: 'Nimmt das Abo des Channels weg; sind es mehrere, fragt es, welches.',
      second: 'Nimmt das zweite aus `{command} list` weg. Zehn Minuten lang lässt es sich rückgängig machen.',
    },
    agenda: {
      usage: '[today | tomorrow | week] [@host] · [daily 9:00 | weekly monday 9:00 | daily off]',
      summary: 'Was ansteht, von den Buchungen, denen dieser Channel folgt; und wann der Channel das von selbst hört.',
      first:
        'Die Termine von morgen, in deiner Zeitzone; nur du siehst es. Mit `@bo` dahinter nur die mit Bo als Host.',
      second:
        'Ab jetzt hört der Channel jeden Morgen, was der Tag bringt. `weekly monday 9:00` sagt die Woche; eine Zeitzone wie `Europe/Berlin` und `silent` (sagt an leeren Tagen nichts) können folgen; `agenda digest` öffnet ein Fenster.',
    },
    share: {
      usage: '["Terminart"] [once | reusable]',
      summary: 'Einen Link zum Buchen holen, für eine Buchung oder für viele. Nur du siehst ihn; du kannst ihn posten.',
      first:
        'Ein neuer Link für eine einzelne Buchung von „Demo call“. In Channels, die andere lesen, ist das die übliche Art; `reusable` gibt die Seite der Terminart.',
      second:
        'Öffnet ein Fenster, um eine Terminart zu wählen. Der Shortcut „Share a Calendly link“ tut dasselbe von überall in Slack.',
    },
    why: {
      usage: '<Link | E-Mail>',
      summary: 'Warum eine Buchung in einem Channel gezeigt wurde oder nicht.',
      first:
        'Die neuesten Buchungen dieser eingeladenen Person: was jedes Abo Schritt für Schritt dazu sagt und was aus jeder Nachricht wurde. Auch von solchen, die nie gezeigt wurden.',
      second: 'Dasselbe für die Karte hinter diesem Link. Auch der Link einer Buchung bei Calendly geht.',
    },
    verify: {
      usage: '',
      summary: 'Die Verbindung und ihren Hook jetzt prüfen; was kaputt ist, wird repariert.',
      first: 'Fragt Calendly, ob das Token gilt und der Hook aktiv ist, und ersetzt ihn, wenn nicht.',
      second: 'Dasselbe. Sonst geschieht es alle paar Minuten von selbst; wann, zeigt `{command} status`.',
    },
    test: {
      usage: '[Art]',
      summary: 'Eine Musterkarte in diesen Channel schicken, als TEST gekennzeichnet.',
      first: 'Ein Muster einer neuen Buchung, auf demselben Weg wie echte.',
      second: 'Dasselbe für eine Absage. Außerdem: rescheduled, noshow, routed.',
    },
    admin: {
      usage: '[dead | audit | erase E-Mail | hosts | host E-Mail @person | manager @person | channel #name]',
      summary:
        'Für Workspace-Admins und App-Manager: Nachrichten, die nicht gezeigt werden konnten, wer was getan hat, Daten einer Person löschen, welcher Host in Slack wer ist, wer sich um die App kümmert, und wo steht, wie es den Verbindungen geht.',
      first:
        'Zeigt, was aufgegeben wurde und was vielleicht angekommen ist, das Neueste zuerst, und zählt alles. Jedes lässt sich noch einmal senden oder verwerfen.',
      second:
        'Karten, die ihren Host erwähnen, rufen für diese Adresse @ada. Mit `none` statt des Namens wird nie gerufen, mit `auto` wieder nach der E-Mail-Adresse gesucht; `admin hosts` zeigt, was eingestellt ist.',
    },
    help: {
      usage: '[Wort]',
      summary: 'Was ich verstehe; mit einem Wort dazu zwei Beispiele.',
      first: 'Alles, was ich verstehe, in je einer Zeile.',
      second: 'Was `subscribe` tut, mit zwei Beispielen.',
    },
  },
  head: 'Ich zeige deine Calendly-Buchungen in Slack. Das verstehe ich:',
  foot: (command) => `${command} zeigt Beispiele; das geht mit jedem Wort von oben.`,
  version: (number) => `Das ist Version ${number}.`,
  alsoUnderstood: (aliases) => `Auch verstanden: ${words.all(aliases)}.`,
  unknown: (word) => `„${word}“ kenne ich nicht.`,
  that: 'das',
  didYouMean: (near) => `Meintest du ${words.any(near)}?`,
  lists: (command) => `${command} zeigt, was ich verstehe.`,
  inItsChannel: (command) => `Gib \`${command}\` in dem Channel ein, um den es geht.`,
};
