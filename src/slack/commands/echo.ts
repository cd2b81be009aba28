// What was understood of a person's words, and what came of it: said back to them.

import { namesOf } from '../explain.ts';
import { say, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import type { Done } from './subscribing.ts';

export function notUnderstood(visit: Pick<Visit, 'product' | 'workspace'>, message: string, verb: string): Message {
  const { command } = namesOf(visit);
  // The sentence quotes what was typed.
  return say([safeMrkdwn(message, 1_000), `\`${command} help ${verb}\` shows examples.`]);
}

/** What was understood and done; the same words after the modal. */
export function outcome(
  visit: Pick<Visit, 'product' | 'workspace'>,
  { subscription, what, told, redundant }: Done,
  byDefault = false,
): Message {
  const { command } = namesOf(visit);
  const understood = `${subscriptionInWords(subscription)}${byDefault ? ' (the usual kinds, as none was named)' : ''}`;
  const channel = `<#${subscription.channelId}>`;
  const head = {
    made: `✅ Subscribed. ${channel} now hears of ${understood}.`,
    changed: `✅ Changed. ${channel} now hears of ${understood}.`,
    resumed: `✅ Resumed. ${channel} hears of ${understood} again.`,
    same: `✅ Nothing to change: ${channel} already hears of ${understood}.`,
  };
  return say([
    head[what],
    ...(redundant ? ['This channel already hears of every event type, so this adds nothing.'] : []),
    ...(told ? [] : ['Slack did not let me tell the channel just now; the subscription stands.']),
    `\`${command} test\` sends a sample card; \`${command} list\` shows all subscriptions here.`,
  ]);
}
