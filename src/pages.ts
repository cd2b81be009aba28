// The few small web pages of installing and signing in: one frame, light and dark, no script, nothing from elsewhere (pure).

import { hash } from 'node:crypto';

export interface Page {
  status: number;
  title: string;
  /** HTML of ours; whatever else is in it went through `escapeHtml`. */
  content: string;
  /** How it feels at a glance. */
  mood: 'ask' | 'done' | 'stop';
  /** Its code, such as `en`. */
  language: string;
}

const style = `:root{color-scheme:light dark;--back:#f4f6f9;--card:#fff;--ink:#1b2733;--soft:#55636f;--line:#dfe4ea;--go:#0b5fdb;--go-ink:#fff;--done:#12805c;--stop:#b4470b}
@media(prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b2129;--ink:#e8edf2;--soft:#a3b0bd;--line:#303945;--go:#5b9dff;--go-ink:#0a1420;--done:#4cc79a;--stop:#ff9a5c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:32rem;background:var(--card);border:1px solid var(--line);border-top:.3rem solid var(--mark);border-radius:.9rem;padding:1.75rem 2rem;overflow-wrap:anywhere}
.ask{--mark:var(--go)}.done{--mark:var(--done)}.stop{--mark:var(--stop)}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}
p{margin:.75rem 0}ul{margin:.5rem 0 1rem;padding-left:1.25rem}li{margin:.2rem 0}
dl{margin:1rem 0;padding:.25rem 1rem;border:1px solid var(--line);border-radius:.6rem}
dl div{padding:.6rem 0}dl div+div{border-top:1px solid var(--line)}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-weight:600}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--back);border:1px solid var(--line);border-radius:.35rem;padding:.1em .35em;-webkit-box-decoration-break:clone;box-decoration-break:clone}
small{color:var(--soft);font-size:.85rem}
button{display:block;width:100%;margin:1.25rem 0 .25rem;padding:.8rem 1rem;border:0;border-radius:.6rem;background:var(--go);color:var(--go-ink);font:inherit;font-weight:600;cursor:pointer}
button:hover{filter:brightness(1.08)}button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}`;

const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`;

/** @param formsGoTo sources that a form may lead to, redirects included, such as `'self' https://auth.calendly.com`; none by default */
export function asResponse(
  { status, title, content, mood, language }: Page,
  formsGoTo = "'none'",
): { status: number; headers: Record<string, string>; body: string } {
  const body = `<!DOCTYPE html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main class="${mood}">
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</html>
`;
  return {
    status,
    body,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src ${styleHash}; form-action ${formsGoTo}; frame-ancestors 'none'; base-uri 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    },
  };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Foreign text on one short line: without signs that turn the line around or hide a part of it. */
export function foreign(text: string, most = 80): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const signs = [...plain];
  return escapeHtml(signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : plain);
}

/** A sentence of the core, with the command it names set off. */
export function inHtml(sentence: string, command: string): string {
  return escapeHtml(sentence).replace(
    /\{command\}( (?:connect(?: forms)?|disconnect|subscribe|status|verify))?/g,
    (_all, verb: string | undefined) => `<code>${escapeHtml(command)}${verb ?? ''}</code>`,
  );
}
