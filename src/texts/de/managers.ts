// App-Manager, auf Deutsch: wer hier darf, was Workspace-Admins dürfen.

import type { Texts } from '../texts.ts';

export const managers: Texts['managers'] = {
  are: (who) => `App-Manager: ${who}. Alle diese dürfen hier, was Workspace-Admins dürfen.`,
  none: 'Es gibt keine App-Manager: Um diese App kümmern sich nur Workspace-Admins.',
  usage:
    'Ein Workspace-Admin ernennt jemanden mit `{command} admin manager @ada` und nimmt das mit `{command} admin manager @ada off` zurück.',
  named: (who) =>
    `✅ ${who} ist ab jetzt App-Manager: darf eine ganze Organisation verbinden, jedes Abo ändern und Nachrichten noch einmal senden. App-Manager ernennen nur Workspace-Admins.`,
  over: (who) => `✅ ${who} ist nicht mehr App-Manager.`,
  guest: (who) => `${who} ist Gast, und Gäste lesen nur Karten. Nimm jemanden aus diesem Workspace.`,
};
