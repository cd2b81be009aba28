// The web side of installing: the page with the button, the press of it, and the way back from Slack. Every step ends on a page.

import { randomBytes } from 'node:crypto';
import { browserCookie, isPressed, proofOf, type Reply } from '../browser.ts';
import { Outage, Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import { asResponse } from '../pages.ts';
import { languageAccepted, type Texts, textsFor } from '../texts/index.ts';
import type { Install } from './install.ts';
import { askPage, donePage, failurePage, installPath } from './install-pages.ts';

interface Said {
  cookies: string | undefined;
  /** The header `Accept-Language`. */
  languages: string | undefined;
}

export interface InstallDoor {
  /** `GET /slack/install`: changes nothing, so that whatever opens links by itself may open it. */
  ask(asked: Said): Promise<Reply>;
  /** `POST` to the same address: the button of that page. `fetchSite` is the header `Sec-Fetch-Site`. */
  press(asked: Said & { form: string; fetchSite: string | undefined }): Promise<Reply>;
  /** `GET /slack/oauth_redirect`. */
  back(asked: Said & { query: URLSearchParams }): Promise<Reply>;
}

export const installedPath = '/slack/oauth_redirect';

/** Seconds: as long as a state, and some for a slow way back. */
const cookieLife = 20 * 60;

/** Never throws. */
export function installDoor(deps: {
  install: Install;
  publicUrl: URL;
  authorizeUrl: URL;
  commandName: string;
  log: Logger;
}): InstallDoor {
  const { install, log } = deps;
  const cookie = browserCookie('install', deps.publicUrl, cookieLife);
  // Browsers hold the redirects after a press against this list as well, and Slack goes on to the workspace's own address.
  const { origin, hostname } = deps.authorizeUrl;
  const formsGoTo = ["'self'", origin, ...(hostname === 'slack.com' ? ['https://*.slack.com'] : [])].join(' ');

  async function answer(doing: string, languages: string | undefined, work: (t: Texts) => Promise<Reply>) {
    const t = textsFor(languageAccepted(languages));
    try {
      return await work(t);
    } catch (error) {
      const reference = randomBytes(4).toString('hex');
      if (error instanceof Refusal || error instanceof Outage)
        log.info({ doing, code: error.code }, 'an installation did not go on');
      else log.error({ err: error, doing, reference }, 'an installation failed');
      return asResponse(failurePage(error, reference, t));
    }
  }

  return {
    ask: ({ cookies, languages }) =>
      answer('ask', languages, async (t) => {
        const browser = cookie.read(cookies) ?? cookie.fresh();
        const page = askPage({ action: installPath, proof: proofOf(browser) }, t);
        return cookie.leave(asResponse(page, formsGoTo), browser);
      }),

    press: ({ cookies, languages, form, fetchSite }) =>
      answer('press', languages, async () => {
        const browser = cookie.read(cookies);
        if (browser === null || !isPressed(form, fetchSite, browser))
          throw new Refusal('That press did not come from our own page.', { code: 'not_pressed' });
        const url = await install.begin(browser);
        const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
        return { status: 303, headers, body: '' };
      }),

    back: ({ cookies, languages, query }) =>
      answer('back', languages, async (t) => {
        const installed = await install.finish({ params: query, browser: cookie.read(cookies) });
        return asResponse(donePage(installed, deps.commandName, t));
      }),
  };
}
