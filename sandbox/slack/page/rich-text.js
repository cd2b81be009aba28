// rich_text blocks: sections, lists, quotes and preformatted text, whose elements are data rather than markup.
import { h, link } from './dom.js';
import { emoji } from './emoji.js';
import { broadcast, channelMention, dateNode, emojiNode, groupMention, userMention } from './text.js';

export const renderRichText = (block, context) =>
  h(
    'div',
    { class: 'rich-text' },
    (block.elements ?? []).map((part) => container(part, context)),
  );

function container(part, context) {
  const inside = () => (part.elements ?? []).map((element) => leaf(element, context));
  switch (part.type) {
    case 'rich_text_section':
      return h('div', { class: 'line' }, inside());
    case 'rich_text_quote':
      return h('blockquote', { class: 'quote' }, h('div', { class: 'line' }, inside()));
    case 'rich_text_preformatted':
      return h('pre', { class: 'pre' }, inside());
    case 'rich_text_list':
      return h(
        part.style === 'ordered' ? 'ol' : 'ul',
        {
          class: 'list',
          start: part.style === 'ordered' && part.offset ? part.offset + 1 : null,
          style: { '--indent': String(Number(part.indent) || 0) },
        },
        (part.elements ?? []).map((item) =>
          h(
            'li',
            {},
            (item.elements ?? []).map((element) => leaf(element, context)),
          ),
        ),
      );
    default:
      return unknownRichText(part.type);
  }
}

const LEAVES = {
  text: (element) => element.text ?? '',
  link: (element) => link(element.url, element.text || element.url),
  emoji: (element) => emojiLeaf(element),
  user: (element, context) => userMention(element.user_id, '', context),
  channel: (element, context) => channelMention(element.channel_id, '', context),
  usergroup: (element, context) => groupMention(element.usergroup_id, '', context),
  broadcast: (element) => broadcast(element.range),
  color: (element) => h('code', { class: 'code' }, element.value),
  date: (element) => dateNode(element.timestamp, element.format, element.fallback ?? '', element.url),
};

function emojiLeaf(element) {
  const char = emoji(element.name);
  return char ? emojiNode(element.name, char) : `:${element.name}:`;
}

function leaf(element, context) {
  const draw = Object.hasOwn(LEAVES, element.type) ? LEAVES[element.type] : null;
  if (!draw) return unknownRichText(element.type);
  const style = element.style ?? {};
  let node = draw(element, context);
  if (style.code) node = h('code', { class: 'code' }, node);
  if (style.strike) node = h('s', {}, node);
  if (style.italic) node = h('em', {}, node);
  if (style.bold) node = h('strong', {}, node);
  if (style.underline) node = h('u', {}, node);
  return node;
}

const unknownRichText = (type) => h('span', { class: 'unknown' }, `Unknown rich text: ${type}`);
