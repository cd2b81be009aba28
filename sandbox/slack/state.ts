// What stands in the inputs of a view: their first values, what people put in, and what Slack makes of it.
import { isObject } from './checks.ts';
import { allOptions } from './elements.ts';
import type { Block, Element, Json, Values, View } from './types.ts';

/** An element with the block around it. */
export interface Place {
  block: Block;
  element: Element;
}

/** Every element a person can press, pick or fill in, in reading order. */
export function places(blocks: Block[] = []): Place[] {
  return blocks.flatMap((block) => {
    const nested = [block.child_blocks, block.type === 'carousel' ? block.elements : undefined];
    const inner = nested.flatMap((list) => (Array.isArray(list) ? places(list as Block[]) : []));
    const direct = [block.accessory, block.element, block.elements, block.actions].flat();
    const own = direct.filter((each): each is Element => isObject(each) && typeof each.action_id === 'string');
    return [...own.map((element) => ({ block, element })), ...inner];
  });
}

/** The key under which an element's state holds its value, or undefined for those without one (buttons, menus). */
export function stateKey(type: string): string | undefined {
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return 'selected_option';
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return 'selected_options';
    case 'users_select':
      return 'selected_user';
    case 'multi_users_select':
      return 'selected_users';
    case 'conversations_select':
      return 'selected_conversation';
    case 'multi_conversations_select':
      return 'selected_conversations';
    case 'channels_select':
      return 'selected_channel';
    case 'multi_channels_select':
      return 'selected_channels';
    case 'datepicker':
      return 'selected_date';
    case 'timepicker':
      return 'selected_time';
    case 'datetimepicker':
      return 'selected_date_time';
    case 'rich_text_input':
      return 'rich_text_value';
    case 'file_input':
      return 'files';
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return 'value';
    default:
      return undefined;
  }
}

const isMany = (key: string) => key.endsWith('s');

/** The value an element starts with. */
function initial(element: Element, view?: View): Json {
  const key = stateKey(element.type) ?? 'value';
  const given =
    element[key === 'files' ? 'initial_files' : key.replace(/^selected_|^rich_text_/, 'initial_')] ??
    element.initial_value;
  const here = element.default_to_current_conversation === true ? view?.channel : undefined;
  const first = given ?? (here && isMany(key) ? [here] : here) ?? (isMany(key) ? [] : null);
  return { type: element.type, [key]: first };
}

/** `state.values` of these blocks: `kept` where the same input was there before, else what each starts with. */
export function stateOf(blocks: Block[], kept: Values = {}, view?: View): Values {
  const values: Values = {};
  for (const { block, element } of places(blocks)) {
    if (!stateKey(element.type)) continue;
    const blockId = block.block_id ?? '';
    const actionId = element.action_id ?? '';
    const before = kept[blockId]?.[actionId];
    values[blockId] ??= {};
    values[blockId][actionId] = before?.type === element.type ? before : initial(element, view);
  }
  return values;
}

/** What Slack itself says beside a field before it lets a person submit; empty when nothing. */
export function missing(view: View, values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element } of places(view.blocks)) {
    if (block.type !== 'input') continue;
    const key = stateKey(element.type) ?? 'value';
    const value = values[block.block_id ?? '']?.[element.action_id ?? '']?.[key];
    const empty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
    const complaint = empty
      ? block.optional === true
        ? undefined
        : 'Please complete this required field.'
      : typeof value === 'string'
        ? wrongText(element, value)
        : undefined;
    if (complaint) errors[block.block_id ?? ''] = complaint;
  }
  return errors;
}

function wrongText(element: Element, value: string): string | undefined {
  if (element.type === 'number_input' && !Number.isFinite(Number(value))) return 'Please enter a number.';
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value))
    return 'Please enter a valid email address.';
  if (element.type === 'url_text_input' && !URL.canParse(value)) return 'Please enter a valid URL.';
  if (element.type !== 'plain_text_input') return undefined;
  const min = Number(element.min_length ?? 0);
  const max = Number(element.max_length ?? 3000);
  if (value.length < min) return `Please enter at least ${min} characters.`;
  return value.length > max ? `Please enter no more than ${max} characters.` : undefined;
}

/** An option of an element by its value or its words. */
export function findOption(options: Json[], wanted: unknown): Json | undefined {
  if (isObject(wanted)) return wanted;
  return (
    options.find((option) => option.value === wanted) ??
    options.find((option) => isObject(option.text) && option.text.text === wanted)
  );
}

/** Turns plain words or lists into what Slack sends for this element; `options` are those of an external one. */
export function valueFor(element: Element, wanted: unknown, options: Json[] = allOptions(element)): Json {
  const key = stateKey(element.type);
  if (!key) throw new Error(`a ${element.type} holds no value`);
  const pick = (one: unknown): unknown => {
    if (!key.startsWith('selected_option')) return one;
    const option = findOption(options, one);
    if (option) return option;
    const known = options.map((each) => String(each.value)).join(', ');
    throw new Error(`${element.action_id} has no option ${JSON.stringify(one)}; it has: ${known || 'none'}`);
  };
  if (isMany(key)) return { type: element.type, [key]: [wanted ?? []].flat().map(pick) };
  return { type: element.type, [key]: wanted === null || wanted === undefined ? null : pick(wanted) };
}
