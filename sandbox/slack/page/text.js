// Text objects as elements: mrkdwn trees, plain text, mentions and dates.
import { formatDate, fullMoment } from './dates.js';
import { h, link } from './dom.js';
import { withEmoji } from './emoji.js';
import { parseMrkdwn } from './mrkdwn.js';

/** A Block Kit text object. plain_text is never parsed; its emoji only when it asks for them. */
export function renderText(object, context) {
  if (!object || typeof object.text !== 'string') return document.createTextNode('');
  if (object.type !== 'mrkdwn')
    return document.createTextNode(object.emoji === true ? withEmoji(object.text) : object.text);
  return renderMrkdwn(object.text, context, { verbatim: object.verbatim === true });
}

export function renderMrkdwn(text, context, options = {}) {
  const fragment = document.createDocumentFragment();
  for (const block of parseMrkdwn(text, options)) fragment.append(renderLine(block, context));
  return fragment;
}

function renderLine(block, context) {
  if (block.type === 'pre') return h('pre', { class: 'pre' }, block.text);
  if (block.type === 'quote') {
    return h(
      'blockquote',
      { class: 'quote' },
      block.lines.map((line) => h('div', { class: 'line' }, renderInline(line, context))),
    );
  }
  if (!block.bullet) return h('div', { class: 'line' }, renderInline(block.children, context));
  return h(
    'div',
    { class: 'line bullet' },
    h('span', { class: 'bullet-mark' }, `${block.bullet} `),
    h('span', {}, renderInline(block.children, context)),
  );
}

const renderInline = (nodes, context) => nodes.map((node) => INLINE[node.type](node, context));

const INLINE = {
  text: (node) => node.text,
  bold: (node, context) => h('strong', {}, renderInline(node.children, context)),
  italic: (node, context) => h('em', {}, renderInline(node.children, context)),
  strike: (node, context) => h('s', {}, renderInline(node.children, context)),
  code: (node) => h('code', { class: 'code' }, node.text),
  emoji: (node) => emojiNode(node.name, node.char),
  link: (node) => link(node.url, withEmoji(node.text)),
  user: (node, context) => userMention(node.id, node.label, context),
  channel: (node, context) => channelMention(node.id, node.label, context),
  'channel-name': (node, context) => {
    const known = context.directory.channelByName(node.name);
    return known ? channelMention(known.id, '', context) : `#${node.name}`;
  },
  broadcast: (node) => broadcast(node.range),
  usergroup: (node, context) => groupMention(node.id, node.label, context),
  date: (node) => dateNode(node.time, node.format, node.fallback, node.url),
};

export const emojiNode = (name, char) =>
  h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` }, char);

export function userMention(id, label, context) {
  const name = context.directory.userName(id) ?? (label.replace(/^@/, '') || id);
  return h('span', { class: id === context.directory.me ? 'mention mention-me' : 'mention' }, `@${name}`);
}

export function groupMention(id, label, context) {
  const name = context.directory.groupName(id) ?? (label.replace(/^@/, '') || 'group');
  return h('span', { class: 'mention' }, `@${name}`);
}

export function channelMention(id, label, context) {
  const channel = context.directory.channel(id);
  if (!channel) return h('span', { class: 'mention' }, label ? `#${label}` : '🔒 private-channel');
  return h(
    'button',
    { class: 'mention', type: 'button', on: { click: () => context.openChannel?.(id) } },
    `#${channel.name}`,
  );
}

export const broadcast = (range) => h('span', { class: 'mention mention-me', 'data-broadcast': range }, `@${range}`);

export function dateNode(seconds, format, fallback, url) {
  const text = formatDate(seconds, format);
  if (text === null) return fallback;
  const time = h(
    'time',
    {
      class: 'date',
      datetime: new Date(seconds * 1000).toISOString(),
      title: fullMoment(seconds),
      'data-seconds': seconds,
      'data-format': format,
    },
    text,
  );
  return url ? link(url, time) : time;
}
