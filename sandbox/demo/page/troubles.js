// The fault panel: a switch for each thing that can be broken, grouped by who breaks, and one button that mends everything.
import { ask, busy, el } from './dom.js';

/** The first column has two groups. */
const COLUMNS = [
  [
    ['app', 'The app'],
    ['guests', 'Meanwhile, guests'],
  ],
  [['slack', 'Slack']],
  [['calendly', 'Calendly']],
];

export function createTroubles(place, look) {
  const controls = new Map();
  const mend = el('button', 'mend', { type: 'button', 'data-testid': 'mend' }, 'Mend everything');
  const problem = el('p', 'problem', { role: 'alert' });
  const act = async (button, what, body) =>
    busy(button, async () => {
      problem.textContent = (await ask(what, body)) ?? '';
      await look();
    });
  mend.addEventListener('click', () => act(mend, 'mend', {}));

  function make(trouble) {
    const { id, title, note, isSwitch } = trouble;
    const role = isSwitch ? { role: 'switch', 'aria-checked': 'false' } : {};
    const knob = isSwitch
      ? el('span', 'knob', { 'aria-hidden': 'true' })
      : el('span', 'go', { 'aria-hidden': 'true' }, '→');
    const said = el('span', 'trouble-note', { id: `note-${id}` }, note);
    const props = { type: 'button', 'data-testid': `trouble-${id}`, 'aria-describedby': `note-${id}`, ...role };
    const button = el('button', 'trouble', props, knob, el('span', 'trouble-title', {}, title), said);
    button.addEventListener('click', () =>
      act(button, 'trouble', { id, on: isSwitch ? button.getAttribute('aria-checked') !== 'true' : true }),
    );
    return button;
  }

  function build(troubles) {
    const group = ([side, name]) => {
      const own = troubles.filter((each) => each.side === side);
      const buttons = own.map((each) => {
        const button = make(each);
        controls.set(each.id, button);
        return button;
      });
      return el('div', 'side', { role: 'group', 'aria-label': name }, el('h3', 'side-name', {}, name), ...buttons);
    };
    const columns = COLUMNS.map((sides) => el('div', 'column', {}, ...sides.map(group)));
    place.replaceChildren(
      el('div', 'dock-head', {}, el('h2', '', {}, 'Break things'), mend),
      problem,
      el('div', 'sides', {}, ...columns),
    );
  }

  return {
    draw(troubles) {
      if (controls.size === 0) build(troubles);
      for (const { id, isSwitch, isOn } of troubles) {
        const button = controls.get(id);
        if (isSwitch) button?.setAttribute('aria-checked', String(isOn));
        button?.classList.toggle('trouble-on', isOn);
      }
      mend.disabled = !troubles.some(({ isOn, isSwitch }) => isOn && isSwitch);
    },
  };
}
