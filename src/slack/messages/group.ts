// The guests of a group meeting in words: who comes by name, no-shows marked, and how many have left (pure).

import type { GroupGuest } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { safeMrkdwn } from './text.ts';

/** At most `shown` names; those who gave up their seat are counted, not named. */
export function guestsInWords(group: readonly GroupGuest[], shown: number, t: Texts): string[] {
  const here = group.filter((guest) => guest.state === 'in');
  const names = here.slice(0, shown).map((guest) => {
    const name = nameOf(guest, t);
    return guest.noShow ? t.card.guestNoShow(name) : name;
  });
  const rest = here.slice(shown);
  const absent = rest.filter((guest) => guest.noShow).length;
  const others = absent > 0 ? t.card.moreGuestsOfThem(rest.length, absent) : t.card.moreGuests(rest.length);
  const more = rest.length > 0 ? `, ${others}` : '';
  const left = group.filter((guest) => guest.state === 'left').length;
  const moved = group.filter((guest) => guest.state === 'moved').length;
  return [
    `${names.join(', ')}${more}`,
    left > 0 ? t.card.left(left) : '',
    moved > 0 ? t.card.movedAway(moved) : '',
  ].filter((words) => words !== '');
}

const nameOf = ({ name, email }: GroupGuest, t: Texts) =>
  safeMrkdwn(name, 50) || safeMrkdwn(email ?? '', 50) || t.card.somebody;
