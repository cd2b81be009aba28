// Every kind of select, by where its choices come from: the element itself, the app, or the workspace.
import { choiceField, staticChoices } from './choices.js';
import { focusKey, reports, send } from './sending.js';

function select(element, context, place, { multi, load, selected, used }) {
  let field;
  const state = context.form.field(place.blockId, element, selected);
  field = choiceField({
    load,
    multi,
    max: element.max_selected_items,
    selected: state.get(),
    placeholder: element.placeholder?.text,
    clearable: place.input && !multi,
    label: place.labelledBy ? null : (element.placeholder?.text ?? 'Choose'),
    labelledBy: place.labelledBy,
    describedBy: place.describedBy,
    focusKey: focusKey(element, place),
    context,
    onChange: async (options) => {
      const before = state.get();
      state.set(options);
      if (!reports(place)) return;
      if (await send(field.node, element, context, place, used(options))) return;
      state.set(before);
      field.set(before);
    },
  });
  return field.node;
}

const asGroups = (answer) => answer.option_groups ?? [{ options: answer.options ?? [] }];
const usedOptions = (multi) => (options) => (multi ? { selectedOptions: options } : { selectedOption: options[0] });

export function staticSelect(multi) {
  return (element, context, place) =>
    select(element, context, place, {
      multi,
      load: staticChoices(asGroups(element)),
      selected: multi ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean),
      used: usedOptions(multi),
    });
}

export function externalSelect(multi) {
  return (element, context, place) => {
    const least = element.min_query_length ?? 3;
    const load = async (query) => {
      if (query.length < least) return [];
      return asGroups(await context.suggest(place.blockId, element.action_id, query));
    };
    return select(element, context, place, {
      multi,
      load,
      selected: multi ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean),
      used: usedOptions(multi),
    });
  };
}

const option = (value, text) => ({ text: { type: 'plain_text', text }, value });

/** users_select, channels_select, conversations_select and their multi forms: the choices are the workspace's own. */
export function workspaceSelect(kind, multi) {
  return (element, context, place) => {
    const { directory } = context;
    const people = directory.users
      .filter((user) => !user.isBot && !user.isDeleted)
      .map((user) => option(user.id, `@${user.name}`));
    const include = element.filter?.include;
    const wanted = (channel) =>
      !channel.isIm &&
      !channel.isArchived &&
      (!include || include.includes(channel.isPrivate ? 'private' : 'public')) &&
      (kind !== 'channels' || !channel.isPrivate);
    const channels = directory.channels
      .filter(wanted)
      .map((channel) =>
        option(channel.id, `${channel.isPrivate ? '🔒' : '#'}${channel.isPrivate ? ' ' : ''}${channel.name}`),
      );
    const withPeople = kind === 'conversations' && (!include || include.includes('im'));
    const all = { users: people, channels, conversations: withPeople ? [...channels, ...people] : channels }[kind];
    const single = kind.slice(0, -1);
    let ids = multi ? (element[`initial_${kind}`] ?? []) : [element[`initial_${single}`]].filter(Boolean);
    if (ids.length === 0 && element.default_to_current_conversation && context.currentChannel)
      ids = [context.currentChannel];
    return select(element, context, place, {
      multi,
      load: staticChoices([{ options: all }]),
      selected: ids.map((id) => all.find((one) => one.value === id) ?? option(id, directory.label(id))),
      used: (options) =>
        multi
          ? { selectedOptions: options, [`selected_${kind}`]: options.map((one) => one.value) }
          : { value: options[0]?.value, [`selected_${single}`]: options[0]?.value },
    });
  };
}
