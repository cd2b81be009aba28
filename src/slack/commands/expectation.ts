// What to expect of a subscription, said before it is saved or right after: what it would have posted, and what may not be as meant.

import type { Connection } from '../../connection/connection.ts';
import { nearest, plainName } from '../../subscription/nearest.ts';
import { asksForInvitee, type Past, type Preview, previewOf, shutOutBy } from '../../subscription/preview.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { moment } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';

type Asking = Pick<Subscription, 'kinds' | 'filter' | 'options'>;

export interface Expected {
  sentences: string[];
  /** More a day than people read as whole cards. */
  isBusy: boolean;
}

/** From so many posts on one day, shorter ones are offered. */
const MANY_A_DAY = 20;

/** Never throws: what cannot be told is left out. */
export async function expectationOf(
  visit: Pick<Visit, 'product' | 't' | 'log'>,
  connection: Connection,
  asking: Asking,
): Promise<Expected> {
  try {
    const [history, questions] = await Promise.all([
      visit.product.history(connection, asksForInvitee(asking.filter)),
      notAsked(visit, connection, asking),
    ]);
    const preview = previewOf(history, asking);
    const isBusy = preview.busiest >= MANY_A_DAY && asking.options.style === 'card';
    const { t } = visit;
    return {
      sentences: [
        ...would(preview, t),
        ...impossible(asking, t),
        ...questions,
        ...(isBusy ? [t.preview.busy(preview.busiest)] : []),
      ],
      isBusy,
    };
  } catch (error) {
    visit.log.info({ err: error }, 'what to expect of a subscription could not be told');
    return { sentences: [], isBusy: false };
  }
}

function would({ total, would: count, days, examples, obstacle, isPart }: Preview, t: Texts): string[] {
  const words = t.preview;
  const part = isPart ? [words.isPart] : [];
  if (total === 0) return isPart ? [] : [words.noneBooked(days)];
  if (count === 0)
    return [[words.none(total, days), ...(obstacle ? [words.obstacle(words.about[obstacle])] : []), ...part].join(' ')];
  const week = Math.round((count / days) * 7);
  const lines = examples.map((past) => `• ${lineOf(past, t)}`);
  const head = [words.would(count, total, days, week < 1 ? null : week), ...part, words.hereAre(lines.length)];
  return [[head.join(' '), ...lines].join('\n')];
}

function lineOf({ title, who, startsAt, happened }: Past, t: Texts): string {
  const form = happened[0]?.form ? t.card.routingForm : t.card.meeting;
  const name = `*${safeMrkdwn(title ?? '', 80) || form}*`;
  return [name, safeMrkdwn(who ?? '', 80), startsAt === null ? '' : moment(startsAt, t)].filter(Boolean).join(' · ');
}

function impossible({ filter, kinds }: Asking, t: Texts): string[] {
  const key = shutOutBy(filter, kinds);
  return key ? [t.preview.never(t.preview.about[key])] : [];
}

/** A question that no event type asks is a slip, mostly; forms ask others, which Calendly does not list. */
async function notAsked(
  { product, t }: Pick<Visit, 'product' | 't'>,
  connection: Connection,
  { filter, kinds }: Asking,
): Promise<string[]> {
  const wanted = (filter.rules ?? []).filter((rule) => rule.key === 'answer' && !rule.not);
  if (wanted.length === 0 || kinds.includes('routed')) return [];
  const all = await product.eventTypes(connection);
  const uris = filter.types.map((type) => type.uri);
  const types = uris.length > 0 ? all.filter((type) => uris.includes(type.uri)) : all;
  if (types.length === 0 || types.some((type) => type.questions === undefined)) return [];
  const asked = [...new Set(types.flatMap((type) => type.questions ?? []))];
  const known = new Set(asked.map(plainName));
  return wanted.flatMap((rule) => {
    if (rule.key !== 'answer' || known.has(plainName(rule.question))) return [];
    const [near = ''] = nearest(rule.question, asked, (name) => name, 1);
    return [t.preview.notAsked(safeMrkdwn(rule.question, 80), safeMrkdwn(near, 80))];
  });
}
