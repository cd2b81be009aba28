// Puts the app and what it needs into a few files in dist/, which start faster and take less memory than the hundreds they are made from: npm run build

import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({ options: { to: { type: 'string', default: here('../dist') } } });

// Nothing of an earlier build may stay: a file that nobody imports any more would only mislead.
await rm(values.to, { recursive: true, force: true });
await build({
  cwd: here('..'),
  input: 'src/main.ts',
  platform: 'node',
  logLevel: 'warn',
  output: {
    dir: values.to,
    format: 'esm',
    comments: { legal: true, jsdoc: false, annotation: false },
    // Names and lines stay as they are, so that a stack in a log can be read; only comments go.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  },
});
console.log(`Built ${values.to}. npm start uses it for as long as it is newer than the sources.`);
