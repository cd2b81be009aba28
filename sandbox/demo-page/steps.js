// The numbered guide: what to do next, with what to copy at hand.

const STEPS = (demo) => [
  {
    words: ['Type ', code(`${demo.command} connect`)],
    copy: `${demo.command} connect`,
    done: demo.progress?.connected,
  },
  { words: ['Paste this token ', code(shorten(demo.token))], copy: demo.token, done: demo.progress?.connected },
  {
    words: [code(`${demo.command} subscribe`), ' in #sales'],
    copy: `${demo.command} subscribe`,
    done: demo.progress?.subscribed,
  },
  {
    words: [`Book a meeting ${stacked() ? 'below' : 'at right'}`],
    done: demo.progress?.booked && demo.progress?.shown,
  },
];

const stacked = () => matchMedia('(max-width: 900px)').matches;
const shorten = (token) => (token && token.length > 14 ? `${token.slice(0, 5)}…${token.slice(-4)}` : (token ?? ''));

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

const code = (text) => element('code', '', text);

function copyButton(text, label) {
  const button = element('button', 'copy', 'Copy');
  button.type = 'button';
  button.setAttribute('aria-label', `Copy ${label}`);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      // without the clipboard's permission the text itself is put where it can be taken from
      button.replaceWith(Object.assign(element('input', 'copy-field'), { value: text, readOnly: true }));
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
  return button;
}

/** Draws the steps into `list`; answers whether all are done. */
export function drawSteps(list, demo) {
  const steps = STEPS(demo);
  const current = steps.findIndex((step) => !step.done);
  list.replaceChildren(
    ...steps.map((step, index) => {
      // the first two are done together, so both are lit until then
      const lit = index === current || (current === 0 && index === 1);
      const mark = element('span', 'mark', step.done ? '✓' : String(index + 1));
      const item = element(
        'li',
        `step ${step.done ? 'step-done' : lit ? 'step-now' : ''}`,
        mark,
        element('span', 'words', ...step.words),
      );
      mark.setAttribute('aria-label', step.done ? 'done:' : `step ${index + 1}:`);
      if (index === current) item.setAttribute('aria-current', 'step');
      if (step.copy && lit && !step.done) item.append(copyButton(step.copy, index === 1 ? 'the token' : step.copy));
      item.dataset.testid = `step-${index + 1}`;
      return item;
    }),
  );
  return current < 0;
}
