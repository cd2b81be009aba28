// The answers a card has room for, and a word on those it has not (pure).

import { answerShownUpTo, answersShown, hasMoreAnswers } from '../../delivery/card.ts';
import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { isBlank, safeMrkdwn } from './text.ts';

export interface ShownAnswers {
  shown: { question: string; answer: string }[];
  /** '' when the card shows all of them. */
  more: string;
}

/** Written out, a character can take five: the second bound keeps three answers within one section. */
export function shownAnswers({ answers, threadAnswers: hasThread }: Card, t: Texts): ShownAnswers {
  const shown: ShownAnswers['shown'] = [];
  let more = 0;
  for (const each of answers) {
    if (shown.length < answersShown) {
      const answer = safeMrkdwn(each.answer, answerShownUpTo, { run: answerShownUpTo, written: 650 });
      if (answer === '') continue;
      const rest = hasThread && hasMoreAnswers([each]) ? t.card.wholeInThread : '';
      shown.push({ question: safeMrkdwn(each.question, 150, { written: 280 }), answer: answer + rest });
    } else if (!isBlank(each.answer)) more++;
  }
  if (more === 0) return { shown, more: '' };
  return { shown, more: hasThread ? t.card.moreAnswersInThread(more) : t.card.moreAnswers(more) };
}
