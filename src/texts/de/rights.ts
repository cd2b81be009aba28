// Why somebody may not do something, in German.

import type { Texts } from '../texts.ts';

export const rights: Texts['rights'] = {
  subscribe: (owner) =>
    `Channels für dieses Calendly-Konto abonnieren kann nur {person:${owner}}, von wem die Verbindung ist, ein Workspace-Admin oder App-Manager. Frag dort nach oder verbinde dein eigenes Konto: \`{command} connect\`.`,
  change: (maker) =>
    `Dieses Abo ändern kann nur {person:${maker}}, von wem es ist, ein Workspace-Admin oder App-Manager. Frag bitte dort nach.`,
  disconnect: (owner) =>
    `Dieses Konto trennen kann nur {person:${owner}}, von wem die Verbindung ist, ein Workspace-Admin oder App-Manager. Frag bitte dort nach.`,
  rename: (owner) =>
    `Dieses Konto umbenennen kann nur {person:${owner}}, von wem die Verbindung ist, ein Workspace-Admin oder App-Manager. Frag bitte dort nach.`,
  admins:
    'Nur Workspace-Admins und App-Manager können diese Nachrichten sehen und noch einmal senden, denn sie können aus jedem Channel sein. Frag bitte dort nach.',
  organization:
    'Die Termine einer ganzen Organisation bringen nur Workspace-Admins und App-Manager in einen Channel. Frag bitte dort nach oder verbinde dein eigenes Konto: `{command} connect`.',
  group:
    'Die Termine einer ganzen Gruppe bringen nur Workspace-Admins und App-Manager in einen Channel. Frag bitte dort nach, oder lass mich durch dieses Konto nur von seinen eigenen Terminen erfahren: `{command} status`, *Wovon ich erfahre*.',
  choose: (owner) =>
    `Von wessen Terminen ich durch dieses Konto erfahre, wählt nur {person:${owner}}, von wem die Verbindung ist, ein Workspace-Admin oder App-Manager. Frag bitte dort nach.`,
  reach:
    'Dass ich von mehr erfahre als von den eigenen Terminen eines Kontos, wählen nur Workspace-Admins und App-Manager. Frag bitte dort nach.',
  sharedChannel:
    'Diesen Channel lesen Leute einer anderen Organisation mit. Buchungen bringen darum nur Workspace-Admins und App-Manager hierher. Frag bitte dort nach.',
  managers: 'App-Manager ernennen können nur Workspace-Admins. Frag bitte dort nach.',
  hosts:
    'Nur Workspace-Admins und App-Manager können sehen und festlegen, welcher Host in Slack wer ist. Frag bitte dort nach.',
  decide: (owner) =>
    `Über diese Nachricht kann nur {person:${owner}} entscheiden, von wem das Abo ist, ein Workspace-Admin oder App-Manager. Frag bitte dort nach.`,
  decideAdmin: 'Über diese Nachricht kann nur ein Workspace-Admin oder App-Manager entscheiden. Frag bitte dort nach.',

  broken: (reason) =>
    `Die Verbindung zu Calendly funktioniert nicht. ${reason} Verbinde sie neu mit \`{command} connect\`.`.replace(
      '  ',
      ' ',
    ),
  disconnected: 'Dein Calendly-Konto ist getrennt. Gib `{command} connect` ein, um weiterzumachen.',
  notConnected: 'Noch ist kein Calendly-Konto verbunden. Gib zuerst `{command} connect` ein.',

  direct:
    'Ich zeige Buchungen in Channels, nicht in Direktnachrichten. Gib das in dem Channel ein, der sie zeigen soll.',
  archived: 'Dieser Channel ist archiviert. Hol ihn aus dem Archiv oder nimm einen anderen.',
  private:
    'Dieser Channel ist privat, und ich bin nicht darin. Gib hier `/invite` {bot} ein und versuch es dann noch einmal.',
  mayNotJoin:
    'Diesem Channel darf ich nicht von selbst beitreten. Gib hier `/invite` {bot} ein und versuch es dann noch einmal.',
};
