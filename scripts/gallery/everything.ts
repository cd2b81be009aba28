// All that the app can say, in one language, to be drawn: what is made from its own functions, what two walks meet, what is said seldom.

import type { Language } from '../../src/texts/index.ts';
import { installing } from './installing.ts';
import { life } from './life.ts';
import { core, pages, seldom } from './seldom.ts';
import { type Specimen, specimens } from './specimens.ts';
import { tour } from './tour.ts';

export async function everything(language: Language): Promise<Specimen[]> {
  const walked = [...(await tour(language)), ...(await life(language))];
  const all = [
    ...specimens(Date.now(), language),
    ...walked,
    ...pages(language),
    ...installing(language),
    ...seldom(language),
    ...core(language),
  ];
  // What belongs together stands together, wherever it was met.
  const rooms = [...new Set(all.map(({ room }) => room))];
  return rooms.flatMap((room) => all.filter((each) => each.room === room));
}
