// `admin`: messages that were given up or whose outcome is unknown, which admins send again or drop, and their owners are asked about; and the hosts.

import { z } from 'zod';
import { droppedByAdmin, foundByOwner, type Incident, type Letter } from '../../delivery/letters.ts';
import { Refusal } from '../../errors.ts';
import { namesOf } from '../explain.ts';
import { type Asked, letterInFull, letterList, ownersMessage, PAGE } from '../messages/admin.ts';
import { buttons, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { auditAsked, auditTurned } from './admin-audit.ts';
import { adminChannel } from './admin-channel.ts';
import { eraseAsked, erasePressed } from './admin-erase.ts';
import { managerList, managerSet } from './admin-managers.ts';
import { hostList, hostSet } from './admin-people.ts';
import { record } from './deeds.ts';
import { mayDecide, mustBeMember, mustLead } from './rights.ts';

/** An owner is asked about so many at a time. */
const ASKED = 5;
/** A message that is sent again usually arrives within this time; longer nobody has to wait for the answer. Milliseconds. */
const ARRIVES_MS = 3_000;
const LOOK_MS = 200;

export const admin: Verb = {
  name: 'admin',
  aliases: ['dead', 'uncertain', 'letters'],
  examples: ['admin dead', 'admin host ada@example.com @ada'],
  async run(visit) {
    const [word = ''] = visit.rest.trim().split(/\s+/, 1);
    const part = word.toLowerCase();
    if (part === 'channel') return adminChannel(visit, visit.rest.trim().slice(word.length));
    if (part === 'managers') return managerList(visit);
    if (part === 'manager') return managerSet(visit, visit.rest.trim().slice(word.length));
    if (part === 'hosts') return hostList(visit);
    if (part === 'host') return hostSet(visit, visit.rest.trim().slice(word.length));
    if (part === 'audit') return auditAsked(visit);
    if (part === 'erase') return eraseAsked(visit, visit.rest.trim().slice(word.length));
    if (!['', 'dead', 'uncertain'].includes(visit.rest.trim().toLowerCase())) {
      const presses = ['admin dead', 'admin hosts', 'admin managers', 'admin channel', 'admin audit'].map((value) => ({
        label: value,
        action: 'do',
        value,
      }));
      const parts = ['dead', 'hosts', 'host', 'managers', 'manager', 'channel', 'erase', 'audit'];
      const known = parts.map((each) => `\`admin ${each}\``);
      const typed = safeMrkdwn(visit.rest, 40);
      return visit.answer(say(visit.t.letters.iKnow(known, typed), buttons(presses)));
    }
    await mustLead(visit);
    await visit.answer(await letterPage(visit, 0));
  },
  actions: {
    erase: erasePressed,
    audit_page: auditTurned,
    admin_page: turned,
    admin_show: shown,
    admin_again: sentAgain,
    admin_drop: (visit) => closed(visit, droppedByAdmin),
    admin_there: (visit) => closed(visit, foundByOwner),
    letters_show: asked,
    letter_there: (visit) => decided(visit, 'there'),
    letter_again: (visit) => decided(visit, 'again'),
  },
};

const incidentShape = z.object({ id: z.string(), incident: z.number() });
const askedShape = z.object({
  l: z.array(z.tuple([z.string(), z.number()])).max(ASKED),
  i: z.int().min(0),
  more: z.int().min(0),
  next: z.int().min(0),
}) satisfies z.ZodType<Asked>;

export async function letterPage(visit: Visit, from: number): Promise<Message> {
  const { product, workspace } = visit;
  const { total, letters } = await product.letters.letters(workspace.id, { from, count: PAGE });
  // Others may have dealt with the last ones of a page meanwhile.
  if (letters.length === 0 && from > 0) return letterPage(visit, Math.max(0, from - PAGE));
  const { ledger } = await product.figures(workspace.id);
  return letterList(total, letters, from, ledger, visit.t);
}

async function turned(visit: ActionVisit): Promise<void> {
  await mustLead(visit);
  const from = z.coerce.number().int().min(0).max(1_000_000).parse(visit.value);
  await visit.answer(await letterPage(visit, from), { replace: true });
}

async function shown(visit: ActionVisit): Promise<void> {
  await mustLead(visit);
  const { id } = incidentShape.parse(JSON.parse(visit.value));
  await visit.answer(letterInFull(await one(visit, id), namesOf(visit)), { replace: true });
}

async function sentAgain(visit: ActionVisit): Promise<void> {
  await mustLead(visit);
  const incident = incidentShape.parse(JSON.parse(visit.value));
  const isFirst = await visit.product.letters.resend(visit.workspace.id, incident);
  await noted(visit, 'resend', incident, isFirst);
  visit.log.info({ delivery: incident.id }, 'an admin sends a message again');
  await visit.answer(letterInFull(await arrived(visit, incident.id), namesOf(visit)), { replace: true });
}

async function closed(visit: ActionVisit, reason: string): Promise<void> {
  await mustLead(visit);
  const incident = incidentShape.parse(JSON.parse(visit.value));
  const isFirst = await visit.product.letters.close(visit.workspace.id, incident, reason);
  await noted(visit, reason === droppedByAdmin ? 'drop' : 'found', incident, isFirst);
  await visit.answer(letterInFull(await one(visit, incident.id), namesOf(visit)), { replace: true });
}

/** Where somebody else, or another click, was first, that is said. */
async function noted(
  visit: Visit,
  what: 'resend' | 'drop' | 'found',
  { id }: Incident,
  isFirst: boolean,
): Promise<void> {
  const [letter] = await visit.product.letters.lettersOf(visit.workspace.id, [id]);
  const result = isFirst ? 'done' : 'too late';
  await record(visit, what, {
    subject: id,
    channelId: letter?.channelId ?? null,
    became: letter?.state ?? null,
    result,
  });
}

async function one(visit: Visit, id: string): Promise<Letter> {
  const [letter] = await visit.product.letters.lettersOf(visit.workspace.id, [id]);
  if (letter) return letter;
  throw new Refusal(visit.t.letters.gone, {
    code: 'letter_gone',
  });
}

/** The letter once it has arrived, or as it is after a while. */
async function arrived(visit: Visit, id: string): Promise<Letter> {
  const end = performance.now() + ARRIVES_MS;
  for (;;) {
    const letter = await one(visit, id);
    if ((letter.state !== 'due' && letter.state !== 'sending') || performance.now() > end) return letter;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** From `status`, or for the next ones of a message to an owner: admins see all, others are asked about their own. */
async function asked(visit: ActionVisit): Promise<void> {
  const { product, workspace, user } = visit;
  if ((await visit.slack.person(user)).leads && visit.value === '') return visit.answer(await letterPage(visit, 0));
  await mustBeMember(visit);
  const from = z.coerce.number().int().min(0).max(1_000_000).parse(visit.value);
  const { total, letters } = await product.letters.letters(workspace.id, { owner: user, from, count: ASKED });
  if (letters.length === 0) return visit.answer(say(visit.t.letters.noneOfYours));
  const next = from + letters.length;
  await visit.answer(ownersMessage(letters, letters, Math.max(0, total - next), next, visit.t));
}

/** An owner has looked: the message that asked says what came of it. */
async function decided(visit: ActionVisit, what: 'there' | 'again'): Promise<void> {
  const { product, workspace } = visit;
  await mustBeMember(visit);
  const { l, i, more, next } = askedShape.parse(JSON.parse(visit.value));
  const all = l.map(([id, incident]): Incident => ({ id, incident }));
  const meant = all[i];
  if (!meant) throw new Refusal(visit.t.letters.tooOld, { code: 'stale' });
  await mayDecide(visit, await one(visit, meant.id));
  const isFirst =
    what === 'there'
      ? await product.letters.close(workspace.id, meant, foundByOwner)
      : await product.letters.resend(workspace.id, meant);
  await noted(visit, what === 'there' ? 'found' : 'resend', meant, isFirst);
  visit.log.info({ delivery: meant.id, what, isFirst }, 'a message of unknown outcome was decided about');
  if (what === 'again') await arrived(visit, meant.id);
  const now = await product.letters.lettersOf(
    workspace.id,
    all.map(({ id }) => id),
  );
  await visit.answer(ownersMessage(all, now, more, next, visit.t), { replace: true });
}
