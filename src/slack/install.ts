// Installing in a workspace or an organization: `begin` before the person leaves for Slack, `finish` when they come back.

import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Grant, SlackOAuth } from './oauth.ts';
import { lacking } from './scopes.ts';

export interface InstallStateStore {
  /** Kept as hashes; forgets those that are over. */
  add(state: string, browser: string, lifeMs: number): Promise<void>;
  /** What becomes of a state that comes back: good once, in time, in the browser it began in. */
  use(state: string, browser: string | null): Promise<'good' | 'unknown' | 'expired' | 'used' | 'elsewhere'>;
}

export interface Installed {
  grant: Grant;
  /** It was there before: its data stays. */
  again: boolean;
  /** Permissions that Slack did not give though the app needs them. */
  lacks: string[];
}

export interface Install {
  /** Where to send this browser. */
  begin(browser: string): Promise<URL>;
  /** Throws Refusal state_…, denied, code_refused, client_refused, Outage. */
  finish(answer: { params: URLSearchParams; browser: string | null }): Promise<Installed>;
}

/** Slack's code lives as long. */
const lifeMs = 10 * 60_000;

export function installFlow(deps: {
  oauth: SlackOAuth;
  states: InstallStateStore;
  /** Keeps the token; `first` where this workspace was not there before, or had removed the app. */
  keep(grant: Grant): Promise<{ installationId: string; again: boolean; first: boolean }>;
  welcome(installationId: string, person: string): Promise<void>;
  newSecret(): string;
  log: Logger;
}): Install {
  const { oauth, states, log } = deps;
  return {
    async begin(browser) {
      const state = deps.newSecret();
      await states.add(state, browser, lifeMs);
      return oauth.authorizeUrl(state);
    },

    async finish({ params, browser }) {
      const verdict = await states.use(params.get('state') ?? '', browser);
      // Before anything else of the address is believed, and before Slack is asked.
      if (verdict !== 'good') throw new Refusal(`The state is ${verdict}.`, { code: `state_${verdict}` });
      const error = params.get('error');
      if (error === 'access_denied') throw new Refusal('They said no.', { code: 'denied' });
      const code = params.get('code');
      if (error !== null || !code) throw new Refusal('Slack sent no code.', { code: 'code_refused' });
      const grant = await oauth.exchange(code);
      const { installationId, again, first } = await deps.keep(grant);
      const lacks = lacking(grant.scopes);
      log.info({ installation: installationId, again, organization: grant.isOrganization, lacks }, 'installed');
      if (first && grant.installedBy) {
        await deps
          .welcome(installationId, grant.installedBy)
          .catch((err) => log.error({ err }, 'whoever installed the app could not be welcomed'));
      }
      return { grant, again, lacks };
    },
  };
}
