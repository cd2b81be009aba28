// Event types as people name them: what was typed, found among those at Calendly (pure).

import type { EventType } from '../../connection/connection.ts';
import { fold, nearest, plainName } from '../../subscription/nearest.ts';
import type { TypeChoice } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { plain } from '../messages/text.ts';
import type { Choice } from '../visit.ts';

export interface Resolved {
  found: TypeChoice[];
  /** As typed. */
  unknown: string[];
}

/** Finds each by its address, name or slug. Several event types of one name (one for each host) are all meant. */
export function resolveTypes(typed: readonly string[], available: readonly EventType[]): Resolved {
  const found = new Map<string, TypeChoice>();
  const unknown: string[] = [];
  for (const name of typed) {
    const matches = matching(name, available);
    if (matches.length === 0) unknown.push(name);
    for (const { uri, name: itsName } of matches) found.set(uri, { uri, name: itsName });
  }
  return { found: [...found.values()], unknown };
}

function matching(typed: string, available: readonly EventType[]): EventType[] {
  if (/^https?:\/\//i.test(typed)) {
    const wanted = address(typed);
    return available.filter(
      (type) => address(type.uri) === wanted || (type.schedulingUrl !== null && address(type.schedulingUrl) === wanted),
    );
  }
  const wanted = fold(typed);
  const named = available.filter((type) => fold(type.name) === wanted);
  if (named.length > 0) return named;
  const bySlug = available.filter((type) => type.slug !== null && fold(type.slug) === wanted);
  if (bySlug.length > 0) return bySlug;
  // Its emoji as Slack writes them, and quotes within the name; where that could be several, it has to be said which.
  const plain = available.filter((type) => plainName(type.name) === plainName(typed));
  return plain.every((type) => fold(type.name) === fold(plain[0]!.name)) ? plain : [];
}

/** An address without what does not matter: scheme, query, trailing slash, `www.`, case. */
function address(text: string): string {
  const url = URL.parse(text);
  if (!url) return text.toLowerCase();
  return `${url.host.replace(/^www\./, '')}${url.pathname.replace(/\/+$/, '')}`.toLowerCase();
}

export function nearestTypes<T extends Pick<EventType, 'name'>>(
  typed: string,
  available: readonly T[],
  count = 5,
): T[] {
  return nearest(/^https?:\/\//i.test(typed) ? lastPart(typed) : typed, available, (type) => type.name, count);
}

/** Slack allows 150 characters for an option's value; the last part of a Calendly URI is its id. */
export function typeId(uri: string): string {
  return lastPart(uri).slice(0, 150);
}

function lastPart(url: string): string {
  return (
    url
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? url
  );
}

/** Options to choose from; where several have one name, their owner is named too. */
export function typeChoices(types: readonly Pick<EventType, 'uri' | 'name' | 'owner'>[], t: Texts): Choice[] {
  const times = new Map<string, number>();
  for (const type of types) times.set(fold(type.name), (times.get(fold(type.name)) ?? 0) + 1);
  return types.map((type) => {
    const owner = type.owner !== null && times.get(fold(type.name)) !== 1 ? ` · ${type.owner}` : '';
    return {
      text: { type: 'plain_text', text: plain(`${type.name}${owner}`, 75) || t.form.anEventType },
      value: typeId(type.uri),
    };
  });
}

/** Those whose name holds what was typed into the search; all where nothing was. At most 100, Slack's limit. */
export function searchTypes(query: string, types: readonly EventType[]): EventType[] {
  const wanted = fold(query.slice(0, 200));
  return types.filter((type) => fold(`${type.name} ${type.owner ?? ''}`).includes(wanted)).slice(0, 100);
}
