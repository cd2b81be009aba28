// Was man von einer Karte aus mit einem Termin macht, auf Deutsch.

import type { Texts } from '../texts.ts';

export const actions: Texts['actions'] = {
  cancel: 'Absagen…',
  cancelOf: (meeting) => `Absagen: ${meeting}`,
  noShow: 'Nicht erschienen',
  noShowWho: 'Nicht erschienen…',
  noShowOf: (meeting) => `Als nicht erschienen vermerken: ${meeting}`,
  undoNoShow: 'Vermerk zurücknehmen',
  undoNoShowOf: (meeting) => `„Nicht erschienen“ zurücknehmen: ${meeting}`,
  links: 'Link der Person kopieren',
  why: 'Warum hier?',

  titleCancel: 'Termin absagen',
  submitCancel: 'Absagen',
  keepIt: 'Behalten',
  askCancel:
    'Calendly sagt ihn ab, gibt die Zeit frei und benachrichtigt alle darin. Das lässt sich nicht rückgängig machen.',
  askCancelGroup: (guests) =>
    `Calendly sagt den ganzen Termin ab (${guests}), gibt die Zeit frei und benachrichtigt alle darin. Das lässt sich nicht rückgängig machen.`,
  reason: 'Grund',
  reasonHint: 'Calendly schickt ihn der eingeladenen Person.',
  canceling: 'Ich bitte Calendly, ihn abzusagen…',
  canceled: 'Er ist bei Calendly abgesagt. Die Karte zeigt es gleich.',
  canceledAlready: 'Er ist schon abgesagt; die Karte zeigt es.',

  titleNoShow: 'Nicht erschienen',
  whichGuest: 'Wer ist nicht erschienen?',
  markedOption: (name) => `${name} (vermerkt; zurücknehmen)`,
  submitNoShow: 'Speichern',
  saving: 'Ich sage es Calendly…',
  marked: (who) =>
    `${who} ist bei Calendly als nicht erschienen vermerkt. Die Karte zeigt es gleich, mit einem Knopf, der es zurücknimmt.`,
  unmarked: (who) => `${who} ist bei Calendly nicht mehr als nicht erschienen vermerkt. Die Karte zeigt es gleich.`,
  noGuests: 'In diesem Termin hat niemand einen Platz, also lässt sich niemand vermerken.',

  titleLinks: 'Link der Person',
  linksAre: (who) => `Mit diesen Seiten kann ${who} den Termin verschieben oder absagen:`,
  toReschedule: (url) => `*Verschieben:*\n\`${url}\``,
  toCancel: (url) => `*Absagen:*\n\`${url}\``,
  handle: 'Das siehst nur du. Wer diese Links hat, kann sie benutzen: Gib sie nur der eingeladenen Person.',
  noLinks: 'Calendly hat mir für diese Buchung keine Links gegeben. Sieh sie dir bei calendly.com an.',

  titleWhy: 'Warum hier?',
  bySubscription: (what) => `Durch dieses Abo steht sie hier: ${what}`,
  madeBy: (who, at) => `Angelegt von ${who}, ${at}.`,
  noSubscription: 'Das Abo, durch das sie hier steht, gibt es nicht mehr. Die Karte bleibt trotzdem aktuell.',
  paused: '⏸ Dieses Abo pausiert: Neues kommt dadurch nicht.',
  toChange: (command) => `\`${command} list\` zeigt alle Abos dieses Channels.`,

  notHost: (hosts) =>
    `Das können nur ${hosts}, ein Workspace-Admin oder App-Manager. Frag bitte dort nach. Ist es dein Termin? Dann verbinde dein eigenes Calendly-Konto: \`{command} connect\`.`,
  itsHost: 'der Host des Termins',
  over: 'Er ist abgesagt, hier ist also nichts mehr zu tun. Die Karte zeigt es gleich.',
};
