// The tour: five steps that tick themselves off, with what to copy at hand, and a button for who would rather watch.
import { ask, busy, el } from './dom.js';

const isNarrow = () => matchMedia('(max-width: 760px)').matches;
const code = (text) => el('code', '', {}, text);
const shorten = (token) => (token && token.length > 14 ? `${token.slice(0, 5)}…${token.slice(-4)}` : (token ?? ''));

const STEPS = [
  {
    title: 'Connect',
    place: 'slack',
    words: ({ command, token }) => [
      'In Slack, type ',
      copyable(`${command} connect`),
      ', and paste this token there: ',
      copyable(token, shorten(token), 'the token'),
    ],
  },
  {
    title: 'Subscribe',
    place: 'slack',
    words: ({ command }) => ['In #sales, type ', copyable(`${command} subscribe`), ', and press Subscribe.'],
  },
  {
    title: 'Book',
    place: 'calendly',
    words: () => ['At Calendly, book a meeting as a guest would. Its card comes to #sales.'],
  },
  {
    title: 'Break it',
    place: 'troubles',
    words: () => ['Kill the app, or take Slack down. Then book some more: guests do not wait.'],
  },
  {
    title: 'Mend it',
    place: 'ledger',
    words: () => ['Put it right again, and look at the ledger: everything comes, once.'],
  },
];

const TIPS = (command) => [
  'Move a meeting in Calendly, under Meetings: its card follows, and its thread says who moved it.',
  'Act as Bo, who is no host, and press Cancel on a card: the app says who may.',
  'Book twenty at once: Slack takes one message a second, the ledger counts them through.',
  'Switch the webhook off: within half a minute the app replaces it, and says so.',
  `Open Calendly Home in Slack, or type ${command} status.`,
  'Eat Slack’s next answer and book: the app asks Ann instead of posting it twice.',
];

/** Text to copy: the words are the button. */
function copyable(text, shown = text, name = text) {
  const button = el('button', 'copyable', { type: 'button', 'aria-label': `Copy ${name}`, title: 'Copy' }, code(shown));
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.dataset.said = 'Copied';
      setTimeout(() => delete button.dataset.said, 1200);
    } catch {
      // without the clipboard's permission the text itself is put where it can be taken from
      button.replaceWith(
        Object.assign(el('input', 'copy-field', { readonly: true, 'aria-label': name }), { value: text }),
      );
    }
  });
  return button;
}

export function createTour({ list, task, dock, look }) {
  let drawn = '';
  let reached = -1;
  let tip = 0;

  function draw(demo) {
    const { steps } = demo;
    const current = steps.indexOf(false);
    const key = JSON.stringify([steps, demo.command, demo.token, tip]);
    if (key === drawn) return;
    drawn = key;
    list.replaceChildren(...STEPS.map((step, index) => item(step, index, steps[index], index === current)));
    task.replaceChildren(...(current < 0 ? tips(demo) : work(demo, current)));
    document.body.classList.toggle('toured', current < 0);
    if (current === reached) return;
    reached = current;
    if (current >= 3) dock.offer();
    if (current >= 0 && isNarrow()) dock.show(STEPS[current].place);
  }

  function item({ title }, index, isDone, isCurrent) {
    const mark = el('span', 'mark', { 'aria-hidden': 'true' }, isDone ? '✓' : String(index + 1));
    const said = el('span', 'unseen', {}, isDone ? 'Done: ' : '');
    const className = `step ${isDone ? 'step-done' : ''} ${isCurrent ? 'step-now' : ''}`;
    const props = { 'data-testid': `step-${index + 1}`, 'aria-current': isCurrent ? 'step' : null };
    return el('li', className, props, mark, el('span', 'words', {}, said, title));
  }

  function work(demo, current) {
    const doIt = el('button', 'do-it', { type: 'button', 'data-testid': 'do-it' }, 'Do it for me');
    const problem = el('span', 'problem', {});
    doIt.addEventListener('click', () =>
      busy(doIt, async () => {
        problem.textContent = '';
        const said = await ask('step', { step: current });
        if (said) problem.textContent = said;
        await look();
      }),
    );
    return [el('p', 'task-words', {}, ...STEPS[current].words(demo), problem), doIt];
  }

  function tips(demo) {
    const all = TIPS(demo.command);
    const next = el('button', 'do-it', { type: 'button' }, 'Another');
    next.addEventListener('click', () => {
      tip = (tip + 1) % all.length;
      drawn = '';
      draw(demo);
      task.querySelector('button')?.focus();
    });
    return [el('p', 'task-words', {}, el('strong', '', {}, 'It works. '), all[tip]), next];
  }

  return { draw };
}
