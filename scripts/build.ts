// Puts the app and what it needs into a few files in dist/, which start faster and take less memory than the hundreds they are made from: npm run build

import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({ options: { to: { type: 'string', default: here('../dist') } } });

const keepNames = { function: true, class: true };

/** V8 keeps a text with a single letter beyond Latin-1 in two bytes a letter, and a whole file is one text: four megabytes, for a few arrows and quotes. */
const inLatin = (code: string) =>
  code.replace(/[^\0-\xff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

// Nothing of an earlier build may stay: a file that nobody imports any more would only mislead.
await rm(values.to, { recursive: true, force: true });
await build({
  cwd: here('..'),
  input: 'src/main.ts',
  platform: 'node',
  logLevel: 'warn',
  plugins: [
    {
      name: 'latin',
      // The last word: whatever writes the files before this would turn the letters back.
      generateBundle(_options, files) {
        for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inLatin(file.code);
      },
    },
  ],
  output: {
    dir: values.to,
    format: 'esm',
    comments: { legal: true, jsdoc: false, annotation: false },
    // The names of functions and classes stay, so that a stack in a log can be read. All shorter names together are ten megabytes in the running app.
    minify: { compress: { keepNames }, mangle: { toplevel: true, keepNames }, codegen: { removeWhitespace: true } },
  },
});
console.log(`Built ${values.to}. npm start uses it for as long as it is newer than the sources.`);
