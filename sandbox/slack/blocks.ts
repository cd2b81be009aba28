// Judges the blocks of a message and whole views by Block Kit's rules and limits, as Slack would.
import {
  anything,
  boolean,
  type Check,
  type Found,
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
import {
  accessory,
  actionElement,
  button,
  contextAction,
  contextElement,
  image,
  inputElement,
  plain,
  text,
} from './elements.ts';
import type { Json } from './types.ts';

const id = { 'block_id?': string({ min: 1, max: 255 }) };

/** A block; its block_id must be the only one of that name on the surface. */
function block(keys: Record<string, Check>, more?: Check): Check {
  const check = shape({ ...id, ...keys }, more);
  return (value, at, found) => {
    check(value, at, found);
    if (!isObject(value) || typeof value.block_id !== 'string') return;
    if (found.seen.has(value.block_id)) problem(found, `block_id ${value.block_id} already exists`, `${at}/block_id`);
    found.seen.add(value.block_id);
  };
}

function only(surfaces: Found['surface'][], check: Check): Check {
  return (value, at, found) => {
    if (!surfaces.includes(found.surface)) {
      problem(found, `unsupported type: ${isObject(value) ? value.type : ''}`, `${at}/type`);
    } else check(value, at, found);
  };
}

const mark = { 'style?': object };
const richElement = typed({
  text: shape({ text: string({ min: 1 }), ...mark }),
  link: shape({ url: string({ min: 1 }), 'text?': string(), 'unsafe?': boolean, ...mark }),
  emoji: shape({ name: string({ min: 1 }), 'unicode?': string(), 'url?': string(), 'skin_tone?': integer(), ...mark }),
  user: shape({ user_id: string({ min: 1 }), ...mark }),
  channel: shape({ channel_id: string({ min: 1 }), ...mark }),
  usergroup: shape({ usergroup_id: string({ min: 1 }), ...mark }),
  team: shape({ team_id: string({ min: 1 }), ...mark }),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone'), ...mark }),
  color: shape({ value: string({ min: 1 }), ...mark }),
  date: shape({ timestamp: integer(), format: string({ min: 1 }), 'url?': string(), 'fallback?': string(), ...mark }),
});
const border = { 'border?': integer(0, 1) };
const richSection = shape({ elements: list(richElement) });
const richText = block({
  elements: list(
    typed({
      rich_text_section: richSection,
      rich_text_list: shape({
        style: oneOf('bullet', 'ordered'),
        elements: list(typed({ rich_text_section: richSection })),
        'indent?': integer(0, 8),
        'offset?': integer(0),
        ...border,
      }),
      rich_text_quote: shape({ elements: list(richElement), ...border }),
      rich_text_preformatted: shape({ elements: list(richElement), ...border, 'language?': string() }),
    }),
    { min: 1 },
  ),
});

const picture = typed({ image });
const card = block({
  'hero_image?': picture,
  'icon?': picture,
  'title?': text(150),
  'subtitle?': text(150),
  'body?': text(200),
  'subtext?': text(200),
  'actions?': list(typed({ button }), { max: 3 }),
});

const core: Record<string, Check> = {
  section: block(
    {
      'text?': text(3000),
      'fields?': list(text(2000), { min: 1, max: 10 }),
      'accessory?': accessory,
      'expand?': boolean,
    },
    (value, at, found) => {
      if (isObject(value) && !value.text && !value.fields) problem(found, 'must define either text or fields', at);
    },
  ),
  header: block({ text: plain(150), 'level?': integer(1, 6) }),
  divider: block({}),
  context: block({ elements: list(contextElement, { min: 1, max: 10 }) }),
  actions: block({ elements: list(actionElement, { min: 1, max: 25 }) }),
  image: block(
    {
      'image_url?': string({ min: 1, max: 3000 }),
      'slack_file?': object,
      alt_text: string({ min: 1, max: 2000 }),
      'title?': plain(2000),
    },
    (value, at, found) => {
      if (isObject(value) && !value.image_url === !value.slack_file) {
        problem(found, 'must define either image_url or slack_file', at);
      }
    },
  ),
  input: block({
    label: plain(2000),
    'hint?': plain(2000),
    'optional?': boolean,
    'dispatch_action?': boolean,
    element: inputElement,
  }),
  rich_text: richText,
  video: block({
    video_url: string({ min: 1 }),
    thumbnail_url: string({ min: 1 }),
    alt_text: string({ min: 1, max: 200 }),
    title: plain(200),
    'title_url?': string(),
    'author_name?': string({ max: 50 }),
    'provider_name?': string({ max: 50 }),
    'provider_icon_url?': string(),
    'description?': plain(200),
  }),
  file: block({ source: oneOf('remote'), external_id: string({ min: 1, max: 255 }) }),
  table: block({
    rows: list(list(anything, { min: 1, max: 20 }), { min: 1, max: 100 }),
    'column_settings?': list(anything, { max: 20 }),
  }),
};

const anyBlock = typed({
  ...core,
  markdown: only(['message'], block({ text: string({ min: 1, max: 12_000 }) })),
  alert: only(['modal'], block({ text: text(200), 'level?': oneOf('default', 'info', 'warning', 'error', 'success') })),
  card,
  carousel: block({ elements: list(typed({ card }), { min: 1, max: 10 }) }),
  container: block({
    'title?': plain(150),
    'rich_text_title?': object,
    'subtitle?': text(150),
    child_blocks: list(typed(core), { min: 1, max: 10 }),
    'width?': oneOf('narrow', 'standard', 'wide', 'full'),
    'icon?': picture,
    'is_collapsible?': boolean,
    'default_collapsed?': boolean,
    'has_header_divider?': boolean,
  }),
  context_actions: only(['message'], block({ elements: list(contextAction, { min: 1, max: 5 }) })),
  data_table: only(
    ['message'],
    block({
      rows: list(list(anything, { min: 1, max: 20 }), { min: 2, max: 101 }),
      caption: string({ min: 1 }),
      'page_size?': integer(1, 100),
      'row_header_column_index?': integer(0),
    }),
  ),
  data_visualization: only(['message'], (value, at, found) => object(value, at, found)),
  task_card: only(['message'], (value, at, found) => object(value, at, found)),
  plan: only(['message'], (value, at, found) => object(value, at, found)),
});

const messageBlocks = list(anyBlock, { max: 50 });
const viewBlocks = list(anyBlock, { min: 1, max: 100 });

/** What Slack would say against these blocks in a message; empty when it takes them. */
export function messageProblems(blocks: unknown): string[] {
  const found: Found = { problems: [], surface: 'message', seen: new Set() };
  messageBlocks(blocks, '/blocks', found);
  const tables = Array.isArray(blocks) ? blocks.filter((each) => isObject(each) && each.type === 'table').length : 0;
  if (tables > 1) problem(found, 'only one table allowed', '/blocks');
  return found.problems;
}

/** The characters people would read in these blocks; Slack refuses a message with far too many of them. */
export function visibleLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + visibleLength(item), 0);
  if (!isObject(value)) return 0;
  let sum = 0;
  for (const key in value) {
    const inner = value[key];
    if (key === 'text' && typeof inner === 'string') sum += inner.length;
    else if (typeof inner === 'object') sum += visibleLength(inner);
  }
  return sum;
}

const viewKeys = {
  blocks: viewBlocks,
  'private_metadata?': string({ max: 3000 }),
  'callback_id?': string({ max: 255 }),
  'external_id?': string({ max: 255 }),
};
const view = typed({
  home: shape(viewKeys),
  modal: shape(
    {
      ...viewKeys,
      title: plain(24),
      'submit?': plain(24),
      'close?': plain(24),
      'clear_on_close?': boolean,
      'notify_on_close?': boolean,
      'submit_disabled?': boolean,
    },
    (value, at, found) => {
      if (!isObject(value) || !Array.isArray(value.blocks)) return;
      const inputs = value.blocks.some((each) => isObject(each) && each.type === 'input');
      if (inputs && !value.submit) problem(found, 'missing required field: submit', at);
      const focused = value.blocks.filter(
        (each: Json) => isObject(each?.element) && each.element.focus_on_load === true,
      );
      if (focused.length > 1) problem(found, 'focus_on_load can only be true on one element', at);
    },
  ),
});

/** What Slack would say against this view; empty when it takes it. `kind` is the surface the method serves. */
export function viewProblems(value: unknown, kind: 'modal' | 'home'): string[] {
  const found: Found = { problems: [], surface: kind, seen: new Set() };
  if (isObject(value) && typeof value.type === 'string' && value.type !== kind) {
    problem(found, `must be of type ${kind}`, '/view/type');
  } else view(value, '/view', found);
  return found.problems;
}
