// The drawer below both pages, and on a narrow screen the row that says which one of four parts is seen.
import { el } from './dom.js';

const KEY = 'demo-dock';
const PLACES = [
  ['slack', 'Slack'],
  ['calendly', 'Calendly'],
  ['troubles', 'Break it'],
  ['ledger', 'Ledger'],
];

export function createDock() {
  const dock = document.querySelector('.dock');
  const button = document.querySelector('.open-dock');
  const row = document.querySelector('.places');
  const isNarrow = matchMedia('(max-width: 760px)');
  let isOpen = false;
  let wasClosedByHand = false;

  const buttons = PLACES.map(([name, text]) =>
    el('button', 'place', { type: 'button', 'data-testid': `place-${name}`, onclick: () => show(name) }, text),
  );
  row.replaceChildren(...buttons);

  function draw() {
    dock.hidden = !isOpen && !isNarrow.matches;
    button.setAttribute('aria-expanded', String(isOpen));
    button.textContent = isOpen ? 'Close' : 'Break things, see the ledger';
    for (const [index, [name]] of PLACES.entries()) {
      if (document.body.dataset.shown === name) buttons[index].setAttribute('aria-current', 'page');
      else buttons[index].removeAttribute('aria-current');
    }
  }

  function set(open) {
    isOpen = open;
    draw();
  }

  /** One of four parts; where there is room for all of them this matters to the drawer alone. */
  function show(name) {
    document.body.dataset.shown = name;
    if (name === 'troubles' || name === 'ledger') set(true);
    else draw();
  }

  button.addEventListener('click', () => {
    set(!isOpen);
    wasClosedByHand = !isOpen;
    sessionStorage.setItem(KEY, isOpen ? 'open' : 'closed');
  });
  isNarrow.addEventListener('change', draw);
  set(sessionStorage.getItem(KEY) === 'open');

  return {
    show,
    /** When the tour comes to it; who has closed it does not see it spring open again. */
    offer() {
      if (!wasClosedByHand) set(true);
    },
  };
}
