// The modal that says what disconnecting will stop, and asks before it happens.

import type { ModalView } from '@slack/types';
import type { Connection } from '../../connection/connection.ts';
import { accountInWords, accountLabel, counted, section } from '../messages/answers.ts';
import { modal } from './modal.ts';

export const DISCONNECT = 'disconnect';
export const title = 'Disconnect Calendly';

export interface Affected {
  connection: Connection;
  subscriptions: number;
  channels: number;
}

export function impactInWords({ subscriptions, channels }: Pick<Affected, 'subscriptions' | 'channels'>): string {
  return `${counted(channels, 'channel')}, ${counted(subscriptions, 'subscription')}`;
}

export function disconnectForm(all: Affected[]): ModalView {
  const [only] = all;
  if (all.length === 1 && only) {
    return modal({
      title,
      callbackId: DISCONNECT,
      submit: 'Disconnect',
      close: 'Cancel',
      metadata: only.connection.id,
      blocks: [
        section(`Disconnect ${accountInWords(only.connection)}? This will stop: *${impactInWords(only)}*.`),
        section('The subscriptions are kept, paused. They go on when the same account is connected again.'),
      ],
    });
  }
  const options = all.slice(0, 100).map((each) => ({
    text: { type: 'plain_text' as const, text: accountLabel(each.connection) },
    description: { type: 'plain_text' as const, text: `Will stop: ${impactInWords(each)}` },
    value: each.connection.id,
  }));
  return modal({
    title,
    callbackId: DISCONNECT,
    submit: 'Disconnect',
    close: 'Cancel',
    blocks: [
      {
        type: 'input',
        block_id: 'account',
        label: { type: 'plain_text', text: 'Which Calendly account?' },
        element: { type: 'static_select', action_id: 'account', options },
      },
      section('Its subscriptions are kept, paused. They go on when the same account is connected again.'),
    ],
  });
}
