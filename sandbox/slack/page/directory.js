// Who and what the ids in messages stand for, as one person sees the workspace.
import { h, icon } from './dom.js';

export function createDirectory(state) {
  const users = new Map(state.users.map((user) => [user.id, user]));
  const channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  return {
    me: state.me.id,
    bot: state.botUserId,
    appName: state.appName,
    users: state.users,
    channels: state.channels,
    user: (id) => users.get(id),
    userName: (id) => users.get(id)?.name,
    groupName: (id) => state.groups.find((group) => group.id === id)?.handle,
    channel: (id) => channels.get(id),
    channelByName: (name) => state.channels.find((channel) => channel.name === name && !channel.isIm),
    label: (id) => {
      const channel = channels.get(id);
      if (channel) return channel.isIm ? channel.name : `#${channel.name}`;
      return users.has(id) ? `@${users.get(id).name}` : id;
    },
    /** Changes whenever a name or colour on the page would. */
    key: JSON.stringify([
      state.me.id,
      state.users.map((user) => [user.id, user.name, user.realName, user.color]),
      state.groups.map((group) => [group.id, group.handle]),
      state.channels.map((channel) => [channel.id, channel.name]),
    ]),
  };
}

const colour = (user) =>
  /^#?[0-9a-f]{3,8}$/i.test(user?.color ?? '')
    ? `color-mix(in srgb, #${user.color.replace('#', '')} 82%, #14211f)`
    : '#64748b';

/** Initials on the person's colour; the app has a calendar. */
export function avatar(user, directory, size = '') {
  const isApp = user?.id === directory.bot;
  const name = user?.realName || user?.name || '?';
  const initials = name
    .split(/\s+/)
    .map((word) => [...word][0])
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return h(
    'span',
    {
      class: `avatar ${size} ${isApp ? 'avatar-app' : ''}`,
      'aria-hidden': 'true',
      style: isApp ? {} : { 'background-color': colour(user) },
    },
    isApp ? icon('calendar') : initials,
  );
}

export const role = (user) => (user.isOwner ? 'Owner' : user.isAdmin ? 'Admin' : user.isGuest ? 'Guest' : 'Member');
