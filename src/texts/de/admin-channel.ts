// Der Channel für Admins, auf Deutsch: wie es den Verbindungen zu Calendly geht.

import type { Texts } from '../texts.ts';

export const adminChannel: Texts['adminChannel'] = {
  set: (channel) =>
    `✅ Ab jetzt sage ich in ${channel}, wenn eine Verbindung zu Calendly abbricht, repariert ist oder den Besitzer wechselt. Ich nenne dort Konten und niemanden, der bucht.`,
  same: (channel) => `✅ Nichts zu ändern: Ich sage es schon in ${channel}.`,
  now: (channel) => `Wie es den Verbindungen geht, steht in ${channel}. \`{command} admin channel off\` beendet das.`,
  none: 'Wie es den Verbindungen geht, steht in keinem Channel. Wähle einen: `{command} admin channel #ops`.',
  off: '✅ Wie es den Verbindungen geht, steht in keinem Channel mehr. Wer ein Konto verbunden hat, erfährt es weiterhin.',
  announced: (who) =>
    `🔔 ${who} hat diesen Channel gewählt: Hier sage ich, wie es den Verbindungen zu Calendly geht: was geschah, seit wann, was fehlt, was ich getan habe und was ihr tun könnt.`,
  notAChannel:
    'Ich weiß nicht, welcher Channel gemeint ist. Beginne mit # und wähle ihn aus der Liste, die Slack zeigt, oder gib `{command} admin channel here` ein.',
  shared:
    'Diesen Channel lesen auch Leute außerhalb dieses Workspace, und eure Verbindungen gehen sie nichts an. Wähle einen anderen.',
  admins:
    'Nur Workspace-Admins und App-Manager können wählen, wo steht, wie es den Verbindungen geht. Frag bitte dort nach.',
};
