// Builds elements, and asks the demo to do things; what comes from invitees is only ever set as text.

/** el('button', 'copy', { type: 'button', onclick: f }, 'text', child); null and false children are left out. */
export function el(tag, className, props = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Null when it was done, else the sentence that says why not. */
export async function ask(what, body) {
  try {
    const answer = await fetch(`/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const result = await answer.json();
    return result.ok ? null : result.error;
  } catch {
    return 'The demo does not answer.';
  }
}

/** Runs `work` with the button marked as busy, so that nobody presses it twice. */
export async function busy(button, work) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    button.removeAttribute('aria-busy');
  }
}

export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
