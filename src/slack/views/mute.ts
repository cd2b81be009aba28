// The window to mute a channel's subscriptions: which of them, and how long.

import type { KnownBlock, ModalView } from '@slack/types';
import type { Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { section, subscriptionLabel } from '../messages/answers.ts';
import { option } from './look.ts';
import { modal } from './modal.ts';

export const MUTE = 'mute';
const MOST_OPTIONS = 100;

/** Each is a time as it is typed. */
export const lengths = ['1h', '4h', 'until tomorrow', 'until monday', '1w'] as const;

export function lengthLabels({ muting }: Texts): Record<(typeof lengths)[number], string> {
  return {
    '1h': muting.oneHour,
    '4h': muting.fourHours,
    'until tomorrow': muting.tomorrow,
    'until monday': muting.monday,
    '1w': muting.oneWeek,
  };
}

/** `chosen`: those that are ticked at first. */
export function muteForm(
  { channel, here, chosen }: { channel: string; here: Subscription[]; chosen: Subscription[] },
  t: Texts,
): ModalView {
  const words = t.muting;
  const options = here.slice(0, MOST_OPTIONS).map((each) => option(subscriptionLabel(each, t), each.id));
  const initial = options.filter(({ value }) => chosen.some((each) => each.id === value));
  const labels = lengthLabels(t);
  const howLong = lengths.map((each) => option(labels[each], each));
  const which: KnownBlock = {
    type: 'input',
    block_id: 'which',
    label: { type: 'plain_text', text: words.which },
    element: {
      type: 'multi_static_select',
      action_id: 'mute_which',
      options,
      ...(initial.length > 0 ? { initial_options: initial } : {}),
    },
  };
  return modal(
    {
      title: words.title,
      callbackId: MUTE,
      submit: words.submit,
      close: t.common.cancel,
      metadata: JSON.stringify({ channel }),
      blocks: [
        section(words.question(`<#${channel}>`)),
        which,
        {
          type: 'input',
          block_id: 'length',
          label: { type: 'plain_text', text: words.howLong },
          element: { type: 'static_select', action_id: 'mute_length', options: howLong, initial_option: howLong[0]! },
        },
        {
          type: 'input',
          block_id: 'until',
          optional: true,
          label: { type: 'plain_text', text: words.until },
          hint: { type: 'plain_text', text: words.untilHint },
          element: { type: 'datetimepicker', action_id: 'mute_until' },
        },
      ],
    },
    t,
  );
}
