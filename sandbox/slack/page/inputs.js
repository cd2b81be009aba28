// Fields to type in, dates, checkboxes and radio buttons.
import { h } from './dom.js';
import { focusKey, reports, send } from './sending.js';
import { renderText } from './text.js';

export function textInput(type) {
  return (element, context, place) => {
    const field = context.form.field(place.blockId, element, element.initial_value ?? '');
    const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
    const tell = () => place.dispatch && send(node, element, context, place, { value: node.value });
    const left = h('span', { class: 'field-count', 'aria-hidden': 'true' });
    const count = () => {
      const rest = element.max_length ? element.max_length - node.value.length : Number.POSITIVE_INFINITY;
      left.textContent = rest <= 20 ? String(rest) : '';
    };
    const node = h(element.multiline ? 'textarea' : 'input', {
      class: 'field',
      type: element.multiline ? null : type,
      rows: element.multiline ? 4 : null,
      maxlength: element.max_length,
      placeholder: element.placeholder?.text,
      autocomplete: 'off',
      // a browser complains about its own autofocus in a page inside a frame: the modal gives the focus
      'data-autofocus': element.focus_on_load === true,
      'aria-labelledby': place.labelledBy,
      'aria-describedby': place.describedBy,
      'data-focus': focusKey(element, place),
      on: {
        input: () => {
          field.set(node.value);
          count();
          if (on.includes('on_character_entered')) tell();
        },
        keydown: (event) => {
          if (event.key === 'Enter' && !element.multiline && place.dispatch && on.includes('on_enter_pressed')) {
            event.preventDefault();
            tell();
          }
        },
      },
    });
    node.value = field.get();
    count();
    return h('div', { class: 'field-box' }, node, left);
  };
}

export function dateInput(type, initial) {
  return (element, context, place) => {
    const field = context.form.field(place.blockId, element, element[initial] ?? '');
    const node = h('input', {
      class: 'field field-date',
      type,
      'aria-label': place.labelledBy ? null : (element.placeholder?.text ?? 'Choose'),
      'aria-labelledby': place.labelledBy,
      'aria-describedby': place.describedBy,
      'data-focus': focusKey(element, place),
      on: {
        change: () => {
          field.set(node.value);
          if (reports(place)) void send(node, element, context, place, { value: node.value });
        },
      },
    });
    node.value = field.get();
    return node;
  };
}

export function optionList(type) {
  return (element, context, place) => {
    const initial = type === 'checkbox' ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean);
    const field = context.form.field(place.blockId, element, initial);
    const has = (one) => field.get().some((chosen) => chosen.value === one.value);
    const boxes = new Map();
    const change = async () => {
      const before = field.get();
      const chosen = element.options.filter((one) => boxes.get(one).checked);
      field.set(chosen);
      if (!reports(place)) return;
      if (
        await send(
          node,
          element,
          context,
          place,
          type === 'checkbox' ? { selectedOptions: chosen } : { selectedOption: chosen[0] },
        )
      )
        return;
      field.set(before);
      for (const [one, box] of boxes) box.checked = has(one);
    };
    const rows = (element.options ?? []).map((one, index) => {
      const box = h('input', {
        type,
        name: `${context.formName}/${focusKey(element, place)}`,
        value: one.value,
        'data-focus': focusKey(element, place, `/${index}`),
        on: { change },
      });
      box.checked = has(one);
      boxes.set(one, box);
      return h(
        'label',
        { class: 'option' },
        box,
        h(
          'span',
          {},
          renderText(one.text, context),
          one.description ? h('span', { class: 'option-note' }, renderText(one.description, context)) : null,
        ),
      );
    });
    const node = h(
      'div',
      {
        class: 'options',
        role: type === 'radio' ? 'radiogroup' : 'group',
        'aria-labelledby': place.labelledBy,
        'aria-describedby': place.describedBy,
      },
      rows,
    );
    return node;
  };
}
