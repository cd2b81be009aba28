// The few calls of Slack's Web API that answering people needs; what Slack refuses becomes a sentence with its cure.

import type { KnownBlock, View } from '@slack/types';
import type { Logger } from 'pino';
import { Refusal } from '../errors.ts';
import { type Language, languageOf, type Texts, textsFor, usualLanguage } from '../texts/index.ts';
import { failureOf } from './failures.ts';
import { guestLook } from './guests.ts';

export interface Message {
  text: string;
  blocks?: KnownBlock[];
}

export interface ChannelFacts {
  id: string;
  isMember: boolean;
  isPrivate: boolean;
  isArchived: boolean;
  /** A direct message, with one person or several. */
  isDirect: boolean;
  /** People outside this workspace read it, or are invited to. */
  isShared: boolean;
  /** The same, and they are of another organization: Slack Connect. */
  isExternal: boolean;
  /** How many are in it; null where Slack does not say. */
  members: number | null;
  /** What its people read; null where Slack does not say, or where it is not spoken here. */
  language: Language | null;
}

export interface PersonFacts {
  /** An admin or owner of the workspace, as Slack says. */
  isAdmin: boolean;
  /** May do here what admins may: one of them, or somebody whom they named. Never a guest. */
  leads: boolean;
  /** A guest, or somebody of another workspace. */
  isGuest: boolean;
  /** Their time zone, such as `Europe/Berlin`. */
  zone: string;
  /** Null where Slack does not say, as without the scope `users:read.email`. */
  email: string | null;
}

/** Slack, seen with one workspace's token. Every method throws Refusal, Outage or Gone. */
export interface SlackWeb {
  openView(triggerId: string, view: View): Promise<string>;
  /** False when the person has closed the view. */
  updateView(viewId: string, view: View): Promise<boolean>;
  publishHome(user: string, view: View): Promise<void>;
  channel(id: string): Promise<ChannelFacts>;
  join(channel: string): Promise<void>;
  /** Is there a guest, besides `except`, among its first members? Many calls where it is asked for the first time. */
  hasGuests(channel: string, except?: string): Promise<boolean>;
  /** Is this person among the first ten thousand members? */
  isIn(channel: string, user: string): Promise<boolean>;
  person(user: string): Promise<PersonFacts>;
  /** What is said in this person's language; never throws, and does not wait long for Slack to say which one it is. */
  textsFor(user: string): Promise<Texts>;
  /** `channel` may be a person's id: a direct message. */
  post(channel: string, message: Message): Promise<void>;
}

interface WebOptions {
  apiUrl: URL;
  log: Logger;
}

/** One workspace, as it is seen with its token. */
interface Seeing {
  teamId: string;
  token: string;
  /** Whether admins named this person; asked anew each time, so that it counts and ends at once. */
  isManager(user: string): Promise<boolean>;
}

type Api = { apiCall(method: string, args?: Record<string, unknown>): Promise<unknown> };

/** Makes one `SlackWeb` for each workspace. The SDK is loaded on first need, so that the process starts fast. */
export async function slackWebs(options: WebOptions): Promise<(workspace: Seeing) => SlackWeb> {
  const { WebClient } = await import('@slack/web-api');
  return ({ teamId, token, isManager }) => {
    // Retrying is not the SDK's business: a person waits, and a repeated post would be a duplicate.
    const client = new WebClient(token, {
      slackApiUrl: options.apiUrl.href,
      teamId,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
      allowAbsoluteUrls: false,
      logger: boltLogger(options.log),
    });
    return slackWeb(client, options.log, teamId, isManager);
  };
}

/** How long a person's standing is believed without asking Slack again. */
const STANDING_MS = 30_000;
const MOST_STANDINGS = 1_000;
/** People seldom change their language: after this long it is asked about again, and until then nobody waits for it. */
const LANGUAGE_MS = 10 * 60_000;
/** Whoever asks for the first time waits this long to be answered in their language, and is answered in the usual one then. */
const LANGUAGE_PATIENCE_MS = 500;
/** A failure is told to whoever needs to know who asks, not asked about twice. */
const FAILURE_MS = 1_000;

/** What Slack says of a person. */
type Standing = Omit<PersonFacts, 'leads'>;

function slackWeb(client: Api, log: Logger, teamId: string, isManager: Seeing['isManager']): SlackWeb {
  const standings = new Map<string, { until: number; facts: Standing }>();
  const languages = new Map<string, { until: number; language: Language }>();
  const asking = new Map<string, Promise<Standing>>();
  const call = async (method: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
    try {
      return (await client.apiCall(method, args)) as Record<string, unknown>;
    } catch (error) {
      throw failureOf(method, error, log);
    }
  };

  async function look(user: string): Promise<Standing> {
    const { user: who } = (await call('users.info', { user, include_locale: true })) as {
      user?: Record<string, unknown>;
    };
    const home = typeof who?.team_id === 'string' ? who.team_id : teamId;
    const facts = {
      isAdmin: who?.is_admin === true || who?.is_owner === true,
      // A person of another workspace, met in a shared channel, is `is_stranger` or bears that workspace's id.
      isGuest: isRestricted(who) || who?.is_stranger === true || home !== teamId,
      zone: typeof who?.tz === 'string' ? who.tz : 'UTC',
      email: addressIn(who?.profile),
    };
    const now = performance.now();
    if (standings.size >= MOST_STANDINGS) standings.clear();
    standings.set(user, { until: now + STANDING_MS, facts });
    const language = languageOf(typeof who?.locale === 'string' ? who.locale : null) ?? usualLanguage;
    if (languages.size >= MOST_STANDINGS) languages.clear();
    languages.set(user, { until: now + LANGUAGE_MS, language });
    return facts;
  }

  const hasGuests = guestLook({
    async members(channel, limit) {
      const { members } = await call('conversations.members', { channel, limit });
      return Array.isArray(members) ? members.filter((id) => typeof id === 'string') : [];
    },
    // Not by `person`: so many would crowd out those who are working with the app.
    isGuest: async (user) => isRestricted((await call('users.info', { user })).user),
  });

  /** One call for all who want to know of this person at the same time: their language, and what they may. */
  function ask(user: string): Promise<Standing> {
    const underWay = asking.get(user);
    if (underWay) return underWay;
    const answer = look(user);
    asking.set(user, answer);
    const forget = () => asking.get(user) === answer && asking.delete(user);
    answer.then(forget, () => setTimeout(forget, FAILURE_MS).unref());
    return answer;
  }

  async function standingOf(user: string): Promise<Standing> {
    const known = standings.get(user);
    if (known && known.until > performance.now()) return known.facts;
    const answer = ask(user);
    try {
      return await answer;
    } finally {
      if (asking.get(user) === answer) asking.delete(user);
    }
  }

  return {
    async openView(triggerId, view) {
      const answer = await call('views.open', { trigger_id: triggerId, view });
      return String((answer.view as { id?: unknown } | undefined)?.id ?? '');
    },
    async updateView(viewId, view) {
      try {
        await call('views.update', { view_id: viewId, view });
        return true;
      } catch (error) {
        if (error instanceof Refusal && error.code === 'not_found') return false;
        throw error;
      }
    },
    async publishHome(user, view) {
      await call('views.publish', { user_id: user, view });
    },
    async channel(id) {
      const { channel } = (await call('conversations.info', {
        channel: id,
        include_num_members: true,
        include_locale: true,
      })) as {
        channel?: Record<string, unknown>;
      };
      const isExternal = channel?.is_ext_shared === true || channel?.is_pending_ext_shared === true;
      return {
        id,
        isMember: channel?.is_member === true,
        isPrivate: channel?.is_private === true,
        isArchived: channel?.is_archived === true,
        isDirect: channel?.is_im === true || channel?.is_mpim === true,
        // Slack Connect, invitations to it that are not answered yet, and other workspaces of an Enterprise organization.
        isShared: isExternal || channel?.is_org_shared === true,
        isExternal,
        members: typeof channel?.num_members === 'number' ? channel.num_members : null,
        language: languageOf(typeof channel?.locale === 'string' ? channel.locale : null),
      };
    },
    async join(channel) {
      await call('conversations.join', { channel });
    },
    hasGuests,
    async isIn(channel, user) {
      let cursor = '';
      for (let page = 0; page < 10; page++) {
        const found = await call('conversations.members', { channel, limit: 1_000, ...(cursor ? { cursor } : {}) });
        if (Array.isArray(found.members) && found.members.includes(user)) return true;
        cursor = String((found.response_metadata as { next_cursor?: unknown } | undefined)?.next_cursor ?? '');
        if (cursor === '') return false;
      }
      return false;
    },
    async person(user) {
      const facts = await standingOf(user);
      return { ...facts, leads: !facts.isGuest && (facts.isAdmin || (await isManager(user))) };
    },
    async textsFor(user) {
      const known = languages.get(user);
      if (known && known.until > performance.now()) return textsFor(known.language);
      const answer = ask(user).catch(() => {});
      if (!known) await within(LANGUAGE_PATIENCE_MS, answer);
      return textsFor(languages.get(user)?.language);
    },
    async post(channel, message) {
      await call('chat.postMessage', { channel, ...message, unfurl_links: false, unfurl_media: false });
    },
  };
}

/** Guests of many channels, and of one: https://docs.slack.dev/reference/objects/user-object. */
function isRestricted(user: unknown): boolean {
  const { is_restricted: many, is_ultra_restricted: one } = (user ?? {}) as Record<string, unknown>;
  return many === true || one === true;
}

function addressIn(profile: unknown): string | null {
  const { email } = (profile ?? {}) as Record<string, unknown>;
  return typeof email === 'string' && email !== '' ? email : null;
}

/** Ends with the work, or without it when the time is over. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, over]);
  clearTimeout(timer);
}

/** The SDK's and Bolt's log lines in our log. Debug lines are dropped: they hold whole payloads. */
export function boltLogger(log: Logger) {
  const line = (parts: unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .slice(0, 500);
  return {
    debug: () => {},
    info: (...parts: unknown[]) => log.debug(line(parts)),
    warn: (...parts: unknown[]) => log.warn(line(parts)),
    error: (...parts: unknown[]) => log.error(line(parts)),
    setLevel: () => {},
    getLevel: () => 'info' as never,
    setName: () => {},
  };
}
