// The web pages of adding the app to a Slack workspace, and the first message to whoever did, in German.

import type { Texts } from '../texts.ts';

export const install: Texts['install'] = {
  ask: 'Calendly zu Slack hinzufügen',
  what: 'Jede Calendly-Buchung erscheint im richtigen Channel, ein einziges Mal, als Karte, die stimmt, auch wenn der Termin verschoben oder abgesagt wird.',
  mayAsk: 'Slack fragt dich, ob die App das darf:',
  needs: [
    'auf ihren Slash-Befehl antworten',
    'ihre Karten schreiben, ändern und darunter antworten',
    'Namen und Mitglieder der Channels sehen, in denen sie ist, und einen öffentlichen Channel betreten, den jemand abonniert',
    'sehen, wer Admin, Mitglied oder Gast ist',
  ],
  mayDecline: 'Das hier kannst du ablehnen, alles andere geht trotzdem:',
  optional: ['den Host einer Buchung über seine E-Mail-Adresse finden, damit eine Karte ihn rufen kann'],
  readsNot: 'Nachrichten liest die App nicht. Wer sie entfernt, entfernt auch, was sie behalten hat.',
  add: 'Weiter zu Slack',

  done: 'Die App ist installiert',
  doneAgain: 'Die App ist wieder installiert',
  workspace: 'Slack-Workspace',
  organization: 'Slack-Organisation',
  next: 'Geh zu Slack: Gib dort {command} connect ein, um ein Calendly-Konto zu verbinden, dann {command} subscribe in dem Channel, der Buchungen zeigen soll.',
  goOn: 'Alles geht weiter wie zuvor. Gib in Slack {command} status ein, dann siehst du, wie es steht.',
  lacks: (scopes) =>
    `Slack hat eine Berechtigung nicht gegeben, die die App braucht: ${scopes}. Wer diese App betreibt, muss sie in den Einstellungen der Slack-App ergänzen; installier sie dann noch einmal.`,
  welcome: (command) =>
    `👋 Danke, dass du mich installiert hast. Zwei Schritte, und Buchungen erscheinen hier:\n1. Gib \`${command} connect\` ein, um ein Calendly-Konto zu verbinden.\n2. Gib in dem Channel, der Buchungen zeigen soll, \`${command} subscribe\` ein.\n\`${command} help\` sagt den Rest.`,

  startOver: 'Von vorn beginnen',
  refused: 'Nichts wurde installiert',
  stateUnknown: 'Diese Seite gehört zu keiner Installation, die hier begonnen hat.',
  stateElsewhere:
    'Diese Installation hat in einem anderen Browser begonnen, oder deiner behält keine Cookies, deshalb ist nicht zu erkennen, ob du es bist.',
  stateExpired: 'Das hat länger als zehn Minuten gedauert.',
  stateUsed: 'Dieser Schritt ist schon getan: Er geht nur einmal.',
  notPressed: 'Drück den Knopf bitte selbst',
  pressAgain: 'Dieser Klick kam nicht von unserer eigenen Seite, oder dein Browser behält dafür keine Cookies.',
  denied: 'Du hast es in Slack abgelehnt',
  deniedText: 'Nichts wurde installiert, und nichts davon wird behalten.',
  clientRefused:
    'Slack nimmt die eigenen Einstellungen dieser App nicht an. Wer sie betreibt, muss SLACK_CLIENT_ID, SLACK_CLIENT_SECRET und die Redirect URL in der Slack-App prüfen.',
  codeRefused: 'Slack hat die Installation nicht bestätigt. Das geht einmal, und innerhalb von zehn Minuten.',
  notNow: 'Das ging gerade nicht',
  slackAway: 'Slack hat nicht geantwortet. Versuch es in einer Minute noch einmal.',
  bug: 'Bei mir ist etwas schiefgegangen',
  sorry: 'Tut mir leid. Wenn es dabei bleibt, sag denen Bescheid, die diese App betreiben: Kennung',
};
