// Block Kit's interactive elements by type; one this page does not know shows as a grey box that says its type.
import { button, overflow } from './buttons.js';
import { h } from './dom.js';
import { dateInput, optionList, textInput } from './inputs.js';
import { externalSelect, staticSelect, workspaceSelect } from './selects.js';

/**
 * An element as a node inside its data-block-id/data-action-id wrapper.
 * `place`: { blockId, input?: boolean (inside an input block), dispatch?: boolean, labelledBy?, describedBy? }.
 */
export function renderElement(element, context, place) {
  const draw = Object.hasOwn(ELEMENTS, element.type) ? ELEMENTS[element.type] : null;
  if (!draw) return h('span', { class: 'unknown', role: 'note' }, `Unknown element: ${element.type}`);
  const node = draw(element, context, place);
  if (!element.action_id) return node;
  return h(
    'div',
    { class: `element element-${element.type}`, 'data-block-id': place.blockId, 'data-action-id': element.action_id },
    node,
  );
}

const image = (element) =>
  h('img', { class: 'accessory-image', src: element.image_url, alt: element.alt_text ?? '', loading: 'lazy' });

const ELEMENTS = {
  button,
  overflow,
  image,
  static_select: staticSelect(false),
  multi_static_select: staticSelect(true),
  external_select: externalSelect(false),
  multi_external_select: externalSelect(true),
  users_select: workspaceSelect('users', false),
  multi_users_select: workspaceSelect('users', true),
  channels_select: workspaceSelect('channels', false),
  multi_channels_select: workspaceSelect('channels', true),
  conversations_select: workspaceSelect('conversations', false),
  multi_conversations_select: workspaceSelect('conversations', true),
  plain_text_input: textInput('text'),
  number_input: textInput('number'),
  email_text_input: textInput('email'),
  url_text_input: textInput('url'),
  datepicker: dateInput('date', 'initial_date'),
  timepicker: dateInput('time', 'initial_time'),
  checkboxes: optionList('checkbox'),
  radio_buttons: optionList('radio'),
};
