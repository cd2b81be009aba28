// The web pages of signing in with Calendly, in German.

import type { Texts } from '../texts.ts';

export const signIn: Texts['signIn'] = {
  ask: 'Calendly mit Slack verbinden?',
  workspace: 'Slack-Workspace',
  askedBy: 'Angefragt von',
  account: 'Calendly-Konto',
  whichAccount: 'das, bei dem du dort angemeldet bist oder dich gleich anmeldest',
  notYou: 'Bist du das nicht?',
  thenClose:
    'Dann schließ diese Seite: Jemand anderes hat dir seinen Link geschickt, und deine Buchungen würden in einem fremden Slack erscheinen.',
  ifYouGoOn:
    'Wenn du weitermachst, können Channels dieses Workspace die Buchungen dieses Kontos zeigen. Calendly fragt dich, ob die App das darf:',
  extras: {
    forms: 'Routing-Formulare lesen, denn ein Channel will sie',
    cards: 'einen Termin absagen oder „nicht erschienen“ vermerken, falls sein Host das auf einer Karte drückt',
    links: 'einen Link für eine einzelne Buchung erstellen, falls jemand einen teilt',
    groups: 'lesen, welche Gruppen es gibt und wer darin ist, für die Buchungen einer Gruppe',
  },
  goOn: 'Weiter zu Calendly',

  connected: 'Calendly ist verbunden',
  connectedAgain: 'Calendly ist wieder verbunden',
  forWhom: (workspace, person) => `${workspace}, für ${person}`,
  hears: 'Ich erfahre von',
  thisAccount: 'den Terminen dieses Kontos',
  organization: (name) => `allen Terminen der Organisation${name}`,
  group: (name) => `allen Terminen der Gruppe ${name}`,
  goBack: 'Geh zurück zu Slack. Gib in dem Channel, der Buchungen zeigen soll, {command} subscribe ein.',
  wrongAccount: 'Das falsche Konto? Gib in Slack {command} disconnect ein, dann wird nichts mehr davon gelesen.',

  notNow: 'Das ging gerade nicht',
  newLink: 'Wenn der Link dann nicht mehr geht, gib in Slack {command} connect ein und nimm einen neuen.',
  bug: 'Bei mir ist etwas schiefgegangen',
  sorry:
    'Tut mir leid. Geh zurück zu Slack und gib {command} connect ein, dann bekommst du einen neuen Link. Wenn es dabei bleibt, sag denen Bescheid, die diese App betreiben: Kennung',
  refused: 'Nichts wurde verbunden',
  unknown: 'Diesen Link kenne ich nicht',
  expired: 'Dieser Link ist abgelaufen',
  used: 'Dieser Link ist schon verbraucht',
  elsewhere: 'Das ist nicht der Browser, in dem es begann',
  notPressed: 'Drück den Knopf bitte selbst',
  denied: 'Du hast es bei Calendly abgelehnt',
  scopeMissing: 'Eine Berechtigung fehlt',
  guest: 'Gäste können keine Konten verbinden',
};
