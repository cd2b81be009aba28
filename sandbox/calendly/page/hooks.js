// "Webhooks": every subscription with its state and last attempts, and ways to make trouble for the app.
import { el, refill, timeText, tryTo } from './dom.js';

const modes = [
  ['normal', 'Normal'],
  ['twice', 'Twice'],
  ['out of order', 'Out of order'],
  ['held', 'Held'],
];

export function hooksTab() {
  const switches = el('div', { class: 'segments', role: 'group', 'aria-label': "Calendly's deliveries" });
  const hint = el('p', { class: 'quiet' });
  const list = el('div', { class: 'list' });
  const node = el(
    'section',
    {},
    el('div', { class: 'card gap' }, el('h2', {}, "Calendly's deliveries"), switches, hint),
    el('h2', {}, 'Webhooks'),
    list,
  );

  function draw(state) {
    refill(switches, ...modes.map(([mode, text]) => modeButton(state, mode, text)));
    hint.textContent = hints[state.mode](state.held);
    const empty = el(
      'p',
      { class: 'card quiet' },
      'No webhook yet. The app makes one when a Calendly account is connected.',
    );
    refill(list, ...(state.hooks.length > 0 ? state.hooks.map(hookCard) : [empty]));
  }

  return { node, draw };
}

const scopes = { organization: 'Whole organization', user: 'One person', group: 'One group' };

const hints = {
  normal: () => 'Each message is sent once, at once.',
  twice: () => 'Each message is sent two times at once. The app should show it once.',
  'out of order': () => 'Messages of the same moment arrive last first.',
  held: (count) =>
    `${count === 1 ? '1 message waits' : `${count} messages wait`}. Choose another way to send what waits.`,
};

function modeButton(state, mode, text) {
  const button = el(
    'button',
    {
      'data-testid': `mode-${mode.replaceAll(' ', '-')}`,
      onclick: () => tryTo('mode', { mode }, `Deliveries: ${text.toLowerCase()}.`),
    },
    text,
  );
  button.setAttribute('aria-pressed', String(state.mode === mode));
  return button;
}

function hookCard(hook) {
  const state = stateOf(hook);
  const button = (what, text, done, disabled) =>
    el(
      'button',
      {
        class: 'small',
        'data-testid': `hook-${what}`,
        disabled,
        onclick: () => tryTo('hook', { uri: hook.uri, do: what }, done),
      },
      text,
    );
  return el(
    'article',
    { class: 'card', 'data-testid': 'hook' },
    el(
      'div',
      { class: 'row between' },
      el('strong', {}, scopes[hook.scope]),
      el('span', { class: `badge ${state.kind}`, 'data-testid': 'hook-state' }, state.text),
    ),
    el('p', { class: 'mono quiet' }, hook.callback_url),
    el('p', { class: 'quiet' }, hook.events.join(', ')),
    el('ul', { class: 'deliveries' }, ...hook.deliveries.map(deliveryLine)),
    el(
      'div',
      { class: 'row' },
      button('disable', 'Disable', 'Disabled. Calendly never turns it on again.', hook.state === 'disabled'),
      button('delete', 'Delete', 'Deleted, as another admin might do.'),
      button(
        'retry',
        hook.waiting > 0 ? `Retry now (${hook.waiting})` : 'Retry now',
        'Sent again.',
        hook.waiting === 0,
      ),
    ),
  );
}

function stateOf(hook) {
  if (hook.state === 'disabled') return { text: 'Disabled', kind: 'bad' };
  return hook.retry_started_at ? { text: 'Retrying', kind: 'warn' } : { text: 'Active', kind: 'good' };
}

function deliveryLine(delivery) {
  const isGood = delivery.status >= 200 && delivery.status < 300;
  const attempt = delivery.attempt > 1 ? ` · attempt ${delivery.attempt}` : '';
  return el(
    'li',
    {},
    el('span', { class: `badge ${isGood ? 'good' : 'bad'}` }, String(delivery.status ?? delivery.error)),
    el('span', {}, delivery.event),
    el('span', { class: 'quiet' }, `${timeText(delivery.at)}${attempt}`),
  );
}
