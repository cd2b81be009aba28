// S15: every regular expression in src judged by recheck. One that grows as 2^n is never taken; one that grows as n² or n³ needs a bound on what it reads, named here.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@swc/core';
import { check } from 'recheck';
import { expect, it } from 'vitest';

const typed = 'what a person typed: Slack takes 4,000 characters at most, a modal 3,000';
const settings = 'the settings of whoever runs the app';
const named = 'the name of an event type, or an address pasted for one: typed, or Calendly’s, a few hundred characters';

/** What bounds the text that each of these reads. */
const bounded: Record<string, string> = {
  '/=+$/': settings,
  '/(?<=^https:..[^/]+)\\/$/': settings,
  '/\\/+$/': named,
  '/[^\\s@<>()[\\]{}"\',;:|]{1,128}@[^\\s@<>()[\\]{}"\',;:|]{1,128}/g':
    'both halves are bounded, so a text of n characters takes n steps of 128²',
  '/[.!?]+$/': 'an address found by the pattern above, 257 characters at most',
  '/\\/invitees\\/.+$/': 'the path of a call of ours, whose ids are 80 characters at most',
  '/upgrade.*?(standard|professional|teams|enterprise|paid)|only available on (paid)/i':
    'an error of Calendly’s, of which 160 characters are read',
  "/^['‘‚’]+|['‘’]+$/g": typed,
  '/^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$/': typed,
  '/[\\s?:*.!]+$/': named,
  '/[/?#].*$/': typed,
  '/\\.+$/': typed,
  '/^(<=?|>=?|[≤≥＜＞])?\\s*([^\\s<>–—-][^<>–—-]*?)\\s*(?:(-|–|—|\\.\\.)\\s*([^<>–—-]+))?$/u': typed,
  '/^([\\p{L}_]{1,20})\\s*=\\s*(.+)$/u': typed,
  '/[.,;!]+$/': typed,
  '/[?#].*$/': named,
  '/[.!,;:]+$/': typed,
  '/<[^>]*$/': 'a line of ours, cut to some hundred characters before',
  '/[a-z][a-z0-9+.-]*:\\/\\//gi': 'what a stranger wrote, of which 5,000 characters are read',
  '/\\bBearer\\s+\\S{20,}/i': typed,
};

const src = fileURLToPath(new URL('../../src/', import.meta.url));

async function patternsIn(file: string): Promise<[pattern: string, flags: string][]> {
  const found: [string, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, pattern, flags } = node as { type?: unknown; pattern?: unknown; flags?: unknown };
    if (type === 'RegExpLiteral') found.push([String(pattern), String(flags)]);
    for (const child of Object.values(node)) visit(child);
  };
  visit(await parse(readFileSync(`${src}${file}`, 'utf8'), { syntax: 'typescript', target: 'es2024' }));
  return found;
}

it('no pattern can be made to think for long', { timeout: 300_000 }, async () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const all = new Map(
    (await Promise.all(files.map(patternsIn))).flat().map(([p, flags]) => [`/${p}/${flags}`, [p, flags] as const]),
  );
  expect(all.size).toBeGreaterThan(250);
  const slow: string[] = [];
  for (const [literal, [pattern, flags]] of all) {
    const found = await check(pattern, flags, { timeout: 10_000 });
    if (found.status === 'safe') continue;
    const grows = found.status === 'vulnerable' ? found.complexity : null;
    if (grows?.type !== 'exponential' && literal in bounded) continue;
    slow.push(`${literal} is ${found.status}: ${grows?.summary ?? 'it could not be judged in time'}`);
  }
  expect(slow).toEqual([]);
  // Whoever mends a pattern takes its excuse away.
  expect(Object.keys(bounded).filter((literal) => !all.has(literal))).toEqual([]);
});
