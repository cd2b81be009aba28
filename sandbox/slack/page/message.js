// One message: who, when, what it says, the thread under it, and its small tools.
import { drawAttachment } from './attachment.js';
import { renderBlocks } from './blocks.js';
import { agoFromTs, fullMoment, timeOfDay, tsDate } from './dates.js';
import { avatar } from './directory.js';
import { h, icon } from './dom.js';
import { createForm } from './form.js';
import { renderMrkdwn } from './text.js';

/** `view` is what messages.js takes, with `joined` (shares the head of the one before) and `replies` added. */
export function drawMessage(message, view) {
  const { directory } = view;
  const user = directory.user(message.user) ?? { id: message.user, name: 'someone', realName: 'Someone' };
  const seconds = Math.floor(tsDate(message.ts).getTime() / 1000);
  const time = h(
    'time',
    { class: 'message-time', datetime: tsDate(message.ts).toISOString(), title: fullMoment(seconds) },
    timeOfDay(tsDate(message.ts)),
  );
  const classes = [
    'message',
    message.ephemeral && 'message-ephemeral',
    view.joined && 'message-joined',
    view.isOpen?.(message.ts) && 'message-open',
  ];
  return h(
    'article',
    {
      class: classes.filter(Boolean).join(' '),
      'data-testid': 'message',
      'data-ephemeral': message.ephemeral === true,
      'data-ts': message.ts,
      'data-user': message.user,
    },
    message.ephemeral
      ? h(
          'div',
          { class: 'message-only-you' },
          icon('eye'),
          h('span', {}, 'Only visible to you'),
          h(
            'button',
            {
              class: 'plain-button',
              type: 'button',
              'data-testid': 'dismiss',
              on: { click: () => view.dismiss(message.ts) },
            },
            'Dismiss',
          ),
        )
      : null,
    message.replyBroadcast && !view.thread
      ? h(
          'button',
          {
            class: 'message-broadcast plain-button',
            type: 'button',
            on: { click: () => view.openThread(message.threadTs) },
          },
          icon('reply'),
          'Also replied in a thread',
        )
      : null,
    h('div', { class: 'message-side' }, view.joined ? time : avatar(user, directory)),
    h(
      'div',
      { class: 'message-main' },
      view.joined
        ? null
        : h(
            'div',
            { class: 'message-head' },
            h('span', { class: 'message-name' }, user.realName || user.name),
            user.isBot ? h('span', { class: 'badge' }, 'APP') : null,
            time,
            message.edited && message.blocks?.length ? edited() : null,
          ),
      drawBody(message, view),
      view.replies.length > 0 ? threadButton(message, view) : null,
    ),
    message.ephemeral || message.deleted ? null : toolbar(message, view),
  );
}

const edited = () => h('span', { class: 'message-edited', 'data-testid': 'edited' }, '(edited)');

function drawBody(message, view) {
  if (message.deleted) return h('div', { class: 'message-gone' }, 'This message was deleted.');
  const context = {
    directory: view.directory,
    form: createForm(),
    formName: message.ts,
    currentChannel: view.channel.id,
    openChannel: view.openChannel,
    act: (used) => view.act({ ...used, message: { channel: view.channel.id, ts: message.ts } }),
    suggest: (blockId, actionId, value) =>
      view.suggest({ blockId, actionId, value, message: { channel: view.channel.id, ts: message.ts } }),
  };
  // as in Slack, the blocks stand in for the text, which then serves notifications and screen readers only
  const content = message.blocks?.length
    ? renderBlocks(message.blocks, context)
    : message.text
      ? h('div', { class: 'text' }, renderMrkdwn(message.text, context, { names: false }))
      : null;
  return h(
    'div',
    { class: 'message-body', 'data-testid': 'message-body' },
    content,
    (message.attachments ?? []).map((attachment) => drawAttachment(attachment, context)),
    // under a card it would stand on a line of its own: a card bears it in its head
    message.edited && !message.blocks?.length ? edited() : null,
  );
}

function threadButton(message, view) {
  const people = [...new Set(view.replies.map((reply) => reply.user))].slice(0, 4);
  const count = view.replies.length;
  return h(
    'button',
    {
      class: 'thread-button',
      type: 'button',
      'data-testid': 'thread',
      'data-ts': message.ts,
      'data-focus': `thread/${message.ts}`,
      on: { click: () => view.openThread(message.ts) },
    },
    people.map((id) => avatar(view.directory.user(id), view.directory, 'avatar-small')),
    h('span', { class: 'thread-count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'thread-last' }, `Last reply ${agoFromTs(view.replies.at(-1).ts)}`),
  );
}

function toolbar(message, view) {
  const address = `${location.origin}/archives/${view.channel.id}/p${message.ts.replace('.', '')}`;
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard?.writeText(address);
    button.classList.add('tool-done');
    setTimeout(() => button.classList.remove('tool-done'), 1200);
  };
  return h(
    'div',
    { class: 'message-tools' },
    view.thread
      ? null
      : h(
          'button',
          {
            class: 'tool',
            type: 'button',
            'aria-label': 'Open thread',
            title: 'Open thread',
            'data-testid': 'open-thread',
            on: { click: () => view.openThread(message.threadTs ?? message.ts) },
          },
          icon('reply'),
        ),
    h(
      'button',
      {
        class: 'tool',
        type: 'button',
        'aria-label': 'Copy link to message',
        title: 'Copy link',
        'data-testid': 'copy-link',
        'data-link': address,
        on: { click: copy },
      },
      icon('link'),
    ),
  );
}
