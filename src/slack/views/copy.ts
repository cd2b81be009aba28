// The window to copy subscriptions of a channel to others.

import type { ModalView } from '@slack/types';
import type { Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { section, subscriptionLabel } from '../messages/answers.ts';
import { option } from './look.ts';
import { modal } from './modal.ts';

export const COPY = 'copy';
const MOST_OPTIONS = 100;

export function copyForm(
  { channel, here, chosen }: { channel: string; here: Subscription[]; chosen: Subscription[] },
  t: Texts,
): ModalView {
  const words = t.changing;
  const options = here.slice(0, MOST_OPTIONS).map((each) => option(subscriptionLabel(each, t), each.id));
  const initial = options.filter(({ value }) => chosen.some((each) => each.id === value));
  return modal(
    {
      title: words.copyTitle,
      callbackId: COPY,
      submit: words.copySubmit,
      close: t.common.cancel,
      metadata: JSON.stringify({ channel }),
      blocks: [
        section(words.copyQuestion(`<#${channel}>`)),
        {
          type: 'input',
          block_id: 'which',
          label: { type: 'plain_text', text: words.copyWhich },
          element: {
            type: 'multi_static_select',
            action_id: 'copy_which',
            options,
            ...(initial.length > 0 ? { initial_options: initial } : {}),
          },
        },
        {
          type: 'input',
          block_id: 'to',
          label: { type: 'plain_text', text: words.copyTo },
          hint: { type: 'plain_text', text: words.copyToHint },
          element: {
            type: 'multi_conversations_select',
            action_id: 'copy_to',
            filter: { include: ['public', 'private'] },
          },
        },
      ],
    },
    t,
  );
}
