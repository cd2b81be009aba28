// The buttons of a card: join, cancel, who did not come, and a menu with the rest (pure). What they do stands in commands/meeting.ts.

import type { Button, Overflow, PlainTextOption } from '@slack/types';
import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { joinButton, joinOf, labelOf } from './join.ts';
import { isOn } from './parts.ts';

/** What the menu's options do, by the first word of their value; the second is the card's delivery. */
export type MenuVerb = 'details' | 'cancel' | 'noshow' | 'noshow_who' | 'noshow_undo' | 'links' | 'why';

/** In the order people look for them; none on what is canceled, and on a sample only Join. */
export function cardButtons(card: Card, t: Texts): (Button | Overflow)[] {
  const url = joinOf(card);
  const join = url ? [joinButton(url, card, t)] : [];
  if (!card.ref || card.state === 'canceled') return join;
  const own = [...cancelOf(card, t), ...noShowOf(card, t)].map(({ action, text, label }) =>
    button(action, text, label, card.ref!),
  );
  return [...join, ...own, ...menuOf(restOf(card, t), card.ref)];
}

/** All of them in one menu, where there is room for nothing else. */
export function cardMenu(card: Card, t: Texts): Overflow | null {
  if (!card.ref || card.state === 'canceled') return null;
  const [details, ...rest] = restOf(card, t);
  const all = [details, ...cancelOf(card, t), ...noShowOf(card, t), ...rest].filter((each) => each !== undefined);
  return menuOf(all, card.ref)[0] ?? null;
}

interface Choice {
  verb: MenuVerb;
  text: string;
}
type Pressable = Choice & { action: string; label: string };

function cancelOf(card: Card, t: Texts): Pressable[] {
  if (!isOn(card)) return [];
  const { cancel, cancelOf: label } = t.actions;
  return [{ verb: 'cancel', action: 'cancel_meeting', text: cancel, label: labelOf(label, card, t) }];
}

function noShowOf(card: Card, t: Texts): Pressable[] {
  const words = t.actions;
  const label = (say: typeof words.noShowOf) => labelOf(say, card, t);
  if (card.state === 'noshow')
    return [{ verb: 'noshow_undo', action: 'noshow_undo', text: words.undoNoShow, label: label(words.undoNoShowOf) }];
  if (!isOn(card)) return [];
  if (!card.group) return [{ verb: 'noshow', action: 'noshow', text: words.noShow, label: label(words.noShowOf) }];
  // Of several guests somebody has to say whom.
  const anybody = card.group.some(({ state }) => state === 'in');
  return anybody
    ? [{ verb: 'noshow_who', action: 'noshow_who', text: words.noShowWho, label: label(words.noShowOf) }]
    : [];
}

/** Details only where the channel may read more than the card says. */
function restOf(card: Card, t: Texts): Choice[] {
  const hasLinks = !card.group && (isOn(card) || card.state === 'noshow');
  return [
    ...(card.privacy === 'full' ? [{ verb: 'details' as const, text: t.card.details }] : []),
    ...(hasLinks ? [{ verb: 'links' as const, text: t.actions.links }] : []),
    { verb: 'why', text: t.actions.why },
  ];
}

const button = (action: string, text: string, label: string, ref: string): Button => ({
  type: 'button',
  action_id: action,
  text: { type: 'plain_text', text, emoji: false },
  value: ref,
  accessibility_label: label,
});

function menuOf(choices: readonly Choice[], ref: string): Overflow[] {
  const options = choices.map(
    ({ verb, text }): PlainTextOption => ({
      text: { type: 'plain_text', text, emoji: false },
      value: `${verb} ${ref}`,
    }),
  );
  return options.length > 0 ? [{ type: 'overflow', action_id: 'more', options }] : [];
}
