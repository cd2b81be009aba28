// Endpoints about people and what they offer: users, organizations, event types, groups, routing forms, single-use links.
import { denied, invalid, missing, notFound, sorted } from './answers.ts';
import { type Call, type Endpoint, type Ground, one, type Plan } from './endpoint.ts';
import { secret, tail } from './ids.ts';
import type { CalUser, EventTypeRecord, GroupRelationship, Organization } from './model.ts';
import { inGroup, leads, personOf, roleOf } from './world.ts';

export function peopleEndpoints(ground: Ground): Endpoint[] {
  const { world } = ground;

  function userById(id: string): CalUser {
    const user = personOf(world, `${world.base}/users/${id}`);
    if (!user) throw notFound();
    return user;
  }

  function sameOrganization(call: Call, user: string): void {
    if (!roleOf(world, user, call.organization)) throw denied('This user is not in your organization');
  }

  function memberships(call: Call) {
    const { query } = call;
    const [organization, user] = [query.get('organization'), query.get('user')];
    if (!organization && !user && !query.get('email')) throw missing('organization');
    if (organization && organization !== call.organization) throw denied('This user is not in your organization');
    if (user) sameOrganization(call, user);
    const wanted = world.memberships.filter(
      (m) =>
        m.organization === call.organization &&
        (!user || m.user.uri === user) &&
        (!query.get('email') || m.user.email === query.get('email')) &&
        (!query.get('role') || m.role === query.get('role')),
    );
    return call.page(wanted.map(membershipJson));
  }

  function eventTypes(call: Call) {
    const { query } = call;
    const [organization, user, active] = [query.get('organization'), query.get('user'), query.get('active')];
    if (!organization && !user) throw missing('organization');
    if (organization && organization !== call.organization) throw denied();
    if (user) sameOrganization(call, user);
    if (user !== call.me && !leads(world, call.me, call.organization)) throw denied('You do not have permission');
    const wanted = world.types.filter(
      (type) =>
        type.organization === call.organization &&
        (!user || type.hosts.some((host) => host.uri === user)) &&
        (active === null || String(type.json.active) === active),
    );
    const list = sorted(wanted, query.get('sort') ?? 'position:asc', {
      name: (t) => t.json.name,
      position: (t) => t.json.position,
      created_at: (t) => t.json.created_at,
      updated_at: (t) => t.json.updated_at,
    });
    return call.page(list.map((type) => type.json));
  }

  function eventType(call: Call): EventTypeRecord {
    return seen(call, `${world.base}/event_types/${call.params.uuid}`);
  }

  function seen(call: Call, uri: string): EventTypeRecord {
    const type = world.types.find((t) => t.json.uri === uri);
    if (!type) throw notFound();
    if (type.organization !== call.organization) throw denied();
    return type;
  }

  function typeMemberships(call: Call) {
    const uri = call.query.get('event_type');
    if (!uri) throw missing('event_type');
    const { json, hosts } = seen(call, uri);
    return call.page(
      hosts.map((member) => ({
        uri: `${world.base}/event_type_memberships/${tail(member.uri)}`,
        event_type: json,
        member,
        created_at: json.created_at,
        updated_at: json.updated_at,
      })),
    );
  }

  function schedulingLink(call: Call) {
    const { owner, owner_type, max_event_count } = call.body;
    if (max_event_count !== 1) throw invalid({ parameter: 'max_event_count', message: 'must be equal to 1' });
    if (owner_type !== 'EventType') throw invalid({ parameter: 'owner_type', message: 'must be EventType' });
    if (typeof owner !== 'string') throw missing('owner');
    const type = seen(call, owner);
    const hosts = type.hosts.some((host) => host.uri === call.me);
    if (!hosts && !leads(world, call.me, call.organization)) throw denied();
    const booking_url = `${world.site}/d/${secret(6)}/${type.json.slug}`;
    return one({ booking_url, owner, owner_type }, 201);
  }

  /** 202: it is done within a week, and no webhook tells of it. */
  function deleteInvitees(call: Call) {
    const { emails } = call.body;
    if (!Array.isArray(emails) || emails.length === 0) throw missing('emails');
    if (ground.plan() !== 'enterprise') throw denied('Please upgrade your Calendly account to Enterprise.');
    if (!leads(world, call.me, call.organization))
      throw denied(
        'You must be an admin/owner with the data requests permission enabled to use this resource. Contact Calendly support and ask them to grant you data requests permission.',
      );
    world.deletionAsked.push(...emails.map(String));
    return { status: 202, body: {} };
  }

  function ownOrganization(call: Call, uri = call.query.get('organization')): string {
    if (!uri) throw missing('organization');
    if (uri !== call.organization) throw denied();
    return uri;
  }

  function relationships(call: Call) {
    const { query } = call;
    const organization = query.get('organization') ?? call.organization;
    ownOrganization(call, organization);
    const owner = world.memberships.find((m) => m.uri === query.get('owner'))?.user.uri;
    const wanted = world.relationships.filter(
      (r) =>
        r.organization === organization &&
        (!query.get('group') || r.group === query.get('group')) &&
        (!query.get('owner') || r.user === owner),
    );
    return call.page(wanted.map(relationshipJson));
  }

  function relationshipJson({ user, ...rest }: GroupRelationship) {
    const membership = world.memberships.find((m) => m.user.uri === user);
    return { ...rest, owner: membership && { type: 'OrganizationMembership', ...membershipJson(membership) } };
  }

  function submissions(call: Call) {
    const form = world.forms.find((f) => f.uri === call.query.get('form'));
    if (!call.query.get('form')) throw missing('form');
    if (!form) throw notFound();
    ownOrganization(call, form.organization);
    const wanted = world.submissions.filter((s) => s.routing_form === form.uri);
    return call.page(sorted(wanted, call.query.get('sort') ?? 'created_at:desc', { created_at: (s) => s.created_at }));
  }

  function byId<T extends { uri: string; organization?: string }>(call: Call, list: T[], family: string): T {
    const found = list.find((item) => item.uri === `${world.base}/${family}/${call.params.uuid}`);
    if (!found) throw notFound();
    if (found.organization) ownOrganization(call, found.organization);
    return found;
  }

  const get = (path: string, scope: string, run: Endpoint['run']): Endpoint => ({ method: 'GET', path, scope, run });
  return [
    get('/users/me', 'users:read', (call) => one(userById(tail(call.me)))),
    get('/users/:uuid', 'users:read', (call) => {
      const user = userById(call.params.uuid ?? '');
      sameOrganization(call, user.uri);
      return one(user);
    }),
    get('/organizations/:uuid', 'organizations:read', (call) => {
      const found = byId(call, world.organizations, 'organizations');
      ownOrganization(call, found.uri);
      return one(organizationWithPlan(found, ground.plan()));
    }),
    get('/organization_memberships', 'organizations:read', memberships),
    get('/organization_memberships/:uuid', 'organizations:read', (call) =>
      one(membershipJson(byId(call, world.memberships, 'organization_memberships'))),
    ),
    get('/event_types', 'event_types:read', eventTypes),
    get('/event_types/:uuid', 'event_types:read', (call) => one(eventType(call).json)),
    get('/event_type_memberships', 'event_types:read', typeMemberships),
    { method: 'POST', path: '/scheduling_links', scope: 'scheduling_links:write', run: schedulingLink },
    { method: 'POST', path: '/data_compliance/deletion/invitees', scope: 'data_compliance:write', run: deleteInvitees },
    get('/groups', 'groups:read', (call) => {
      const organization = ownOrganization(call);
      const all = leads(world, call.me, organization);
      return call.page(
        world.groups.filter((g) => g.organization === organization && (all || inGroup(world, call.me, g.uri))),
      );
    }),
    get('/groups/:uuid', 'groups:read', (call) => one(byId(call, world.groups, 'groups'))),
    get('/group_relationships', 'groups:read', relationships),
    get('/routing_forms', 'routing_forms:read', (call) => {
      const organization = ownOrganization(call);
      const wanted = world.forms.filter((form) => form.organization === organization);
      return call.page(sorted(wanted, call.query.get('sort'), { created_at: (form) => form.created_at }));
    }),
    get('/routing_forms/:uuid', 'routing_forms:read', (call) => one(byId(call, world.forms, 'routing_forms'))),
    get('/routing_form_submissions', 'routing_forms:read', submissions),
    get('/routing_form_submissions/:uuid', 'routing_forms:read', (call) => {
      const found = byId(call, world.submissions, 'routing_form_submissions');
      ownOrganization(call, world.forms.find((form) => form.uri === found.routing_form)?.organization);
      return one(found);
    }),
  ];
}

/** The user inside a membership comes without organization and type, unlike GET /users. */
function membershipJson<M extends { user: CalUser }>(membership: M) {
  const { current_organization: _, resource_type: __, locale: ___, ...user } = membership.user;
  return { ...membership, user };
}

function organizationWithPlan(organization: Organization, plan: Plan): Organization {
  return plan === 'paid' || plan === 'enterprise' ? organization : { ...organization, plan: 'basic', stage: 'free' };
}
