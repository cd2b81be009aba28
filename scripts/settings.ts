// Writes the table of settings in README.md anew, from the schema that reads them: npm run settings

import { readFileSync, writeFileSync } from 'node:fs';
import { type SettingFacts, settingFacts } from '../src/config.ts';

const file = new URL('../README.md', import.meta.url);
const between = /(<!-- settings:[^\n]*-->\n)[\s\S]*?(<!-- \/settings -->)/;

function row({ name, purpose, isNeeded, preset }: SettingFacts): string {
  const value = isNeeded ? 'needed' : preset === null ? '–' : `\`${preset}\``;
  return `| \`${name}\` | ${value} | ${purpose} |`;
}

/** The page with its table as the schema has it. */
export function withSettings(page: string): string {
  const table = ['| Name | Default | What it is |', '|---|---|---|', ...settingFacts().map(row)].join('\n');
  return page.replace(between, (_all, head: string, foot: string) => `${head}${table}\n${foot}`);
}

if (import.meta.main) {
  const before = readFileSync(file, 'utf8');
  const after = withSettings(before);
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(
    after === before ? 'README.md has them all already.\n' : '✓ README.md has the settings as they are now.\n',
  );
}
