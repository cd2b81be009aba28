// Which texts of src/texts a gallery has drawn: each text tells when it is taken, and counts once what it said stands in what was drawn.

import type { Language } from '../../src/texts/index.ts';
import { textsFor } from '../../src/texts/index.ts';

/** What a text said when it was taken, by its path such as `card.states.booked`. */
export type Taken = Map<string, Set<string>>;

/** From now on, what is taken from the texts of a language is written down. Once for a process and language. */
export function watchTexts(language: Language): Taken {
  const taken: Taken = new Map();
  watch(textsFor(language), '', taken);
  return taken;
}

function watch(texts: object, path: string, taken: Taken): void {
  for (const [key, value] of Object.entries(texts)) {
    const at = path ? `${path}.${key}` : key;
    // What is empty says nothing; which language it is, nobody says.
    if (value === '' || at === 'code' || at === 'times.locale') continue;
    if (typeof value === 'object' && value !== null) {
      watch(value, at, taken);
      continue;
    }
    const said = new Set<string>();
    taken.set(at, said);
    const heard = (result: unknown): unknown => {
      for (const each of [result].flat())
        if (typeof each === 'string') said.add(each);
        else if (typeof each === 'object' && each !== null)
          for (const inner of Object.values(each)) if (typeof inner === 'string') said.add(inner);
      return result;
    };
    const watched =
      typeof value === 'function'
        ? (...args: unknown[]) => heard((value as (...all: unknown[]) => unknown)(...args))
        : value;
    Object.defineProperty(texts, key, {
      enumerable: true,
      get: () => (typeof value === 'function' ? watched : heard(value)),
    });
  }
}

/** The paths of the texts that no drawn thing shows. */
export function undrawn(taken: Taken, drawn: unknown): string[] {
  const all = plain(stringsIn(drawn).join('\n'));
  const isShown = (said: string) => {
    if (said === '') return true;
    const pieces = plain(said)
      .split(/\{[^{}]*\}|<[^<>]*>/)
      .filter((piece) => piece.trim() !== '');
    return pieces.length > 0 ? pieces.every((piece) => all.includes(piece.trim())) : all.includes(plain(said));
  };
  return [...taken].filter(([, said]) => ![...said].some(isShown)).map(([path]) => path);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** The same words, however they are set: a label begins with a capital, a page of the web is HTML, marks make bold. */
const plain = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replace(/<\/?(?:code|b|strong|small|p)>/g, '')
    .replace(/[*_~`\u200b-\u200f\u2060]/g, '')
    // What stands in for a colon that might begin an emoji.
    .replaceAll('∶', ':')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll('{command}', '/calendly')
    .toLowerCase();
