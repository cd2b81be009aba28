// `admin erase`: what is kept of one person goes, after a look at what there is.

import { z } from 'zod';
import { withCommand } from '../../errors.ts';
import { namesOf } from '../explain.ts';
import { say } from '../messages/answers.ts';
import { erasureReceipt, tracesFound } from '../messages/erasing.ts';
import type { ActionVisit, CommandVisit, Visit } from '../visit.ts';
import { addressIn } from './admin-people.ts';
import { record } from './deeds.ts';
import { mustLead } from './rights.ts';

/** Cards are mostly edited within this time; nobody has to wait longer for the receipt. Milliseconds. */
const EDITED_MS = 8_000;
const LOOK_MS = 250;

const wishShape = z.object({ address: z.string().min(3).max(320), there: z.boolean() });

/** `words` is what follows `admin erase`. */
export async function eraseAsked(visit: CommandVisit, words: string): Promise<void> {
  await mustErase(visit);
  const { product, workspace } = visit;
  const address = addressIn(words.trim().split(/\s+/, 1)[0] ?? '', visit.t.erasing.usage, visit.t.letters.noAddress);
  await visit.answer(tracesFound(address, await product.erasures.traces(workspace.id, address), namesOf(visit)));
}

export async function erasePressed(visit: ActionVisit): Promise<void> {
  await mustErase(visit);
  const { product, workspace } = visit;
  const { address, there } = wishShape.parse(JSON.parse(visit.value));
  await visit.answer(say(`⏳ ${visit.t.common.oneMoment}`), { replace: true });
  const receipt = await product.erasures.erase(workspace.id, address);
  const { bookings, bodies, cards, lines, notes, at } = receipt;
  // Named by its moment: the record must not keep what was erased.
  await record(visit, 'erase', {
    subject: `erasure ${at}`,
    became: JSON.stringify({ bookings, bodies, cards, lines, notes, there }),
  });
  visit.log.info({ bookings, bodies, cards, lines }, 'an admin had somebody’s data erased');
  const asked = there ? await product.forgetAtCalendly(workspace.id, address) : null;
  const waiting = await edited(visit);
  await visit.answer(erasureReceipt(address, receipt, { waiting, there: asked }, namesOf(visit)), { replace: true });
}

/** How many messages are left to edit once most are. */
async function edited({ product, workspace }: Visit): Promise<number> {
  const end = performance.now() + EDITED_MS;
  for (;;) {
    const left = await product.erasures.stillToEdit(workspace.id);
    if (left === 0 || performance.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const mustErase = (visit: Visit): Promise<void> =>
  mustLead(visit, withCommand(visit.t.erasing.admins, visit.product.commandName));
