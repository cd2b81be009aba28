// The open modal: drawn from the view the app sent, kept through every refresh, submitted with all it holds.
import { renderBlock } from './blocks.js';
import { h, icon, reconcile } from './dom.js';
import { createForm } from './form.js';
import { renderText } from './text.js';

/** `server`: { submit(viewId, values), close(viewId), act(payload), suggest(payload), closed() when the last one is gone }. `update(state, base)` follows the state. */
export function createModals(server) {
  const open = new Map();
  let shown = null;

  function make(view) {
    const form = createForm();
    const title = h('h2', { class: 'dialog-title', id: `title-${view.id}` });
    const body = h('div', { class: 'dialog-body modal-blocks', tabindex: -1 });
    const foot = h('div', { class: 'dialog-foot' });
    const trouble = h('div', { class: 'modal-trouble', role: 'alert', hidden: true });
    const dialog = h(
      'dialog',
      { class: 'dialog modal', 'data-testid': 'modal', 'data-view-id': view.id, 'aria-labelledby': `title-${view.id}` },
      h(
        'form',
        { class: 'modal-form', novalidate: true, on: { submit: (event) => onSubmit(event, entry) } },
        h(
          'header',
          { class: 'dialog-head' },
          title,
          h(
            'button',
            {
              class: 'tool',
              type: 'button',
              'aria-label': 'Close',
              'data-testid': 'modal-close',
              on: { click: () => server.close(entry.view.id) },
            },
            icon('close'),
          ),
        ),
        trouble,
        body,
        foot,
        h('div', { class: 'toasts' }),
      ),
    );
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (event.target === dialog) server.close(entry.view.id);
    });
    // a second Escape in a row closes without asking: the view has to be closed all the same
    dialog.addEventListener('close', () => {
      if (!entry.hidden) server.close(entry.view.id);
    });
    const entry = {
      view,
      form,
      title,
      body,
      foot,
      trouble,
      dialog,
      local: {},
      base: null,
      sending: false,
      hidden: false,
      footKey: '',
    };
    return entry;
  }

  async function onSubmit(event, entry) {
    event.preventDefault();
    if (entry.sending) return;
    entry.local = entry.form.problems(entry.view.blocks);
    entry.trouble.hidden = true;
    if (Object.keys(entry.local).length > 0) {
      draw(entry);
      focusFirstError(entry);
      return;
    }
    entry.sending = true;
    draw(entry);
    const answer = await server.submit(entry.view.id, entry.form.values());
    entry.sending = false;
    if (answer?.errors) entry.view = { ...entry.view, errors: answer.errors };
    if (answer?.ok === false && !answer.errors) {
      entry.trouble.textContent = `The app could not take this in: ${answer.error ?? 'it did not answer'}. Please try again.`;
      entry.trouble.hidden = false;
    }
    draw(entry);
    if (entry.dialog.open) focusFirstError(entry);
  }

  const focusFirstError = (entry) => entry.body.querySelector('.input-invalid [data-focus]')?.focus();

  function draw(entry) {
    const { view, base } = entry;
    const errors = { ...view.errors, ...entry.local };
    const context = {
      ...base,
      form: entry.form,
      formName: view.id,
      act: (used) => server.act({ ...used, view: view.id, values: entry.form.values() }),
      suggest: (blockId, actionId, value) => server.suggest({ blockId, actionId, value, view: view.id }),
    };
    const text = (object, otherwise) =>
      object
        ? renderText(typeof object === 'string' ? { type: 'plain_text', text: object } : object, context)
        : otherwise;
    entry.title.replaceChildren(base.appIcon(), text(view.title, ''));
    const ids = new Set(view.blocks.map((block) => block.block_id));
    for (const node of entry.body.children) if (!ids.has(node.dataset.item)) entry.form.release(node.dataset.item);
    reconcile(
      entry.body,
      view.blocks.map((block, index) => ({
        id: block.block_id ?? `block-${index}`,
        key: JSON.stringify([block, errors[block.block_id] ?? null, base.directory.key]),
        render: () => {
          entry.form.release(block.block_id);
          return renderBlock(block, context, errors[block.block_id]);
        },
      })),
    );
    drawFoot(entry, text);
    entry.dialog.classList.toggle('modal-sending', entry.sending);
    entry.dialog.setAttribute('aria-busy', String(entry.sending));
  }

  function drawFoot(entry, text) {
    const { view, sending } = entry;
    const key = JSON.stringify([view.submit ?? null, view.close ?? null, sending]);
    if (entry.footKey === key) return;
    entry.footKey = key;
    const held = entry.foot.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
    entry.foot.replaceChildren(
      h(
        'button',
        { class: 'button', type: 'button', 'data-testid': 'modal-cancel', on: { click: () => server.close(view.id) } },
        text(view.close, view.submit ? 'Cancel' : 'Close'),
      ),
      ...(view.submit
        ? [
            h(
              'button',
              {
                class: `button button-primary ${sending ? 'button-loading' : ''}`,
                type: 'submit',
                'data-testid': 'modal-submit',
                'aria-disabled': sending ? 'true' : null,
              },
              text(view.submit, ''),
            ),
          ]
        : []),
    );
    if (held) entry.foot.querySelector(`[data-testid="${held}"]`)?.focus();
  }

  function update(views, base) {
    const ids = new Set(views.map((view) => view.id));
    for (const [id, entry] of open) {
      if (ids.has(id)) continue;
      // closing gives the keyboard back to where it was before the modal
      if (entry.dialog.open) hide(entry);
      entry.dialog.remove();
      open.delete(id);
    }
    for (const view of views) {
      const entry = open.get(view.id) ?? make(view);
      if (JSON.stringify(entry.view) !== JSON.stringify(view)) entry.local = {};
      entry.view = view;
      entry.base = { ...base, currentChannel: view.channel ?? base.currentChannel };
      open.set(view.id, entry);
    }
    const top = views.at(-1);
    for (const [id, entry] of open) if (id !== top?.id && entry.dialog.open) hide(entry);
    if (!top) {
      if (shown && document.activeElement === document.body) server.closed();
      shown = null;
      return;
    }
    const entry = open.get(top.id);
    if (!entry.dialog.isConnected) document.body.append(entry.dialog);
    draw(entry);
    if (!entry.dialog.open) {
      entry.hidden = false;
      entry.dialog.showModal();
    }
    // a progress note that has become a form gives the keyboard to its first field
    const idle = [document.body, entry.body].includes(document.activeElement);
    if (shown !== top.id || idle) focusFirst(entry);
    shown = top.id;
  }

  function hide(entry) {
    entry.hidden = true;
    entry.dialog.close();
  }

  function focusFirst(entry) {
    const first =
      entry.body.querySelector('[data-autofocus], input:not([type=radio]):not([type=checkbox]), textarea') ??
      entry.foot.querySelector('[data-testid=modal-submit]') ??
      entry.body;
    first.focus({ preventScroll: true });
  }

  return { update };
}
