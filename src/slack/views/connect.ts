// The modal in which a Calendly personal access token is pasted, and what it shows afterwards.

import type { ModalView } from '@slack/types';
import { buttons, context, section } from '../messages/answers.ts';
import type { Message } from '../web.ts';
import { messageModal, modal } from './modal.ts';

export const CONNECT = 'connect';
export const title = 'Connect Calendly';

/** What the app reads and does at Calendly; each is needed to register and check the hook. */
export const tokenScopes = [
  'users:read',
  'organizations:read',
  'scheduled_events:read',
  'event_types:read',
  'webhooks:write',
];

export function tokenForm(): ModalView {
  return modal({
    title,
    callbackId: CONNECT,
    submit: 'Connect',
    close: 'Cancel',
    blocks: [
      section(
        'In Calendly, open *Integrations & apps → API & webhooks → Personal access tokens* and make a token. ' +
          `Tick these scopes: ${tokenScopes.map((scope) => `\`${scope}\``).join(' ')}`,
      ),
      {
        type: 'input',
        block_id: 'token',
        label: { type: 'plain_text', text: 'Personal access token' },
        element: {
          type: 'plain_text_input',
          action_id: 'token',
          placeholder: { type: 'plain_text', text: 'eyJ…' },
          focus_on_load: true,
        },
      },
      context(
        'It is stored encrypted and used only to read your bookings and to be told of changes. With an owner’s or admin’s token I hear of the whole organization; otherwise of that person’s own meetings.',
      ),
    ],
  });
}

/** A failure, with the way back to the form; the token itself is never kept in the view. */
export function connectFailed(message: Message): ModalView {
  const view = messageModal(title, message);
  return {
    ...view,
    blocks: [...view.blocks, buttons([{ label: 'Try again', action: 'connect_again', style: 'primary' }])],
  };
}
