// Starts the page: one state from the server, one place to stand in it, and a draw after every change of either.
import { explain, fetchState, listen, post } from './api.js';
import { createComposer } from './composer.js';
import { refreshDates } from './dates.js';
import { avatar, createDirectory } from './directory.js';
import { h } from './dom.js';
import { createModals } from './modal.js';
import { createPane } from './pane.js';
import { createSidebar } from './sidebar.js';
import { applyTheme, nextTheme, rememberedTheme } from './theme.js';
import { dismissToasts, toast } from './toast.js';
import { createUnread } from './unread.js';

const params = new URLSearchParams(location.search);
let user = params.get('user') ?? sessionStorage.getItem('person') ?? '';
// a message's link, /archives/<channel>/p<ts>, opens the page at that message
const [, linkedChannel, seconds, micros] = /^\/archives\/(\w+)(?:\/p(\d{10})(\d{6}))?/.exec(location.pathname) ?? [];
let wantedChannel = params.get('channel') ?? linkedChannel;
let state = null;
let directory = null;
let place = { kind: 'channel', id: '' };
let thread = null;
let theme = rememberedTheme();
let closeStream = null;
let shownNotice = null;
const dismissed = new Set();
const unread = createUnread();

const NOTICED = ['command', 'action', 'submit'];

// ---- what the person does -------------------------------------------------------------------------------------------

/** POSTs as the acting person, says what went wrong, and brings the page up to date. */
async function ask(name, body, { quiet = false } = {}) {
  const answer = await post(name, { user, ...body });
  const refused = answer.ok === false && answer.error !== 'unknown_command';
  // what Slack says about this very step is said even if it said the same before
  if (NOTICED.includes(name) && !refused) shownNotice = null;
  await refresh();
  if (refused && !quiet) toast(explain(answer.error));
  return answer;
}

const act = (payload) => ask('action', payload);
const suggest = async (payload) => {
  const answer = await post('suggest', { user, ...payload });
  if (answer.ok === false) throw new Error(explain(answer.error));
  return answer;
};

const actions = {
  openChannel(id) {
    place = { kind: 'channel', id };
    thread = null;
    closeDrawer();
    dismissToasts();
    draw();
    composer.focus();
  },
  openHome() {
    place = { kind: 'home' };
    thread = null;
    closeDrawer();
    dismissToasts();
    draw();
    void ask('home', {});
  },
  openThread(ts) {
    thread = ts;
    draw();
    pane.focusThread(ts);
  },
  closeThread() {
    thread = null;
    draw();
  },
  dismiss(ts) {
    dismissed.add(ts);
    draw();
  },
  actAs(id) {
    user = id;
    sessionStorage.setItem('person', id);
    thread = null;
    shownNotice = null;
    closeDrawer();
    void connect();
  },
  toggleTheme() {
    theme = nextTheme(theme);
    applyTheme(theme);
    draw();
  },
};

// ---- the page's parts -----------------------------------------------------------------------------------------------

const sidebar = createSidebar(actions);
const composer = createComposer({ send: (text) => ask('command', { channel: place.id, text }), command: () => state });
const pane = createPane({ actions, act, suggest, composer });
const modals = createModals({
  closed: () => composer.focus(),
  submit: (view, values) => ask('submit', { view, values }, { quiet: true }),
  close: (view) => ask('close', { view }, { quiet: true }),
  act,
  suggest,
});
const closeDrawer = () => document.body.classList.remove('drawer-open');
const scrim = h('button', {
  class: 'scrim',
  type: 'button',
  'aria-label': 'Close the channel list',
  on: { click: closeDrawer },
});
document.body.append(
  h('div', { class: 'app', 'data-testid': 'app' }, sidebar.rail, sidebar.side, scrim, pane.main, pane.thread),
  h('div', { class: 'toasts' }),
);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open], [popover]:popover-open')) return;
  if (document.body.classList.contains('drawer-open')) closeDrawer();
  else if (thread && !event.target.closest?.('.composer')) actions.closeThread();
});

// ---- state and drawing ----------------------------------------------------------------------------------------------

let loading = null;
let again = false;

/** Fetches the state; calls that come while one is under way share the next one. */
function refresh() {
  if (loading) {
    again = true;
    return loading;
  }
  loading = (async () => {
    do {
      again = false;
      try {
        const asked = user;
        const next = await fetchState(asked);
        if (asked !== user) again = true;
        else take(next);
      } catch (error) {
        if (error.message === 'user_not_found' && user) {
          // remembered from a sandbox that is no more: start as its first person
          user = '';
          again = true;
        } else pane.online(false);
      }
    } while (again);
  })().finally(() => {
    loading = null;
  });
  return loading;
}

function take(next) {
  pane.online(true);
  state = next;
  user = next.me.id;
  directory = createDirectory(next);
  const known = (id) => next.channels.some((channel) => channel.id === id);
  if (place.kind === 'channel' && !known(place.id)) {
    const rooms = next.channels.filter((channel) => !channel.isIm && !channel.isArchived);
    const asked = next.channels.find((channel) => channel.name === wantedChannel || channel.id === wantedChannel);
    place = {
      kind: 'channel',
      id: (asked ?? rooms.find((channel) => channel.name === 'general') ?? rooms[0] ?? next.channels[0])?.id ?? '',
    };
    wantedChannel = null;
  }
  if (next.notice && next.notice !== shownNotice) toast(next.notice, { kind: 'notice' });
  shownNotice = next.notice;
  draw();
}

function draw() {
  if (!state) return;
  const channel = place.kind === 'channel' ? directory.channel(place.id) : null;
  const base = { directory, openChannel: actions.openChannel, currentChannel: channel?.id ?? null };
  sidebar.draw({ state, directory, place, unread: unread.count(state, channel?.id), theme });
  pane.draw({ state, directory, place, channel, open: thread, dismissed, base });
  modals.update(state.modals, {
    ...base,
    appIcon: () => avatar(directory.user(state.botUserId), directory, 'avatar-small'),
  });
  const name = channel ? directory.label(channel.id) : `${state.appName} Home`;
  document.title = `${name} · Slack sandbox`;
}

/** Follows the acting person: a fresh state, and a stream that says when there is a newer one. */
async function connect() {
  closeStream?.();
  await refresh();
  closeStream = listen(user, {
    changed: refresh,
    online: (is) => {
      if (!is) pane.online(false);
    },
  });
}

applyTheme(theme);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  theme = rememberedTheme();
  applyTheme(theme);
  draw();
});
setInterval(() => refreshDates(document.body), 30_000);
if (seconds) pane.show(`${seconds}.${micros}`);
await connect();
