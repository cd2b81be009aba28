// Prints what CHANGELOG.md says of the version in package.json: npm run release-notes

import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };
const notes = read('CHANGELOG.md')
  .split(/^## /m)
  .find((section) => section.startsWith(`${version}\n`));
if (notes) process.stdout.write(`## ${notes.trim()}\n`);
else {
  process.stderr.write(`✗ CHANGELOG.md has no section ${version}. Add one, or set the version in package.json.\n`);
  process.exitCode = 1;
}
