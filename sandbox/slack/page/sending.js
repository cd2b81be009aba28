// What every interactive element does when used: asks first if it must, sends, and shows that it is under way.
import { confirmFirst } from './confirm.js';

/** Names a control across re-renders, so that the keyboard finds it again. */
export const focusKey = (element, place, extra = '') => `${place.blockId}/${element.action_id}${extra}`;

/** True once it was sent; false when the person said no to its confirm. */
export async function send(node, element, context, place, used) {
  if (element.confirm && !(await confirmFirst(element.confirm, context))) return false;
  node.setAttribute('aria-busy', 'true');
  node.classList.add('busy');
  try {
    await context.act({ blockId: place.blockId, actionId: element.action_id, element, ...used });
  } finally {
    node.removeAttribute('aria-busy');
    node.classList.remove('busy');
  }
  return true;
}

/** Outside input blocks every change is sent; inside, only when the block asks for it. */
export const reports = (place) => !place.input || place.dispatch;
