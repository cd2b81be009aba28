// Sentences of the core, which speaks English, in another language: they are recognized by their words when they are shown, so that what was kept in the
// database years ago is translated too, and the core need not know who reads it.

const name = "[\\p{L}\\p{M}\\p{N} .,'’()-]{1,80}?";
const account = `the Calendly account(?: “${name}”| of ${name})?`;
const moment = '\\d{1,2} [A-Z][a-z]{2,3}, \\d\\d:\\d\\d UTC';

/**
 * What may stand in a hole, by its name; `{command}` and the like may have been filled in already. In one whose name is a number stands anything, and in
 * one of any other name only what is known itself; but of `{found}` each part between commas.
 */
const filled: Record<string, string> = {
  command: '\\{command\\}|/\\S{1,40}?',
  bot: '\\{bot\\}|<@[A-Z0-9]{1,30}>',
  n: '\\d{1,12}',
  host: '[^\\s]{1,260}?',
  tariff: 'Standard|Professional|Teams|Enterprise',
  clock: '\\d\\d:\\d\\d',
  name,
  account,
  other: account,
  moment,
  until: moment,
  // As Slack writes a date.
  date_short_pretty: '\\{date_short_pretty\\}',
  time: '\\{time\\}',
};

interface Pattern {
  match: RegExp;
  /** What stands in these has to be known. */
  strict: readonly string[];
  /** A hole whose name begins with a capital is written with a capital. */
  write(found: Record<string, string>): string;
}

/** The one of most words first: a sentence may begin like a longer one. */
function patterns(sentences: readonly (readonly [string, string])[]): Pattern[] {
  const length = (english: string) => english.replace(/\{\w+\}/g, '').length;
  return [...sentences].sort(([a], [b]) => length(b) - length(a)).map(([english, other]) => pattern(english, other));
}

function pattern(english: string, other: string): Pattern {
  const seen = new Set<string>();
  const source = english.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('&', '&(?:amp;)?');
    if (seen.has(name)) return `\\k<h${name}>`;
    seen.add(name);
    return `(?<h${name}>${filled[name] ?? '[^]{1,600}?'})`;
  });
  return {
    // After a sentence there may be another one. A part of one stands alone in its hole.
    match: new RegExp(`${source.join('')}${/[.:]$/.test(english) ? '(?=\\s|$)' : '$'}`, 'uy'),
    strict: [...seen].filter((name) => !(name in filled) && !/^\d/.test(name)).map((name) => `h${name}`),
    write: (found) =>
      other.replace(/\{(\w)(\w*)\}/g, (whole, initial: string, rest: string) => {
        const inside = found[`h${initial.toLowerCase()}${rest}`] ?? whole;
        return initial === initial.toLowerCase() ? inside : inside.charAt(0).toUpperCase() + inside.slice(1);
      }),
  };
}

/** Makes the translator of a language. What is not known in full stays in English, since half a translation is worse than none. */
export function translator(sentences: readonly (readonly [string, string])[]): (sentence: string) => string {
  let known: Pattern[] | null = null;

  function translate(text: string): string | null {
    const lines = text.includes('\n') ? all(text.split('\n'), '\n') : null;
    if (lines !== null) return lines;
    let out = '';
    let at = 0;
    while (at < text.length) {
      const found = first(text, at);
      if (!found) return null;
      out += found.said;
      at += found.length;
      const space = /^\s*/.exec(text.slice(at))?.[0] ?? '';
      out += space;
      at += space.length;
    }
    return out;
  }

  function all(parts: readonly string[], between: string): string | null {
    const said = parts.map(translate);
    return said.includes(null) ? null : said.join(between);
  }

  function first(text: string, at: number): { said: string; length: number } | null {
    known ??= patterns(sentences);
    for (const { match, strict, write } of known) {
      match.lastIndex = at;
      const found = match.exec(text);
      if (!found || found[0].length === 0) continue;
      const holes = Object.entries(found.groups ?? {}).map(([name, inside]): [string, string | null] => {
        const said = name === 'hfound' ? all(inside.split(', '), ', ') : translate(inside);
        return [name, said ?? (strict.includes(name) ? null : inside)];
      });
      if (holes.some(([, said]) => said === null)) continue;
      return { said: write(Object.fromEntries(holes) as Record<string, string>), length: found[0].length };
    }
    return null;
  }

  return (sentence) => translate(sentence) ?? sentence;
}
