// What Intl knows of a language: its plural forms, ordinals, lists and numbers. Each object is made once, when it is first needed, and never for a message.

export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** @param locale such as `de-DE`; where a language has several, the one whose lists and clocks are meant. */
export function speech(locale: string) {
  const cardinals = once(() => new Intl.PluralRules(locale));
  const ordinals = once(() => new Intl.PluralRules(locale, { type: 'ordinal' }));
  const and = once(() => new Intl.ListFormat(locale, { type: 'conjunction' }));
  const or = once(() => new Intl.ListFormat(locale, { type: 'disjunction' }));
  const names = once(() => new Intl.DisplayNames(locale, { type: 'language' }));
  const days = once(
    () => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
  );
  return {
    /** The form that goes with this number. */
    plural: (count: number, forms: Forms): string => forms[cardinals().select(count)] ?? forms.other,
    /** The same for the second, the third … */
    ordinal: (count: number, forms: Forms): string => forms[ordinals().select(count)] ?? forms.other,
    /** `a`, `a and b`, `a, b and c`. */
    all: (words: readonly string[]): string => and().format(words),
    any: (words: readonly string[]): string => or().format(words),
    /** What a language is called in this one. */
    language: (code: string): string => names().of(code) ?? code,
    /** What it calls itself, for a list where everybody has to find their own. */
    ownName: (code: string): string => ownNames(code),
    /** A day without its hour, for whom the zone does not matter. */
    day: (at: number): string => days().format(at),
    /** An amount of money as it came, `50.00`, with the marks of this language and as many decimals. What is no number stays as it is. */
    amount(given: string): string {
      const decimals = /^-?\d{1,12}(?:\.(\d{1,4}))?$/.exec(given);
      if (!decimals) return given;
      const digits = decimals[1]?.length ?? 0;
      return numbers(locale, digits).format(Number(given));
    },
  };
}

const own = new Map<string, string>();

function ownNames(code: string): string {
  const known = own.get(code) ?? new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
  own.set(code, known);
  return known;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const known = new Map<string, Intl.NumberFormat>();

/** As many as there are languages and numbers of decimals. */
function numbers(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${digits}`;
  let found = known.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    known.set(key, found);
  }
  return found;
}
