// Einen Link zum Buchen teilen, auf Deutsch.

import type { Texts } from '../texts.ts';

export const share: Texts['share'] = {
  title: 'Link teilen',
  which: 'Terminart',
  placeholder: 'Terminart auswählen',
  how: 'Wie oft er gilt',
  once: 'Für eine Buchung',
  onceHint: 'Ein neuer Link, der mit der ersten Buchung endet, und nach 90 Tagen.',
  reusable: 'Für viele Buchungen',
  reusableHint: 'Die Seite dieser Terminart, wie alle sie kennen.',
  whereTo: 'Wohin damit',
  post: (channel) => `Auch in ${channel} posten`,
  submit: 'Link holen',
  making: 'Ich bitte Calendly darum…',
  hereIsOnce: (name) => `Ein Link, um *${name}* einmal zu buchen:`,
  hereIs: (name) => `Der Link, um *${name}* zu buchen:`,
  link: (url) => `\`${url}\``,
  onceSince:
    'Diesen Channel lesen vielleicht Leute von außen, also gilt er für eine Buchung. Mit `reusable` hinter dem Namen kommt die Seite, die alle benutzen können.',
  postIt: 'Hier posten',
  posted: (channel) => `Er steht jetzt in ${channel}.`,
  toldOnce: (who, name, url) => `📅 ${who} teilt einen Link, um *${name}* einmal zu buchen: <${url}|${name} buchen>`,
  told: (who, name, url) => `📅 ${who} teilt einen Link, um *${name}* zu buchen: <${url}|${name} buchen>`,
  noSuchType: (typed, near) =>
    `Eine Terminart „${typed}“ gibt es bei Calendly nicht.${near ? ' Meintest du eine von diesen?' : ''}`,
  severalTypes: (typed) => `Mehrere Terminarten heißen „${typed}“. Welche?`,
  noTypes: 'Dieses Calendly-Konto hat keine aktive Terminart. Leg bei calendly.com eine an und versuch es noch einmal.',
  noPage:
    'Calendly hat mir für diese Terminart keine Seite gegeben. Sieh bei calendly.com nach, ob sie eingeschaltet ist.',
  notYours: (owner) =>
    `Links dieses Calendly-Kontos teilen kann nur {person:${owner}}, von wem die Verbindung ist, ein Workspace-Admin oder App-Manager. Frag dort nach oder verbinde dein eigenes Konto: \`{command} connect\`.`,
};
