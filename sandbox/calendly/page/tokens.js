// "Tokens": a personal access token for each person of the organization, to paste into the app.
import { el, refill, toast } from './dom.js';

const can = {
  owner: 'Owns the organization. Sees everybody’s meetings.',
  admin: 'Administers the organization. Sees everybody’s meetings.',
  user: 'A plain member. Sees only their own meetings.',
};

export function tokensTab() {
  const list = el('div', { class: 'list' });
  const node = el(
    'section',
    {},
    el('h2', {}, 'Tokens'),
    el('p', { class: 'quiet' }, 'Copy one and paste it where the app asks for a Calendly token.'),
    list,
  );
  const draw = (state) => refill(list, ...state.tokens.map(card));
  return { node, draw };
}

function card({ name, role, token }) {
  const field = el('input', {
    class: 'mono',
    readonly: true,
    value: token,
    'aria-label': `Token of ${name}`,
    'data-testid': 'token',
    onfocus: () => field.select(),
  });
  return el(
    'article',
    { class: 'card' },
    el('div', { class: 'row between' }, el('strong', {}, name), el('span', { class: 'badge' }, role)),
    el('p', { class: 'quiet' }, can[role]),
    el(
      'div',
      { class: 'row' },
      field,
      el('button', { class: 'primary', 'data-testid': 'token-copy', onclick: () => copy(field, name) }, 'Copy'),
    ),
  );
}

/** Inside a frame the clipboard may be closed to us; selecting and the old command still work there. */
async function copy(field, name) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand('copy');
  }
  toast(`${name}'s token is copied.`);
}
