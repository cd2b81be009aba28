// Asks before something happens: Block Kit's confirm object, and nothing else.
import { h } from './dom.js';
import { renderText } from './text.js';

/** True once the person agrees; Escape and the deny button are a no. */
export function confirmFirst(confirm, context) {
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const style = confirm.style === 'danger' ? 'button-danger-solid' : 'button-primary';
    const dialog = h(
      'dialog',
      {
        class: 'dialog dialog-confirm',
        role: 'alertdialog',
        'aria-labelledby': 'confirm-title',
        'aria-describedby': 'confirm-text',
        'data-testid': 'confirm',
      },
      h('h2', { class: 'dialog-title', id: 'confirm-title' }, renderText(confirm.title, context)),
      h('div', { class: 'dialog-body', id: 'confirm-text' }, renderText(confirm.text, context)),
      h(
        'div',
        { class: 'dialog-foot' },
        h(
          'button',
          { class: 'button', type: 'button', 'data-testid': 'confirm-deny', on: { click: () => done(false) } },
          renderText(confirm.deny ?? { type: 'plain_text', text: 'Cancel' }, context),
        ),
        h(
          'button',
          {
            class: `button ${style}`,
            type: 'button',
            'data-testid': 'confirm-ok',
            on: { click: () => done(true) },
          },
          renderText(confirm.confirm ?? { type: 'plain_text', text: 'Yes' }, context),
        ),
      ),
    );
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      done(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('[data-testid=confirm-ok]').focus();
  });
}
