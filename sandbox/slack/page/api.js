// The page's conversation with the sandbox server: one function a request, every failure a sentence.

async function read(response) {
  const body = await response.json().catch(() => null);
  if (!body) throw new Error(`the sandbox answered ${response.status} without a body`);
  return body;
}

export async function fetchState(user) {
  const response = await fetch(user ? `/ui/state?user=${encodeURIComponent(user)}` : '/ui/state');
  const body = await read(response);
  if (!response.ok || body.ok === false) throw new Error(String(body.error ?? `status ${response.status}`));
  return body;
}

const WORDS = {
  channel_not_found: 'This channel is no longer there.',
  not_in_channel: 'You are not in this channel, so you cannot post here.',
  is_archived: 'This channel is archived: nobody can post here.',
  message_not_found: 'This message is gone, or you are not in its channel.',
  element_not_found: 'This has just changed. Look again, then try once more.',
  view_not_found: 'This view is no longer open.',
  unknown_command: 'No app answers to this command.',
};

/** The sentence for an error of the server; an unknown one is shown as it is. */
export const explain = (error) => WORDS[error] ?? (error ? `That did not work: ${error}` : 'That did not work.');

/** POSTs to /ui/<name>. Answers the body; a server that cannot be reached is { ok: false, error } too. */
export async function post(name, body) {
  try {
    const response = await fetch(`/ui/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await read(response);
  } catch (error) {
    return { ok: false, error: `The sandbox does not answer (${error.message}). Is it still running?` };
  }
}

/** Calls `changed` on every change and on each (re)connection, `online` with whether the server is there. Returns the closer. */
export function listen(user, { changed, online }) {
  const source = new EventSource(`/ui/stream?user=${encodeURIComponent(user)}`);
  source.addEventListener('changed', changed);
  source.addEventListener('open', () => {
    online(true);
    changed();
  });
  source.addEventListener('error', () => online(false));
  return () => source.close();
}
