// Every text there is, in each language: nothing is left in English, numbers have their forms, quotes and dashes are those of the language.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sentences } from '../../src/texts/de/sentences.ts';
import {
  languageAccepted,
  languageNamed,
  languageOf,
  languages,
  type Texts,
  textsFor,
  translated,
} from '../../src/texts/index.ts';

const root = join(import.meta.dirname, '../../src');

/** What an argument may be, so that each text can be made: numbers where they are counted, else a word nobody writes. */
const argument = (i: number) => `⟨${i}⟩`;

/** Every text by where it stands; functions are called with numbers and with words, whichever they take. */
function texts(t: Texts): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') found.set(path, value);
    else if (typeof value === 'function') for (const [how, said] of called(value)) found.set(`${path}(${how})`, said);
    else if (value && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
  };
  walk(t, '');
  return found;
}

function called(value: unknown): [string, string][] {
  const make = value as (...args: unknown[]) => unknown;
  const kinds: [string, unknown[]][] = [
    ['numbers', [1, 2, 3]],
    ['many', [7, 8, 9]],
    ['words', [0, 1, 2].map(argument)],
    ['number first', [2, argument(1), argument(2)]],
    ['number second', [argument(0), 2, argument(2)]],
    ['lists', [[argument(0), argument(1)], argument(2)]],
    ['options', [argument(0), argument(1), { usual: true, look: argument(2), account: argument(3) }]],
    ['host', ['host', argument(1), argument(2)]],
    ['invitee', ['invitee', argument(1), argument(2)]],
    ['by invitee', [argument(0), 'invitee', argument(2)]],
  ];
  return kinds.flatMap(([how, args]): [string, string][] => {
    try {
      const said = make(...args);
      return typeof said === 'string' && !/undefined|NaN|\[object|\bnull\b/.test(said) ? [[how, said]] : [];
    } catch {
      return [];
    }
  });
}

const english = texts(textsFor('en'));
const others = languages.filter((each) => each !== 'en');

/** Words that are the same in both, signs, and what is typed as it is. Anything else that is the same was forgotten. */
const sameInGerman = ['TEST', 'Host', 'Hosts', 'Details', 'Threads', 'Hook', 'in'];

describe.each(others)('in %s', (language) => {
  const t = textsFor(language);
  const here = texts(t);

  test('every text of English is there, and none besides', () => {
    const paths = (all: Map<string, string>) => [...new Set([...all.keys()].map((key) => key.replace(/\(.*/, '')))];
    const missing = paths(english).filter((path) => !paths(here).includes(path));
    const surplus = paths(here).filter((path) => !paths(english).includes(path));
    expect({ missing, surplus }).toEqual({ missing: [], surplus: [] });
    expect(english.size).toBeGreaterThan(300);
  });

  test('none is left in English, but for words that are the same', () => {
    const letters = (text: string) => text.replace(/⟨\d⟩|\{\w+\}|`[^`]*`|[^\p{L}]+/gu, ' ').trim();
    const same = [...here].filter(([key, text]) => {
      const given = /\((?:host|invitee|by invitee)\)$/.test(key) ? /\b(?:host|invitee)\b/g : /(?!)/g;
      const words = letters(text.replace(given, ' '));
      return words !== '' && english.get(key) === text && !sameInGerman.includes(words) && !/\.usage$/.test(key);
    });
    expect(same.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });

  test('what is filled in is the same as in English, in whatever order', () => {
    const holes = (text: string) => [...new Set(text.match(/\{\w+\}|⟨\d⟩/g) ?? [])].sort().join();
    const different = [...here].filter(([key, text]) => holes(text) !== holes(english.get(key) ?? ''));
    // English says “them” where German repeats the word, and no more.
    const allowed = /^subscribing\.idle/;
    expect(different.filter(([key]) => !allowed.test(key)).map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });
});

describe('German', () => {
  const all = [...texts(textsFor('de'))];

  test('quotes as Germans do: „so“, and never “so”', () => {
    expect(
      all.filter(([, text]) => /”|“(?=[^\s.,:;!?)…·}]*[^\s.,:;!?)…·}])\p{L}/u.test(text)).map(([key]) => key),
    ).toEqual([]);
    for (const [key, text] of all)
      expect(`${key} ${(text.match(/„/g) ?? []).length}`).toBe(`${key} ${(text.match(/“/g) ?? []).length}`);
  });

  test('has no em dash, no exclamation mark, and never says Sie', () => {
    const bad = all.filter(([, text]) =>
      /—|!(?!date)|\b(?:Ihnen|Ihre?[nmrs]?)\b|\bSie\b(?! (?:gehen|kommen|werden))/.test(text),
    );
    expect(bad.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });

  test.each([
    [0, '0 Gäste', '0 Abos', '0 Tage'],
    [1, '1 Gast', '1 Abo', '1 Tag'],
    [2, '2 Gäste', '2 Abos', '2 Tage'],
    [5, '5 Gäste', '5 Abos', '5 Tage'],
  ])('counts %i right', (count, guests, subscriptions, days) => {
    const t = textsFor('de');
    expect(t.card.guests(count)).toBe(guests);
    expect(t.common.subscriptions(count)).toBe(subscriptions);
    expect(t.times.days(count)).toBe(days);
    const answers = count === 1 ? 'weitere Antwort' : 'weitere Antworten';
    expect(t.card.moreAnswers(count)).toBe(`+${count} ${answers}`);
    expect(t.thread.overBeforeHeard(count)).toMatch(
      count === 1 ? /^⏱ 1 Termin war / : new RegExp(`^⏱ ${count} Termine waren `),
    );
  });

  test('writes amounts of money as Germans do', () => {
    const { paid } = textsFor('de').card;
    expect(paid('50.00', 'USD')).toBe('50,00 USD bezahlt');
    expect(paid('1234.5', 'EUR')).toBe('1.234,5 EUR bezahlt');
    expect(paid('a lot', 'EUR')).toBe('a lot EUR bezahlt');
  });
});

describe('English', () => {
  test.each([
    [0, '0 guests', '0th'],
    [1, '1 guest', '1st'],
    [2, '2 guests', '2nd'],
    [3, '3 guests', '3rd'],
    [5, '5 guests', '5th'],
    [11, '11 guests', '11th'],
    [22, '22 guests', '22nd'],
    [112, '112 guests', '112th'],
  ])('counts %i right', (count, guests, nth) => {
    const { card } = textsFor('en');
    expect(card.guests(count)).toBe(guests);
    expect(card.nthBooking(count)).toBe(`${nth} booking`);
  });
});

describe('which language', () => {
  test.each([
    ['de-DE', 'de'],
    ['de_AT', 'de'],
    ['de', 'de'],
    ['en-GB', 'en'],
    ['fr-FR', null],
    ['', null],
    [null, null],
    ['__proto__', null],
    ['den-XX', null],
  ])('%s is %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
    expect(textsFor(locale).code).toBe(language ?? 'en');
  });

  test.each([
    ['de', 'de'],
    ['Deutsch', 'de'],
    ['GERMAN', 'de'],
    ['de-AT', 'de'],
    ['english', 'en'],
    ['fr', null],
    ['', null],
  ])('“%s” names %s', (word, language) => {
    expect(languageNamed(word)).toBe(language);
  });
});

test.each([
  ['de-DE,de;q=0.9,en-US;q=0.8', 'de'],
  ['en-US,en;q=0.9,de;q=0.8', 'en'],
  ['en;q=0.1, de;q=0.5', 'de'],
  ['fr, de;q=0.2', 'de'],
  ['de;q=0, en', 'en'],
  ['de;q=x', null],
  ['fr,*', null],
  ['', null],
  [undefined, null],
  [`${'de;'.repeat(9_000)},${',;q=,'.repeat(9_000)}`, 'de'],
])('a browser that accepts “%.40s” is shown %s', (header, language) => {
  expect(languageAccepted(header)).toBe(language);
});

describe('a sentence of the core', () => {
  const de = textsFor('de');
  const broken = 'This Calendly token has expired.';
  const make =
    'Make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token), then type {command} connect again.';

  test('is recognized by its words, several at once, and what differs is kept as it is', () => {
    expect(translated(`${broken} ${make}`, de)).toMatch(
      /^Dieses Calendly-Token ist abgelaufen\. Erstelle bei Calendly .*\{command\} connect ein\.$/,
    );
    expect(translated('I paused what I show in <#C1>. The channel was archived. Unarchive it, and I go on.', de)).toBe(
      'Was ich in <#C1> zeige, habe ich pausiert. Der Channel wurde archiviert. Hol ihn aus dem Archiv, dann mache ich weiter.',
    );
    expect(
      translated(
        'Calendly is not well right now: it answered 502. Try again in a minute; if it goes on, look at calendlystatus.com.',
        de,
      ),
    ).toMatch(/^Calendly geht es gerade nicht gut: Es antwortete 502\. Versuch es in einer Minute/);
    expect(translated('I registered a new one for the Calendly account of Ada Host.', de)).toBe(
      'Ich habe für das Calendly-Konto von Ada Host einen neuen angemeldet.',
    );
  });

  test('is recognized after its names have been filled in, and after it was escaped', () => {
    const filled = make.replace('{command}', '/calendly').replaceAll('&', '&amp;');
    expect(translated(filled, de)).toMatch(/\/calendly connect ein\.$/);
    expect(
      translated(
        'I was removed from this channel. Type `/invite` <@U1> there to bring me back, then `/calendly subscribe`.',
        de,
      ),
    ).toBe(
      'Ich wurde aus diesem Channel entfernt. Gib dort `/invite` <@U1> ein, um mich zurückzuholen, dann `/calendly subscribe`.',
    );
  });

  test('stays in English as a whole where a part of it is not known, and for whoever reads English', () => {
    const half = `${broken} Nobody has translated this.`;
    expect(translated(half, de)).toBe(half);
    expect(translated(broken, textsFor('en'))).toBe(broken);
    expect(translated('', de)).toBe('');
  });

  test('of any length and with any words takes no long time', () => {
    const start = performance.now();
    for (const text of ['a '.repeat(4_000), 'I paused what I show in '.repeat(200), '{1} is read-only. '.repeat(200)])
      translated(text, de);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('is still said somewhere in the core: a translation of what nobody says is none', async () => {
    const files = ['connection', 'calendly', 'slack', 'delivery', 'store'].flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, room, name)),
    );
    // What the core counts in words stands in the English texts, as does what the door of signing in says like everybody.
    const more = ['app.ts', 'texts/en/status.ts', 'texts/en/common.ts'].map((name) => join(root, name));
    const code = [...files, ...more]
      .map((file) => readFileSync(file, 'utf8').replaceAll("\\'", "'").replaceAll('\\`', '`'))
      .join('\n');
    // Sentences are put together from pieces: each piece between two holes must stand somewhere.
    const gone = sentences.flatMap(([english]) =>
      english
        .split(/\{\w+\}|(?<=[.,)]) (?=[A-Zat])|, then |: (?=make|Make)| with (?=the scopes |all scopes )/)
        .map((piece) => piece.trim().replace(/^(?:[Mm]ake )|^[^\p{L}]+|[^\p{L}]+$/gu, ''))
        .filter((piece) => piece.length > 12 && !code.includes(piece)),
    );
    expect([...new Set(gone)]).toEqual([]);
  });
});

describe.each(languages)('Slack’s limits in %s', (language) => {
  const { form, common, details, connecting, look, subscribing } = textsFor(language);

  test('titles of windows and their buttons have 24 characters', () => {
    const short = [
      form.title,
      form.titleKinds,
      form.submit,
      form.save,
      common.cancel,
      common.close,
      details.title,
      connecting.title,
      connecting.titleDisconnect,
      connecting.submit,
      connecting.disconnect,
    ];
    expect(short.filter((text) => text.length > 24)).toEqual([]);
  });

  test('choices have 75 characters, hints and placeholders 150', () => {
    const modes = Object.values(look.exceptionLabels);
    const choices = [
      ...Object.values(look.styleLabels),
      ...Object.values(look.threadLabels),
      ...Object.values(look.privacyLabels),
      ...Object.values(look.kindLabels).flatMap((kind) => modes.map((mode) => look.exception(kind, mode))),
      look.asNowGroup,
      look.asNowPerson,
      subscribing.inWindow,
      connecting.willStop(connecting.impact(common.channels(12_345), common.subscriptions(12_345))),
    ];
    expect(choices.filter((text) => text.length > 75)).toEqual([]);
    const hints = [
      ...Object.values(look.outsidersHint),
      look.mentionHint(`/${'c'.repeat(20)}`),
      look.exceptionsHint,
      form.typesHint,
      form.allTypes,
    ];
    expect(hints.filter((text) => text.length > 150)).toEqual([]);
  });
});
