// Everything the gallery draws, in each language: cards, lines, answers, windows and Home tabs keep Slack's limits, judged by a validator of our own.

import { expect, test } from 'vitest';
import { specimens } from '../scripts/gallery/specimens.ts';
import { tour } from '../scripts/gallery/tour.ts';
import { languages } from '../src/texts/index.ts';
import { blockProblems, viewProblems } from './slack/blocks.ts';

test.each(languages)('in %s all of it could be sent, and the walk meets every kind of thing', async (language) => {
  const walked = await tour(language);
  const all = [...specimens(Date.now(), language), ...walked];
  const problems = all.flatMap(({ room, name, message, home, modal }) =>
    (message ? blockProblems(message) : viewProblems(home ?? modal)).map((problem) => `${room}, ${name}: ${problem}`),
  );
  expect(problems).toEqual([]);
  expect(walked.length).toBeGreaterThan(100);
  for (const kind of ['message', 'home', 'modal'] as const) expect(walked.some((each) => each[kind])).toBe(true);
});
