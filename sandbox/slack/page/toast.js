// Short words at the edge of the page: a failed request, a notice from Slack itself.
import { h, icon } from './dom.js';

const LASTS = 12_000;

/** Whoever goes elsewhere has read them. */
export function dismissToasts() {
  for (const each of document.querySelectorAll('.toast')) each.remove();
}

/** Shows `text` until it is dismissed or twelve seconds are over. */
export function toast(text, { kind = 'error' } = {}) {
  const close = () => node.remove();
  const node = h(
    'div',
    { class: `toast toast-${kind}`, role: 'alert', 'data-testid': 'toast' },
    icon(kind === 'error' ? 'warning' : 'info'),
    h('span', { class: 'toast-text' }, text),
    h('button', { class: 'tool', type: 'button', 'aria-label': 'Dismiss', on: { click: close } }, icon('close')),
  );
  // a modal makes the rest of the page inert, so the words have to stand inside it
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const host = dialog?.querySelector('.toasts') ?? document.querySelector('body > .toasts');
  for (const old of host.querySelectorAll('.toast')) if (old.textContent === node.textContent) old.remove();
  host.append(node);
  setTimeout(close, LASTS);
}
