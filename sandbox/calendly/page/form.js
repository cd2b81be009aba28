// "Form": the routing form of a website, as a visitor fills it in; channels that want `routed` hear of it.
import { el, refill, tryTo } from './dom.js';

export function formTab() {
  const fields = el('div');
  const title = el('h2');
  const form = el(
    'form',
    { class: 'card narrow', novalidate: true, onsubmit: send },
    title,
    el(
      'p',
      { class: 'quiet' },
      'A form that leads visitors to the right meeting. A channel hears of it when it asks for the kind “routed”.',
    ),
    fields,
    el('button', { class: 'primary wide', 'data-testid': 'form-submit' }, 'Send'),
  );
  let drawn = '';

  async function send(event) {
    event.preventDefault();
    const answers = Object.fromEntries(new FormData(form));
    if (await tryTo('route', { answers }, 'The form is sent in.')) form.reset();
  }

  function field({ name, type, choices }, index) {
    const props = { name, 'data-testid': `form-${index}` };
    if (!choices)
      return el(
        'label',
        {},
        name,
        el('input', { ...props, type: type === 'email' ? 'email' : 'text', autocomplete: 'off' }),
      );
    const options = choices.map((choice) => el('option', { value: choice }, choice));
    return el('label', {}, name, el('select', props, el('option', { value: '' }, 'Choose…'), ...options));
  }

  return {
    node: el('section', {}, form),
    draw({ form: { name, questions } }) {
      const key = JSON.stringify([name, questions]);
      if (key === drawn) return;
      drawn = key;
      title.textContent = name;
      refill(fields, ...questions.map(field));
    },
  };
}
