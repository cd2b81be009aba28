// A message's legacy attachments: the coloured edge, and blocks or the older fields inside it.
import { renderBlocks } from './blocks.js';
import { h, link } from './dom.js';
import { renderMrkdwn } from './text.js';

const NAMED_COLOURS = { good: '#2f9e6e', warning: '#d9a106', danger: '#d1434b' };

export function drawAttachment(attachment, context) {
  const hex = /^#?[0-9a-f]{6}$/i.test(attachment.color ?? '')
    ? `#${attachment.color.replace('#', '')}`
    : NAMED_COLOURS[attachment.color];
  const words = (text, className) =>
    text ? h('div', { class: `text ${className ?? ''}` }, renderMrkdwn(text, context, { names: false })) : null;
  return h(
    'div',
    { class: 'attachment-box' },
    words(attachment.pretext),
    h(
      'div',
      { class: 'attachment', 'data-testid': 'attachment', style: hex ? { 'border-left-color': hex } : {} },
      attachment.blocks?.length
        ? renderBlocks(attachment.blocks, context)
        : [
            attachment.title
              ? h(
                  'div',
                  { class: 'attachment-title' },
                  attachment.title_link ? link(attachment.title_link, attachment.title) : attachment.title,
                )
              : null,
            words(attachment.text ?? attachment.fallback),
            attachment.fields?.length
              ? h(
                  'div',
                  { class: 'fields' },
                  attachment.fields.map((field) =>
                    h('div', { class: 'text' }, h('strong', {}, field.title), words(field.value)),
                  ),
                )
              : null,
            words(attachment.footer, 'attachment-footer'),
          ],
    ),
  );
}
