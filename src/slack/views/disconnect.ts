// The modal that says what disconnecting will stop, and asks before it happens.

import type { ModalView } from '@slack/types';
import type { Connection } from '../../connection/connection.ts';
import type { Texts } from '../../texts/index.ts';
import { accountInWords, accountLabel, section } from '../messages/answers.ts';
import { modal } from './modal.ts';

export const DISCONNECT = 'disconnect';

export interface Affected {
  connection: Connection;
  /** What it is called here. */
  name: string;
  subscriptions: number;
  channels: number;
}

export function impactInWords(
  { subscriptions, channels }: Pick<Affected, 'subscriptions' | 'channels'>,
  t: Texts,
): string {
  return t.connecting.impact(t.common.channels(channels), t.common.subscriptions(subscriptions));
}

export function disconnectForm(all: Affected[], t: Texts): ModalView {
  const [only] = all;
  if (all.length === 1 && only) {
    return modal(
      {
        title: t.connecting.titleDisconnect,
        callbackId: DISCONNECT,
        submit: t.connecting.disconnect,
        close: t.common.cancel,
        metadata: only.connection.id,
        blocks: [
          section(t.connecting.askDisconnect(accountInWords(only.connection, t), impactInWords(only, t))),
          section(t.connecting.theyAreKept),
        ],
      },
      t,
    );
  }
  const options = all.slice(0, 100).map((each) => ({
    text: { type: 'plain_text' as const, text: accountLabel(each.connection, each.name, t) },
    description: { type: 'plain_text' as const, text: t.connecting.willStop(impactInWords(each, t)) },
    value: each.connection.id,
  }));
  return modal(
    {
      title: t.connecting.titleDisconnect,
      callbackId: DISCONNECT,
      submit: t.connecting.disconnect,
      close: t.common.cancel,
      blocks: [
        {
          type: 'input',
          block_id: 'account',
          label: { type: 'plain_text', text: t.connecting.whichAccount },
          element: { type: 'static_select', action_id: 'account', options },
        },
        section(t.connecting.itsAreKept),
      ],
    },
    t,
  );
}
