// What `npm start` runs Node with, for whoever starts the app without npm: memory and pauses are measured and tried as they will be.

import packageFile from '../package.json' with { type: 'json' };

const { start } = packageFile.scripts;

/** Node's options. */
export const startFlags: readonly string[] = start.match(/--\S+/g) ?? [];

/** What stands before the command: settings of the C library's. */
export const startEnv: Readonly<Record<string, string>> = Object.fromEntries(
  [...start.matchAll(/(?<=^| )(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
);
