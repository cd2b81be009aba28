// Reads Slack's mrkdwn into a tree (pure): what formats, mentions or links here is what would do so in Slack, hostile text included.
import { emoji } from './emoji.js';

const WORD = /[\p{L}\p{N}]/u;
const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' };

/** The three entities are the only ones there are; anything else stays as typed. */
const unescapeText = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/**
 * Lines, quotes and preformatted blocks of a text.
 * `verbatim: false` (Slack's default) turns bare URLs, #names and @here into the real thing; `names: false` keeps the URLs only.
 */
export function parseMrkdwn(text, { verbatim = false, names = true } = {}) {
  const options = { urls: !verbatim, names: !verbatim && names };
  const out = [];
  const parts = text.split(/```([\s\S]+?)```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1) {
      out.push({ type: 'pre', text: plain(part.replace(/^\n|\n$/g, '')) });
      return;
    }
    let lines = part.split('\n');
    // the line breaks around a fence belong to the fence
    if (index > 0 && lines[0]?.trim() === '') lines = lines.slice(1);
    if (index < parts.length - 1 && lines.at(-1)?.trim() === '') lines = lines.slice(0, -1);
    out.push(...readLines(lines, options));
  });
  return out;
}

function readLines(lines, options) {
  const out = [];
  let quoteRest = false;
  for (const line of lines) {
    const all = /^(?:>|&gt;){3} ?/.exec(line);
    const one = /^(?:>|&gt;) ?/.exec(line);
    if (all && !quoteRest) quoteRest = true;
    const mark = quoteRest ? (all?.[0] ?? '') : one?.[0];
    if (mark === undefined) {
      const bullet = /^\s*[•◦▪] +/.exec(line)?.[0];
      out.push({ type: 'line', bullet: bullet?.trim(), children: inline(line.slice(bullet?.length ?? 0), options) });
      continue;
    }
    const children = inline(line.slice(mark.length), options);
    const last = out.at(-1);
    if (last?.type === 'quote') last.lines.push(children);
    else out.push({ type: 'quote', lines: [children] });
  }
  return out;
}

/** Inside code nothing formats; links and mentions show the words they would have shown. */
function plain(text) {
  return unescapeText(text.replace(/<([^<>\n|]+)(?:\|([^<>\n]*))?>/g, (_, target, label) => label || target));
}

function inline(source, options) {
  const out = [];
  const unclosed = new Set();
  let buffer = '';
  const flush = () => {
    if (buffer) out.push({ type: 'text', text: unescapeText(buffer) });
    buffer = '';
  };
  let at = 0;
  while (at < source.length) {
    const found =
      special(source, at) ??
      code(source, at) ??
      styled(source, at, options, unclosed) ??
      shortcode(source, at) ??
      automatic(source, at, options);
    if (!found) {
      buffer += source[at++];
      continue;
    }
    flush();
    out.push(found.node);
    at += found.length;
  }
  flush();
  return out;
}

const match = (pattern, source, at) => {
  pattern.lastIndex = at;
  return pattern.exec(source);
};

function code(source, at) {
  const found = source[at] === '`' && match(/`([^`\n]+)`/y, source, at);
  return found ? { node: { type: 'code', text: plain(found[1]) }, length: found[0].length } : undefined;
}

function shortcode(source, at) {
  const found = source[at] === ':' && match(/:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/y, source, at);
  const char = found ? emoji(found[1]) : undefined;
  return char ? { node: { type: 'emoji', name: found[1], char }, length: found[0].length } : undefined;
}

function styled(source, at, options, unclosed) {
  const mark = source[at];
  const style = STYLES[mark];
  if (!style || unclosed.has(mark) || !opens(source, at, mark)) return undefined;
  for (let end = at + 1; end < source.length; end++) {
    const skipped = (source[end] === '<' && special(source, end)) || code(source, end);
    if (skipped) {
      end += skipped.length - 1;
    } else if (source[end] === mark && closes(source, end, at)) {
      const children = inline(source.slice(at + 1, end), options);
      return { node: { type: style, children }, length: end - at + 1 };
    }
  }
  unclosed.add(mark);
  return undefined;
}

function opens(source, at, mark) {
  const next = source[at + 1];
  return (
    (at === 0 || !(WORD.test(source[at - 1]) || source[at - 1] === mark)) && !!next && next !== mark && !/\s/.test(next)
  );
}

function closes(source, end, start) {
  return end > start + 1 && !/\s/.test(source[end - 1]) && (end + 1 === source.length || !WORD.test(source[end + 1]));
}

function automatic(source, at, { urls, names }) {
  if (at > 0 && WORD.test(source[at - 1])) return undefined;
  if (urls && source[at] === 'h') {
    const found = match(/https?:\/\/(?:(?!&[lg]t;)[^\s<>|`])+/y, source, at);
    const address = found?.[0].replace(/[.,;:!?)'"*_~\]]+$/, '');
    if (address && !/\/\/$/.test(address)) {
      const url = unescapeText(address);
      return { node: { type: 'link', url, text: url }, length: address.length };
    }
  }
  if (names && source[at] === '@') {
    const found = match(/@(here|channel|everyone)(?![\p{L}\p{N}_])/uy, source, at);
    if (found) return { node: { type: 'broadcast', range: found[1] }, length: found[0].length };
  }
  if (names && source[at] === '#') {
    const found = match(/#([\p{Ll}\p{N}_-]{1,80})(?![\p{L}\p{N}_])/uy, source, at);
    if (found) return { node: { type: 'channel-name', name: found[1] }, length: found[0].length };
  }
  return undefined;
}

function special(source, at) {
  const found = source[at] === '<' && match(/<([^<>\n]+)>/y, source, at);
  if (!found) return undefined;
  const node = specialNode(found[1]);
  return node && { node, length: found[0].length };
}

function specialNode(body) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? '' : unescapeText(body.slice(bar + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return { type: 'user', id: target.slice(1), label };
  if (/^#[CG][A-Z0-9]+$/.test(target)) return { type: 'channel', id: target.slice(1), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: 'broadcast', range: target.slice(1) };
  if (target.startsWith('!subteam^')) return { type: 'usergroup', id: target.slice(9), label };
  if (target.startsWith('!date^')) {
    const [, time, format, url] = target.split('^');
    if (!/^\d+$/.test(time ?? '') || !format) return { type: 'text', text: label };
    return {
      type: 'date',
      time: Number(time),
      format: unescapeText(format),
      url: url && unescapeText(url),
      fallback: label,
    };
  }
  if (target.startsWith('!')) return { type: 'text', text: label || `<${target}>` };
  if (/^(https?:\/\/|mailto:|tel:)/i.test(target))
    return { type: 'link', url: unescapeText(target), text: label || unescapeText(target).replace(/^mailto:/i, '') };
  return undefined;
}
