// What Slack accepts inside blocks: texts, options and the elements people press, pick and fill in.
import {
  boolean,
  type Check,
  integer,
  isObject,
  list,
  object,
  oneOf,
  problem,
  shape,
  string,
  typed,
} from './checks.ts';
import type { Json } from './types.ts';

const url = string({ min: 1, max: 3000, match: /^(https?|mailto|tel|slack):/i });
const date = string({ match: /^\d{4}-\d{2}-\d{2}$/ });

export const plain = (max: number): Check =>
  typed({ plain_text: shape({ text: string({ min: 1, max }), 'emoji?': boolean }) });
export const text = (max: number): Check =>
  typed({
    plain_text: shape({ text: string({ min: 1, max }), 'emoji?': boolean }),
    mrkdwn: shape({ text: string({ min: 1, max }), 'verbatim?': boolean }),
  });

const option = (label: Check, description: Check = plain(75)) =>
  shape({ text: label, value: string({ max: 150 }), 'description?': description, 'url?': url });
const options = (max: number, min = 1) => list(option(plain(75)), { min, max });
const boxes = list(option(text(75), text(75)), { min: 1, max: 10 });
const groups = list(shape({ label: plain(75), options: options(100) }), { min: 1, max: 100 });
const ids = list(string({ min: 1 }));

const confirm = shape({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  'style?': oneOf('primary', 'danger'),
});

/** An initial choice must be one of the choices, to the letter. */
function initialIsAmong(value: unknown, at: string, found: Parameters<Check>[2]): void {
  if (!isObject(value)) return;
  const all = allOptions(value);
  if (all.length === 0) return;
  const known = new Set(
    all.map((each) => `${JSON.stringify(each.value)} ${JSON.stringify((each.text as Json)?.text)}`),
  );
  const chosen = [value.initial_option, ...((value.initial_options as unknown[]) ?? [])].filter(isObject);
  for (const each of chosen) {
    if (!known.has(`${JSON.stringify(each.value)} ${JSON.stringify((each.text as Json)?.text)}`)) {
      problem(found, 'initial option must match one of the provided options', at);
    }
  }
}

/** Every option of an element, grouped or not. */
export function allOptions(element: Json): Json[] {
  const flat = Array.isArray(element.options) ? element.options : [];
  const grouped = Array.isArray(element.option_groups) ? element.option_groups : [];
  return [
    ...flat,
    ...grouped.flatMap((group) => (isObject(group) && Array.isArray(group.options) ? group.options : [])),
  ].filter(isObject);
}

function staticChoice(value: unknown, at: string, found: Parameters<Check>[2]): void {
  if (isObject(value) && !value.options === !value.option_groups) {
    problem(found, 'must define either options or option_groups', at);
  }
  initialIsAmong(value, at, found);
}

/** block_actions name their element by these two, so an element's id is unique in its block. */
function element(keys: Record<string, Check>, more?: Check): Check {
  const check = shape({ 'action_id?': string({ min: 1, max: 255 }), ...keys }, more);
  return (value, at, found) => {
    check(value, at, found);
    if (!isObject(value) || typeof value.action_id !== 'string') return;
    const key = `${at.replace(/\/(elements|accessory|element|actions)(\/\d+)?$/, '')} ${value.action_id}`;
    if (found.seen.has(key)) problem(found, `action_id ${value.action_id} already exists`, `${at}/action_id`);
    found.seen.add(key);
  };
}

const asks = { 'confirm?': confirm };
const focus = { 'focus_on_load?': boolean };
const hint = { 'placeholder?': plain(150) };
const pick = { ...asks, ...focus, ...hint };
const many = { ...pick, 'max_selected_items?': integer(1) };
const style = { 'style?': oneOf('primary', 'danger') };
const typedIn = { ...focus, ...hint, 'dispatch_action_config?': object };
const filter = {
  'default_to_current_conversation?': boolean,
  'filter?': shape({
    'include?': list(oneOf('im', 'mpim', 'private', 'public'), { min: 1 }),
    'exclude_external_shared_channels?': boolean,
    'exclude_bot_users?': boolean,
  }),
};
const oneInitial = { 'initial_option?': option(text(75), text(75)) };
const someInitial = { 'initial_options?': list(option(text(75), text(75)), { min: 1 }) };
const fixed = { 'options?': options(100), 'option_groups?': groups };

export const button = element({
  text: plain(75),
  'value?': string({ max: 2000 }),
  'url?': url,
  'accessibility_label?': string({ max: 75 }),
  ...style,
  ...asks,
});

export const image = shape(
  { 'image_url?': url, 'slack_file?': object, alt_text: string({ max: 2000 }) },
  (value, at, found) => {
    if (isObject(value) && !value.image_url === !value.slack_file) {
      problem(found, 'must define either image_url or slack_file', at);
    }
  },
);

const choices: Record<string, Check> = {
  static_select: element({ ...pick, ...fixed, ...oneInitial }, staticChoice),
  multi_static_select: element({ ...many, ...fixed, ...someInitial }, staticChoice),
  external_select: element({ ...pick, 'min_query_length?': integer(0), ...oneInitial }),
  multi_external_select: element({ ...many, 'min_query_length?': integer(0), ...someInitial }),
  users_select: element({ ...pick, 'initial_user?': string() }),
  multi_users_select: element({ ...many, 'initial_users?': ids }),
  conversations_select: element({
    ...pick,
    ...filter,
    'initial_conversation?': string(),
    'response_url_enabled?': boolean,
  }),
  multi_conversations_select: element({ ...many, ...filter, 'initial_conversations?': ids }),
  channels_select: element({ ...pick, 'initial_channel?': string(), 'response_url_enabled?': boolean }),
  multi_channels_select: element({ ...many, 'initial_channels?': ids }),
  radio_buttons: element({ ...asks, ...focus, options: boxes, ...oneInitial }, initialIsAmong),
  checkboxes: element({ ...asks, ...focus, options: boxes, ...someInitial }, initialIsAmong),
  datepicker: element({ ...pick, 'initial_date?': date }),
  timepicker: element({ ...pick, 'initial_time?': string({ match: /^\d{2}:\d{2}$/ }), 'timezone?': string() }),
  datetimepicker: element({ ...asks, ...focus, 'initial_date_time?': integer(1) }),
};

const richTextInput = element({
  ...typedIn,
  'initial_value?': object,
  'min_lines?': integer(1),
  'max_lines?': integer(1),
});

/** What an `input` block may hold. */
export const inputElement = typed({
  ...choices,
  plain_text_input: element({
    ...typedIn,
    'initial_value?': string({ max: 3000 }),
    'multiline?': boolean,
    'min_length?': integer(0, 3000),
    'max_length?': integer(1, 3000),
  }),
  email_text_input: element({ ...typedIn, 'initial_value?': string() }),
  url_text_input: element({ ...typedIn, 'initial_value?': string() }),
  number_input: element({
    ...typedIn,
    is_decimal_allowed: boolean,
    'initial_value?': string(),
    'min_value?': string(),
    'max_value?': string(),
  }),
  file_input: element({ 'filetypes?': list(string()), 'max_files?': integer(1, 10) }),
  rich_text_input: richTextInput,
});

const pressed: Record<string, Check> = {
  button,
  overflow: element({ ...asks, options: options(5) }),
  workflow_button: element({
    text: plain(75),
    workflow: object,
    'accessibility_label?': string({ max: 75 }),
    ...style,
  }),
  ...choices,
};

/** What an `actions` block and what a section's accessory may hold. */
export const actionElement = typed({ ...pressed, rich_text_input: richTextInput });
export const accessory = typed({ ...pressed, image });

export const contextElement = typed({
  image,
  plain_text: shape({ text: string({ min: 1, max: 3000 }), 'emoji?': boolean }),
  mrkdwn: shape({ text: string({ min: 1, max: 3000 }), 'verbatim?': boolean }),
});
const feedback = shape({ text: plain(75), value: string({ max: 2000 }), 'accessibility_label?': string({ max: 75 }) });
export const contextAction = typed({
  feedback_buttons: element({ positive_button: feedback, negative_button: feedback }),
  icon_button: element({
    icon: string({ min: 1 }),
    text: plain(75),
    'accessibility_label?': string({ max: 75 }),
    'value?': string({ max: 2000 }),
    'visible_to_user_ids?': list(string(), { max: 10 }),
    ...asks,
  }),
});
