// What Slack's own book says of how the app behaved: who was posted how often, how fast, and whether it waited when told to.

import type { ApiCall } from '../../sandbox/slack/types.ts';
import { guestIn } from './mail.ts';

export const isPost = (call: ApiCall): boolean => call.method === 'chat.postMessage';

/** New messages that Slack showed, by guest; replies in threads are left out. */
export function postsByGuest(calls: readonly ApiCall[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const call of calls) {
    if (!isPost(call) || !call.accepted || call.args.thread_ts !== undefined) continue;
    const guest = guestIn(call.args.text);
    if (guest !== null) counts.set(guest, (counts.get(guest) ?? 0) + 1);
  }
  return counts;
}

export const channelOf = (call: ApiCall): string => String(call.args.channel);

/** Calls by channel, in the order they came. */
export function byChannel(calls: readonly ApiCall[]): Map<string, ApiCall[]> {
  const channels = new Map<string, ApiCall[]>();
  for (const call of calls) {
    const known = channels.get(channelOf(call));
    if (known) known.push(call);
    else channels.set(channelOf(call), [call]);
  }
  return channels;
}

/** How many calls came before the wait that a 429 named for their channel was over; the wait begins when Slack answered, so none may. */
export function callsBeforeTold(calls: readonly ApiCall[], told: ReadonlyMap<ApiCall, number>): number {
  let early = 0;
  for (const own of byChannel(calls.filter(isPost)).values()) {
    let until = 0;
    for (const call of own) {
      if (call.at < until) early += 1;
      const seconds = told.get(call);
      if (seconds !== undefined) until = Math.max(until, call.at + seconds * 1_000);
    }
  }
  return early;
}

/** By how many posts a channel went beyond `burst + rate · t` at its worst, over any stretch of time t. */
export function excess(times: readonly number[], burst: number, perSecond: number): number {
  let worst = Number.NEGATIVE_INFINITY;
  // The same as all pairs: a bucket that may go below empty, and how far it did.
  let tokens = burst;
  let before = times[0] ?? 0;
  for (const at of times) {
    tokens = Math.min(burst, tokens + ((at - before) / 1_000) * perSecond) - 1;
    before = at;
    worst = Math.max(worst, -tokens);
  }
  return Math.max(0, worst);
}

/** Calls in the fullest second from `from` on, the seconds counted from there. */
export function fullestSecond(calls: readonly ApiCall[], from: number): number {
  const seconds = new Map<number, number>();
  for (const { at } of calls) {
    if (at < from) continue;
    const second = Math.floor((at - from) / 1_000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}
