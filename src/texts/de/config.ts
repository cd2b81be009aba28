// Was ein Channel hört, wenn seine Abos durch eine Datei geändert wurden, auf Deutsch.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const count = (n: number) => `${n} ${plural(n, { one: 'Abo', other: 'Abos' })}`;

export const config: Texts['config'] = {
  told: (added, changed, removed, command) => {
    const what = [
      added > 0 ? `${count(added)} hinzugefügt` : '',
      changed > 0 ? `${count(changed)} geändert` : '',
      removed > 0 ? `${count(removed)} entfernt` : '',
    ].filter((part) => part !== '');
    return `🔔 Wer diese App betreibt, hat in diesem Channel ${words.all(what)}. Was er jetzt hört, zeigt \`${command} list\`.`;
  },
};
