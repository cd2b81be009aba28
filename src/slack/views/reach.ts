// The window where it is chosen whose meetings an account tells of: everybody's, a group's, or its own.

import type { ModalView } from '@slack/types';
import type { Connection, Reach } from '../../connection/connection.ts';
import { isSameReach } from '../../connection/reach.ts';
import type { Texts } from '../../texts/index.ts';
import { accountInWords, context, groupName, section } from '../messages/answers.ts';
import { plain } from '../messages/text.ts';
import { option } from './look.ts';
import { modal } from './modal.ts';

export const REACH_CHOSEN = 'reach_chosen';

/** Slack shows no more in a menu. */
const mostOptions = 100;

/** What an option stands for; a group by its URI, since two may have one name. */
const keyOf = ({ scope, group }: Reach): string => group?.uri ?? scope;

export const reachCalled = (value: string, all: readonly Reach[]): Reach | undefined =>
  all.find((each) => keyOf(each) === value);

export function reachForm(connection: Connection, reaches: readonly Reach[], name: string | null, t: Texts): ModalView {
  const words = t.connecting;
  const label = (each: Reach) => {
    if (each.group) return words.groupOnly(plain(groupName(each.group, t), 60));
    return each.scope === 'user' ? words.ownOnly : words.everyMeeting;
  };
  // One's own meetings stand last, and are never cut off.
  const shown = [...reaches.slice(0, -1).slice(0, mostOptions - 1), ...reaches.slice(-1)];
  const options = shown.map((each) => option(label(each), keyOf(each)));
  const now = options.find(({ value }) => value === keyOf(shown.find((each) => isSameReach(each, connection)) ?? none));
  return modal(
    {
      title: words.titleReach,
      callbackId: REACH_CHOSEN,
      submit: words.chooseIt,
      close: t.common.cancel,
      metadata: connection.id,
      blocks: [
        section(words.chooseReach(accountInWords(connection, t, name))),
        {
          type: 'input',
          block_id: 'reach',
          label: { type: 'plain_text', text: words.titleReach },
          element: {
            type: 'static_select',
            action_id: 'reach',
            options,
            ...(now ? { initial_option: now } : {}),
          },
        },
        context(words.reachHint),
      ],
    },
    t,
  );
}

const none: Reach = { scope: 'group', group: { uri: '', name: '' } };
