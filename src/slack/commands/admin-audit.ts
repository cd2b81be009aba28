// `admin audit`: who did what in this workspace, newest first, those who were not allowed to included.

import { z } from 'zod';
import { deedLine } from '../deed-lines.ts';
import { namesOf } from '../explain.ts';
import { buttons, type Press, say } from '../messages/answers.ts';
import type { ActionVisit, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled } from './accounts.ts';
import { mustLead } from './rights.ts';

const PAGE = 15;

export async function auditAsked(visit: Visit): Promise<void> {
  await mustLead(visit);
  await visit.answer(await auditPage(visit, 0));
}

export async function auditTurned(visit: ActionVisit): Promise<void> {
  await mustLead(visit);
  const from = z.coerce.number().int().min(0).max(10_000_000).parse(visit.value);
  await visit.answer(await auditPage(visit, from), { replace: true });
}

async function auditPage(visit: Visit, from: number): Promise<Message> {
  const { product, workspace, t } = visit;
  const [{ total, rows }, live, called] = await Promise.all([
    product.deeds.page(workspace.id, { from, count: PAGE }),
    product.connections.connections(workspace.id),
    accountsCalled(visit),
  ]);
  if (total === 0) return say(t.home.noRecent);
  const lines = rows.map((row) => deedLine(row, live, called, namesOf(visit)));
  const turn: Press[] = [
    ...(from > 0 ? [{ label: t.common.previous, action: 'audit_page', value: String(Math.max(0, from - PAGE)) }] : []),
    ...(from + rows.length < total
      ? [{ label: t.common.showMore, action: 'audit_page', value: String(from + PAGE) }]
      : []),
  ];
  const range = `${from + 1}–${from + rows.length}`;
  return say([t.home.record(total, range), lines.join('\n')], ...(turn.length > 0 ? [buttons(turn)] : []));
}
