// What became of a message to Slack, in German: see sentences.ts.

const install = 'A workspace admin needs to install the app again; nothing is lost, I continue where I stopped.';
const askAdmin =
  'Ask a workspace admin to let {bot} post there, then type `{command} subscribe` there; or subscribe another channel.';
const askAdminDe =
  'Bitte einen Workspace-Admin, {bot} dort schreiben zu lassen, und gib dort dann `{command} subscribe` ein; oder abonniere einen anderen Channel.';

export const messageSentences: readonly (readonly [english: string, german: string])[] = [
  // The whole workspace waits.
  [
    install,
    'Ein Workspace-Admin muss die App neu installieren; nichts geht verloren, ich mache da weiter, wo ich aufgehört habe.',
  ],
  ['I have no token for this Slack workspace.', 'Für diesen Slack-Workspace habe ich kein Token.'],
  ['Slack no longer accepts my token.', 'Slack nimmt mein Token nicht mehr an.'],
  ['Slack says that I have no token.', 'Slack sagt, dass ich kein Token habe.'],
  ['My bot user in this workspace was deactivated.', 'Mein Bot-Konto in diesem Workspace wurde deaktiviert.'],
  ['My token was revoked, or the app was removed.', 'Mein Token wurde widerrufen, oder die App wurde entfernt.'],
  ['My token has expired and could not be renewed.', 'Mein Token ist abgelaufen und ließ sich nicht erneuern.'],
  ['My token could not be renewed.', 'Mein Token ließ sich nicht erneuern.'],
  [
    'This workspace asks for two-factor sign-in. The person who installed the app needs to set it up; I then continue.',
    'Dieser Workspace verlangt die Anmeldung mit zwei Faktoren. Wer die App installiert hat, muss sie einrichten; dann mache ich weiter.',
  ],
  ['Slack did not give me a permission I need.', 'Slack hat mir eine Berechtigung nicht gegeben, die ich brauche.'],
  [
    'Slack did not give me a permission I need: {1}.',
    'Slack hat mir eine Berechtigung nicht gegeben, die ich brauche: {1}.',
  ],
  [
    'My token is not a bot token (those start with xoxb-). Whoever runs the app needs to put the right one in place.',
    'Mein Token ist kein Bot-Token (die beginnen mit xoxb-). Wer die App betreibt, muss das richtige einsetzen.',
  ],
  [
    'The app was not given access to this workspace. An organization admin needs to add the workspace to the app.',
    'Die App hat keinen Zugang zu diesem Workspace. Ein Admin der Organisation muss den Workspace zur App hinzufügen.',
  ],
  [
    'This Slack organization does not let apps do this. An organization admin can allow it.',
    'Diese Slack-Organisation lässt das für Apps nicht zu. Ein Admin der Organisation kann es erlauben.',
  ],
  [
    'This workspace has been moving to an Enterprise organization for a day. When that is done:',
    'Dieser Workspace zieht seit einem Tag in eine Enterprise-Organisation um. Wenn das fertig ist:',
  ],
  [
    'Slack limits this workspace to certain networks. An admin needs to allow the address I run at.',
    'Slack beschränkt diesen Workspace auf bestimmte Netze. Ein Admin muss die Adresse erlauben, unter der ich laufe.',
  ],
  [
    'This free Slack workspace has used up its messages. An admin can upgrade it or free some.',
    'Dieser kostenlose Slack-Workspace hat seine Nachrichten aufgebraucht. Ein Admin kann den Tarif wechseln oder Platz schaffen.',
  ],

  // A channel waits.
  [
    '{1} is archived or frozen. Once it is open again, type `{command} subscribe` there, or subscribe another channel.',
    '{1} ist archiviert oder eingefroren. Ist der Channel wieder offen, gib dort `{command} subscribe` ein, oder abonniere einen anderen.',
  ],
  [`{1} takes replies in threads only. ${askAdmin}`, `In {1} gehen nur Antworten in Threads. ${askAdminDe}`],
  [`{1} takes no replies in threads. ${askAdmin}`, `In {1} gehen keine Antworten in Threads. ${askAdminDe}`],
  [`The thread in {1} is locked. ${askAdmin}`, `Der Thread in {1} ist gesperrt. ${askAdminDe}`],
  [`Only some people may post in {1}. ${askAdmin}`, `In {1} dürfen nur manche schreiben. ${askAdminDe}`],
  [
    'Admins have suspended posting in {1}. Ask them; once it is open again, type `{command} subscribe` there.',
    'Admins haben das Schreiben in {1} ausgesetzt. Frag dort nach; ist der Channel wieder offen, gib dort `{command} subscribe` ein.',
  ],
  [
    'I have no permission to post in {1}. To go on, type `/invite` {bot} there, then `{command} subscribe`.',
    'Ich darf in {1} nicht schreiben. Damit es weitergeht, gib dort `/invite` {bot} ein, dann `{command} subscribe`.',
  ],
  [`Slack denies me access to {1}. ${askAdmin}`, `Slack verwehrt mir den Zugang zu {1}. ${askAdminDe}`],
  [
    'Direct messages from me are switched off in the app’s settings (App Home, Messages tab). Whoever runs the app can switch them on.',
    'Direktnachrichten von mir sind in den Einstellungen der App abgeschaltet (App Home, Messages tab). Wer die App betreibt, kann sie einschalten.',
  ],
  [
    '{1} has been moving between workspaces for a day. When that is done, type `{command} subscribe` there.',
    '{1} zieht seit einem Tag zwischen Workspaces um. Wenn das fertig ist, gib dort `{command} subscribe` ein.',
  ],

  // One message.
  [
    'Slack does not let me delete this message. A workspace admin can.',
    'Slack lässt mich diese Nachricht nicht löschen. Ein Workspace-Admin kann es.',
  ],
  [
    'Somebody deleted this card. It comes back when there is real news of the meeting.',
    'Jemand hat diese Karte gelöscht. Sie kommt wieder, wenn es zu dem Termin wirklich etwas Neues gibt.',
  ],
  ['Slack does not let me edit this card any more ({1}).', 'Slack lässt mich diese Karte nicht mehr ändern ({1}).'],
  [
    'The message could not be edited any more ({1}), so I posted a new one.',
    'Die Nachricht ließ sich nicht mehr ändern ({1}), also habe ich eine neue geschrieben.',
  ],
  ['Somebody deleted the card of this thread.', 'Jemand hat die Karte dieses Threads gelöscht.'],
  [
    'The thread takes no replies ({1}). The card itself shows the change.',
    'In diesem Thread gehen keine Antworten ({1}). Die Änderung zeigt die Karte selbst.',
  ],
  [
    'Slack could not read this message, even as plain text ({1}). Please report it.',
    'Slack konnte diese Nachricht nicht lesen, auch nicht als reinen Text ({1}). Melde das bitte.',
  ],
  [
    'I could not make this message ({1}). Please report it.',
    'Ich konnte diese Nachricht nicht anfertigen ({1}). Melde das bitte.',
  ],
  [
    'I could not tell what became of this message. Please report it.',
    'Ich konnte nicht erkennen, was aus dieser Nachricht wurde. Melde das bitte.',
  ],
  [
    'I may not read this channel to look for the message.',
    'Ich darf diesen Channel nicht lesen, um nach der Nachricht zu suchen.',
  ],
  [
    'I may not read this channel to look for the message ({1}).',
    'Ich darf diesen Channel nicht lesen, um nach der Nachricht zu suchen ({1}).',
  ],
  [
    'Too much was written in this channel since to look for the message.',
    'In diesem Channel wurde seitdem zu viel geschrieben, um nach der Nachricht zu suchen.',
  ],

  // Why Slack's answer is not known, inside of the sentences above.
  ['no answer in time', 'keine Antwort in der Zeit'],
  ['the answer is too long', 'die Antwort ist zu lang'],
  ['an answer of no meaning', 'eine Antwort ohne Sinn'],
  ['an answer that is not JSON', 'eine Antwort, die kein JSON ist'],
  ['an answer without the message’s ts', 'eine Antwort ohne ts der Nachricht'],
  ['the connection failed', 'die Verbindung brach ab'],
  ['the app stopped while the message was on its way', 'die App hielt an, während die Nachricht unterwegs war'],
  ['the search took too long', 'die Suche dauerte zu lange'],
  ['the search failed', 'die Suche scheiterte'],
  ['Slack limits how often a channel may be read', 'Slack begrenzt, wie oft ein Channel gelesen werden darf'],
  ['Slack answered {n} to the search', 'Slack antwortete der Suche mit {n}'],
  ['the history ended too soon', 'der Verlauf endete zu früh'],

  // Why a message was not needed.
  ['unsubscribed before it could be shown', 'das Abo endete, bevor sie gezeigt werden konnte'],
  ['unsubscribed before it could be told', 'das Abo endete, bevor sie gesagt werden konnte'],
  ['its subscription was muted', 'sein Abo war stumm'],
  ['it has a card of its own', 'dafür gibt es eine eigene Karte'],
  ['the booking has another card in this channel', 'die Buchung hat in diesem Channel eine andere Karte'],
  ['taken away: the booking has another card here', 'weggenommen, denn die Buchung hat hier eine andere Karte'],
  ['somebody in it asked to be forgotten', 'jemand darin wollte vergessen werden'],
  ['taken away: somebody in it asked to be forgotten', 'weggenommen, denn jemand darin wollte vergessen werden'],
  ['it was put right before this could be said', 'es war behoben, bevor das gesagt werden konnte'],
  ['the booking is gone', 'die Buchung gibt es nicht mehr'],
  ['its booking cannot be read', 'ihre Buchung ist nicht lesbar'],
  ['nothing to show', 'es gibt nichts zu zeigen'],
  ['its card is gone', 'ihre Karte gibt es nicht mehr'],
  ['its card was deleted', 'ihre Karte wurde gelöscht'],
  ['its card is {1}', 'ihre Karte ist nicht sicher gezeigt ({1})'],
  ['overtaken by a later change', 'von einer späteren Änderung überholt'],
  ['this channel has no threads for it', 'dafür hat dieser Channel keine Threads'],
  ['held for more than three days', 'mehr als drei Tage zurückgehalten'],
  ['told together with others that were over', 'zusammen mit anderen gesagt, die schon vorbei waren'],
];
