// Endpoints about meetings: list, read, cancel, mark a no-show; who may see what is the strict part.
import { ApiError, denied, invalid, missing, notFound, sorted } from './answers.ts';
import { type Call, type Endpoint, type Ground, one } from './endpoint.ts';
import type { EventRecord, Invitee } from './model.ts';
import { inGroup, leads, personOf, roleOf } from './world.ts';

export function eventEndpoints({ world, bookings }: Ground): Endpoint[] {
  /** Who may list whose meetings, with the sentences of the official examples. */
  function allowList(call: Call): void {
    const { query, me } = call;
    const [organization, user, group] = [query.get('organization'), query.get('user'), query.get('group')];
    if (!organization && !user && !group) throw missing('organization');
    if (organization && organization !== call.organization) throw denied();
    if (user && !roleOf(world, user, call.organization)) throw denied('This user is not in your organization');
    const lead = leads(world, me, call.organization);
    if (organization && !lead) throw denied('You do not have permission');
    if (group) {
      const found = world.groups.find((g) => g.uri === group && g.organization === call.organization);
      if (!found) throw denied();
      if (!lead && inGroup(world, me, group)?.role !== 'admin') throw denied('You do not have permission');
    }
    if (user && user !== me && !organization && !group) {
      throw denied('Please also specify organization when requesting events for a user within your organization.');
    }
  }

  function list(call: Call) {
    allowList(call);
    const { query } = call;
    const [user, group, email] = [query.get('user'), query.get('group'), query.get('invitee_email')];
    const status = oneOf(query, 'status', ['active', 'canceled']);
    const [from, to] = [timeOf(query, 'min_start_time'), timeOf(query, 'max_start_time')];
    const hosts = (record: EventRecord, test: (user: string) => boolean) =>
      record.json.event_memberships.some((member) => test(member.user));
    const wanted = [...world.events.values()].filter((record) => {
      const start = Date.parse(record.json.start_time);
      return (
        record.organization === call.organization &&
        (!user || hosts(record, (uri) => uri === user)) &&
        (!group || hosts(record, (uri) => inGroup(world, uri, group) !== undefined)) &&
        (!email || record.invitees.some((invitee) => invitee.email === email)) &&
        (!status || record.json.status === status) &&
        start >= from &&
        start <= to
      );
    });
    const order = sorted(wanted, query.get('sort') ?? 'start_time:asc', { start_time: (r) => r.json.start_time });
    return call.page(order.map((record) => record.json));
  }

  function eventOf(call: Call, refusal: string): EventRecord {
    const record = world.events.get(`${world.base}/scheduled_events/${call.params.event}`);
    if (!record) throw notFound();
    if (!maySee(call, record)) throw denied(refusal);
    return record;
  }

  /** Who administers a group views its meetings, and does no more with them (help.calendly.com, user roles and permissions). */
  function maySee(call: Call, record: EventRecord): boolean {
    if (mayHandle(call, record)) return true;
    const led = world.relationships.filter((each) => each.user === call.me && each.role === 'admin');
    const ofLed = ({ user }: { user: string }) => led.some(({ group }) => inGroup(world, user, group));
    return record.organization === call.organization && record.json.event_memberships.some(ofLed);
  }

  function mayHandle(call: Call, record: EventRecord): boolean {
    if (record.organization !== call.organization) return false;
    const hosts = record.json.event_memberships.some((member) => member.user === call.me);
    return hosts || leads(world, call.me, call.organization);
  }

  function invitees(call: Call) {
    const record = eventOf(call, 'You are not allowed to view this event');
    const status = oneOf(call.query, 'status', ['active', 'canceled']);
    const email = call.query.get('email');
    const wanted = record.invitees.filter((i) => (!status || i.status === status) && (!email || i.email === email));
    return call.page(sorted(wanted, call.query.get('sort') ?? 'created_at:asc', { created_at: (i) => i.created_at }));
  }

  function invitee(call: Call): Invitee {
    const record = eventOf(call, 'You do not have permission to view this event');
    const found = record.invitees.find((i) => i.uri.endsWith(`/${call.params.invitee}`));
    if (!found) throw notFound();
    return found;
  }

  function cancel(call: Call) {
    const record = eventOf(call, 'You do not have permission');
    if (!mayHandle(call, record)) throw denied('You do not have permission');
    const { reason } = call.body;
    if (reason !== undefined && reason !== null && typeof reason !== 'string') {
      throw invalid({ parameter: 'reason', message: 'must be a string' });
    }
    if (typeof reason === 'string' && reason.length > 10_000) {
      throw invalid({ parameter: 'reason', message: 'size cannot be greater than 10000' });
    }
    if (record.json.status === 'canceled') throw denied('Event is already canceled');
    const host = personOf(world, call.me);
    bookings.cancelEvent(record.json.uri, { by: 'host', reason: reason ?? null, ...(host ? { host } : {}) });
    const { cancellation } = record.json;
    return one(cancellation ?? {}, 201);
  }

  function markNoShow(call: Call) {
    const uri = call.body.invitee;
    if (typeof uri !== 'string') throw missing('invitee');
    const found = world.invitees.get(uri);
    if (!found) throw notFound();
    if (!mayHandle(call, found.record)) throw denied('You do not have permission');
    if (found.invitee.no_show) throw new ApiError(400, 'Invalid Argument', 'Invitee is already marked as a no show.');
    bookings.markNoShow({ inviteeUri: uri });
    return one(noShowJson(found.invitee), 201);
  }

  function noShowOf(call: Call): Invitee {
    const inviteeUri = world.noShows.get(`${world.base}/invitee_no_shows/${call.params.uuid}`);
    const found = inviteeUri === undefined ? undefined : world.invitees.get(inviteeUri);
    if (!found) throw notFound();
    if (!mayHandle(call, found.record)) throw denied('You do not have permission');
    return found.invitee;
  }

  const [read, write] = ['scheduled_events:read', 'scheduled_events:write'];
  const at = (method: string, path: string, scope: string, run: Endpoint['run']) => ({ method, path, scope, run });
  return [
    at('GET', '/scheduled_events', read, list),
    at('GET', '/scheduled_events/:event', read, (call) =>
      one(eventOf(call, 'You are not allowed to view this event').json),
    ),
    at('GET', '/scheduled_events/:event/invitees', read, invitees),
    at('GET', '/scheduled_events/:event/invitees/:invitee', read, (call) => one(invitee(call))),
    at('POST', '/scheduled_events/:event/cancellation', write, cancel),
    at('POST', '/invitee_no_shows', write, markNoShow),
    at('GET', '/invitee_no_shows/:uuid', read, (call) => one(noShowJson(noShowOf(call)))),
    at('DELETE', '/invitee_no_shows/:uuid', write, (call) => {
      bookings.unmarkNoShow({ inviteeUri: noShowOf(call).uri });
      return { status: 204 };
    }),
  ];
}

function noShowJson(invitee: Invitee): object {
  return { uri: invitee.no_show?.uri, invitee: invitee.uri, created_at: invitee.no_show?.created_at };
}

function oneOf(query: URLSearchParams, parameter: string, allowed: string[]): string | null {
  const value = query.get(parameter);
  if (value !== null && !allowed.includes(value)) {
    throw invalid({ parameter, message: `must be one of: ${allowed.join(', ')}` });
  }
  return value;
}

function timeOf(query: URLSearchParams, parameter: 'min_start_time' | 'max_start_time'): number {
  const value = query.get(parameter);
  if (value === null) return parameter === 'min_start_time' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw invalid({ parameter, message: 'must be a time' });
  return at;
}
