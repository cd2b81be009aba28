// `share`: a link to book an event type, for one booking or for many; only whoever asks sees it, and may post it in the channel.

import { z } from 'zod';
import type { Connection, EventType } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { tokens } from '../../subscription/tokens.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { inWindow } from '../explain.ts';
import { buttons, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import { progress } from '../views/modal.ts';
import { SHARE, SHARE_TYPE, sharedView, shareForm } from '../views/share.ts';
import type { ActionVisit, Choice, SubmitVisit, SuggestVisit, Verb, Visit } from '../visit.ts';
import { permittedConnections } from './accounts.ts';
import { enterChannel, languageHere } from './channel.ts';
import { record } from './deeds.ts';
import { nearestTypes, resolveTypes, searchTypes, typeChoices, typeId } from './event-types.ts';
import { mustBeMember } from './rights.ts';

/** A channel with many people takes long to look through; who is not known to be alone among us counts as not. Milliseconds. */
const LOOK_MS = 1_200;

const often: Record<string, boolean> = {
  once: true,
  single: true,
  'single-use': true,
  reusable: false,
  always: false,
  many: false,
};

export const share: Verb = {
  name: 'share',
  aliases: ['book'],
  examples: ['share "Demo call" once', 'share'],
  async run(visit) {
    const typed = [...tokens(visit.rest)];
    if (typed.length === 0) return openForm(visit, visit.channel);
    const last = typed.at(-1)!;
    const named =
      !last.quoted && Object.hasOwn(often, last.text.toLowerCase()) ? often[last.text.toLowerCase()] : undefined;
    const words = named === undefined ? typed : typed.slice(0, -1);
    const name = words.map(({ text }) => text.replace(/^type:/i, '')).join(' ');
    if (name === '') return openForm(visit, visit.channel, named);
    await byWords(visit, name, named);
  },
  actions: { share_pick: picked, share_post: posted },
  submissions: { [SHARE]: submitted },
  suggestions: { [SHARE_TYPE]: search },
  shortcuts: { share: (visit) => openForm(visit, null) },
};

interface Offer {
  connection: Connection;
  type: EventType;
}

/** What this person may share, over all their accounts. */
async function offers(visit: Pick<Visit, 'product' | 'workspace' | 'slack' | 'user' | 't'>): Promise<Offer[]> {
  await mustBeMember(visit);
  const permitted = await permittedConnections(visit);
  const { leads } = await visit.slack.person(visit.user);
  const own = permitted.filter((each) => leads || each.connectedBy === visit.user);
  if (own.length === 0) throw new Refusal(visit.t.share.notYours(permitted[0]!.connectedBy), { code: 'not_yours' });
  const all = await Promise.all(
    own.map(async (connection) => (await visit.product.eventTypes(connection)).map((type) => ({ connection, type }))),
  );
  // Two accounts of one organization see the same ones.
  const known = new Map(all.flat().map((offer) => [offer.type.uri, offer]));
  return [...known.values()].sort((a, b) => a.type.name.localeCompare(b.type.name));
}

async function byWords(visit: Visit & { channel: string }, name: string, named: boolean | undefined): Promise<void> {
  const all = await offers(visit);
  const types = all.map(({ type }) => type);
  const { found } = resolveTypes([name], types);
  if (found.length === 0) {
    const near = nearestTypes(name, types);
    const press = near.map((type) => pick(type, named));
    const words = visit.t.share.noSuchType(safeMrkdwn(name, 60), near.length > 0);
    return visit.answer(press.length > 0 ? say(words, buttons(press)) : say(words));
  }
  if (found.length > 1) {
    const same = types.filter((type) => found.some(({ uri }) => uri === type.uri)).slice(0, 5);
    const press = typeChoices(same, visit.t).map(({ text }, i) => ({ ...pick(same[i]!, named), label: text.text }));
    return visit.answer(say(visit.t.share.severalTypes(safeMrkdwn(name, 60)), buttons(press)));
  }
  await give(visit, visit.channel, all.find(({ type }) => type.uri === found[0]!.uri)!, named);
}

const pickedShape = z.object({ id: z.string(), once: z.boolean().optional() });
const pick = ({ uri, name }: EventType, once: boolean | undefined) => ({
  label: name,
  action: 'share_pick',
  value: JSON.stringify({ id: typeId(uri), ...(once === undefined ? {} : { once }) } satisfies z.infer<
    typeof pickedShape
  >),
});

async function picked(visit: ActionVisit): Promise<void> {
  const { id, once } = pickedShape.parse(JSON.parse(visit.value));
  const offer = (await offers(visit)).find(({ type }) => typeId(type.uri) === id);
  if (!offer) throw new Refusal(visit.t.share.noPage, { code: 'not_found' });
  await give(visit, visit.channel, offer, once, true);
}

/** In a channel that others may read, a link is for one booking unless somebody says otherwise. */
async function give(visit: Visit, channel: string | null, offer: Offer, named: boolean | undefined, replace = false) {
  const once = named ?? (channel === null || (await othersRead(visit, channel)));
  const { url, sentences } = await linkFor(visit, offer, once);
  const hint = named === undefined && once ? [visit.t.share.onceSince] : [];
  const value = JSON.stringify({ n: visit.product.newId(), o: once, t: offer.type.name.slice(0, 200), u: url });
  const press =
    channel === null || value.length > 2_000
      ? []
      : [buttons([{ label: visit.t.share.postIt, action: 'share_post', value }])];
  await visit.answer(say([...sentences, ...hint], ...press), { replace });
}

async function linkFor(visit: Visit, { connection, type }: Offer, once: boolean) {
  const words = visit.t.share;
  const url = await visit.product.acts.linkTo(connection, type, once);
  if (url === null) throw new Refusal(words.noPage, { code: 'not_found' });
  const name = safeMrkdwn(type.name, 80);
  visit.log.info({ connection: connection.id, once }, 'somebody was given a link to book');
  return { url, sentences: [once ? words.hereIsOnce(name) : words.hereIs(name), words.link(url)] };
}

async function othersRead({ slack }: Pick<Visit, 'slack'>, channel: string): Promise<boolean> {
  const looked = slack
    .channel(channel)
    .then(async ({ isShared }) => isShared || (await slack.hasGuests(channel)))
    .catch(() => true);
  const { promise: over, resolve } = Promise.withResolvers<true>();
  const timer = setTimeout(() => resolve(true), LOOK_MS);
  try {
    return await Promise.race([looked, over]);
  } finally {
    clearTimeout(timer);
  }
}

const postShape = z.object({ n: z.string(), o: z.boolean(), t: z.string(), u: z.string() });

/** The link stands in the button, which only came to whoever asked; posted twice, it is said once. */
async function posted(visit: ActionVisit): Promise<void> {
  const channel = visit.channel ?? '';
  const { n, o, t, u } = postShape.parse(JSON.parse(visit.value));
  await mustBeMember(visit);
  await post(visit, channel, { key: n, once: o, name: t, url: u });
  await visit.answer(say(visit.t.share.posted(`<#${channel}>`)), { replace: true });
}

async function post(visit: Visit, channel: string, link: { key: string; once: boolean; name: string; url: string }) {
  const words = textsFor(await languageHere(visit, channel, await enterChannel(visit, channel))).share;
  if (!visit.product.acts.isPage(link.url)) throw new Refusal(visit.t.share.noPage, { code: 'not_found' });
  const say = link.once ? words.toldOnce : words.told;
  const text = say(`<@${visit.user}>`, safeMrkdwn(link.name, 80).replaceAll('|', '¦'), inLink(link.url));
  await visit.product.sayOnce({ installationId: visit.workspace.id, to: channel, key: `share ${link.key}`, text });
  await record(visit, 'share', { subject: `share ${link.key}`, channelId: channel });
}

const inLink = (url: string) =>
  url.replaceAll('&', '&amp;').replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E');

const formShape = z.object({ channel: z.string().nullable(), key: z.string() });

async function openForm(visit: Visit, channel: string | null, named?: boolean): Promise<void> {
  const { t } = visit;
  const window = await visit.open(progress(t.share.title, t.common.oneMoment, t));
  await inWindow(visit, window, t.share.title, async () => {
    const types = (await offers(visit)).map(({ type }) => type);
    if (types.length === 0) throw new Refusal(t.share.noTypes, { code: 'not_found' });
    const once = named ?? (channel === null || (await othersRead(visit, channel)));
    const metadata = JSON.stringify({ channel, key: visit.product.newId() } satisfies z.infer<typeof formShape>);
    return { view: shareForm({ channel, types, once, metadata }, t), instead: null };
  });
}

async function submitted(visit: SubmitVisit): Promise<void> {
  const { t } = visit;
  const { channel, key } = formShape.parse(JSON.parse(visit.metadata));
  const [id = ''] = visit.entered.chosen(SHARE_TYPE);
  const once = visit.entered.chosen('how')[0] !== 'reusable';
  const mayPost = visit.entered.chosen('post').includes('post');
  const window = await visit.proceed(progress(t.share.title, t.share.making, t));
  await inWindow(visit, window, t.share.title, async () => {
    const offer = (await offers(visit)).find(({ type }) => typeId(type.uri) === id);
    if (!offer) throw new Refusal(t.share.noPage, { code: 'not_found' });
    const { url, sentences } = await linkFor(visit, offer, once);
    const told = await postedToo(visit, mayPost ? channel : null, { key, once, name: offer.type.name, url }, t);
    return { view: sharedView([...sentences, ...told], t), instead: say([...sentences, ...told]) };
  });
}

async function postedToo(visit: Visit, channel: string | null, link: Parameters<typeof post>[2], t: Texts) {
  if (channel === null) return [];
  await post(visit, channel, link);
  return [t.share.posted(`<#${channel}>`)];
}

async function search(visit: SuggestVisit): Promise<Choice[]> {
  const types = (await offers(visit)).map(({ type }) => type);
  return typeChoices(searchTypes(visit.query, types), visit.t);
}
