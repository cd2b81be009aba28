// Buttons, link buttons and overflow menus.
import { h, icon, safeUrl } from './dom.js';
import { openMenu } from './popover.js';
import { focusKey, send } from './sending.js';
import { renderText } from './text.js';

export function button(element, context, place) {
  const style = { primary: 'button-primary', danger: 'button-danger' }[element.style] ?? '';
  const props = {
    class: `button ${style}`,
    'aria-label': element.accessibility_label,
    'data-focus': focusKey(element, place),
  };
  const url = safeUrl(element.url);
  if (!url) {
    const node = h(
      'button',
      {
        ...props,
        type: 'button',
        on: {
          click: () => node.classList.contains('busy') || send(node, element, context, place, { value: element.value }),
        },
      },
      renderText(element.text, context),
    );
    return node;
  }
  const click = async (event) => {
    if (element.confirm) event.preventDefault();
    const went = await send(event.currentTarget, element, context, place, { value: element.value });
    if (element.confirm && went) window.open(url, '_blank', 'noopener,noreferrer');
  };
  return h(
    'a',
    { ...props, href: url, target: '_blank', rel: 'noopener noreferrer', on: { click } },
    renderText(element.text, context),
  );
}

export function overflow(element, context, place) {
  const choose = (option) => {
    const url = safeUrl(option.url);
    if (url) window.open(url, '_blank', 'noopener,noreferrer');
    void send(node, element, context, place, { selectedOption: option });
  };
  const items = () =>
    (element.options ?? []).map((option) => ({
      label: renderText(option.text, context),
      description: option.description ? renderText(option.description, context) : null,
      run: () => choose(option),
    }));
  const node = h(
    'button',
    {
      class: 'button button-overflow',
      type: 'button',
      'aria-label': element.accessibility_label ?? 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'data-focus': focusKey(element, place),
      on: { click: () => openMenu(node, items()) },
    },
    icon('more'),
  );
  return node;
}
