// What the pages of installing say: what the app asks for, that it worked, or what is wrong and what to do (pure).

import { Outage, Refusal } from '../errors.ts';
import { escapeHtml, foreign, inHtml, type Page } from '../pages.ts';
import type { Texts } from '../texts/index.ts';
import type { Installed } from './install.ts';

export const installPath = '/slack/install';

/** `proof` goes along with the button's press, so that only this page can press it. */
export function askPage({ action, proof }: { action: string; proof: string }, t: Texts): Page {
  const words = t.install;
  const list = (all: readonly string[]) => `<ul>${all.map((each) => `<li>${escapeHtml(each)}</li>`).join('')}</ul>`;
  return {
    status: 200,
    title: words.ask,
    mood: 'ask',
    language: t.code,
    content: `<p>${escapeHtml(words.what)}</p>
<p>${escapeHtml(words.mayAsk)}</p>
${list(words.needs)}
<p>${escapeHtml(words.mayDecline)}</p>
${list(words.optional)}
<p><small>${escapeHtml(words.readsNot)}</small></p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="proof" value="${escapeHtml(proof)}">
<button>${escapeHtml(words.add)}</button>
</form>`,
  };
}

export function donePage({ grant, again, lacks }: Installed, command: string, t: Texts): Page {
  const words = t.install;
  const name = grant.teamName === '' ? escapeHtml(grant.teamId) : foreign(grant.teamName);
  return {
    status: 200,
    title: again ? words.doneAgain : words.done,
    mood: lacks.length > 0 ? 'stop' : 'done',
    language: t.code,
    content: `<dl><div><dt>${escapeHtml(grant.isOrganization ? words.organization : words.workspace)}</dt><dd>${name}</dd></div></dl>
${lacks.length > 0 ? `<p>${escapeHtml(words.lacks(lacks.join(', ')))}</p>` : ''}
<p>${inHtml(again ? words.goOn : words.next, command)}</p>`,
  };
}

/** `reference`: by which the log of a bug of ours can be found. */
export function failurePage(error: unknown, reference: string, t: Texts): Page {
  const words = t.install;
  const language = t.code;
  const page = (status: number, title: string, text: string): Page => ({
    status,
    title,
    mood: 'stop',
    language,
    content: `<p>${escapeHtml(text)}</p><p><a href="${installPath}">${escapeHtml(words.startOver)}</a></p>`,
  });
  if (error instanceof Outage) return page(503, words.notNow, words.slackAway);
  if (!(error instanceof Refusal)) return page(500, words.bug, `${words.sorry} ${reference}`);
  const { status, title, text } = failures(words)[error.code] ?? failures(words).code_refused!;
  return page(status, title, text);
}

const failures = (words: Texts['install']): Record<string, { status: number; title: string; text: string }> => ({
  state_unknown: { status: 400, title: words.refused, text: words.stateUnknown },
  state_elsewhere: { status: 403, title: words.refused, text: words.stateElsewhere },
  state_expired: { status: 410, title: words.refused, text: words.stateExpired },
  state_used: { status: 410, title: words.refused, text: words.stateUsed },
  not_pressed: { status: 403, title: words.notPressed, text: words.pressAgain },
  denied: { status: 403, title: words.denied, text: words.deniedText },
  client_refused: { status: 502, title: words.refused, text: words.clientRefused },
  code_refused: { status: 400, title: words.refused, text: words.codeRefused },
});
