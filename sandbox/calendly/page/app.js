// Keeps the page in step with the sandbox: fetches the snapshot on each change and draws the open tab.
import { bookTab } from './book.js';
import { formTab } from './form.js';
import { hooksTab } from './hooks.js';
import { meetingsTab, openLink } from './meetings.js';
import { teamTab } from './team.js';

const tabs = { book: bookTab(), form: formTab(), meetings: meetingsTab(), team: teamTab(), webhooks: hooksTab() };
const main = document.getElementById('main');
let state = null;
let loading = false;
let again = false;

function current() {
  const name = location.hash.slice(1);
  return tabs[name] ? name : 'book';
}

function draw() {
  const name = current();
  for (const link of document.querySelectorAll('.tabs a')) {
    const isCurrent = link.hash === `#${name}`;
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!state) return;
  tabs[name].draw(state);
  if (main.firstChild !== tabs[name].node) main.replaceChildren(tabs[name].node);
}

/** One request at a time; a change that comes meanwhile asks for one more. */
async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    do {
      again = false;
      state = await (await fetch('/ui/state')).json();
      draw();
    } while (again);
  } catch {
    // The stream reconnects by itself and its first event loads again.
  } finally {
    loading = false;
  }
}

addEventListener('hashchange', draw);
const stream = new EventSource('/ui/stream');
stream.addEventListener('changed', () => void load());
await load();
if (state) openLink(new URLSearchParams(location.search), state);
