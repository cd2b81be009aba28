// Sentences of the core in German, recognized by their English words: see translated.ts. `{1}`, `{2}` stand for what differs each time.

import { messageSentences } from './sentences-messages.ts';
import { newsSentences } from './sentences-news.ts';
import { signInSentences } from './sentences-sign-in.ts';

export const sentences: readonly (readonly [english: string, german: string])[] = [
  // Kept as the reason why a subscription is paused or a connection does not work.
  [
    'Calendly was disconnected. Type {command} connect, and this subscription goes on as it was.',
    'Calendly wurde getrennt. Gib {command} connect ein, und dieses Abo geht weiter wie zuvor.',
  ],
  [
    'Calendly no longer accepts our token. Type {command} connect with a new one, and this subscription goes on as it was.',
    'Calendly nimmt unser Token nicht mehr an. Gib {command} connect ein und nimm ein neues, dann geht dieses Abo weiter wie zuvor.',
  ],
  ['Disconnected on purpose.', 'Absichtlich getrennt.'],
  [
    'I was removed from this channel. Type `/invite` {bot} there to bring me back, then `{command} subscribe`.',
    'Ich wurde aus diesem Channel entfernt. Gib dort `/invite` {bot} ein, um mich zurückzuholen, dann `{command} subscribe`.',
  ],
  [
    'The channel was archived. Unarchive it, and I go on.',
    'Der Channel wurde archiviert. Hol ihn aus dem Archiv, dann mache ich weiter.',
  ],
  [
    'The channel was deleted. Subscribe another channel with `{command} subscribe`.',
    'Der Channel wurde gelöscht. Abonniere einen anderen mit `{command} subscribe`.',
  ],
  ['I paused what I show in {1}. {2}', 'Was ich in {1} zeige, habe ich pausiert. {2}'],
  [
    '🔒 This channel is now shared with another organization, so from now on its cards show no e-mail addresses, answers, reasons and payments. A workspace admin can allow that again: `{command} subscribe --privacy full`.',
    '🔒 Dieser Channel wird jetzt mit einer anderen Organisation geteilt, deshalb zeigen seine Karten ab jetzt keine E-Mail-Adressen, Antworten, Gründe und Zahlungen. Ein Workspace-Admin kann das wieder erlauben: `{command} subscribe --privacy full`.',
  ],
  [
    '🔒 A guest can read this channel from now on, so its cards show no e-mail addresses, answers, reasons and payments. A workspace admin can allow that again: `{command} subscribe --privacy full`.',
    '🔒 Diesen Channel kann jetzt ein Gast lesen, deshalb zeigen seine Karten ab jetzt keine E-Mail-Adressen, Antworten, Gründe und Zahlungen. Ein Workspace-Admin kann das wieder erlauben: `{command} subscribe --privacy full`.',
  ],
  [
    '{1} is no longer shared with another organization. Its cards still show no e-mail addresses, answers, reasons and payments; to show them again, type `{command} subscribe --privacy full` there.',
    '{1} wird nicht mehr mit einer anderen Organisation geteilt. Die Karten dort zeigen weiterhin keine E-Mail-Adressen, Antworten, Gründe und Zahlungen; damit sie es wieder tun, gib dort `{command} subscribe --privacy full` ein.',
  ],

  // What Slack refused.
  [
    'Slack closed the window before I could open it. Please try again.',
    'Slack hat das Fenster geschlossen, bevor ich es öffnen konnte. Versuch es bitte noch einmal.',
  ],
  [
    'That click was already used. Please try again.',
    'Dieser Klick war schon verbraucht. Versuch es bitte noch einmal.',
  ],
  [
    'I cannot see this channel. Type `/invite` {bot} here, then try again.',
    'Diesen Channel kann ich nicht sehen. Gib hier `/invite` {bot} ein und versuch es dann noch einmal.',
  ],
  [
    'I am not in this channel. Type `/invite` {bot} here, then try again.',
    'Ich bin nicht in diesem Channel. Gib hier `/invite` {bot} ein und versuch es dann noch einmal.',
  ],
  [
    'This channel is archived. Unarchive it, or use another channel.',
    'Dieser Channel ist archiviert. Hol ihn aus dem Archiv oder nimm einen anderen.',
  ],
  [
    'This channel does not let apps post. A workspace admin can change its posting permissions.',
    'In diesem Channel dürfen Apps nicht schreiben. Ein Workspace-Admin kann das ändern.',
  ],
  [
    'This channel is read-only for apps. A workspace admin can change its posting permissions.',
    'In diesem Channel dürfen Apps nur lesen. Ein Workspace-Admin kann das ändern.',
  ],
  [
    'I cannot join this channel by myself. Type `/invite` {bot} here, then try again.',
    'Diesem Channel kann ich nicht von selbst beitreten. Gib hier `/invite` {bot} ein und versuch es dann noch einmal.',
  ],
  [
    'Slack does not know you in this workspace. Please try again from the workspace where I am installed.',
    'Slack kennt dich in diesem Workspace nicht. Versuch es bitte in dem Workspace, in dem ich installiert bin.',
  ],
  [
    'That window is no longer open. Please try again.',
    'Dieses Fenster ist nicht mehr offen. Versuch es bitte noch einmal.',
  ],
  [
    'Slack did not answer me just now. Please try again in a minute.',
    'Slack hat mir gerade nicht geantwortet. Versuch es bitte in einer Minute noch einmal.',
  ],
  [
    'Slack no longer accepts my access to this workspace. A workspace admin needs to install me again.',
    'Slack lässt mich nicht mehr in diesen Workspace. Ein Workspace-Admin muss mich neu installieren.',
  ],
  [
    'My Slack app lacks the permission `{1}`. A workspace admin can add it and reinstall me.',
    'Meiner Slack-App fehlt die Berechtigung `{1}`. Ein Workspace-Admin kann sie ergänzen und mich neu installieren.',
  ],
  [
    'Slack refused this ({1}). Please try again; if it stays, tell whoever runs this app.',
    'Slack hat das abgelehnt ({1}). Versuch es bitte noch einmal; wenn es dabei bleibt, sag denen Bescheid, die diese App betreiben.',
  ],
  [
    'Slack did not tell me who that is. Please try again in a minute.',
    'Slack hat mir nicht gesagt, wer das ist. Versuch es bitte in einer Minute noch einmal.',
  ],
  ['Slack does not know that person here.', 'Diese Person kennt Slack hier nicht.'],
  ['That account is deactivated.', 'Dieses Konto ist deaktiviert.'],
  ['That is an app, not a person.', 'Das ist eine App, keine Person.'],
  ['That person is of another workspace.', 'Diese Person gehört zu einem anderen Workspace.'],
  [
    'Pick somebody of this workspace, or `none` to call nobody.',
    'Wähle jemanden aus diesem Workspace, oder `none`, um niemanden zu rufen.',
  ],

  // What Calendly refused, or where it was not well.
  ['That is a Slack token.', 'Das ist ein Slack-Token.'],
  ['There is no token yet.', 'Da ist noch kein Token.'],
  [
    'Make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token), then type {command} connect again.',
    'Erstelle bei Calendly ein neues persönliches Zugriffstoken (Integrations & apps → API & webhooks → Generate new token) und gib dann noch einmal {command} connect ein.',
  ],
  [
    'Make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token) with all scopes of the present one and also {1}, then type {command} connect again.',
    'Erstelle bei Calendly ein neues persönliches Zugriffstoken (Integrations & apps → API & webhooks → Generate new token) mit allen Berechtigungen des jetzigen und dazu {1} und gib dann noch einmal {command} connect ein.',
  ],
  [
    'Calendly no longer knows this meeting. Check at calendly.com whether it still exists.',
    'Calendly kennt diesen Termin nicht mehr. Sieh bei calendly.com nach, ob es ihn noch gibt.',
  ],
  [
    'Make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token) with the scopes {1}, then type {command} connect again.',
    'Erstelle bei Calendly ein neues persönliches Zugriffstoken (Integrations & apps → API & webhooks → Generate new token) mit den Berechtigungen {1} und gib dann noch einmal {command} connect ein.',
  ],
  [
    "That is a key of Calendly's old API (V1), which Calendly has switched off.",
    'Das ist ein Schlüssel für Calendlys alte API (V1), die Calendly abgeschaltet hat.',
  ],
  [
    'That is not a Calendly token: it holds spaces or unusual characters. Copy the whole token once more, then type {command} connect again.',
    'Das ist kein Calendly-Token: Darin sind Leerzeichen oder ungewöhnliche Zeichen. Kopiere das ganze Token noch einmal und gib dann wieder {command} connect ein.',
  ],
  [
    'That is not a Calendly token. Copy the whole token once more, then type {command} connect again.',
    'Das ist kein Calendly-Token. Kopiere das ganze Token noch einmal und gib dann wieder {command} connect ein.',
  ],
  ['This Calendly token has expired.', 'Dieses Calendly-Token ist abgelaufen.'],
  [
    "This Calendly token was revoked: by hand, or because the account's e-mail, password or way to sign in changed.",
    'Dieses Calendly-Token wurde widerrufen: von Hand, oder weil sich E-Mail-Adresse, Passwort oder Anmeldung des Kontos geändert haben.',
  ],
  [
    'Calendly does not accept this token. Check that you copied all of it. If it still fails: make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token), then type {command} connect again.',
    'Calendly nimmt dieses Token nicht an. Prüf, ob du es ganz kopiert hast. Wenn es weiter nicht geht: Erstelle bei Calendly ein neues persönliches Zugriffstoken (Integrations & apps → API & webhooks → Generate new token) und gib dann noch einmal {command} connect ein.',
  ],
  ['This Calendly token lacks permission to {1}.', 'Diesem Calendly-Token fehlt eine Berechtigung: {1}.'],
  [
    'Calendly did not let me {1} and does not say why; most often the token lacks scopes.',
    'Calendly hat das nicht zugelassen ({1}) und sagt nicht, warum; meist fehlen dem Token Berechtigungen.',
  ],
  [
    'Calendly did not accept my request to {1}. Please tell whoever runs this app: it is not your fault.',
    'Calendly hat meine Anfrage nicht angenommen ({1}). Sag bitte denen Bescheid, die diese App betreiben: An dir liegt es nicht.',
  ],
  [
    'Calendly did not accept my request to {1} ({2}). Please tell whoever runs this app: it is not your fault.',
    'Calendly hat meine Anfrage nicht angenommen ({1}; {2}). Sag bitte denen Bescheid, die diese App betreiben: An dir liegt es nicht.',
  ],
  [
    'Calendly asks for {plan} plan before this account may {1}. Upgrade at calendly.com under Billing, then type {command} connect again.',
    'Dafür verlangt Calendly von diesem Konto {plan} ({1}). Wechsle den Tarif auf calendly.com unter Billing und gib dann noch einmal {command} connect ein.',
  ],
  ['Calendly does not let this account {1}.', 'Calendly lässt das für dieses Konto nicht zu: {1}.'],
  [
    'That takes an admin of this group at Calendly, or an owner or admin of the organization: ask one of them to type {command} connect.',
    'Dazu muss man bei Calendly Admin dieser Gruppe sein, oder Owner oder Admin der Organisation: Bitte jemanden davon, {command} connect einzugeben.',
  ],
  [
    'That takes an owner or admin of the Calendly organization: ask one of them to type {command} connect.',
    'Dafür braucht es einen Owner oder Admin der Calendly-Organisation: Bitte dort jemanden, {command} connect einzugeben.',
  ],
  [
    'Sign in at Calendly as the person whose meetings it is about, make a token there, and type {command} connect again.',
    'Melde dich bei Calendly als die Person an, um deren Termine es geht, erstelle dort ein Token und gib noch einmal {command} connect ein.',
  ],
  [
    'Calendly says that a hook with my address exists already. Type {command} connect again: I then use a new address.',
    'Calendly sagt, dass es einen Hook mit meiner Adresse schon gibt. Gib noch einmal {command} connect ein: Dann nehme ich eine neue Adresse.',
  ],
  [
    'Calendly cannot reach the calendar behind this account. Connect that calendar at calendly.com again, then try once more.',
    'Calendly erreicht den Kalender dieses Kontos nicht. Verbinde ihn auf calendly.com neu und versuch es dann noch einmal.',
  ],
  [
    'Calendly no longer knows what I asked for, so I could not {1}. Check at calendly.com whether it still exists.',
    'Was ich gefragt habe, kennt Calendly nicht mehr ({1}). Prüf auf calendly.com, ob es das noch gibt.',
  ],
  [
    'Calendly no longer accepts this sign-in. Type {command} connect and sign in again.',
    'Calendly nimmt diese Anmeldung nicht mehr an. Gib {command} connect ein und melde dich neu an.',
  ],
  [
    'Calendly no longer accepts this sign-in: it was ended there, or the account’s e-mail, password or way to sign in changed. Type {command} connect and sign in again; your subscriptions stay.',
    'Calendly nimmt diese Anmeldung nicht mehr an: Sie wurde dort beendet, oder E-Mail-Adresse, Passwort oder Anmeldung des Kontos haben sich geändert. Gib {command} connect ein und melde dich neu an; deine Abos bleiben.',
  ],
  [
    'Calendly did not renew this sign-in just now. I try again by myself; try again in a minute.',
    'Calendly hat diese Anmeldung gerade nicht erneuert. Ich versuche es von selbst wieder; versuch es in einer Minute noch einmal.',
  ],
  [
    'You did not allow it at Calendly, so nothing was connected. If that was a slip, type {command} connect again.',
    'Du hast es bei Calendly nicht erlaubt, also wurde nichts verbunden. War das ein Versehen, dann gib noch einmal {command} connect ein.',
  ],
  [
    'I cannot reach Calendly right now. Try again in a minute; if it goes on, look at calendlystatus.com.',
    'Ich erreiche Calendly gerade nicht. Versuch es in einer Minute noch einmal; wenn es anhält, sieh auf calendlystatus.com nach.',
  ],
  [
    'Calendly is not well right now: {1}. Try again in a minute; if it goes on, look at calendlystatus.com.',
    'Calendly geht es gerade nicht gut: {1}. Versuch es in einer Minute noch einmal; wenn es anhält, sieh auf calendlystatus.com nach.',
  ],
  [
    'Calendly asks me to slow down: too many requests for this account in the last minute. Try again in {1} seconds.',
    'Calendly bittet mich, langsamer zu machen: zu viele Anfragen für dieses Konto in der letzten Minute. Versuch es in {1} Sekunden noch einmal.',
  ],
  ['I am stopping.', 'Ich werde gerade beendet.'],
  [
    'There is no such Calendly connection here any more, so nothing had to be stopped.',
    'Diese Verbindung zu Calendly gibt es hier nicht mehr, also war nichts zu beenden.',
  ],
  [
    'This Calendly connection does not work at the moment. Type {command} connect first.',
    'Diese Verbindung zu Calendly funktioniert im Moment nicht. Gib zuerst {command} connect ein.',
  ],
  [
    'Calendly tells of routing forms only for a whole organization. Ask an owner or admin of the Calendly organization to type {command} connect, then subscribe again.',
    'Von Routing-Formularen erzählt Calendly nur für eine ganze Organisation. Bitte einen Owner oder Admin der Calendly-Organisation, {command} connect einzugeben, und abonniere dann noch einmal.',
  ],
  [
    'Calendly tells of routing forms only by calling me, and I have no public address. Ask whoever runs this app to set PUBLIC_URL, then subscribe again.',
    'Von Routing-Formularen erzählt Calendly nur, indem es mich ruft, und ich habe keine öffentliche Adresse. Bitte die, die diese App betreiben, PUBLIC_URL zu setzen, und abonniere dann noch einmal.',
  ],
  // What could not be done, inside of the sentences above.
  ['read its own profile', 'das eigene Profil lesen'],
  ['read the name of its organization', 'den Namen der Organisation lesen'],
  ['read its role in the organization', 'die Rolle in der Organisation lesen'],
  ['list its event types', 'die Terminarten auflisten'],
  ['list its meetings', 'die Termine auflisten'],
  ['list its groups', 'die Gruppen auflisten'],
  ['list who is in its organization', 'auflisten, wer zur Organisation gehört'],
  ['cancel this meeting', 'diesen Termin absagen'],
  ['mark who did not come', 'vermerken, wer nicht erschienen ist'],
  ['make a single-use link', 'einen Link zum einmaligen Buchen erstellen'],
  ['ask for the deletion of an invitee', 'die Löschung eines Gastes verlangen'],
  ['look at its hooks', 'die Hooks ansehen'],
  ['register a hook for {whose}', 'einen Hook für {whose} anmelden'],
  ['the whole organization', 'die ganze Organisation'],
  ['a group', 'eine Gruppe'],
  ['its own meetings', 'die eigenen Termine'],
  ['a larger', 'einen größeren Tarif'],
  ['a paid', 'einen bezahlten Tarif'],
  ['the {tariff}', 'den Tarif {tariff}'],
  ['an owner', 'Owner'],
  ['an admin', 'Admin'],
  ['a member', 'Mitglied'],
  ['its answer was not what I asked for', 'Seine Antwort war nicht, was ich wollte'],
  ['it answered {1} with a page instead of data', 'Es antwortete {1} mit einer Seite statt Daten'],
  ['it answered {1}', 'Es antwortete {1}'],
  ['two requests met there', 'Zwei Anfragen kamen sich in die Quere'],

  // Said when connecting, and when disconnecting.
  [
    'Calendly tells of them only for a whole organization.',
    'Von ihnen erzählt Calendly nur für eine ganze Organisation.',
  ],
  ['Calendly refused a hook for the group.', 'Einen Hook für die Gruppe hat Calendly abgelehnt.'],
  [
    'If this account leads a group at Calendly, I can hear of its meetings as well: type {command} connect groups, which asks for the permission groups:read.',
    'Wenn dieses Konto bei Calendly Admin einer Gruppe ist, kann ich auch von deren Terminen erfahren: Gib {command} connect groups ein, das verlangt die Berechtigung groups:read.',
  ],
  ['At Calendly this account leads: {1}.', 'Bei Calendly ist dieses Konto Admin von: {1}.'],
  [
    'To hear of that group instead, type {command} status and press “What I hear of”.',
    'Damit ich stattdessen von dieser Gruppe erfahre, gib {command} status ein und drück „Wovon ich erfahre“.',
  ],
  [
    'To hear of one of these groups instead, type {command} status and press “What I hear of”.',
    'Damit ich stattdessen von einer dieser Gruppen erfahre, gib {command} status ein und drück „Wovon ich erfahre“.',
  ],
  [
    'Calendly no longer lets this account hear of that. Type {command} status, press “What I hear of”, and choose again.',
    'Davon lässt Calendly dieses Konto nicht mehr erfahren. Gib {command} status ein, drück „Wovon ich erfahre“ und wähle noch einmal.',
  ],
  ['Routing forms do not come in any more.', 'Routing-Formulare kommen nicht mehr herein.'],
  [
    'Calendly calls this account {role}, but refused a hook for the whole organization.',
    'Calendly nennt dieses Konto {role}, hat aber einen Hook für die ganze Organisation abgelehnt.',
  ],
  [
    '{hooks} left over at Calendly, since I could not delete it just now. Nothing is shown any more, and Calendly gives up on it by itself within three days.',
    '{hooks} bei Calendly noch übrig, denn das Löschen ging gerade nicht. Gezeigt wird nichts mehr, und binnen drei Tagen gibt Calendly von selbst auf.',
  ],
  ['One hook is', 'Ein Hook ist'],
  ['{n} hooks are', '{n} Hooks sind'],
  [
    'I have no public address, so Calendly cannot call me: I ask it every minute instead, and a card comes a minute or two late. To hear at once, ask whoever runs this app to set PUBLIC_URL; I then register the hook by myself.',
    'Ich habe keine öffentliche Adresse, also kann Calendly mich nicht rufen: Ich frage stattdessen jede Minute, und eine Karte kommt ein oder zwei Minuten später. Damit es sofort geht, bitte die, die diese App betreiben, PUBLIC_URL zu setzen; den Hook melde ich dann von selbst an.',
  ],
  [
    'This account is connected for a group, so only a workspace admin or app manager can connect it again. Please ask one of them.',
    'Dieses Konto ist für eine Gruppe verbunden, darum können es nur Workspace-Admins und App-Manager neu verbinden. Frag bitte dort nach.',
  ],
  [
    'This account is connected for the whole organization, so only a workspace admin or app manager can connect it again. Please ask one of them.',
    'Dieses Konto ist für die ganze Organisation verbunden, darum können es nur Workspace-Admins und App-Manager neu verbinden. Frag bitte dort nach.',
  ],
  [
    'I hear only of the meetings of this account. For those of everybody, a workspace admin or app manager has to connect it.',
    'Ich höre nur von den Terminen dieses Kontos. Damit es die von allen sind, muss ein Workspace-Admin oder App-Manager es verbinden.',
  ],
  [
    'I hear only of the meetings of this account. For those of everybody, an owner or admin of the Calendly organization has to type {command} connect.',
    'Ich erfahre nur von den Terminen dieses Kontos. Für die aller muss ein Owner oder Admin der Calendly-Organisation {command} connect eingeben.',
  ],
  ['One paused subscription runs again.', 'Ein pausiertes Abo geht weiter.'],
  ['{1} paused subscriptions run again.', '{1} pausierte Abos gehen weiter.'],

  // What the checks find.
  ['All is well: the token works, and Calendly calls me.', 'Alles in Ordnung: Das Token gilt, und Calendly ruft mich.'],
  [
    'The token works. I have no public address, so I ask Calendly every minute instead of being called: set PUBLIC_URL, and I register a hook.',
    'Das Token gilt. Ich habe keine öffentliche Adresse, also frage ich Calendly jede Minute, statt gerufen zu werden: Mit PUBLIC_URL melde ich einen Hook an.',
  ],
  [
    'The check itself went wrong on my side. I try again at the next one; the log has the details.',
    'Die Prüfung selbst ist bei mir schiefgegangen. Bei der nächsten versuche ich es wieder; im Protokoll steht mehr.',
  ],
  ['I could not check this time.', 'Diesmal konnte ich nicht prüfen.'],
  ['There was no hook at Calendly.', 'Bei Calendly gab es keinen Hook.'],
  [
    'Calendly had switched the hook off, as it does when its messages fail for a day.',
    'Calendly hatte den Hook abgeschaltet, wie immer, wenn seine Nachrichten einen Tag lang scheitern.',
  ],
  ['The hook was deleted at Calendly.', 'Der Hook wurde bei Calendly gelöscht.'],
  [
    'My public address has changed, and the hook at Calendly still called the old one.',
    'Meine öffentliche Adresse ist neu, und der Hook bei Calendly rief noch die alte.',
  ],
  [
    'The hook at Calendly belonged to another account than this one.',
    'Der Hook bei Calendly gehörte zu einem anderen Konto als diesem.',
  ],
  [
    'The hook at Calendly did not tell of everything I need.',
    'Der Hook bei Calendly meldete nicht alles, was ich brauche.',
  ],
  ['I registered a new one for {1}.', 'Ich habe für {1} einen neuen angemeldet.'],
  ['I could not register a new one for {1}.', 'Für {1} konnte ich keinen neuen anmelden.'],
  [
    'I am looking for what happened meanwhile, and tell you when that is done.',
    'Ich suche, was inzwischen geschehen ist, und sage dir, wenn das fertig ist.',
  ],
  [
    'Calendly reaches me again: messages arrive as they should.',
    'Calendly erreicht mich wieder: Nachrichten kommen an, wie sie sollen.',
  ],
  ['A hook is being made at this moment.', 'Ein Hook wird gerade angelegt.'],
  ['I cleared away a hook whose making was cut short.', 'Ich habe einen unfertigen Hook weggeräumt.'],
  ['I finished a hook whose making was cut short.', 'Ich habe einen unfertigen Hook fertig angelegt.'],
  ['I let go of a hook that another one has replaced.', 'Ich habe einen Hook entlassen, den ein anderer ersetzt.'],
  ['I deleted an old hook of mine at Calendly.', 'Ich habe einen alten Hook von mir bei Calendly gelöscht.'],
  [
    'Calendly accepts the token of {1} again. Everything goes on as before.',
    'Calendly nimmt das Token für {1} wieder an. Alles geht weiter wie zuvor.',
  ],
  [
    'Until then I cannot see to the hook of {1}; your subscriptions stay as they are.',
    'Bis dahin kann ich mich um den Hook für {1} nicht kümmern; deine Abos bleiben, wie sie sind.',
  ],
  ['the Calendly account of {name}', 'das Calendly-Konto von {name}'],
  ['the Calendly account “{name}”', 'das Calendly-Konto „{name}“'],

  // What became of messages.
  ['its owner found it in the channel', 'sie war schon im Channel'],
  ['a workspace admin dropped it', 'ein Workspace-Admin hat sie verworfen'],
  [
    'Slack did not say whether this message arrived ({1}). I did not send it again, so that it cannot appear twice: look in {2}.',
    'Slack hat nicht gesagt, ob diese Nachricht angekommen ist ({1}). Ich habe sie nicht noch einmal gesendet, damit sie nicht doppelt erscheint: Sieh nach in {2}.',
  ],
  ['I could not say this to {1}: {2}.', 'Das konnte ich nicht sagen, und zwar {1}: {2}.'],
  [
    'Slack refused this message for a day with “{1}”. Look that up in Slack’s documentation, or report it.',
    'Slack hat diese Nachricht einen Tag lang mit „{1}“ abgelehnt. Sieh in Slacks Dokumentation nach oder melde es.',
  ],
  [
    'I am not in {1}. To go on, type `/invite` {bot} there, then `{command} subscribe`.',
    'Ich bin nicht in {1}. Damit es weitergeht, gib dort `/invite` {bot} ein, dann `{command} subscribe`.',
  ],
  [
    'I cannot see {1}: it was deleted, or it is private and I am not in it. If it is still there, type `/invite` {bot} there, then `{command} subscribe`.',
    '{1} kann ich nicht sehen: Der Channel wurde gelöscht, oder er ist privat und ich bin nicht darin. Gibt es ihn noch, dann gib dort `/invite` {bot} ein, dann `{command} subscribe`.',
  ],
  [
    '{1} is archived. Unarchive it, then type `{command} subscribe` there, or subscribe another channel.',
    '{1} ist archiviert. Hol den Channel aus dem Archiv und gib dort `{command} subscribe` ein, oder abonniere einen anderen.',
  ],
  [
    'The settings of this workspace do not let me post in {1}. Ask a workspace admin to let {bot} post there, then type `{command} subscribe` there; or subscribe another channel.',
    'Die Einstellungen dieses Workspace lassen mich in {1} nicht schreiben. Bitte einen Workspace-Admin, {bot} dort schreiben zu lassen, und gib dort dann `{command} subscribe` ein; oder abonniere einen anderen Channel.',
  ],
  [
    '{1} is read-only. Ask a workspace admin to let {bot} post there, then type `{command} subscribe` there; or subscribe another channel.',
    'In {1} kann man nur lesen. Bitte einen Workspace-Admin, {bot} dort schreiben zu lassen, und gib dort dann `{command} subscribe` ein; oder abonniere einen anderen Channel.',
  ],

  ...newsSentences,
  ...messageSentences,
  ...signInSentences,
];
