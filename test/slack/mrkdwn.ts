// A little reader of Slack's mrkdwn, written for the tests alone: it tells what a text would do, and leaves out what it says.

import fc from 'fast-check';

const WORD = /[\p{L}\p{N}]/u;
const STYLES: Record<string, string> = { '*': 'bold', _: 'italic', '~': 'strike' };

/** Such as `bold(special) quote(emoji)`; empty for a text that is only a text. Stricter than Slack: bare links and names count too. */
export function shape(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const quote = /^\s*(>|&gt;)+/.exec(line)?.[0];
      return quote === undefined ? inline(line) : `quote(${inline(line.slice(quote.length))})`;
    })
    .filter((part) => part !== '')
    .join(' ');
}

function inline(text: string): string {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const before = text[at - 1] ?? ' ';
    const simple =
      (/^<[^<>\n]+>/.exec(rest)?.[0] && 'special') ||
      (/^`[^`\n]+`/.exec(rest) && 'code') ||
      (/^:[^\s:]+:/.exec(rest) && 'emoji') ||
      (/^[a-z][a-z0-9+.-]*:\/\//i.exec(rest) && 'url') ||
      (!WORD.test(before) && /^@(here|channel|everyone)\b/i.exec(rest) && 'mention');
    if (simple) {
      found.push(simple);
      at += /^(<[^<>\n]+>|`[^`\n]+`|:[^\s:]+:|[^:]*:\/\/\S*|@\w+)/.exec(rest)![0].length;
      continue;
    }
    const mark = text[at]!;
    const style = STYLES[mark];
    const end = style && !WORD.test(before) && /\S/.test(text[at + 1] ?? ' ') ? closing(text, at, mark) : -1;
    if (end > 0) {
      found.push(`${style}(${inline(text.slice(at + 1, end))})`);
      at = end + 1;
    } else at += 1;
  }
  return found.join(' ');
}

function closing(text: string, start: number, mark: string): number {
  for (let at = start + 2; at < text.length; at += 1) {
    if (text[at] === '<') {
      const special = /^<[^<>\n]+>/.exec(text.slice(at))?.[0];
      if (special) at += special.length - 1;
    } else if (text[at] === mark && /\S/.test(text[at - 1]!) && !WORD.test(text[at + 1] ?? ' ')) return at;
  }
  return -1;
}

const attacks = [
  ...[
    '<!channel>',
    '<!here|x>',
    '<@U012AB3CD>',
    '<#C024BE7LR>',
    '<https://evil.example|Zoom>',
    '<mailto:a@b.example|c>',
    '<!date^1^{ago}|x>',
  ],
  ...[
    '*',
    '_',
    '~',
    '`',
    '```',
    '>',
    '&gt;',
    '&lt;',
    '&amp;',
    '&',
    '<',
    ':',
    ':smile:',
    '1:100:',
    '::',
    '@here',
    '@channel',
    '#general',
  ],
  ...[
    'https://evil.example',
    'http://',
    '://',
    '\n',
    '\r\n',
    '\n> ',
    '\u2028',
    '\t',
    ' ',
    '\0',
    '\u001B[31m',
    '“',
    '|',
    '^',
    '\\',
  ],
  ...[
    '\u200B',
    '\u200D',
    '\u202E',
    '\u2066',
    '\u2069',
    '\uFE0F',
    '\u0301',
    '\uD83D',
    '👩‍💻',
    '👍🏽',
    '🇩🇪',
    'é',
    '話',
    'ﷺ',
    '(',
    ')',
    'x',
    'a b',
  ],
];

/** What strangers write when they mean harm, or when they are called something unusual. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...attacks), { maxLength: 25 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...attacks), fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom(...attacks))
    .map((parts) => parts.join('')),
);
