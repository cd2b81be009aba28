// Everything the app says to people, by language. A third one is a folder beside `en` and `de`, a line here
// and its code in texts.ts: what is missing in it is a type error.

import { de } from './de/index.ts';
import { sentences } from './de/sentences.ts';
import { en } from './en/index.ts';
import { type Language, languages, type Texts } from './texts.ts';
import { translator } from './translated.ts';

export { type Language, languages, type Texts } from './texts.ts';

const all: Record<Language, Texts> = { en: { ...en, code: 'en' }, de: { ...de, code: 'de' } };

/** What is not known speaks English. */
export const usualLanguage = 'en' satisfies Language;

const asked = new Map<string, Language>();

/** The language of a locale such as `de-AT`; null for one that is not spoken here. */
export function languageOf(locale: string | null | undefined): Language | null {
  if (!locale) return null;
  const known = asked.get(locale);
  if (known) return known;
  const [code = ''] = locale.toLowerCase().split(/[-_]/, 1);
  const found = languages.find((each) => each === code) ?? null;
  // Locales come from outside: only those of a sane length and number are remembered.
  if (found && locale.length < 20 && asked.size < 1_000) asked.set(locale, found);
  return found;
}

/** The most wanted language of a header `Accept-Language` that is spoken here; null for none. */
export function languageAccepted(header: string | undefined): Language | null {
  const wanted = (header ?? '')
    .slice(0, 300)
    .split(',', 20)
    .flatMap((each) => {
      const [tag = '', ...rest] = each.split(';').map((part) => part.trim());
      const language = languageOf(tag);
      const weight = Number(rest.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
      return language && weight > 0 ? [{ language, weight }] : [];
    });
  return wanted.sort((a, b) => b.weight - a.weight)[0]?.language ?? null;
}

export function textsFor(locale: string | null | undefined): Texts {
  return all[languageOf(locale) ?? usualLanguage];
}

const translators: Record<Language, (sentence: string) => string> = {
  en: (sentence) => sentence,
  de: translator(sentences),
};

/** A sentence of the core for whoever reads this language; what nobody has translated stays in English. */
export const translated = (sentence: string, { code }: Pick<Texts, 'code'>): string => translators[code](sentence);

/** A language by the name a person gives it: its code, or what it is called in itself or in English. */
export function languageNamed(word: string): Language | null {
  const name = word.toLowerCase();
  const called = (each: Language) =>
    [each, textsFor(each).look.languageName(each), textsFor(usualLanguage).look.languageInWords(each)].map((known) =>
      known.toLowerCase(),
    );
  return languages.find((each) => called(each).includes(name)) ?? languageOf(name.match(/^[a-z]{2}[-_][a-z]{2}$/)?.[0]);
}
