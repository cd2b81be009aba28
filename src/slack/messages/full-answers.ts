// All answers of one person in full, for the thread of a card that has no room for them (pure).

import type { Answer } from '../../booking/change.ts';
import type { Texts } from '../../texts/index.ts';
import { isBlank, lines, safeMrkdwn } from './text.ts';

/** The whole message, in characters as they are written. */
const WHOLE = 3500;
const SHOWN = 20;
/** A page of empty lines is no answer; what comes after these many goes on in the last. */
const LINES = 30;
const QUESTION = 120;
const CUT = '> …';

/**
 * Each question in bold, its answer quoted below: a quote has its mark on every line, so that no answer can write a line that looks like ours.
 * What is too long for one message is shared: short answers stay whole, the longest are cut.
 */
export function answersInFull(who: string, answers: readonly Answer[], t: Texts): string {
  const given = answers.filter(({ answer }) => !isBlank(answer));
  const head = who ? t.thread.allAnswersOf(who) : t.thread.allAnswers;
  const more = given.length - SHOWN;
  const foot = more > 0 ? t.thread.more(more) : '';
  const shown = given.slice(0, SHOWN).map(({ question, answer }) => {
    const title = safeMrkdwn(question, QUESTION) || t.thread.answer;
    // Cleaned once with room to spare: what is cut later is cut from this.
    return { title: `*${title}*`, words: quote(answer, WHOLE) };
  });
  const fixed = [head, ...shown.map(({ title }) => title), foot].reduce((sum, part) => sum + part.length + 1, 0);
  const room = fair(
    shown.map(({ words }) => words.length + 1),
    WHOLE - fixed,
  );
  const parts = shown.map(({ title, words }, i) => {
    const fits = words.length < room ? words : quote(given[i]!.answer, room - 1);
    return `${title}\n${fits}`;
  });
  return [head, ...parts, ...(foot ? [foot] : [])].join('\n');
}

/** The most each may take so that all together stay within `total`: those who need less leave the rest to the others. */
function fair(needs: readonly number[], total: number): number {
  let left = total;
  let count = needs.length;
  for (const need of [...needs].sort((a, b) => a - b)) {
    if (need > left / count) return Math.floor(left / count);
    left -= need;
    count -= 1;
  }
  return total;
}

/** At most `max` units, marks and line breaks included; it ends with … when something is left out. */
function quote(answer: string, max: number): string {
  const out: string[] = [];
  let left = max - CUT.length;
  for (const line of lines(answer, LINES)) {
    const room = left - 3;
    if (room < 2) return [...out, ...(out.at(-1)?.endsWith('…') ? [] : [CUT])].join('\n');
    const written = safeMrkdwn(line, room, { run: WHOLE });
    out.push(`> ${written}`);
    left -= written.length + 3;
  }
  return out.join('\n');
}
