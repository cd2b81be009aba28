// The windows behind a card's buttons: cancel with a reason, which guest did not come, the invitee's links, why it is here (pure).

import type { KnownBlock, ModalView } from '@slack/types';
import type { Guest } from '../../booking/booking.ts';
import type { InviteeLinks } from '../../connection/acts.ts';
import type { Card } from '../../delivery/content.ts';
import type { CardBooking } from '../../delivery/details.ts';
import type { Texts } from '../../texts/index.ts';
import { context, section, subscriptionInWords } from '../messages/answers.ts';
import { joined, personOf, titleOf, whenWords } from '../messages/parts.ts';
import { dateToken, plain } from '../messages/text.ts';
import { modal } from './modal.ts';

export const CANCEL = 'cancel_meeting';
export const NO_SHOW = 'noshow_who';
/** Longer reasons Slack does not take; Calendly would. */
const REASON = 3_000;
const OPTIONS = 100;

/** Which meeting, in one or two lines. */
export const meetingInWords = (card: Card, t: Texts): string =>
  joined(
    [
      card.group ? `*${titleOf(card, t)}*` : t.card.with(`*${titleOf(card, t)}*`, personOf(card, t).name),
      whenWords(card, t, { brief: true }),
    ],
    '\n',
  );

export function cancelForm(card: Card, metadata: string, t: Texts): ModalView {
  const words = t.actions;
  const guests = card.group?.filter(({ state }) => state === 'in').length ?? 0;
  return modal(
    {
      title: words.titleCancel,
      callbackId: CANCEL,
      submit: words.submitCancel,
      close: words.keepIt,
      metadata,
      blocks: [
        section(meetingInWords(card, t)),
        section(card.group ? words.askCancelGroup(t.card.guests(guests)) : words.askCancel),
        {
          type: 'input',
          block_id: 'reason',
          optional: true,
          label: { type: 'plain_text', text: words.reason },
          hint: { type: 'plain_text', text: words.reasonHint },
          element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: REASON },
        },
      ],
    },
    t,
  );
}

/** Null when nobody is in it. The value of an option says what comes of it. */
export function guestForm(
  { card, booking }: Pick<CardBooking, 'card' | 'booking'>,
  metadata: string,
  t: Texts,
): ModalView | null {
  const words = t.actions;
  const here = (booking.guests ?? []).filter(({ state }) => state === 'in').slice(0, OPTIONS);
  if (here.length === 0) return null;
  const options = here.map((guest, i) => {
    const name = nameOf(guest, card, i, t);
    const text = guest.noShowAt === null ? name : words.markedOption(plain(name, 40));
    const id = guest.invitee.uri.split('/').at(-1) ?? '';
    return {
      text: { type: 'plain_text' as const, text: plain(text, 75), emoji: false },
      value: `${guest.noShowAt === null ? 'mark' : 'undo'} ${id}`,
    };
  });
  return modal(
    {
      title: words.titleNoShow,
      callbackId: NO_SHOW,
      submit: words.submitNoShow,
      close: t.common.cancel,
      metadata,
      blocks: [
        section(meetingInWords(card, t)),
        {
          type: 'input',
          block_id: 'guest',
          label: { type: 'plain_text', text: words.whichGuest },
          element: { type: 'static_select', action_id: 'guest', options },
        },
      ],
    },
    t,
  );
}

/** As the card may say it: its guests stand in the same order, with initials where it shows no more. */
function nameOf({ invitee }: Guest, { group }: Card, i: number, t: Texts): string {
  const shown = group?.filter(({ state }) => state === 'in')[i];
  return plain(shown?.name || shown?.email || (group ? '' : invitee.name), 60) || t.card.somebody;
}

export function linksView(card: Card, links: InviteeLinks, t: Texts): ModalView {
  const words = t.actions;
  const lines = [
    links.reschedule && words.toReschedule(links.reschedule),
    links.cancel && words.toCancel(links.cancel),
  ].filter((line): line is string => line !== null);
  const blocks: KnownBlock[] =
    lines.length === 0
      ? [section(words.noLinks)]
      : [section(words.linksAre(personOf(card, t).name)), ...lines.map(section), context(words.handle)];
  return modal({ title: words.titleLinks, blocks: [section(meetingInWords(card, t)), ...blocks] }, t);
}

/** `verdicts`: what each subscription of the channel says of it, step by step. */
export function whyView(
  { card, subscription }: CardBooking,
  { command, account, verdicts }: { command: string; account: string | null; verdicts: readonly string[] },
  t: Texts,
): ModalView {
  const words = t.actions;
  const made = subscription
    ? [words.madeBy(`<@${subscription.madeBy}>`, dateToken(subscription.createdAt, t.times.moment, null, t))]
    : [];
  const by = subscription
    ? [words.bySubscription(subscriptionInWords(subscription, t, { account })), ...made]
    : [words.noSubscription];
  const paused = subscription?.state === 'paused' ? [words.paused] : [];
  const blocks: KnownBlock[] = [meetingInWords(card, t), ...by, ...paused].map(section);
  const steps: KnownBlock[] = verdicts.length > 0 ? [{ type: 'divider' }, ...verdicts.map(section)] : [];
  return modal({ title: words.titleWhy, blocks: [...blocks, ...steps, context(words.toChange(command))] }, t);
}
