// Plays the people of a workspace in tests: each call does what a hand on the real page would, and waits for the outcome.
import { isObject } from './checks.ts';
import { allOptions } from './elements.ts';
import type { Hub } from './hub.ts';
import { act, close, keep, openHome, shortcut, submit, suggest, type } from './interact.ts';
import { findOption, type Place, places, valueFor } from './state.ts';
import type { Team } from './team.ts';
import type { Ack, Element, Json, Message, Option, Values, View } from './types.ts';

export interface Person {
  id: string;
  /** Types a command, with or without its name in front; waits until the app has shown something for it. */
  command(channel: string, text?: string): Promise<Ack & { ephemerals: Message[] }>;
  /** Writes a plain message. */
  say(channel: string, text: string): Promise<Ack>;
  /** Presses a button (by action_id or its words) or picks from a ⋯ menu (by value or words). */
  click(target: Message | View, what: string, o?: { stale?: boolean; option?: string }): Promise<Ack>;
  /** Picks or fills in; the app hears of it only where Slack reports it at once. */
  select(target: Message | View, actionId: string, value: unknown): Promise<Ack>;
  /** Picks a global shortcut. */
  shortcut(callbackId: string): Promise<Ack>;
  modal(): View | null;
  modals(): View[];
  /** Fills in by action_id or block_id and submits; what is not named keeps its value. */
  submit(view: View, values?: Record<string, unknown>): Promise<Ack & { errors?: Record<string, string> }>;
  close(view: View): Promise<Ack>;
  suggest(view: View, actionId: string, query: string): Promise<Option[]>;
  openHome(): Promise<View | null>;
  home(): View | null;
  dm(): Message[];
  notice(): string | null;
}

export type WaitFor = <T>(
  fn: () => T | undefined | false | null,
  o?: { timeoutMs?: number; what?: string },
) => Promise<T>;

/** Re-checks on every change of the hub and every 20 ms. */
export function createWaitFor(hub: Pick<Hub, 'onChange'>): WaitFor {
  return (fn, o = {}) =>
    new Promise((resolve, reject) => {
      let scheduled = false;
      const check = () => {
        scheduled = false;
        try {
          const value = fn();
          if (value !== undefined && value !== null && value !== false) finish(() => resolve(value));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const finish = (settle: () => void) => {
        stopListening();
        clearInterval(poll);
        clearTimeout(deadline);
        settle();
      };
      const stopListening = hub.onChange(() => {
        if (!scheduled) setImmediate(check);
        scheduled = true;
      });
      const poll = setInterval(check, 20);
      const timeoutMs = o.timeoutMs ?? 30_000;
      const late = new Error(`waited ${timeoutMs} ms in vain for ${o.what ?? String(fn)}`);
      const deadline = setTimeout(() => finish(() => reject(late)), timeoutMs);
      check();
    });
}

const isMessage = (target: Message | View): target is Message => 'ts' in target;
const wordsOf = (element: Element): unknown => (isObject(element.text) ? element.text.text : undefined);

export function createPerson(hub: Hub, team: Team, id: string, waitFor: WaitFor): Person {
  const seen = (channel?: string) =>
    (team.ephemerals.get(id) ?? []).filter((each) => !channel || each.channel === channel);
  const stack = () => team.stacks.get(id) ?? [];

  /** What stands there now: people press what they see, not what was there earlier. */
  function present<T extends Message | View>(target: T): T {
    if (!isMessage(target)) return (team.view(target.id) ?? target) as T;
    const channel = team.channels.get(target.channel);
    const now = target.ephemeral ? team.findEphemeral(id, target.ts) : channel && team.find(channel, target.ts);
    if (!now || now.deleted) throw new Error(`the message ${target.ts} is gone`);
    return now as T;
  }

  function all(target: Message | View): Place[] {
    const attached = isMessage(target) ? (target.attachments ?? []) : [];
    return [...places(target.blocks), ...attached.flatMap((each) => places(each.blocks as View['blocks'] | undefined))];
  }

  function find(target: Message | View, key: string): Place {
    const found = all(target).find(({ element, block }) => element.action_id === key || block.block_id === key);
    if (found) return found;
    const known = all(target).map(({ element, block }) => `${block.block_id}/${element.action_id}`);
    throw new Error(`nothing here is called ${key}; there is: ${known.join(', ') || 'nothing to press'}`);
  }

  const surface = (target: Message | View) => (isMessage(target) ? { message: target } : { view: target });

  async function optionsOf(view: View, { block, element }: Place, wanted: unknown): Promise<Json[]> {
    if (!element.type.endsWith('external_select') || isObject(wanted)) return allOptions(element);
    const held = view.state.values[block.block_id ?? '']?.[element.action_id ?? ''] ?? {};
    const known = [held.selected_option, ...((held.selected_options as unknown[]) ?? [])].filter(isObject);
    for (const query of ['', ...[wanted].flat().map(String)]) {
      if ([wanted].flat().every((one) => findOption(known, one))) break;
      known.push(...(await suggest(hub, team, id, view, block.block_id ?? '', element.action_id ?? '', query)).options);
    }
    return known;
  }

  return {
    id,
    async command(channel, text = '') {
      const before = new Set(seen());
      const line = text.startsWith(hub.commandName) ? text : `${hub.commandName} ${text}`;
      const ack = await type(hub, team, id, channel, line);
      if (ack.error) throw new Error(`${team.users.get(id)?.name} cannot type a command here: ${ack.error}`);
      const fresh = () => seen(channel).filter((each) => !before.has(each));
      const answered = () =>
        fresh().length > 0 ||
        (ack.responseUrl && hub.usesOf(ack.responseUrl) > 0) ||
        hub.isExchanged(ack.triggerId ?? '');
      if (hub.settleMs > 0 && ack.status === 200 && !answered()) {
        await waitFor(answered, { timeoutMs: hub.settleMs }).catch(() => undefined);
      }
      const { status, body, ms, timedOut } = ack;
      return { status, body, ms, timedOut, ephemerals: fresh() };
    },
    async say(channel, text) {
      const ack = await type(hub, team, id, channel, text);
      if (ack.error) throw new Error(`${team.users.get(id)?.name} cannot write here: ${ack.error}`);
      return ack;
    },
    async click(given, what, o = {}) {
      const target = o.stale ? given : present(given);
      for (const { block, element } of all(target)) {
        const named = element.action_id === what || wordsOf(element) === what;
        const blockId = block.block_id ?? '';
        if (element.type === 'overflow') {
          const option = findOption(allOptions(element), named ? o.option : what);
          if (option)
            return act(hub, team, id, { ...surface(target), blockId, element, value: { selected_option: option } });
        } else if (named) return act(hub, team, id, { ...surface(target), blockId, element });
      }
      const words = all(target).map(({ element }) => wordsOf(element) ?? element.action_id);
      throw new Error(`there is no "${what}" to press; there is: ${words.join(', ') || 'nothing'}`);
    },
    async select(given, actionId, wanted) {
      const target = present(given);
      const place = find(target, actionId);
      const { block, element } = place;
      const options = isMessage(target) ? allOptions(element) : await optionsOf(target, place, wanted);
      const value = valueFor(element, wanted, options);
      const quiet = block.type === 'input' && block.dispatch_action !== true;
      const o = { ...surface(target), blockId: block.block_id ?? '', element, value };
      if (!quiet) return act(hub, team, id, o);
      if (!isMessage(target)) keep(team, target, o.blockId, element, value);
      return { status: 200, body: '', ms: 0, timedOut: false };
    },
    shortcut: (callbackId) => shortcut(hub, team, id, callbackId),
    modal: () => stack().at(-1) ?? null,
    modals: () => [...stack()],
    async submit(given, wanted = {}) {
      const view = present(given);
      const values: Values = {};
      for (const [key, want] of Object.entries(wanted)) {
        const place = find(view, key);
        const blockId = place.block.block_id ?? '';
        values[blockId] ??= { ...view.state.values[blockId] };
        values[blockId][place.element.action_id ?? ''] = valueFor(
          place.element,
          want,
          await optionsOf(view, place, want),
        );
      }
      return submit(hub, team, id, view, values);
    },
    close: (view) => close(hub, team, id, view),
    async suggest(view, actionId, query) {
      const { block, element } = find(present(view), actionId);
      return (await suggest(hub, team, id, view, block.block_id ?? '', element.action_id ?? '', query)).options;
    },
    async openHome() {
      const before = team.homes.get(id)?.hash;
      const ack = await openHome(hub, team, id);
      const shown = () => team.homes.get(id)?.hash !== before;
      if (hub.settleMs > 0 && ack.status === 200 && !shown())
        await waitFor(shown, { timeoutMs: hub.settleMs }).catch(() => undefined);
      return team.homes.get(id) ?? null;
    },
    home: () => team.homes.get(id) ?? null,
    dm: () => team.im(id).list.filter((message) => !message.deleted),
    notice: () => team.notices.get(id) ?? null,
  };
}
