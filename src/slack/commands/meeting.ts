// What the buttons of a card do. Each looks at the moment who asks, does it at Calendly, and leaves it to the card to show what came of it.

import { z } from 'zod';
import type { Invitee } from '../../booking/change.ts';
import type { Target } from '../../connection/acts.ts';
import { type CardBooking, isShownIn } from '../../delivery/details.ts';
import { Refusal } from '../../errors.ts';
import { inWindow, namesOf } from '../explain.ts';
import { say } from '../messages/answers.ts';
import type { MenuVerb } from '../messages/card-actions.ts';
import { personOf } from '../messages/parts.ts';
import { whyInWords } from '../messages/why.ts';
import { CANCEL, cancelForm, guestForm, linksView, NO_SHOW, whyView } from '../views/meeting.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { ActionVisit, SubmitVisit, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled } from './accounts.ts';
import { record } from './deeds.ts';
import { details } from './details.ts';
import { mayAct, mustBeMember } from './rights.ts';

/** After this a person is told that it takes a moment, milliseconds. */
const PATIENCE = 2_000;

const menu: Record<MenuVerb, (visit: ActionVisit) => Promise<void>> = {
  details,
  cancel: askCancel,
  noshow: (visit) => patiently(visit, () => noShow(visit, 'mark')),
  noshow_undo: (visit) => patiently(visit, () => noShow(visit, 'undo')),
  noshow_who: askWho,
  links,
  why,
};

/** What stands on cards, and belongs to no word of the command. */
export const cardActions: Record<string, (visit: ActionVisit) => Promise<void>> = {
  cancel_meeting: menu.cancel,
  noshow: menu.noshow,
  noshow_undo: menu.noshow_undo,
  noshow_who: menu.noshow_who,
  // On cards of earlier days.
  details,
  async more(visit) {
    const [verb = '', ref = ''] = visit.value.split(' ');
    if (Object.hasOwn(menu, verb)) await menu[verb as MenuVerb]({ ...visit, value: ref });
  },
};

export const cardSubmissions: Record<string, (visit: SubmitVisit) => Promise<void>> = {
  [CANCEL]: cancel,
  [NO_SHOW]: saveWho,
};

interface Here {
  found: CardBooking;
  head: Invitee;
  target: Target;
}

/** The meeting behind a card, as it is known now. A button's value can be made by hand: it counts only where the card stands. */
async function cardHere(visit: Visit, ref: string, channel: string | null): Promise<CardBooking> {
  await mustBeMember(visit);
  const { product, workspace, t } = visit;
  const found = await product.bookingOfDelivery(workspace.id, ref.slice(0, 100), t.code);
  if (!found || !isShownIn(found, channel)) throw new Refusal(t.details.gone, { code: 'booking_gone' });
  return found;
}

async function meetingHere(visit: Visit, ref: string, channel: string | null): Promise<Here> {
  const found = await cardHere(visit, ref, channel);
  const { head } = found.booking;
  if (!head) throw new Refusal(visit.t.details.gone, { code: 'booking_gone' });
  await mayAct(visit, head.meeting.hosts);
  const { connectionId } = found;
  return { found, head, target: { installationId: visit.workspace.id, connectionId, meetingUri: head.meeting.uri } };
}

const whereShape = z.object({ ref: z.string(), channel: z.string() });
const metadataOf = (visit: ActionVisit) => JSON.stringify({ ref: visit.value, channel: visit.channel ?? '' });

function submittedHere(visit: SubmitVisit): Promise<Here> {
  const { ref, channel } = whereShape.parse(JSON.parse(visit.metadata));
  return meetingHere(visit, ref, channel);
}

/** For the record: which meeting, by its name at Calendly, and nobody in it. */
const onMeeting = ({ meetingUri }: Target, { channelId }: CardBooking) => ({
  subject: `meeting ${meetingUri.slice(meetingUri.lastIndexOf('/') + 1)}`,
  channelId,
});

async function askCancel(visit: ActionVisit): Promise<void> {
  const { t } = visit;
  const title = t.actions.titleCancel;
  const window = await visit.open(progress(title, t.common.oneMoment, t));
  await inWindow(visit, window, title, async () => {
    const { found } = await meetingHere(visit, visit.value, visit.channel);
    if (found.card.state === 'canceled') throw new Refusal(t.actions.canceledAlready, { code: 'canceled' });
    return { view: cancelForm(found.card, metadataOf(visit), t), instead: null };
  });
}

async function cancel(visit: SubmitVisit): Promise<void> {
  const { t, product } = visit;
  const title = t.actions.titleCancel;
  const window = await visit.proceed(progress(title, t.actions.canceling, t));
  await inWindow(visit, window, title, async () => {
    const { target, found } = await submittedHere(visit);
    await product.acts.cancel(target, visit.entered.text('reason').trim());
    await record(visit, 'cancel', onMeeting(target, found));
    visit.log.info({ connection: target.connectionId }, 'somebody canceled a meeting from its card');
    const done = say(t.actions.canceled);
    return { view: messageModal(title, done, t), instead: done };
  });
}

async function noShow(visit: ActionVisit, how: 'mark' | 'undo'): Promise<Message> {
  const { found, head, target } = await meetingHere(visit, visit.value, visit.channel);
  // A card of a moment ago may still say otherwise.
  if (found.booking.state === 'canceled' && how === 'mark')
    throw new Refusal(visit.t.actions.over, { code: 'canceled' });
  return marked(visit, { target, found }, head, personOf(found.card, visit.t).name, how);
}

async function marked(
  visit: Visit,
  { target, found }: Pick<Here, 'target' | 'found'>,
  { uri }: Pick<Invitee, 'uri'>,
  who: string,
  how: 'mark' | 'undo',
) {
  const { acts } = visit.product;
  await (how === 'mark' ? acts.markNoShow(target, uri) : acts.unmarkNoShow(target, uri));
  await record(visit, how === 'mark' ? 'noshow' : 'noshow_undo', onMeeting(target, found));
  visit.log.info({ connection: target.connectionId, how }, 'somebody marked a no-show from a card');
  return say(how === 'mark' ? visit.t.actions.marked(who) : visit.t.actions.unmarked(who));
}

async function askWho(visit: ActionVisit): Promise<void> {
  const { t } = visit;
  const title = t.actions.titleNoShow;
  const window = await visit.open(progress(title, t.common.oneMoment, t));
  await inWindow(visit, window, title, async () => {
    const { found } = await meetingHere(visit, visit.value, visit.channel);
    const view = guestForm(found, metadataOf(visit), t);
    return { view: view ?? messageModal(title, say(t.actions.noGuests), t), instead: null };
  });
}

async function saveWho(visit: SubmitVisit): Promise<void> {
  const { t } = visit;
  const title = t.actions.titleNoShow;
  const [how, id] = (visit.entered.chosen('guest')[0] ?? '').split(' ');
  const window = await visit.proceed(progress(title, t.actions.saving, t));
  await inWindow(visit, window, title, async () => {
    const { found, target } = await submittedHere(visit);
    const here = (found.booking.guests ?? []).filter(({ state }) => state === 'in');
    const at = here.findIndex(({ invitee }) => invitee.uri.endsWith(`/${id}`));
    const guest = here[at];
    if (!guest) throw new Refusal(t.details.gone, { code: 'booking_gone' });
    const shown = found.card.group?.filter(({ state }) => state === 'in')[at];
    const who = personOf({ ...found.card, who: { name: shown?.name ?? '', email: shown?.email ?? null } }, t).name;
    const done = await marked(visit, { target, found }, guest.invitee, who, how === 'undo' ? 'undo' : 'mark');
    return { view: messageModal(title, done, t), instead: done };
  });
}

async function links(visit: ActionVisit): Promise<void> {
  const { t, product } = visit;
  const title = t.actions.titleLinks;
  const window = await visit.open(progress(title, t.common.oneMoment, t));
  await inWindow(visit, window, title, async () => {
    const { found, head, target } = await meetingHere(visit, visit.value, visit.channel);
    const all = await product.acts.linksOf(target, head.uri);
    await record(visit, 'links', onMeeting(target, found));
    visit.log.info({ connection: target.connectionId }, 'somebody was shown the links of an invitee');
    // Whoever has closed the window does not want them sent after them.
    return { view: linksView(found.card, all, t), instead: null };
  });
}

async function why(visit: ActionVisit): Promise<void> {
  const { t } = visit;
  const title = t.actions.titleWhy;
  const window = await visit.open(progress(title, t.common.oneMoment, t));
  await inWindow(visit, window, title, async () => {
    const found = await cardHere(visit, visit.value, visit.channel);
    const called = await accountsCalled(visit);
    const account = found.subscription && called.said(found.subscription.connectionId);
    const verdicts = await verdictsHere(visit, found);
    return { view: whyView(found, { command: visit.product.commandName, account, verdicts }, t), instead: null };
  });
}

/** What each subscription of this channel says of it, as `why` tells it; of other channels nothing is said. */
async function verdictsHere(visit: ActionVisit, { booking, channelId, connectionId }: CardBooking): Promise<string[]> {
  const { product, workspace } = visit;
  const uri = booking.head?.uri ?? booking.form?.uri;
  const all = uri ? await product.inquiries.byUris(workspace.id, [uri]) : [];
  const known = all.find((each) => each.connectionId === connectionId);
  if (!known) return [];
  const here = await product.subscriptions.subscriptionsIn(workspace.id, channelId);
  const asked = {
    state: known.state,
    deliveries: known.deliveries.filter((each) => each.channelId === channelId),
    subscriptions: here.filter((each) => each.connectionId === connectionId),
    isUnheard: false,
    showsAll: false,
  };
  // The first says which booking it is, which the window has said already.
  return asked.subscriptions.length > 0 ? whyInWords(asked, namesOf(visit), product.clock.now()).slice(1) : [];
}

/** Without a window there is nothing to look at meanwhile. */
async function patiently(visit: ActionVisit, work: () => Promise<Message>): Promise<void> {
  const timer = setTimeout(() => void visit.answer(say(`⏳ ${visit.t.common.oneMoment}`)).catch(() => {}), PATIENCE);
  try {
    await visit.answer(await work());
  } finally {
    clearTimeout(timer);
  }
}
