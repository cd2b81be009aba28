// Block Kit's blocks as elements; a block this page does not know shows as a grey box that says its type.
import { h, icon } from './dom.js';
import { renderElement } from './elements.js';
import { renderRichText } from './rich-text.js';
import { renderText } from './text.js';

let counter = 0;

/**
 * One block as a node. `context`: { directory, form, formName, act, suggest, openChannel, currentChannel };
 * `error` is the sentence to show beside an input.
 */
export function renderBlock(block, context, error) {
  const draw = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : null;
  const node = draw
    ? draw(block, context, error)
    : h('div', { class: 'unknown', role: 'note' }, `Unknown block: ${block.type}`);
  node.classList.add('block', `block-${draw ? block.type : 'unknown'}`);
  if (block.block_id) node.dataset.blockId = block.block_id;
  return node;
}

export const renderBlocks = (blocks, context) =>
  h(
    'div',
    { class: 'blocks' },
    blocks.map((block) => renderBlock(block, context)),
  );

function section(block, context) {
  const fields = block.fields ?? [];
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'section-main' },
      block.text ? h('div', { class: 'text' }, renderText(block.text, context)) : null,
      fields.length > 0
        ? h(
            'div',
            { class: 'fields' },
            fields.map((field) => h('div', { class: 'text' }, renderText(field, context))),
          )
        : null,
    ),
    block.accessory
      ? h('div', { class: 'accessory' }, renderElement(block.accessory, context, { blockId: block.block_id }))
      : null,
  );
}

function header(block, context) {
  return h(block.level === 1 ? 'h2' : 'h3', {}, renderText(block.text, context));
}

function contextBlock(block, context) {
  const item = (element) =>
    element.type === 'image'
      ? h('img', { class: 'context-image', src: element.image_url, alt: element.alt_text ?? '' })
      : h('span', { class: 'text' }, renderText(element, context));
  return h('div', {}, (block.elements ?? []).map(item));
}

function actions(block, context) {
  return h(
    'div',
    {},
    (block.elements ?? []).map((element) => renderElement(element, context, { blockId: block.block_id })),
  );
}

function image(block, context) {
  return h(
    'figure',
    {},
    block.title ? h('figcaption', {}, renderText(block.title, context)) : null,
    h('img', { src: block.image_url, alt: block.alt_text ?? '', loading: 'lazy' }),
  );
}

function input(block, context, error) {
  const id = `field-${++counter}`;
  const hint = block.hint ? h('div', { class: 'input-hint', id: `${id}-hint` }, renderText(block.hint, context)) : null;
  const problem = error
    ? h(
        'div',
        { class: 'input-error', id: `${id}-error`, role: 'alert', 'data-testid': 'input-error' },
        icon('warning'),
        h('span', {}, error),
      )
    : null;
  const place = {
    blockId: block.block_id,
    input: true,
    dispatch: block.dispatch_action === true,
    labelledBy: `${id}-label`,
    describedBy: [problem && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || null,
  };
  return h(
    'div',
    { class: error ? 'input-invalid' : '' },
    h(
      'div',
      { class: 'input-label', id: `${id}-label` },
      renderText(block.label, context),
      block.optional ? h('span', { class: 'input-optional' }, ' (optional)') : null,
    ),
    renderElement(block.element ?? { type: 'none' }, context, place),
    problem,
    hint,
  );
}

function alertBlock(block, context) {
  const level = ['info', 'warning', 'error', 'success'].includes(block.level) ? block.level : 'default';
  return h(
    'div',
    { class: `alert-${level}`, role: 'note' },
    icon({ success: 'check', info: 'info' }[level] ?? 'warning'),
    h('div', { class: 'text' }, renderText(block.text, context)),
  );
}

const BLOCKS = {
  section,
  header,
  context: contextBlock,
  divider: () => h('hr'),
  actions,
  image,
  input,
  rich_text: (block, context) => h('div', {}, renderRichText(block, context)),
  alert: alertBlock,
};
