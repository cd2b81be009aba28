// The left side: the rail, the channels, the app, and who you act as.
import { avatar, role } from './directory.js';
import { h, icon, reconcile } from './dom.js';
import { openMenu } from './popover.js';

/** `actions`: { openChannel(id), openHome(), actAs(userId), toggleTheme() }. */
export function createSidebar(actions) {
  const themeButton = h('button', {
    class: 'rail-button',
    type: 'button',
    'data-testid': 'theme',
    on: { click: actions.toggleTheme },
  });
  const personButton = h('button', {
    class: 'rail-person',
    type: 'button',
    'data-testid': 'person-switcher',
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
    on: { click: () => switchPerson() },
  });
  const workspaces = h('div', { class: 'rail-workspaces', role: 'group', 'aria-label': 'Workspaces' });
  const workspaceName = h('span', { class: 'side-title' });
  const lists = { channels: section('Channels'), people: section('Direct messages'), apps: section('Apps') };
  const rail = h(
    'nav',
    { class: 'rail', 'aria-label': 'Workspace' },
    workspaces,
    h('span', { class: 'rail-gap' }),
    themeButton,
    personButton,
  );
  const acting = h('button', { class: 'side-acting', type: 'button', on: { click: () => switchPerson() } });
  const side = h(
    'nav',
    { class: 'side', id: 'side', 'aria-label': 'Channels and apps' },
    h('div', { class: 'side-head' }, workspaceName, acting),
    h(
      'div',
      { class: 'side-lists' },
      Object.values(lists).map((one) => one.node),
    ),
  );
  let latest = null;

  function switchPerson() {
    const { state, directory } = latest;
    const own = state.workspaces.find((workspace) => workspace.people.some((user) => user.id === state.me.id));
    const others = state.workspaces.filter((workspace) => workspace !== own);
    const item = (user, note) => ({
      label: user.id === state.me.id ? `${user.realName} (you)` : `Act as ${user.realName}`,
      description: note,
      lead: avatar(user, directory, 'avatar-small'),
      testid: `person-${user.name}`,
      run: () => actions.actAs(user.id),
    });
    const elsewhere = ({ name, people }) => {
      const one = item(people[0], `${role(people[0])} of ${name}, another workspace`);
      return { ...one, testid: `workspace-${name.toLowerCase()}` };
    };
    openMenu(
      personButton.offsetParent ? personButton : acting,
      [...(own?.people ?? []).map((user) => item(user, role(user))), ...others.map(elsewhere)],
      { label: 'Act as' },
    );
  }

  return {
    rail,
    side,
    draw(next) {
      latest = next;
      const { state, directory, place, unread } = next;
      const name = state.teamName;
      reconcile(
        workspaces,
        state.workspaces.map((one) => {
          const current = one.people.some((user) => user.id === state.me.id);
          return {
            id: one.id,
            key: JSON.stringify([one, current]),
            render: () => workspaceTile(one, current, actions),
          };
        }),
      );
      workspaceName.textContent = name;
      acting.replaceChildren(
        'You are ',
        h('strong', {}, state.me.realName),
        h('span', { class: 'side-role' }, role(state.me)),
        icon('down'),
      );
      personButton.replaceChildren(avatar(state.me, directory));
      personButton.setAttribute('aria-label', `You act as ${state.me.realName}. Switch person`);
      personButton.title = `Acting as ${state.me.realName}: switch person`;
      personButton.dataset.person = state.me.name;
      const dark = next.theme === 'dark';
      themeButton.replaceChildren(icon(dark ? 'sun' : 'moon'));
      themeButton.setAttribute('aria-label', dark ? 'Use the light look' : 'Use the dark look');
      themeButton.title = dark ? 'Light' : 'Dark';

      const rooms = state.channels
        .filter((channel) => !channel.isIm)
        .sort((a, b) => Number(a.isArchived) - Number(b.isArchived) || a.name.localeCompare(b.name));
      const row = (channel) => {
        const current = place.kind === 'channel' && place.id === channel.id;
        const count = current ? 0 : (unread.get(channel.id) ?? 0);
        return {
          id: channel.id,
          key: JSON.stringify([channel, current, count]),
          render: () => channelRow(channel, current, count, state, directory, actions),
        };
      };
      reconcile(lists.channels.list, rooms.map(row));
      reconcile(lists.people.list, state.channels.filter((channel) => channel.isIm && state.installed).map(row));
      const home = {
        id: 'home',
        key: JSON.stringify([place.kind, state.appName]),
        render: () => appRow(place.kind === 'home', state, actions),
      };
      reconcile(lists.apps.list, state.installed ? [home] : []);
      lists.apps.node.hidden = !state.installed;
      lists.people.node.hidden = lists.people.list.childElementCount === 0;
    },
  };
}

/** The rail shows every workspace; pressing one is coming in as its first person. */
function workspaceTile({ name, people, installed }, current, actions) {
  return h(
    'button',
    {
      class: current ? 'rail-workspace rail-workspace-current' : 'rail-workspace',
      type: 'button',
      title: installed ? name : `${name}: the app is not installed here`,
      'aria-label': `Workspace ${name}`,
      'aria-current': current ? 'true' : null,
      'data-focus': `workspace/${name}`,
      'data-testid': `tile-${name.toLowerCase()}`,
      on: { click: () => (current ? undefined : actions.actAs(people[0].id)) },
    },
    name[0].toUpperCase(),
  );
}

function section(title) {
  const list = h('ul', { class: 'side-list', 'aria-label': title });
  return { node: h('section', {}, h('h2', { class: 'side-section' }, title), list), list };
}

function channelRow(channel, current, count, state, directory, actions) {
  const lead = channel.isIm
    ? avatar(directory.user(state.botUserId), directory, 'avatar-tiny')
    : icon(channel.isPrivate ? 'lock' : 'hash');
  const name = channel.isIm ? state.appName : channel.name;
  const classes = [
    'side-row',
    current && 'side-current',
    count > 0 && 'side-unread',
    (channel.isArchived || !channel.isMember) && 'side-dim',
  ];
  return h(
    'li',
    {},
    h(
      'button',
      {
        class: classes.filter(Boolean).join(' '),
        type: 'button',
        'data-testid': `channel-${channel.name}`,
        'aria-current': current ? 'page' : null,
        'data-focus': `side/${channel.id}`,
        on: { click: () => actions.openChannel(channel.id) },
      },
      lead,
      h('span', { class: 'side-name' }, name),
      channel.isIm ? h('span', { class: 'badge' }, 'APP') : null,
      count > 0 ? h('span', { class: 'side-count', 'aria-label': `${count} new` }, String(count)) : null,
    ),
  );
}

function appRow(current, state, actions) {
  return h(
    'li',
    {},
    h(
      'button',
      {
        class: current ? 'side-row side-current' : 'side-row',
        type: 'button',
        'data-testid': 'home-tab',
        'aria-current': current ? 'page' : null,
        'data-focus': 'side/home',
        on: { click: actions.openHome },
      },
      icon('home'),
      h('span', { class: 'side-name' }, `${state.appName} Home`),
    ),
  );
}
