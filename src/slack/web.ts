// The few calls of Slack's Web API that answering people needs; what Slack refuses becomes a sentence with its cure.

import type { KnownBlock, View } from '@slack/types';
import type { Logger } from 'pino';
import { Refusal } from '../errors.ts';
import { failureOf } from './failures.ts';

export interface Message {
  text: string;
  blocks?: KnownBlock[];
}

export interface ChannelFacts {
  isMember: boolean;
  isPrivate: boolean;
  isArchived: boolean;
  /** A direct message, with one person or several. */
  isDirect: boolean;
}

export interface PersonFacts {
  isAdmin: boolean;
  /** A guest, or somebody of another workspace. */
  isGuest: boolean;
}

/** Slack, seen with one workspace's token. Every method throws Refusal, Outage or Gone. */
export interface SlackWeb {
  openView(triggerId: string, view: View): Promise<string>;
  /** False when the person has closed the view. */
  updateView(viewId: string, view: View): Promise<boolean>;
  publishHome(user: string, view: View): Promise<void>;
  channel(id: string): Promise<ChannelFacts>;
  join(channel: string): Promise<void>;
  person(user: string): Promise<PersonFacts>;
  /** `channel` may be a person's id: a direct message. */
  post(channel: string, message: Message): Promise<void>;
}

interface WebOptions {
  apiUrl: URL;
  log: Logger;
}

type Api = { apiCall(method: string, args?: Record<string, unknown>): Promise<unknown> };

/** Makes one `SlackWeb` for each workspace. The SDK is loaded on first need, so that the process starts fast. */
export async function slackWebs(options: WebOptions): Promise<(w: { teamId: string; token: string }) => SlackWeb> {
  const { WebClient } = await import('@slack/web-api');
  return ({ teamId, token }) => {
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
    return slackWeb(client, options.log, teamId);
  };
}

/** How long a person's standing is believed without asking Slack again. */
const STANDING_MS = 30_000;
const MOST_STANDINGS = 1_000;

function slackWeb(client: Api, log: Logger, teamId: string): SlackWeb {
  const standings = new Map<string, { until: number; facts: PersonFacts }>();
  const call = async (method: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
    try {
      return (await client.apiCall(method, args)) as Record<string, unknown>;
    } catch (error) {
      throw failureOf(method, error, log);
    }
  };
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
      const { channel } = (await call('conversations.info', { channel: id })) as { channel?: Record<string, unknown> };
      return {
        isMember: channel?.is_member === true,
        isPrivate: channel?.is_private === true,
        isArchived: channel?.is_archived === true,
        isDirect: channel?.is_im === true || channel?.is_mpim === true,
      };
    },
    async join(channel) {
      await call('conversations.join', { channel });
    },
    async person(user) {
      const known = standings.get(user);
      if (known && known.until > performance.now()) return known.facts;
      const { user: who } = (await call('users.info', { user })) as { user?: Record<string, unknown> };
      const home = typeof who?.team_id === 'string' ? who.team_id : teamId;
      const facts = {
        isAdmin: who?.is_admin === true || who?.is_owner === true,
        // A person of another workspace, met in a shared channel, is `is_stranger` or bears that workspace's id.
        isGuest:
          who?.is_restricted === true ||
          who?.is_ultra_restricted === true ||
          who?.is_stranger === true ||
          home !== teamId,
      };
      if (standings.size >= MOST_STANDINGS) standings.clear();
      standings.set(user, { until: performance.now() + STANDING_MS, facts });
      return facts;
    },
    async post(channel, message) {
      await call('chat.postMessage', { channel, ...message, unfurl_links: false, unfurl_media: false });
    },
  };
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
