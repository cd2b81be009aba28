// What a person has typed or chosen in one view: it outlives every re-render, and reads out as Slack's view.state.values.

const SINGLE = {
  users_select: 'selected_user',
  channels_select: 'selected_channel',
  conversations_select: 'selected_conversation',
};
const MULTI = {
  multi_users_select: 'selected_users',
  multi_channels_select: 'selected_channels',
  multi_conversations_select: 'selected_conversations',
};

/** State of a field: a string for text and dates, else an array of options (one at most where one may be chosen). */
function toValue(type, state) {
  if (SINGLE[type]) return { type, [SINGLE[type]]: state[0]?.value ?? null };
  if (MULTI[type]) return { type, [MULTI[type]]: state.map((option) => option.value) };
  if (type === 'datepicker') return { type, selected_date: state || null };
  if (type === 'timepicker') return { type, selected_time: state || null };
  if (type === 'checkboxes' || type.startsWith('multi_')) return { type, selected_options: state };
  if (Array.isArray(state)) return { type, selected_option: state[0] ?? null };
  return { type, value: state || null };
}

export function createForm() {
  const remembered = new Map();
  const bound = new Map();
  const key = (blockId, actionId) => JSON.stringify([blockId, actionId]);

  return {
    /** Binds a field that is being drawn; what the person entered before wins over the element's initial value. */
    field(blockId, element, initial) {
      const id = key(blockId, element.action_id);
      const known = remembered.get(id);
      const state = known && known.type === element.type ? known.state : initial;
      bound.set(id, { blockId, actionId: element.action_id, type: element.type, state });
      return {
        get: () => bound.get(id)?.state ?? state,
        set: (next) => {
          bound.set(id, { blockId, actionId: element.action_id, type: element.type, state: next });
          remembered.set(id, { type: element.type, state: next });
        },
      };
    },
    /** Forgets which fields a block shows (it is drawn anew or gone), not what was entered in them. */
    release(blockId) {
      for (const [id, field] of bound) if (field.blockId === blockId) bound.delete(id);
    },
    values() {
      const out = {};
      for (const { blockId, actionId, type, state } of bound.values()) {
        out[blockId] ??= {};
        out[blockId][actionId] = toValue(type, state);
      }
      return out;
    },
    /** Errors Slack finds by itself before it sends anything: { blockId: text }. */
    problems(blocks) {
      const out = {};
      for (const block of blocks) {
        if (block.type !== 'input') continue;
        const state = bound.get(key(block.block_id, block.element?.action_id))?.state;
        const empty = state === undefined || state.length === 0;
        if (empty && block.optional !== true) out[block.block_id] = 'Please complete this required field.';
        else if (!empty && block.element?.min_length > state.length)
          out[block.block_id] = `Please use at least ${block.element.min_length} characters.`;
      }
      return out;
    },
  };
}
