// The pane in the middle: the head, the channel or the app's Home, and the thread beside it.
import { avatar } from './directory.js';
import { h, icon } from './dom.js';
import { createHome } from './home.js';
import { channelMessages, drawMessages, replies } from './messages.js';
import { toast } from './toast.js';

const NEAR = 60;
const isNearEnd = (scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

/**
 * `actions` are the page's; `act` and `suggest` send what elements say; `composer` is set at the foot.
 * Returns { main, thread, online(is), draw(page), show(ts), focusThread(ts) }, where `page` is { state, directory, place, channel, open, dismissed, base }.
 */
export function createPane({ actions, act, suggest, composer }) {
  const head = h('header', { class: 'main-head' });
  const messages = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages', 'data-testid': 'messages' });
  const scroll = h('div', { class: 'scroll', tabindex: 0 }, messages);
  const homeNode = h('div', { class: 'home blocks', 'data-testid': 'home' });
  const home = createHome(homeNode, { act, suggest });
  const offline = h(
    'div',
    { class: 'offline', role: 'status', hidden: true },
    'The sandbox is not answering. This page reconnects by itself.',
  );
  const threadList = h('div', { class: 'messages', role: 'log', 'aria-label': 'Replies' });
  const thread = threadPane(threadList, actions.closeThread);
  const main = h('main', { class: 'main' }, head, offline, scroll, homeNode, composer.node);
  let wanted = null;

  /** Whether the newest message is in sight; then it stays so, whatever is posted and however the window changes. */
  let atEnd = true;
  scroll.addEventListener('scroll', () => {
    atEnd = isNearEnd(scroll);
  });
  const keepEnd = new ResizeObserver(() => {
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  });
  keepEnd.observe(scroll);
  keepEnd.observe(messages);

  function drawChannel({ state, directory, channel, open, dismissed }) {
    const all = state.messages[channel.id] ?? [];
    if (messages.dataset.channel !== channel.id) atEnd = true;
    messages.dataset.channel = channel.id;
    const shown = channelMessages(all, dismissed);
    messages.classList.toggle('messages-empty', shown.length === 0);
    const view = { channel, directory, all, act, suggest, ...actions };
    drawMessages(messages, shown, { ...view, isOpen: (ts) => ts === open });
    if (shown.length === 0) messages.replaceChildren(welcome(channel, state));
    if (wanted) showWanted(all);
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    composer.show({
      id: channel.id,
      placeholder: composerWords(channel, state.appName),
      disabled: channel.isArchived || !channel.isMember,
    });
  }

  /** Brings the message of the page's address into sight, once; a reply is shown in its thread. */
  function showWanted(all) {
    const message = all.find((one) => one.ts === wanted);
    wanted = null;
    if (!message) return toast('The message of this link is not here.', { kind: 'notice' });
    const top = message.threadTs ?? message.ts;
    if (top !== message.ts) setTimeout(() => actions.openThread(top));
    const node = messages.querySelector(`[data-ts="${CSS.escape(top)}"]`);
    if (!node) return;
    atEnd = false;
    node.classList.add('message-linked');
    node.scrollIntoView({ block: 'center' });
  }

  function drawThread({ state, directory, channel, open }) {
    const all = channel ? (state.messages[channel.id] ?? []) : [];
    const parent = all.find((message) => message.ts === open);
    thread.hidden = !parent;
    document.body.classList.toggle('thread-open', Boolean(parent));
    if (!parent) return;
    const box = threadList.parentElement;
    const follow = isNearEnd(box);
    const view = { channel, directory, all, act, suggest, ...actions };
    drawMessages(threadList, [parent, ...replies(all, open)], { ...view, thread: true });
    if (follow) box.scrollTop = box.scrollHeight;
  }

  return {
    main,
    thread,
    online: (is) => {
      offline.hidden = is;
    },
    show: (ts) => {
      wanted = ts;
    },
    focusThread(ts) {
      thread.querySelector('button').focus({ preventScroll: true });
      // the pane beside it makes lines wrap anew: the message that was opened stays in sight
      messages.querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.scrollIntoView({ block: 'nearest' });
      atEnd = isNearEnd(scroll);
    },
    draw(page) {
      drawHead(head, page, actions);
      scroll.hidden = !page.channel;
      composer.node.hidden = !page.channel;
      homeNode.hidden = Boolean(page.channel);
      if (page.channel) drawChannel(page);
      else home.draw(page.state.home, page.base);
      drawThread(page);
    },
  };
}

function threadPane(list, close) {
  const button = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': 'Close thread',
      'data-testid': 'close-thread',
      on: { click: close },
    },
    icon('close'),
  );
  return h(
    'aside',
    { class: 'thread', 'aria-label': 'Thread', 'data-testid': 'thread-pane' },
    h(
      'header',
      { class: 'main-head' },
      h('h2', { class: 'main-title' }, 'Thread'),
      h('span', { class: 'head-gap' }),
      button,
    ),
    h('div', { class: 'scroll', tabindex: 0 }, list),
  );
}

function composerWords(channel, appName) {
  if (channel.isArchived) return `#${channel.name} is archived: nobody can post here.`;
  if (!channel.isMember) return `You are not in #${channel.name}: you can read it, not post.`;
  return `Message ${channel.isIm ? appName : `#${channel.name}`}`;
}

function welcome(channel, state) {
  const name = channel.isIm ? state.appName : `#${channel.name}`;
  const words = channel.isIm
    ? `This is your conversation with ${state.appName}.`
    : `Nothing has been posted in ${name} yet.`;
  return h(
    'div',
    { class: 'empty', 'data-item': 'empty' },
    icon(channel.isIm ? 'chat' : channel.isPrivate ? 'lock' : 'hash'),
    h('p', {}, words),
    state.installed
      ? h(
          'p',
          { class: 'empty-note' },
          'Type ',
          h('code', { class: 'code' }, state.commandName),
          ' to see what the app can do.',
        )
      : h('p', { class: 'empty-note' }, `${state.appName} is not installed in ${state.teamName}.`),
    state.installed || !state.installUrl
      ? null
      : installLink(state, 'button button-primary', `Add ${state.appName} to ${state.teamName}`),
  );
}

/** The app's own page does it, beside this one. */
function installLink({ installUrl }, look, words) {
  return h('a', { class: look, href: installUrl, target: '_blank', rel: 'noopener', 'data-testid': 'install' }, words);
}

function drawHead(head, { state, directory, place, channel }, actions) {
  const menu = h(
    'button',
    {
      class: 'tool head-menu',
      type: 'button',
      'aria-label': 'Show the channel list',
      'aria-controls': 'side',
      'data-testid': 'menu',
      on: { click: () => document.body.classList.toggle('drawer-open') },
    },
    icon('menu'),
  );
  const key = JSON.stringify([channel, place.kind, directory.key]);
  if (head.itemKey === key) return;
  head.itemKey = key;
  const isApp = !channel || channel.isIm;
  const title = isApp
    ? [avatar(directory.user(state.botUserId), directory, 'avatar-small'), state.appName]
    : [icon(channel.isPrivate ? 'lock' : 'hash'), channel.name];
  const im = state.channels.find((one) => one.isIm);
  const tab = (label, testid, current, run) =>
    h(
      'button',
      {
        class: 'tab',
        type: 'button',
        role: 'tab',
        'aria-selected': String(current),
        'data-testid': testid,
        on: { click: run },
      },
      label,
    );
  head.replaceChildren(
    menu,
    h('h1', { class: 'main-title' }, title),
    isApp
      ? h(
          'div',
          { class: 'tabs', role: 'tablist' },
          tab('Home', 'tab-home', !channel, actions.openHome),
          im ? tab('Messages', 'tab-messages', Boolean(channel), () => actions.openChannel(im.id)) : null,
        )
      : h('span', { class: 'main-topic' }, channel.isArchived ? 'Archived' : channel.topic),
    h('span', { class: 'head-gap' }),
    isApp
      ? ''
      : h(
          'span',
          { class: channel.botIsMember ? 'pill pill-on' : 'pill', 'data-testid': 'bot-membership' },
          channel.botIsMember
            ? `${state.appName} is here`
            : state.installed
              ? `${state.appName} is not here yet`
              : `${state.appName} is not installed`,
        ),
  );
}
