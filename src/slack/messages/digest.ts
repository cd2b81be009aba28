// Says in one message which meetings were over before we heard of them: they are no news, and nobody should miss one (pure).

import type { Digest } from '../../delivery/content.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { dateToken, SHORT_DATE, safeMrkdwn } from './text.ts';

const SHOWN = 10;

/** It goes out as text alone, as replies do: see reply.ts. */
export function renderDigest({ past, more, language }: Digest): { text: string } {
  const t = textsFor(language);
  const count = past.length + more;
  const head = t.thread.overBeforeHeard(count);
  const rest = count - Math.min(past.length, SHOWN);
  return {
    text: [
      head,
      ...past.slice(0, SHOWN).map((each) => named(each, t)),
      ...(rest > 0 ? [t.thread.more(rest)] : []),
    ].join('\n'),
  };
}

function named({ title, who, when, state }: Digest['past'][number], t: Texts): string {
  const name = safeMrkdwn(who, 80);
  const bold = `*${safeMrkdwn(title, 100) || t.card.meeting}*`;
  const what = name ? t.card.with(bold, name) : bold;
  const time = dateToken(when.startsAt, SHORT_DATE, null, t);
  return `• ${what} · ${time}${state === 'canceled' ? ` · ${t.card.canceled}` : ''}`;
}
