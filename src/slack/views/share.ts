// The window to share a link: which event type, for one booking or many, and whether it is posted in the channel (pure).

import type { KnownBlock, ModalView } from '@slack/types';
import type { EventType } from '../../connection/connection.ts';
import type { Texts } from '../../texts/index.ts';
import { typeChoices } from '../commands/event-types.ts';
import { section } from '../messages/answers.ts';
import { modal } from './modal.ts';

export const SHARE = 'share';
export const SHARE_TYPE = 'share_type';
const MOST_OPTIONS = 100;

export interface ShareFacts {
  /** Null where it was not asked for in a channel. */
  channel: string | null;
  types: EventType[];
  once: boolean;
  metadata: string;
}

export function shareForm({ channel, types, once, metadata }: ShareFacts, t: Texts): ModalView {
  const words = t.share;
  const option = (text: string, hint: string, value: string) => ({
    text: { type: 'plain_text' as const, text },
    description: { type: 'plain_text' as const, text: hint },
    value,
  });
  const hows = [option(words.once, words.onceHint, 'once'), option(words.reusable, words.reusableHint, 'reusable')];
  const choices = typeChoices(types, t);
  const common = {
    action_id: SHARE_TYPE,
    placeholder: { type: 'plain_text' as const, text: words.placeholder },
  };
  const post: KnownBlock[] =
    channel === null
      ? []
      : [
          {
            type: 'input',
            block_id: 'post',
            optional: true,
            label: { type: 'plain_text', text: words.whereTo },
            element: {
              type: 'checkboxes',
              action_id: 'post',
              options: [{ text: { type: 'mrkdwn', text: words.post(`<#${channel}>`) }, value: 'post' }],
            },
          },
        ];
  return modal(
    {
      title: words.title,
      callbackId: SHARE,
      submit: words.submit,
      close: t.common.cancel,
      metadata,
      blocks: [
        {
          type: 'input',
          block_id: SHARE_TYPE,
          label: { type: 'plain_text', text: words.which },
          element:
            choices.length <= MOST_OPTIONS
              ? { type: 'static_select', ...common, options: choices }
              : { type: 'external_select', ...common, min_query_length: 0 },
        },
        {
          type: 'input',
          block_id: 'how',
          label: { type: 'plain_text', text: words.how },
          element: { type: 'radio_buttons', action_id: 'how', options: hows, initial_option: hows[once ? 0 : 1]! },
        },
        ...post,
      ],
    },
    t,
  );
}

export function sharedView(sentences: string[], t: Texts): ModalView {
  return modal({ title: t.share.title, blocks: sentences.map(section) }, t);
}
