// Everything the app says, in each language, is drawn in the gallery, and all of it keeps Slack's limits, judged by a validator of our own.

import { expect, test } from 'vitest';
import { undrawn, watchTexts } from '../scripts/gallery/drawn.ts';
import { everything } from '../scripts/gallery/everything.ts';
import { core } from '../scripts/gallery/seldom.ts';
import { languages } from '../src/texts/index.ts';
import { blockProblems, errorProblems, viewProblems } from './slack/blocks.ts';

/**
 * Never drawn: what is said where nobody from outside reads a channel, since it is nothing; and how a language is called in this one, by which it
 * is found when people type it (English names stand in what is drawn all the same).
 */
const silent = ['look.languageInWords', 'subscribing.limited.none'];

test.concurrent.each(languages)(
  'in %s every text is drawn, and all of it could be sent',
  { timeout: 180_000 },
  async (language) => {
    const taken = watchTexts(language);
    const all = await everything(language);
    expect(undrawn(taken, all).filter((path) => !silent.includes(path))).toEqual([]);
    expect(taken.size).toBeGreaterThan(1_000);
    const problems = all.flatMap(({ room, name, message, home, modal, errors, page }) =>
      [
        ...(message ? blockProblems(message) : page ? pageProblems(page) : viewProblems(home ?? modal)),
        ...(errors ? errorProblems(errors) : []),
      ].map((problem) => `${room}, ${name}: ${problem}`),
    );
    expect(problems).toEqual([]);
    for (const kind of ['message', 'home', 'modal', 'page'] as const) expect(all.some((each) => each[kind])).toBe(true);
  },
);

test('what the core says is drawn in the language of its reader, whole', () => {
  const [english, german] = [core('en'), core('de')].map((all) =>
    all.flatMap(({ message }) => message?.text.split('\n') ?? []),
  );
  expect(german?.length).toBeGreaterThan(300);
  expect(german?.filter((line, i) => line === english?.[i] || /…/.test(line))).toEqual([]);
});

/** A page says nothing but words: no script, no hole that was left open. */
const pageProblems = (html: string): string[] => html.match(/<script|\{command\}|undefined|\[object/gi) ?? [];
