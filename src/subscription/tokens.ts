// Typed text cut into words, names in any kind of quotes, and addresses (pure and total).

const openers: Record<string, string> = {
  '"': '"',
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '‚': "'",
  "'": "'",
};
const closers: Record<string, string> = {
  '"': '"',
  '“': '"',
  '”': '"',
  '»': '"',
  '«': '"',
  '’': "'",
  '‘': "'",
  "'": "'",
};

export interface Token {
  text: string;
  quoted: boolean;
}

/** A web address as a word of its own. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && !/[\s"“”«»„,]/.test(text);
}

/** Splits at spaces and commas; quotes of any kind hold a name together, and one left open lasts to the end. */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (isGap(char)) {
      at++;
      continue;
    }
    const link = char === '<' ? slackLink(text, at) : null;
    if (link) {
      yield { text: link.url, quoted: false };
      at = link.end;
      continue;
    }
    const prefix = /^type:/i.test(text.slice(at, at + 5)) ? 5 : 0;
    const opener = text[at + prefix];
    const kind = opener === undefined || !Object.hasOwn(openers, opener) ? null : openers[opener]!;
    if (kind) {
      const end = closing(text, at + prefix + 1, kind);
      yield { text: text.slice(at + prefix + 1, end), quoted: true };
      at = end + 1;
      continue;
    }
    const start = at;
    while (at < text.length && !isGap(text[at]!) && !(openers[text[at]!] === '"')) at++;
    const word = text.slice(start + (at - start > prefix ? prefix : 0), at);
    yield { text: word, quoted: prefix > 0 && word !== '' && !isAddress(word) };
  }
}

function isGap(char: string): boolean {
  return char === ',' || /\s/.test(char);
}

/** Where a quote ends: an apostrophe within a word (“Ada's call”) does not end a single-quoted name. */
function closing(text: string, from: number, kind: string): number {
  for (let at = from; at < text.length; at++) {
    if (closers[text[at]!] !== kind) continue;
    const next = text[at + 1];
    if (kind === "'" && next !== undefined && !isGap(next)) continue;
    return at;
  }
  return text.length;
}

/** Slack turns a typed address into `<https://…|label>`. */
function slackLink(text: string, at: number): { url: string; end: number } | null {
  const match = /^<(https?:\/\/[^\s<>|]{1,2000})(?:\|[^<>]{0,2000})?>/i.exec(text.slice(at, at + 4100));
  if (!match) return null;
  return { url: match[1]!.replaceAll('&amp;', '&').replace(/["“”«»„,]/g, ''), end: at + match[0].length };
}
