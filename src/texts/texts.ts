// What each language has to say: all that English says, and nothing else.

import type { en } from './en/index.ts';

/** What is spoken here. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

export type Texts = typeof en & { code: Language };
