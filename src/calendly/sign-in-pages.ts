// What the pages of signing in say: who asks and for what, that it worked, or what is wrong and what to do (pure).

import type { Connected } from '../connection/connect.ts';
import { type Extra, neededScopes } from '../connection/scopes.ts';
import type { Asker } from '../connection/sign-in.ts';
import { Gone, Outage, Refusal } from '../errors.ts';
import { escapeHtml, foreign, inHtml, type Page } from '../pages.ts';
import { type Texts, translated } from '../texts/index.ts';

/** @param extras what is asked for beside the bookings; `proof` goes along with the button's press, so that only this page can press it */
export function confirmPage(
  { workspace, person }: Asker,
  extras: readonly Extra[],
  { action, proof }: { action: string; proof: string },
  t: Texts,
): Page {
  const words = t.signIn;
  const needed = Object.values(neededScopes).map((want) => translated(want, t));
  const wants = [...needed, ...extras.map((extra) => words.extras[extra])];
  return {
    status: 200,
    title: words.ask,
    mood: 'ask',
    language: t.code,
    content: `<dl>
<div><dt>${words.workspace}</dt><dd>${foreign(workspace)}</dd></div>
<div><dt>${words.askedBy}</dt><dd>${foreign(person)}</dd></div>
<div><dt>${words.account}</dt><dd>${words.whichAccount}</dd></div>
</dl>
<p><strong>${words.notYou}</strong> ${words.thenClose}</p>
<p>${words.ifYouGoOn}</p>
<ul>${wants.map((want) => `<li>${escapeHtml(want)}</li>`).join('')}</ul>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="proof" value="${escapeHtml(proof)}">
<button>${words.goOn}</button>
</form>`,
  };
}

export function donePage(
  { connected, asker }: { connected: Connected; asker: Asker },
  command: string,
  t: Texts,
): Page {
  const { connection, replaced, notes } = connected;
  const words = t.signIn;
  const email = connection.userEmail === null ? '' : ` (${foreign(connection.userEmail)})`;
  const organization = connection.organizationName === null ? '' : ` ${foreign(connection.organizationName)}`;
  const hears = {
    user: words.thisAccount,
    group: words.group(foreign(connection.group?.name ?? '')),
    organization: words.organization(organization),
  }[connection.scope];
  return {
    status: 200,
    title: replaced ? words.connectedAgain : words.connected,
    mood: 'done',
    language: t.code,
    content: `<dl>
<div><dt>${words.account}</dt><dd>${foreign(connection.userName)}${email}</dd></div>
<div><dt>${words.workspace}</dt><dd>${words.forWhom(foreign(asker.workspace), foreign(asker.person))}</dd></div>
<div><dt>${words.hears}</dt><dd>${hears}</dd></div>
</dl>
${notes.map((note) => `<p>${inHtml(translated(note, t), command)}</p>`).join('\n')}
<p>${inHtml(words.goBack, command)}</p>
<p><small>${inHtml(words.wrongAccount, command)}</small></p>`,
  };
}

/** `reference`: by which the log of a bug of ours can be found. */
export function failurePage(error: unknown, command: string, reference: string, t: Texts): Page {
  const words = t.signIn;
  const language = t.code;
  if (error instanceof Refusal || error instanceof Gone) {
    const { status, title, mood } = known[error.code] ?? refused;
    const content = `<p>${inHtml(translated(error.message, t), command)}</p>`;
    return { status, title: words[title], mood: mood ?? 'stop', language, content };
  }
  if (error instanceof Outage) {
    const content = `<p>${inHtml(translated(error.message, t), command)}</p><p>${inHtml(words.newLink, command)}</p>`;
    return { status: 503, title: words.notNow, mood: 'stop', language, content };
  }
  const content = `<p>${inHtml(words.sorry, command)} <code>${escapeHtml(reference)}</code>.</p>`;
  return { status: 500, title: words.bug, mood: 'stop', language, content };
}

type Title = { [K in keyof Texts['signIn']]: Texts['signIn'][K] extends string ? K : never }[keyof Texts['signIn']];

const refused: { status: number; title: Title; mood?: Page['mood'] } = { status: 400, title: 'refused' };
const known: Record<string, typeof refused> = {
  link_unknown: { status: 404, title: 'unknown' },
  link_expired: { status: 410, title: 'expired' },
  link_used: { status: 410, title: 'used' },
  link_done: { status: 200, title: 'connected', mood: 'done' },
  link_elsewhere: { status: 403, title: 'elsewhere' },
  not_pressed: { status: 403, title: 'notPressed' },
  denied: { status: 403, title: 'denied' },
  scopes_missing: { status: 403, title: 'scopeMissing' },
  guest: { status: 403, title: 'guest' },
};
