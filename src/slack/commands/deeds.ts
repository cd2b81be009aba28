// What a person is about to do, named for the record, and the button that undoes it.

import type { KnownBlock } from '@slack/types';
import type { Deed, DeedKind } from '../../subscription/deed.ts';
import type { Texts } from '../../texts/index.ts';
import { buttons } from '../messages/answers.ts';
import type { Visit } from '../visit.ts';

export function newDeed({ product, user }: Pick<Visit, 'product' | 'user'>, what: DeedKind): Deed {
  return { id: product.newId(), who: user, what };
}

/** Who presses it, and whether it is not too late, is asked then: it only names the deed. */
export function undoButton({ id }: Deed, t: Texts): KnownBlock {
  return buttons([{ label: t.common.undo, action: 'undo', value: id }]);
}

/** For what is no subscription; those are recorded by what changes them. */
export async function record(
  visit: Pick<Visit, 'product' | 'workspace' | 'user'>,
  what: DeedKind,
  row: { subject: string; channelId?: string | null; was?: string | null; became?: string | null; result?: string },
): Promise<void> {
  const { subject, channelId = null, was = null, became = null, result = 'done' } = row;
  await visit.product.deeds.record(visit.workspace.id, {
    ...{ ...newDeed(visit, what), subject, channelId },
    ...{ was, became, result },
  });
}
