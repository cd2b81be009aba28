// A filter's rules as they come back from where others could have touched them: a button, a file.

import { z } from 'zod';
import { placeWords, type Rule, utmNames } from './subscription.ts';

const text = z.string().min(1).max(500);
const not = z.boolean();
const minutes = z.number().int().nonnegative();

export const ruleShape: z.ZodType<Rule> = z.discriminatedUnion('key', [
  z.strictObject({ key: z.literal('type'), not, uri: text, name: text }),
  z.strictObject({ key: z.literal('host'), not, uri: text.nullable(), email: text.nullable(), name: text }),
  z.strictObject({ key: z.literal('group'), not, uri: text, name: text, members: z.array(text) }),
  z.strictObject({ key: z.literal('domain'), not, domain: text }),
  z.strictObject({ key: z.literal('answer'), not, question: text, words: text.nullable() }),
  z.strictObject({ key: z.literal('utm'), not, name: z.enum(utmNames).nullable(), value: text.nullable() }),
  z.strictObject({ key: z.literal('lead'), not, from: minutes, to: minutes.nullable() }),
  z.strictObject({ key: z.literal('location'), not, place: z.enum(placeWords) }),
  z.strictObject({ key: z.literal('paid'), not, paid: z.boolean() }),
]);
