// `edit`: changes what is there, by words or in the window; what is not named stays as it is.

import { Refusal } from '../../errors.ts';
import { parseWish, type TypedWish } from '../../subscription/grammar.ts';
import { fold } from '../../subscription/nearest.ts';
import { namesNothing } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { buttons, say, subscriptionLabel } from '../messages/answers.ts';
import type { CommandVisit, Verb, Visit } from '../visit.ts';
import { newDeed, undoButton } from './deeds.ts';
import { headline, notUnderstood, warnings } from './echo.ts';
import { numbered } from './numbered.ts';
import { mustBeMember } from './rights.ts';
import { byWords } from './subscribe.ts';
import { openForm } from './subscribe-form.ts';
import { subscribe as save } from './subscribing.ts';
import { named, notFound, permitted, wordsOf } from './which.ts';

export const edit: Verb = {
  name: 'edit',
  aliases: ['change', 'update', 'set'],
  examples: ['edit 2 booked canceled', 'edit "Demo call" --style compact --thread off'],
  async run(visit) {
    // A window must open before anything slow is asked.
    if (visit.rest.trim() === '') return openForm(visit, { channel: visit.channel, part: 'all', must: true });
    await mustBeMember(visit);
    const here = await numbered(visit, visit.channel);
    if (here.length === 0) throw new Refusal(visit.t.subscribing.none, { code: 'no_subscription' });
    const { which, wish: words } = split(visit.rest);
    const meant = which === '' ? null : named(wordsOf(which), here, visit.t);
    if (meant && 'unknown' in meant)
      return visit.answer(choose(visit, notFound(meant.unknown, visit.t), meant.near, here, words));
    if (words === '') {
      const [only, ...others] = meant?.found ?? [];
      if (!only || others.length > 0)
        return visit.answer(say(visit.t.changing.nothingNamed(visit.product.commandName)));
      return openForm(visit, { channel: visit.channel, part: 'all', which: only.id, must: true });
    }
    const parsed = parseWish(words, visit.t);
    if (!parsed.ok) return visit.answer(notUnderstood(visit, parsed.message, 'edit'));
    if (meant) return change(visit, meant.found, parsed.wish);
    await byName(visit, here, parsed.wish, words);
  },
};

/** Numbers, ranges and `all` stand first. */
function split(rest: string): { which: string; wish: string } {
  const numbers =
    /^\s*((?:#?\d{1,4}(?:\s*[-–]\s*\d{1,4})?(?=[\s,]|$)[\s,]*)+|(?:all|alle|\*)(?=\s|$))/i.exec(rest)?.[1] ?? '';
  return { which: numbers.trim(), wish: rest.slice(rest.indexOf(numbers) + numbers.length).trim() };
}

/** The first name is that of a subscription; where there is only one, all names are what it should be. */
async function byName(visit: CommandVisit, here: Subscription[], wish: TypedWish, words: string): Promise<void> {
  const [first, ...others] = wish.types;
  const called = here.filter(
    (each) =>
      first !== undefined &&
      (each.filter.types.some((type) => fold(type.name) === fold(first)) ||
        fold(subscriptionLabel(each, visit.t)) === fold(first)),
  );
  if (called.length === 1) {
    const changed = { ...wish, types: others };
    if (isEmpty(changed))
      return openForm(visit, { channel: visit.channel, part: 'all', which: called[0]!.id, must: true });
    return change(visit, called, changed);
  }
  if (here.length === 1) return change(visit, here, wish);
  const offered = called.length > 0 ? called : here;
  const left = called.length > 0 && first !== undefined ? afterName(words, first) : words;
  const unknown = first !== undefined && called.length === 0;
  await visit.answer(choose(visit, unknown ? notFound(first, visit.t) : visit.t.changing.which, offered, here, left));
}

const isEmpty = ({ all, types, rules, kinds, options, account }: TypedWish): boolean =>
  !all &&
  types.length === 0 &&
  rules.length === 0 &&
  kinds.length === 0 &&
  account === undefined &&
  namesNothing(options);

/** The words without the name they begin with. */
function afterName(words: string, name: string): string {
  const at = words.toLowerCase().indexOf(name.toLowerCase());
  return at < 0 ? words : words.slice(at + name.length).replace(/^["”“«»’'\s]+/, '');
}

function choose(visit: Visit, question: string, offered: Subscription[], here: Subscription[], words: string) {
  const presses = offered.slice(0, 20).map((each) => ({
    label: `${here.indexOf(each) + 1}. ${subscriptionLabel(each, visit.t, 70)}`,
    action: 'do',
    value: `edit ${here.indexOf(each) + 1} ${words}`.trim().slice(0, 2_000),
  }));
  return say(question, buttons(presses));
}

async function change(visit: CommandVisit, meant: Subscription[], wish: TypedWish): Promise<void> {
  const [only, ...others] = meant;
  if (!only) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  if (others.length === 0)
    return byWords(visit, visit.channel, wish, { connectionId: only.connectionId, editing: only });
  if (!isEmpty({ ...wish, kinds: [], options: {} }))
    throw new Refusal(visit.t.changing.oneByOne, { code: 'one_by_one' });
  await several(visit, meant, wish);
}

/** Those of others stay as they are, and that is said. */
async function several(visit: CommandVisit, meant: Subscription[], { kinds, options }: TypedWish): Promise<void> {
  const { mine, others } = await permitted(visit, meant);
  const deed = newDeed(visit, 'change');
  const said: string[] = [];
  let isChanged = false;
  for (const editing of mine) {
    const connection = await visit.product.connections.connection(visit.workspace.id, editing.connectionId);
    if (connection?.state !== 'active') throw new Refusal(visit.t.subscribing.accountGone, { code: 'not_connected' });
    const order = { connection, channel: visit.channel, filter: editing.filter, options, editing, deed };
    const done = await save(visit, { ...order, kinds: kinds.length > 0 ? kinds : editing.kinds });
    isChanged ||= done.deed !== undefined;
    said.push([headline(done, visit.t), ...warnings(visit, done)].join('\n'));
  }
  const makers = visit.t.common.all([...new Set(others.map((each) => `<@${each.madeBy}>`))].slice(0, 5));
  const left = others.length > 0 ? [visit.t.muting.othersStay(others.length, makers)] : [];
  await visit.answer(say([...said.slice(0, 20), ...left], ...(isChanged ? [undoButton(deed, visit.t)] : [])));
}
