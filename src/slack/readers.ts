// Who reads a notice, and in which language: a person by what Slack says they read, a channel by the language of its cards.

import { request } from 'undici';
import { z } from 'zod';
import { languageIn } from '../subscription/options.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { type Language, languageOf, type Texts, textsFor, usualLanguage } from '../texts/index.ts';

interface ReadersOptions {
  apiUrl: URL;
  tokenOf(installationId: string): Promise<string | null>;
  subscriptionsIn(installationId: string, channelId: string): Promise<Pick<Subscription, 'options'>[]>;
}

const answerShape = z.object({ ok: z.literal(true), user: z.object({ locale: z.string().optional() }) });

/** People seldom change their language. */
const rememberedMs = 10 * 60_000;
const mostRemembered = 5_000;
/** A notice is not kept waiting for longer: then it is told in the usual language. */
const patienceMs = 1_500;

/** Never throws: who cannot be asked about reads the usual language. */
export function readers({ apiUrl, tokenOf, subscriptionsIn }: ReadersOptions) {
  const remembered = new Map<string, { until: number; language: Language }>();

  async function ask(installationId: string, user: string): Promise<Language> {
    const token = await tokenOf(installationId);
    if (!token) return usualLanguage;
    const response = await request(new URL('users.info', apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user, include_locale: 'true' }).toString(),
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer = answerShape.safeParse(await response.body.json());
    const language = languageOf(answer.data?.user.locale) ?? usualLanguage;
    if (answer.success) {
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(`${installationId} ${user}`, { until: performance.now() + rememberedMs, language });
    }
    return language;
  }

  /** `place`: a person's id, for a direct message, or a channel's. */
  return async (installationId: string, place: string): Promise<Texts> => {
    try {
      if (!/^[UW]/.test(place)) {
        const [first] = await subscriptionsIn(installationId, place);
        return textsFor(first && languageIn(first.options));
      }
      const known = remembered.get(`${installationId} ${place}`);
      return textsFor(known && known.until > performance.now() ? known.language : await ask(installationId, place));
    } catch {
      return textsFor(usualLanguage);
    }
  };
}
