// "Meetings": everything booked, newest first, with what hosts and invitees can do about it.
import { ask, el, reasonField, refill, timeText, tryTo, whenText, whoField } from './dom.js';

export function meetingsTab() {
  const list = el('div', { class: 'list' });
  const node = el('section', {}, el('h2', {}, 'Meetings'), list);

  function draw(state) {
    const rows = state.meetings.map(row);
    refill(
      list,
      ...(rows.length > 0
        ? rows
        : [el('p', { class: 'card quiet' }, 'Nothing is booked yet. Book a meeting and it shows up here.')]),
    );
  }

  return { node, draw };
}

function row(meeting) {
  const state = stateOf(meeting);
  const isOpen = meeting.status === 'active';
  const toggle = meeting.no_show
    ? el(
        'button',
        {
          class: 'small',
          'data-testid': 'noshow',
          onclick: () => tryTo('undo-noshow', { invitee: meeting.invitee }, 'The no-show is taken back.'),
        },
        'Undo no-show',
      )
    : el(
        'button',
        {
          class: 'small',
          'data-testid': 'noshow',
          onclick: () => tryTo('noshow', { invitee: meeting.invitee }, 'Marked as a no-show.'),
        },
        'No-show',
      );
  const buttons = [
    !isOver(meeting) &&
      el('button', { class: 'small', 'data-testid': 'move', onclick: () => askMove(meeting) }, 'Move…'),
    !isOver(meeting) &&
      el('button', { class: 'small', 'data-testid': 'cancel', onclick: () => askCancel(meeting) }, 'Cancel…'),
    toggle,
  ];
  return el(
    'article',
    { class: `card meeting ${isOpen ? '' : 'ended'}`, 'data-testid': 'meeting-row' },
    el(
      'div',
      { class: 'row between' },
      el('strong', { class: 'wrap' }, meeting.name),
      el('span', { class: `badge ${state.kind}` }, state.text),
    ),
    el('p', {}, `${meeting.title} · ${whenText(meeting.start)}–${timeText(meeting.end)}`),
    el('p', { class: 'quiet wrap' }, `${meeting.email} · with ${meeting.hosts.join(', ')}${seats(meeting)}`),
    isOpen && el('div', { class: 'row' }, ...buttons),
  );
}

function seats({ seats: { active, limit } }) {
  return limit > 1 ? ` · ${active} of ${limit} seats` : '';
}

const isOver = (meeting) => Date.parse(meeting.end) < Date.now();

function stateOf(meeting) {
  if (meeting.status === 'canceled' && meeting.rescheduled) return { text: 'Moved away', kind: 'off' };
  if (meeting.status === 'canceled') return { text: 'Canceled', kind: 'off' };
  if (meeting.no_show) return { text: 'No-show', kind: 'warn' };
  if (isOver(meeting)) return { text: 'Over', kind: 'off' };
  return meeting.moved ? { text: 'Moved here', kind: 'good' } : { text: 'Booked', kind: 'good' };
}

function localTime(at) {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function askMove(meeting) {
  const nextDay = Date.parse(meeting.start) + 86_400_000;
  const input = el('input', {
    type: 'datetime-local',
    name: 'start',
    required: true,
    value: localTime(nextDay),
    'data-testid': 'move-start',
  });
  ask(
    `Move ${meeting.name}'s meeting`,
    [el('label', {}, 'New time', input), whoField(), reasonField()],
    'Move',
    (form) => {
      const at = new Date(form.get('start'));
      const start = Number.isNaN(at.getTime()) ? '' : at.toISOString();
      const body = { invitee: meeting.invitee, start, by: form.get('by'), reason: form.get('reason') };
      return tryTo('move', body, 'The meeting is moved.');
    },
  );
}

function askCancel(meeting) {
  const fields = [whoField(), reasonField()];
  if (meeting.seats.limit > 1)
    fields.push(el('p', { class: 'quiet' }, 'A host cancels the whole meeting, an invitee only their own seat.'));
  ask(`Cancel ${meeting.name}'s meeting?`, fields, 'Cancel the meeting', (form) =>
    tryTo(
      'cancel',
      { invitee: meeting.invitee, by: form.get('by'), reason: form.get('reason') },
      'The meeting is canceled.',
    ),
  );
}

/** The links in an invitee's mail lead here and open the dialog they are for. */
export function openLink(query, state) {
  const find = (id) => state.meetings.find((m) => m.invitee.endsWith(`/${id}`) && m.status === 'active');
  const [moving, leaving] = [query.get('reschedulings'), query.get('cancellations')];
  const meeting = find(moving ?? leaving ?? '');
  if (meeting && moving) askMove(meeting);
  else if (meeting && leaving) askCancel(meeting);
}
