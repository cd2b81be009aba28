// What the sandbox's own page talks to: one snapshot, one stream of changes, and a few things to do.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import type { Changes } from './changes.ts';
import type { Bookings } from './endpoint.ts';
import { type Answer, type Json, parseObject, readText, redirect, send } from './http.ts';
import type { CalUser, EventRecord, Hook, Invitee, Role } from './model.ts';
import type { Delivery, DeliveryMode, Sender } from './sender.ts';
import { inGroup, type World } from './world.ts';

const pages = new URL('./page/', import.meta.url);
const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const shown = 60;

export type UiParts = {
  world: World;
  bookings: Bookings;
  sender: Sender;
  changes: Changes;
  /** The token each person could paste, by their URI; an admin's page gives out and takes back. */
  tokens: Record<string, string>;
  staff: { setRole(user: CalUser, role: Role): void; newToken(user: CalUser): string; revoke(token: string): void };
};

export function makeUi(parts: UiParts) {
  const { world, bookings, sender, changes } = parts;
  let rev = 0;
  const streams = new Set<ServerResponse>();

  /** true when the request was for people, not for the API. */
  async function serve(req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> {
    const { pathname: path } = url;
    if (path === '/') await file(res, 'index.html');
    else if (path === '/favicon.ico') send(res, redirect('/page/icon.svg'));
    else if (path.startsWith('/page/')) await file(res, path.slice('/page/'.length));
    else if (path === '/ui/state') send(res, { status: 200, body: snapshot() });
    else if (path === '/ui/stream') stream(req, res);
    else if (path.startsWith('/ui/')) send(res, await act(req, path.slice('/ui/'.length)));
    else if (req.method !== 'GET') return false;
    else return visitor(res, path);
    return true;
  }

  async function file(res: ServerResponse, name: string): Promise<void> {
    const kind = kinds[extname(name)];
    if (!kind || !/^[\w-]+\.\w+$/.test(name)) return send(res, { status: 404, body: 'Not found' });
    try {
      const body = await readFile(new URL(name, pages), 'utf8');
      send(res, { status: 200, body, headers: { 'Content-Type': kind, 'Cache-Control': 'no-store' } });
    } catch {
      send(res, { status: 404, body: 'Not found' });
    }
  }

  /** Addresses that cards and links lead to: booking pages and an invitee's own links. */
  function visitor(res: ServerResponse, path: string): boolean {
    const [, first = '', second = '', third] = path.split('/');
    if (first === 'cancellations' || first === 'reschedulings') send(res, redirect(`/?${first}=${second}#meetings`));
    else if (first === 'd' && third) send(res, redirect(`/?type=${third}`));
    else if (third === undefined && isBookingPage(first, second))
      send(res, redirect(second ? `/?type=${second}` : '/'));
    else return false;
    return true;
  }

  function isBookingPage(first: string, second: string): boolean {
    const owner = first === 'team' || world.memberships.some(({ user }) => user.slug === first);
    return owner && (second === '' || world.types.some((type) => type.json.slug === second));
  }

  function stream(req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(`event: changed\ndata: ${JSON.stringify({ rev })}\n\n`);
    streams.add(res);
    req.on('close', () => streams.delete(res));
  }

  function snapshot(): object {
    const meetings = [...world.invitees.values()].slice(-shown).reverse();
    return {
      rev,
      mode: sender.mode(),
      held: sender.heldCount(),
      team: world.memberships.filter(({ user }) => user.uri in parts.tokens).map(member),
      form: formOf(world),
      // The page is that of the first organization; the solo user's own is for tests.
      types: world.types
        .filter((type) => type.organization === world.organizations[0]?.uri)
        .map(({ json, hosts, seats }) => ({
          ...pick(json),
          hosts: hosts.map((host) => host.name),
          seats,
          round_robin: json.pooling_type === 'round_robin',
        })),
      meetings: meetings.map(({ record, invitee }) => meeting(record, invitee)),
      hooks: world.hooks.map((hook) => hookView(hook, sender)),
    };
  }

  /** Only JSON bodies, which other sites cannot send here unasked. */
  async function act(req: IncomingMessage, what: string): Promise<Answer> {
    const wrong = (error: string): Answer => ({ status: 400, body: { ok: false, error } });
    const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
    if (!action || req.method !== 'POST') return { status: 404, body: { ok: false, error: 'Nothing to do here.' } };
    if (!req.headers['content-type']?.startsWith('application/json')) return wrong('Send JSON.');
    try {
      await action(parseObject(await readText(req)));
      changes.signal();
      return { status: 200, body: { ok: true } };
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error));
    }
  }

  const actions: Record<string, (o: Json) => void | Promise<void>> = {
    book(o) {
      const type = world.types.find(({ json }) => json.uri === o.type);
      const start = time(o.start);
      if (!type || !start) throw new Error('Pick a meeting and a time.');
      const name = text(o.name).trim();
      const email = text(o.email).trim();
      if (!name || !email) throw new Error('Fill in your name and your e-mail.');
      if (
        type.seats === 1 &&
        isTaken(
          type.hosts.map((host) => host.uri),
          start,
          type.json.duration,
        )
      ) {
        throw new Error('That time has just been taken. Pick another one.');
      }
      const answer = text(o.answer);
      const question = type.json.custom_questions[0]?.name ?? '';
      const answers = answer ? [{ question, answer }] : [];
      bookings.book({ type: type.json.uri, start, name, email, answers, timezone: text(o.timezone) || null });
    },
    move(o) {
      const start = time(o.start);
      if (!start) throw new Error('Pick a new time.');
      bookings.move({ inviteeUri: text(o.invitee) }, { start, by: side(o.by), reason: text(o.reason) || null });
    },
    cancel(o) {
      bookings.cancel({ inviteeUri: text(o.invitee) }, { by: side(o.by), reason: text(o.reason) || null });
    },
    noshow(o) {
      bookings.markNoShow({ inviteeUri: text(o.invitee) });
    },
    'undo-noshow'(o) {
      bookings.unmarkNoShow({ inviteeUri: text(o.invitee) });
    },
    route(o) {
      const form = world.forms[0];
      const given = typeof o.answers === 'object' && o.answers !== null ? (o.answers as Json) : {};
      const answers = (form?.questions ?? []).map(({ name }) => ({ question: name, answer: text(given[name]).trim() }));
      if (answers.some(({ answer }) => answer === '')) throw new Error('Fill in the whole form.');
      bookings.submitRoutingForm({ answers });
    },
    role(o) {
      const role = roles.find((one) => one === o.role);
      const who = someone(o.user);
      if (!role) throw new Error('Pick a role.');
      parts.staff.setRole(who, role);
    },
    token(o) {
      const who = someone(o.user);
      const old = parts.tokens[who.uri];
      if (old) parts.staff.revoke(old);
      parts.tokens[who.uri] = o.do === 'revoke' ? '' : parts.staff.newToken(who);
    },
    async hook(o) {
      const hook = world.hooks.find((h) => h.uri === o.uri);
      if (!hook) throw new Error('This webhook is gone.');
      if (o.do === 'disable') sender.setState(hook, 'disabled');
      else if (o.do === 'delete') sender.remove(hook);
      else if (o.do === 'retry') await sender.retryNow(hook);
      else throw new Error('Nothing to do here.');
    },
    async mode(o) {
      const mode = modes.find((m) => m === o.mode);
      if (!mode) throw new Error('Pick how deliveries arrive.');
      await sender.setMode(mode);
    },
  };

  function someone(uri: unknown): CalUser {
    const found = world.memberships.find(({ user }) => user.uri === uri && user.uri in parts.tokens);
    if (!found) throw new Error('They are not in this organization.');
    return found.user;
  }

  function member({ user, role }: World['memberships'][number]) {
    const { uri, name, email, timezone } = user;
    const groups = world.groups.filter((group) => inGroup(world, uri, group.uri)).map((group) => group.name);
    return { uri, name, email, timezone, role, groups, token: parts.tokens[uri] ?? '' };
  }

  function isTaken(hosts: string[], start: Date, minutes: number): boolean {
    const [from, to] = [start.getTime(), start.getTime() + minutes * 60_000];
    const busy = new Set<string>();
    for (const { json } of world.events.values()) {
      if (json.status === 'canceled' || Date.parse(json.start_time) >= to || Date.parse(json.end_time) <= from)
        continue;
      for (const member of json.event_memberships) busy.add(member.user);
    }
    return hosts.every((host) => busy.has(host));
  }

  const off = changes.on(() => {
    rev += 1;
    for (const res of streams) res.write(`event: changed\ndata: ${JSON.stringify({ rev })}\n\n`);
  });

  return {
    serve,
    stop() {
      off();
      for (const res of streams) res.end();
    },
  };
}

const roles: Role[] = ['owner', 'admin', 'user'];
const modes: DeliveryMode[] = ['normal', 'twice', 'out of order', 'held'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const side = (value: unknown): 'host' | 'invitee' => (value === 'host' ? 'host' : 'invitee');

function time(value: unknown): Date | null {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? null : at;
}

function pick(json: {
  uri: string;
  name: string;
  slug: string;
  duration: number;
  active: boolean;
  color: string;
  kind: string;
  custom_questions: { name: string }[];
}) {
  const { uri, name, slug, duration, active, color, kind, custom_questions } = json;
  return { uri, name, slug, duration, active, color, kind, question: custom_questions[0]?.name ?? 'Anything to add?' };
}

/** The routing form as a visitor sees it. */
function formOf({ forms: [form] }: World) {
  const questions = form?.questions.map(({ name, type, answer_choices }) => ({ name, type, choices: answer_choices }));
  return { name: form?.name ?? '', questions: questions ?? [] };
}

function meeting({ json }: EventRecord, invitee: Invitee) {
  return {
    invitee: invitee.uri,
    event: json.uri,
    type: json.event_type,
    title: json.name,
    name: invitee.name,
    email: invitee.email,
    start: json.start_time,
    end: json.end_time,
    hosts: json.event_memberships.map((member) => member.user_name),
    status: invitee.status,
    rescheduled: invitee.rescheduled,
    moved: invitee.old_invitee !== null,
    no_show: invitee.no_show !== null,
    seats: json.invitees_counter,
  };
}

function hookView(hook: Hook, sender: Sender) {
  const mine: Delivery[] = [];
  for (let i = sender.deliveries.length - 1; i >= 0 && mine.length < 6; i -= 1) {
    const delivery = sender.deliveries[i];
    if (delivery?.hook === hook.uri) mine.push(delivery);
  }
  const { signing_key: _, ...rest } = hook;
  return {
    ...rest,
    waiting: sender.waitingFor(hook),
    deliveries: mine.map(({ at, event, status, error, attempt, ms }) => ({ at, event, status, error, attempt, ms })),
  };
}
