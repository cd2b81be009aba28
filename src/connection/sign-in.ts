// Sign in with Calendly: `begin` before the person leaves, `finish` when they return, and what may happen in between; functions over stored state.

import { Refusal } from '../errors.ts';
import type { Connected } from './connect.ts';
import type { Log } from './hook.ts';
import type { Granted } from './pair.ts';
import { type Extra, missingScopes, signInScopes } from './scopes.ts';
import type { OAuth, Tokens } from './token.ts';

/** Whose Slack account asks, in words for a page outside Slack. */
export interface Asker {
  workspace: string;
  person: string;
  /** May connect a whole organization. */
  leads: boolean;
}

/** A link as it is kept. */
export interface SignInRecord {
  installationId: string;
  slackUser: string;
  verifier: string | null;
  /** Until it ends, by the database's clock; negative afterwards. */
  leftMs: number;
  /** Which browser went on to Calendly with it. */
  browser: 'none' | 'this' | 'other';
  /** Somebody came back from Calendly with it … */
  isUsed: boolean;
  /** … and the account was connected. */
  isDone: boolean;
  /** What is asked for beside the bookings. */
  extras: readonly Extra[];
}

export interface SignInStore {
  add(
    link: string,
    o: { installationId: string; slackUser: string; extras: readonly Extra[]; lifeMs: number },
  ): Promise<void>;
  /** What this person has signed in for before, beside the bookings. */
  askedBefore(who: { installationId: string; slackUser: string }): Promise<Extra[]>;
  byLink(link: string, browser: string | null): Promise<SignInRecord | null>;
  byState(state: string, browser: string | null): Promise<SignInRecord | null>;
  /** Binds the link to this browser and its latest state; false when it is used, late, or another browser's. */
  leave(link: string, o: { browser: string; state: string; verifier: string }): Promise<boolean>;
  /** The one use: true for exactly one caller, with the right browser, in time. */
  use(state: string, browser: string): Promise<boolean>;
  done(state: string): Promise<void>;
}

export interface SignIn {
  /** The secret part of a link for this person: good once, for a quarter of an hour. What they once signed in for is asked for again. */
  begin(input: { installationId: string; slackUser: string; extras: readonly Extra[] }): Promise<string>;
  /** Who asks, for whoever opened the link; nothing changes, so that previews and scanners may look. Throws Refusal link_…, guest; Outage. */
  look(input: { link: string; browser: string | null }): Promise<Asker & { extras: readonly Extra[] }>;
  /** The person says yes: where to go. May be said twice in the same browser. Throws as `look` does. */
  leave(input: { link: string; browser: string }): Promise<URL>;
  /** The person is back. Throws Refusal, Outage or Gone; then nothing is left of it, here or at Calendly. */
  finish(input: { params: URLSearchParams; browser: string | null }): Promise<{ connected: Connected; asker: Asker }>;
}

export interface SignInDeps {
  store: SignInStore;
  oauth: OAuth;
  tokens: Tokens;
  connect(input: { installationId: string; slackUser: string; leads: boolean; token: string }): Promise<Connected>;
  /** Asked at the moment of each step. Throws Refusal `guest` for those who may not connect, Outage where Slack does not say. */
  askerOf(installationId: string, slackUser: string): Promise<Asker>;
  newSecret(): string;
  /** Tells the person in Slack what came of it; `key` is said once. */
  tell(news: SignInNews): Promise<void>;
  log?: Log;
}

export type SignInNews = { installationId: string; slackUser: string; key: string } & (
  | { connected: Connected }
  | { failure: unknown }
);

/** Long enough to sign in at Calendly, where a code lives ten minutes. */
const lifeMs = 15 * 60_000;

export function signIn(deps: SignInDeps): SignIn {
  const { store, oauth, tokens } = deps;

  async function usable(link: string, browser: string | null): Promise<SignInRecord> {
    const record = await store.byLink(link, browser);
    if (record === null) throw trouble('link_unknown');
    refuseUsed(record);
    if (record.browser === 'other') throw trouble('link_elsewhere');
    return record;
  }

  /** The state must be one we gave to this very browser, and not yet used. Nothing is used up by an attempt that fails here. */
  async function returning(params: URLSearchParams, browser: string | null) {
    const [state, ...more] = params.getAll('state');
    const record = state === undefined || more.length > 0 ? null : await store.byState(state, browser);
    if (state === undefined || record === null) throw trouble('state_unknown');
    if (browser === null || record.browser !== 'this') throw trouble('link_elsewhere');
    refuseUsed(record);
    if (record.verifier === null) throw trouble('state_unknown');
    return { state, browser, record, verifier: record.verifier };
  }

  async function connectWith(record: SignInRecord, { leads }: Asker, granted: Granted): Promise<Connected> {
    const { installationId, slackUser } = record;
    // Kept before its first use: whatever happens from here on, the pair is in the memory, and is cleared away when nobody uses it.
    const token = await tokens.keep(installationId, granted);
    try {
      const missing = missingScopes(granted.scopes);
      if (missing.length > 0) throw tooLittle(missing);
      const connected = await deps.connect({ installationId, slackUser, leads, token });
      const less = missingScopes(granted.scopes, record.extras);
      return less.length > 0 ? { ...connected, notes: [...connected.notes, notAllowed(less)] } : connected;
    } catch (error) {
      await tokens.discard(token, 'replaced');
      throw error;
    }
  }

  /** The page says it as well, so that a message which cannot be kept undoes nothing. */
  async function tell(news: SignInNews): Promise<void> {
    try {
      await deps.tell(news);
    } catch (error) {
      deps.log?.warn({ err: error }, 'what came of a sign-in could not be told in Slack');
    }
  }

  return {
    async begin(input) {
      const link = deps.newSecret();
      const before = await store.askedBefore(input);
      await store.add(link, { ...input, extras: [...new Set([...input.extras, ...before])], lifeMs });
      return link;
    },

    async look({ link, browser }) {
      const { installationId, slackUser, extras } = await usable(link, browser);
      return { ...(await deps.askerOf(installationId, slackUser)), extras };
    },

    async leave({ link, browser }) {
      const { installationId, slackUser, extras } = await usable(link, browser);
      await deps.askerOf(installationId, slackUser);
      const state = deps.newSecret();
      const { url, verifier } = await oauth.authorize(state, signInScopes(extras));
      if (await store.leave(link, { browser, state, verifier })) return url;
      // Somebody was faster: what it is now says why.
      await usable(link, browser);
      throw trouble('link_used');
    },

    async finish({ params, browser }) {
      const back = await returning(params, browser);
      const { installationId, slackUser, extras } = back.record;
      const asker = await deps.askerOf(installationId, slackUser);
      // Of two who come at the same time, one goes on.
      if (!(await store.use(back.state, back.browser))) throw trouble('link_used');
      const news = { installationId, slackUser, key: `sign_in ${deps.newSecret()}` };
      try {
        const scopes = signInScopes(extras);
        const granted = await oauth.exchange({ params, state: back.state, verifier: back.verifier, scopes });
        const connected = await connectWith(back.record, asker, granted);
        await store.done(back.state);
        await tell({ ...news, connected });
        return { connected, asker };
      } catch (failure) {
        // Who has just said no at Calendly need not hear it twice.
        if (!(failure instanceof Refusal && failure.code === 'denied')) await tell({ ...news, failure });
        throw failure;
      }
    },
  };
}

function refuseUsed(record: SignInRecord): void {
  if (record.isDone) throw trouble('link_done');
  if (record.isUsed) throw trouble('link_used');
  if (record.leftMs <= 0) throw trouble('link_expired');
}

const again = 'Go back to Slack and type {command} connect for a new link.';
const troubles = {
  link_unknown: `I do not know this link. It may have been cut off when it was copied, or be older than a day. ${again}`,
  link_expired: `This link is older than 15 minutes, so it no longer works. ${again}`,
  link_used: `This link was used already, and works once. ${again}`,
  link_done:
    'This link was used already, and your Calendly account is connected. Go back to Slack: there is nothing left to do here.',
  link_elsewhere: `This sign-in was begun in another browser, or your browser keeps no cookies, so I cannot tell whether it is you. Nothing was connected. ${again}`,
  state_unknown: `This page belongs to no sign-in that I began. Nothing was connected. ${again}`,
};

function trouble(code: keyof typeof troubles): Refusal {
  return new Refusal(troubles[code], { code });
}

const notAllowed = (scopes: readonly string[]) =>
  `Calendly did not give me the permission ${scopes.join(', ')}, so what takes it does not work through this account; all else does. Ask for it again in the same way and allow all that Calendly lists; if it does not list it, whoever runs this app has to tick it in the OAuth app.`;

function tooLittle(missing: readonly string[]): Refusal {
  return new Refusal(
    `Calendly let me in, but without the permission ${missing.join(', ')}, which I cannot do without. Nothing was connected. Type {command} connect again and allow all that Calendly lists; if it does not list it, whoever runs this app has to tick it in the OAuth app at developer.calendly.com.`,
    { code: 'scopes_missing' },
  );
}
