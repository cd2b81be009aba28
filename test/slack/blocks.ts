// Judges a message by Slack's limits, written from Slack's documentation and a table of limits of others, not from the code it judges.

import { readFileSync } from 'node:fs';

const limits = JSON.parse(readFileSync(new URL('../fixtures/slack/limits.json', import.meta.url), 'utf8'));

/** A longer text may be split into several messages, and is refused in an edit. */
const TEXT = 3_900;
/** Slack refuses blocks of about 13,200 characters in sum. */
const WHOLE = 12_000;

type Json = Record<string, unknown>;
type Found = string[];
type Judge = (value: unknown, at: string, found: Found) => void;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Slack could refuse in this message, or show otherwise than meant; empty for a good one. */
export function blockProblems(message: { text: string; blocks?: unknown }): string[] {
  const found: Found = [];
  string({ min: 1, max: TEXT })(message.text, 'text', found);
  for (const key of Object.keys(message)) if (key !== 'text' && key !== 'blocks') found.push(`${key}: not expected`);
  if (message.blocks === undefined) return found;
  list(block, { min: 1, max: 50 })(message.blocks, 'blocks', found);
  const size = message.text.length + JSON.stringify(message.blocks).length;
  if (size > WHOLE) found.push(`the message has ${size} characters`);
  const ids = everyValueOf(message.blocks, 'block_id');
  if (new Set(ids).size < ids.length) found.push('a block_id comes twice');
  return found;
}

/** The same of a window or a Home tab. */
export function viewProblems(view: unknown): string[] {
  const found: Found = [];
  if (!isObject(view)) return ['the view is no object'];
  const most = limits.view;
  const shared = {
    blocks: list(block, { min: most.blocks.min_items, max: most.blocks.max_items }),
    'private_metadata?': string({ max: most.private_metadata.max_length }),
    'callback_id?': string({ min: 1, max: most.callback_id.max_length }),
    'external_id?': string({ max: limits.block_id.max_length }),
  };
  const modal = {
    ...shared,
    title: plainText(most.title.max_length),
    'submit?': plainText(most.submit.max_length),
    'close?': plainText(most.close.max_length),
    'clear_on_close?': boolean,
    'notify_on_close?': boolean,
  };
  typed({ modal, home: shared })(view, 'view', found);
  const hasInput = Array.isArray(view.blocks) && view.blocks.some((each) => isObject(each) && each.type === 'input');
  if (hasInput && view.type === 'modal' && view.submit === undefined)
    found.push('view: an input, and nothing to submit it');
  const ids = [...everyValueOf(view.blocks, 'block_id'), ...everyValueOf(view.blocks, 'action_id')];
  const blocks = everyValueOf(view.blocks, 'block_id');
  if (ids.length > 0 && new Set(blocks).size < blocks.length) found.push('view: a block_id comes twice');
  if (JSON.stringify(view).length > 250_000) found.push('view: more than 250 KB');
  return found;
}

function string({ min = 0, max, form }: { min?: number; max: number; form?: RegExp }): Judge {
  return (value, at, found) => {
    if (typeof value !== 'string') return void found.push(`${at}: not a string`);
    if (value.length < min) found.push(`${at}: shorter than ${min}`);
    if (value.length > max) found.push(`${at}: ${value.length} characters, ${max} allowed`);
    if (min > 0 && value.trim() === '') found.push(`${at}: only spaces`);
    if (!value.isWellFormed()) found.push(`${at}: half a character`);
    if (form && !form.test(value)) found.push(`${at}: not of its form`);
  };
}

function list(judge: Judge, { min, max }: { min: number; max: number }): Judge {
  return (value, at, found) => {
    if (!Array.isArray(value)) return void found.push(`${at}: not a list`);
    if (value.length < min || value.length > max) found.push(`${at}: ${value.length} items, ${min} to ${max} allowed`);
    for (const [i, item] of value.entries()) judge(item, `${at}/${i}`, found);
  };
}

const boolean: Judge = (value, at, found) => {
  if (typeof value !== 'boolean') found.push(`${at}: not a boolean`);
};

/** An object of one of these types, with these keys and no others; a key with a question mark may be missing. */
function typed(types: Record<string, Record<string, Judge>>): Judge {
  return (value, at, found) => {
    if (!isObject(value)) return void found.push(`${at}: not an object`);
    const keys = typeof value.type === 'string' ? types[value.type] : undefined;
    if (!keys) return void found.push(`${at}: type ${String(value.type)}`);
    const known = new Set(['type']);
    for (const [name, judge] of Object.entries(keys)) {
      const key = name.replace('?', '');
      known.add(key);
      if (value[key] !== undefined) judge(value[key], `${at}/${key}`, found);
      else if (key === name) found.push(`${at}: ${key} is missing`);
    }
    for (const key of Object.keys(value)) if (!known.has(key)) found.push(`${at}: ${key} is not expected`);
  };
}

const plainText = (max: number) => typed({ plain_text: { text: string({ min: 1, max }), 'emoji?': boolean } });
const anyText = (max: number) =>
  typed({
    plain_text: { text: string({ min: 1, max }), 'emoji?': boolean },
    mrkdwn: { text: string({ min: 1, max }), 'verbatim?': boolean },
  });

const button = {
  text: plainText(limits.button.text.max_length),
  action_id: string({ min: 1, max: limits.action_id.max_length }),
  'value?': string({ min: 1, max: limits.button.value.max_length }),
  'url?': string({
    min: 1,
    max: limits.button.url.max_length,
    form: /^(https|http(?=:\/\/(127\.|localhost[:/]))):\/\/[^\s<>"]+$/,
  }),
  'style?': string({ min: 1, max: 10, form: /^(primary|danger)$/ }),
  'accessibility_label?': string({ min: 1, max: limits.button.accessibility_label.max_length }),
  'confirm?': (value: unknown, at: string, found: Found) => confirm(value, at, found),
};
const confirm: Judge = (value, at, found) => {
  if (!isObject(value)) return void found.push(`${at}: not an object`);
  plainText(limits.confirmation.title.max_length)(value.title, `${at}/title`, found);
  anyText(limits.confirmation.text.max_length)(value.text, `${at}/text`, found);
  plainText(limits.confirmation.confirm.max_length)(value.confirm, `${at}/confirm`, found);
  plainText(limits.confirmation.deny.max_length)(value.deny, `${at}/deny`, found);
};

const option: Judge = (value, at, found) => {
  if (!isObject(value)) return void found.push(`${at}: not an object`);
  anyText(limits.option.text.max_length)(value.text, `${at}/text`, found);
  string({ min: 1, max: limits.option.value.max_length })(value.value, `${at}/value`, found);
  if (value.description !== undefined)
    anyText(limits.option.description.max_length)(value.description, `${at}/description`, found);
  for (const key of Object.keys(value))
    if (!['text', 'value', 'description'].includes(key)) found.push(`${at}: ${key} is not expected`);
};
const options = (max: number) => list(option, { min: 1, max });
const group: Judge = (value, at, found) => {
  if (!isObject(value)) return void found.push(`${at}: not an object`);
  plainText(limits.option_group.label.max_length)(value.label, `${at}/label`, found);
  options(limits.option_group.options.max_items)(value.options, `${at}/options`, found);
};
const anything: Judge = () => {};
const action = { action_id: string({ min: 1, max: limits.action_id.max_length }), 'focus_on_load?': boolean };
const select = { ...action, 'placeholder?': plainText(limits.select.placeholder.max_length), 'confirm?': confirm };
const many = { 'max_selected_items?': anything };
const few = {
  ...select,
  'options?': options(limits.select.options.max_items),
  'option_groups?': list(group, { min: 1, max: limits.select.option_groups.max_items }),
};
const far = { ...select, 'min_query_length?': anything };
const conversations = {
  ...select,
  'filter?': anything,
  'default_to_current_conversation?': boolean,
  'response_url_enabled?': boolean,
};
const elements = {
  button,
  overflow: { ...action, options: options(limits.overflow.options.max_items), 'confirm?': confirm },
  static_select: { ...few, 'initial_option?': option },
  multi_static_select: { ...few, ...many, 'initial_options?': options(limits.select.options.max_items) },
  external_select: { ...far, 'initial_option?': option },
  multi_external_select: { ...far, ...many, 'initial_options?': options(limits.select.options.max_items) },
  users_select: { ...select, 'initial_user?': string({ min: 1, max: 30 }) },
  conversations_select: { ...conversations, 'initial_conversation?': string({ min: 1, max: 30 }) },
  multi_conversations_select: { ...conversations, ...many, 'initial_conversations?': anything },
  channels_select: { ...select, 'initial_channel?': string({ min: 1, max: 30 }) },
  checkboxes: {
    ...action,
    options: options(limits.checkboxes.options.max_items),
    'initial_options?': options(limits.checkboxes.options.max_items),
  },
  radio_buttons: { ...action, options: options(limits.radio_buttons.options.max_items), 'initial_option?': option },
  plain_text_input: {
    ...action,
    'placeholder?': plainText(limits.select.placeholder.max_length),
    'initial_value?': string({ max: limits.plain_text_input.max_length.max }),
    'multiline?': boolean,
    'min_length?': anything,
    'max_length?': anything,
    'dispatch_action_config?': anything,
  },
  datepicker: { ...action, 'initial_date?': string({ max: 10 }), 'placeholder?': plainText(150) },
  datetimepicker: { ...action, 'initial_date_time?': anything },
};
const id = { 'block_id?': string({ min: 1, max: limits.block_id.max_length }) };

const known = typed({
  section: {
    ...id,
    text: anyText(limits.section.text.max_length),
    'fields?': list(anyText(limits.section.fields.item_max_length), { min: 1, max: limits.section.fields.max_items }),
    'accessory?': typed(elements),
    'expand?': boolean,
  },
  context: {
    ...id,
    elements: list(anyText(limits.text.max_length), { min: 1, max: limits.context.elements.max_items }),
  },
  actions: { ...id, elements: list(typed(elements), { min: 1, max: limits.actions.elements.max_items }) },
  header: { ...id, text: plainText(limits.header.text.max_length) },
  input: {
    ...id,
    label: plainText(limits.input.label.max_length),
    element: typed(elements),
    'hint?': plainText(limits.input.hint.max_length),
    'optional?': boolean,
    'dispatch_action?': boolean,
  },
  divider: { ...id },
});

const block: Judge = (value, at, found) => {
  known(value, at, found);
  // A press is told by the two ids: the same action twice in one block could not be told apart.
  const actions = everyValueOf(value, 'action_id');
  if (new Set(actions).size < actions.length) found.push(`${at}: an action_id comes twice`);
};

/** The complaints shown beside a window's fields. Their length is nowhere given; what stands there has room for a few lines. */
export function errorProblems(errors: unknown): string[] {
  const found: Found = [];
  if (!isObject(errors) || Object.keys(errors).length === 0) return ['errors: none'];
  for (const [at, text] of Object.entries(errors)) string({ min: 1, max: 500 })(text, `errors/${at}`, found);
  return found;
}

/** The choices for what somebody typed in a menu; there may be none. */
export function choiceProblems(answer: Json): string[] {
  const found: Found = [];
  if (answer.options !== undefined)
    list(option, { min: 0, max: limits.select.options.max_items })(answer.options, 'options', found);
  if (answer.option_groups !== undefined)
    list(group, { min: 0, max: limits.select.option_groups.max_items })(answer.option_groups, 'option_groups', found);
  return found;
}

/** Every value of a key, however deep. */
function everyValueOf(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => everyValueOf(item, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : everyValueOf(inner, key)));
}

export interface TextObject {
  type: string;
  text: string;
  verbatim?: boolean;
  emoji?: boolean;
}

/** Every text object in blocks. */
export function textObjects(value: unknown): TextObject[] {
  if (Array.isArray(value)) return value.flatMap(textObjects);
  if (!isObject(value)) return [];
  const { type, text, verbatim, emoji } = value;
  if (typeof type === 'string' && typeof text === 'string')
    return [
      {
        type,
        text,
        ...(typeof verbatim === 'boolean' ? { verbatim } : {}),
        ...(typeof emoji === 'boolean' ? { emoji } : {}),
      },
    ];
  return Object.values(value).flatMap(textObjects);
}

/** Every address a button would open. */
export const buttonUrls = (blocks: unknown): string[] => everyValueOf(blocks, 'url').map(String);
/** Labels that only screen readers read. */
export const labels = (blocks: unknown): string[] => everyValueOf(blocks, 'accessibility_label').map(String);
