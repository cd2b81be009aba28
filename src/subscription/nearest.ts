// What a person may have meant: the valid words or names that lie nearest to a mistyped one (pure).

/** Longer text than this is never a typing slip of a word we know; the cap keeps the work small whatever is typed. */
const LONGEST = 80;

/**
 * How many slips lie between two words: letters added, dropped, changed, or two neighbours swapped
 * (Damerau-Levenshtein, optimal string alignment).
 */
export function distance(a: string, b: string): number {
  const from = a.slice(0, LONGEST);
  const to = b.slice(0, LONGEST);
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[to.length]!;
}

/** The candidates that a slip or two away could have been, nearest first; empty when nothing is near. */
export function slipsOf(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  // A word much longer than every candidate cannot be near one; this also bounds the work for hostile input.
  if (typed.length > LONGEST) return [];
  const allowed = typed.length <= 3 ? 1 : 2;
  return candidates
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= allowed)
    .map((candidate) => ({ candidate, slips: distance(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.min(allowed, Math.ceil(candidate.length / 2)))
    .sort((a, b) => a.slips - b.slips)
    .map(({ candidate }) => candidate);
}

/** The `count` names most like the one typed: holding it, sharing its words, or a few slips away. Never empty unless `names` is. */
export function nearest<T>(typed: string, names: readonly T[], nameOf: (name: T) => string, count = 5): T[] {
  const wanted = fold(typed);
  return names
    .map((name) => ({ name, far: farness(wanted, fold(nameOf(name))) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, count)
    .map(({ name }) => name);
}

/** The same name however it is spaced, cased or composed. */
export function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Quotes a person cannot type within quotes, emoji and the words that Slack makes of them, and what only ends a question. */
const unsaid =
  /["“”„«»]|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3|:[a-z0-9_+'-]{1,60}:/gu;

/** The same name however its emoji were typed: Slack turns 🚀 into :rocket:, and only Slack knows which. */
export function plainName(name: string): string {
  const plain = fold(fold(name).replace(unsaid, ' ')).replace(/[\s?:*.!]+$/, '');
  return plain === '' ? fold(name) : plain;
}

function farness(wanted: string, name: string): number {
  const longest = Math.min(LONGEST, Math.max(wanted.length, name.length, 1));
  const slips = distance(wanted, name) / longest;
  const held = wanted !== '' && (name.includes(wanted) || wanted.includes(name)) ? 0.5 : 0;
  const words = new Set(name.split(' '));
  const shared = wanted.split(' ', 20).filter((word) => word !== '' && words.has(word)).length;
  return slips - held - shared * 0.2;
}
