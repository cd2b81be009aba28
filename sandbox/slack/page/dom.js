// Builds the page's elements; data only ever becomes text nodes and checked attributes, so nothing a message says can act as HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** The address if it is one a person may follow, else null: `javascript:` and its relatives end here. */
export function safeUrl(url) {
  if (typeof url !== 'string') return null;
  try {
    return ['http:', 'https:', 'mailto:', 'tel:'].includes(new URL(url).protocol) ? url : null;
  } catch {
    return null;
  }
}

/** h('a', { class, href, 'data-x', on: { click }, style: { color } }, children…); null and false children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'on') {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === 'style') {
    for (const [property, setting] of Object.entries(value)) node.style.setProperty(property, setting);
  } else if (name === 'href' || name === 'src') {
    const url = safeUrl(value);
    if (url) node.setAttribute(name, url);
  } else if (!name.startsWith('on')) {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** A link out of the page. It gives the other side neither our window nor our address. */
export function link(url, ...children) {
  const safe = safeUrl(url);
  if (!safe) return h('span', {}, ...children);
  return h('a', { class: 'link', href: safe, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...children);
}

const PATHS = {
  home: 'M3 10.5 12 3l9 7.5M5.5 9v11h13V9M10 20v-6h4v6',
  chat: 'M4 5h16v11H9l-5 4z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  hash: 'M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  eye: 'M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  send: 'M4 4l17 8-17 8 3-8zM7 12h7',
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  down: 'M6 9l6 6 6-6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  reply: 'M4 5h16v11H9l-5 4zM8.5 9h7M8.5 12.5h4',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2',
  calendar: 'M5 6h14v14H5zM5 10.5h14M9 3.5v4M15 3.5v4M9.5 15l2 2 3.5-3.5',
  warning: 'M12 4 2.5 20h19zM12 10v5M12 17.5v.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.01',
};

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Replaces `before` by `after` and gives the keyboard back to the same control if it stood inside. */
function swap(before, after) {
  const active = document.activeElement;
  const held = active && before.contains(active) ? active.closest('[data-focus]')?.dataset.focus : null;
  const caret = held && 'selectionStart' in active ? [active.selectionStart, active.selectionEnd] : null;
  before.replaceWith(after);
  if (!held) return;
  const target = after.querySelector(`[data-focus="${CSS.escape(held)}"]`);
  target?.focus({ preventScroll: true });
  if (caret && target && 'setSelectionRange' in target && target.type !== 'date') {
    try {
      target.setSelectionRange(...caret);
    } catch {
      // number and e-mail fields know no caret
    }
  }
}

/** Makes `parent` show exactly `items`; an item whose `key` is unchanged keeps its node, hence its focus and scroll. */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.item, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    let node = old.get(item.id);
    old.delete(item.id);
    if (!node || node.itemKey !== item.key) {
      const fresh = item.render();
      fresh.dataset.item = item.id;
      fresh.itemKey = item.key;
      if (node) {
        if (place === node) place = fresh;
        swap(node, fresh);
      }
      node = fresh;
    }
    if (place === node) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
}
