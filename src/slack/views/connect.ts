// The modal with the ways to connect: signing in, where that is set up, and a personal access token; and what it shows afterwards.

import type { KnownBlock, ModalView } from '@slack/types';
import { cancelScope, type Extra, linkScope, signInScopes } from '../../connection/scopes.ts';
import type { Texts } from '../../texts/index.ts';
import { buttons, context, section } from '../messages/answers.ts';
import type { Message } from '../web.ts';
import { messageModal, modal } from './modal.ts';

export const CONNECT = 'connect';

/** @param signInUrl this person's own link; null where only tokens are taken. `extras`: what is wanted beside the bookings */
export function connectForm(signInUrl: string | null, extras: readonly Extra[], t: Texts): ModalView {
  const scopes = signInScopes(extras)
    .map((scope) => `\`${scope}\``)
    .join(' ');
  return modal(
    {
      title: t.connecting.title,
      callbackId: CONNECT,
      submit: t.connecting.submit,
      close: t.common.cancel,
      blocks: [
        ...(signInUrl === null ? [] : signInBlocks(signInUrl, t)),
        section(t.connecting.makeToken(signInUrl === null, scopes)),
        context(t.connecting.extraScopes(`\`${cancelScope}\``, `\`${linkScope}\``)),
        {
          type: 'input',
          block_id: 'token',
          label: { type: 'plain_text', text: t.connecting.token },
          element: {
            type: 'plain_text_input',
            action_id: 'token',
            placeholder: { type: 'plain_text', text: 'eyJ…' },
            focus_on_load: signInUrl === null,
          },
        },
        context(t.connecting.tokenHint),
      ],
    },
    t,
  );
}

function signInBlocks(url: string, { connecting }: Texts): KnownBlock[] {
  return [
    section(connecting.signIn),
    buttons([{ label: connecting.signInButton, action: 'sign_in', style: 'primary', url }]),
    context(connecting.signInHint),
    { type: 'divider' },
  ];
}

/** A failure, with the way back to the form; the token itself is never kept in the view. */
export function connectFailed(message: Message, t: Texts): ModalView {
  const view = messageModal(t.connecting.title, message, t);
  return {
    ...view,
    blocks: [...view.blocks, buttons([{ label: t.common.tryAgain, action: 'connect_again', style: 'primary' }])],
  };
}
