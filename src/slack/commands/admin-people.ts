// `admin hosts` and `admin host`: who a Calendly host is in Slack, where the e-mail address does not tell.

import { createHash } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import { onePerson, pairForgotten, pairList, pairSet } from '../messages/people.ts';
import { isAddress } from '../people.ts';
import type { CommandVisit } from '../visit.ts';
import { record } from './deeds.ts';
import { mustLead } from './rights.ts';

/** Listed; more are counted. */
const LISTED = 100;

export async function hostList(visit: CommandVisit): Promise<void> {
  await mustSetHosts(visit);
  const { product, workspace } = visit;
  const [{ total, pairs }, may] = await Promise.all([
    product.people.pairs(workspace.id, LISTED),
    product.people.mayLookUp(workspace.id),
  ]);
  await visit.answer(pairList(total, pairs, may, namesOf(visit)));
}

/** `words` is what follows `admin host`. */
export async function hostSet(visit: CommandVisit, words: string): Promise<void> {
  await mustSetHosts(visit);
  const { product, workspace } = visit;
  const [given = '', ...rest] = words.trim().split(/\s+/);
  const address = addressIn(given, visit.t.letters.usage, visit.t.letters.noAddress);
  const whom = rest.join(' ').toLowerCase();
  if (whom === '') {
    const answer = await product.people.personOf(workspace.id, address);
    const may = answer.says === 'nobody knows' ? await product.people.mayLookUp(workspace.id) : 'yes';
    return visit.answer(onePerson(address, answer, may, namesOf(visit)));
  }
  const at = { installation: workspace.id, host: inLog(workspace.id, address), by: visit.user };
  if (whom === 'auto') {
    const was = await product.people.forgetPerson(workspace.id, address);
    await record(visit, 'host', { subject: `host ${at.host}`, became: 'auto' });
    visit.log.info({ ...at, to: 'auto' }, 'an admin set who a host is');
    return visit.answer(pairForgotten(address, was, visit.t));
  }
  const userId = whom === 'none' ? null : personIn(rest.join(' '), visit.t);
  await product.people.setPerson({ installationId: workspace.id, address, userId, by: visit.user });
  await record(visit, 'host', { subject: `host ${at.host}`, became: userId ?? 'none' });
  visit.log.info({ ...at, to: userId ?? 'none' }, 'an admin set who a host is');
  await visit.answer(pairSet(address, userId, visit.t));
}

const mustSetHosts = (visit: CommandVisit): Promise<void> => mustLead(visit, visit.t.rights.hosts);

/** Slack makes a link of an address: `<mailto:ada@example.com|ada@example.com>`. */
export function addressIn(word: string, usage: string, wrong: (usage: string) => string = (each) => each): string {
  const address = (/^<mailto:([^|>]+)(?:\|[^>]*)?>$/.exec(word)?.[1] ?? word).toLowerCase();
  if (isAddress(address)) return address;
  throw new Refusal(address === '' ? usage : wrong(usage), {
    code: 'no_address',
  });
}

/** Slack turns a name that is picked from its list into `<@U123|ada>`; one that is merely typed could be anybody's. */
export function personIn(words: string, { letters }: Texts, usage: string = letters.usage): string {
  const id = /^<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>$/.exec(words.trim())?.[1];
  if (id) return id;
  const isGroup = words.includes('<!subteam^');
  throw new Refusal(isGroup ? letters.notAGroup : letters.whoIsMeant(usage), { code: 'no_person' });
}

/** The log names nobody: enough to find the same host's lines again. */
const inLog = (installationId: string, address: string) =>
  createHash('sha256').update(`${installationId} ${address}`).digest('hex').slice(0, 12);
