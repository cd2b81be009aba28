// Small layers that hang on a control: lists, menus. The browser closes them by itself on Escape or a click elsewhere.
import { h } from './dom.js';

const GAP = 4;
const MARGIN = 8;

/** Shows `content` under (or above) `anchor`; `onClose` runs once, however it ends. Returns { close, place, node }. */
export function openPopover(anchor, content, { onClose, match = false, align = 'start', className = '' } = {}) {
  const node = h('div', { class: `popover ${className}`, popover: 'auto' }, content);
  // inside an open dialog everything outside it is inert, so the layer has to be its child
  (anchor.closest('dialog') ?? document.body).append(node);

  const place = () => {
    const box = anchor.getBoundingClientRect();
    if (match) node.style.setProperty('min-width', `${box.width}px`);
    const below = window.innerHeight - box.bottom - GAP - MARGIN;
    const above = box.top - GAP - MARGIN;
    const wanted = node.scrollHeight;
    const up = wanted > below && above > below;
    node.style.setProperty('max-height', `${Math.max(80, Math.min(360, up ? above : below))}px`);
    const height = Math.min(node.offsetHeight, up ? above : below);
    node.style.setProperty('top', `${up ? box.top - GAP - height : box.bottom + GAP}px`);
    const left = align === 'end' ? box.right - node.offsetWidth : box.left;
    node.style.setProperty(
      'left',
      `${Math.max(MARGIN, Math.min(left, window.innerWidth - node.offsetWidth - MARGIN))}px`,
    );
  };
  const onScroll = (event) => {
    if (!node.contains(event.target)) place();
  };
  const close = () => node.isConnected && node.hidePopover();
  node.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    window.removeEventListener('scroll', onScroll, true);
    window.removeEventListener('resize', place);
    node.remove();
    onClose?.();
  });
  window.addEventListener('scroll', onScroll, true);
  window.addEventListener('resize', place);
  node.showPopover({ source: anchor });
  place();
  return { close, place, node };
}

/** A menu of { label, description?, danger?, testid?, run } under a button, walked with the arrow keys. */
export function openMenu(anchor, items, options = {}) {
  anchor.setAttribute('aria-expanded', 'true');
  const buttons = items.map((item) =>
    h(
      'button',
      {
        class: item.danger ? 'menu-item menu-item-danger' : 'menu-item',
        type: 'button',
        role: 'menuitem',
        'data-testid': item.testid ?? 'menu-item',
        on: { click: () => choose(item) },
      },
      item.lead ?? null,
      h(
        'span',
        { class: 'menu-text' },
        h('span', {}, item.label),
        item.description ? h('span', { class: 'menu-note' }, item.description) : null,
      ),
    ),
  );
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': options.label ?? null }, buttons);
  const layer = openPopover(anchor, menu, {
    ...options,
    onClose: () => {
      anchor.setAttribute('aria-expanded', 'false');
      anchor.focus({ preventScroll: true });
    },
  });
  const choose = (item) => {
    layer.close();
    item.run();
  };
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = buttons.indexOf(document.activeElement);
    buttons[(index + step + buttons.length) % buttons.length]?.focus();
  });
  buttons[0]?.focus();
  return layer;
}
