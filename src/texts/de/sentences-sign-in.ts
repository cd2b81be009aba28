// Why a sign-in at Calendly did not go on or has ended, in German: see sentences.ts.

import { common as english } from '../en/common.ts';
import { common } from './common.ts';

const fresh = 'Go back to Slack and type {command} connect for a new link.';
const again = 'Type {command} connect and sign in again; your subscriptions stay.';

export const signInSentences: readonly (readonly [english: string, german: string])[] = [
  [english.forGuests, common.forGuests],
  [fresh, 'Geh zurück zu Slack und gib {command} connect ein, dann bekommst du einen neuen Link.'],
  [
    'I do not know this link. It may have been cut off when it was copied, or be older than a day.',
    'Diesen Link kenne ich nicht. Vielleicht fehlt beim Kopieren ein Stück, oder er ist älter als einen Tag.',
  ],
  [
    'This link is older than 15 minutes, so it no longer works.',
    'Dieser Link ist älter als 15 Minuten und geht deshalb nicht mehr.',
  ],
  ['This link was used already, and works once.', 'Dieser Link ist schon verbraucht: Er geht nur einmal.'],
  [
    'This link was used already, and your Calendly account is connected. Go back to Slack: there is nothing left to do here.',
    'Dieser Link ist schon verbraucht, und dein Calendly-Konto ist verbunden. Geh zurück zu Slack: Hier ist nichts mehr zu tun.',
  ],
  [
    'This sign-in was begun in another browser, or your browser keeps no cookies, so I cannot tell whether it is you. Nothing was connected.',
    'Diese Anmeldung hat in einem anderen Browser begonnen, oder deiner behält keine Cookies, deshalb weiß ich nicht, ob du es bist. Nichts wurde verbunden.',
  ],
  [
    'This page belongs to no sign-in that I began. Nothing was connected.',
    'Diese Seite gehört zu keiner Anmeldung, die ich begonnen habe. Nichts wurde verbunden.',
  ],
  [
    'That press did not come from my own page, or your browser keeps no cookies for it. Nothing was connected. Open the link from Slack once more and press the button there; if it stays, type {command} connect for a new link.',
    'Dieser Klick kam nicht von meiner eigenen Seite, oder dein Browser behält dafür keine Cookies. Nichts wurde verbunden. Öffne den Link aus Slack noch einmal und drück dort den Knopf; wenn es dabei bleibt, gib {command} connect ein und nimm einen neuen Link.',
  ],
  [
    'Calendly let me in, but without the permission {1}, which I cannot do without. Nothing was connected. Type {command} connect again and allow all that Calendly lists; if it does not list it, whoever runs this app has to tick it in the OAuth app at developer.calendly.com.',
    'Calendly hat mich hereingelassen, aber ohne die Berechtigung {1}, und ohne sie geht es nicht. Nichts wurde verbunden. Gib noch einmal {command} connect ein und erlaube alles, was Calendly aufzählt; fehlt sie dort, muss sie in der OAuth-App auf developer.calendly.com angehakt werden, und zwar von denen, die diese App betreiben.',
  ],
  [
    'Calendly let me in, but does not let me {1}: that takes the permission {2}. Allow all that Calendly lists, {again} and sign in; if it does not list it, whoever runs this app has to tick it in the OAuth app.',
    'Calendly hat mich hereingelassen, lässt aber nicht alles zu ({1}): Das braucht die Berechtigung {2}. Erlaube alles, was Calendly aufzählt: {Again} und melde dich an; fehlt sie dort, muss sie in der OAuth-App angehakt werden, und zwar von denen, die diese App betreiben.',
  ],
  [
    'Calendly did not give me the permission {1}, so what takes it does not work through this account; all else does. Ask for it again in the same way and allow all that Calendly lists; if it does not list it, whoever runs this app has to tick it in the OAuth app.',
    'Calendly hat mir die Berechtigung {1} nicht gegeben. Was sie braucht, geht über dieses Konto nicht; alles andere geht. Bitte auf demselben Weg noch einmal darum und erlaube alles, was Calendly auflistet; fehlt sie dort, muss sie in der OAuth-App anhaken, wer diese App betreibt.',
  ],
  [
    'This account was connected without the permission to {what} ({1}), since it is asked for only where somebody needs it. Sign in again with it, as the same account, by {command} connect {2}, and do it once more; all else goes on as it is.',
    'Mir fehlt eine Berechtigung ({1}) dafür: {what}. Nach ihr wird nur gefragt, wo jemand sie braucht. Melde dich mit ihr noch einmal an, mit demselben Konto, über {command} connect {2}, und versuch es dann erneut; alles andere geht weiter wie zuvor.',
  ],
  [
    'This account was connected without the permission to read routing forms (routing_forms:read), since nobody had asked for them. Type {command} connect forms, sign in again, and then subscribe again; all else goes on as it is.',
    'Dieses Konto wurde ohne die Berechtigung verbunden, Routing-Formulare zu lesen (routing_forms:read), denn niemand hatte sie gewollt. Gib {command} connect forms ein, melde dich noch einmal an und abonniere dann noch einmal; alles andere geht weiter wie bisher.',
  ],
  ['then type {command} connect again', 'gib noch einmal {command} connect ein'],
  [
    'Calendly sent you back without letting me in ({1}). Nothing was connected.',
    'Calendly hat dich zurückgeschickt, ohne mich hereinzulassen ({1}). Nichts wurde verbunden.',
  ],
  [
    'Whoever runs this app has to tick these scopes in its OAuth app at developer.calendly.com: {1}. Then type {command} connect again.',
    'Wer diese App betreibt, muss in ihrer OAuth-App auf developer.calendly.com diese Berechtigungen anhaken: {1}. Gib dann noch einmal {command} connect ein.',
  ],
  [
    'Type {command} connect again; if it stays, please tell whoever runs this app.',
    'Gib noch einmal {command} connect ein; wenn es dabei bleibt, sag bitte denen Bescheid, die diese App betreiben.',
  ],
  [
    'Calendly does not accept this app’s own client id or secret. Whoever runs this app has to set CALENDLY_CLIENT_ID and CALENDLY_CLIENT_SECRET right; until then, type {command} connect and paste a personal access token.',
    'Calendly nimmt die Kennung oder das Geheimnis dieser App nicht an. Wer diese App betreibt, muss CALENDLY_CLIENT_ID und CALENDLY_CLIENT_SECRET richtig setzen; bis dahin gib {command} connect ein und füge ein persönliches Zugriffstoken ein.',
  ],
  [
    'Calendly did not accept my request for tokens ({1}). Please tell whoever runs this app: it is not your fault.',
    'Calendly hat meine Anfrage nach Tokens nicht angenommen ({1}). Sag bitte denen Bescheid, die diese App betreiben: An dir liegt es nicht.',
  ],
  [
    'Calendly is not well right now: its answer to the sign-in did not arrive, or was not what I asked for. Try again in a minute; if it goes on, look at calendlystatus.com.',
    'Calendly geht es gerade nicht gut: Seine Antwort auf die Anmeldung kam nicht an oder war nicht, was ich wollte. Versuch es in einer Minute noch einmal; wenn es anhält, sieh auf calendlystatus.com nach.',
  ],
  [
    'Calendly asks me to slow down: too many sign-ins of this account in the last minute. Try again in {n} seconds.',
    'Calendly bittet mich, langsamer zu machen: zu viele Anmeldungen dieses Kontos in der letzten Minute. Versuch es in {n} Sekunden noch einmal.',
  ],
  [
    'The app is no longer installed in that Slack workspace. Install it again, then type {command} connect.',
    'Die App ist in diesem Slack-Workspace nicht mehr installiert. Installiere sie neu und gib dann {command} connect ein.',
  ],
  [
    'Slack does not tell me at the moment whose link this is, so I do not go on. Reload this page in a minute.',
    'Slack sagt mir im Moment nicht, wessen Link das ist, deshalb mache ich nicht weiter. Lade diese Seite in einer Minute neu.',
  ],

  // How a sign-in ended.
  [again, 'Gib {command} connect ein und melde dich neu an; deine Abos bleiben.'],
  [
    'The sign-in at Calendly was lost: Calendly renewed it just when I was cut off, so the new one never reached my memory, and the old one no longer works.',
    'Die Anmeldung bei Calendly ging verloren: Calendly hat sie erneuert, als ich gerade unterbrochen wurde, deshalb kam die neue nie bei mir an, und die alte geht nicht mehr.',
  ],
  [
    'I can no longer read the sign-in at Calendly that I kept: it is damaged, or its key is no longer in ENCRYPTION_KEY.',
    'Die Anmeldung bei Calendly, die ich aufbewahrt habe, kann ich nicht mehr lesen: Sie ist beschädigt, oder ihr Schlüssel steht nicht mehr in ENCRYPTION_KEY.',
  ],
  [
    'This account was connected by signing in, and this app no longer has the settings for that. Whoever runs this app has to set CALENDLY_CLIENT_ID, CALENDLY_CLIENT_SECRET and CALENDLY_WEBHOOK_SIGNING_KEY again; or type {command} connect and paste a personal access token.',
    'Dieses Konto wurde durch Anmelden verbunden, und dafür fehlen dieser App inzwischen die Einstellungen. Wer diese App betreibt, muss CALENDLY_CLIENT_ID, CALENDLY_CLIENT_SECRET und CALENDLY_WEBHOOK_SIGNING_KEY wieder setzen; oder gib {command} connect ein und füge ein persönliches Zugriffstoken ein.',
  ],

  // What Calendly is asked for.
  ['read whose account it is', 'lesen, wessen Konto es ist'],
  ['read your role and your organization’s name', 'deine Rolle und den Namen deiner Organisation lesen'],
  ['read bookings: who meets whom, when, and the answers', 'Buchungen lesen: wer wen wann trifft, und die Antworten'],
  ['read the names of your event types', 'die Namen deiner Terminarten lesen'],
  ['ask Calendly to tell me of changes', 'Calendly bitten, mir Änderungen zu melden'],
];
