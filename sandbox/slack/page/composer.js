// Where a person types: Enter sends, a slash suggests, Tab completes.
import { suggestions } from './commands.js';
import { h, icon } from './dom.js';

/** `send(text)` answers a promise; `command()` gives { commandName, appName }. Returns { node, show({ placeholder, disabled }) , focus }. */
export function createComposer({ send, command }) {
  let rows = [];
  let active = -1;
  let dismissed = false;
  const drafts = new Map();
  let place = '';
  let waiting = 0;

  const area = h('textarea', {
    class: 'composer-text',
    rows: 1,
    'data-testid': 'composer',
    'aria-autocomplete': 'list',
    'aria-controls': 'hints',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const button = h(
    'button',
    {
      class: 'composer-send',
      type: 'button',
      'data-testid': 'send',
      'aria-label': 'Send',
      on: { click: () => submit() },
    },
    icon('send'),
  );
  const hints = h('div', {
    class: 'hints',
    id: 'hints',
    role: 'listbox',
    'aria-label': 'Commands',
    'data-testid': 'hints',
    hidden: true,
  });
  const box = h(
    'div',
    { class: 'composer-box' },
    area,
    h(
      'div',
      { class: 'composer-foot' },
      h('span', { class: 'composer-tip' }, h('kbd', {}, 'Enter'), ' sends, ', h('kbd', {}, '/'), ' shows the commands'),
      button,
    ),
  );
  const node = h('div', { class: 'composer' }, hints, box);

  const grow = () => {
    area.style.setProperty('height', 'auto');
    area.style.setProperty('height', `${Math.min(160, area.scrollHeight)}px`);
    button.disabled = area.disabled || area.value.trim() === '';
  };

  const mark = (index) => {
    active = index;
    [...hints.querySelectorAll('[role=option]')].forEach((row, position) => {
      row.setAttribute('aria-selected', String(position === active));
      if (position === active) row.scrollIntoView({ block: 'nearest' });
    });
    if (active >= 0) area.setAttribute('aria-activedescendant', `hint-${active}`);
    else area.removeAttribute('aria-activedescendant');
  };

  const complete = (index) => {
    area.value = rows[index].insert;
    area.focus();
    update();
  };

  const update = () => {
    grow();
    const { commandName, appName } = command();
    rows = dismissed || document.activeElement !== area ? [] : suggestions(area.value, commandName, appName);
    hints.hidden = rows.length === 0;
    hints.replaceChildren(
      ...(rows.length > 0
        ? [
            h(
              'div',
              { class: 'hints-head' },
              h('span', {}, `${appName} commands`),
              h('span', {}, h('kbd', {}, '↑'), h('kbd', {}, '↓'), ' choose, ', h('kbd', {}, 'Tab'), ' completes'),
            ),
          ]
        : []),
      ...rows.map((row, index) =>
        h(
          'div',
          {
            class: 'hint',
            role: 'option',
            id: `hint-${index}`,
            'aria-selected': 'false',
            'data-testid': 'hint',
            on: { mousedown: (event) => event.preventDefault(), click: () => complete(index) },
          },
          h(
            'span',
            { class: 'hint-title' },
            row.title,
            row.usage ? h('span', { class: 'hint-usage' }, ` ${row.usage}`) : null,
          ),
          h('span', { class: 'hint-note' }, row.note),
        ),
      ),
    );
    mark(-1);
  };

  const submit = async () => {
    const text = area.value.trim();
    if (!text || area.disabled) return;
    area.value = '';
    drafts.delete(place);
    update();
    waiting++;
    node.classList.add('composer-waiting');
    try {
      await send(text);
    } finally {
      waiting--;
      node.classList.toggle('composer-waiting', waiting > 0);
    }
  };

  area.addEventListener('input', () => {
    dismissed = false;
    drafts.set(place, area.value);
    update();
  });
  area.addEventListener('focus', update);
  area.addEventListener('blur', update);
  area.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && rows.length > 0) {
      dismissed = true;
      update();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && rows.length > 0) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      mark(active < 0 ? (step > 0 ? 0 : rows.length - 1) : (active + step + rows.length) % rows.length);
    } else if (event.key === 'Tab' && rows.length > 0 && !event.shiftKey) {
      event.preventDefault();
      complete(Math.max(0, active));
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      // an unfinished command name cannot be sent, and a row walked to is meant; anything else goes as typed
      const unfinished = rows.length > 0 && !area.value.includes(' ') && area.value !== command().commandName;
      if (active >= 0 || unfinished) complete(Math.max(0, active));
      else void submit();
    }
  });

  return {
    node,
    focus: () => area.focus({ preventScroll: true }),
    show: ({ id, placeholder, disabled }) => {
      area.placeholder = placeholder;
      area.setAttribute('aria-label', placeholder);
      area.disabled = disabled;
      node.classList.toggle('composer-off', disabled);
      if (id !== place) {
        place = id;
        area.value = drafts.get(id) ?? '';
        dismissed = false;
        update();
      } else grow();
    },
  };
}
