// Connecting and disconnecting in German.

import type { Texts } from '../texts.ts';

export const connecting: Texts['connecting'] = {
  title: 'Calendly verbinden',
  submit: 'Verbinden',
  signIn: '*Bei Calendly anmelden.* Das öffnet sich in deinem Browser, und hier sage ich dir, wie es ausging.',
  signInButton: 'Bei Calendly anmelden',
  signInHint: 'Der Link ist nur für dich: Er geht einmal, 15 Minuten lang. Gib ihn bitte nicht weiter.',
  makeToken: (alone, scopes) =>
    `${alone ? 'Öffne' : '*Oder füge ein Token ein:* am besten, wo ihr diese App selbst betreibt, denn es endet nicht. Eine Anmeldung wird alle zwei Stunden erneuert, und reißt gerade dann etwas ab, muss man sich noch einmal anmelden.\nÖffne'} in Calendly *Integrations & apps → API & webhooks → Personal access tokens* und erstelle ein Token. Kreuze diese Berechtigungen an: ${scopes}`,
  extraScopes: (cancel, link) =>
    `Kreuze auch ${cancel} an, wenn Hosts von Karten aus Termine absagen und „nicht erschienen“ vermerken wollen, und ${link}, um Links zum einmaligen Buchen zu teilen.`,
  token: 'Persönliches Zugriffstoken',
  tokenHint:
    'Dein Zugang wird verschlüsselt gespeichert und nur benutzt, um deine Buchungen zu lesen und von Änderungen zu erfahren. Mit dem Zugang eines Owners oder Admins erfahre ich von der ganzen Organisation, mit dem des Admins einer Gruppe von dieser Gruppe, sonst nur von den eigenen Terminen dieser Person.',
  pasteHere: 'Füge hier das Token ein.',
  noSpaces: 'In einem Token gibt es keine Leerzeichen oder Zeilenumbrüche. Kopiere es noch einmal ganz.',
  slackToken: 'Das ist ein Slack-Token. Füge ein persönliches Zugriffstoken von Calendly ein.',
  checking: 'Ich prüfe das Token bei Calendly und melde den Hook an…',
  secret:
    '🔒 Das sieht nach einem geheimen Token aus, deshalb habe ich es nicht gelesen. Der Text eines Befehls kann in Protokollen landen, ein hier eingegebenes Token ist also nicht mehr sicher.',
  secretSteps: (command) =>
    `1. Widerrufe es: in Calendly unter *Integrations & apps → API & webhooks → Personal access tokens*.\n2. Erstelle ein neues.\n3. Gib \`${command} connect\` ein und füge es im Fenster ein.`,

  thisAccount: 'diesem Konto',
  connected: (account, role) => `✅ Verbunden: ${account}, Rolle ${role}.`,
  connectedAgain: (account, role) => `✅ Wieder verbunden: ${account}, Rolle ${role}.`,
  iHear: (of, why) => `Ich erfahre von ${of}, ${why}.`,
  theirsAlone: (name) => `den Terminen von ${name} allein`,
  organization: (name) => `allen Terminen der Organisation${name}`,
  group: (name) => `allen Terminen der Gruppe ${name}`,
  aGroup: 'eine Gruppe',
  theirOwn: 'den eigenen Terminen',
  sinceOwner: (name) => `da ${name} dort Owner ist`,
  sinceAdmin: (name) => `da ${name} dort Admin ist`,
  sinceGroupAdmin: (name) => `da ${name} dort Admin ist`,
  sinceChosen: 'wie es gewählt wurde',
  sinceAsker: 'denn eine ganze Organisation verbinden nur Workspace-Admins und App-Manager',
  sinceMemberSignIn: 'denn für die ganze Organisation muss sich ein Owner oder Admin anmelden',
  sinceMemberToken: 'denn für die ganze Organisation braucht es das Token eines Owners oder Admins',
  hooks: {
    registered: 'Der Hook ist angemeldet: Calendly sagt mir Änderungen sofort.',
    kept: 'Der Hook bei Calendly ist in Ordnung und bleibt.',
    none: 'Bei Calendly ist kein Hook angemeldet.',
  },
  signInReplaced: 'Die Anmeldung ersetzt, was vorher da war; deine Abos bleiben.',
  tokenReplaced: 'Das Token wurde ersetzt; deine Abos bleiben.',
  next: (command) => `Als Nächstes: Gib in dem Channel, der Buchungen zeigen soll, \`${command} subscribe\` ein.`,
  inVain: (why) => `Deine Anmeldung bei Calendly hat kein Konto verbunden. ${why}`,
  wrongHere: (command) =>
    `Bei mir ist etwas schiefgegangen. Versuch es noch einmal mit \`${command} connect\`; wenn es dabei bleibt, sag denen Bescheid, die diese App betreiben.`,

  whatIHear: 'Wovon ich erfahre',
  titleReach: 'Wovon ich erfahre',
  lookingReach: 'Ich frage Calendly, wovon dieses Konto erzählen darf…',
  chooseReach: (account) => `Von wessen Terminen soll ich durch ${account} erfahren?`,
  everyMeeting: 'Alle in der Organisation',
  groupOnly: (name) => `Die Gruppe ${name}`,
  ownOnly: 'Nur die eigenen Termine',
  reachHint:
    'Abos bleiben und zeigen, wovon ich dann erfahre. Karten, die da sind, bleiben; aber Termine, von denen ich nicht mehr erfahre, werden nicht mehr aktuell gehalten.',
  chooseIt: 'Wählen',
  changingReach: 'Ich melde den Hook dafür an…',
  reachChanged: (account, hears) => `✅ Durch ${account} erfahre ich jetzt von ${hears}.`,
  onlyOwn: (account) =>
    `${account} darf bei Calendly nur von den eigenen Terminen erzählen, da gibt es nichts zu wählen. Für eine Gruppe muss das Konto dort Admin sein und mit der Berechtigung groups:read verbunden werden: \`{command} connect groups\`.`,
  whichReach: 'Wähle, von wessen Terminen.',
  anAccount: 'Calendly-Konto',
  titleDisconnect: 'Calendly trennen',
  disconnect: 'Trennen',
  looking: 'Ich sehe nach, was dann aufhört…',
  disconnecting: 'Wird getrennt…',
  impact: (channels, subscriptions) => `${channels}, ${subscriptions}`,
  askDisconnect: (account, impact) => `${account} trennen? Das hört dann auf: *${impact}*.`,
  theyAreKept: 'Die Abos bleiben, pausiert. Sie gehen weiter, wenn dasselbe Konto wieder verbunden wird.',
  itsAreKept: 'Seine Abos bleiben, pausiert. Sie gehen weiter, wenn dasselbe Konto wieder verbunden wird.',
  willStop: (impact) => `Das hört auf: ${impact}`,
  whichAccount: 'Welches Calendly-Konto?',
  chooseAccount: 'Wähle das Konto, das getrennt werden soll.',
  disconnected: (account, impact) => `${account} ist getrennt. Aufgehört haben: ${impact}.`,
  toGoOn: (command) => `Um weiterzumachen, gib \`${command} connect\` ein, mit demselben Konto.`,
  toldDisconnected: (who, account, command) =>
    `⏸ ${who} hat das Calendly-Konto ${account} getrennt. Dieser Channel zeigt keine Buchungen daraus, bis es wieder verbunden ist: \`${command} connect\`.`,
  nothingToDisconnect: 'Hier ist kein Calendly-Konto verbunden, da gibt es nichts zu trennen.',

  renamedBack: (name) => `✅ Das Konto heißt wieder ${name}.`,
  renamed: (was, name) => `✅ ${was} heißt jetzt ${name}. Die Abos bleiben, wie sie sind.`,
  nameTooLong: (most) => `Dieser Name ist zu lang. Wähle einen mit höchstens ${most} Zeichen.`,
  nameTaken: (name) =>
    `Ein anderes Konto heißt schon „${name}“. Wähle einen anderen Namen oder benenne zuerst jenes um.`,
  sayBoth: (first, all) =>
    `Sag, welches Konto, und wie es heißen soll, etwa \`{command} rename "${first}" to "Neuer Name"\`. Verbunden sind: ${all}.`,
  sayName: (first) => `Sag, wie es heißen soll, etwa \`{command} rename "${first}" to "Neuer Name"\`.`,
  noAccount: (name, near) =>
    `Ein Calendly-Konto „${name}“ gibt es hier nicht. Am nächsten kommen: ${near}. Geändert wurde nichts.`,
  quoted: (name) => `„${name}“`,
};
