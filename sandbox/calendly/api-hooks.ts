// Endpoints about webhook subscriptions: who may make which, and every documented way to be refused.
import { ApiError, alreadyExists, denied, invalid, missing, notFound, sorted } from './answers.ts';
import { type Call, type Endpoint, type Ground, one } from './endpoint.ts';
import type { Answer } from './http.ts';
import { stamp, uuid } from './ids.ts';
import type { Hook, HookScope } from './model.ts';
import { envelope, inviteePayload } from './payloads.ts';
import { allows } from './tokens.ts';
import { inGroup, leads } from './world.ts';

/** The scope a token needs to hear of each event family, and the hook scopes that carry it. */
const families: { prefix: string; scope: string; in: HookScope[] }[] = [
  { prefix: 'invitee.', scope: 'scheduled_events:read', in: ['organization', 'user', 'group'] },
  { prefix: 'invitee_no_show.', scope: 'scheduled_events:read', in: ['organization', 'user', 'group'] },
  { prefix: 'event_type.', scope: 'event_types:read', in: ['organization', 'user', 'group'] },
  { prefix: 'routing_form_submission.', scope: 'routing_forms:read', in: ['organization'] },
  { prefix: 'meeting_recap.', scope: 'meeting_recaps:read', in: ['user'] },
  { prefix: 'contact.', scope: 'contacts:read', in: ['organization', 'user', 'group'] },
];

const events = [
  'invitee.created',
  'invitee.canceled',
  'invitee_no_show.created',
  'invitee_no_show.deleted',
  'routing_form_submission.created',
  ...['event_type', 'meeting_recap', 'contact'].flatMap((f) => [`${f}.created`, `${f}.updated`, `${f}.deleted`]),
];

const familyOf = (event: string) => families.find((family) => event.startsWith(family.prefix));

type Wanted = { url: string; events: string[]; scope: HookScope; user: string | null; group: string | null };

export function hookEndpoints(ground: Ground): Endpoint[] {
  const { world, sender } = ground;

  function create(call: Call): Answer {
    const wanted = validate(call);
    allowPlan(wanted);
    allowRole(call, wanted);
    if (wanted.events.some((event) => !allows(call.token, familyOf(event)?.scope ?? ''))) throw invalid();
    if (world.hooks.some((hook) => hook.callback_url === wanted.url)) {
      throw alreadyExists('Hook with this url already exists');
    }
    const now = stamp();
    const { signing_key } = call.body;
    const ownKey = typeof signing_key === 'string' && signing_key !== '' ? signing_key : null;
    const hook: Hook = {
      uri: `${world.base}/webhook_subscriptions/${uuid()}`,
      callback_url: wanted.url,
      created_at: now,
      updated_at: now,
      retry_started_at: null,
      state: 'active',
      events: wanted.events,
      scope: wanted.scope,
      organization: call.organization,
      user: wanted.user,
      group: wanted.group,
      creator: call.me,
      signing_key: call.token.kind === 'oauth' ? ground.appKey() : ownKey,
    };
    world.hooks.push(hook);
    return one(hookJson(hook), 201);
  }

  function validate({ body, organization }: Call): Wanted {
    for (const name of ['url', 'events', 'organization', 'scope']) {
      if (body[name] === undefined || body[name] === null || body[name] === '') throw missing(name);
    }
    const { url, scope } = body;
    if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw invalid({ parameter: 'url', message: 'is invalid' });
    }
    if (body.organization !== organization) throw denied();
    if (!isScope(scope)) throw invalid({ parameter: 'scope', message: 'must be one of: user, organization, group' });
    const wanted = body.events;
    if (!Array.isArray(wanted) || wanted.length === 0)
      throw invalid({ parameter: 'events', message: 'must be filled' });
    const list = [...new Set(wanted.map(String))];
    for (const [index, event] of list.entries()) {
      const parameter = `events[${index}]`;
      if (!events.includes(event)) throw invalid({ parameter, message: `must be one of: ${events.join(', ')}` });
      if (!familyOf(event)?.in.includes(scope)) {
        throw invalid({ parameter, message: `is not available for the ${scope} scope` });
      }
    }
    const named = (key: 'user' | 'group') => {
      if (scope !== key) return null;
      if (typeof body[key] !== 'string') throw missing(key);
      return body[key];
    };
    return { url, events: list, scope, user: named('user'), group: named('group') };
  }

  /** `free-old` is the rule until November 2026; since then only the features behind some events cost money. */
  function allowPlan(wanted: Wanted): void {
    if (ground.plan() === 'free-old') throw denied('Please upgrade your Calendly account to Standard');
    if (ground.plan() === 'free' && wanted.events.some((event) => /^(routing_form|meeting_recap)/.test(event))) {
      throw denied('Please upgrade to a paid Calendly account.');
    }
  }

  function allowRole(call: Call, wanted: Wanted): void {
    if (wanted.scope === 'user' && wanted.user !== call.me) throw denied('You do not have permission');
    if (wanted.scope === 'organization' && !leads(world, call.me, call.organization)) throw denied();
    if (wanted.scope === 'group' && !leadsGroup(call, wanted.group ?? '')) throw denied();
  }

  function leadsGroup(call: Call, group: string): boolean {
    if (!world.groups.some((g) => g.uri === group && g.organization === call.organization)) return false;
    return leads(world, call.me, call.organization) || inGroup(world, call.me, group)?.role === 'admin';
  }

  function list(call: Call): Answer {
    const { query, me } = call;
    const [organization, scope] = [query.get('organization'), query.get('scope')];
    if (!organization) throw missing('organization');
    if (!scope) throw missing('scope');
    if (!isScope(scope)) throw invalid({ parameter: 'scope', message: 'must be one of: user, organization, group' });
    if (organization !== call.organization) throw denied('You do not have permission');
    const [user, group] = [query.get('user'), query.get('group')];
    const lead = leads(world, me, organization);
    if (scope === 'organization' && !lead) throw denied();
    if (scope === 'user' && !user) throw missing('user');
    if (scope === 'user' && user !== me && !lead) throw denied('Unauthorized');
    if (scope === 'group' && !group) throw missing('group');
    if (scope === 'group' && !leadsGroup(call, group ?? ''))
      throw denied('You do not have permission to perform this action');
    const wanted = world.hooks.filter(
      (hook) =>
        hook.organization === organization &&
        hook.scope === scope &&
        (scope !== 'user' || hook.user === user) &&
        (scope !== 'group' || hook.group === group),
    );
    return call.page(sorted(wanted, query.get('sort'), { created_at: (hook) => hook.created_at }).map(hookJson));
  }

  function hookOf(call: Call): Hook {
    const hook = world.hooks.find((h) => h.uri === `${world.base}/webhook_subscriptions/${call.params.uuid}`);
    if (!hook) throw notFound();
    const lead = hook.organization === call.organization && leads(world, call.me, call.organization);
    const own =
      hook.scope === 'user' ? hook.user === call.me : hook.scope === 'group' && leadsGroup(call, hook.group ?? '');
    if (!lead && !own) throw denied();
    return hook;
  }

  /** Answered bare, with no `resource` around it, and with the account's own latest booking when there is one. */
  function sample(call: Call): Answer {
    const event = call.query.get('event');
    if (!event) throw missing('event');
    if (!call.query.get('organization')) throw missing('organization');
    const latest = [...world.invitees.values()].filter((i) => i.record.organization === call.organization).at(-1);
    if (!event.startsWith('invitee') || !latest) {
      throw new ApiError(400, 'Invalid Argument', 'There is no sample for this event yet.');
    }
    const text = envelope(event, call.me, inviteePayload(latest.record.json, latest.invitee));
    return { status: 200, body: { ...JSON.parse(text), created_at: stamp() } };
  }

  const [read, write] = ['webhooks:read', 'webhooks:write'];
  return [
    { method: 'POST', path: '/webhook_subscriptions', scope: write, run: create },
    { method: 'GET', path: '/webhook_subscriptions', scope: read, run: list },
    { method: 'GET', path: '/webhook_subscriptions/:uuid', scope: read, run: (call) => one(hookJson(hookOf(call))) },
    {
      method: 'DELETE',
      path: '/webhook_subscriptions/:uuid',
      scope: write,
      run: (call) => {
        sender.remove(hookOf(call));
        return { status: 204 };
      },
    },
    { method: 'GET', path: '/sample_webhook_data', scope: read, run: sample },
  ];
}

/** The signing key is never answered. */
function hookJson({ signing_key: _, ...hook }: Hook): Omit<Hook, 'signing_key'> {
  return hook;
}

const isScope = (value: unknown): value is HookScope =>
  value === 'organization' || value === 'user' || value === 'group';
