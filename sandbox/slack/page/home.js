// The app's Home tab: the view it published for this person, kept like any other through refreshes.
import { renderBlock } from './blocks.js';
import { h, icon, reconcile } from './dom.js';
import { createForm } from './form.js';

/** Draws into `node`; `base` is the block context without a form, `act`/`suggest` take the payload with the view added. */
export function createHome(node, { act, suggest }) {
  let form = createForm();
  let viewId = null;

  return {
    draw(view, base) {
      if (!view) {
        viewId = null;
        node.replaceChildren(
          h(
            'div',
            { class: 'empty', 'data-item': 'empty' },
            icon('home'),
            h('p', {}, 'The app has not shown a Home tab yet.'),
            h('p', { class: 'empty-note' }, 'It is asked for one each time you open this tab.'),
          ),
        );
        return;
      }
      if (viewId !== view.id) {
        form = createForm();
        viewId = view.id;
        node.replaceChildren();
      }
      const context = {
        ...base,
        form,
        formName: view.id,
        act: (used) => act({ ...used, view: view.id, values: form.values() }),
        suggest: (blockId, actionId, value) => suggest({ blockId, actionId, value, view: view.id }),
      };
      reconcile(
        node,
        view.blocks.map((block, index) => ({
          id: block.block_id ?? `block-${index}`,
          key: JSON.stringify([block, base.directory.key]),
          render: () => {
            form.release(block.block_id);
            return renderBlock(block, context);
          },
        })),
      );
    },
  };
}
