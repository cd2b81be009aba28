// Who is there in the demo: hosts with an account on both sides, a second workspace that has not got the app, and some history.
import type { CalendlySandbox } from '../calendly/server.ts';
import type { SlackSandbox } from '../slack/server.ts';

const DAY = 86_400_000;

/** Hosts are found by the e-mail address that Slack and Calendly both know; the app asks for it only with this scope. */
export function addPeople(slack: SlackSandbox): void {
  slack.scopes = [...slack.scopes, 'users:read.email'];
  const adam = slack.addUser({ name: 'adam', realName: 'Adam Osei', isAdmin: true, tz: 'America/New_York' });
  const mia = slack.addUser({ name: 'mia', realName: 'Mia Rao', tz: 'Asia/Kolkata' });
  for (const person of [adam, mia])
    for (const channel of ['general', 'sales', 'demos']) void slack.invite(channel, person.id);
  const globex = slack.addWorkspace({ name: 'Globex', domain: 'globex', installed: false });
  const names = { ann: 'Wren Ward', bo: 'Bea Blum', cy: 'Ciro Conti', gil: 'Gus Gast' };
  for (const [person, name] of Object.entries(names)) globex.call(person, name);
}

/** Some meetings of the last weeks, so that a new subscription has something to count. */
export function addHistory(calendly: CalendlySandbox, now: number): void {
  const types = ['Demo call', 'Onboarding', 'Intro call', 'Demo call', 'Support', 'Quarterly review'];
  for (let i = 14; i >= 1; i -= 1) {
    const start = new Date(now - i * 2 * DAY);
    start.setUTCHours(9 + (i % 7), 0, 0, 0);
    const createdAt = new Date(start.getTime() - 3 * DAY);
    calendly.book({ type: types[i % types.length] ?? 'Demo call', start, createdAt, deliver: false });
  }
}

const guests = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Edsger Dijkstra',
  'Barbara Liskov',
];
const questions = ['Pricing for 40 seats', 'Single sign-on', 'Moving over from a spreadsheet', 'A second look'];

/** Books so many demo calls at free times of the days to come, as guests of a website would. */
export function bookSome(calendly: CalendlySandbox, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const start = freeTime(calendly);
    const n = calendly.bookings.length;
    const name = guests[n % guests.length] ?? 'Ada Lovelace';
    const answer = questions[n % questions.length] ?? '';
    calendly.book({ type: 'Demo call', start, name, answers: [{ question: 'What should we cover?', answer }] });
  }
}

/** The next half hour from the day after tomorrow on, nine to five, in which the host of demo calls has nothing. */
function freeTime(calendly: CalendlySandbox): Date {
  const taken = new Set(
    calendly.bookings.filter(({ event }) => event.status === 'active').map(({ event }) => Date.parse(event.start_time)),
  );
  const first = new Date(Date.now() + 2 * DAY).setUTCHours(9, 0, 0, 0);
  for (let slot = 0; ; slot += 1) {
    const at = first + Math.floor(slot / 16) * DAY + (slot % 16) * 1_800_000;
    if (!taken.has(at)) return new Date(at);
  }
}
