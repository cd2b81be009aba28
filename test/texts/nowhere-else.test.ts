// What people read stands in src/texts alone: nowhere in Slack's messages, windows and commands is a sentence left.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../src/slack');
const rooms = ['messages', 'views', 'commands'];
/** The admins' channel speaks the words of its news, which the core makes in English. */
const english = ['messages/admin-news.ts'];

/** Three words in a row, or two with a capital before them, are said to somebody. A single word is not found. */
const isSaid = (text: string) =>
  /\p{L}{2,} \p{L}{2,} \p{L}{2,}|^\p{Lu}\p{Ll}+ \p{L}{2,}/u.test(text.replace(/\$\{\}/g, ' '));

type Node = { type?: string; [key: string]: unknown };

/** Strings and templates of a file, but for what goes into the log or into an error nobody is shown, names a module, or is typed by people. */
function literals(code: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const node = value as Node;
    if (node.type === 'ImportDeclaration' || (node.key as Node | undefined)?.value === 'examples') return;
    if (node.type === 'CallExpression' && /"log"/.test(JSON.stringify(node.callee))) return;
    if (node.type === 'NewExpression' && /"value":"Error"/.test(JSON.stringify(node.callee))) return;
    if (node.type === 'StringLiteral') found.push(String(node.value));
    if (node.type === 'TemplateElement') found.push(String(node.cooked));
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(parseSync(code, { syntax: 'typescript', target: 'es2022' }).body);
  return found;
}

test('no sentence is left outside the texts', () => {
  const files = rooms.flatMap((room) => readdirSync(join(root, room)).map((name) => `${room}/${name}`));
  const left = files
    .filter((file) => !english.includes(file))
    .flatMap((file) =>
      literals(readFileSync(join(root, file), 'utf8'))
        .filter(isSaid)
        .map((text) => `${file}: ${text}`),
    );
  expect(files.length).toBeGreaterThan(40);
  expect(left).toEqual([]);
});

test('one would be found', () => {
  const code = "say(`it hears of this`); say('Not now'); log.info('this is only logged');";
  expect(literals(code).filter(isSaid)).toEqual(['it hears of this', 'Not now']);
});
