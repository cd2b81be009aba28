// Details, of a card: everything that is known of its booking, in a window that only the one who pressed it sees.

import { isShownIn, mayTellAll } from '../../delivery/details.ts';
import { Refusal } from '../../errors.ts';
import { inWindow } from '../explain.ts';
import { detailsView } from '../views/details.ts';
import { progress } from '../views/modal.ts';
import type { ActionVisit } from '../visit.ts';
import { mustBeMember } from './rights.ts';

export async function details(visit: ActionVisit): Promise<void> {
  const { product, workspace, channel, value, t } = visit;
  const { title } = t.details;
  // At once, since Slack gives three seconds; who asks, and for what, is looked at while it shows.
  const window = await visit.open(progress(title, t.common.oneMoment, t));
  await inWindow(visit, window, title, async () => {
    await mustBeMember(visit);
    const found = await product.bookingOfDelivery(workspace.id, value.slice(0, 100), t.code);
    if (!found || !isShownIn(found, channel)) throw new Refusal(t.details.gone, { code: 'booking_gone' });
    if (!mayTellAll(found, channel)) throw new Refusal(t.details.withheld, { code: 'private' });
    visit.log.info({ delivery: value }, 'somebody was shown the details of a booking');
    // Nobody who has closed the window wants it sent after them.
    return { view: detailsView(found, t), instead: null };
  });
}
