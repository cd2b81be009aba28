// One HTML file that opens from the disk: the messages as data, drawn by the sandbox's own page, so that what is seen here is what the demo shows.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Specimen } from './specimens.ts';

const sandboxPage = join(import.meta.dirname, '../../sandbox/slack/page');

export async function galleryPage(specimens: readonly Specimen[], language: string): Promise<string> {
  const [theme, messages, blocks, dialog, own, draw, modules] = await Promise.all([
    readFile(join(sandboxPage, 'theme.css'), 'utf8'),
    readFile(join(sandboxPage, 'messages.css'), 'utf8'),
    readFile(join(sandboxPage, 'blocks.css'), 'utf8'),
    readFile(join(sandboxPage, 'dialog.css'), 'utf8'),
    readFile(join(import.meta.dirname, 'gallery.css'), 'utf8'),
    readFile(join(import.meta.dirname, 'draw.js'), 'utf8'),
    sandboxModules(),
  ]);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Everything the app says</title>
<style>${[theme, messages, blocks, dialog, own].join('\n')}</style>
<script type="importmap">${inScript({ imports: modules })}</script>
<script type="application/json" id="specimens">${inScript(specimens)}</script>
</head>
<body><script type="module">${named(draw)}</script></body>
</html>
`;
}

/** A page from the disk may import no file beside it, so the modules come along as data, by bare names that the import map knows. */
async function sandboxModules(): Promise<Record<string, string>> {
  const files = (await readdir(sandboxPage)).filter((name) => name.endsWith('.js') && name !== 'main.js');
  const entries = files.map(async (name) => {
    const code = named(await readFile(join(sandboxPage, name), 'utf8'));
    return [`sandbox/${name}`, `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const named = (code: string) => code.replace(/(from\s+|import\()'[./]+(?:[\w-]+\/)*([\w-]+\.js)'/g, "$1'sandbox/$2'");

/** Hostile names are among the data: none may end the script it stands in. */
const inScript = (data: unknown) => JSON.stringify(data).replaceAll('<', '\\u003c');
