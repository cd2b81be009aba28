// One workspace: its people, channels, messages and views, and the plain ways in which they change.
import { randomBytes } from 'node:crypto';
import type { Block, Channel, Json, Message, Org, User, UserGroup, View } from './types.ts';

const COLORS = ['9f69e7', '4bbe2e', 'e7392d', '3c989f', '674b1b', 'e96699', '2b6836', 'd58247'];
export const DEFAULT_SCOPES = ['commands', 'chat:write', 'channels:read', 'groups:read', 'channels:join', 'users:read'];

const USUAL_LOCALE = 'en-US';

let lastMicros = 0;
/** A message id of Slack's form, never the same twice in this process and always growing. */
export function nextTs(): string {
  lastMicros = Math.max(lastMicros + 1, Date.now() * 1000);
  const digits = String(lastMicros);
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export function makeId(prefix: string): string {
  let id = `${prefix}0`;
  for (const byte of randomBytes(9)) id += ALPHABET[byte % 36];
  return id;
}

export interface TeamOptions {
  domain?: string;
  name?: string;
  appName: string;
  botToken: string;
  /** The organization it belongs to. */
  org?: Org | undefined;
  changed: () => void;
}

export interface NewChannel {
  name: string;
  members?: string[];
  isPrivate?: boolean;
  isExtShared?: boolean;
  isPendingExtShared?: boolean;
  isOrgShared?: boolean;
  topic?: string;
}

export type Team = ReturnType<typeof createTeam>;

export function createTeam(options: TeamOptions) {
  const { changed } = options;
  const users = new Map<string, User>();
  const channels = new Map<string, Channel>();
  const ims = new Map<string, Channel>();
  const ephemerals = new Map<string, Message[]>();
  let blockIds = 0;

  const team = {
    id: makeId('T'),
    domain: options.domain ?? 'acme',
    name: options.name ?? 'Acme',
    botToken: options.botToken,
    botId: makeId('B'),
    botUserId: '',
    installed: true,
    org: options.org ?? (null as Org | null),
    scopes: [...DEFAULT_SCOPES],
    users,
    groups: new Map<string, UserGroup>(),
    channels,
    ephemerals,
    /** Open modals of a person, the last one on top. */
    stacks: new Map<string, View[]>(),
    homes: new Map<string, View>(),
    notices: new Map<string, string>(),

    addUser(o: Partial<User> & { name: string }): User {
      const user: User = {
        teamId: team.id,
        realName: o.name[0]?.toUpperCase() + o.name.slice(1),
        email: `${o.name}@${team.domain}.example`,
        isAdmin: false,
        isOwner: false,
        isBot: false,
        isGuest: false,
        isDeleted: false,
        isEmailConfirmed: true,
        tz: 'Europe/Berlin',
        locale: USUAL_LOCALE,
        color: COLORS[users.size % COLORS.length] ?? '9f69e7',
        id: makeId('U'),
        ...o,
      };
      users.set(user.id, user);
      changed();
      return user;
    },

    addGroup(o: { handle: string; members?: string[] }): UserGroup {
      const group: UserGroup = { members: [], ...o, id: makeId('S') };
      team.groups.set(group.id, group);
      changed();
      return group;
    },

    addChannel(o: NewChannel) {
      return keepChannel({
        id: makeId('C'),
        name: o.name,
        isPrivate: o.isPrivate ?? false,
        isExtShared: o.isExtShared ?? false,
        isPendingExtShared: o.isPendingExtShared ?? false,
        isOrgShared: o.isOrgShared ?? false,
        isIm: false,
        topic: o.topic ?? '',
        creator: o.members?.[0] ?? team.botUserId,
        members: new Set(o.members ?? []),
      });
    },

    /** The direct message between the app and a person; made when first needed. */
    im(userId: string): Channel {
      const known = ims.get(userId);
      if (known) return known;
      const members = new Set([userId, team.botUserId]);
      const notShared = { isExtShared: false, isPendingExtShared: false, isOrgShared: false };
      const base = { ...notShared, isPrivate: true, isIm: true, imUser: userId, topic: '', creator: userId };
      const made = keepChannel({ ...base, id: makeId('D'), name: options.appName, members });
      ims.set(userId, made);
      return made;
    },

    post(channel: Channel, message: Omit<Message, 'channel' | 'ts'>): Message {
      const kept: Message = { ...message, channel: channel.id, ts: nextTs() };
      if (kept.blocks) kept.blocks = team.withBlockIds(kept.blocks);
      const place = channel.list.push(kept) - 1;
      channel.index.set(kept.ts, place);
      if (kept.threadTs) {
        const thread = channel.replies.get(kept.threadTs);
        if (thread) thread.push(place);
        else channel.replies.set(kept.threadTs, [place]);
      }
      changed();
      return kept;
    },

    find(channel: Channel, ts: string): Message | undefined {
      const place = channel.index.get(ts);
      return place === undefined ? undefined : channel.list[place];
    },

    replace(channel: Channel, message: Message): void {
      const place = channel.index.get(message.ts);
      if (place === undefined) return;
      channel.list[place] = message.blocks ? { ...message, blocks: team.withBlockIds(message.blocks) } : { ...message };
      changed();
    },

    postEphemeral(
      channel: string,
      to: string,
      message: { text: string; blocks?: Block[]; attachments?: Json[] } & Json,
    ) {
      const kept: Message = { ...message, user: team.botUserId, channel, to, ephemeral: true, ts: nextTs() };
      if (kept.blocks) kept.blocks = team.withBlockIds(kept.blocks);
      const shown = ephemerals.get(to);
      if (shown) shown.push(kept);
      else ephemerals.set(to, [kept]);
      changed();
      return kept;
    },

    /** Puts `next` in the place of an ephemeral message, or takes it away. */
    replaceEphemeral(to: string, ts: string, next: Message | null): void {
      const shown = ephemerals.get(to) ?? [];
      const place = shown.findIndex((message) => message.ts === ts);
      if (place < 0) return;
      if (next) shown[place] = next.blocks ? { ...next, blocks: team.withBlockIds(next.blocks) } : next;
      else shown.splice(place, 1);
      changed();
    },

    findEphemeral(to: string, ts: string): Message | undefined {
      return ephemerals.get(to)?.find((message) => message.ts === ts);
    },

    withBlockIds(blocks: Block[]): Block[] {
      return blocks.map((block) => (block.block_id ? block : { ...block, block_id: `b${(++blockIds).toString(36)}` }));
    },

    /** An open view by its id, or undefined once it is closed. */
    view(id: string): View | undefined {
      for (const stack of team.stacks.values()) for (const view of stack) if (view.id === id) return view;
      for (const view of team.homes.values()) if (view.id === id) return view;
      return undefined;
    },

    viewByExternalId(externalId: string): View | undefined {
      for (const stack of team.stacks.values()) {
        for (const view of stack) if (view.external_id === externalId) return view;
      }
      for (const view of team.homes.values()) if (view.external_id === externalId) return view;
      return undefined;
    },

    /** Puts a newer form of an open view in its place. */
    putView(view: View): void {
      if (view.type === 'home') team.homes.set(view.user, view);
      else {
        const stack = team.stacks.get(view.user) ?? [];
        const place = stack.findIndex((open) => open.id === view.id);
        if (place >= 0) stack[place] = view;
      }
      changed();
    },

    notice(userId: string, text: string | null): void {
      if (text === null) team.notices.delete(userId);
      else team.notices.set(userId, text);
      changed();
    },
  };

  function keepChannel(
    channel: Omit<Channel, 'list' | 'index' | 'replies' | 'isArchived' | 'created' | 'locale'>,
  ): Channel {
    const kept: Channel = {
      ...channel,
      locale: USUAL_LOCALE,
      isArchived: false,
      created: Math.floor(Date.now() / 1000),
      list: [],
      index: new Map(),
      replies: new Map(),
    };
    channels.set(kept.id, kept);
    changed();
    return kept;
  }

  team.botUserId = team.addUser({
    name: options.appName.toLowerCase(),
    realName: options.appName,
    isBot: true,
    ...(team.org ? { id: team.org.botUserId } : {}),
  }).id;
  return team;
}
