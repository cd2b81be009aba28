// What a channel is told when whoever runs the app changed its subscriptions by a file.

import { words } from './words.ts';

const { plural } = words;
const count = (n: number) => `${n} ${plural(n, { one: 'subscription', other: 'subscriptions' })}`;

export const config = {
  told: (added: number, changed: number, removed: number, command: string) => {
    const what = [
      added > 0 ? `added ${count(added)}` : '',
      changed > 0 ? `changed ${count(changed)}` : '',
      removed > 0 ? `took ${count(removed)} away` : '',
    ].filter((part) => part !== '');
    return `🔔 Whoever runs me ${words.all(what)} of this channel. \`${command} list\` shows what it hears of now.`;
  },
};
