// Draws the gallery in the browser: each room with its specimens, as seen and as read aloud.
import { renderBlock } from '../../sandbox/slack/page/blocks.js';
import { createDirectory } from '../../sandbox/slack/page/directory.js';
import { h } from '../../sandbox/slack/page/dom.js';
import { createForm } from '../../sandbox/slack/page/form.js';
import { drawMessage } from '../../sandbox/slack/page/message.js';
import { renderMrkdwn, renderText } from '../../sandbox/slack/page/text.js';

const specimens = JSON.parse(document.getElementById('specimens').textContent);
const dark = matchMedia('(prefers-color-scheme: dark)');
const applyTheme = () => {
  document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
};
dark.addEventListener('change', applyTheme);
applyTheme();

const user = (id, name, realName, more = {}) => ({ id, name, realName, color: '4a5a8a', ...more });
const directory = createDirectory({
  me: user('U0ME', 'me', 'You'),
  botUserId: 'U0BOT',
  appName: 'Calendly',
  users: [
    user('U0BOT', 'calendly', 'Calendly', { isBot: true }),
    user('U0BO', 'bo', 'Bo Berg'),
    user('U0CY', 'cy', 'Cy Chen'),
    user('U0ANN', 'ann', 'Ann Archer'),
  ],
  groups: [{ id: 'S0SALES', handle: 'sales-team' }],
  channels: [
    { id: 'C0SALES', name: 'sales' },
    { id: 'C0GENERAL', name: 'general' },
    { id: 'C0DEMOS', name: 'demos' },
  ],
});
const nothing = () => {};
const view = {
  directory,
  channel: directory.channel('C0SALES'),
  replies: [],
  joined: false,
  openThread: nothing,
  openChannel: nothing,
  dismiss: nothing,
  act: async () => {},
  suggest: async () => ({ options: [] }),
};

/** A window lies open on the page, with what it holds. */
function opened(modal, errors = {}) {
  const context = { ...view, form: createForm(), formName: `modal ${Math.random()}`, currentChannel: 'C0SALES' };
  const words = (object) => object && renderText(object, context);
  return h(
    'div',
    { class: 'dialog window' },
    h('header', { class: 'dialog-head' }, h('h2', { class: 'dialog-title' }, words(modal.title))),
    h(
      'div',
      { class: 'dialog-body modal-blocks' },
      modal.blocks.map((block, i) => renderBlock({ block_id: `b${i}`, ...block }, context, errors[block.block_id])),
    ),
    h(
      'div',
      { class: 'dialog-foot' },
      modal.close ? h('button', { class: 'button', type: 'button' }, words(modal.close)) : null,
      modal.submit ? h('button', { class: 'button button-primary', type: 'button' }, words(modal.submit)) : null,
    ),
  );
}

/** A page of the web in a frame of its own, as high as it is. */
function framed(html) {
  const frame = h('iframe', { class: 'web-page', srcdoc: html, title: 'page' });
  frame.addEventListener('load', () => {
    frame.style.height = `${frame.contentDocument.querySelector('main').offsetHeight + 48}px`;
  });
  return frame;
}

function seen({ message, home, modal, errors, page, ephemeral }, index) {
  if (page) return framed(page);
  if (modal) return opened(modal, errors);
  if (home) {
    const context = { ...view, form: createForm(), formName: 'home', currentChannel: 'C0SALES' };
    return h(
      'div',
      { class: 'home blocks' },
      home.blocks.map((block) => renderBlock(block, context)),
    );
  }
  const ts = `${Math.floor(Date.now() / 1000)}.${String(index).padStart(6, '0')}`;
  return drawMessage({ ...message, ts, user: 'U0BOT', channel: 'C0SALES', ephemeral: ephemeral === true }, view);
}

/** Only where something else is seen than said. */
function heard({ message }) {
  if (!message?.blocks) return null;
  return h(
    'div',
    { class: 'heard' },
    h('span', { class: 'heard-label' }, 'Read aloud'),
    h('div', { class: 'text' }, renderMrkdwn(message.text, view, { verbatim: true })),
  );
}

let room = null;
for (const [index, specimen] of specimens.entries()) {
  if (room?.dataset.name !== specimen.room) {
    const id = specimen.room.toLowerCase().replace(/[^a-z]+/g, '-');
    room = h('section', { class: 'room', id, 'data-name': specimen.room }, h('h1', {}, specimen.room));
    document.body.append(room);
  }
  room.append(
    h(
      'figure',
      { class: 'specimen' },
      h('figcaption', {}, specimen.name),
      h('div', { class: 'seen' }, seen(specimen, index)),
      heard(specimen),
    ),
  );
}
