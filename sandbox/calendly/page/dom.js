// Builds elements and talks to the server; text is only ever set as text, so nothing an invitee writes can become markup.

/** el('button', { class: 'x', onclick: f }, 'text', child): properties starting with "on" are listeners. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'value') node.value = value;
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Puts new children in place of the old; whoever was on a control stays on the one in the same place. */
export function refill(parent, ...children) {
  const controls = () => [...parent.querySelectorAll('button, input, a')];
  const at = controls().indexOf(document.activeElement);
  parent.replaceChildren(...children);
  if (at >= 0) controls()[at]?.focus({ preventScroll: true });
}

/** Does something on the server; null when it went well, else the sentence that says why not. */
export async function act(what, body) {
  try {
    const answer = await fetch(`/ui/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const result = await answer.json();
    return result.ok ? null : result.error;
  } catch {
    return 'The sandbox does not answer. Is it still running?';
  }
}

let toastTimer;

export function toast(text, kind = 'good') {
  const box = document.getElementById('toast');
  box.replaceChildren(el('p', { class: `toast ${kind}` }, text));
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.replaceChildren(), 4000);
}

/** Says in a toast what came of it. */
export async function tryTo(what, body, done) {
  const problem = await act(what, body);
  toast(problem ?? done, problem ? 'bad' : 'good');
  return problem === null;
}

const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric' });
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

export const dayText = (at) => dayFormat.format(new Date(at));
// A time stays on one line.
export const timeText = (at) => timeFormat.format(new Date(at)).replaceAll(/\s/g, '\u00a0');
export const whenText = (at) => `${dayText(at)}, ${timeText(at)}`;
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function ask(title, fields, action, onSubmit) {
  const form = el('form', { method: 'dialog' }, el('h2', {}, title), ...fields);
  const dialog = el('dialog', { 'data-testid': 'dialog' }, form);
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  form.append(
    el(
      'div',
      { class: 'row end' },
      el('button', { type: 'button', class: 'plain', onclick: close }, 'Back'),
      el('button', { class: 'primary', 'data-testid': 'dialog-submit' }, action),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await onSubmit(new FormData(form))) close();
  });
  dialog.addEventListener('cancel', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function whoField() {
  const choice = (value, text, checked) =>
    el('label', {}, el('input', { type: 'radio', name: 'by', value, checked }), ` ${text}`);
  return el(
    'fieldset',
    { class: 'choices' },
    el('legend', {}, 'Who does it?'),
    choice('invitee', 'The invitee', true),
    choice('host', 'The host'),
  );
}

export function reasonField() {
  return el('label', {}, 'Reason', el('input', { name: 'reason', placeholder: 'Optional', 'data-testid': 'reason' }));
}
