// "Team": the members of the organization with their roles, and a personal access token for each, to paste into the app or to take away from it.
import { el, refill, toast, tryTo } from './dom.js';

const roles = [
  ['owner', 'Owner', 'Owns the organization. Sees everybody’s meetings.'],
  ['admin', 'Admin', 'Administers the organization. Sees everybody’s meetings.'],
  ['user', 'Member', 'A plain member. Sees only their own meetings.'],
];

export function teamTab() {
  const list = el('div', { class: 'list' });
  const node = el(
    'section',
    {},
    el('h2', {}, 'Team'),
    el(
      'p',
      { class: 'quiet' },
      'Copy a token and paste it where the app asks for one. Revoke it, or change a role, and see how the app finds out.',
    ),
    list,
  );
  let drawn = '';
  return {
    node,
    draw(state) {
      const key = JSON.stringify(state.team);
      if (key === drawn) return;
      drawn = key;
      refill(list, ...state.team.map(card));
    },
  };
}

function card({ uri, name, email, role, groups, timezone, token }) {
  const [, , can] = roles.find(([value]) => value === role) ?? [];
  const choose = el(
    'select',
    {
      class: 'inline',
      'aria-label': `Role of ${name}`,
      'data-testid': 'role',
      onchange: () =>
        tryTo(
          'role',
          { user: uri, role: choose.value },
          `${name}: ${roles.find(([value]) => value === choose.value)?.[1]}.`,
        ),
    },
    ...roles.map(([value, text]) => el('option', { value, selected: value === role }, text)),
  );
  const facts = [email, ...groups, timezone.replaceAll('_', ' ')].join(' · ');
  return el(
    'article',
    { class: 'card', 'data-testid': 'member' },
    el('div', { class: 'row between' }, el('strong', {}, name), choose),
    el('p', { class: 'quiet' }, facts),
    el('p', { class: 'quiet' }, can),
    token ? tokenRow(uri, name, token) : noToken(uri, name),
  );
}

function tokenRow(uri, name, token) {
  const field = el('input', {
    class: 'mono',
    readonly: true,
    value: token,
    'aria-label': `Token of ${name}`,
    'data-testid': 'token',
    onfocus: () => field.select(),
  });
  const revoke = () => tryTo('token', { user: uri, do: 'revoke' }, `${name}’s token is revoked.`);
  return el(
    'div',
    { class: 'row' },
    field,
    el('button', { class: 'primary small', 'data-testid': 'token-copy', onclick: () => copy(field, name) }, 'Copy'),
    el('button', { class: 'small', 'data-testid': 'token-revoke', onclick: revoke }, 'Revoke'),
  );
}

function noToken(uri, name) {
  const make = () => tryTo('token', { user: uri, do: 'make' }, `${name} has a new token.`);
  return el(
    'div',
    { class: 'row' },
    el('span', { class: 'badge bad' }, 'Token revoked'),
    el('button', { class: 'small', 'data-testid': 'token-make', onclick: make }, 'Make a new one'),
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
  toast(`${name}’s token is copied.`);
}
