// `subscribe`: by words, exactly what was named; without words, the modal.

import { z } from 'zod';
import type { Connection } from '../../connection/connection.ts';
import { accountCalled } from '../../connection/names.ts';
import { Refusal } from '../../errors.ts';
import { parseWish, printWish, type TypedWish } from '../../subscription/grammar.ts';
import { nearest } from '../../subscription/nearest.ts';
import { namesNothing } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import { accountLabel, buttons, type Press, say, subscriptionLabel } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import { SUBSCRIBE } from '../views/subscribe.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, type Called, permittedConnections } from './accounts.ts';
import { checkChannel } from './channel.ts';
import { notUnderstood, outcome, previewed } from './echo.ts';
import { expectationOf } from './expectation.ts';
import { filterOf, findNamed, type Missing, type Named } from './named.ts';
import { maySubscribe, mustBeMember } from './rights.ts';
import { openForm, previewForm, refill, searchForm, submitForm } from './subscribe-form.ts';
import { drafted, type Order, subscribe as save } from './subscribing.ts';

export const subscribe: Verb = {
  name: 'subscribe',
  aliases: ['sub', 'add', 'follow'],
  examples: [
    'subscribe "Demo call" domain:acme.com -host:@bo booked canceled',
    'subscribe all --style compact --mention host --thread on,canceled:broadcast',
  ],
  async run(visit) {
    if (visit.rest.trim() === '') return openForm(visit, { channel: visit.channel, part: 'all' });
    const parsed = parseWish(visit.rest, visit.t);
    if (!parsed.ok) return visit.answer(notUnderstood(visit, parsed.message, 'subscribe'));
    await byWords(visit, visit.channel, parsed.wish);
  },
  actions: {
    subscribe_as: pressed,
    form_preview: previewForm,
    which: (visit) => refill(visit, 'which'),
    connection: (visit) => refill(visit, 'connection'),
  },
  submissions: { [SUBSCRIBE]: submitForm },
  suggestions: { event_types: searchForm },
};

/** What a button already says. */
interface Pressed {
  connectionId?: string | null;
  subscriptionId?: string | null;
  replace?: boolean;
  /** Which one to change: what is not named of it stays. */
  editing?: Subscription;
}

interface Candidate extends Named {
  connection: Connection;
}

export async function byWords(
  visit: Visit,
  channel: string,
  wish: TypedWish,
  { connectionId = null, subscriptionId = null, replace = false, editing }: Pressed = {},
): Promise<void> {
  await mustBeMember(visit);
  await checkChannel(visit, channel);
  const permitted = await permittedConnections(visit);
  const called = await accountsCalled(visit);
  const named = connectionId === null && wish.account !== undefined;
  const meantBy = named ? accountCalled(wish.account ?? '', permitted, called.names) : null;
  if (named && !meantBy) return visit.answer(noSuchAccount(wish, permitted, called, visit.t), { replace });
  const connections = meantBy
    ? [meantBy]
    : permitted.filter((each) => connectionId === null || each.id === connectionId);
  if (connections.length === 0)
    throw new Refusal(visit.t.subscribing.accountGone, {
      code: 'not_connected',
    });
  // Before anything of an account is shown: what it offers is nobody's business who may not use it.
  await maySubscribe(visit, connections[0]!);
  if (!editing && namesOnlyOptions(wish)) {
    const here = await meant(visit, channel, connections, subscriptionId);
    if (here.length > 0) return visit.answer(await changeLook(visit, wish, here), { replace });
  }
  const candidates: Candidate[] = [];
  for (const connection of connections) candidates.push({ connection, ...(await findNamed(visit, connection, wish)) });
  const fitting = candidates.filter(({ missing }) => missing.length === 0);
  const [only] = fitting;
  if (!only) return visit.answer(notFound(visit, wish, candidates, called, editing), { replace });
  if (fitting.length > 1) return visit.answer(whichAccount(wish, fitting, called, visit.t), { replace });
  const { connection, filter } = only;
  const { kinds, options } = wish;
  const order = { connection, channel, filter, kinds, options };
  const wanted = editing ? changeOf(order, wish, editing) : order;
  if (wish.preview) return visit.answer(await tried(visit, wanted, wish), { replace });
  const done = await save(visit, wanted);
  const expected = await expectationOf(visit, connection, done.subscription);
  await visit.answer(outcome(visit, done, expected), { replace });
}

/** What it would do; a button does it. */
async function tried(visit: Visit, order: Order, wish: TypedWish): Promise<Message> {
  const draft = await drafted(visit, order);
  const expected = await expectationOf(visit, order.connection, draft.subscription);
  const { preview: _preview, account: _account, ...wanted } = wish;
  const of = order.editing ? { e: order.editing.id } : {};
  const press = (style?: string) =>
    JSON.stringify({ c: order.connection.id, w: `${printWish(wanted)}${style ? ` --style ${style}` : ''}`, ...of });
  return previewed(visit, draft, expected, press('compact').length <= 2_000 ? press : null);
}

/** What was not named stays as it is, key by key; `all` begins with every booking. */
function changeOf(order: Order, { all, types, rules }: TypedWish, editing: Subscription): Order {
  const kinds = order.kinds.length > 0 ? order.kinds : editing.kinds;
  if (all) return { ...order, kinds, editing };
  const before = editing.filter;
  const kept = (before.rules ?? []).filter((each) => !rules.some(({ key }) => key === each.key));
  const filter = filterOf(types.length > 0 ? order.filter.types : before.types, [
    ...kept,
    ...(order.filter.rules ?? []),
  ]);
  return { ...order, kinds, editing, filter };
}

/** `subscribe --style compact`: it is about what is here, not about every event type. */
function namesOnlyOptions({ all, types, rules, kinds, options, preview }: TypedWish): boolean {
  return !all && types.length === 0 && rules.length === 0 && kinds.length === 0 && !preview && !namesNothing(options);
}

interface Standing {
  subscription: Subscription;
  connection: Connection;
}

/** The channel's subscriptions that this person may change, or the one that a button names. */
async function meant(visit: Visit, channel: string, connections: Connection[], id: string | null): Promise<Standing[]> {
  const all = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, channel);
  const here = all.flatMap((subscription) => {
    const connection = connections.find((each) => each.id === subscription.connectionId);
    return connection && (id === null || subscription.id === id) ? [{ subscription, connection }] : [];
  });
  if (id !== null && here.length === 0)
    throw new Refusal(visit.t.subscribing.gone, {
      code: 'subscription_gone',
    });
  return here;
}

async function changeLook(visit: Visit, wish: TypedWish, here: Standing[]): Promise<Message> {
  const [only, ...others] = here;
  if (!only || others.length > 0) return whichSubscription(wish, here, visit.t);
  const { subscription, connection } = only;
  const { channelId: channel, filter } = subscription;
  const { kinds, options } = wish;
  const order = { connection, channel, filter, kinds, options, editing: subscription };
  return outcome(visit, await save(visit, order));
}

function whichSubscription(wish: TypedWish, here: Standing[], t: Texts): Message {
  const presses = here.slice(0, 20).map(({ subscription: each }) => ({
    label: subscriptionLabel(each, t),
    action: 'subscribe_as',
    value: JSON.stringify({ c: each.connectionId, w: printWish(wish), s: each.id }),
  }));
  return say(t.subscribing.severalHere, buttons([...presses, inWindow(t)]));
}

const inWindow = (t: Texts): Press => ({ label: t.subscribing.inWindow, action: 'do', value: 'subscribe' });

/** The nearest five as buttons that subscribe at once. */
function notFound(visit: Visit, wish: TypedWish, candidates: Candidate[], called: Called, editing?: Subscription) {
  const { command, t } = namesOf(visit);
  const words = t.subscribing;
  const best = [...candidates].sort((a, b) => a.missing.length - b.missing.length)[0]!;
  const [first] = best.missing;
  const key = first?.key ?? 'type';
  const named = best.missing.filter((each) => each.key === key).slice(0, 5);
  const head = words.notFound[key](t.common.all(named.map(({ name }) => words.quoted(safeMrkdwn(readable(name), 60)))));
  // Those that lack no more than the best are as likely meant.
  const likely = candidates.filter((each) => each.missing.length === best.missing.length);
  const offers = likely.flatMap(({ connection, missing }) =>
    (missing[0]?.offers ?? []).map((offer) => ({ ...offer, connection, name: missing[0]?.name ?? '' })),
  );
  if (offers.length === 0)
    return say([head, key === 'type' ? words.noTypesAtAll(command) : words.noneToOffer], buttons([inWindow(t)]));
  const { account: _account, ...wanted } = wish;
  const presses: Press[] = nearest(first?.name ?? '', offers, (offer) => offer.label).map((offer) => {
    const account = candidates.length > 1 ? called.said(offer.connection.id) : null;
    return {
      label: account === null ? offer.label : `${offer.label} · ${account}`,
      action: 'subscribe_as',
      value: JSON.stringify({
        c: offer.connection.id,
        w: printWish(withName(wanted, key, offer.name, offer.typed)),
        ...(editing ? { e: editing.id } : {}),
      }),
    };
  });
  const fitting = presses.filter((press) => (press.value?.length ?? 0) <= 2_000);
  return say([head, fitting.length > 0 ? words.didYouMean : words.pickFromWindow], buttons([...fitting, inWindow(t)]));
}

/** Of a name typed as an address, its last part says most. */
const readable = (name: string) => name.replace(/^<@([A-Z0-9]+)>$/, '@$1');

/** The same wish with a name that is surely found. */
function withName(wish: TypedWish, key: Missing['key'], name: string, typed: string): TypedWish {
  return {
    ...wish,
    types: key === 'type' ? [...new Set(wish.types.map((each) => (each === name ? typed : each)))] : wish.types,
    rules: wish.rules.map((rule) =>
      rule.key === key && 'name' in rule && rule.name === name ? { ...rule, name: typed } : rule,
    ),
  };
}

function whichAccount(wish: TypedWish, fitting: Candidate[], called: Called, t: Texts) {
  const all = fitting.map(({ connection }) => connection);
  const short = accountPresses(wish, all, called, t);
  if (short.length === 0) return say(t.subscribing.severalAccountsFewer, buttons([inWindow(t)]));
  return say(t.subscribing.severalAccounts, buttons(short));
}

/** The nearest names as buttons that go on with the one meant. */
function noSuchAccount(wish: TypedWish, permitted: Connection[], called: Called, t: Texts): Message {
  const typed = safeMrkdwn(wish.account ?? '', 60);
  const near = nearest(wish.account ?? '', permitted, (each) => called.names.get(each.id) ?? each.userName);
  const short = accountPresses(wish, near, called, t);
  return say(
    [t.subscribing.noAccount(typed), short.length > 0 ? t.subscribing.didYouMean : t.subscribing.pickItInWindow],
    buttons([...short, inWindow(t)]),
  );
}

function accountPresses(wish: TypedWish, connections: Connection[], called: Called, t: Texts): Press[] {
  const { account: _account, ...words } = wish;
  return connections
    .slice(0, 20)
    .map((each) => ({
      label: accountLabel(each, called.names.get(each.id) ?? each.userName, t),
      action: 'subscribe_as',
      value: JSON.stringify({ c: each.id, w: printWish(words) }),
    }))
    .filter((press) => press.value.length <= 2_000);
}

/** `e`: the one that is being changed. */
const pressedValue = z.object({ c: z.string(), w: z.string(), s: z.string().optional(), e: z.string().optional() });

async function pressed(visit: ActionVisit): Promise<void> {
  await mustBeMember(visit);
  const { c, w, s = null, e } = pressedValue.parse(JSON.parse(visit.value));
  const parsed = parseWish(w);
  if (!visit.channel || !parsed.ok) throw new Refusal(visit.t.subscribing.staleButton, { code: 'stale_button' });
  const here = e ? await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel) : [];
  const editing = here.find((each) => each.id === e);
  if (e && !editing) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  const pressed = { connectionId: c, subscriptionId: s, replace: true };
  await byWords(visit, visit.channel, parsed.wish, editing ? { ...pressed, editing } : pressed);
}
