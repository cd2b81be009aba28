// One workspace as tests handle it: its people and channels by name, what is shown, and what admins can do.

import { uninstall } from './account.ts';
import { removeMessage } from './chat.ts';
import { changeId, enter, leave, makePrivate, rename, setShared, setState } from './conversations.ts';
import { sendEvent } from './deliver.ts';
import { createPerson, type Person, type WaitFor } from './driver.ts';
import type { Hub } from './hub.ts';
import { type NoEdits, type Restriction, rulesOf } from './rules.ts';
import { makeId, type NewChannel, type Team } from './team.ts';
import type { Ack, ApiCall, Channel, Json, Message, User } from './types.ts';

export type PersonName = 'ann' | 'bo' | 'cy' | 'gil';
export type ChannelName = 'general' | 'sales' | 'demos' | 'deals';
export type Workspace = ReturnType<typeof createWorkspace>;

export function createWorkspace(hub: Hub, team: Team, waitFor: WaitFor) {
  const isGuest = { isGuest: true };
  const users: Record<PersonName, string> = {
    ann: team.addUser({ name: 'ann', realName: 'Ann Archer', isAdmin: true, isOwner: true }).id,
    bo: team.addUser({ name: 'bo', realName: 'Bo Berg', tz: 'America/New_York' }).id,
    cy: team.addUser({ name: 'cy', realName: 'Cy Chen', tz: 'Asia/Singapore' }).id,
    gil: team.addUser({ name: 'gil', realName: 'Gil Guest', ...isGuest }).id,
  };
  const { ann, bo, cy, gil } = users;
  const channels: Record<ChannelName, string> = {
    general: team.addChannel({ name: 'general', members: [ann, bo, cy, gil], topic: 'For everyone' }).id,
    sales: team.addChannel({ name: 'sales', members: [ann, bo, cy], topic: 'Calls and customers' }).id,
    demos: team.addChannel({ name: 'demos', members: [ann, bo, gil], topic: 'Demo calls' }).id,
    deals: team.addChannel({ name: 'deals', members: [ann, bo], isPrivate: true, topic: 'Only for those who close' })
      .id,
  };
  const persons = new Map<string, Person>();

  function channelOf(idOrName: string): Channel {
    const id = channels[idOrName as ChannelName] ?? idOrName;
    const channel = team.channels.get(id);
    if (!channel) throw new Error(`there is no channel ${idOrName}`);
    return channel;
  }
  const userId = (nameOrId: string) => users[nameOrId as PersonName] ?? nameOrId;

  return {
    team: { id: team.id, domain: team.domain, name: team.name },
    botUserId: team.botUserId,
    botId: team.botId,
    get botToken() {
      return team.botToken;
    },
    users,
    channels,

    get scopes(): string[] {
      return team.scopes;
    },
    set scopes(scopes: string[]) {
      team.scopes = scopes;
    },

    as(nameOrId: string): Person {
      const id = userId(nameOrId);
      if (!team.users.has(id)) throw new Error(`there is nobody called ${nameOrId}`);
      const known = persons.get(id) ?? createPerson(hub, team, id, waitFor);
      persons.set(id, known);
      return known;
    },
    /** What the channel shows now, oldest first, replies included; with `as`, that person's ephemerals too. */
    messages(idOrName: string, o: { as?: string } = {}): Message[] {
      const channel = channelOf(idOrName);
      const shown = channel.list.filter((message) => !message.deleted);
      const mine = o.as ? (team.ephemerals.get(userId(o.as)) ?? []).filter((each) => each.channel === channel.id) : [];
      return mine.length === 0 ? shown : [...shown, ...mine].sort((a, b) => (a.ts < b.ts ? -1 : 1));
    },
    ephemerals(nameOrId: string, channel?: string): Message[] {
      const wanted = channel === undefined ? undefined : channelOf(channel).id;
      return (team.ephemerals.get(userId(nameOrId)) ?? []).filter((each) => !wanted || each.channel === wanted);
    },
    /** The chat.postMessage calls that Slack accepted, also those whose answer was then lost. */
    posts(channel?: string): ApiCall[] {
      const wanted = channel === undefined ? undefined : channelOf(channel).id;
      return hub.ledger.filter(
        (call) =>
          call.team === team.id &&
          call.method === 'chat.postMessage' &&
          call.accepted &&
          (!wanted || call.answer.channel === wanted),
      );
    },
    hasChannel: (id: string): boolean => team.channels.has(id),
    /** What Slack hands out with an interaction of this person there, for requests that a test makes by hand. */
    handles: (nameOrId: string, channel: string): { trigger_id: string; response_url: string } => {
      const target = { team, user: userId(nameOrId), channel };
      return { trigger_id: hub.trigger(target), response_url: hub.responseUrl('actions', target) };
    },
    event: (inner: Json, o: { retry?: boolean; eventId?: string; at?: number } = {}): Promise<Ack> =>
      sendEvent(hub, team, inner, o),

    addUser: (o: Partial<Omit<User, 'id'>> & { name: string }): User => team.addUser(o),
    /** A user group; answers its id. */
    addGroup: (handle: string, members: string[] = []): string =>
      team.addGroup({ handle, members: members.map(userId) }).id,
    /** Gives a person another name, as if they had always had it. */
    call(nameOrId: string, realName: string): void {
      const user = team.users.get(userId(nameOrId));
      if (!user) throw new Error(`there is nobody called ${nameOrId}`);
      user.realName = realName;
      hub.changed();
    },
    /** Changes a person and tells the app. */
    changeUser(nameOrId: string, change: Partial<Omit<User, 'id'>>): Promise<Ack> {
      const user = team.users.get(userId(nameOrId));
      if (!user) throw new Error(`there is nobody called ${nameOrId}`);
      Object.assign(user, change);
      hub.changed();
      const { id, name, isDeleted: deleted, tz } = user;
      return sendEvent(
        hub,
        team,
        { type: 'user_change', user: { id, team_id: team.id, name, deleted, tz } },
        { retry: true },
      );
    },
    addChannel(o: NewChannel): string {
      return team.addChannel({ ...o, members: (o.members ?? ['ann']).map(userId) }).id;
    },
    /** Puts a person, or `bot` for the app, into a channel. */
    invite: (channel: string, user: string | 'bot' = 'bot'): Promise<Ack | null> =>
      enter(hub, team, channelOf(channel), user === 'bot' ? team.botUserId : userId(user), ann),
    kick: (channel: string, user: string | 'bot' = 'bot'): Promise<Ack | null> =>
      leave(hub, team, channelOf(channel), user === 'bot' ? team.botUserId : userId(user), ann),
    archive: (channel: string) => setState(hub, team, channelOf(channel), 'archive', ann),
    unarchive: (channel: string) => setState(hub, team, channelOf(channel), 'unarchive', ann),
    deleteChannel: (channel: string) => setState(hub, team, channelOf(channel), 'deleted', ann),
    rename: (channel: string, name: string) => rename(hub, team, channelOf(channel), name),
    /** The language the people of a channel read Slack in, such as `de-DE`. */
    setLocale(channel: string, locale: string): void {
      channelOf(channel).locale = locale;
    },
    makePrivate: (channel: string) => makePrivate(hub, channelOf(channel)),
    share: (channel: string) => setShared(hub, team, channelOf(channel), true),
    unshare: (channel: string) => setShared(hub, team, channelOf(channel), false),
    /** The channel gets a new id; with `tell: false` the app does not hear of it yet. Answers the new id. */
    async changeId(channel: string, o: { tell?: boolean } = {}): Promise<string> {
      const at = channelOf(channel);
      const id = makeId('C');
      const old = at.id;
      const named = (Object.keys(channels) as ChannelName[]).find((name) => channels[name] === old);
      if (named) channels[named] = id;
      if (o.tell === false) at.members.delete(team.botUserId);
      await changeId(hub, team, at, id);
      if (o.tell === false) at.members.add(team.botUserId);
      return id;
    },
    /** Slack refuses such posts there from now on, with null no more; a `frozen` channel refuses edits too. */
    restrict(channel: string, posts: Restriction | null): void {
      rulesOf(channelOf(channel)).posts = posts;
    },
    lockThread(message: Message, isLocked = true): void {
      const { lockedThreads } = rulesOf(channelOf(message.channel));
      if (isLocked) lockedThreads.add(message.ts);
      else lockedThreads.delete(message.ts);
    },
    /** Slack refuses to edit messages there, with null no more. */
    forbidEdits(channel: string, edits: NoEdits | null): void {
      rulesOf(channelOf(channel)).edits = edits;
    },
    /** A person deletes it; no app is told. */
    removeMessage(message: Message): void {
      removeMessage(team, channelOf(message.channel), message);
      hub.changed();
    },
    /** The token dies; tokens_revoked and app_uninstalled reach the app, or those of them that are named, in that order. */
    uninstall: (order?: readonly string[]) => uninstall(hub, team, order),
    /** The same token works again. */
    reinstall(): void {
      team.installed = true;
      hub.grants.revive(team);
      hub.changed();
    },
  };
}
