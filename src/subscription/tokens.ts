// Typed text cut into words, names in any kind of quotes, addresses, and people as Slack writes them (pure and total).

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
  /** A comma stands between it and the word before. */
  listed: boolean;
}

/** A web address as a word of its own. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && !/[\s"“”«»„,]/.test(text);
}

/** Splits at spaces and commas; quotes of any kind hold a name together, and one left open lasts to the end. */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  let listed = false;
  while (at < text.length) {
    const char = text[at]!;
    if (isGap(char)) {
      listed ||= char === ',';
      at++;
      continue;
    }
    const whole = char === '<' ? (slackLink(text, at) ?? slackMention(text, at)) : null;
    if (whole) {
      yield { text: whole.text, quoted: false, listed };
      listed = false;
      at = whole.end;
      continue;
    }
    const prefix = /^type:/i.test(text.slice(at, at + 5)) ? 5 : 0;
    const opener = text[at + prefix];
    const kind = opener === undefined || !Object.hasOwn(openers, opener) ? null : openers[opener]!;
    if (kind) {
      const end = closing(text, at + prefix + 1, kind);
      yield { text: text.slice(at + prefix + 1, end), quoted: true, listed };
      listed = false;
      at = end + 1;
      continue;
    }
    const start = at;
    while (at < text.length && !endsWord(text, at, start)) at++;
    const word = text.slice(start + (at - start > prefix ? prefix : 0), at);
    yield { text: word, quoted: prefix > 0 && word !== '' && !isAddress(word), listed };
    listed = false;
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

/** In `--mention=<@U1|Ann Archer>` the person is a word of its own, whatever is in the name. */
function endsWord(text: string, at: number, start: number): boolean {
  const char = text[at]!;
  return isGap(char) || openers[char] === '"' || (at > start && char === '<' && text[at - 1] === '=');
}

interface Whole {
  text: string;
  end: number;
}

/** Slack turns a typed `@ann` into `<@U1|ann>`, a user group into `<!subteam^S1|@sales>`. */
function slackMention(text: string, at: number): Whole | null {
  const match = /^<[@!#][^<>"“”«»„]{1,200}>/.exec(text.slice(at, at + 210));
  return match && { text: match[0], end: at + match[0].length };
}

/** Slack turns a typed address into `<https://…|label>`. */
function slackLink(text: string, at: number): Whole | null {
  const match = /^<(https?:\/\/[^\s<>|]{1,2000})(?:\|[^<>]{0,2000})?>/i.exec(text.slice(at, at + 4100));
  if (!match) return null;
  return { text: match[1]!.replaceAll('&amp;', '&').replace(/["“”«»„,]/g, ''), end: at + match[0].length };
}
