// "Book": what kind of meeting, when, and who you are. What is typed survives redrawing.
import { act, dayText, el, refill, timeText, toast, whenText, zone } from './dom.js';

const dayMs = 86_400_000;
const days = 10;

export function bookTab() {
  let state = null;
  let type = null;
  let day = null;
  let start = null;
  let done = null;

  const types = el('div', { class: 'types', role: 'group', 'aria-label': 'Kind of meeting' });
  const dayRow = el('div', { class: 'days', role: 'group', 'aria-label': 'Day' });
  const slots = el('div', { class: 'slots', role: 'group', 'aria-label': 'Time' });
  const name = el('input', { name: 'name', required: true, autocomplete: 'off', 'data-testid': 'book-name' });
  const email = el('input', { name: 'email', required: true, autocomplete: 'off', 'data-testid': 'book-email' });
  const answer = el('textarea', { name: 'answer', rows: 2, 'data-testid': 'book-answer' });
  const question = el('span');
  const submit = el('button', { class: 'primary wide', 'data-testid': 'book-submit' }, 'Book');
  const chosen = el('p', { class: 'chosen', 'aria-live': 'polite' });
  const form = el(
    'form',
    { class: 'card', novalidate: true, onsubmit: book },
    el('h2', {}, 'About you'),
    el('label', {}, 'Name', name),
    el('label', {}, 'E-mail', email),
    el('label', {}, question, answer),
    chosen,
    submit,
  );
  const pick = el(
    'section',
    { class: 'card' },
    el('h2', {}, 'What do you want to book?'),
    types,
    el('h2', {}, 'When?'),
    dayRow,
    slots,
    el('p', { class: 'quiet' }, `Times are in ${zone.replaceAll('_', ' ')}.`),
  );
  const planner = el('div', { class: 'planner' }, pick, form);
  const thanks = el('section', { class: 'card thanks', 'data-testid': 'book-done' });
  const node = el('div', {}, planner);

  async function book(event) {
    event.preventDefault();
    if (!start) return toast('Pick a time first.', 'bad');
    submit.disabled = true;
    const problem = await act('book', {
      type: type.uri,
      start: new Date(start).toISOString(),
      name: name.value,
      email: email.value,
      answer: answer.value,
      timezone: zone,
    });
    submit.disabled = false;
    if (problem) return toast(problem, 'bad');
    done = { type, start, name: name.value };
    start = null;
    answer.value = '';
    draw(state);
  }

  function draw(next) {
    state = next;
    const active = state.types.filter((t) => t.active);
    type = active.find((t) => t.uri === type?.uri) ?? wanted(active) ?? active[0];
    day ??= firstDay();
    refill(types, ...active.map(typeButton));
    refill(dayRow, ...Array.from({ length: days }, (_, i) => dayButton(today() + i * dayMs)));
    refill(slots, ...slotButtons());
    question.textContent = type.question;
    chosen.textContent = start ? `${type.name} · ${whenText(start)}` : 'Pick a time to go on.';
    thanks.replaceChildren(...(done ? thanksFor(done) : []));
    // Only when it changes: putting the form in again would take the cursor from whoever is typing.
    const part = done ? thanks : planner;
    if (node.firstChild !== part) node.replaceChildren(part);
  }

  function thanksFor(booked) {
    return [
      el('p', { class: 'big' }, '✓'),
      el('h2', {}, `You are booked, ${booked.name.split(' ')[0]}.`),
      el('p', {}, `${booked.type.name} with ${booked.type.hosts.join(' or ')}`),
      el('p', {}, whenText(booked.start)),
      el(
        'div',
        { class: 'row' },
        el('button', { onclick: () => again() }, 'Book another'),
        el('a', { class: 'button plain', href: '#meetings', onclick: () => again() }, 'See meetings'),
      ),
    ];
  }

  function again() {
    done = null;
    draw(state);
  }

  function typeButton(t) {
    const detail = `${t.duration} min · ${t.round_robin ? 'whoever is free' : t.hosts.join(', ')}${t.seats > 1 ? ` · ${t.seats} seats` : ''}`;
    const choose = () => {
      type = t;
      start = null;
      draw(state);
    };
    const button = el(
      'button',
      { type: 'button', class: 'type', 'data-testid': 'book-type', onclick: choose },
      el('strong', {}, t.name),
      el('span', { class: 'quiet' }, detail),
    );
    button.setAttribute('aria-pressed', String(t.uri === type.uri));
    button.style.setProperty('--dot', t.color);
    return button;
  }

  function dayButton(at) {
    const choose = () => {
      day = at;
      start = null;
      draw(state);
    };
    const [weekday, ...rest] = dayText(at).split(',');
    const button = el(
      'button',
      { type: 'button', class: 'day', 'data-testid': 'book-day', onclick: choose },
      el('span', { class: 'quiet' }, weekday),
      rest.join(',').trim() || weekday,
    );
    button.setAttribute('aria-pressed', String(at === day));
    return button;
  }

  function slotButtons() {
    const list = slotTimes(day, type.duration).map(slotButton);
    return list.length > 0 ? list : [el('p', { class: 'quiet' }, 'No time is left on this day. Pick another one.')];
  }

  function slotButton(at) {
    const seats = seatsAt(state, type, at);
    const choose = () => {
      start = at;
      draw(state);
      name.focus();
    };
    const button = el(
      'button',
      {
        type: 'button',
        class: 'slot',
        'data-testid': 'book-slot',
        disabled: isTaken(state, type, at),
        onclick: choose,
      },
      timeText(at),
      seats && el('span', { class: 'quiet' }, seats),
    );
    button.setAttribute('aria-pressed', String(at === start));
    return button;
  }

  return { node, draw };
}

/** A booking link may name the event type. */
function wanted(active) {
  const slug = new URLSearchParams(location.search).get('type');
  return active.find((type) => type.slug === slug);
}

function today() {
  return new Date().setHours(0, 0, 0, 0);
}

/** Today while there is time left, else tomorrow. */
function firstDay() {
  return new Date().getHours() < 16 ? today() : today() + dayMs;
}

/** From nine to five, in steps no shorter than half an hour, never in the past. */
function slotTimes(day, minutes) {
  const step = Math.max(30, minutes);
  const times = [];
  for (let at = 9 * 60; at + minutes <= 17 * 60; at += step) {
    const time = new Date(day).setHours(0, at, 0, 0);
    if (time > Date.now()) times.push(time);
  }
  return times;
}

function active(state) {
  return state.meetings.filter((meeting) => meeting.status === 'active');
}

function seatsAt(state, type, at) {
  if (type.seats === 1) return null;
  const meeting = active(state).find((m) => m.type === type.uri && Date.parse(m.start) === at);
  return meeting ? `${meeting.seats.active} of ${meeting.seats.limit}` : null;
}

/** Taken when every possible host is busy then; a group's own meeting still has seats. */
function isTaken(state, type, at) {
  const end = at + type.duration * 60_000;
  const busy = new Set();
  for (const meeting of active(state)) {
    if (type.seats > 1 && meeting.type === type.uri) continue;
    if (Date.parse(meeting.start) < end && Date.parse(meeting.end) > at)
      for (const host of meeting.hosts) busy.add(host);
  }
  return type.hosts.every((host) => busy.has(host));
}
