// The subscribe modal at work: opened at once, filled from Calendly, refilled when another choice is made, saved.

import type { View } from '@slack/types';
import type { Connection, EventType } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { TypedWish } from '../../subscription/grammar.ts';
import type { OptionsWish } from '../../subscription/options.ts';
import { sameRule, type TypedRule, typedAs } from '../../subscription/rules.ts';
import { type Kind, kinds, type Rule, type Subscription, type TypeChoice } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { inWindow, namesOf } from '../explain.ts';
import { inWords } from '../messages/answers.ts';
import { plain, safeMrkdwn } from '../messages/text.ts';
import { readFilters } from '../views/filter-fields.ts';
import { readLook } from '../views/look.ts';
import { messageModal, progress } from '../views/modal.ts';
import { type FormState, NEW, readState, subscribeForm } from '../views/subscribe.ts';
import type { ActionVisit, Choice, SubmitVisit, SuggestVisit, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, permittedConnections } from './accounts.ts';
import { checkChannel } from './channel.ts';
import { outcome, warnings } from './echo.ts';
import { searchTypes, typeChoices, typeId } from './event-types.ts';
import { expectationOf } from './expectation.ts';
import { outsidersIn } from './look.ts';
import { filterOf, findNamed } from './named.ts';
import { maySubscribe, mustBeMember } from './rights.ts';
import { drafted, type Order, setKinds, subscribe } from './subscribing.ts';

/** The event types each account's form was last filled with; small and bounded. */
const offered = new Map<string, EventType[]>();
const MOST_OFFERED = 100;

/** Opens the window before anything slow is asked, then fills it. */
export async function openForm(visit: Visit, state: FormState): Promise<void> {
  const { title } = visit.t.form;
  const window = await visit.open(
    progress(title, state.part === 'all' ? visit.t.form.fetching : visit.t.common.oneMoment, visit.t),
  );
  await inWindow(visit, window, title, async () => ({ view: await filled(visit, state), instead: null }));
}

/** Another subscription or account was chosen in the form. */
export async function refill(visit: ActionVisit, changed: 'which' | 'connection'): Promise<void> {
  if (!visit.window) return;
  const before = readState(visit.metadata);
  const state: FormState = { ...before, [changed]: visit.value };
  await inWindow(visit, visit.window, visit.t.form.title, async () => ({
    view: await filled(visit, state),
    instead: null,
  }));
}

/** What the form would do as it is filled in now, said in the form. */
export async function previewForm(visit: ActionVisit): Promise<void> {
  if (!visit.window) return;
  const state = readState(visit.metadata);
  await inWindow(visit, visit.window, visit.t.form.title, async () => ({
    view: await filled(visit, state, await foreseen(visit, state)),
    instead: null,
  }));
}

async function foreseen(visit: ActionVisit, state: FormState): Promise<string[]> {
  const read = readForm(visit);
  if (!read.ok) return Object.values(read.errors).map((each) => `⚠️ ${safeMrkdwn(each, 300)}`);
  try {
    const order = await orderOf(visit, state, read);
    const draft = await drafted(visit, order);
    const { sentences } = await expectationOf(visit, order.connection, draft.subscription);
    return [...sentences, ...(draft.redundant ? [visit.t.subscribing.redundant] : []), ...warnings(visit, draft)];
  } catch (error) {
    // What does not stand in the way of the form is said in it.
    if (error instanceof Refusal) return [`⚠️ ${inWords(error.message, namesOf(visit))}`];
    throw error;
  }
}

async function filled(
  visit: Pick<Visit, 'product' | 'workspace' | 'slack' | 'user' | 't'>,
  state: FormState,
  preview: string[] = [],
): Promise<View> {
  await mustBeMember(visit);
  const { facts } = await checkChannel(visit, state.channel);
  const connections = await permittedConnections(visit);
  const all = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, state.channel);
  // A subscription of an account that does not work now cannot be changed: its event types cannot be read.
  const here = all.filter((each) => connections.some((connection) => connection.id === each.connectionId));
  if ((state.part === 'kinds' || state.must) && here.length === 0) throw noSubscription(visit.t);
  const editing =
    state.which === NEW
      ? null
      : (here.find((each) => each.id === state.which) ?? (state.which ? null : (here[0] ?? null)));
  if (state.must && !editing) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  const wanted = editing?.connectionId ?? state.connection;
  const connection = connections.find((each) => each.id === wanted) ?? connections[0]!;
  if (state.part === 'all') await maySubscribe(visit, connection);
  const [types, hosts] =
    state.part === 'kinds'
      ? [[], []]
      : await Promise.all([visit.product.eventTypes(connection), visit.product.roster.hosts(connection)]);
  if (offered.size >= MOST_OFFERED) offered.clear();
  if (state.part === 'all') offered.set(connection.id, types);
  const { leads } = await visit.slack.person(visit.user);
  const person = { id: visit.user, leads };
  const outsiders = state.part === 'all' ? await outsidersIn(visit, facts) : 'none';
  const { language } = facts;
  const { command } = namesOf(visit);
  const { names } = await accountsCalled(visit);
  return subscribeForm(
    {
      state,
      connection,
      connections,
      names,
      here,
      editing,
      types,
      hosts,
      preview,
      outsiders,
      language,
      person,
      command,
    },
    visit.t,
  );
}

interface Filled {
  ok: true;
  kinds: Kind[];
  rules: TypedRule[];
  options: OptionsWish;
}

/** What was put into the fields, or what must be put right, by action_id. */
function readForm({
  entered,
  t,
}: Pick<SubmitVisit, 'entered' | 't'>): Filled | { ok: false; errors: Record<string, string> } {
  const chosen = entered.chosen('kinds');
  const wanted = kinds.filter((kind) => chosen.includes(kind));
  const [look, filters] = [readLook(entered, t), readFilters(entered, t)];
  if (look.ok && filters.ok && wanted.length > 0)
    return { ok: true, kinds: wanted, rules: filters.rules, options: look.wish };
  const errors = {
    ...(wanted.length === 0 ? { kinds: t.form.atLeastOneKind } : {}),
    ...(look.ok ? {} : look.errors),
    ...(filters.ok ? {} : filters.errors),
  };
  return { ok: false, errors };
}

export async function submitForm(visit: SubmitVisit): Promise<void> {
  const state = readState(visit.metadata);
  const { t } = visit;
  const { title } = t.form;
  const read = readForm(visit);
  if (!read.ok) return visit.refuse(read.errors);
  const window = await visit.proceed(progress(title, t.form.saving, t));
  await inWindow(visit, window, title, async () => {
    const message = await save(visit, state, read);
    return { view: messageModal(title, message, visit.t), instead: message };
  });
}

async function save(visit: SubmitVisit, state: FormState, read: Filled): Promise<Message> {
  await mustBeMember(visit);
  if (state.part === 'kinds') {
    const editing = await editedSubscription(visit, state);
    if (!editing) throw noSubscription(visit.t);
    return outcome(visit, await setKinds(visit, editing, read.kinds));
  }
  const order = await orderOf(visit, state, read);
  const done = await subscribe(visit, order);
  return outcome(visit, done, await expectationOf(visit, order.connection, done.subscription));
}

/** What the form asks for, with all names found at Calendly. */
async function orderOf(visit: SubmitVisit | ActionVisit, state: FormState, read: Filled): Promise<Order> {
  const typeIds = visit.entered.chosen('event_types');
  const editing = await editedSubscription(visit, state);
  const connections = await permittedConnections(visit);
  const connection = connections.find((each) => each.id === (editing?.connectionId ?? state.connection));
  if (!connection)
    throw new Refusal(visit.t.subscribing.accountGone, {
      code: 'not_connected',
    });
  await maySubscribe(visit, connection);
  await checkChannel(visit, state.channel);
  const known = new Map<string, TypeChoice>();
  for (const type of editing?.filter.types ?? []) known.set(typeId(type.uri), type);
  if (typeIds.some((id) => !known.has(id))) {
    for (const { uri, name } of await visit.product.eventTypes(connection)) known.set(typeId(uri), { uri, name });
  }
  const types = typeIds.map((id) => known.get(id));
  if (types.some((type) => type === undefined)) {
    throw new Refusal(visit.t.subscribing.typeGone, { code: 'type_gone' });
  }
  const rules = await rulesOf(visit, connection, read.rules, editing);
  const { kinds: wanted, options } = read;
  const filter = filterOf(types as TypeChoice[], rules);
  return { connection, channel: state.channel, filter, kinds: wanted, options, editing };
}

/** What stood there already stays as it is, also where Calendly no longer knows it. */
async function rulesOf(
  visit: SubmitVisit | ActionVisit,
  connection: Connection,
  typed: readonly TypedRule[],
  editing: Subscription | null,
): Promise<Rule[]> {
  const before = editing?.filter.rules ?? [];
  const kept = (rule: TypedRule) => before.find((each) => sameRule(typedAs(each), rule) || isTicked(each, rule));
  const fresh = typed.filter((rule) => !kept(rule));
  const { filter, missing } = await findNamed(visit, connection, { ...nothingTyped, rules: fresh });
  const [first] = missing;
  if (first) {
    const { t } = visit;
    const sentence = t.subscribing.notFound[first.key](t.subscribing.quoted(plain(first.name, 60)));
    const near = t.common.all(first.offers.slice(0, 3).map((offer) => plain(offer.label, 60)));
    throw new Refusal(t.form.noneSuch(sentence, near), { code: 'not_found' });
  }
  return [...typed.flatMap((rule) => kept(rule) ?? []), ...(filter.rules ?? [])];
}

const isTicked = (before: Rule, rule: TypedRule) =>
  before.key === 'host' && rule.key === 'host' && !before.not && !rule.not && before.uri === rule.name;

const nothingTyped: TypedWish = { all: false, types: [], rules: [], kinds: [], options: {} };

/** Found within this workspace and this channel only, whatever the modal's metadata says. */
async function editedSubscription(visit: SubmitVisit | ActionVisit, state: FormState): Promise<Subscription | null> {
  if (!state.which || state.which === NEW) return null;
  const found = await visit.product.subscriptions.subscription(visit.workspace.id, state.which);
  if (found && found.channelId === state.channel) return found;
  throw new Refusal(visit.t.subscribing.removedMeanwhile, { code: 'subscription_gone' });
}

/** Options for the search in the window, where there are more event types than Slack shows at once. */
export async function searchForm(visit: SuggestVisit): Promise<Choice[]> {
  const state = readState(visit.metadata);
  const connection = await visit.product.connections.connection(visit.workspace.id, state.connection ?? '');
  if (connection?.state !== 'active') return [];
  await maySubscribe(visit, connection);
  // Each letter typed asks again, and Slack waits 3 s: what filled the form answers, not Calendly.
  const types = offered.get(connection.id) ?? (await visit.product.eventTypes(connection));
  return typeChoices(searchTypes(visit.query, types), visit.t);
}

function noSubscription(t: Texts): Refusal {
  return new Refusal(t.subscribing.none, {
    code: 'no_subscription',
  });
}
