// The field behind every select: type to filter, arrows and Enter to choose, one value or several.
import { h, icon } from './dom.js';
import { openPopover } from './popover.js';
import { renderText } from './text.js';

let counter = 0;

/**
 * `load(query)` answers a promise of groups: [{ label?, options: Option[] }].
 * Returns { node, set(options) }; `onChange(options)` runs after a person's choice only.
 */
export function choiceField({
  load,
  multi = false,
  max = Number.POSITIVE_INFINITY,
  selected = [],
  placeholder,
  clearable,
  label,
  labelledBy,
  describedBy,
  focusKey,
  context,
  onChange,
}) {
  const id = `choice-${++counter}`;
  let chosen = selected;
  let shown = [];
  let active = -1;
  let layer = null;
  let request = 0;

  const input = h('input', {
    class: 'choice-input',
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    'aria-controls': id,
    'aria-label': label,
    'aria-labelledby': labelledBy,
    'aria-describedby': describedBy,
    'data-focus': focusKey,
  });
  const chips = h('span', { class: 'chips' });
  const clear = h(
    'button',
    { class: 'choice-clear', type: 'button', 'aria-label': 'Clear', on: { click: () => commit([]) } },
    icon('close'),
  );
  const node = h(
    'div',
    { class: multi ? 'choice choice-multi' : 'choice' },
    chips,
    input,
    clearable ? clear : null,
    icon('down'),
  );
  const list = h('div', {
    class: 'choices',
    role: 'listbox',
    id,
    'aria-multiselectable': multi ? 'true' : null,
    on: { mousedown: (event) => event.preventDefault() },
  });

  const show = () => {
    clear.hidden = chosen.length === 0;
    input.placeholder = multi && chosen.length > 0 ? '' : (placeholder ?? 'Choose an option');
    if (!multi) {
      input.value = chosen[0]?.text?.text ?? '';
      return;
    }
    input.value = '';
    chips.replaceChildren(
      ...chosen.map((option) =>
        h(
          'span',
          { class: 'chip', 'data-value': option.value },
          renderText(option.text, context),
          h(
            'button',
            {
              class: 'chip-remove',
              type: 'button',
              'aria-label': `Remove ${option.text?.text ?? ''}`,
              on: { click: () => commit(chosen.filter((one) => one.value !== option.value)) },
            },
            icon('close'),
          ),
        ),
      ),
    );
  };

  const commit = (options) => {
    chosen = options;
    show();
    onChange?.(chosen);
    if (layer) draw();
  };

  const pick = (option) => {
    if (!multi) {
      commit([option]);
      layer?.close();
      input.select();
    } else if (chosen.some((one) => one.value === option.value)) {
      commit(chosen.filter((one) => one.value !== option.value));
    } else if (chosen.length < max) {
      commit([...chosen, option]);
    }
    input.focus({ preventScroll: true });
  };

  const mark = (index) => {
    active = index;
    const rows = [...list.querySelectorAll('[role=option]')];
    rows.forEach((row, position) => {
      row.classList.toggle('choice-active', position === active);
    });
    if (rows[active]) {
      input.setAttribute('aria-activedescendant', rows[active].id);
      rows[active].scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };

  let groups = [];
  const draw = () => {
    shown = groups.flatMap((group) => group.options);
    let index = 0;
    list.replaceChildren(
      ...groups.flatMap((group) => [
        ...(group.label
          ? [h('div', { class: 'choice-group', role: 'presentation' }, renderText(group.label, context))]
          : []),
        ...group.options.map((option) =>
          h(
            'div',
            {
              class: 'choice-row',
              role: 'option',
              id: `${id}-${index++}`,
              'data-value': option.value,
              'aria-selected': String(chosen.some((one) => one.value === option.value)),
              on: { mousedown: (event) => event.preventDefault(), click: () => pick(option) },
            },
            h(
              'span',
              { class: 'choice-text' },
              renderText(option.text, context),
              option.description ? h('span', { class: 'choice-note' }, renderText(option.description, context)) : null,
            ),
            icon('check'),
          ),
        ),
      ]),
    );
    if (shown.length === 0)
      list.append(
        h(
          'div',
          { class: 'choice-empty' },
          input.value.trim() ? `Nothing matches “${input.value.trim()}”.` : 'There is nothing to choose here.',
        ),
      );
    mark(shown.length === 0 ? -1 : Math.max(0, Math.min(active, shown.length - 1)));
    layer?.place();
  };

  const search = async (query) => {
    const mine = ++request;
    list.setAttribute('aria-busy', 'true');
    if (shown.length === 0) list.replaceChildren(h('div', { class: 'choice-empty' }, 'Looking…'));
    try {
      const found = await load(query);
      if (mine !== request) return;
      groups = found;
      draw();
    } catch (error) {
      if (mine !== request) return;
      shown = [];
      list.replaceChildren(
        h('div', { class: 'choice-empty choice-failed' }, `Could not load the choices: ${error.message}.`),
      );
    } finally {
      if (mine === request) list.removeAttribute('aria-busy');
    }
  };

  const open = () => {
    if (layer) return;
    active = -1;
    input.setAttribute('aria-expanded', 'true');
    layer = openPopover(node, list, {
      match: true,
      onClose: () => {
        layer = null;
        request++;
        input.setAttribute('aria-expanded', 'false');
        input.removeAttribute('aria-activedescendant');
        show();
      },
    });
    void search('');
  };

  node.addEventListener('click', (event) => {
    if (event.target.closest('button')) return;
    input.focus();
    open();
  });
  input.addEventListener('focus', () => input.select());
  input.addEventListener('blur', () => layer?.close());
  input.addEventListener('input', () => {
    open();
    active = 0;
    void search(input.value.trim());
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!layer) return open();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (shown.length > 0) mark((active + step + shown.length) % shown.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (layer && shown[active]) pick(shown[active]);
      else open();
    } else if (event.key === 'Backspace' && multi && input.value === '' && chosen.length > 0) {
      commit(chosen.slice(0, -1));
    }
  });

  show();
  return {
    node,
    set: (options) => {
      chosen = options;
      show();
    },
  };
}

/** The loader of a select whose choices are all here: keeps those whose words hold the query. */
export function staticChoices(groups) {
  return async (query) => {
    const wanted = query.toLowerCase();
    const fits = (option) =>
      `${option.text?.text ?? ''} ${option.description?.text ?? ''}`.toLowerCase().includes(wanted);
    return groups
      .map((group) => ({ ...group, options: group.options.filter(fits) }))
      .filter((group) => group.options.length > 0);
  };
}
